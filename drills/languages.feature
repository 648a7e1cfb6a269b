Feature: Everybody is heard in their own language

  Background:
    Given it is 2026-03-07 23:30
    And these people:
      | name | role      | languages | on shift | on call |
      | Bo   | peer      | en        | yes      |         |
      | Ana  | peer      | en, es    | yes      |         |
      | Lee  | clinician | en, es    |          | 1       |

  Scenario: A peer who does not speak the chosen language stops ringing at once
    When "Luz" calls
    Then Bo's phone rings within 3 seconds
    When "Luz" presses 2
    Then Bo's phone stops ringing within 2 seconds
    And Ana's phone rings within 3 seconds
    And "Luz" hears "alguien que hable español" within 3 seconds

  Scenario: A texter chooses a language by its word
    When "Luz" texts "español"
    Then "Luz" receives a text containing "Gracias" within 4 seconds
    And Ana receives a text containing "in Spanish" within 5 seconds
    And Bo's phone does not ring within 5 seconds

  Scenario: The language is chosen after the first message
    When "Luz" texts "hola"
    And "Luz" texts "español"
    Then "Luz" receives a text containing "Gracias" within 5 seconds
    And Ana receives a text containing "in Spanish" within 8 seconds

  Scenario: Who called in Spanish before is greeted in Spanish
    When "Luz" calls and presses 2
    And "Luz" hangs up
    And 5 seconds pass
    And "Luz" calls
    Then "Luz" hears "Ha llamado" within 2 seconds
    And Ana's phone rings within 3 seconds
    And Bo's phone does not ring within 20 seconds
