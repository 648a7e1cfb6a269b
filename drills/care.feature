Feature: Care plans
  What was agreed with a caller who comes often: whom they talk to, at what hours, and what whoever takes them should know.
  A plan is a way to reach the line better, never a wall: 1 goes on at any hour, and danger sets every limit aside.

  Background:
    Given it is 2026-03-07 23:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Bo   | peer       | en, es    | yes      |         |
      | Ana  | peer       | en        | yes      |         |
      | Lee  | clinician  | en        |          | 1       |
      | Sue  | supervisor | en        | yes      |         |

  Scenario: A preferred peer is asked first
    Given "Sam" has a care plan with Ana
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    And Bo's phone does not ring within 15 seconds

  Scenario: Within the agreed hours a call is a call
    Given "Sam" has a care plan with Ana, agreed from 23:00 to 01:00
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    And "Sam" hears "answered by peers" within 3 seconds

  Scenario: Outside the agreed hours the caller is told kindly, and 1 goes on
    Given "Sam" has a care plan with Ana, agreed from 18:00 to 20:00
    When "Sam" calls
    Then "Sam" hears "between 18:00 and 20:00" within 3 seconds
    And nobody's phone rings within 5 seconds
    And the contact is diverted
    When "Sam" presses 1
    Then the contact is waiting
    And Ana's phone rings within 3 seconds
    And the story of "Sam" tells "the caller chose to go on"
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds

  Scenario: Outside the agreed hours somebody who presses nothing hears it twice, and goodbye
    Given "Sam" has a care plan, agreed from 18:00 to 20:00
    When "Sam" calls
    And 15 seconds pass
    Then "Sam" hears "If you want to go on now, press 1" within 25 seconds
    And "Sam" hears "at any time if you are in danger" within 45 seconds
    And nobody's phone rings within 30 seconds
    And "Sam" is not connected to anybody

  Scenario: Danger sets the hours aside
    Given "Sam" has a care plan, agreed from 18:00 to 20:00
    When "Sam" calls and presses 9
    Then the contact's risk is imminent
    And Bo's phone rings within 3 seconds
    And Lee is paged within 3 seconds
    And the story of "Sam" tells "key for danger"

  Scenario: Outside the agreed hours by text, and 1 goes on
    Given "Sam" has a care plan, agreed from 18:00 to 20:00
    When "Sam" texts "hello from the bus"
    Then "Sam" receives a text containing "18:00 to 20:00" within 5 seconds
    And Bo receives no text containing "new contact" within 20 seconds
    When "Sam" texts "1"
    Then Bo receives a text containing "new contact" within 5 seconds
    When Bo texts "1"
    Then Bo receives a text containing "hello from the bus" within 5 seconds

  Scenario: Who has sent STOP cannot be told of hours, and reaches somebody
    Given "Sam" has a care plan, agreed from 18:00 to 20:00
    When "Sam" texts "STOP"
    And "Sam" texts "i am still here"
    Then Bo receives a text containing "new contact" within 5 seconds

  Scenario: Risk on hold asks others beside the preferred peer
    Given the line's "queues.support.at_once" is "2"
    And "Sam" has a care plan with Ana
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    And Bo's phone does not ring within 5 seconds
    When "Sam" presses 9
    Then Bo's phone rings within 2 seconds
    And the story of "Sam" tells "nobody waits for those they know"

  Scenario: Grave words set the hours aside
    Given "Sam" has a care plan, agreed from 18:00 to 20:00
    When "Sam" texts "hello"
    And 5 seconds pass
    And "Sam" texts "i took all of my pills"
    Then the contact's risk is imminent
    And Lee is paged within 5 seconds
    And the story of "Sam" tells "danger sets them aside"

  Scenario: Whoever takes the call is texted the notes, and nobody else
    Given "Sam" has a care plan with Ana
    And the care plan of "Sam" tells whoever takes it "likes to begin with tea"
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    And Ana has received 0 texts containing "begin with tea"
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    And Ana receives a text containing "care plan: likes to begin with tea" within 5 seconds
    And Bo has received 0 texts containing "begin with tea"
    And "Sam" has received 0 texts containing "begin with tea"
    And the story of "Sam" does not tell "begin with tea"

  Scenario: Whoever takes the text is texted the notes
    Given "Sam" has a care plan with Ana
    And the care plan of "Sam" tells whoever takes it "likes to begin with tea"
    When "Sam" texts "hello"
    And Ana texts "1"
    Then Ana receives a text containing "care plan: likes to begin with tea" within 8 seconds

  Scenario: A clinician whom the peer leaves the caller to is texted the notes as well
    Given "Sam" has a care plan with Ana
    And the care plan of "Sam" tells whoever takes it "likes to begin with tea"
    When "Sam" calls
    And Ana answers and presses 1
    And 3 seconds pass
    And Ana presses *
    And Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 5 seconds
    When Ana hangs up
    Then Lee receives a text containing "begin with tea" within 8 seconds

  Scenario: A plan that has ended binds nobody
    Given "Sam" has a care plan with Ana, agreed from 18:00 to 20:00
    When the care plan of "Sam" ends
    And "Sam" calls
    Then Bo's phone rings within 3 seconds
