Feature: A caller who asked for it is called back

  Background:
    Given it is 2026-03-07 23:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en        | yes      |         |
      | Sue  | supervisor | en        | yes      |         |
    When "Kim" calls
    And Ana answers and presses 1
    And "Sam" calls
    And 152 seconds pass
    Then "Sam" hears "called back" within 10 seconds
    When "Sam" presses 2

  Scenario: The peer is asked first, and only then the caller is rung
    Then the contact is diverted within 2 seconds
    And Sue receives a text containing "called back" within 5 seconds
    And "Sam" hears "Goodbye" within 20 seconds
    When "Kim" hangs up
    And Ana files "supported"
    Then Ana's phone rings within 65 seconds
    And "Sam"'s phone does not ring within 2 seconds
    When Ana answers and presses 1
    Then "Sam"'s phone rings within 5 seconds
    When "Sam" answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When "Sam" hangs up
    And Ana files "supported"
    Then the contact is closed within 5 seconds

  Scenario: Whoever picks up learns nothing before the key is pressed
    When "Kim" hangs up
    And Ana files "supported"
    And Ana answers and presses 1
    And "Sam" answers
    Then "Sam" hears "the call you asked for" within 3 seconds
    And "Sam" is not connected to anybody
    And the contact is abandoned within 20 seconds
    And Sue receives a text containing "did not pick up" within 5 seconds

  Scenario: A caller who does not pick up is not called again
    When "Kim" hangs up
    And Ana files "supported"
    And Ana answers and presses 1
    Then "Sam"'s phone rings within 5 seconds
    And the contact is abandoned within 40 seconds
    And "Sam"'s phone does not ring within 300 seconds

  Scenario: Whoever is on the line now comes first
    When "Luz" calls
    And "Kim" hangs up
    And Ana files "supported"
    And Ana answers and presses 1
    Then "Luz" and Ana are talking within 3 seconds
    And "Sam"'s phone does not ring within 60 seconds
