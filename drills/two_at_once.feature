Feature: A line that rings two peers at once
  The first to press 1 has the call. The other is thanked, and never left with a dead line.

  Background:
    Given it is 2026-03-07 23:30
    And the line's "queues.support.at_once" is "2"
    And these people:
      | name | role | languages | on shift |
      | Ana  | peer | en        | yes      |
      | Bo   | peer | en        | yes      |
      | Cal  | peer | en        | yes      |

  Scenario: Two phones ring, and only two
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    And Bo's phone rings within 3 seconds
    And Cal's phone does not ring within 15 seconds

  Scenario: One answers, and the other phone stops ringing
    When "Sam" calls
    Then Bo's phone rings within 3 seconds
    When Bo answers and presses 1
    Then "Sam" and Bo are talking within 3 seconds
    And Ana's phone stops ringing within 2 seconds
    And Cal's phone does not ring within 60 seconds

  Scenario: Two press 1 at the same moment, and one hears that somebody else answered
    When "Sam" calls
    And Ana answers
    And Bo answers
    And Ana and Bo press 1 at the same moment
    Then "Sam" and Ana are talking within 3 seconds
    And Bo hears "Somebody else has just answered" within 5 seconds
    And there is one contact
    When 10 seconds pass
    Then "Sam" and Ana are talking within 1 second
    When "Kim" calls
    Then Bo's phone rings within 3 seconds

  Scenario: The same, the other way round
    When "Sam" calls
    And Ana answers
    And Bo answers
    And Bo and Ana press 1 at the same moment
    Then "Sam" and Bo are talking within 3 seconds
    And Ana hears "Somebody else has just answered" within 5 seconds

  Scenario: The same, with every webhook twice
    Given every webhook arrives twice
    When "Sam" calls
    And Ana answers
    And Bo answers
    And Ana and Bo press 1 at the same moment
    Then "Sam" and Ana are talking within 3 seconds
    And Bo hears "Somebody else has just answered" within 5 seconds

  Scenario: One takes it while the other still hears the announcement
    When "Sam" calls
    And Ana answers
    And Bo answers and presses 1
    Then "Sam" and Bo are talking within 3 seconds
    And Ana hears "Somebody else has just answered" within 5 seconds

  Scenario: One of two phones is a voicemail
    When "Sam" calls
    And Ana's voicemail answers
    Then "Sam" is not connected to anybody
    When Bo answers and presses 1
    Then "Sam" and Bo are talking within 3 seconds

  Scenario: One declines, and the third is rung beside the second
    When "Sam" calls
    Then Bo's phone rings within 3 seconds
    When Ana declines
    Then Cal's phone rings within 3 seconds
    When Bo answers and presses 1
    Then "Sam" and Bo are talking within 3 seconds
    And Cal's phone stops ringing within 2 seconds

  Scenario: The caller hangs up while both ring
    When "Sam" calls
    Then Bo's phone rings within 3 seconds
    When "Sam" hangs up
    Then Ana's phone stops ringing within 2 seconds
    And Bo's phone stops ringing within 2 seconds
    And the contact is abandoned
