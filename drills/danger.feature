Feature: Somebody may be in danger
  Danger changes who is first and who is told. It never takes a person away, and software never takes it back.

  Background:
    Given it is 2026-03-07 23:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en, es    | yes      |         |
      | Bo   | peer       | en        | yes      |         |
      | Lee  | clinician  | en, es    |          | 1       |
      | Max  | clinician  | en        |          | 2       |
      | Sue  | supervisor | en        | yes      |         |

  Scenario: Imminent goes before those who have waited longer
    Given these people:
      | name | role | on shift |
      | Ana  | peer | yes      |
    When "Kim" calls
    And Ana answers and presses 1
    Then "Kim" and Ana are talking within 3 seconds
    When "Sam" calls
    And 20 seconds pass
    And "Luz" calls
    And "Luz" presses 9
    Then "Luz"'s contact is first in its queue
    When "Kim" hangs up
    And Ana files "supported"
    And Ana answers and presses 1
    Then "Luz" and Ana are talking within 3 seconds
    And "Sam" is not connected to anybody

  Scenario: Imminent goes before a caller who lost their peer
    Given these people:
      | name | role |
      | Ana  | peer |
    When "Sam" calls
    And Ana answers and presses 1
    And Ana hangs up
    And "Luz" calls
    And "Luz" presses 9
    Then "Luz"'s contact is first in its queue

  Scenario: A clinician is paged at once although a peer is rung, and may take the call
    When "Sam" calls
    And "Sam" presses 9
    Then Lee is paged within 3 seconds
    And Ana's phone rings within 3 seconds
    And Lee receives a text containing "may be in danger" within 3 seconds
    When Lee answers and presses 1
    Then "Sam" and Lee are talking within 3 seconds
    And Ana's phone stops ringing within 3 seconds

  Scenario: A clinician is paged although a peer has answered already
    When "Sam" texts "i cant cope"
    And Ana texts "1"
    And "Sam" texts "i took all of my pills"
    Then the contact's risk is imminent
    And Lee is paged within 3 seconds
    And Sue receives a text containing "risk imminent" within 5 seconds
    And Ana receives a text containing "i took all of my pills" within 5 seconds

  Scenario: The clinician who is paged for waiting is paged anew when danger is told
    When "Sam" calls
    And 100 seconds pass
    Then Lee's phone has rung once
    When "Sam" presses 9
    Then Lee's phone rings within 3 seconds
    And Lee receives a text containing "may be in danger" within 3 seconds

  Scenario: Danger is told while the clinician's phone rings already
    When "Sam" calls
    And 70 seconds pass
    And "Sam" presses 9
    Then Lee receives a text containing "may be in danger" within 3 seconds
    When Lee answers and presses 1
    Then "Sam" and Lee are talking within 3 seconds

  Scenario: High, and no peer within twenty seconds
    When "Sam" texts "i want to kill myself"
    Then the contact's risk is high
    And Sue receives a text containing "risk high" within 5 seconds
    And Lee is not paged within 14 seconds
    And Lee is paged within 8 seconds

  Scenario: High, and a peer within twenty seconds
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    Then the contact is connected
    And Lee is not paged within 60 seconds
    And Sue has received one text containing "risk high"

  Scenario: High, taken, and the peer has to leave
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    And 30 seconds pass
    And Ana texts "leave"
    Then Bo receives a text containing "new contact" within 5 seconds
    And Lee is paged within 25 seconds

  Scenario: Elevated is asked for before none
    Given these people:
      | name | role | on shift |
      | Ana  | peer | yes      |
    When "Kim" calls
    And Ana answers and presses 1
    Then "Kim" and Ana are talking within 3 seconds
    When "Sam" texts "hello"
    And 30 seconds pass
    And "Luz" texts "i feel hopeless"
    Then "Luz"'s risk is elevated
    And "Luz"'s contact is first in its queue

  Scenario: Whoever has waited long enough is not overtaken by elevated
    Given these people:
      | name | role | on shift |
      | Ana  | peer | yes      |
    When "Kim" calls
    And Ana answers and presses 1
    Then "Kim" and Ana are talking within 3 seconds
    When "Sam" texts "hello"
    And 125 seconds pass
    And "Luz" texts "i feel hopeless"
    Then "Luz"'s risk is elevated
    And "Sam"'s contact is first in its queue

  Scenario: The announcement tells the volunteer how grave it is
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers
    Then Ana hears "Risk imminent" within 5 seconds

  Scenario: A texted offer says how grave it is, and not what was written
    When "Sam" texts "i want to kill myself"
    Then Ana receives a text containing "Risk high" within 5 seconds
    And Ana has received 0 texts containing "kill"

  Scenario: What was denied afterwards stays as grave as it was
    When "Sam" texts "i want to kill myself"
    And "Sam" texts "no sorry im fine, i would never"
    Then the contact's risk is high

  Scenario: Risk adds up over several messages
    When "Sam" texts "i want to die"
    And "Sam" texts "tonight"
    Then the contact's risk is imminent
    And Lee is paged within 3 seconds

  Scenario Outline: Everyday words wake nobody
    When "Sam" texts "<words>"
    Then the contact's risk is none
    And Lee is not paged within 40 seconds
    And Sue has received 0 texts containing "risk"

    Examples:
      | words                                  |
      | this exam is killing me lol            |
      | im dying of laughter                   |
      | my phone died sorry                    |
      | i could murder a pizza                 |
      | work is killing me this week           |
      | i was dead tired after my shift        |
      | shoot, i forgot to ask her             |
      | i took my pills this morning as usual  |

  Scenario Outline: Words of danger, however they are spelled
    When "Sam" texts "<words>"
    Then Sue receives a text containing "risk" within 5 seconds
    And Lee is paged within 25 seconds

    Examples:
      | words                    |
      | I WANT TO KILL MYSELF    |
      | i wanna kms              |
      | i want to k!ll myself    |
      | im going to end my life  |

  Scenario: Danger in Spanish
    When "Luz" texts "quiero matarme"
    Then Sue receives a text containing "risk" within 5 seconds
    And Lee is paged within 25 seconds

  Scenario: Danger to somebody else is danger
    When "Sam" texts "my friend took all of her pills and wont wake up"
    Then the contact's risk is imminent
    And Lee is paged within 3 seconds

  Scenario: A caller in danger who hangs up is told to the supervisor
    When "Sam" calls
    And "Sam" presses 9
    And 3 seconds pass
    And "Sam" hangs up
    Then the contact is abandoned within 3 seconds
    And Lee's phone stops ringing within 3 seconds
    And Sue receives a text containing "no longer on the line" within 5 seconds

  Scenario: Nobody on call, and somebody in danger
    Given these people:
      | name | role       | on shift | on call |
      | Ana  | peer       | yes      |         |
      | Sue  | supervisor | yes      |         |
    When "Sam" calls
    And "Sam" presses 9
    Then Ana's phone rings within 3 seconds
    And Sue receives a text containing "risk imminent" within 5 seconds
    And Sue receives a text containing "Nobody is on call" within 5 seconds

  Scenario: A caller in danger whom nobody answers is told of to the supervisor when they are passed on
    When "Sam" calls
    And "Sam" presses 9
    And 156 seconds pass
    Then the partner line rings within 20 seconds
    And Sue receives a text containing "passed on to our partner line" within 10 seconds

  Scenario: A texter in danger whom nobody answers is told of to the supervisor
    When "Sam" texts "i took all of my pills"
    And 180 seconds pass
    Then the contact is diverted
    And Sue receives a text containing "passed on to our partner line" within 10 seconds
