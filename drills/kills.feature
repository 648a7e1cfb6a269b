Feature: Parts are killed, numbers are dead, the carrier says no
  Whatever is killed is started again by whatever supervises it. What was promised is in the database.

  Background:
    Given it is 2026-03-07 23:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en        | yes      |         |
      | Bo   | peer       | en        | yes      |         |
      | Lee  | clinician  | en        |          | 1       |
      | Sue  | supervisor | en        | yes      |         |

  Scenario: Everything is killed while a phone rings
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    When everything is killed and started again
    Then Ana's phone stops ringing within 25 seconds
    And Bo's phone rings within 5 seconds
    And Ana's phone has rung once

  Scenario: Everything is killed while a volunteer hears the announcement
    When "Sam" calls
    And Ana answers
    And everything is killed and started again
    And Ana presses 1
    Then "Sam" and Ana are talking within 5 seconds

  Scenario: Everything is killed while two people talk
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When everything is killed and started again
    And 30 seconds pass
    Then "Sam" and Ana are talking within 1 second
    When "Sam" hangs up
    And Ana files "supported"
    Then the contact is closed within 5 seconds

  Scenario: Everything is killed during the wrap-up
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When "Sam" hangs up
    And everything is killed and started again
    Then the contact is closed within 125 seconds
    When "Kim" calls
    Then Bo's phone rings within 3 seconds

  Scenario: Everything is killed while the caller hears the menu
    When "Sam" calls
    And 156 seconds pass
    And everything is killed and started again
    And "Sam" presses 1
    Then "Sam" hears "We keep ringing" within 3 seconds
    And the contact is waiting

  Scenario: Everything is killed while the partner line rings
    When "Sam" calls
    And 156 seconds pass
    Then the partner line rings within 20 seconds
    When everything is killed and started again
    And the partner line answers
    Then "Sam" and the partner line are talking within 3 seconds

  Scenario: Everything is killed while a clinician is paged
    When "Sam" calls
    And "Sam" presses 9
    And everything is killed and started again
    And Lee answers and presses 1
    Then "Sam" and Lee are talking within 5 seconds
    And Lee's phone has rung once

  Scenario: Everything is killed in a conversation by text
    When "Sam" texts "hello"
    And everything is killed and started again
    And Ana texts "1"
    And everything is killed and started again
    And Ana texts "I am here"
    Then "Sam" receives a text containing "I am here" within 10 seconds
    When everything is killed and started again
    And "Sam" texts "good"
    Then Ana receives a text containing "A: good" within 10 seconds
    And "Sam" has received one text containing "I am here"

  Scenario: Everything is killed again and again while somebody waits
    When "Sam" calls
    And everything is killed and started again
    And 10 seconds pass
    And everything is killed and started again
    And 10 seconds pass
    And everything is killed and started again
    And Bo answers and presses 1
    Then "Sam" and Bo are talking within 5 seconds
    And there is one contact

  Scenario: The ticker is killed while a phone rings
    When "Sam" calls
    And 16 seconds pass
    And the ticker is killed
    Then Bo's phone rings within 10 seconds

  Scenario: The ticker is killed just before the wait limit
    When "Sam" calls
    And 148 seconds pass
    And the ticker is killed
    Then "Sam" hears "To keep waiting" within 12 seconds
    And the contact is diverted within 30 seconds

  Scenario: The ticker is killed just before a clinician is to be paged
    When "Sam" calls
    And 58 seconds pass
    And the ticker is killed
    Then Lee is paged within 8 seconds

  Scenario: Redis and the worker are gone, and everything is only a tick later
    Given Redis is down
    And the worker is down
    When "Sam" calls
    Then Ana's phone rings within 4 seconds
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 4 seconds

  Scenario: Redis and the worker come back in the middle of it
    Given Redis is down
    And the worker is down
    When "Sam" calls
    And Redis works again
    And the worker works again
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds

  Scenario: One dead number does not block the others
    Given Ana's number is dead
    When "Sam" calls
    Then Bo's phone rings within 6 seconds
    When Bo answers and presses 1
    Then "Sam" and Bo are talking within 3 seconds

  Scenario: Every peer's number is dead
    Given Ana's number is dead
    And Bo's number is dead
    When "Sam" calls
    Then Lee is paged within 65 seconds
    When Lee answers and presses 1
    Then "Sam" and Lee are talking within 3 seconds

  Scenario: The clinician's number is dead, so the next is paged
    Given these people:
      | name | role      | on shift | on call |
      | Ana  | peer      | yes      |         |
      | Lee  | clinician |          | 1       |
      | Max  | clinician |          | 2       |
    And Lee's number is dead
    When "Sam" calls
    And "Sam" presses 9
    Then Max is paged within 35 seconds

  Scenario: The carrier refuses calls, and then takes them again
    Given the carrier refuses every call
    When "Sam" calls
    And 30 seconds pass
    And the carrier works again
    Then Ana's phone rings within 40 seconds
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds

  Scenario: The carrier refuses calls, and a clinician is texted nevertheless
    Given the carrier refuses every call
    When "Sam" calls
    And "Sam" presses 9
    Then Lee receives a text containing "may be in danger" within 5 seconds
    And Sue receives a text containing "risk imminent" within 10 seconds

  Scenario: The carrier's replies are lost and nobody is rung twice
    Given replies of the carrier are lost
    When "Sam" calls
    Then Ana's phone rings within 5 seconds
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 10 seconds
    And Ana's phone has rung once
    And Bo's phone does not ring within 60 seconds

  Scenario: Everything at once
    Given every third callback is lost
    And callbacks arrive out of order
    And Redis is down
    And replies of the carrier are lost
    When "Sam" calls
    And everything is killed and started again
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 20 seconds
    When 10 seconds pass
    And "Sam" hangs up
    And Ana files "supported"
    Then the contact is closed within 60 seconds
    And there is one contact
