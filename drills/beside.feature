Feature: Beside the peer
  Whoever is brought in may whisper, take over or step back, and the caller is never left alone for it.

  Background:
    Given it is 2026-03-07 23:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en        | yes      |         |
      | Bo   | peer       | en        | yes      |         |
      | Lee  | clinician  | en        |          | 1       |
      | Sue  | supervisor | en        | yes      |         |

  Scenario: Whispering: the peer hears the clinician, the caller does not, and the clinician hears both
    When "Sam" calls
    And Ana answers and presses 1
    And Ana presses *
    And Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 5 seconds
    When Lee presses *
    Then Lee hears "whisper to your peer" within 5 seconds
    And "Sam" and Ana are talking within 1 second
    When Lee presses 1
    Then Lee hears "Only your peer hears you" within 5 seconds
    When 5 seconds pass
    And Lee says "ask about tonight"
    Then Ana hears "ask about tonight" within 3 seconds
    And "Sam" does not hear "ask about tonight" within 5 seconds
    When "Sam" says "i am tired"
    Then Lee hears "i am tired" within 3 seconds
    When Lee presses *
    And 3 seconds pass
    And Lee presses 2
    Then "Sam", Ana and Lee are talking within 5 seconds

  Scenario: A key right after the star needs no menu
    When "Sam" calls
    And Ana answers and presses 1
    And Ana presses *
    And Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 5 seconds
    When Lee presses *
    And Lee presses 1
    Then Lee hears "Only your peer hears you" within 3 seconds

  Scenario: Taking the call over: the peer is let go kindly and files, the caller stays with the clinician
    When "Sam" calls
    And Ana answers and presses 1
    And Ana presses *
    And Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 5 seconds
    When Lee presses *
    And 3 seconds pass
    And Lee presses 3
    Then Ana hears "You have done well" within 5 seconds
    And "Sam" and Lee are talking within 8 seconds
    And the contact is connected
    And Bo's phone does not ring within 30 seconds
    When "Sam" hangs up
    And Ana files "handed-on"
    And Lee files "safety-plan"
    Then the contact is closed within 5 seconds

  Scenario: Stepping back: the peer goes on alone
    When "Sam" calls
    And Ana answers and presses 1
    And Ana presses *
    And Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 5 seconds
    When Lee presses *
    And 3 seconds pass
    And Lee presses 4
    Then Lee hears "You have stepped back" within 5 seconds
    And "Sam" and Ana are talking within 1 second
    And Lee is not paged within 120 seconds

  Scenario: No key leads back to all
    When "Sam" calls
    And Ana answers and presses 1
    And Ana presses *
    And Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 5 seconds
    When Lee presses *
    Then "Sam", Ana and Lee are talking within 20 seconds

  Scenario: The peer's line drops while the clinician hears the menu, and the caller is not left alone
    When "Sam" calls
    And Ana answers and presses 1
    And Ana presses *
    And Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 5 seconds
    When Lee presses *
    And 3 seconds pass
    And Ana hangs up
    Then "Sam" and Lee are talking within 15 seconds
    And Bo's phone does not ring within 10 seconds

  Scenario: The peer's line drops while the clinician whispers, and the caller hears the clinician
    When "Sam" calls
    And Ana answers and presses 1
    And Ana presses *
    And Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 5 seconds
    When Lee presses *
    And 3 seconds pass
    And Lee presses 1
    And 6 seconds pass
    And Ana hangs up
    Then "Sam" and Lee are talking within 8 seconds

  Scenario: The caller hangs up while the clinician hears the menu
    When "Sam" calls
    And Ana answers and presses 1
    And Ana presses *
    And Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 5 seconds
    When Lee presses *
    And 2 seconds pass
    And "Sam" hangs up
    And Ana files "supported"
    Then the contact is closed within 5 seconds

  Scenario: By text: a word to the peer alone, and to the caller
    When "Sam" texts "hello"
    And Ana texts "1"
    And Ana texts "clinician"
    And Lee texts "1"
    Then Ana receives a text containing "Lee has joined" within 8 seconds
    When Lee texts "A> ask about tonight"
    Then Ana receives a text containing "to you alone): ask about tonight" within 5 seconds
    And "Sam" has received 0 texts containing "ask about tonight"
    When Ana texts "whisper i will"
    Then Lee receives a text containing "to you alone): i will" within 12 seconds
    And "Sam" has received 0 texts containing "i will"
    When Lee texts "I am Lee, and I am here too"
    Then "Sam" receives a text containing "I am here too" within 12 seconds

  Scenario: By text: the clinician takes over, and the peer files
    When "Sam" texts "hello"
    And Ana texts "1"
    And Ana texts "clinician"
    And Lee texts "1"
    Then Ana receives a text containing "Lee has joined" within 8 seconds
    When Lee texts "take over A"
    Then "Sam" receives a text containing "Somebody else of us is with you" within 8 seconds
    And Ana receives a text containing "has taken over contact" within 8 seconds
    And the contact is connected
    When "Sam" texts "are you there"
    Then Lee receives a text containing "are you there" within 5 seconds
    And Ana receives no text containing "are you there" within 5 seconds
    When Ana files "handed-on"
    And Lee files "supported"
    Then the contact is closed within 5 seconds

  Scenario Outline: Words for the peer alone never reach the caller, however they are typed
    When "Sam" texts "hello"
    And Ana texts "1"
    And Ana texts "clinician"
    And Lee texts "1"
    Then Ana receives a text containing "Lee has joined" within 8 seconds
    When Lee texts "<typed>"
    Then "Sam" receives no text containing "ask about" within 12 seconds

    Examples:
      | typed                       |
      | A> ask about tonight        |
      | B> ask about tonight        |
      | A > ask about tonight       |
      | whisper: ask about tonight  |
      | WHISPER A: ask about tonight |
