Feature: On call, and known to be within reach
  Whoever will be on call is asked beforehand to answer. Who hands over in the middle of a page leaves nobody alone.

  Scenario: Whoever answers READY before their time on call is asked once
    Given the line's "presence.on_call.ask_minutes" is "60"
    And it is 2026-03-05 19:30
    And these people:
      | name | role        | on shift | on call       |
      | Ana  | peer        | yes      |               |
      | Lee  | clinician   |          | 1 09:00-21:00 |
      | Max  | clinician   |          | 1 21:00-09:00 |
      | Cora | coordinator |          |               |
    When 30 seconds pass
    And it is 2026-03-05 20:01
    Then Max has received one text containing "you are on call in tier 1 from 21:00. Reply READY"
    When Max texts "ready"
    Then Max receives a text containing "You are on call until 09:00" within 5 seconds
    When it is 2026-03-05 21:10
    Then Max has received one text containing "Reply READY"
    And Cora has received 0 texts containing "has not answered"
    And Lee has received 0 texts containing "has not answered"

  Scenario: Nobody answers: asked again, then the one before is asked to stay, and the next tier and the coordinator hear of it
    Given the line's "presence.on_call.ask_minutes" is "60"
    And it is 2026-03-05 19:30
    And these people:
      | name | role        | on shift | on call       |
      | Ana  | peer        | yes      |               |
      | Lee  | clinician   |          | 1 09:00-21:00 |
      | Max  | clinician   |          | 1 21:00-09:00 |
      | Rae  | clinician   |          | 2             |
      | Cora | coordinator |          |               |
    When 30 seconds pass
    And it is 2026-03-05 20:31
    Then Max has received 3 texts containing "Reply READY"
    And Lee has received 0 texts containing "has not answered"
    When it is 2026-03-05 20:46
    Then Max has received 3 texts containing "Reply READY"
    And Lee has received one text containing "Max, who is on call in tier 1 after you from 21:00, has not answered"
    And Rae has received one text containing "Max has not answered for tier 1 from 21:00"
    And Cora has received one text containing "Max has not answered for being on call in tier 1 from 21:00"

  Scenario: Whoever does not answer the text is rung, and the key says that they can be reached
    Given the line's "presence.on_call.ask_minutes" is "60"
    And it is 2026-03-05 19:30
    And these people:
      | name | role        | on shift | on call       |
      | Lee  | clinician   |          | 1 09:00-21:00 |
      | Max  | clinician   |          | 1 21:00-09:00 |
      | Cora | coordinator |          |               |
    When 30 seconds pass
    And it is 2026-03-05 20:02
    Then Max's phone has rung 0 times
    When it is 2026-03-05 20:14
    And 60 seconds pass
    Then Max's phone rings within 60 seconds
    When Max answers
    Then Max hears "You are on call in tier 1 from 21:00" within 5 seconds
    When Max presses 1
    Then Max hears "You are on call until 09:00" within 5 seconds
    When it is 2026-03-05 21:05
    Then Max has received 2 texts containing "Reply READY"
    And Cora has received 0 texts containing "has not answered"

  Scenario: A voicemail is not within reach
    Given the line's "presence.on_call.ask_minutes" is "60"
    And it is 2026-03-05 19:30
    And these people:
      | name | role        | on shift | on call       |
      | Lee  | clinician   |          | 1 09:00-21:00 |
      | Max  | clinician   |          | 1 21:00-09:00 |
      | Cora | coordinator |          |               |
    When 30 seconds pass
    And it is 2026-03-05 20:14
    Then Max's phone rings within 120 seconds
    When Max's voicemail answers
    And it is 2026-03-05 20:46
    Then Cora has received one text containing "Max has not answered for being on call in tier 1 from 21:00"

  Scenario: The one before stays on call until the next one answers
    Given the line's "presence.on_call.ask_minutes" is "60"
    And it is 2026-03-05 19:30
    And these people:
      | name | role        | on shift | on call       |
      | Lee  | clinician   |          | 1 09:00-21:00 |
      | Max  | clinician   |          | 1 21:00-09:00 |
      | Cora | coordinator |          |               |
    When 30 seconds pass
    And it is 2026-03-05 20:46
    And Lee texts "in"
    Then Lee receives a text containing "in the place of Max" within 5 seconds
    When it is 2026-03-05 21:05
    And "Sam" calls
    Then Lee is paged within 3 seconds
    When "Sam" hangs up
    And Max texts "ready"
    Then Lee receives a text containing "Max is there now, and you are off again" within 5 seconds
    When 2 minutes pass
    And "Kim" calls
    Then Max is paged within 3 seconds
    And Lee is not paged within 90 seconds

  Scenario: Time on call that follows on time of the same person's is not asked for again
    Given the line's "presence.on_call.ask_minutes" is "60"
    And it is 2026-03-05 19:30
    And these people:
      | name | role        | on shift | on call |
      | Lee  | clinician   |          | 1       |
    When 10 minutes pass
    And it is 2026-03-06 02:00
    Then Lee has received 0 texts containing "Reply READY"

  Scenario: Taking a page proves that somebody can be reached
    Given the line's "presence.on_call.ask_minutes" is "60"
    And the line's "presence.on_call.times" is "4"
    And it is 2026-03-05 20:30
    And these people:
      | name | role        | on shift | on call                  |
      | Lee  | clinician   |          | 2                        |
      | Max  | clinician   |          | 1 21:00-09:00            |
      | Cora | coordinator |          |                          |
    When 2 minutes pass
    Then Max has received one text containing "Reply READY"
    When it is 2026-03-05 21:00
    And "Sam" calls
    And Max answers and presses 1
    Then "Sam" and Max are talking within 3 seconds
    When it is 2026-03-05 21:40
    Then "Sam" and Max are talking within 1 second
    And Cora has received 0 texts containing "has not answered"

  Scenario: The rotation passes on in the middle of a page, and the one who was paged first takes it
    Given it is 2026-03-05 20:58
    And these people:
      | name | role        | on shift | on call       |
      | Ana  | peer        | yes      |               |
      | Lee  | clinician   |          | 1 09:00-21:00 |
      | Max  | clinician   |          | 1 21:00-09:00 |
    When 30 seconds pass
    And "Sam" calls
    And "Sam" presses 9
    Then Lee is paged within 3 seconds
    When it is 2026-03-05 21:00
    Then Max is paged within 60 seconds
    When Lee texts "1"
    Then Lee receives a text containing "We are ringing you now" within 5 seconds
    When Lee answers and presses 1
    Then "Sam" and Lee are talking within 5 seconds
    And Max's phone stops ringing within 5 seconds
    And Max is not paged within 90 seconds

  Scenario: The rotation passes on in the middle of a page, and the new one takes it
    Given it is 2026-03-05 20:58
    And these people:
      | name | role        | on shift | on call       |
      | Ana  | peer        | yes      |               |
      | Lee  | clinician   |          | 1 09:00-21:00 |
      | Max  | clinician   |          | 1 21:00-09:00 |
    When 110 seconds pass
    And "Sam" calls
    And "Sam" presses 9
    Then Lee is paged within 3 seconds
    When it is 2026-03-05 21:00
    Then Max's phone rings within 60 seconds
    When Max answers and presses 1
    Then "Sam" and Max are talking within 5 seconds
    When Lee texts "1"
    Then Lee receives a text containing "no longer waiting" within 5 seconds
    And Lee is not paged within 90 seconds
    And "Sam" and Max are talking within 1 second
