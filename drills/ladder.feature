Feature: The ladder
  A clinician says yes or no to one page, and to no other. Whoever cannot is no obstacle: the next is asked at once.

  Background:
    Given it is 2026-03-07 23:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en        | yes      |         |
      | Bo   | peer       | en        | yes      |         |
      | Lee  | clinician  | en        |          | 1       |
      | Max  | clinician  | en        |          | 2       |
      | Nia  | clinician  | en        |          |         |
      | Sue  | supervisor | en        | yes      |         |

  Scenario: Two pages, and each is answered by its code
    When "Sam" texts "i took all of my pills"
    Then Lee receives a text containing "Of several: 1 10" within 3 seconds
    When "Luz" texts "i took all of my pills"
    Then Lee receives a text containing "Of several: 1 11" within 5 seconds
    When Lee texts "1 10"
    Then Lee receives a text containing "is yours" within 5 seconds
    And "Sam" receives a text containing "with you now" within 20 seconds
    And "Luz"'s contact is waiting

  Scenario: With two pages a plain yes is asked which
    When "Sam" texts "i took all of my pills"
    And "Luz" texts "i took all of my pills"
    Then Lee receives a text containing "Of several: 1 11" within 5 seconds
    When Lee texts "1"
    Then Lee receives a text containing "2 people wait for you" within 5 seconds
    And "Sam"'s contact is waiting
    And "Luz"'s contact is waiting
    When Lee texts "1 11"
    Then "Luz" receives a text containing "with you now" within 20 seconds
    And "Sam"'s contact is waiting

  Scenario: A yes to a page that somebody has taken since changes nothing
    When "Sam" texts "i took all of my pills"
    Then Max is paged within 35 seconds
    When Max texts "1"
    Then "Sam" receives a text containing "with you now" within 20 seconds
    When Lee texts "1"
    Then Lee receives a text containing "somebody has taken it since" within 5 seconds
    When Lee texts "1 10"
    Then Lee receives a text containing "somebody has taken it since" within 5 seconds
    When Max texts "yes"
    Then Max receives a text containing "You have taken contact" within 5 seconds

  Scenario: A yes to a page that was taken back changes nothing
    When "Sam" calls
    And 61 seconds pass
    Then Lee is paged within 3 seconds
    When Bo answers and presses 1
    Then "Sam" and Bo are talking within 3 seconds
    When 5 seconds pass
    And Lee texts "1"
    Then Lee receives a text containing "nobody is needed" within 5 seconds
    And Lee's phone does not ring within 20 seconds

  Scenario: A yes to a contact that is over changes nothing
    When "Sam" calls
    And 61 seconds pass
    Then Lee is paged within 3 seconds
    When "Sam" hangs up
    And 5 seconds pass
    And Lee texts "1"
    Then Lee receives a text containing "is over" within 5 seconds
    And Lee's phone does not ring within 20 seconds

  Scenario: A yes to a page that says less than is known by now is answered with the page as it stands
    When "Sam" texts "hello"
    And 60 seconds pass
    Then Lee receives a text containing "Of several: 1 10" within 3 seconds
    When "Sam" texts "i want to kill myself"
    And 4 seconds pass
    And Lee texts "1 10"
    Then Lee receives a text containing "Risk high" within 5 seconds
    And the contact is waiting
    When Lee texts "1"
    Then "Sam" receives a text containing "with you now" within 20 seconds

  Scenario: A key that is pressed on a page somebody else has taken changes nothing
    Given these people:
      | name | role      | on shift | on call |
      | Lee  | clinician |          | 1       |
      | Max  | clinician |          | 1       |
    When "Sam" texts "i took all of my pills"
    And Lee answers
    And Max answers
    And Max and Lee press 1 at the same moment
    Then "Sam" receives a text containing "with you now" within 8 seconds
    And Lee hears "already taken it" within 8 seconds
    And Lee has received 0 texts containing "is yours"
    And Max has received one text containing "is yours"

  Scenario: Two acknowledge at the same moment, by key and by text: one has it, the other hears so
    When "Sam" texts "i took all of my pills"
    And 31 seconds pass
    And Max answers
    And Lee texts "1"
    And Max presses 1
    Then Lee receives a text containing "is yours" within 8 seconds
    And Max hears "already taken it" within 8 seconds
    And Max has received 0 texts containing "is yours"

  Scenario: Two acknowledge at the same moment, by text and by key: one has it, the other is told so
    When "Sam" texts "i took all of my pills"
    And 31 seconds pass
    And Max answers and presses 1
    And Lee texts "1"
    Then Max receives a text containing "is yours" within 8 seconds
    And Lee receives a text containing "somebody has taken it since" within 8 seconds

  Scenario: Whoever refuses by key is not asked again, and the next tier is paged at once
    When "Sam" calls
    And "Sam" presses 9
    And Lee answers and presses 2
    Then Lee hears "The next one is asked" within 5 seconds
    And Max is paged within 3 seconds
    And Lee's phone does not ring within 100 seconds

  Scenario: Whoever refuses by text is not asked again, and the next tier is paged at once
    When "Sam" texts "i took all of my pills"
    Then Lee's phone rings within 5 seconds
    When Lee texts "2"
    Then Lee's phone stops ringing within 3 seconds
    And Lee receives a text containing "The next one is asked" within 5 seconds
    And Max is paged within 3 seconds
    And Lee is not paged within 100 seconds

  Scenario: Whoever has refused is paged again when it is graver
    When "Sam" calls
    And 61 seconds pass
    And Lee answers and presses 2
    Then Max is paged within 3 seconds
    When 10 seconds pass
    And "Sam" presses 9
    Then Lee's phone rings within 5 seconds
    And Lee receives a text containing "may be in danger" within 5 seconds

  Scenario: Whoever has refused may take it after all
    When "Sam" texts "i took all of my pills"
    Then Lee is paged within 5 seconds
    When Lee texts "no"
    Then Max is paged within 3 seconds
    When Lee texts "1 10"
    Then "Sam" receives a text containing "with you now" within 20 seconds

  Scenario: Everybody on call refuses, and the supervisor hears so
    When "Sam" calls
    And "Sam" presses 9
    And Lee answers and presses 2
    And Max answers and presses 2
    Then Sue receives a text containing "everybody on call has said that they cannot" within 5 seconds

  Scenario: Three peers cannot take it, so a clinician is paged before the wait says so
    Given these people:
      | name | role      | on shift | on call |
      | Ana  | peer      | yes      |         |
      | Bo   | peer      | yes      |         |
      | Cal  | peer      | yes      |         |
      | Lee  | clinician |          | 1       |
    When "Sam" calls
    And Ana answers and presses 2
    And Bo answers and presses 2
    Then Lee is not paged within 1 second
    When Cal answers and presses 2
    Then Lee is paged within 3 seconds
    And Lee receives a text containing "could be taken by no peer" within 5 seconds

  Scenario: Nobody acknowledges, so everybody is paged, on call or not
    Given the line's "ladder.everybody_after_seconds" is "90"
    When "Sam" texts "i took all of my pills"
    Then Nia is not paged within 88 seconds
    And Nia is paged within 5 seconds
    And Sue's phone rings within 5 seconds
    When 58 seconds pass
    Then Nia is paged within 8 seconds
    When Nia texts "1"
    Then "Sam" receives a text containing "with you now" within 20 seconds
    And Sue is not paged within 120 seconds

  Scenario: The page says who waits, why, and how long
    When "Sam" calls
    And "Sam" presses 9
    And 20 seconds pass
    And Lee answers
    Then Lee hears "may be in danger. They have waited" within 8 seconds
    And Lee hears "They speak English. Risk imminent" within 8 seconds

  Scenario: No supervisor is on shift, so whoever is on call is told
    Given these people:
      | name | role       | on shift | on call |
      | Ana  | peer       | yes      |         |
      | Lee  | clinician  |          | 1       |
      | Sue  | supervisor | no       |         |
    When "Sam" texts "i want to kill myself"
    Then Lee receives a text containing "No supervisor is on shift" within 5 seconds
    And Sue has received 0 texts containing "risk"
    And Lee's phone does not ring within 10 seconds

  Scenario: No supervisor is on shift, and the line pages whoever is on call
    Given the line's "ladder.without_supervisor" is "'page'"
    And these people:
      | name | role       | on shift | on call |
      | Ana  | peer       | yes      |         |
      | Lee  | clinician  |          | 1       |
      | Sue  | supervisor | no       |         |
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    Then Lee's phone rings within 5 seconds
    And Lee receives a text containing "nobody who supervises is on shift" within 5 seconds
    When Lee texts "1"
    Then Ana receives a text containing "Lee has joined" within 5 seconds
    And Lee is not paged within 120 seconds

  Scenario: Neither a supervisor nor anybody on call, so the coordinator is told
    Given these people:
      | name | role        | on shift | on call |
      | Ana  | peer        | yes      |         |
      | Sue  | supervisor  | no       |         |
      | Cora | coordinator |          |         |
    When "Sam" texts "i want to kill myself"
    Then Cora receives a text containing "No supervisor is on shift" within 5 seconds
    And Sue has received 0 texts containing "risk"

  Scenario: The supervisor of the shift has not checked in, so whoever is on call is told
    Given the line's "presence.check_in" is "'required'"
    And these people:
      | name | role       | on shift | on call |
      | Ana  | peer       | yes      |         |
      | Lee  | clinician  |          | 1       |
      | Sue  | supervisor | yes      |         |
    When "Sam" texts "i want to kill myself"
    Then Lee receives a text containing "No supervisor is on shift" within 5 seconds
