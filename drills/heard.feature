Feature: A line may listen to live calls for words of danger
  Off unless the line's policy says so, and the caller is told. Only what the caller says is listened to; it is graded as it
  comes, and kept nowhere.

  Background:
    Given it is 2026-03-10 22:00
    And these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en, es    | yes      |         |
      | Lee  | clinician  | en        |          | 1       |
      | Sue  | supervisor | en        | yes      |         |
    And calls are listened to

  Scenario: The caller is told, and danger said aloud while they wait brings a clinician
    When "Sam" calls
    Then "Sam" hears "A computer listens for words of danger" within 8 seconds
    When "Sam" says "i took all of my pills"
    Then the contact's risk is imminent
    And Lee is paged within 3 seconds

  Scenario: A clinician comes although a peer is there
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When "Sam" says "i took all of my pills"
    Then Lee is paged within 3 seconds
    And "Sam" and Ana are talking within 1 second

  Scenario: What is said in three sentences is heard together
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When "Sam" says "um i uh i want to die"
    And "Sam" says "no i mean i dont know"
    Then the contact's risk is high
    When "Sam" says "tonight"
    Then the contact's risk is imminent

  Scenario: What the peer says counts for nothing
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When Ana says "you said that you took all of your pills and want to kill yourself"
    Then the contact's risk is none

  Scenario: In Spanish
    When "Luz" calls and presses 2
    And 6 seconds pass
    And "Luz" says "me acabo de tomar todas las pastillas"
    Then the contact's risk is imminent

  Scenario: Switched off by key, nothing is listened to
    When "Sam" calls
    And 8 seconds pass
    And "Sam" presses 8
    Then "Sam" hears "It is switched off" within 5 seconds
    When "Sam" says "i took all of my pills"
    Then the contact's risk is none
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When "Sam" says "i took all of my pills"
    Then the contact's risk is none

  Scenario: Words that are not final bring a clinician at once, and who was called hears that they were others
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When "Sam" says "i took all of my pills", and that is not final
    Then the contact's risk is imminent
    And Lee is paged within 3 seconds
    When "Sam" says "i took all of my bills to the post office"
    Then Lee receives a text containing "heard differently a moment later" within 10 seconds
    And the contact's risk is imminent

  Scenario: Words that are not final and hardly sure wait for the rest
    Given the line's "transcription.stable_from" is "0.9"
    When "Sam" calls
    And 2 seconds pass
    And "Sam" says "i took all of my pills", and that is not final
    Then the contact's risk is none
    When "Sam" says "i took all of my pills"
    Then the contact's risk is imminent

  Scenario: A denial afterwards lowers nothing
    When "Sam" calls
    And "Sam" says "i want to kill myself"
    And "Sam" says "no sorry im fine i would never"
    Then the contact's risk is high

  Scenario: Only once somebody is with them, if the line says so
    Given the line's "transcription.while_waiting" is "false"
    When "Sam" calls
    And "Sam" says "i took all of my pills"
    Then the contact's risk is none
    When Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When "Sam" says "i took all of my pills"
    Then the contact's risk is imminent

  Scenario: After they lost their peer they are still heard
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When Ana hangs up
    And 3 seconds pass
    And "Sam" says "i took all of my pills"
    Then the contact's risk is imminent

  Scenario: With the partner line nothing is listened to
    When "Sam" calls
    And 190 seconds pass
    Then the contact is diverted within 10 seconds
    When the partner line answers
    And "Sam" says "i took all of my pills"
    Then the contact's risk is none
