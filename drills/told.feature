Feature: Nobody is listened to who was not told
  A line that listens to calls tells every caller, in the language they speak, however they came in; and whom it calls itself
  it does not listen to.

  Background:
    Given it is 2026-03-10 22:00
    And these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en, es    | yes      |         |
      | Lee  | clinician  | en        |          | 1       |
      | Sue  | supervisor | en        | yes      |         |
    And calls are listened to

  Scenario: A key pressed during the greeting: it is said again, in the language that was chosen
    When "Luz" calls and presses 2
    Then "Luz" hears "Una computadora escucha" within 15 seconds
    When "Luz" says "me acabo de tomar todas las pastillas"
    Then the contact's risk is imminent

  Scenario: A key that cuts the greeting short: it is said again
    When "Sam" calls
    And 1 seconds pass
    And "Sam" presses 9
    Then "Sam" hears "A computer listens" within 15 seconds

  Scenario: Told in their language already, it is not said again
    When "Sam" calls
    Then "Sam" hears "A computer listens" within 8 seconds
    When 30 seconds pass
    And "Sam" presses 1
    Then "Sam" does not hear "A computer listens" within 15 seconds

  Scenario: Who calls outside of their agreed hours and goes on is told first
    Given "Sam" has a care plan, agreed from 10:00 to 12:00
    When "Sam" calls
    And 4 seconds pass
    And "Sam" says "i took all of my pills"
    Then the contact's risk is none
    When "Sam" presses 1
    Then "Sam" hears "A computer listens" within 10 seconds
    When "Sam" says "i took all of my pills"
    Then the contact's risk is imminent

  Scenario: Who is blocked and in danger is told, after they are told that somebody comes
    Given "Sam" is blocked until 2026-03-12
    When "Sam" calls
    And 4 seconds pass
    And "Sam" presses 9
    Then "Sam" hears "A computer listens" within 20 seconds

  Scenario: Whoever picks up when the line calls back is not listened to
    When "Kim" calls
    And Ana answers and presses 1
    And "Sam" calls
    And 160 seconds pass
    Then "Sam" hears "called back" within 10 seconds
    When "Sam" presses 2
    And "Kim" hangs up
    And Ana files "supported"
    And Ana answers and presses 1
    Then "Sam"'s phone rings within 10 seconds
    When "Sam" answers
    And "Sam" says "i took all of my pills"
    Then "Sam"'s risk is none
    When "Sam" presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When "Sam" says "i took all of my pills"
    Then "Sam"'s risk is none
    When Ana hangs up
    Then "Sam" hears "A computer listens" within 15 seconds
    When "Sam" says "i took all of my pills"
    Then "Sam"'s risk is imminent

  Scenario: It can be switched off when the wait limit is told, and chooses nothing else
    When "Sam" calls
    Then "Sam" hears "called back" within 160 seconds
    When "Sam" presses 8
    Then "Sam" hears "It is switched off" within 3 seconds
    And "Sam" hears "called back" within 10 seconds
    And the contact is waiting
    When "Sam" says "i took all of my pills"
    Then the contact's risk is none

  Scenario: What the carrier cannot write down is told by key
    When "Sam" calls
    And 5 seconds pass
    And the carrier cannot write down what "Sam" says
    And "Sam" presses 9
    Then the contact's risk is imminent
    And Lee is paged within 3 seconds
