Feature: Nothing grave is closed silently
  A contact at risk high or above closes only filed, with a safety check, and signed by a supervisor or a clinician who did
  not have it. Whoever had it is free for others meanwhile.

  Background:
    Given it is 2026-03-10 12:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en        | yes      |         |
      | Bo   | peer       | en        | yes      |         |
      | Lee  | clinician  | en        |          | 1       |
      | Sue  | supervisor | en        | yes      |         |

  Scenario: A call in danger is filed, checked and signed
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When "Sam" hangs up
    Then Ana receives a text containing "Reply FILE 1" within 10 seconds
    When Ana files "supported"
    Then Ana receives a text containing "how they were left" within 15 seconds
    And the contact is not closed within 130 seconds
    When Ana texts "file 1 plan"
    Then Ana receives a text containing "Somebody else looks at it" within 5 seconds
    And Sue receives a text containing "to be signed, contact 1: Risk imminent. supported, plan, Ana" within 15 seconds
    And the contact is not closed within 10 seconds
    When Sue texts "sign 1"
    Then Sue receives a text containing "help for them is not confirmed" within 10 seconds
    When Sue texts "end 1 safe they are with their sister"
    And Sue texts "sign 1"
    Then Sue receives a text containing "Contact 1 is signed" within 10 seconds
    And the contact is closed within 2 seconds

  Scenario: Both are said in one text
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    And Ana texts "done supported"
    And Ana texts "file 1 safe"
    And Sue texts "sign 1"
    Then the contact is closed within 5 seconds

  Scenario: Whoever had it is free for others before it is signed
    Given these people:
      | name | role       | on shift |
      | Ana  | peer       | yes      |
      | Sue  | supervisor | yes      |
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When "Sam" hangs up
    And Ana files "supported"
    And "Kim" calls
    And Ana answers and presses 1
    Then "Kim" and Ana are talking within 5 seconds

  Scenario: A peer does not sign, and nobody signs for themselves
    When "Sam" calls
    And "Sam" presses 9
    And Lee answers and presses 1
    Then "Sam" and Lee are talking within 3 seconds
    When "Sam" hangs up
    And Lee texts "file 1 supported plan"
    And Bo texts "sign 1"
    Then Bo receives a text containing "A supervisor or a clinician signs" within 10 seconds
    When Lee texts "sign 1"
    Then Lee receives a text containing "somebody else signs it" within 10 seconds
    When Sue texts "end 1 safe they are with their sister"
    And Sue texts "sign 1"
    Then Sue receives a text containing "is signed" within 10 seconds

  Scenario: What was never filed can be signed only with what is known
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    And Ana texts "done"
    And 125 seconds pass
    And Sue texts "sign 1"
    Then Sue receives a text containing "cannot be signed yet" within 15 seconds
    When Sue texts "sign 1 supported unknown"
    Then the contact is closed within 5 seconds

  Scenario: Whoever signs has a question first
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    And Ana texts "done supported"
    And Ana texts "file 1 plan"
    And Sue texts "ask back 1 who is with them tonight?"
    Then Ana receives a text containing "who is with them tonight?" within 15 seconds
    And the contact is not closed within 60 seconds
    When Ana texts "file 1 referred safe"
    Then Sue receives a text containing "referred, safe, Ana" within 15 seconds
    When Sue texts "sign 1"
    Then the contact is closed within 5 seconds

  Scenario: Somebody who pressed 9 and hung up before anybody answered is not forgotten
    When "Sam" calls
    And "Sam" presses 9
    And "Sam" hangs up
    Then the contact is abandoned within 2 seconds
    And Sue receives a text containing "left before anybody had them" within 20 seconds
    When Sue texts "unsigned"
    Then Sue receives a text containing "1 to be signed: 1: Risk imminent. abandoned" within 10 seconds
    When Sue texts "sign 1 unknown"
    Then Sue receives a text containing "Contact 1 is signed" within 10 seconds

  Scenario: Their later contact is signed, and the earlier one with it
    When "Sam" calls
    And "Sam" presses 9
    And "Sam" hangs up
    And "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When "Sam" hangs up
    And Ana files "supported"
    And Ana texts "file 2 plan"
    And Sue texts "end 1 safe they are with their sister"
    And Sue texts "sign 2"
    And Sue texts "unsigned"
    Then Sue receives a text containing "Nothing waits to be signed" within 20 seconds

  Scenario: They are asked again, and in the end coordinators hear of it
    Given these people:
      | name | role        | on shift    |
      | Ana  | peer        | yes         |
      | Sue  | supervisor  | 08:00-13:00 |
      | Cam  | coordinator |             |
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When "Sam" hangs up
    And Ana files "supported"
    Then Ana receives a text containing "how they were left" within 10 seconds
    When 32 minutes pass
    Then Ana receives a text containing "how they were left" within 1 second
    And Cam has received 0 texts containing "nobody has signed"
    When 210 minutes pass
    Then Cam has received one text containing "nobody has signed it"

  Scenario: Nobody is woken for a signature
    Given these people:
      | name | role       | on shift    |
      | Ana  | peer       | yes         |
      | Sue  | supervisor | 08:00-12:00 |
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    And Ana texts "done supported"
    And Ana texts "file 1 plan"
    And 60 minutes pass
    Then Sue has received 0 texts containing "to be signed"

  Scenario: A contact without risk closes as ever
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When "Sam" hangs up
    And Ana files "supported"
    Then the contact is closed within 5 seconds
    And Sue has received 0 texts containing "to be signed"
