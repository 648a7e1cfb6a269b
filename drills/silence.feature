Feature: Silence is a signal
  Whoever may be in danger and goes silent is not left alone, and nothing is ever closed for it.

  Background:
    Given the line's "silence.peer_minutes" is "4"
    And the line's "silence.texter_minutes.imminent" is "2"
    And the line's "silence.texter_minutes.high" is "5"
    And the line's "silence.texter_minutes.elevated" is "15"
    And the line's "silence.return_minutes" is "30"
    And it is 2026-03-07 23:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en        | yes      |         |
      | Bo   | peer       | en        | yes      |         |
      | Lee  | clinician  | en        |          | 1       |
      | Sue  | supervisor | en        | yes      |         |

  Scenario: A texter at risk goes silent: the peer is asked to write, then the clinician is paged and the supervisor told
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    And Ana texts "I am here with you"
    Then Ana receives no text containing "has not written" within 290 seconds
    And Ana receives a text containing "has not written for a while" within 15 seconds
    And Lee is not paged within 280 seconds
    And Lee is paged within 25 seconds
    And Lee receives a text containing "at risk has gone silent" within 5 seconds
    And Sue receives a text containing "They have gone silent" within 5 seconds
    When Lee texts "1"
    Then Ana receives a text containing "Lee has joined" within 5 seconds
    When 5 minutes pass
    Then Lee is not paged within 60 seconds
    And the contact is connected

  Scenario: The graver, the sooner
    When "Sam" texts "i took all of my pills"
    And Ana texts "1"
    And Ana texts "I am here with you"
    And 118 seconds pass
    Then Ana receives a text containing "has not written for a while" within 5 seconds

  Scenario: Whoever writes again is not silent
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    And Ana texts "I am here with you"
    And 4 minutes pass
    And "Sam" texts "thank you"
    And Ana texts "of course"
    And 4 minutes pass
    Then Ana has received 0 texts containing "has not written for a while"
    And Lee is not paged within 30 seconds

  Scenario: Asking again does not begin the silence anew
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    And Ana texts "I am here with you"
    And 4 minutes pass
    And Ana texts "Are you there?"
    And 58 seconds pass
    Then Ana receives a text containing "has not written for a while" within 5 seconds

  Scenario: A texter without risk may be silent
    When "Sam" texts "hello"
    And Ana texts "1"
    And Ana texts "hello"
    And 30 minutes pass
    Then Ana has received 0 texts containing "has not written"
    And Lee is not paged within 60 seconds

  Scenario: A peer who does not answer is reminded, the supervisor hears, and then somebody else is asked
    When "Sam" texts "hello"
    And Ana texts "1"
    And 238 seconds pass
    Then Ana receives a text containing "waits for your answer" within 5 seconds
    When 238 seconds pass
    Then Sue receives a text containing "wait for an answer" within 5 seconds
    And Lee is not paged within 10 seconds
    When 228 seconds pass
    Then "Sam" receives a text containing "left without an answer" within 10 seconds
    And Ana receives a text containing "Nobody blames you" within 5 seconds
    And Bo receives a text containing "new contact" within 5 seconds
    And the contact is first in its queue
    When Bo texts "1"
    Then the contact is connected

  Scenario: A peer does not answer somebody at risk: the clinician is paged
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    And 8 minutes pass
    Then Lee is paged within 5 seconds
    And Sue receives a text containing "wait for an answer" within 5 seconds

  Scenario: The process that listens is killed
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    And Ana texts "I am here with you"
    And everything is killed and started again
    And 5 minutes pass
    Then Ana receives a text containing "has not written for a while" within 5 seconds

  Scenario: A call breaks off while somebody may be in danger: the supervisor hears at once, and the clinician decides
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When "Sam" hangs up
    Then Sue receives a text containing "Their call broke off" within 5 seconds
    And Lee receives a text containing "was cut off and may be in danger" within 5 seconds
    When 61 seconds pass
    Then Lee is paged within 5 seconds
    And "Sam"'s phone does not ring within 60 seconds
    When Lee texts "1"
    Then Lee receives a text containing "is yours to decide about" within 5 seconds
    And Lee is not paged within 120 seconds

  Scenario: Who was cut off calls again: the risk is theirs still, they are first, and whoever was paged hears so
    Given these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en        | yes      |         |
      | Lee  | clinician  | en        |          | 1       |
      | Sue  | supervisor | en        | yes      |         |
    When "Sam" calls
    And "Sam" presses 9
    And 3 seconds pass
    And "Sam" hangs up
    Then the contact is abandoned within 3 seconds
    And Lee receives a text containing "was cut off" within 5 seconds
    When "Kim" calls
    And 20 seconds pass
    And "Sam" calls
    Then "Sam"'s risk is imminent
    And "Sam"'s contact is first in its queue
    And Lee receives a text containing "is back with us" within 8 seconds
    And Sue receives a text containing "who was cut off is back" within 8 seconds
    And Lee receives a text containing "may be in danger" within 8 seconds

  Scenario: Who was cut off writes: the risk is theirs still
    When "Sam" calls
    And "Sam" presses 9
    And 3 seconds pass
    And "Sam" hangs up
    And 2 minutes pass
    And "Sam" texts "hello"
    Then the contact's risk is imminent
    And Lee receives a text containing "is back with us" within 8 seconds

  Scenario: The peer files how it ended, and nobody is paged any more
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When "Sam" hangs up
    And 10 seconds pass
    And Ana files "supported"
    Then Lee is not paged within 120 seconds

  Scenario: A supervisor signs how it ended, and nobody is paged any more
    When "Sam" calls
    And "Sam" presses 9
    And 3 seconds pass
    And "Sam" hangs up
    Then Lee receives a text containing "was cut off" within 10 seconds
    When Sue texts "sign 1 unknown"
    Then Sue receives a text containing "Contact 1 is signed" within 10 seconds
    And Lee is not paged within 180 seconds

  Scenario: A caller without risk may hang up
    When "Sam" calls
    And 3 seconds pass
    And "Sam" hangs up
    Then Lee is not paged within 120 seconds
    And Sue has received 0 texts containing "broke off"
