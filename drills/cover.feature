Feature: Holes in the rota are told before they are there
  The line of these drills wants a peer on Saturday nights from 22:00, one who speaks Spanish on Saturday evenings from
  18:00, and on Mondays a clinician on call in tier 1. Whoever is missing there is told of 14 days, 3 days, 24 hours and
  1 hour before, the first two by day alone.

  Background:
    Given the line file "lines/cover.toml"

  Scenario: A rota without a hole alarms nobody
    Given it is 2026-03-15 12:00
    And these people:
      | name | role        | languages | on shift    | on call |
      | Kim  | coordinator | en        | no          |         |
      | Ana  | peer        | en, es    | 18:00-06:00 |         |
      | Lee  | clinician   | en        | no          | 1       |
    When 60 minutes pass
    Then Kim has received 0 texts containing "rota"

  Scenario: The coordinator hears of a hole two weeks before, and again three days before, each time once
    Given it is 2026-03-18 20:40
    And these people:
      | name | role        | languages | on shift    | on call |
      | Kim  | coordinator | en        | no          |         |
      | Sue  | supervisor  | en        | no          |         |
      | Ana  | peer        | en, es    | 18:00-22:00 |         |
      | Lee  | clinician   | en        | no          | 1       |
    When 11 minutes pass
    Then Kim has received one text containing "Sat 21 Mar 22:00-06:00: 0 of 1 peers"
    And Kim has received one text containing "too few people"
    Given it is 2026-03-19 07:50
    Then Kim has received one text containing "Sat 21 Mar 22:00-06:00"
    Given it is 2026-03-19 08:11
    Then Kim has received 2 texts containing "Sat 21 Mar 22:00-06:00"
    And Sue has received 0 texts containing "Sat 21 Mar"
    And Ana has received 0 texts containing "Sat 21 Mar"

  Scenario: A day before, supervisors are told as well, by night too
    Given it is 2026-03-20 21:45
    And these people:
      | name | role        | languages | on shift    | on call |
      | Kim  | coordinator | en        | no          |         |
      | Sue  | supervisor  | en        | no          |         |
      | Ana  | peer        | en, es    | 18:00-22:00 |         |
      | Lee  | clinician   | en        | no          | 1       |
    When 11 minutes pass
    Then Kim has received 0 texts containing "too few people"
    When 15 minutes pass
    Then Kim has received one text containing "Sat 21 Mar 22:00-06:00: 0 of 1 peers"
    And Sue has received one text containing "Sat 21 Mar 22:00-06:00: 0 of 1 peers"
    And Ana has received 0 texts containing "Sat 21 Mar"

  Scenario: An hour before, everybody who fits is asked, and nobody twice
    Given it is 2026-03-21 20:30
    And these people:
      | name | role        | languages | on shift    | on call |
      | Kim  | coordinator | en        | no          |         |
      | Sue  | supervisor  | en        | no          |         |
      | Ana  | peer        | en, es    | 18:00-22:00 |         |
      | Bo   | peer        | en        | no          |         |
      | Cal  | backup      | en        | no          |         |
      | Lee  | clinician   | en        | no          | 1       |
    When 11 minutes pass
    Then Sue has received one text containing "Sat 21 Mar 22:00-06:00"
    And Bo has received 0 texts containing "Sat 21 Mar"
    When 30 minutes pass
    Then Kim has received 2 texts containing "Sat 21 Mar 22:00-06:00"
    And Sue has received 2 texts containing "Sat 21 Mar 22:00-06:00"
    And Bo has received one text containing "looks for somebody. Sat 21 Mar 22:00-06:00: 0 of 1 peers"
    And Ana has received one text containing "looks for somebody"
    And Cal has received 0 texts containing "Sat 21 Mar"
    And Lee has received 0 texts containing "Sat 21 Mar"
    When 60 minutes pass
    Then Bo has received one text containing "Sat 21 Mar"

  Scenario: A hole that is closed and opens again is told again
    Given it is 2026-03-15 12:00
    And these people:
      | name | role        | languages | on shift    | on call |
      | Kim  | coordinator | en        | no          |         |
      | Ana  | peer        | en, es    | 18:00-22:00 |         |
      | Lee  | clinician   | en        | no          | 1       |
    When 11 minutes pass
    Then Kim has received one text containing "Sat 21 Mar 22:00-06:00"
    Given these people:
      | name | role        | languages | on shift    | on call |
      | Kim  | coordinator | en        | no          |         |
      | Ana  | peer        | en, es    | 18:00-06:00 |         |
      | Lee  | clinician   | en        | no          | 1       |
    When 30 minutes pass
    Then Kim has received one text containing "Sat 21 Mar"
    Given these people:
      | name | role        | languages | on shift    | on call |
      | Kim  | coordinator | en        | no          |         |
      | Ana  | peer        | en, es    | 18:00-02:00 |         |
      | Lee  | clinician   | en        | no          | 1       |
    When 30 minutes pass
    Then Kim has received one text containing "Sun 22 Mar 02:00-06:00: 0 of 1 peers"
    And Kim has received one text containing "Sat 21 Mar 22:00-06:00"

  Scenario: What is left of a hole that was told is not told again
    Given it is 2026-03-15 12:00
    And these people:
      | name | role        | languages | on shift    | on call |
      | Kim  | coordinator | en        | no          |         |
      | Ana  | peer        | en, es    | 18:00-22:00 |         |
      | Lee  | clinician   | en        | no          | 1       |
    When 11 minutes pass
    Then Kim has received one text containing "Sat 21 Mar 22:00-06:00"
    Given these people:
      | name | role        | languages | on shift    | on call |
      | Kim  | coordinator | en        | no          |         |
      | Ana  | peer        | en, es    | 18:00-02:00 |         |
      | Lee  | clinician   | en        | no          | 1       |
    When 60 minutes pass
    Then Kim has received one text containing "too few people"

  Scenario: Nobody on call is told days before, not in the night itself
    Given it is 2026-03-15 12:00
    And these people:
      | name | role        | languages | on shift    | on call |
      | Kim  | coordinator | en        | no          |         |
      | Ana  | peer        | en, es    | 18:00-06:00 |         |
      | Lee  | clinician   | en        | no          | 2       |
    When 11 minutes pass
    Then Kim has received one text containing "Mon 23 Mar, all day: 0 of 1 clinicians on call in tier 1"

  Scenario: A shift with enough people, none of whom speaks the language, is a hole
    Given it is 2026-03-21 16:30
    And these people:
      | name | role        | languages | on shift    | on call |
      | Kim  | coordinator | en        | no          |         |
      | Ana  | peer        | en        | 18:00-06:00 |         |
      | Bo   | peer        | en        | 18:00-06:00 |         |
      | Eva  | peer        | es        | no          |         |
      | Lee  | clinician   | en        | no          | 1       |
    When 11 minutes pass
    Then Kim has received one text containing "Sat 21 Mar 18:00-22:00: 0 of 1 peers who speak Spanish"
    And Eva has received 0 texts containing "Sat 21 Mar"
    When 30 minutes pass
    Then Eva has received one text containing "looks for somebody. Sat 21 Mar 18:00-22:00: 0 of 1 peers who speak Spanish"
    And Bo has received 0 texts containing "looks for somebody"

  Scenario: Many holes are one text of three and a number
    Given it is 2026-03-15 12:00
    And these people:
      | name | role       | languages | on shift | on call |
      | Sue  | supervisor | en        | no       |         |
      | Lee  | clinician  | en        | no       |         |
    When 11 minutes pass
    Then Sue has received one text containing "too few people"
    And Sue has received one text containing "and 3 more"

  Scenario: Whatever is killed, nobody is told twice
    Given it is 2026-03-15 12:00
    And these people:
      | name | role        | languages | on shift    | on call |
      | Kim  | coordinator | en        | no          |         |
      | Ana  | peer        | en, es    | 18:00-22:00 |         |
      | Lee  | clinician   | en        | no          | 1       |
    When 10 minutes pass
    And everything is killed and started again
    And 30 minutes pass
    Then Kim has received one text containing "too few people"
