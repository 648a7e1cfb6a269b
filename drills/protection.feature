Feature: Those who answer are protected
  Nobody is rung again and again who cannot be reached, nobody who asked for a pause, and nobody without rest.

  Background:
    Given it is 2026-03-07 19:00
    And these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en        | yes      |         |
      | Lee  | clinician  | en        |          | 1       |
      | Sue  | supervisor | en        | yes      |         |

  Scenario: The pause after a missed ring grows
    When "Sam" calls
    And 110 seconds pass
    Then Ana's phone has rung 2 times
    And the reason Ana was not chosen contains "is paused"
    And Ana's phone rings within 25 seconds

  Scenario: After three missed rings presence is asked for, not assumed
    When "Sam" calls
    And 145 seconds pass
    Then Ana receives a text containing "Are you there?" within 10 seconds
    And Sue receives a text containing "did not answer 3 rings" within 10 seconds
    And Ana's phone does not ring within 20 seconds
    And the reason Ana was not chosen contains "has not shown to be there"

  Scenario: Whoever shows to be there is asked again
    Given the line's "queues.support.wait_limit_seconds" is "600"
    When "Sam" calls
    And 145 seconds pass
    Then Ana receives a text containing "Are you there?" within 10 seconds
    When Ana texts "here"
    Then Ana receives a text containing "Welcome back" within 5 seconds
    And Ana's phone rings within 30 seconds

  Scenario: While nobody is known to be there a clinician is paged at once
    When "Sam" calls
    And 145 seconds pass
    Then Ana receives a text containing "Are you there?" within 10 seconds
    When "Sam" hangs up
    And 5 seconds pass
    And "Kim" calls
    Then Lee is paged within 3 seconds
    And Ana's phone does not ring within 30 seconds

  Scenario: One missed ring is soon forgotten by whoever answers the next
    When "Sam" calls
    Then Ana's phone stops ringing within 25 seconds
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When "Sam" hangs up
    And Ana files "supported"
    And "Kim" calls
    Then Ana's phone stops ringing within 30 seconds
    And Ana's phone rings within 35 seconds

  Scenario: A longer pause is asked for without a reason
    When Ana texts "pause 30"
    Then Ana receives a text containing "not asked for 30 minutes" within 3 seconds
    When "Sam" calls
    Then Ana's phone does not ring within 40 seconds
    And the reason Ana was not chosen contains "is paused"

  Scenario: Whoever comes back early is asked again at once
    Given the line's "queues.support.wait_limit_seconds" is "600"
    When Ana texts "pause"
    And "Sam" calls
    And 20 seconds pass
    And Ana texts "back"
    Then Ana's phone rings within 3 seconds

  Scenario: After a hard contact there is rest, as long as the line says
    Given the line's "protection.rest_after_hard_seconds" is "600"
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When "Sam" hangs up
    And Ana files "supported"
    And "Kim" calls
    Then Ana's phone does not ring within 60 seconds
    And the reason Ana was not chosen contains "rests after a hard contact"

  Scenario: After an ordinary contact there is none
    Given the line's "protection.rest_after_hard_seconds" is "600"
    When "Sam" calls
    And Ana answers and presses 1
    And "Sam" hangs up
    And Ana files "supported"
    And "Kim" calls
    Then Ana's phone rings within 3 seconds

  Scenario: Nobody is asked for more contacts in a shift than the line allows
    Given the line's "protection.contacts_per_shift" is "1"
    When "Sam" calls
    And Ana answers and presses 1
    And "Sam" hangs up
    And Ana files "supported"
    And "Kim" calls
    Then Ana's phone does not ring within 30 seconds
    And the reason Ana was not chosen contains "has had 1 contacts this shift"
    And Lee is paged within 3 seconds

  Scenario: Nobody is asked after more hours on shift than the line allows
    Given the line's "protection.hours_per_shift" is "6"
    And these people:
      | name | role      | on shift    | on call |
      | Ana  | peer      | 12:00-22:00 |         |
      | Bo   | peer      | 18:00-22:00 |         |
      | Lee  | clinician |             | 1       |
    When "Sam" calls
    Then Bo's phone rings within 3 seconds
    And the reason Ana was not chosen contains "on shift for 6 hours"

  Scenario: Whoever is with somebody in danger by text takes nobody else beside them, if the line says so
    Given the line's "capacity.alone_from" is "'high'"
    When "Sam" texts "i took all of my pills, goodbye"
    And 3 seconds pass
    And Ana texts "1"
    And "Kim" texts "hello, is anybody there"
    Then Ana receives no text containing "new contact B" within 30 seconds
    And the reason Ana was not chosen contains "with somebody else"

  Scenario: A word that is a command elsewhere is the caller's in a conversation
    When "Sam" texts "hello, is anybody there"
    And 3 seconds pass
    And Ana texts "1"
    And 3 seconds pass
    And Ana texts "here"
    Then "Sam" receives a text containing "here" within 3 seconds
