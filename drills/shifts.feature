Feature: Shifts, and the nights when the clocks change
  Hours are read on the wall clock of the line's time zone, here New York.

  Background:
    Given these people:
      | name | role      | languages | on shift    | on call |
      | Ana  | peer      | en        | 22:00-06:00 |         |
      | Bo   | peer      | en        | 06:00-14:00 |         |
      | Lee  | clinician | en        |             | 1       |

  Scenario: The night shift is rung before midnight
    Given it is 2026-03-05 23:30
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    And the reason Bo was not chosen contains "is not on shift"

  Scenario: The night shift is rung after midnight
    Given it is 2026-03-06 03:00
    When "Sam" calls
    Then Ana's phone rings within 3 seconds

  Scenario: The shift ends while the caller waits
    Given it is 2026-03-06 05:59
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    And Ana's phone stops ringing within 25 seconds
    When 45 seconds pass
    Then Bo's phone rings within 15 seconds
    And Ana's phone does not ring within 60 seconds

  Scenario: A shift begins while nobody is there
    Given it is 2026-03-06 21:59
    When "Sam" calls
    Then Lee is paged within 3 seconds
    And Ana's phone does not ring within 55 seconds
    And Ana's phone rings within 15 seconds

  Scenario: Nobody's hours hold, so the clinician is paged at once
    Given it is 2026-03-06 15:00
    When "Sam" calls
    Then Lee is paged within 3 seconds
    And Ana's phone does not ring within 120 seconds
    And Bo's phone does not ring within 1 second

  Scenario: A shift that ends during a conversation cuts nobody off
    Given it is 2026-03-06 05:58
    When "Sam" calls
    And Ana answers and presses 1
    And 10 minutes pass
    Then "Sam" and Ana are talking within 1 second

  Scenario: The night the clocks go forward, before the hour that is left out
    Given it is 2026-03-08 01:59
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    And Ana's phone stops ringing within 25 seconds
    When 45 seconds pass
    Then Ana's phone rings within 30 seconds
    And Bo's phone does not ring within 40 seconds

  Scenario: The night the clocks go forward, the morning shift begins at six by the clock
    Given it is 2026-03-08 01:59
    When it is 2026-03-08 05:59
    And "Sam" calls
    Then Ana's phone rings within 3 seconds
    When 62 seconds pass
    Then Bo's phone rings within 15 seconds

  Scenario: The night the clocks go back, the hour that comes twice belongs to the night shift
    Given it is 2026-11-01 01:30
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    When "Sam" hangs up
    And 60 minutes pass
    And "Sam" calls
    Then Ana's phone rings within 3 seconds
    And Bo's phone does not ring within 30 seconds

  Scenario: The night the clocks go back, the morning shift begins at six by the clock
    Given it is 2026-11-01 01:30
    When it is 2026-11-01 06:01
    And "Sam" calls
    Then Bo's phone rings within 3 seconds
    And the reason Ana was not chosen contains "is not on shift"

  Scenario: Somebody whose shift is broken in two
    Given these people:
      | name | role | on shift                 |
      | Ana  | peer | 08:00-12:00, 20:00-22:00 |
    And it is 2026-03-06 20:30
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    When "Sam" hangs up
    And it is 2026-03-07 13:00
    And "Sam" calls
    Then Ana's phone does not ring within 30 seconds
