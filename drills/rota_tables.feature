Feature: The rota is a table
  A coordinator writes shifts as rows, loads them, and the line rings whoever they name. Somebody who is away is not rung.

  Background:
    Given these people:
      | name | role      | languages | on shift | on call |
      | Ana  | peer      | en        | no       |         |
      | Bo   | peer      | en        | no       |         |
      | Lee  | clinician | en        | no       | 1       |
    And it is 2026-03-07 21:57
    And these shifts:
      | person | role | first day  | hours       | repeats                 |
      | Ana    | peer | 2026-02-07 | 22:00-06:00 | every 2 weeks           |
      | Bo     | peer | 2026-02-14 | 22:00-06:00 | FREQ=WEEKLY;INTERVAL=2  |
      |        | peer | 2026-03-07 | 21:00-22:00 |                         |

  Scenario: One Saturday is Ana's
    Given it is 2026-03-07 22:01
    When "Sam" calls
    Then Ana's phone rings within 3 seconds
    And Bo's phone does not ring within 30 seconds

  Scenario: Nobody is on shift before it begins
    Given it is 2026-03-07 21:58
    When "Sam" calls
    Then Lee is paged within 3 seconds
    And Ana's phone does not ring within 60 seconds

  Scenario: Whoever is away is not rung, and is again when the leave is called off
    Given Ana is away from 2026-03-07 to 2026-03-08
    And it is 2026-03-07 22:01
    When "Sam" calls
    Then Ana's phone does not ring within 20 seconds
    When "Sam" hangs up
    Given the leave of Ana from 2026-03-07 is called off
    When "Kim" calls
    Then Ana's phone rings within 3 seconds

  Scenario: The next Saturday is Bo's
    Given these shifts:
      | person | role | first day  | hours       | repeats                |
      | Ana    | peer | 2026-02-14 | 22:00-06:00 | every 2 weeks          |
      | Bo     | peer | 2026-02-07 | 22:00-06:00 | FREQ=WEEKLY;INTERVAL=2 |
    And it is 2026-03-07 22:01
    When "Sam" calls
    Then Bo's phone rings within 3 seconds
    And Ana's phone does not ring within 30 seconds

  Scenario: A row for one day takes an open shift, and the table loaded anew leaves it taken
    Given these shifts are added:
      | person | role | first day  | hours       |
      | Bo     | peer | 2026-03-07 | 21:00-22:00 |
    And these shifts:
      | person | role | first day  | hours       | repeats                |
      | Ana    | peer | 2026-02-07 | 22:00-06:00 | every 2 weeks          |
      | Bo     | peer | 2026-02-14 | 22:00-06:00 | FREQ=WEEKLY;INTERVAL=2 |
      |        | peer | 2026-03-07 | 21:00-22:00 |                        |
    And it is 2026-03-07 21:59
    When "Sam" calls
    Then Bo's phone rings within 3 seconds
