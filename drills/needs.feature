Feature: What a queue needs of those who answer, and how that widens
  The veterans' queue needs the skill at level 2. After 30 seconds whoever serves the queue will do, after 60 the people
  of the other queue join, after 90 two phones ring at once. Nobody waits out a step that has no one in it.

  Background:
    Given the line file "lines/two_queues.toml"
    And it is 2026-03-07 23:30

  Scenario: A level that is needed
    Given these people:
      | name | role      | skills     | queues   | on shift | on call |
      | Al   | peer      | veterans   | veterans | yes      |         |
      | Vic  | peer      | veterans:3 | veterans | yes      |         |
      | Lee  | clinician |            |          |          | 1       |
    When "Sam" calls and presses 3
    Then Vic's phone rings within 3 seconds
    And Al's phone does not ring within 25 seconds
    And the reason Al was not chosen contains "does not have veterans at level 2: joins 30 s after arrival"

  Scenario: A certification that has run out
    Given these people:
      | name | role      | skills                      | queues   | on shift | on call |
      | Al   | peer      | veterans until 2026-01-01   | veterans | yes      |         |
      | Vic  | peer      | veterans:2 until 2026-12-31 | veterans | yes      |         |
      | Lee  | clinician |                             |          |          | 1       |
    When "Sam" calls and presses 3
    Then Vic's phone rings within 3 seconds
    And Al's phone does not ring within 25 seconds
    And the reason Al was not chosen contains "a certification that has run out: veterans"

  Scenario: A need is dropped in time
    Given these people:
      | name | role      | skills     | queues   | on shift | on call |
      | Al   | peer      |            | veterans | yes      |         |
      | Vic  | peer      | veterans:2 | veterans | yes      |         |
      | Lee  | clinician |            |          |          | 1       |
    When "Sam" calls and presses 3
    And 29 seconds pass
    Then Al's phone has rung 0 times
    And Al's phone rings within 20 seconds
    When Al answers and presses 1
    Then "Sam" and Al are talking within 3 seconds

  Scenario: Another queue's people join in time
    Given these people:
      | name | role      | skills     | queues   | on shift | on call |
      | Ana  | peer      |            | support  | yes      |         |
      | Vic  | peer      | veterans:2 | veterans | yes      |         |
      | Lee  | clinician |            |          |          | 1       |
    When "Sam" calls +12125550101
    Then Ana's phone does not ring within 59 seconds
    And Ana's phone rings within 25 seconds

  Scenario: Two ring at once later
    Given these people:
      | name | role      | skills     | queues   | on shift | on call |
      | Vic  | peer      | veterans:2 | veterans | yes      |         |
      | Val  | peer      | veterans:2 | veterans | yes      |         |
      | Vin  | peer      | veterans:2 | veterans | yes      |         |
      | Lee  | clinician |            |          |          | 1       |
    When "Sam" calls +12125550101
    Then Val's phone and Vin's phone do not ring at once within 89 seconds
    And Val's phone and Vin's phone ring at once within 5 seconds

  Scenario: A step with nobody in it is skipped at once
    Given these people:
      | name | role      | queues   | on shift | on call |
      | Al   | peer      | veterans | yes      |         |
      | Ana  | peer      | support  | yes      |         |
      | Lee  | clinician |          |          | 1       |
    When "Sam" calls and presses 3
    Then Al's phone rings within 3 seconds

  Scenario: Two steps with nobody in them are skipped at once
    Given these people:
      | name | role      | queues   | on shift | on call |
      | Ana  | peer      | support  | yes      |         |
      | Lee  | clinician |          |          | 1       |
    When "Sam" calls +12125550101
    Then Ana's phone rings within 3 seconds

  Scenario: A queue that nobody can ever serve reaches the clinician at once
    Given these people:
      | name | role      | languages | queues   | on shift | on call |
      | Cal  | backup    | en        | veterans | yes      |         |
      | Lee  | clinician | en        |          |          | 1       |
    When "Sam" calls +12125550101
    Then Lee is paged within 3 seconds
    And the contact's risk is none
    When Lee answers and presses 1
    Then "Sam" and Lee are talking within 3 seconds

  Scenario: A key that leads to a queue which nobody can serve reaches the clinician at once
    Given these people:
      | name | role      | languages | queues  | on shift | on call |
      | Ana  | peer      | en        | support | yes      |         |
      | Lee  | clinician | en, es    |         |          | 1       |
    When "Luz" calls and presses 2
    And "Luz" presses 3
    Then the contact is in the queue "veterans"
    And Lee is paged within 3 seconds

  Scenario: A peer who takes one text at a time gets no second one
    Given these people:
      | name | role      | most texts | queues  | on shift | on call |
      | Ana  | peer      | 1          | support | yes      |         |
      | Lee  | clinician |            |         |          | 1       |
    When "Sam" texts "hello"
    Then Ana receives a text containing "new contact" within 5 seconds
    When Ana texts "1"
    And 10 seconds pass
    And "Kim" texts "hello"
    And 40 seconds pass
    Then Ana has received one text containing "new contact"
    And the reason Ana was not chosen contains "is with somebody else"
    When Ana files "supported"
    Then Ana receives a text containing "new contact" within 5 seconds

  Scenario: A peer without such a limit gets two
    Given these people:
      | name | role      | queues  | on shift | on call |
      | Ana  | peer      | support | yes      |         |
      | Lee  | clinician |         |          | 1       |
    When "Sam" texts "hello"
    Then Ana receives a text containing "new contact" within 5 seconds
    When Ana texts "1"
    And "Kim" texts "hello"
    Then Ana receives a text containing "new contact" within 5 seconds
