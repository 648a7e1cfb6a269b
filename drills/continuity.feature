Feature: The same person again
  A caller who asked for it is held out to the person they know first, for half a minute at most. Risk waits for nobody.

  Background:
    Given it is 2026-03-07 23:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Bo   | peer       | en, es    | yes      |         |
      | Ana  | peer       | en        | yes      |         |
      | Lee  | clinician  | en        |          | 1       |
      | Sue  | supervisor | en        | yes      |         |

  Scenario: The person they know is rung first, then the others
    Given "Sam" has asked for Ana again
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    And the reason Bo was not chosen contains "somebody the caller knows is asked first"
    And Bo's phone does not ring within 17 seconds
    And Bo's phone rings within 8 seconds

  Scenario: Somebody who did not ask goes to whoever is first in turn
    When "Sam" calls
    Then Bo's phone rings within 3 seconds

  Scenario: With several ringing at once the others still join only when the time is over
    Given the line's "queues.support.at_once" is "2"
    And the line's "queues.support.ring_seconds" is "60"
    And "Sam" has asked for Ana again
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    And Bo's phone does not ring within 25 seconds
    And Bo's phone rings within 6 seconds

  Scenario: The person they know declines, and nobody waits for the rest of the time
    Given "Sam" has asked for Ana again
    When "Sam" calls
    And Ana declines
    Then Bo's phone rings within 3 seconds

  Scenario: The person they know is not on shift
    Given these people:
      | name | role | on shift    |
      | Bo   | peer | yes         |
      | Ana  | peer | 06:00-14:00 |
    And "Sam" has asked for Ana again
    When "Sam" calls
    Then Bo's phone rings within 3 seconds

  Scenario: The person they know is with somebody else
    Given "Sam" has asked for Ana again
    And "Kim" has asked for Ana again
    When "Kim" calls
    And Ana answers and presses 1
    Then "Kim" and Ana are talking within 5 seconds
    When "Sam" calls
    Then Bo's phone rings within 3 seconds

  Scenario: Switched off, nobody is asked first
    Given the line's "continuity.first_for_seconds" is "0"
    And "Sam" has asked for Ana again
    When "Sam" calls
    Then Bo's phone rings within 3 seconds

  Scenario: Danger waits for nobody: the others are rung beside the one they know
    Given the line's "queues.support.at_once" is "2"
    And "Sam" has asked for Ana again
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    When "Sam" presses 9
    Then Bo's phone rings within 2 seconds
    And Lee is paged within 3 seconds
    And the story of "Sam" tells "nobody waits for those they know"

  Scenario: Grave words go to whoever is first in turn, at once
    Given "Sam" has asked for Ana again
    When "Sam" texts "i took all of my pills"
    Then the contact's risk is imminent
    And Bo receives a text containing "new contact" within 10 seconds

  Scenario: The peer notes the wish when they file
    When "Sam" calls
    And Bo declines
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When "Sam" hangs up
    And 2 seconds pass
    And Ana texts "done supported again"
    Then Ana receives a text containing "Filed" within 5 seconds
    And Ana receives a text containing "held out to you first" within 5 seconds
    And the contact is closed within 3 seconds
    When 90 seconds pass
    And "Sam" calls
    Then Ana's phone rings within 3 seconds
    And Bo's phone does not ring within 15 seconds

  Scenario: The peer notes the wish while they talk, and takes it back when the caller changes their mind
    When "Sam" calls
    And Bo declines
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When Ana texts "again"
    Then Ana receives a text containing "held out to you first" within 5 seconds
    When Ana texts "not again"
    Then Ana receives a text containing "anybody may answer them" within 5 seconds
    When "Sam" hangs up
    And 2 seconds pass
    And Ana files "supported"
    And 90 seconds pass
    And "Sam" calls
    Then Bo's phone rings within 3 seconds

  Scenario: A texter asks for the same person, and opens no conversation by it
    When "Sam" texts "hello"
    And Bo texts "no"
    Then Ana receives a text containing "new contact" within 5 seconds
    When Ana texts "1"
    Then "Sam" receives a text containing "Somebody is here" within 5 seconds
    When Ana texts "done supported"
    Then "Sam" receives a text containing "reply SAME" within 5 seconds
    When "Sam" texts "Same."
    Then "Sam" receives a text containing "we ask the same person first" within 5 seconds
    And there is one contact
    When 90 seconds pass
    And "Sam" texts "hello again"
    Then Ana receives a text containing "new contact" within 5 seconds
    And Bo receives no text containing "new contact" within 25 seconds

  Scenario: Taking it back holds at once, and a peer's note of what was said before does not undo it
    When "Sam" texts "hola"
    And Bo texts "no"
    And 5 seconds pass
    And Ana texts "1"
    And 5 seconds pass
    And Ana texts "done"
    And 3 seconds pass
    And "Sam" texts "mismo"
    Then "Sam" receives a text containing "we ask the same person first" within 5 seconds
    When "Sam" texts "OTRO"
    Then "Sam" receives a text containing "whoever is free" within 5 seconds
    When Ana texts "done supported again"
    Then Ana receives a text containing "that stands" within 5 seconds
    When 90 seconds pass
    And "Sam" texts "hello"
    Then Bo receives a text containing "new contact" within 5 seconds

  Scenario: In a conversation the words are words, and nothing is swallowed
    When "Sam" texts "hello"
    And Bo texts "1"
    And 5 seconds pass
    And "Sam" texts "same"
    Then Bo receives a text containing "A: same" within 5 seconds
    When "Sam" texts "different"
    Then Bo receives a text containing "A: different" within 5 seconds
    And "Sam" has received 0 texts containing "Noted"

  Scenario: The word alone, with no conversation before, reaches somebody
    When "Sam" texts "same"
    Then Bo receives a text containing "new contact" within 5 seconds
    When "Kim" texts "different"
    Then there are 2 contacts
