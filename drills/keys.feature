Feature: A caller presses keys
  9 and the language keys count from the first word of the greeting until somebody is connected.

  Background:
    Given it is 2026-03-07 23:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Bo   | peer       | en        | yes      |         |
      | Ana  | peer       | en, es    | yes      |         |
      | Lee  | clinician  | en, es    |          | 1       |
      | Sue  | supervisor | en        | yes      |         |

  Scenario: The greeting says who answers, and that nothing is recorded
    When "Sam" calls
    Then "Sam" hears "answered by peers" within 3 seconds
    And "Sam" hears "This call is not recorded" within 8 seconds
    And "Sam" hears "If you are in danger right now, press 9" within 10 seconds
    And "Sam" hears "Para español, oprima 2" within 14 seconds

  Scenario: Danger during the greeting
    When "Sam" calls
    And "Sam" presses 9
    Then the contact's risk is imminent
    And "Sam" hears "a clinician is being called" within 5 seconds
    And Lee is paged within 3 seconds
    And Bo's phone rings within 3 seconds
    And Sue receives a text containing "risk imminent" within 10 seconds

  Scenario: Danger after a minute on hold
    When "Sam" calls
    And 50 seconds pass
    And "Sam" presses 9
    Then the contact's risk is imminent
    And Lee is paged within 3 seconds

  Scenario: Danger pressed twice is danger once
    When "Sam" calls
    And "Sam" presses 9
    And 5 seconds pass
    And "Sam" presses 9
    And 12 seconds pass
    Then Sue has received one text containing "risk imminent"
    And Lee's phone has rung once

  Scenario: Danger in the menu after the wait limit keeps the caller in line
    When "Sam" calls
    And 150 seconds pass
    Then "Sam" hears "keep waiting" within 10 seconds
    When "Sam" presses 9
    Then the contact's risk is imminent
    And "Sam" hears "a clinician is being called" within 5 seconds
    And the partner line does not ring within 60 seconds
    And the contact is waiting

  Scenario: Two lets go of a peer who does not speak the caller's language
    When "Luz" calls
    Then Bo's phone rings within 3 seconds
    When "Luz" presses 2
    Then Bo's phone stops ringing within 2 seconds
    And Ana's phone rings within 3 seconds
    And "Luz" hears "hable español" within 8 seconds
    And the reason Bo was not chosen contains "does not speak es"

  Scenario: Two keeps ringing a peer who speaks both languages
    Given these people:
      | name | role | languages | on shift |
      | Ana  | peer | en, es    | yes      |
    When "Luz" calls
    Then Ana's phone rings within 3 seconds
    When "Luz" presses 2
    And Ana answers and presses 1
    Then "Luz" and Ana are talking within 3 seconds
    And Ana's phone has rung once
    And Ana hears "in Spanish" within 1 second

  Scenario: Two while the non-speaker listens to the announcement
    When "Luz" calls
    And Bo answers
    And "Luz" presses 2
    Then Ana's phone rings within 3 seconds
    And "Luz" is not connected to anybody
    And Bo hears "Somebody else" within 25 seconds

  Scenario: Two on hold, a while after the call began
    When "Luz" calls
    And 12 seconds pass
    And "Luz" presses 2
    Then Ana's phone rings within 3 seconds

  Scenario: Two and then nine
    When "Luz" calls and presses 2
    And "Luz" presses 9
    Then the contact's risk is imminent
    And "Luz" hears "clínico" within 5 seconds
    And Lee is paged within 3 seconds

  Scenario: A caller who chose Spanish is greeted in Spanish the next time
    When "Luz" calls and presses 2
    And "Luz" hangs up
    And 10 seconds pass
    And "Luz" calls
    Then "Luz" hears "Esta llamada no se graba" within 10 seconds
    And Ana's phone rings within 3 seconds

  Scenario: A caller who pressed 2 by mistake can come back to English
    Given these people:
      | name | role | languages | on shift |
      | Bo   | peer | en        | yes      |
    When "Sam" calls and presses 2
    Then Bo's phone does not ring within 10 seconds
    And "Sam" hears "For English, press 1" within 15 seconds
    When "Sam" presses 1
    Then Bo's phone rings within 3 seconds
    And "Sam" hears "speaks English" within 8 seconds

  Scenario Outline: A key that means nothing changes nothing
    When "Sam" calls and presses <key>
    Then Bo's phone rings within 3 seconds
    And the contact's risk is none
    And "Sam" hears "still in line" within 5 seconds
    When Bo answers and presses 1
    Then "Sam" and Bo are talking within 3 seconds

    Examples:
      | key |
      | 1   |
      | 5   |
      | 0   |
      | *   |
      | #   |
