Feature: A clinician is brought in

  Background:
    Given it is 2026-03-07 23:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en        | yes      |         |
      | Bo   | peer       | en        | yes      |         |
      | Lee  | clinician  | en        |          | 1       |
      | Max  | clinician  | en        |          | 2       |
      | Sue  | supervisor | en        | yes      |         |

  Scenario: The page says why, in which language, and what to do
    When "Sam" calls
    And 60 seconds pass
    Then Lee receives a text containing "has waited 60 seconds" within 3 seconds
    And Lee has received one text containing "Reply 1 to take it, or press 1 when we ring"
    When Lee answers
    Then Lee hears "They speak English" within 8 seconds
    And Lee hears "To take it, press 1" within 8 seconds

  Scenario: A page is repeated until somebody acknowledges it
    When "Sam" calls
    And "Sam" presses 9
    And 58 seconds pass
    Then Lee's phone has rung once
    When 30 seconds pass
    Then Lee's phone has rung 2 times

  Scenario: A clinician's voicemail is not an acknowledgement
    When "Sam" calls
    And "Sam" presses 9
    And Lee's voicemail answers
    Then "Sam" is not connected to anybody
    When 58 seconds pass
    And Lee answers and presses 1
    Then "Sam" and Lee are talking within 3 seconds

  Scenario: A clinician picks up and cannot find the key
    When "Sam" calls
    And "Sam" presses 9
    And Lee answers and presses 4
    Then Lee hears "To take it, press 1" within 10 seconds
    When Lee presses 1
    Then "Sam" and Lee are talking within 3 seconds

  Scenario: The second tier is paged half a minute after the first
    When "Sam" calls
    And "Sam" presses 9
    Then Lee is paged within 3 seconds
    And Max is not paged within 26 seconds
    And Max is paged within 5 seconds
    When Max answers and presses 1
    Then "Sam" and Max are talking within 3 seconds
    And Lee's phone stops ringing within 3 seconds

  Scenario: Nobody is in the first tier, so the second is paged at once
    Given these people:
      | name | role      | on shift | on call |
      | Ana  | peer      | yes      |         |
      | Lee  | clinician |          |         |
      | Max  | clinician |          | 2       |
    When "Sam" calls
    And "Sam" presses 9
    Then Max is paged within 3 seconds
    And Lee's phone does not ring within 60 seconds

  Scenario: A clinician presses after somebody else has taken the call
    When "Sam" calls
    And "Sam" presses 9
    And Lee answers
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Lee presses 1
    Then "Sam", Ana and Lee are talking within 3 seconds

  Scenario: A clinician presses after the caller has gone
    When "Sam" calls
    And "Sam" presses 9
    And Lee answers
    And "Sam" hangs up
    Then Lee hears "The caller has hung up" within 8 seconds
    And Ana's phone stops ringing within 3 seconds

  Scenario: A peer who answers ends the paging for waiting
    When "Sam" calls
    And 62 seconds pass
    Then Lee is paged within 3 seconds
    When Bo answers and presses 1
    Then "Sam" and Bo are talking within 3 seconds
    And Lee's phone stops ringing within 2 seconds
    And Lee is not paged within 90 seconds
    And Max is not paged within 5 seconds

  Scenario: A caller who hangs up ends the paging
    When "Sam" calls
    And 62 seconds pass
    And "Sam" hangs up
    Then Lee's phone stops ringing within 3 seconds
    And Lee is not paged within 90 seconds

  Scenario: Star brings a clinician beside the peer, and the peer is told
    When "Sam" calls
    And Ana answers and presses 1
    And Ana presses *
    Then Ana hears "clinician on call is being rung" within 5 seconds
    And "Sam" and Ana are talking within 3 seconds
    And Lee receives a text containing "a peer who asks for you" within 5 seconds
    When Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 5 seconds
    And Lee is not paged within 120 seconds

  Scenario: Star, and the clinician does not answer, so the next is paged
    When "Sam" calls
    And Ana answers and presses 1
    And Ana presses *
    Then Lee is paged within 5 seconds
    And Max is paged within 35 seconds
    And "Sam" and Ana are talking within 1 second
    When Max answers and presses 1
    Then "Sam", Ana and Max are talking within 5 seconds

  Scenario: Star twice pages once
    When "Sam" calls
    And Ana answers and presses 1
    And Ana presses *
    And 6 seconds pass
    And Ana presses *
    And 10 seconds pass
    Then Lee's phone has rung once
    And "Sam" and Ana are talking within 3 seconds

  Scenario: The peer's line drops and the clinician keeps the caller
    When "Sam" calls
    And Ana answers and presses 1
    And Ana presses *
    And Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 5 seconds
    When Ana hangs up
    Then "Sam" and Lee are talking within 2 seconds
    And Bo's phone does not ring within 60 seconds
    And the contact is connected
    When "Sam" hangs up
    And Ana files "supported"
    And Lee files "safety-plan"
    Then the contact is closed within 5 seconds

  Scenario: The clinician leaves and the peer goes on
    When "Sam" calls
    And Ana answers and presses 1
    And Ana presses *
    And Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 5 seconds
    When Lee hangs up
    Then "Sam" and Ana are talking within 2 seconds
    And Bo's phone does not ring within 30 seconds

  Scenario: The peer steps out and the caller is first in line
    When "Sam" calls
    And Ana answers and presses 1
    And Ana presses ##
    Then Ana hears "You have stepped out" within 5 seconds
    And "Sam" hears "first in line" within 12 seconds
    And the contact is first in its queue
    And Bo's phone rings within 5 seconds
    And Ana's phone does not ring within 30 seconds

  Scenario: The peer steps out and leaves the caller to the clinician
    When "Sam" calls
    And Ana answers and presses 1
    And Ana presses *
    And Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 5 seconds
    When Ana presses ##
    Then "Sam" and Lee are talking within 5 seconds
    And Ana hears "You have stepped out" within 5 seconds
    And Bo's phone does not ring within 30 seconds

  Scenario: A clinician acknowledges by text and is rung to join
    When "Sam" calls
    And 60 seconds pass
    Then Lee is paged within 3 seconds
    And Lee's phone stops ringing within 40 seconds
    When Lee texts "1"
    Then Lee receives a text containing "We are ringing you now" within 5 seconds
    And Lee's phone rings within 5 seconds
    When Lee answers and presses 1
    Then "Sam" and Lee are talking within 3 seconds

  Scenario: A clinician who is with somebody is texted, and their call is left alone
    When "Sam" calls
    And 60 seconds pass
    And Lee answers and presses 1
    Then "Sam" and Lee are talking within 3 seconds
    When "Kim" calls
    And "Kim" presses 9
    Then Lee receives a text containing "may be in danger" within 5 seconds
    And Lee's phone does not ring within 20 seconds
    And "Sam" and Lee are talking within 1 second
    And Max is paged within 15 seconds

  Scenario: A clinician who took a call alone drops, and the caller is in front again
    When "Sam" calls
    And 60 seconds pass
    And Lee answers and presses 1
    Then "Sam" and Lee are talking within 3 seconds
    When Lee hangs up
    Then "Sam" hears "you are first in line" within 8 seconds
    And the contact is waiting
    And Ana's phone rings within 5 seconds

  Scenario: A clinician takes a text conversation by telephone
    When "Sam" texts "i took all of my pills"
    And Lee answers and presses 1
    Then Lee hears "being sent to your phone" within 8 seconds
    And Lee receives a text containing "i took all of my pills" within 8 seconds
    And "Sam" receives a text containing "with you now" within 8 seconds
    When Lee texts "I am Lee, a clinician. Where are you now?"
    Then "Sam" receives a text containing "Where are you now?" within 3 seconds

  Scenario: The page of a clinician says nothing of what was written
    When "Sam" texts "i took all of my pills"
    Then Lee receives a text containing "may be in danger" within 3 seconds
    And Lee has received 0 texts containing "pills"

  Scenario: A clinician who was paged and files what they took is free again
    When "Sam" calls
    And 60 seconds pass
    And Lee answers and presses 1
    Then "Sam" and Lee are talking within 3 seconds
    When "Sam" hangs up
    And Lee files "supported"
    Then the contact is closed within 5 seconds
    When "Kim" calls
    And "Kim" presses 9
    Then Lee's phone rings within 5 seconds
