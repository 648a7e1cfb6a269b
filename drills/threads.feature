Feature: Conversations by text

  Background:
    Given it is 2026-03-07 23:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en, es    | yes      |         |
      | Bo   | peer       | en        | yes      |         |
      | Lee  | clinician  | en, es    |          | 1       |
      | Sue  | supervisor | en        | yes      |         |

  Scenario: What was written before anybody took it reaches whoever takes it
    When "Sam" texts "hello"
    And "Sam" texts "are you there"
    Then "Sam" has received 0 texts containing "Reply 1"
    And there is one contact
    When Ana texts "1"
    Then Ana receives a text containing "hello / are you there" within 5 seconds
    And "Sam" receives a text containing "Somebody is here" within 5 seconds

  Scenario: The acknowledgement comes once, however often somebody writes
    When "Sam" texts "hello"
    And "Sam" texts "hello?"
    And "Sam" texts "??"
    And 10 seconds pass
    Then "Sam" has received one text containing "Thanks for reaching out"

  Scenario: Two conversations are told apart by their letters
    Given these people:
      | name | role |
      | Ana  | peer |
    When "Sam" texts "hello from the bus"
    And Ana texts "1"
    And "Kim" texts "hello from work"
    Then Ana receives a text containing "new contact B" within 10 seconds
    When Ana texts "1"
    Then Ana receives a text containing "B: hello from work" within 5 seconds
    When Ana texts "B: hi, I am Ana"
    Then "Kim" receives a text containing "hi, I am Ana" within 4 seconds
    And "Sam" has received 0 texts containing "I am Ana"
    When "Sam" texts "the bus is late"
    Then Ana receives a text containing "A: the bus is late" within 4 seconds

  Scenario: With two conversations nothing is guessed
    Given these people:
      | name | role |
      | Ana  | peer |
    When "Sam" texts "hello"
    And Ana texts "1"
    And "Kim" texts "hello"
    And Ana texts "1"
    And 10 seconds pass
    And Ana texts "how are you"
    Then Ana receives a text containing "You have 2 conversations" within 5 seconds
    And Ana receives a text containing "A, B" within 5 seconds
    When Ana texts "C: how are you"
    Then Ana receives a text containing "You have 2 conversations" within 5 seconds
    And "Sam" has received 0 texts containing "how are you"
    And "Kim" has received 0 texts containing "how are you"

  Scenario: Closing without a letter is not guessed either
    Given these people:
      | name | role |
      | Ana  | peer |
    When "Sam" texts "hello"
    And Ana texts "1"
    And "Kim" texts "hello"
    And Ana texts "1"
    And 10 seconds pass
    And Ana texts "done"
    Then Ana receives a text containing "You have 2 conversations" within 5 seconds
    When Ana texts "done B supported"
    Then "Kim"'s contact is closed within 5 seconds
    And "Sam"'s contact is connected

  Scenario: Somebody with two conversations is not given a third, nor a call
    Given these people:
      | name | role |
      | Ana  | peer |
    When "Sam" texts "hello"
    And Ana texts "1"
    And "Kim" texts "hello"
    And Ana texts "1"
    And "Luz" texts "hello"
    And "Joe" calls
    Then Ana's phone does not ring within 40 seconds
    And Ana has received 0 texts containing "new contact C"

  Scenario: Somebody who talks on the telephone is not asked by text
    When "Kim" calls
    And Ana answers and presses 1
    Then "Kim" and Ana are talking within 3 seconds
    When "Sam" texts "hello"
    Then Bo receives a text containing "new contact" within 5 seconds
    And Ana has received 0 texts containing "new contact"

  Scenario: A peer says no, and the next is asked at once
    When "Sam" texts "hello"
    And Ana texts "2"
    Then Bo receives a text containing "new contact" within 5 seconds
    And Ana receives a text containing "Noted" within 5 seconds

  Scenario: A peer who is busy says so
    When "Sam" texts "hello"
    And Ana texts "busy"
    Then Bo receives a text containing "new contact" within 5 seconds

  Scenario: A peer who takes it too late hears that, and nothing is taken from whoever has it
    When "Sam" texts "hello"
    And 62 seconds pass
    Then Bo receives a text containing "new contact" within 5 seconds
    When Bo texts "1"
    And Ana texts "1"
    Then Ana receives a text containing "no longer waiting" within 5 seconds
    When Bo texts "hello Sam"
    Then "Sam" receives a text containing "hello Sam" within 5 seconds

  Scenario: Whoever has nothing open and writes is told so
    When Ana texts "hello?"
    Then Ana receives a text containing "nothing open" within 5 seconds
    And there are 0 contacts

  Scenario: The peer closes, and the texter is told
    When "Sam" texts "hello"
    And Ana texts "1"
    And Ana texts "done"
    Then "Sam" receives a text containing "conversation has ended" within 5 seconds
    When Ana files "supported"
    Then the contact is closed within 5 seconds
    And Ana receives a text containing "Filed" within 5 seconds

  Scenario: Whoever does not file is freed when the wrap-up is over
    When "Sam" texts "hello"
    And Ana texts "1"
    And Ana texts "done"
    Then the contact is closed within 125 seconds

  Scenario: A texter who writes during the wrap-up is a new contact and is heard
    When "Sam" texts "hello"
    And Ana texts "1"
    And Ana texts "done"
    And "Sam" texts "wait, one more thing"
    Then there are 2 contacts
    And the contact is waiting
    And "Sam" receives a text containing "Thanks for reaching out" within 10 seconds
    And Ana receives a text containing "new contact B" within 10 seconds

  Scenario: The peer has to leave, and the texter is first in line
    When "Sam" texts "hello"
    And Ana texts "1"
    And Ana texts "leave"
    Then "Sam" receives a text containing "had to leave" within 5 seconds
    And the contact is first in its queue
    And Bo receives a text containing "new contact" within 5 seconds
    When Bo texts "1"
    Then Bo receives a text containing "hello" within 5 seconds

  Scenario: A clinician comes into the conversation
    When "Sam" texts "hello"
    And Ana texts "1"
    And Ana texts "clinician"
    Then Lee is paged within 5 seconds
    And Ana receives a text containing "clinician on call is being rung" within 10 seconds
    When Lee texts "1"
    Then Ana receives a text containing "Lee has joined" within 8 seconds
    And Lee receives a text containing "hello" within 8 seconds
    When Lee texts "Hi Sam, Lee here too"
    Then "Sam" receives a text containing "Lee here too" within 5 seconds
    And Ana receives a text containing "Lee here too" within 5 seconds
    When "Sam" texts "thank you both"
    Then Ana receives a text containing "thank you both" within 5 seconds
    And Lee receives a text containing "thank you both" within 5 seconds

  Scenario: STOP in a conversation ends it, and the peer is told
    When "Sam" texts "hello"
    And Ana texts "1"
    And "Sam" texts "STOP"
    Then Ana receives a text containing "sent STOP" within 5 seconds
    And Sue has received 0 texts containing "risk"
    When Ana files "stopped"
    Then the contact is closed within 5 seconds

  Scenario: What was not yet sent when STOP came is not sent
    When "Kim" texts "hello"
    And "Sam" texts "hello"
    And "Sam" texts "STOP"
    Then "Sam" receives no text containing "Thanks" within 20 seconds

  Scenario: After STOP whoever writes again is read, and the peer knows that they cannot be answered
    When "Sam" texts "hello"
    And "Sam" texts "STOP"
    And 5 seconds pass
    And "Sam" texts "are you still there"
    Then Ana receives a text containing "new contact" within 5 seconds
    When Ana texts "1"
    Then Ana receives a text containing "are you still there" within 5 seconds
    When Ana texts "yes, I am"
    Then Ana receives a text containing "can no longer be texted" within 5 seconds
    And "Sam" has received 0 texts containing "yes, I am"

  Scenario: STOP while waiting, without risk
    When "Sam" texts "hello"
    And "Sam" texts "stop"
    Then the contact is abandoned within 2 seconds
    And Sue has received 0 texts containing "risk"

  Scenario: STOP with open risk tells a supervisor
    When "Sam" texts "i want to kill myself"
    And "Sam" texts "STOP"
    Then Sue receives a text containing "sent STOP" within 8 seconds

  Scenario Outline: Every word that blocks texts is understood, however it is written
    When "Sam" texts "i feel hopeless"
    And 5 seconds pass
    And "Sam" texts "<word>"
    Then Sue receives a text containing "sent STOP" within 8 seconds
    And the contact is abandoned

    Examples:
      | word        |
      | STOP        |
      | End         |
      | quit        |
      | UNSUBSCRIBE |
      | Stop.       |

  Scenario: A sentence with the word in it is a sentence
    When "Sam" texts "i want it all to end"
    Then the contact is waiting
    And Ana receives a text containing "new contact" within 5 seconds

  Scenario: After STOP somebody may write again
    When "Sam" texts "hello"
    And "Sam" texts "STOP"
    And "Sam" texts "START"
    Then "Sam" receives a text containing "Thanks" within 5 seconds
    And the contact is waiting

  Scenario: HELP in a conversation says what carriers require, and the peer sees it
    When "Sam" texts "hello"
    And Ana texts "1"
    And 10 seconds pass
    And "Sam" texts "HELP"
    Then "Sam" receives a text containing "STOP" within 5 seconds
    And Ana receives a text containing "HELP" within 5 seconds
    And there is one contact

  Scenario: A conversation in which nothing is said is closed after the stated time
    When "Sam" texts "hello"
    And Ana texts "1"
    And 44 minutes pass
    Then the contact is connected
    When 2 minutes pass
    Then "Sam" receives a text containing "conversation has ended" within 5 seconds
    And Ana receives a text containing "has ended" within 5 seconds
    And the contact is closed within 125 seconds

  Scenario: A conversation with open risk is never closed by silence
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    And 100 minutes pass
    Then the contact is connected
    And "Sam" has received 0 texts containing "has ended"
    And Ana has received 2 texts containing "there is risk, so this stays open"
    And Sue has received 2 texts containing "gone silent"

  Scenario: Nobody is free, and the texter is told at the limit
    Given these people:
      | name | role      | on shift | on call |
      | Ana  | peer      | no       |         |
      | Lee  | clinician |          | 1       |
    When "Sam" texts "hello"
    And 149 seconds pass
    Then "Sam" receives a text containing "Reply 1 to keep waiting" within 6 seconds
    When "Sam" texts "1"
    Then "Sam" receives a text containing "We keep asking" within 5 seconds
    And the contact is waiting within 40 seconds

  Scenario: Two asks to be texted when a peer is free
    Given these people:
      | name | role |
      | Ana  | peer |
    When "Kim" calls
    And Ana answers and presses 1
    Then "Kim" and Ana are talking within 3 seconds
    When "Sam" texts "hello"
    And 152 seconds pass
    And "Sam" texts "2"
    Then "Sam" receives a text containing "as soon as a peer is free" within 5 seconds
    When "Kim" hangs up
    And Ana files "supported"
    Then Ana receives a text containing "new contact" within 5 seconds

  Scenario: Whoever was told and writes again later is heard in front
    Given these people:
      | name | role | on shift |
      | Ana  | peer | no       |
    When "Sam" texts "hello"
    And 190 seconds pass
    Then the contact is diverted
    When "Sam" texts "are you there now"
    Then the contact is waiting
    And the contact is first in its queue

  Scenario: A peer's phone does not take texts, and the next is asked
    Given Ana's number is dead
    When "Sam" texts "hello"
    Then Bo receives a text containing "new contact" within 10 seconds

  Scenario: Numbers never cross in either direction
    When "Sam" texts "hello"
    And Ana texts "1"
    And Ana texts "hi"
    And "Sam" texts "who are you"
    And 5 seconds pass
    Then "Sam" has received 0 texts containing "+1212555012"
    And Ana has received 0 texts containing "+1646"

  Scenario: A number that a texter writes themselves reaches the peer as they wrote it
    When "Sam" texts "hello"
    And Ana texts "1"
    And "Sam" texts "call me on 646 555 0199 if you like"
    Then Ana receives a text containing "646 555 0199" within 5 seconds
