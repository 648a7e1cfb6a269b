Feature: A line with two queues
  Callers for the veterans' queue come by a key of the menu, a word, a number of its own, or at night. Whoever serves no
  particular queue serves both.

  Background:
    Given the line file "lines/two_queues.toml"
    And it is 2026-03-07 23:30
    And these people:
      | name | role      | languages | skills     | queues            | on shift | on call |
      | Ana  | peer      | en        |            | support           | yes      |         |
      | Bo   | peer      | en        |            | support           | yes      |         |
      | Vic  | peer      | en, es    | veterans:2 | veterans          | yes      |         |
      | Lee  | clinician | en, es    |            |                   |          | 1       |

  Scenario: Without a choice a caller is in the line's own queue
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    And the contact is in the queue "support"
    And "Sam" hears "If you have served, press 3" within 15 seconds
    And Vic's phone does not ring within 45 seconds
    And the reason Vic was not chosen contains "does not serve this queue"

  Scenario: A key of the menu, during the greeting
    When "Sam" calls and presses 3
    Then the contact is in the queue "veterans"
    And the reason for the contact's queue contains "the key 3"
    And "Sam" hears "somebody who fits" within 5 seconds
    And Vic's phone rings within 3 seconds
    And Ana's phone stops ringing within 2 seconds
    And Bo's phone does not ring within 15 seconds
    And the reason Bo was not chosen contains "does not serve this queue: joins 60 s after arrival"
    When Vic answers and presses 1
    Then "Sam" and Vic are talking within 3 seconds

  Scenario: A key of the menu, while a phone rings, and somebody listens to the announcement
    When "Sam" calls
    And Ana answers
    And "Sam" presses 3
    Then Vic's phone rings within 3 seconds
    And "Sam" is not connected to anybody
    And Ana hears "Somebody else" within 25 seconds

  Scenario: The same, with every webhook twice
    Given every webhook arrives twice
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    When "Sam" presses 3
    Then Vic's phone rings within 3 seconds
    And Ana's phone stops ringing within 2 seconds
    And Vic's phone has rung once
    When Vic answers and presses 1
    Then "Sam" and Vic are talking within 3 seconds

  Scenario: A key after everything was killed and started again
    When "Sam" calls +12125550101
    Then Vic's phone rings within 3 seconds
    When everything is killed and started again
    And "Sam" presses 5
    Then the contact is in the queue "support"
    And Ana's phone rings within 3 seconds
    And Vic's phone stops ringing within 2 seconds

  Scenario: Who has waited long keeps their place in the other queue
    Given these people:
      | name | role      | skills     | queues   | on shift | on call |
      | Ana  | peer      |            | support  | yes      |         |
      | Vic  | peer      | veterans:2 | veterans | yes      |         |
      | Lee  | clinician |            |          |          | 1       |
    When "Max" calls and presses 3
    And Vic answers and presses 1
    And "Sam" calls
    And 10 seconds pass
    And "Kim" calls and presses 3
    And 5 seconds pass
    And "Sam" presses 3
    Then "Sam"'s contact is first in its queue
    When "Max" hangs up
    And Vic files "supported"
    And Vic answers and presses 1
    Then "Sam" and Vic are talking within 3 seconds

  Scenario: A key does not end the wait limit, nor begin it again
    Given these people:
      | name | role      | skills     | queues   | on shift | on call |
      | Ana  | peer      |            | support  | yes      |         |
      | Lee  | clinician |            |          |          | 1       |
    When "Sam" calls
    And 100 seconds pass
    And "Sam" presses 3
    And 47 seconds pass
    Then "Sam" hears "keep waiting" within 10 seconds

  Scenario: Another key leads on, and the same key again changes nothing
    When "Sam" calls and presses 3
    Then Vic's phone rings within 3 seconds
    When "Sam" presses 3
    Then the contact is in the queue "veterans"
    And Vic's phone has rung once
    When "Sam" presses 5
    Then the contact is in the queue "support"
    And Vic's phone stops ringing within 2 seconds
    And Ana's phone rings within 3 seconds

  Scenario: Once somebody has accepted, no key leads away
    When "Sam" calls
    And Ana answers and presses 1
    And "Sam" presses 3
    Then "Sam" and Ana are talking within 5 seconds
    And the contact is in the queue "support"
    And Vic's phone does not ring within 30 seconds

  Scenario: The menu is spoken in the language that was chosen
    When "Luz" calls and presses 2
    Then "Luz" hears "oprima 3" within 15 seconds
    When "Luz" presses 3
    Then the contact is in the queue "veterans"
    And "Luz" hears "la persona indicada" within 5 seconds
    And Vic's phone rings within 3 seconds

  Scenario Outline: A text that begins with a word of the queue
    When "Sam" texts "<words>"
    Then the contact is in the queue "<queue>"
    And <who> receives a text containing "new contact" within 5 seconds

    Examples:
      | words                         | queue    | who |
      | VET                           | veterans | Vic |
      | Véteran, i cannot sleep again | veterans | Vic |
      | vets are what i want          | support  | Ana |
      | i am a veteran                | support  | Ana |

  Scenario: Why a text is in its queue is said without the text
    When "Sam" texts "veteranos"
    Then the contact is in the queue "veterans"
    And the reason for the contact's queue contains "the word the text begins with"
    And Ana receives no text containing "new contact" within 20 seconds

  Scenario: The number that was called
    When "Sam" calls +12125550101
    Then the contact is in the queue "veterans"
    And the reason for the contact's queue contains "the number called"
    And Vic's phone rings within 3 seconds
    And Ana's phone does not ring within 30 seconds

  Scenario: Whoever texts the other number is answered from it
    When "Sam" texts "hello" to +12125550101
    Then the contact is in the queue "veterans"
    And "Sam" receives a text from +12125550101 within 3 seconds
    And Vic receives a text containing "new contact" within 5 seconds
    When Vic texts "1"
    And Vic texts "Hi, Vic here"
    Then "Sam" receives a text from +12125550101 within 8 seconds

  Scenario: A caller who pressed a key of the menu is called back in that queue, from the number they called
    Given these people:
      | name | role      | skills     | queues   | on shift | on call |
      | Ana  | peer      |            | support  | yes      |         |
      | Lee  | clinician |            |          |          | 1       |
    When "Sam" calls +12125550101
    And 200 seconds pass
    Then "Sam" hears "keep waiting" within 10 seconds
    When "Sam" presses 2
    And 5 seconds pass
    And these people:
      | name | role      | skills     | queues   | on shift | on call |
      | Vic  | peer      | veterans:2 | veterans | yes      |         |
      | Lee  | clinician |            |          |          | 1       |
    Then Vic's phone rings within 30 seconds
    And the contact is in the queue "veterans"
    When Vic answers and presses 1
    Then "Sam" is called from +12125550101 within 5 seconds

  Scenario: Whom the partner line did not answer is back in the queue they came from
    Given these people:
      | name | role      | queues  | on shift | on call |
      | Cal  | backup    | support | yes      |         |
      | Lee  | clinician |         |          | 1       |
    And the partner line is dead
    When "Sam" calls and presses 3
    And 150 seconds pass
    Then "Sam" hears "keep waiting" within 10 seconds
    When 60 seconds pass
    Then there are 2 contacts
    And the contact is waiting
    And the contact is in the queue "veterans"

  Scenario: A texter whom nobody answered comes back into the same queue, or goes where their word leads
    Given these people:
      | name | role      | queues  | on shift | on call |
      | Cal  | backup    | support | yes      |         |
      | Lee  | clinician |         |          | 1       |
    When "Sam" texts "hello" to +12125550101
    And "Kim" texts "hello"
    And 230 seconds pass
    And "Sam" texts "are you there"
    And "Kim" texts "vet"
    Then there are 4 contacts
    And "Sam"'s contact is in the queue "veterans"
    And "Kim"'s contact is in the queue "veterans"

  Scenario: At night the other queue answers for everybody
    Given it is 2026-03-07 23:45
    When "Sam" calls
    Then the contact is in the queue "veterans"
    And the reason for the contact's queue contains "the hour"
    And Vic's phone rings within 3 seconds

  Scenario: In the morning the night is over
    Given it is 2026-03-08 06:00
    When "Sam" calls
    Then the contact is in the queue "support"
    And Ana's phone rings within 3 seconds

  Scenario: Danger leads out of the queue, and no key leads back
    When "Sam" calls and presses 3
    Then Vic's phone rings within 3 seconds
    When "Sam" presses 9
    Then the contact's risk is imminent
    And the contact is in the queue "support"
    And the reason for the contact's queue contains "risk imminent"
    And Vic's phone stops ringing within 2 seconds
    And Ana's phone rings within 3 seconds
    And Lee is paged within 3 seconds
    And "Sam" hears "a clinician is being called" within 5 seconds
    When "Sam" presses 3
    Then the contact is in the queue "support"

  Scenario: A first text with words of danger goes where danger leads, whatever it begins with
    When "Sam" texts "veteran here, i am going to kill myself tonight"
    Then the contact is in the queue "support"
    And Ana receives a text containing "new contact" within 5 seconds
    And Lee is paged within 3 seconds

  Scenario: Risk that rises while the texter waits leads to the other queue
    When "Sam" texts "vet"
    Then Vic receives a text containing "new contact" within 5 seconds
    When "Sam" texts "i am going to kill myself tonight"
    Then the contact is in the queue "support"
    And Ana receives a text containing "new contact" within 5 seconds
    When Vic texts "1"
    Then Vic receives a text containing "no longer waiting" within 5 seconds

  Scenario: Risk that rose in a conversation counts when the peer has to leave
    When "Sam" texts "vet"
    Then Vic receives a text containing "new contact" within 5 seconds
    When Vic texts "1"
    And "Sam" texts "i am going to kill myself tonight"
    Then the contact is in the queue "veterans"
    When Vic texts "leave"
    Then the contact is in the queue "support"
    And Ana receives a text containing "new contact" within 15 seconds

  Scenario: A topic of the menu, and a peer who does not take it
    Given Ana does not take "suicide loss"
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    When "Sam" presses 4
    Then the contact is in the queue "support"
    And Ana's phone stops ringing within 2 seconds
    And Bo's phone rings within 3 seconds
    And the reason Ana was not chosen contains "does not take suicide loss"

  Scenario: A topic by a word
    Given Ana does not take "suicide loss"
    When "Sam" texts "Loss. It was my brother"
    Then Bo receives a text containing "new contact" within 5 seconds
    And Ana receives no text containing "new contact" within 60 seconds

  Scenario: Whoever serves both queues is asked by whichever needs them, as soon as they are free
    Given these people:
      | name | role      | skills     | on shift | on call |
      | Val  | peer      | veterans:2 | yes      |         |
      | Lee  | clinician |            |          | 1       |
    When "Sam" calls
    And Val answers and presses 1
    And "Kim" calls and presses 3
    And 15 seconds pass
    And "Sam" hangs up
    And Val files "supported"
    Then Val's phone rings within 2 seconds
    When Val answers and presses 1
    Then "Kim" and Val are talking within 3 seconds

  Scenario: A shift that is for one queue alone
    Given these people:
      | name | role      | languages | skills     | on shift | on call |
      | Kay  | peer      | en        | veterans:2 | no       |         |
      | Vic  | peer      | en        | veterans:2 | yes      |         |
      | Lee  | clinician | en, es    |            |          | 1       |
    And these shifts:
      | person | role | first day  | hours       | queues  |
      | Kay    | peer | 2026-03-07 | 20:00-04:00 | support |
    When "Sam" calls
    Then Kay's phone rings within 3 seconds
    When "Sam" presses 3
    Then Kay's phone stops ringing within 2 seconds
    And Vic's phone rings within 3 seconds
    And the reason Kay was not chosen contains "does not serve this queue"
