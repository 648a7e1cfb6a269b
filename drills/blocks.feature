Feature: Blocks
  Somebody who abuses the line may be turned away for a while. They are told so plainly, each time, and what to do in
  danger; any sign of danger sets the block aside at once, and it ends by itself.

  Background:
    Given it is 2026-03-07 23:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Sue  | supervisor | en        | yes      |         |
      | Bo   | peer       | en, es    | yes      |         |
      | Ana  | peer       | en        | yes      |         |
      | Lee  | clinician  | en        |          | 1       |

  Scenario: A blocked caller is told so, and nobody is rung
    Given "Sam" is blocked until 2026-03-10
    When "Sam" calls
    Then "Sam" hears "We cannot take your calls for a while" within 3 seconds
    And "Sam" hears "If you are in danger right now, press 9" within 10 seconds
    And the contact is diverted
    When "Sam" presses 1
    Then "Sam" hears "or call 911. Goodbye" within 60 seconds
    And nobody's phone rings within 30 seconds
    And Lee is not paged within 5 seconds
    And the story of "Sam" tells "a block applies"

  Scenario: 9 sets the block aside at once
    Given "Sam" is blocked until 2026-03-10
    When "Sam" calls
    And 4 seconds pass
    And "Sam" presses 9
    Then the contact's risk is imminent
    And the contact is waiting
    And "Sam" hears "a clinician is being called" within 5 seconds
    And Bo's phone rings within 3 seconds
    And Lee is paged within 3 seconds
    And the story of "Sam" tells "key for danger"
    When Bo answers and presses 1
    Then "Sam" and Bo are talking within 5 seconds

  Scenario: The block is told in the language the caller chooses
    Given "Sam" is blocked until 2026-03-10
    When "Sam" calls and presses 2
    Then "Sam" hears "Si está en peligro ahora mismo, oprima 9" within 15 seconds

  Scenario: Every message of a blocked texter is answered, and reaches nobody
    Given "Sam" is blocked until 2026-03-10
    When "Sam" texts "hello"
    Then "Sam" receives a text containing "we cannot answer your texts for a while" within 5 seconds
    When "Sam" texts "why not"
    Then "Sam" receives a text containing "Say so here" within 5 seconds
    And Bo receives no text containing "new contact" within 30 seconds
    And there is one contact

  Scenario: Words of danger set the block aside, and what was written before is not lost
    Given "Sam" is blocked until 2026-03-10
    When "Sam" texts "hello"
    And 5 seconds pass
    And "Sam" texts "i took all of my pills"
    Then the contact's risk is imminent
    And Lee is paged within 5 seconds
    And Bo receives a text containing "new contact" within 5 seconds
    And the story of "Sam" tells "danger sets it aside"
    When Bo texts "1"
    Then Bo receives a text containing "hello / i took all of my pills" within 8 seconds

  Scenario: Words that only worry set it aside too
    Given "Sam" is blocked until 2026-03-10
    When "Sam" texts "i feel so hopeless, i cant go on like this"
    Then the contact is waiting
    And Bo receives a text containing "new contact" within 5 seconds

  Scenario: Somebody with an open conversation at risk is not blocked on the phone
    When "Sam" texts "i took all of my pills"
    And Bo texts "1"
    Then "Sam"'s contact is connected
    Given "Sam" is blocked until 2026-03-10
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    And "Sam" hears "answered by peers" within 5 seconds
    When "Sam" texts "are you there"
    Then Bo receives a text containing "are you there" within 5 seconds

  Scenario: A block ends by itself
    Given "Sam" is blocked until 2026-03-08
    When "Sam" calls
    Then "Sam" hears "We cannot take your calls" within 3 seconds
    When "Sam" hangs up
    And 31 minutes pass
    And "Sam" calls
    Then Bo's phone rings within 3 seconds

  Scenario: A block is lifted
    Given "Sam" is blocked until 2026-03-10
    When the block of "Sam" is lifted
    And "Sam" calls
    Then Bo's phone rings within 3 seconds

  Scenario: A block is about one caller
    Given "Sam" is blocked until 2026-03-10
    When "Kim" calls
    Then Bo's phone rings within 3 seconds

  Scenario: A blocked caller whose callbacks are lost is told all the same, and 9 is heard
    Given "Sam" is blocked until 2026-03-10
    And no callback arrives at all
    When "Sam" calls
    Then "Sam" hears "We cannot take your calls" within 3 seconds
    When everything is killed and started again
    And "Sam" presses 9
    Then the contact's risk is imminent
    And Bo's phone rings within 3 seconds

  Scenario: A blocked caller hangs up
    Given "Sam" is blocked until 2026-03-10
    And every webhook arrives twice
    When "Sam" calls
    And "Sam" hangs up
    Then there is one contact
    And the contact is diverted
