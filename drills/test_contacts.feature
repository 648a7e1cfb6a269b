Feature: Test contacts
  The line calls and texts itself over the carrier, round the clock, to prove that it answers. A test is no contact:
  nobody is rung or paged for it, and it ends by itself.

  Background:
    Given the line is audited
    And the line tests itself from +12125550109
    And it is 2026-03-07 23:30
    And these people:
      | name | role       | on shift | on call |
      | Ana  | peer       | yes      |         |
      | Lee  | clinician  |          | 1       |
      | Sue  | supervisor | yes      |         |

  Scenario: A test call and a test text come through, and nobody hears of them
    Then a test text comes through within 30 seconds
    And a test call comes through within 30 seconds
    And there are 0 contacts
    And nobody's phone rings within 120 seconds
    And a test call comes through within 900 seconds
    And Sue receives no text containing "test" within 5 seconds
    And the line is healthy within 5 seconds
    And there are 0 contacts

  Scenario: A caller is served while the line tests itself
    When "Sam" calls
    Then a test call comes through within 30 seconds
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    And there is one contact

  Scenario: The carrier refuses every call: no test comes through, and a supervisor is told
    Then a test call comes through within 30 seconds
    When 30 seconds pass
    And the carrier refuses every call
    Then no test call comes through within 1000 seconds
    And Sue receives no text containing "did not reach" within 5 seconds
    And no test call comes through within 800 seconds
    And the auditor finds "test failed" within 60 seconds
    And Sue receives a text containing "did not reach the line" within 30 seconds
    And the line is unhealthy within 5 seconds
    When the carrier works again
    Then a test call comes through within 900 seconds
    And Sue receives a text containing "this is over" within 60 seconds
    And the line is healthy within 5 seconds

  Scenario: No callback arrives, and tests come through all the same
    Given no callback arrives at all
    Then a test text comes through within 30 seconds
    And a test call comes through within 30 seconds

  Scenario: Every webhook arrives twice
    Given every webhook arrives twice
    Then a test text comes through within 30 seconds
    And a test call comes through within 30 seconds
    And there are 0 contacts

  Scenario: Nothing runs, and nothing comes through
    Given the worker is down
    When 60 seconds pass
    And the ticker is killed for good
    Then no test call comes through within 1000 seconds
    And the line is unhealthy within 5 seconds
    When the ticker runs again
    Then a test call comes through within 30 seconds
