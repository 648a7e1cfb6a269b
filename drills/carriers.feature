Feature: Two carriers: what one cannot do, the other does

  Background:
    Given it is 2026-03-07 23:30
    And a second carrier
    And these people:
      | name | role      | languages | on shift | on call |
      | Ana  | peer      | en        | yes      |         |
      | Lee  | clinician | en        |          | 1       |
      | Kim  | clinician | en        |          | 2       |

  Scenario: A call that comes by the second carrier is answered by a peer rung by the second carrier
    When "Sam" calls by the second carrier
    Then Ana's phone rings by the second carrier within 3 seconds
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When "Sam" hangs up
    And Ana files "supported"
    Then the contact is closed within 5 seconds

  Scenario: While both are well, a call by the first carrier stays with the first
    When "Sam" calls
    Then Ana's phone rings by the first carrier within 3 seconds
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds

  Scenario: A peer in a call of the second carrier brings the clinician by the second
    When "Sam" calls by the second carrier
    And Ana answers and presses 1
    And Ana presses *
    Then Lee's phone rings by the second carrier within 10 seconds
    When Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 15 seconds

  Scenario: A caller of the second carrier for whom nobody is free is connected to the partner line
    Given these people:
      | name | role | languages | on shift |
      | Ana  | peer | en        | no       |
    When "Sam" calls by the second carrier
    Then "Sam" hears "keep waiting" within 170 seconds
    And the partner line rings within 30 seconds
    When the partner line answers
    Then "Sam" and the partner line are talking within 3 seconds

  Scenario: A text conversation by the second carrier
    When "Sam" texts "can I talk to somebody" by the second carrier
    Then "Sam" receives a text by the second carrier containing "Thanks for reaching out" within 5 seconds
    And Ana receives a text containing "Reply" within 10 seconds
    When Ana texts "1"
    And 5 seconds pass
    And Ana texts "I am here, take your time"
    Then "Sam" receives a text by the second carrier containing "take your time" within 5 seconds

  Scenario: The first carrier goes down while a texter at risk waits
    Given the first carrier is down
    When "Sam" texts "I am going to kill myself tonight" by the second carrier
    Then Lee's phone rings by the second carrier within 45 seconds
    And the first carrier's health is "ill"
    When Lee answers and presses 1
    Then the contact is connected within 5 seconds
    And "Sam" receives no text containing "wait" within 5 seconds

  Scenario: The first carrier is known to be ill: the next texter at risk is not made to wait for it
    Given the first carrier is down
    When "Pat" texts "hello" by the second carrier
    And 15 seconds pass
    Then the first carrier's health is "ill"
    When "Sam" texts "I am going to kill myself tonight" by the second carrier
    Then Lee's phone rings by the second carrier within 5 seconds
    And Lee receives a text by the second carrier containing "a contact" within 10 seconds
    When Lee texts "1" by the second carrier
    Then "Sam"'s contact is connected within 5 seconds

  Scenario: The first carrier goes down while a caller at risk holds: the clinician is rung by the second, then by the first
    When "Sam" calls
    And Ana declines
    And the first carrier is down
    And "Sam" presses 9
    Then Lee's phone rings by the second carrier within 60 seconds
    When Lee answers and presses 1
    Then Lee hears "another telephone network" within 5 seconds
    When the first carrier works again
    Then Lee's phone rings by the first carrier within 30 seconds
    When Lee answers and presses 1
    Then "Sam" and Lee are talking within 15 seconds

  Scenario: The first carrier comes back
    Given the first carrier is down
    When "Pat" texts "hello" by the second carrier
    And 15 seconds pass
    Then the first carrier's health is "ill"
    When the first carrier works again
    And 30 seconds pass
    Then the first carrier's health is "healthy"
    When "Sam" texts "I am going to kill myself tonight"
    Then Lee's phone rings by the first carrier within 5 seconds

  Scenario: The second carrier is down: the first goes on as ever
    Given the second carrier is down
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds

  Scenario: The second carrier loses and doubles its notices
    Given every webhook arrives twice
    And every third callback is lost
    When "Sam" calls by the second carrier
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 15 seconds
    And the contact is connected within 30 seconds
    And there is one contact
    When "Sam" hangs up
    Then the contact is closed within 150 seconds

  Scenario: A reply of the second carrier is lost: nobody is rung twice
    Given replies of the carrier are lost
    When "Sam" calls by the second carrier
    Then Ana's phone rings by the second carrier within 3 seconds
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 15 seconds
    And Ana's phone has rung once

  Scenario: Everything is killed while a caller of the second carrier waits
    When "Sam" calls by the second carrier
    And everything is killed and started again
    Then Ana's phone rings by the second carrier within 25 seconds
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 15 seconds

  Scenario: Both are down
    Given the first carrier is down
    And the second carrier is down
    When "Sam" calls by the second carrier
    Then "Sam" hears "keep waiting" within 170 seconds
    And the contact is diverted within 30 seconds

  Scenario: Who cannot prove to be the second carrier is turned away
    Then a call of the second carrier that the first has signed is refused
    And a call of the second carrier that a wrong key has signed is refused
    And there are 0 contacts
