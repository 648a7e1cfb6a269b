Feature: Somebody who holds a contact passes it on
  They text TRANSFER and a name, a queue or CLINICIAN. Warm, they stay until somebody else is there; cold, they are out at
  once. If nobody takes it, it returns to whoever passed it on, or waits in front.

  Background:
    Given it is 2026-03-07 23:30
    And these people:
      | name     | role       | languages | on shift | on call |
      | Ana      | peer       | en        | yes      |         |
      | Bo       | peer       | en        | yes      |         |
      | Cy       | peer       | en        | yes      |         |
      | Dee      | peer       | en        | no       |         |
      | Lee      | clinician  | en        |          | 1       |
      | Sue      | supervisor | en        | yes      |         |

  # Calls, warm

  Scenario: Three talk, then two
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo"
    Then Ana receives a text containing "Bo is being asked" within 5 seconds
    And Bo's phone rings within 3 seconds
    When Bo answers
    Then Bo hears "Ana asks you to take over a call, in English" within 5 seconds
    And "Sam" and Ana are talking within 1 second
    When Bo presses 1
    Then "Sam", Ana and Bo are talking within 5 seconds
    And Ana receives a text containing "Bo has joined contact A" within 5 seconds
    When 60 seconds pass
    Then "Sam", Ana and Bo are talking within 1 second
    When Ana hangs up
    Then "Sam" and Bo are talking within 5 seconds
    And Ana receives a text containing "Bo has taken contact A" within 5 seconds
    And the contact is connected
    And Lee is not paged within 60 seconds
    When "Sam" hangs up
    And Ana files "supported"
    And Bo files "supported"
    Then the contact is closed within 5 seconds
    And there is one contact

  Scenario: The first steps out, and whoever took over can still bring the clinician and step out
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer bo"
    And Bo answers and presses 1
    Then "Sam", Ana and Bo are talking within 5 seconds
    When Ana presses ##
    Then Ana hears "You have stepped out" within 5 seconds
    And "Sam" and Bo are talking within 5 seconds
    When 10 seconds pass
    And Bo presses *
    Then Lee is paged within 5 seconds
    When 10 seconds pass
    And Bo presses ##
    Then "Sam" hears "first in line" within 12 seconds
    And the contact is first in its queue

  Scenario: The star of whoever hands over brings the clinician, and nobody is lost
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo"
    And Bo answers and presses 1
    Then "Sam", Ana and Bo are talking within 5 seconds
    When Ana presses *
    Then Lee is paged within 5 seconds
    And "Sam", Ana and Bo are talking within 8 seconds

  Scenario: Declined, and the peer is told that the caller is still with them
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo"
    And Bo declines
    Then Ana receives a text containing "Bo could not take it; the caller is still with you" within 5 seconds
    And "Sam" and Ana are talking within 1 second
    And the contact is connected
    When Ana texts "transfer Bo"
    Then Ana receives a text containing "Bo declined this contact" within 5 seconds
    When Ana texts "transfer Cy"
    Then Cy's phone rings within 3 seconds

  Scenario: Voicemail never takes a caller over
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo"
    And Bo's voicemail answers
    Then Ana receives a text containing "Bo could not take it" within 40 seconds
    And "Sam" and Ana are talking within 1 second

  Scenario: Not answered within the patience of the line
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo"
    Then Bo's phone rings within 3 seconds
    And Ana receives no text containing "could not take it" within 27 seconds
    And Ana receives a text containing "Bo could not take it" within 8 seconds
    And Bo's phone stops ringing within 2 seconds
    And "Sam" and Ana are talking within 1 second
    And Bo's phone does not ring within 60 seconds

  Scenario: Whoever joined leaves again before they took over
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo"
    And Bo answers and presses 1
    Then "Sam", Ana and Bo are talking within 5 seconds
    When Bo hangs up
    Then Ana receives a text containing "Bo could not take it" within 5 seconds
    And "Sam" and Ana are talking within 1 second
    When "Kim" calls
    Then Bo's phone rings within 60 seconds

  Scenario: The caller hangs up meanwhile, and nothing rings on
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo"
    Then Bo's phone rings within 3 seconds
    When "Sam" hangs up
    Then Bo's phone stops ringing within 3 seconds
    And nobody's phone rings within 60 seconds
    When Ana files "supported"
    Then the contact is closed within 60 seconds

  Scenario: The caller hangs up while the asked person hears the announcement
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo"
    And Bo answers
    And "Sam" hangs up
    Then Bo hears "The caller has hung up" within 8 seconds

  Scenario: The caller hangs up while three talk
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo"
    And Bo answers and presses 1
    Then "Sam", Ana and Bo are talking within 5 seconds
    When "Sam" hangs up
    And Ana files "supported"
    Then the contact is closed within 5 seconds
    And nobody's phone rings within 30 seconds

  Scenario: The peer drops while the asked person's phone rings, whose ring is not lost
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo"
    Then Bo's phone rings within 3 seconds
    When Ana hangs up
    Then "Sam" hears "first in line" within 8 seconds
    And the contact is first in its queue
    And Cy's phone does not ring within 5 seconds
    When Bo answers
    Then Bo hears "Ana hands you a caller who is on the line" within 5 seconds
    When Bo presses 1
    Then "Sam" and Bo are talking within 3 seconds
    And Bo's phone has rung once

  Scenario: The peer drops and the asked person does not answer, so the next is rung
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo"
    Then Bo's phone rings within 3 seconds
    When Ana hangs up
    Then Cy's phone rings within 40 seconds
    And Ana receives a text containing "they wait in front" within 5 seconds

  # Calls, cold

  Scenario: Cold to somebody by name
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo cold"
    Then "Sam" hears "Somebody else will be with you. Please stay" within 5 seconds
    And Ana hears "You have passed the call on" within 5 seconds
    And Ana receives a text containing "You have passed contact A on" within 5 seconds
    And Bo's phone rings within 3 seconds
    When Bo answers
    Then Bo hears "Ana hands you a caller" within 5 seconds
    When Bo presses 1
    Then "Sam" and Bo are talking within 3 seconds
    And Ana receives a text containing "Bo has taken contact A" within 5 seconds
    When Ana files "passed-on"
    And "Sam" hangs up
    And Bo files "supported"
    Then the contact is closed within 5 seconds

  Scenario: Cold, and the named person does not answer, so the caller waits in front of everybody
    Given the line's "queues.support.at_once" is "2"
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo cold"
    Then Bo's phone rings within 3 seconds
    And the contact is first in its queue
    And Cy's phone does not ring within 25 seconds
    And Cy's phone rings within 10 seconds
    And Ana receives a text containing "Bo could not take contact A" within 5 seconds
    When Cy answers and presses 1
    Then "Sam" and Cy are talking within 3 seconds

  Scenario: Cold, refused, and whoever passed it on is asked again once they have filed
    Given these people:
      | name | role | on shift |
      | Ana  | peer | yes      |
      | Bo   | peer | yes      |
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo cold"
    And Bo declines
    Then Ana's phone does not ring within 5 seconds
    When Ana files "passed-on"
    Then Ana's phone rings within 5 seconds
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds

  Scenario: Cold to the line's one queue, where somebody else takes it
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer to support cold"
    Then "Sam" hears "Somebody else will be with you" within 5 seconds
    And Ana receives a text containing "they wait in front of support" within 5 seconds
    And Bo's phone rings within 3 seconds
    When Bo answers and presses 1
    Then "Sam" and Bo are talking within 3 seconds
    When Ana files "passed-on"
    Then Ana's phone does not ring within 30 seconds

  # Another queue

  Scenario: Cold to another queue, before whoever waits there
    Given the line file "lines/youth.toml"
    And these people:
      | name | skills | on shift |
      | Ana  |        | yes      |
      | Bo   |        | yes      |
      | Yan  | youth  | yes      |
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer to youth cold"
    Then "Sam" hears "Somebody else will be with you" within 5 seconds
    And Yan's phone rings within 3 seconds
    And the contact is first in its queue
    And the reason Bo was not chosen contains "youth"
    When Yan answers and presses 1
    Then "Sam" and Yan are talking within 3 seconds

  Scenario: Warm to another queue, whose first does not answer, so the next is asked
    Given the line file "lines/youth.toml"
    And these people:
      | name | skills | on shift |
      | Ana  | youth  | yes      |
      | Bo   |        | yes      |
      | Yan  | youth  | yes      |
      | Zoe  | youth  | yes      |
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer to youth"
    Then Ana receives a text containing "Yan is being asked" within 5 seconds
    When Yan declines
    Then Ana receives a text containing "Zoe is being asked" within 8 seconds
    When Zoe answers and presses 1
    Then "Sam", Ana and Zoe are talking within 5 seconds
    And Bo's phone does not ring within 5 seconds
    When Ana hangs up
    Then "Sam" and Zoe are talking within 5 seconds

  Scenario: Warm to another queue, whose first joins and leaves again, so the next is asked
    Given the line file "lines/youth.toml"
    And these people:
      | name | skills | on shift |
      | Ana  | youth  | yes      |
      | Yan  | youth  | yes      |
      | Zoe  | youth  | yes      |
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer to youth"
    And Yan answers and presses 1
    Then "Sam", Ana and Yan are talking within 5 seconds
    When Yan hangs up
    And Zoe answers and presses 1
    Then "Sam", Ana and Zoe are talking within 5 seconds
    When Zoe hangs up
    Then Ana receives a text containing "Zoe could not take it" within 5 seconds
    And "Sam" and Ana are talking within 1 second

  Scenario: Warm to another queue in which nobody is free
    Given the line file "lines/youth.toml"
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer to youth"
    Then Ana receives a text containing "Nobody of youth can take contact A now. The caller is still with you" within 5 seconds
    And "Sam" and Ana are talking within 1 second

  # To a clinician

  Scenario: To a clinician, warm
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer clinician"
    Then Lee receives a text containing "a peer who asks for you" within 5 seconds
    And Ana receives a text containing "clinician on call is being rung" within 5 seconds
    When Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 5 seconds
    When Ana hangs up
    Then "Sam" and Lee are talking within 5 seconds

  Scenario: To a clinician, cold
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer clinician cold"
    Then "Sam" hears "Somebody else will be with you" within 5 seconds
    And Lee is paged within 3 seconds
    When Lee answers and presses 1
    Then "Sam" and Lee are talking within 5 seconds
    And Bo's phone stops ringing within 3 seconds

  Scenario: A text conversation, to a clinician who stays when the peer leaves
    When "Sam" texts "hello"
    And Ana texts "1"
    And Ana texts "transfer clinician"
    Then Lee is paged within 5 seconds
    When Lee texts "1"
    Then Ana receives a text containing "Lee has joined" within 8 seconds
    When Ana texts "leave"
    Then "Sam" receives a text containing "Somebody else of us is with you now" within 5 seconds
    And "Sam" has received 0 texts containing "first in line"
    And the contact is connected
    When "Sam" texts "still here"
    Then Lee receives a text containing "still here" within 8 seconds
    And Ana has received 0 texts containing "still here"
    And Bo has received 0 texts containing "new contact"

  # Conversations by text

  Scenario: A text conversation, warm
    When "Sam" texts "hello from the bus"
    And Ana texts "1"
    Then "Sam" receives a text containing "Somebody is here" within 5 seconds
    When Ana texts "transfer Bo"
    Then Bo receives a text containing "Ana asks you to take over contact A, by text" within 8 seconds
    And Bo has received 0 texts containing "bus"
    When "Sam" texts "are you there"
    Then Ana receives a text containing "are you there" within 5 seconds
    When Bo texts "1"
    Then Bo receives a text containing "hello from the bus / are you there" within 5 seconds
    And "Sam" receives a text containing "Somebody else of us is with you now" within 5 seconds
    And Ana receives a text containing "Bo has taken contact A" within 5 seconds
    When Bo texts "hi Sam, Bo here"
    Then "Sam" receives a text containing "Bo here" within 5 seconds
    When "Sam" texts "thanks Bo"
    Then Bo receives a text containing "thanks Bo" within 5 seconds
    And Ana has received 0 texts containing "thanks Bo"
    When Ana files "passed-on"
    And Bo texts "done supported"
    Then the contact is closed within 5 seconds

  Scenario: A text conversation, warm, and the asked person says no
    When "Sam" texts "hello"
    And Ana texts "1"
    And Ana texts "transfer Bo"
    And Bo texts "2"
    Then Ana receives a text containing "Bo could not take it; the caller is still with you" within 8 seconds
    When "Sam" texts "hello?"
    Then Ana receives a text containing "hello?" within 5 seconds
    And "Sam" has received 0 texts containing "Somebody else"

  Scenario: A text conversation, warm, without an answer
    When "Sam" texts "hello"
    And Ana texts "1"
    And Ana texts "transfer Bo"
    Then Bo receives a text containing "take over" within 8 seconds
    And Ana receives a text containing "Bo could not take it" within 65 seconds
    When Bo texts "1"
    Then Bo receives a text containing "no longer waiting" within 5 seconds
    And the contact is connected

  Scenario: A text conversation, cold
    When "Sam" texts "hello from the bus"
    And Ana texts "1"
    And Ana texts "transfer Bo cold"
    Then "Sam" receives a text containing "Somebody else will be with you" within 8 seconds
    And Bo receives a text containing "Ana asks you to take over" within 8 seconds
    And Cy has received 0 texts containing "new contact"
    When Bo texts "1"
    Then Bo receives a text containing "hello from the bus" within 5 seconds
    And "Sam" receives a text containing "Somebody is here" within 5 seconds

  Scenario: Of two conversations the letter says which
    When "Sam" texts "hello from the bus"
    And Ana texts "1"
    And "Kim" texts "hello from work"
    And Bo texts "busy"
    And Cy texts "busy"
    And Ana texts "1"
    And 10 seconds pass
    And Ana texts "transfer Bo"
    Then Ana receives a text containing "TRANSFER A ANA" within 5 seconds
    And Bo has received 0 texts containing "take over"
    When 60 seconds pass
    And Ana texts "transfer B Bo"
    Then Bo receives a text containing "take over" within 5 seconds
    When Bo texts "1"
    Then Bo receives a text containing "hello from work" within 5 seconds
    When "Sam" texts "the bus is late"
    Then Ana receives a text containing "A: the bus is late" within 5 seconds
    And "Kim" receives a text containing "Somebody else of us is with you now" within 5 seconds

  Scenario: The texter sends STOP while somebody is asked
    When "Sam" texts "hello"
    And Ana texts "1"
    And Ana texts "transfer Bo"
    Then Bo receives a text containing "take over" within 8 seconds
    When "Sam" texts "STOP"
    And Bo texts "1"
    Then Bo receives a text containing "no longer waiting" within 5 seconds
    When Ana files "stopped"
    Then the contact is closed within 5 seconds

  # What is not done, and why

  Scenario Outline: Nobody by that name, and nothing is sent to the caller
    When "Sam" texts "hello"
    And Ana texts "1"
    And Ana texts "<words>"
    Then Ana receives a text containing "Nothing was passed on or sent" within 10 seconds
    And "Sam" receives no text containing "transfer" within 10 seconds
    And the contact is connected

    Examples:
      | words                   |
      | transfer Zed            |
      | transfer                |
      | transfer to nowhere     |
      | Transfer Ana            |

  Scenario: What begins with the letter and a colon is words for the caller
    When "Sam" texts "hello"
    And Ana texts "1"
    And Ana texts "A: transfer to another ward is possible"
    Then "Sam" receives a text containing "another ward" within 5 seconds

  Scenario: Two people of the same first name
    Given these people:
      | name    | role | on shift |
      | Ana     | peer | yes      |
      | Bo Hall | peer | yes      |
      | Bo Lind | peer | yes      |
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo"
    Then Ana receives a text containing "2 people are called that" within 5 seconds
    When Ana texts "transfer bo lind"
    Then Ana receives a text containing "Bo is being asked" within 5 seconds

  Scenario Outline: Whoever cannot take it is not rung, and the engine says why
    When "Sam" calls
    And Ana answers and presses 1
    And "Kim" calls
    And Bo answers and presses 1
    Then "Kim" and Bo are talking within 3 seconds
    When Ana texts "<words>"
    Then Ana receives a text containing "<why>" within 5 seconds
    And nobody's phone rings within 10 seconds
    And "Sam" and Ana are talking within 1 second

    Examples:
      | words             | why                                         |
      | transfer Bo       | Bo is with somebody else                    |
      | transfer Bo cold  | Bo is with somebody else                    |
      | transfer Dee      | Dee is not on shift                         |
      | transfer Lee      | Lee is a clinician                          |

  Scenario: Whoever does not speak the caller's language is not asked
    Given these people:
      | name | languages |
      | Ana  | en, es    |
      | Bo   | en        |
    When "Luz" calls and presses 2
    And Ana answers and presses 1
    Then "Luz" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo"
    Then Ana receives a text containing "Bo does not speak es" within 5 seconds

  Scenario: Whoever holds nothing passes nothing on
    When Bo texts "transfer Ana"
    Then Bo receives a text containing "nothing open" within 5 seconds

  Scenario: Asking twice asks once
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo"
    And Ana texts "transfer Cy"
    Then Ana receives a text containing "Somebody is being asked to take contact A already" within 8 seconds
    And Cy's phone does not ring within 10 seconds

  Scenario: A Spanish speaker hears in Spanish that they are passed on
    Given these people:
      | name | languages |
      | Ana  | en, es    |
      | Bo   | en, es    |
    When "Luz" calls and presses 2
    And Ana answers and presses 1
    Then "Luz" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo cold"
    Then "Luz" hears "Otra persona estará con usted" within 5 seconds

  # Faults

  Scenario Outline: Warm, with every fault of the network
    Given <fault>
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 15 seconds
    And the contact is connected within 10 seconds
    When Ana texts "transfer Bo"
    And Bo answers and presses 1
    Then "Sam", Ana and Bo are talking within 15 seconds
    When Ana hangs up
    Then "Sam" and Bo are talking within 20 seconds
    When 60 seconds pass
    Then "Sam" and Bo are talking within 1 second
    And Ana has received one text containing "Bo has taken contact A"
    And Bo's phone has rung once
    When "Sam" hangs up
    And 2 seconds pass
    And Ana files "supported"
    And Bo files "supported"
    Then the contact is closed within 180 seconds

    Examples:
      | fault                           |
      | every callback arrives twice    |
      | every webhook arrives twice     |
      | callbacks arrive out of order   |
      | every third callback is lost    |
      | no callback arrives at all      |
      | Redis is down                   |
      | the worker is down              |
      | replies of the carrier are lost |

  Scenario Outline: Cold, with every fault of the network
    Given <fault>
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 15 seconds
    And the contact is connected within 10 seconds
    When Ana texts "transfer Bo cold"
    Then "Sam" hears "Somebody else will be with you" within 10 seconds
    When Bo answers and presses 1
    Then "Sam" and Bo are talking within 15 seconds
    And Bo's phone has rung once
    And there is one contact

    Examples:
      | fault                           |
      | every callback arrives twice    |
      | every webhook arrives twice     |
      | callbacks arrive out of order   |
      | every third callback is lost    |
      | no callback arrives at all      |
      | Redis is down                   |
      | the worker is down              |
      | replies of the carrier are lost |

  Scenario Outline: A text conversation, with every fault of the network
    Given <fault>
    When "Sam" texts "hello"
    Then Ana receives a text containing "new contact" within 10 seconds
    When Ana texts "1"
    And Ana texts "transfer Bo"
    Then Bo receives a text containing "take over" within 15 seconds
    When Bo texts "1"
    Then Bo receives a text containing "A: hello" within 15 seconds
    When 10 seconds pass
    Then "Sam" has received one text containing "Somebody else of us"
    And Ana has received one text containing "Bo has taken contact A"

    Examples:
      | fault                           |
      | every callback arrives twice    |
      | every webhook arrives twice     |
      | Redis is down                   |
      | the worker is down              |
      | replies of the carrier are lost |

  Scenario: No callback arrives, and the asked person does not answer
    Given no callback arrives at all
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 15 seconds
    And the contact is connected within 10 seconds
    When Ana texts "transfer Bo"
    Then Ana receives a text containing "Bo could not take it" within 70 seconds
    And "Sam" and Ana are talking within 1 second

  Scenario: Everything is killed at every step of a warm transfer
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo"
    And everything is killed and started again
    And Bo answers
    And everything is killed and started again
    And Bo presses 1
    Then "Sam", Ana and Bo are talking within 8 seconds
    When everything is killed and started again
    And Ana hangs up
    Then "Sam" and Bo are talking within 8 seconds
    When everything is killed and started again
    And 30 seconds pass
    Then "Sam" and Bo are talking within 1 second
    And Bo's phone has rung once

  Scenario: Everything is killed in a cold transfer
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo cold"
    And everything is killed and started again
    And Bo answers and presses 1
    Then "Sam" and Bo are talking within 8 seconds
    And Bo's phone has rung once

  Scenario: The ticker is killed while the asked person's phone rings
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "transfer Bo"
    Then Bo's phone rings within 3 seconds
    When the ticker is killed
    And Bo answers and presses 1
    Then "Sam", Ana and Bo are talking within 8 seconds
    And Ana receives a text containing "Bo has joined" within 10 seconds

  Scenario: The carrier refuses the call to whoever is asked
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    Given Bo's number is dead
    When Ana texts "transfer Bo"
    Then Ana receives a text containing "Bo could not take it" within 10 seconds
    And "Sam" and Ana are talking within 1 second
