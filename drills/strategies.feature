Feature: Who is asked first, and who is served first
  A queue says in which order those who fit are asked. Whoever waits is served by danger and by age, and nobody is forgotten.

  Background:
    Given it is 2026-03-07 19:00
    And these people:
      | name | role |
      | Ana  | peer |
      | Bo   | peer |

  Scenario: Longest idle: whoever has just had a call comes last
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When "Sam" hangs up
    And Ana files "supported"
    And 20 seconds pass
    And "Kim" calls
    Then Bo's phone rings within 3 seconds
    And the reason Ana was not chosen contains "others come first in turn"

  Scenario: Least today: whoever has had fewer contacts comes first, however long the other has been idle
    Given the line's "queues.support.strategy" is "'least_today'"
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When "Sam" hangs up
    And Ana files "supported"
    And "Kim" calls
    And Bo answers and presses 1
    Then "Kim" and Bo are talking within 3 seconds
    When "Kim" hangs up
    And Bo files "supported"
    And "Luz" calls
    And Ana answers and presses 1
    Then "Luz" and Ana are talking within 3 seconds
    When "Luz" hangs up
    And Ana files "supported"
    And 20 minutes pass
    And "Sam" calls
    Then Bo's phone rings within 3 seconds

  Scenario: Round robin: by turns, whether or not a call came of it
    Given the line's "queues.support.strategy" is "'round_robin'"
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    When "Sam" hangs up
    And 2 minutes pass
    And "Kim" calls
    Then Bo's phone rings within 3 seconds
    When "Kim" hangs up
    And 2 minutes pass
    And "Luz" calls
    Then Ana's phone rings within 3 seconds

  Scenario: Ranked: the first of the table whenever they are free
    Given the line's "queues.support.strategy" is "'ranked'"
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When "Sam" hangs up
    And Ana files "supported"
    And 20 seconds pass
    And "Kim" calls
    Then Ana's phone rings within 3 seconds
    And Bo's phone does not ring within 15 seconds

  Scenario: Two at once: both ring, the first to press the key has the call, the other is let go
    Given the line's "queues.support.at_once" is "2"
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    And Bo's phone rings within 3 seconds
    When Bo answers and presses 1
    Then "Sam" and Bo are talking within 3 seconds
    And Ana's phone stops ringing within 3 seconds

  Scenario: Danger is served first, then age
    Given these people:
      | name | role |
      | Ana  | peer |
    When "Luz" calls
    And Ana answers and presses 1
    And "Sam" calls
    And 5 seconds pass
    And "Kim" calls
    And 5 seconds pass
    And "Joe" calls
    And "Joe" presses 9
    Then "Joe"'s contact is first in its queue
    When "Luz" hangs up
    And Ana files "supported"
    And Ana answers and presses 1
    Then "Joe" and Ana are talking within 5 seconds
    And "Sam"'s contact is first in its queue

  Scenario: Somebody who has waited for longer than danger gains comes before it
    Given the line's "queues.support.ageing.imminent" is "60"
    And the line's "queues.support.ageing.front" is "60"
    And the line's "queues.support.ageing.high" is "60"
    And the line's "queues.support.ageing.elevated" is "60"
    And these people:
      | name | role |
      | Ana  | peer |
    When "Luz" calls
    And Ana answers and presses 1
    And "Sam" calls
    And 70 seconds pass
    And "Joe" calls
    And "Joe" presses 9
    Then "Sam"'s contact is first in its queue

  Scenario: A peer who may hold two texts is given two, and no third
    Given these people:
      | name | role |
      | Ana  | peer |
    When "Sam" texts "hello, are you there"
    And 3 seconds pass
    And Ana texts "1"
    And "Kim" texts "hello, is this the line"
    And 3 seconds pass
    And Ana texts "1"
    And "Luz" texts "hello there"
    Then Ana receives no text containing "new contact C" within 30 seconds
    And the reason Ana was not chosen contains "with somebody else"

  Scenario: During a call nobody is given anything else
    Given these people:
      | name | role |
      | Ana  | peer |
    When "Sam" calls
    And Ana answers and presses 1
    And "Kim" texts "hello, are you there"
    Then Ana receives no text containing "new contact" within 30 seconds
    And the reason Ana was not chosen contains "with somebody else"
