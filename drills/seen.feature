Feature: Whoever has a contact says how grave it was
  Beside the grade of the words; it can only make the contact graver.

  Background:
    Given it is 2026-03-10 22:00
    And these people:
      | name | role       | on shift | on call |
      | Ana  | peer       | yes      |         |
      | Lee  | clinician  |          | 1       |
      | Sue  | supervisor | yes      |         |

  Scenario: In a call, and a clinician is paged as for any other danger
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When Ana texts "risk imminent"
    Then the contact's risk is imminent
    And Lee is paged within 3 seconds
    And Ana receives a text containing "risk imminent, as you see it" within 10 seconds

  Scenario: While filing, and then it is signed like any grave contact
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When "Sam" hangs up
    And Ana texts "risk a high"
    And Ana files "supported"
    Then Ana receives a text containing "Reply FILE 1" within 15 seconds
    And the contact is not closed within 125 seconds

  Scenario: It takes nothing back
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    And Ana texts "risk none"
    Then the contact's risk is high
