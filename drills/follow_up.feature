Feature: A caller at risk may be called again in a day or two
  Only if they agreed, in hours that they called safe, and telling whoever answers no more than they allowed.

  Background:
    Given it is 2026-03-10 12:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en        | yes      |         |
      | Lee  | clinician  | en        |          | 1       |
      | Sue  | supervisor | en        | yes      |         |

  Scenario: Agreed in a call, and made in the safe hours of the next day
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    And Ana receives a text containing "FOLLOWUP A" within 10 seconds
    When Ana texts "followup A 18-20"
    Then Ana receives a text containing "Wed 11 Mar, 18:00-20:00, quiet" within 10 seconds
    When "Sam" hangs up
    And Ana texts "file 1 supported plan"
    And 29 hours pass
    Then "Sam"'s phone does not ring within 5 seconds
    When 29 minutes pass
    Then Ana's phone rings within 120 seconds
    When Ana answers
    Then Ana hears "agreed to be called today" within 5 seconds
    When Ana presses 1
    Then "Sam"'s phone rings within 5 seconds
    When "Sam" answers
    Then "Sam" hears "This is a call that was agreed" within 5 seconds
    And "Sam" does not hear "demonstration line" within 3 seconds
    When "Sam" presses 1
    Then "Sam" and Ana are talking within 5 seconds
    And Lee is not paged within 10 seconds

  Scenario: Whoever answers may hear the line's name
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "followup named"
    And "Sam" hangs up
    And Ana texts "file 1 supported plan"
    And 24 hours pass
    And Ana answers and presses 1
    And "Sam" answers
    Then "Sam" hears "demonstration line" within 5 seconds

  Scenario: They do not pick up, and are rung again at the stated distance, a stated number of times
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    When Ana texts "followup"
    And "Sam" hangs up
    And Ana texts "file 1 supported plan"
    And 24 hours pass
    And Ana answers and presses 1
    Then "Sam"'s phone rings within 5 seconds
    When 40 seconds pass
    Then "Sam"'s phone does not ring within 6000 seconds
    When 18 minutes pass
    Then Ana's phone rings within 300 seconds
    When Ana answers and presses 1
    Then "Sam"'s phone rings within 5 seconds
    When 118 minutes pass
    Then Ana's phone rings within 300 seconds
    When Ana answers and presses 1
    Then "Sam"'s phone rings within 5 seconds
    And Sue receives a text containing "could not be made" within 10000 seconds

  Scenario: Agreed in writing, and written
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    And Ana texts "followup A 9-21 named"
    And Ana texts "done supported"
    And 24 hours pass
    Then "Sam" receives a text containing "You asked us to write today" within 60 seconds

  Scenario: Taken back, nobody is called
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    And Ana texts "followup"
    And Ana texts "followup no"
    Then Ana receives a text containing "they are not called" within 20 seconds
    When 80 hours pass
    Then "Sam" has received 0 texts containing "asked us to write"

  Scenario: Who has sent STOP is not written to
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    And Ana texts "followup"
    And "Sam" texts "STOP"
    And 30 hours pass
    Then "Sam" has received 0 texts containing "asked us to write"
    And Sue has received one text containing "could not be made"

  Scenario: Nobody is asked who is not at risk
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 3 seconds
    And Ana has received 0 texts containing "FOLLOWUP"
