Feature: Nobody has answered yet
  Whoever waits is told so, at the stated time, and chooses what happens next.

  Background:
    Given it is 2026-03-07 23:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en        | yes      |         |
      | Bo   | peer       | en        | yes      |         |
      | Cal  | backup     | en        | yes      |         |
      | Lee  | clinician  | en        |          | 1       |
      | Max  | clinician  | en        |          | 2       |
      | Sue  | supervisor | en        | yes      |         |

  Scenario: On hold a caller hears again and again that they are still in line
    When "Sam" calls
    And 20 seconds pass
    Then "Sam" hears "still in line" within 12 seconds
    When 12 seconds pass
    Then "Sam" hears "still in line" within 12 seconds

  Scenario: The caller is told at the limit, not before
    When "Sam" calls
    Then "Sam" does not hear "Nobody has been free" within 149 seconds
    And "Sam" hears "Nobody has been free" within 3 seconds
    And "Sam" hears "To keep waiting, press 1" within 6 seconds
    And "Sam" hears "To be called back, press 2" within 6 seconds
    And "Sam" hears "stay on the line and we connect you" within 6 seconds

  Scenario: One goes on waiting
    When "Sam" calls
    And 158 seconds pass
    And "Sam" presses 1
    Then "Sam" hears "We keep ringing" within 3 seconds
    And the partner line does not ring within 60 seconds
    And the contact is waiting
    When Ana texts "here"
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds

  Scenario: Whoever went on waiting is asked again at the next limit
    When "Sam" calls
    And 158 seconds pass
    And "Sam" presses 1
    And 150 seconds pass
    Then "Sam" hears "To keep waiting, press 1" within 12 seconds

  Scenario: Two asks to be called back
    When "Sam" calls
    And 158 seconds pass
    And "Sam" presses 2
    Then the contact is diverted within 2 seconds
    And "Sam" hears "as soon as somebody is free" within 5 seconds
    And "Sam" hears "call 911" within 8 seconds
    And the partner line does not ring within 30 seconds
    And Sue receives a text containing "asked to be called back" within 5 seconds

  Scenario: Nothing chosen, and the partner line answers
    When "Sam" calls
    And 158 seconds pass
    Then "Sam" hears "our partner line now" within 15 seconds
    And the partner line rings within 6 seconds
    And the contact is diverted
    When the partner line answers
    Then "Sam" and the partner line are talking within 3 seconds
    When "Sam" hangs up
    Then nobody's phone rings within 60 seconds

  Scenario: The partner line hangs up first
    When "Sam" calls
    And 158 seconds pass
    And the partner line answers
    And 60 seconds pass
    And the partner line hangs up
    Then "Sam" hears "Thank you for calling" within 3 seconds
    And there is one contact

  Scenario: The partner line does not answer, and the caller is back in front
    When "Sam" calls
    And 158 seconds pass
    Then the partner line rings within 20 seconds
    When 25 seconds pass
    Then "Sam" hears "You are back in our line" within 20 seconds
    And there are 2 contacts
    And the contact is first in its queue
    When Ana texts "here"
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds

  Scenario: The caller hangs up while the partner line rings
    When "Sam" calls
    And 158 seconds pass
    Then the partner line rings within 20 seconds
    When "Sam" hangs up
    And 40 seconds pass
    Then there is one contact
    And the contact is diverted

  Scenario: The caller hangs up in the menu
    When "Sam" calls
    And 155 seconds pass
    And "Sam" hangs up
    Then the contact is abandoned within 3 seconds
    And nobody's phone rings within 60 seconds

  Scenario: A peer takes the call while the caller hears the menu
    When "Sam" calls
    And 152 seconds pass
    Then "Sam" hears "Nobody has been free" within 3 seconds
    When Bo answers and presses 1
    Then "Sam" and Bo are talking within 5 seconds
    And the partner line does not ring within 40 seconds

  Scenario: A key in the menu just after a peer has taken the call
    When "Sam" calls
    And 155 seconds pass
    And Bo answers and presses 1
    And "Sam" presses 2
    Then "Sam" and Bo are talking within 5 seconds

  Scenario: Peers go on being rung while a clinician is paged
    When "Sam" calls
    And 62 seconds pass
    Then Lee is paged within 3 seconds
    And Ana's phone rings within 40 seconds
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    And Lee's phone stops ringing within 3 seconds

  Scenario: Backup joins after 45 seconds
    When "Sam" calls
    Then Cal's phone does not ring within 44 seconds
    And Cal's phone rings within 25 seconds
    And the reason Cal was not chosen contains "joins 45 s after arrival"
    When Cal answers and presses 1
    Then "Sam" and Cal are talking within 3 seconds

  Scenario: Nobody but backup is on shift, and nobody waits 45 seconds for them
    Given these people:
      | name | role      | languages | on shift | on call |
      | Ana  | peer      | en        | no       |         |
      | Cal  | backup    | en        | yes      |         |
      | Lee  | clinician | en        |          | 1       |
    When "Sam" calls
    Then Cal's phone rings within 3 seconds

  Scenario: Nobody is on shift, nobody is on call
    Given these people:
      | name | role      | languages | on shift | on call |
      | Ana  | peer      | en        | no       |         |
      | Lee  | clinician | en        |          |         |
    When "Sam" calls
    Then nobody's phone rings within 145 seconds
    And "Sam" hears "keep waiting" within 15 seconds
    And the partner line rings within 30 seconds

  Scenario: The only peer is in a conversation
    Given these people:
      | name | role      | languages | on shift | on call |
      | Ana  | peer      | en        | yes      |         |
      | Lee  | clinician | en        |          | 1       |
    When "Kim" calls
    And Ana answers and presses 1
    And "Sam" calls
    Then Ana's phone does not ring within 50 seconds
    And the reason Ana was not chosen contains "with somebody else"
    And Lee is paged within 15 seconds
    When "Kim" hangs up
    And Ana files "supported"
    Then Ana's phone rings within 3 seconds

  Scenario: Whoever has not filed is not rung before their wrap-up is over
    Given these people:
      | name | role |
      | Ana  | peer |
    When "Kim" calls
    And Ana answers and presses 1
    Then "Kim" and Ana are talking within 3 seconds
    When "Kim" hangs up
    And "Sam" calls
    Then Ana's phone does not ring within 110 seconds
    And Ana's phone rings within 15 seconds

  Scenario: Two who wait are served in the order in which they came
    Given these people:
      | name | role |
      | Ana  | peer |
    When "Sam" calls
    And 5 seconds pass
    And "Kim" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    And "Kim" is not connected to anybody
    When "Sam" hangs up
    And Ana files "supported"
    And Ana answers and presses 1
    Then "Kim" and Ana are talking within 3 seconds

  Scenario: Whoever declined is not asked for this caller again, but for the next
    When "Sam" calls
    And Ana declines
    Then Bo's phone rings within 3 seconds
    And Ana's phone does not ring within 19 seconds
    And the reason Ana was not chosen contains "declined this contact"
    When "Sam" hangs up
    And 62 seconds pass
    And "Kim" calls
    Then Ana's phone rings within 3 seconds

  Scenario: Whoever did not hear the phone is rung again later
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    And Bo's phone rings within 25 seconds
    When 25 seconds pass
    Then Ana's phone rings within 30 seconds

  Scenario: A volunteer picks up and says nothing, as in a pocket
    When "Sam" calls
    And Ana answers
    Then Ana hears "To take it, press 1" within 8 seconds
    And Ana hears "No key was pressed" within 20 seconds
    And Bo's phone rings within 20 seconds
    And "Sam" is not connected to anybody

  Scenario: A volunteer presses the wrong key and may press again
    When "Sam" calls
    And Ana answers and presses 5
    And 1 second passes
    And Ana presses 1
    Then "Sam" and Ana are talking within 3 seconds

  Scenario: The caller leaves while a volunteer hears the announcement
    When "Sam" calls
    And Ana answers
    And "Sam" hangs up
    Then Ana hears "The caller has hung up" within 5 seconds
    And the contact is abandoned within 3 seconds

  Scenario: Whoever is being thanked is not rung at that moment for the next
    Given these people:
      | name | role |
      | Ana  | peer |
    When "Sam" calls
    And "Kim" calls
    And Ana answers
    And "Sam" hangs up
    Then Ana's phone rings within 12 seconds
    When Ana answers and presses 1
    Then "Kim" and Ana are talking within 3 seconds

  Scenario: The peer drops twice and the caller is still served
    When "Sam" calls
    And Ana answers and presses 1
    And Ana hangs up
    Then "Sam" hears "your peer's line dropped" within 3 seconds
    And "Sam" hears "you are first in line" within 8 seconds
    When Bo answers and presses 1
    And Bo hangs up
    And 20 seconds pass
    And Cal answers and presses 1
    Then "Sam" and Cal are talking within 3 seconds

  Scenario: A caller who rings off and calls again is a new contact and gets a peer
    When "Sam" calls
    And 3 seconds pass
    And "Sam" hangs up
    And "Sam" calls
    Then Ana's phone rings within 5 seconds
    And there are 2 contacts
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    And the contact is connected

  Scenario: Somebody who has called before is served like anybody
    Given "Sam" has called before
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    And there is one contact

  Scenario: A volunteer calls the line themselves
    When Ana calls
    Then Bo's phone rings within 3 seconds
    When Bo answers and presses 1
    Then Ana and Bo are talking within 3 seconds
