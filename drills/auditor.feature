Feature: The auditor
  A watch that looks every few seconds for anything overdue or stranded, repairs what it can, and tells supervisors of
  the rest. What an outside monitor sees turns within seconds when nobody watches any more.

  Background:
    Given the line is audited
    And it is 2026-03-07 23:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en        | yes      |         |
      | Lee  | clinician  | en        |          | 1       |
      | Sue  | supervisor | en        | yes      |         |

  Scenario: On a usual night nothing is found, nothing is said, and the line is healthy
    When 60 seconds pass
    Then the line is healthy within 5 seconds
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    And the line stays healthy for 30 seconds
    When "Sam" hangs up
    Then the auditor finds nothing within 60 seconds
    And Sue receives no text containing "line" within 5 seconds

  Scenario: A contact that lost every timer is found, repaired, and served
    When "Sam" calls
    And every timer of the contact is lost
    Then the auditor repairs "stranded" within 6 seconds
    And the line is healthy within 6 seconds
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    And Sue receives no text containing "forgotten" within 15 seconds

  Scenario: The timer of the wait limit is lost, and the caller is told of the limit in time
    Given these people:
      | name | role       | on shift | on call |
      | Lee  | clinician  |          | 1       |
      | Sue  | supervisor | yes      |         |
    When "Sam" calls
    And the "limit" timer of the contact is lost
    Then the auditor repairs "stranded" within 6 seconds
    And "Sam" hears "keep waiting" within 170 seconds
    When "Sam" hangs up
    Then the contact is abandoned within 5 seconds

  Scenario: A timer is held by a process that is gone for good
    When "Sam" calls
    And a timer of the contact is held by a process that is gone
    Then the auditor repairs "timer held" within 6 seconds
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds

  Scenario: What has to be repaired ever again is told to a supervisor, once
    Given the line's "audit.repairs" is "1"
    When "Sam" calls
    And every timer of the contact is lost
    Then the auditor repairs "stranded" within 6 seconds
    When every timer of the contact is lost
    Then Sue receives a text containing "would have been forgotten" within 12 seconds
    And the auditor repairs "stranded" within 70 seconds
    And Sue has received one text containing "would have been forgotten"
    And Sue receives a text containing "this is over" within 30 seconds

  Scenario: The ticker is killed, and whoever watches from outside knows within half a minute
    Given the worker is down
    When 30 seconds pass
    Then the line is healthy within 5 seconds
    When the ticker is killed for good
    Then the line is unhealthy within 25 seconds
    When the ticker runs again
    Then the line is healthy within 20 seconds

  Scenario: The ticker is killed for good while a worker lives, which stands in for it and tells a supervisor
    When 20 seconds pass
    And the ticker is killed for good
    And 10 seconds pass
    And "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 10 seconds
    And Sue receives a text containing "No ticker runs" within 40 seconds
    And the line is unhealthy within 5 seconds
    When the ticker runs again
    Then Sue receives a text containing "this is over: No ticker runs" within 40 seconds
    And the line is healthy within 5 seconds

  Scenario: A ticker that comes back after a few seconds is no alarm
    When 10 seconds pass
    Then the line is healthy within 5 seconds
    When the ticker is killed
    Then the line stays healthy for 60 seconds
    And Sue receives no text containing "ticker" within 5 seconds

  Scenario: The carrier refuses every call
    Given the carrier refuses every call
    And these people:
      | name | role       | on shift | on call |
      | Ana  | peer       | yes      |         |
      | Bo   | peer       | yes      |         |
      | Lee  | clinician  |          | 1       |
      | Sue  | supervisor | yes      |         |
    When "Sam" calls
    Then the auditor finds "calls refused" within 120 seconds
    And Sue receives a text containing "The carrier refused" within 20 seconds
    And the line is unhealthy within 5 seconds
    When the carrier works again
    And "Sam" hangs up
    Then Sue receives a text containing "this is over: The carrier refused" within 700 seconds
    And Sue has received 2 texts containing "The carrier refused"
    And the line is healthy within 5 seconds

  Scenario: A worker that is away is no reason to be told twice
    Given Redis is down
    When 60 seconds pass
    And Redis works again
    And 5 seconds pass
    And Redis is down
    And 60 seconds pass
    Then Sue has received one text containing "Redis is away"

  Scenario: No callback arrives, and nothing is found to be wrong
    Given no callback arrives at all
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 15 seconds
    When "Sam" hangs up
    Then the auditor finds nothing within 60 seconds

  Scenario: Redis is away: people are told, and the line is healthy all the same
    Given Redis is down
    When 40 seconds pass
    Then the auditor finds "redis away" within 5 seconds
    And the auditor finds "no worker" within 5 seconds
    And Sue has received one text containing "Redis is away"
    And the line stays healthy for 20 seconds
    When Redis works again
    Then Sue receives a text containing "this is over: Redis is away" within 30 seconds

  Scenario: The worker is gone while Redis is there
    Given the worker is down
    When 60 seconds pass
    Then Sue has received one text containing "No worker answers"
    When the worker works again
    Then Sue receives a text containing "this is over: No worker" within 30 seconds

  Scenario: Nobody is on call
    Given these people:
      | name | role       | on shift |
      | Ana  | peer       | yes      |
      | Sue  | supervisor | yes      |
    When 30 seconds pass
    Then Sue has received one text containing "Nobody is on call now"
    And the line is healthy within 5 seconds

  Scenario: The disk is nearly full
    Given the disk is full
    When 30 seconds pass
    Then Sue has received one text containing "percent of the disk is free"

  Scenario: A clinician is needed and no page is answered
    Given the line's "audit.page_seconds" is "120"
    And these people:
      | name | role       | on shift | on call |
      | Lee  | clinician  |          | 1       |
      | Sue  | supervisor | yes      |         |
      | Cor  | coordinator | no      |         |
    When "Sam" texts "hello"
    And 100 seconds pass
    Then Sue receives no text containing "every page went unanswered" within 5 seconds
    And Sue receives a text containing "every page went unanswered" within 60 seconds
    And Cor receives a text containing "every page went unanswered" within 5 seconds
    And the line is unhealthy within 5 seconds
    When "Sam" texts "STOP"
    Then the contact is abandoned within 5 seconds
    And the line is healthy within 30 seconds
