Feature: On shift is not present
  Presence is proven by checking in, renewed by whatever somebody does, and lapses by itself. Nobody is offered a contact
  who has not shown to be there.

  Background:
    Given the line's "presence.check_in" is "'required'"

  Scenario: Whoever has not checked in is not rung, and the clinician is paged at once
    Given it is 2026-03-05 21:30
    And these people:
      | name | role       | on shift    | on call |
      | Ana  | peer       | 22:00-06:00 |         |
      | Lee  | clinician  |             | 1       |
    When 30 seconds pass
    And it is 2026-03-05 22:05
    And "Sam" calls
    Then Lee is paged within 3 seconds
    And Ana's phone does not ring within 40 seconds
    And the reason Ana was not chosen contains "has not checked in for this shift"

  Scenario: Whoever checks in by text before the shift is rung from its first minute
    Given it is 2026-03-05 21:30
    And these people:
      | name | role       | on shift    | on call |
      | Ana  | peer       | 22:00-06:00 |         |
      | Lee  | clinician  |             | 1       |
    When Ana texts "here"
    Then Ana receives a text containing "you are checked in. Your shift ends at 06:00" within 5 seconds
    When "Sam" calls
    Then Ana's phone does not ring within 20 seconds
    When "Sam" hangs up
    And it is 2026-03-05 22:00
    And "Kim" calls
    Then Ana's phone rings within 3 seconds

  Scenario: A check-in counts only so long before the shift
    Given it is 2026-03-05 20:30
    And these people:
      | name | role       | on shift    |
      | Ana  | peer       | 22:00-06:00 |
    When Ana texts "here"
    Then Ana receives a text containing "You are not on shift now. Your next shift begins at 22:00" within 5 seconds

  Scenario: A check-in is missed: the peer is warned, then the backup, then the coordinator, each once
    Given it is 2026-03-05 21:30
    And these people:
      | name | role        | on shift    | on call |
      | Ana  | peer        | 22:00-06:00 |         |
      | Bo   | backup      | no          |         |
      | Cora | coordinator |             |         |
      | Lee  | clinician   |             | 1       |
    When 30 seconds pass
    And it is 2026-03-05 22:01
    Then Ana has received one text containing "your shift began at 22:00"
    And Bo receives no text containing "step in" within 500 seconds
    And Bo receives a text containing "Ana is not there for a shift until 06:00" within 65 seconds
    And Cora receives no text containing "Ana" within 500 seconds
    And Cora receives a text containing "Ana has not checked in for the shift that began at 22:00" within 120 seconds
    When 60 minutes pass
    Then Ana has received one text containing "your shift began at 22:00"
    And Bo has received one text containing "step in"
    And Cora has received one text containing "nobody has stepped in yet"

  Scenario: A backup steps in, is rung, and is relieved when the missing one comes
    Given it is 2026-03-05 21:30
    And these people:
      | name | role        | on shift    | on call |
      | Ana  | peer        | 22:00-06:00 |         |
      | Bo   | backup      | no          |         |
      | Cora | coordinator |             |         |
      | Lee  | clinician   |             | 1       |
    When 30 seconds pass
    And it is 2026-03-05 22:12
    And Bo texts "in"
    Then Bo receives a text containing "you are on shift in the place of Ana" within 5 seconds
    When "Sam" calls
    Then Bo's phone rings within 3 seconds
    When "Sam" hangs up
    And it is 2026-03-05 22:21
    Then Cora receives a text containing "Bo has stepped in" within 5 seconds
    When Ana texts "here"
    Then Ana receives a text containing "checked in" within 5 seconds
    And Bo receives a text containing "Ana is there now, and you are off again" within 5 seconds
    When "Kim" calls
    Then Ana's phone rings within 3 seconds
    And Bo's phone does not ring within 60 seconds

  Scenario: Two backups step in at once, and one of them does
    Given it is 2026-03-05 21:30
    And these people:
      | name | role        | on shift    |
      | Ana  | peer        | 22:00-06:00 |
      | Bo   | backup      | no          |
      | Cal  | backup      | no          |
    When 30 seconds pass
    And it is 2026-03-05 22:12
    And Bo texts "IN"
    And Cal texts "IN"
    Then Bo receives a text containing "in the place of Ana" within 5 seconds
    And Cal receives a text containing "Somebody else has stepped in already" within 5 seconds

  Scenario: Where there is no backup the coordinator hears of it at once
    Given it is 2026-03-05 21:30
    And these people:
      | name | role        | on shift    |
      | Ana  | peer        | 22:00-06:00 |
      | Cora | coordinator |             |
    When 30 seconds pass
    And it is 2026-03-05 22:09
    Then Cora receives a text containing "nobody who could be asked to step in" within 70 seconds

  Scenario: Whoever says how late they come is not warned before
    Given it is 2026-03-05 21:30
    And these people:
      | name | role        | on shift    | on call |
      | Ana  | peer        | 22:00-06:00 |         |
      | Bo   | backup      | no          |         |
      | Cora | coordinator |             |         |
      | Lee  | clinician   |             | 1       |
    When 30 seconds pass
    And it is 2026-03-05 21:50
    And Ana texts "late 10"
    Then Ana receives a text containing "we expect you at 22:10" within 5 seconds
    When it is 2026-03-05 22:05
    And "Sam" calls
    Then Lee is paged within 3 seconds
    And the reason Ana was not chosen contains "is late: expected at 22:10"
    And Ana has received 0 texts containing "we have not heard of you"
    When it is 2026-03-05 22:11
    Then Ana has received one text containing "we have not heard of you"
    And Cora has received 0 texts containing "minutes late"

  Scenario: The coordinator hears of whoever comes much later
    Given it is 2026-03-05 21:30
    And these people:
      | name | role        | on shift    |
      | Ana  | peer        | 22:00-06:00 |
      | Cora | coordinator |             |
    When Ana texts "Late 40 minutes"
    Then Cora receives a text containing "Ana comes 40 minutes late, at 22:40" within 5 seconds

  Scenario: Somebody checks in by calling and pressing 1
    Given it is 2026-03-05 21:50
    And these people:
      | name | role        | on shift    | on call |
      | Ana  | peer        | 22:00-06:00 |         |
      | Lee  | clinician   |             | 1       |
    When Ana calls
    Then Ana hears "To check in for your shift, press 1" within 5 seconds
    When Ana presses 1
    Then Ana hears "you are checked in" within 5 seconds
    And Lee is not paged within 30 seconds
    When it is 2026-03-05 22:00
    And "Sam" calls
    Then Ana's phone rings within 3 seconds

  Scenario: A volunteer who needs somebody stays on the line, and is received as anybody is
    Given it is 2026-03-05 21:50
    And these people:
      | name | role        | on shift    | on call |
      | Ana  | peer        | 22:00-06:00 |         |
      | Bo   | peer        | 14:00-22:00 |         |
      | Lee  | clinician   |             | 1       |
    When Bo texts "here"
    And Ana calls
    Then Ana hears "stay on the line" within 5 seconds
    And Bo's phone rings within 15 seconds
    And Ana hears "We are finding somebody for you" within 10 seconds
    When Bo answers and presses 1
    Then Ana and Bo are talking within 5 seconds

  Scenario: A volunteer in danger presses 9
    Given it is 2026-03-05 21:50
    And these people:
      | name | role        | on shift    | on call |
      | Ana  | peer        | 22:00-06:00 |         |
      | Lee  | clinician   |             | 1       |
    When Ana calls
    And Ana presses 9
    Then Lee is paged within 3 seconds
    And the contact's risk is imminent

  Scenario: Taking a contact is checking in enough
    Given it is 2026-03-05 22:00
    And these people:
      | name | role        | on shift    | on call |
      | Ana  | peer        | 20:00-06:00 |         |
      | Bo   | peer        | 20:00-06:00 |         |
      | Lee  | clinician   |             | 1       |
    When Ana texts "here"
    And "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When 100 minutes pass
    And "Sam" hangs up
    And Ana files "supported"
    And 60 minutes pass
    And "Kim" calls
    Then Ana's phone rings within 3 seconds

  Scenario: Nothing is heard of somebody: they are asked, presence lapses by itself, and any sign brings them back
    Given it is 2026-03-05 21:55
    And these people:
      | name | role        | on shift    | on call |
      | Ana  | peer        | 22:00-06:00 |         |
      | Lee  | clinician   |             | 1       |
      | Sue  | supervisor  | yes         |         |
    When Ana texts "here"
    And it is 2026-03-05 23:46
    Then Ana has received one text containing "Are you still there? Reply HERE before 00:00"
    When it is 2026-03-06 00:01
    Then Ana has received one text containing "you are not asked for now"
    And Sue has received one text containing "nothing is heard of Ana, and nobody else is there"
    When "Sam" calls
    Then Lee is paged within 3 seconds
    And the reason Ana was not chosen contains "has not been heard of since 22:00"
    When "Sam" hangs up
    And Ana texts "here"
    And "Kim" calls
    Then Ana's phone rings within 5 seconds

  Scenario: A break, and back by itself
    Given it is 2026-03-05 22:00
    And these people:
      | name | role        | on shift    | on call |
      | Ana  | peer        | 20:00-06:00 |         |
      | Bo   | peer        | 20:00-06:00 |         |
      | Sue  | supervisor  | yes         |         |
    When Ana texts "here"
    And Bo texts "here"
    And Ana texts "break 15"
    Then Ana receives a text containing "on a break until 22:15" within 5 seconds
    And Ana receives no text containing "only one" within 10 seconds
    When "Sam" calls
    Then Bo's phone rings within 3 seconds
    And the reason Ana was not chosen contains "is on a break until 22:15"
    When "Sam" hangs up
    And it is 2026-03-05 22:15
    Then Ana receives a text containing "Your break is over" within 5 seconds
    When "Kim" calls
    Then Ana's phone rings within 3 seconds

  Scenario: Whoever is alone takes their break all the same, and everybody knows who answers
    Given it is 2026-03-05 22:00
    And these people:
      | name | role        | on shift    | on call |
      | Ana  | peer        | 20:00-06:00 |         |
      | Lee  | clinician   |             | 1       |
      | Sue  | supervisor  | yes         |         |
    When Ana texts "here"
    And Ana texts "break"
    Then Ana receives a text containing "clinician on call answers meanwhile" within 5 seconds
    And Sue receives a text containing "Ana, the only one on shift, is on a break until 22:15" within 5 seconds
    When "Sam" calls
    Then Lee is paged within 3 seconds
    When Ana texts "back"
    Then Ana's phone rings within 5 seconds

  Scenario: Somebody who is not alone goes off, and nobody is cut
    Given it is 2026-03-05 22:00
    And these people:
      | name | role        | on shift    |
      | Ana  | peer        | 20:00-06:00 |
      | Bo   | peer        | 20:00-06:00 |
    When Ana texts "here"
    And Bo texts "here"
    And "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "off"
    Then Ana receives a text containing "Your shift has ended" within 5 seconds
    And "Sam" and Ana are talking within 60 seconds
    When "Sam" hangs up
    And Ana files "supported"
    And "Kim" calls
    Then Bo's phone rings within 3 seconds
    And the reason Ana was not chosen contains "is not on shift"

  Scenario: The last who speaks Spanish goes off, and the coordinator hears of it
    Given it is 2026-03-05 22:00
    And the line wants 1 peer who speaks "es"
    And these people:
      | name | role        | languages | on shift    |
      | Ana  | peer        | en, es    | 20:00-06:00 |
      | Bo   | peer        | en        | 20:00-06:00 |
      | Kim  | coordinator | en        | no          |
    When Ana texts "here"
    And Bo texts "here"
    And Ana texts "off"
    Then Kim receives a text containing "would have nobody who speaks Spanish" within 10 seconds

  Scenario: Whoever is alone is asked once more before they go off, and backups are asked to come
    Given it is 2026-03-05 22:00
    And these people:
      | name | role        | on shift    | on call |
      | Ana  | peer        | 20:00-06:00 |         |
      | Bo   | backup      | no          |         |
      | Cora | coordinator |             |         |
      | Lee  | clinician   |             | 1       |
    When Ana texts "here"
    And Ana texts "off"
    Then Ana receives a text containing "You are the only one on shift. If you have to go, reply OFF YES" within 5 seconds
    When Ana texts "off yes"
    Then Ana receives a text containing "Your shift has ended" within 5 seconds
    And Bo receives a text containing "Ana is not there for a shift until 06:00. Can you step in?" within 5 seconds
    And Cora receives a text containing "Ana has ended their shift early" within 5 seconds
    When Bo texts "in"
    And "Sam" calls
    Then Bo's phone rings within 3 seconds
    And Ana's phone does not ring within 30 seconds
    When "Sam" hangs up
    And it is 2026-03-06 06:01
    And "Kim" calls
    Then Bo's phone does not ring within 30 seconds

  Scenario: In a conversation a bare word is the caller's, and LINE makes it a command
    Given it is 2026-03-05 22:00
    And these people:
      | name | role        | on shift    |
      | Ana  | peer        | 20:00-06:00 |
      | Bo   | peer        | 20:00-06:00 |
    When Ana texts "here"
    And Bo texts "here"
    And "Sam" texts "hello, is anybody there"
    And 3 seconds pass
    And Ana texts "1"
    And 3 seconds pass
    And Ana texts "off"
    Then "Sam" receives a text containing "off" within 3 seconds
    When Ana texts "line off"
    Then Ana receives a text containing "Your shift has ended" within 5 seconds
    And "Sam" receives no text containing "line off" within 5 seconds
    When Ana texts "I am still with you"
    Then "Sam" receives a text containing "still with you" within 3 seconds

  Scenario: A shift ends during a call: nobody is cut, and then nobody is offered any more
    Given it is 2026-03-06 05:40
    And these people:
      | name | role        | on shift    | on call |
      | Ana  | peer        | 22:00-06:00 |         |
      | Bo   | peer        | 06:00-14:00 |         |
      | Lee  | clinician   |             | 1       |
    When Ana texts "here"
    And Bo texts "here"
    And "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When it is 2026-03-06 06:20
    Then "Sam" and Ana are talking within 1 second
    When "Sam" hangs up
    And Ana files "supported"
    And "Kim" calls
    Then Bo's phone rings within 3 seconds
    And Ana's phone does not ring within 60 seconds

  Scenario: Nothing is begun that cannot be finished, except for somebody in danger
    Given the line's "presence.last_offer_minutes.voice" is "20"
    And it is 2026-03-06 05:30
    And these people:
      | name | role        | on shift    | on call |
      | Ana  | peer        | 22:00-06:00 |         |
      | Lee  | clinician   |             | 1       |
    When Ana texts "here"
    And "Sam" calls
    Then Ana's phone rings within 3 seconds
    When "Sam" hangs up
    And it is 2026-03-06 05:41
    And "Kim" calls
    Then Lee is paged within 3 seconds
    And Ana's phone does not ring within 5 seconds
    And the reason Ana was not chosen contains "is at the end of their shift"
    When "Kim" presses 9
    Then Ana's phone rings within 3 seconds

  Scenario: A shift that follows on another of the same person is one with it
    Given the line's "presence.last_offer_minutes.voice" is "20"
    And it is 2026-03-06 05:30
    And these people:
      | name | role        | on shift                 |
      | Ana  | peer        | 22:00-06:00, 06:00-10:00 |
    When Ana texts "here"
    Then Ana receives a text containing "Your shift ends at 10:00" within 5 seconds
    When it is 2026-03-06 05:50
    And "Sam" calls
    Then Ana's phone rings within 3 seconds
    When "Sam" hangs up
    And it is 2026-03-06 06:30
    Then Ana has received 0 texts containing "we have not heard of you"

  Scenario: The night the clocks go forward, an overnight shift keeps its check-in
    Given the line's "presence.lease_minutes" is "600"
    And it is 2026-03-07 21:30
    And these people:
      | name | role        | on shift    | on call |
      | Ana  | peer        | 22:00-06:00 |         |
      | Bo   | peer        | 06:00-14:00 |         |
      | Lee  | clinician   |             | 1       |
    When Ana texts "here"
    And it is 2026-03-08 03:05
    And "Sam" calls
    Then Ana's phone rings within 3 seconds
    When "Sam" hangs up
    And it is 2026-03-08 05:10
    And Bo texts "here"
    Then Bo receives a text containing "checked in" within 5 seconds
    When it is 2026-03-08 06:00
    And "Kim" calls
    Then Bo's phone rings within 3 seconds
    And the reason Ana was not chosen contains "is not on shift"

  Scenario: The night the clocks go back, the warning comes once and the shift lasts nine hours
    Given the line's "presence.lease_minutes" is "600"
    And it is 2026-10-31 21:30
    And these people:
      | name | role        | on shift    | on call |
      | Ana  | peer        | 22:00-06:00 |         |
      | Bo   | peer        | 01:30-09:00 |         |
      | Cora | coordinator |             |         |
    When Ana texts "here"
    And it is 2026-11-01 00:45
    And Bo texts "here"
    And it is 2026-11-01 01:45
    And "Sam" calls
    Then Ana's phone rings within 3 seconds
    When "Sam" hangs up
    And 60 minutes pass
    Then Bo has received 0 texts containing "we have not heard of you"
    When it is 2026-11-01 05:59
    And "Kim" calls
    Then Ana's phone rings within 3 seconds
    When "Kim" hangs up
    And it is 2026-11-01 06:00
    And "Luz" calls
    Then Bo's phone rings within 3 seconds
    And the reason Ana was not chosen contains "is not on shift"

  Scenario: Whoever is on around the clock checks in like everybody, and is not late for anything
    Given it is 2026-03-05 12:00
    And these people:
      | name | role        | on shift | on call |
      | Ana  | peer        | yes      |         |
      | Bo   | backup      | no       |         |
      | Cora | coordinator |          |         |
      | Lee  | clinician   |          | 1       |
    When 2 minutes pass
    Then Ana has received one text containing "Reply HERE if you are there"
    When 40 minutes pass
    Then Bo has received 0 texts containing "Ana"
    And Cora has received 0 texts containing "Ana"
    When Ana texts "here"
    Then Ana receives a text containing "you are checked in." within 5 seconds
    When "Sam" calls
    Then Ana's phone rings within 3 seconds

  Scenario: A reminder comes once, and none for a shift that follows soon on another
    Given the line's "presence.remind_minutes" is "60"
    And it is 2026-03-05 06:30
    And these people:
      | name | role        | on shift                 |
      | Ana  | peer        | 08:00-12:00, 12:30-16:00 |
      | Bo   | peer        | yes                      |
    When 30 seconds pass
    And it is 2026-03-05 07:01
    Then Ana has received one text containing "your shift is Thu 5 Mar 08:00-12:00. Reply HERE once you are there"
    When Ana texts "here"
    And it is 2026-03-05 12:40
    Then Ana has received one text containing "your shift is"
    And Bo has received 0 texts containing "your shift is"

  Scenario: A volunteer far away is reminded by their own clock
    Given the line's "presence.remind_minutes" is "60"
    And it is 2026-03-05 06:30
    And these people:
      | name | role | on shift    | time zone      |
      | Ana  | peer | 08:00-12:00 | America/Denver |
    When 30 seconds pass
    And it is 2026-03-05 07:01
    Then Ana has received one text containing "your shift is Thu 5 Mar 06:00-10:00"

  Scenario: Hand-off: who takes over, who is on, and that nobody does
    Given the line's "presence.hand_off_minutes" is "15"
    And the line's "presence.lease_minutes" is "600"
    And it is 2026-03-05 21:30
    And these people:
      | name | role        | on shift    |
      | Ana  | peer        | 22:00-06:00 |
      | Bo   | peer        | 06:00-14:00 |
      | Cal  | peer        | 23:00-06:30 |
    When Ana texts "here"
    And it is 2026-03-05 22:01
    Then Ana has received one text containing "your shift has begun. You are the only one on shift."
    When Cal texts "here"
    And it is 2026-03-05 23:01
    Then Cal has received one text containing "your shift has begun. Ana is on until 06:00."
    When it is 2026-03-06 05:46
    Then Ana has received one text containing "your shift ends at 06:00. Bo takes over at 06:00."
    When Bo texts "here"
    And it is 2026-03-06 13:46
    Then Bo has received one text containing "Nobody takes over from you"

  Scenario: Everything is killed between a warning and the next, and nothing is told twice or forgotten
    Given it is 2026-03-05 21:30
    And these people:
      | name | role        | on shift    |
      | Ana  | peer        | 22:00-06:00 |
      | Bo   | backup      | no          |
      | Cora | coordinator |             |
    When 30 seconds pass
    And it is 2026-03-05 22:05
    And everything is killed and started again
    And it is 2026-03-05 22:15
    And everything is killed and started again
    And it is 2026-03-05 22:40
    Then Ana has received one text containing "we have not heard of you"
    And Bo has received one text containing "step in"
    And Cora has received one text containing "has not checked in"

  Scenario: A line that trusts its people rings whoever is on shift, and takes their breaks and lateness
    Given the line's "presence.check_in" is "'trusted'"
    And it is 2026-03-05 21:30
    And these people:
      | name | role        | on shift    | on call |
      | Ana  | peer        | 22:00-06:00 |         |
      | Lee  | clinician   |             | 1       |
    When Ana texts "late 10"
    And it is 2026-03-05 22:01
    And "Sam" calls
    Then Lee is paged within 3 seconds
    And the reason Ana was not chosen contains "is late: expected at 22:10"
    When "Sam" hangs up
    And it is 2026-03-05 22:10
    And "Kim" calls
    Then Ana's phone rings within 3 seconds
    When "Kim" hangs up
    And Ana texts "break 5"
    And "Luz" calls
    Then Ana's phone does not ring within 60 seconds
    When Ana texts "back"
    Then Ana's phone rings within 5 seconds
