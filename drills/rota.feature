Feature: Taking part in the rota, by text
  Shifts are spoken of by the numbers of the lists that people ask for. Days and hours are those of New York.

  Background:
    Given it is 2026-03-02 12:00
    And these people:
      | name | role        | languages | skills                 | on shift |
      | Ana  | peer        | en        |                        | no       |
      | Bo   | peer        | en,es     |                        | no       |
      | Cal  | peer        | en        |                        | no       |
      | Sue  | supervisor  | en        |                        | no       |
      | Kit  | coordinator | en        |                        | no       |

  Scenario: My shifts, with their numbers
    Given these shifts:
      | person | first day  | hours       | repeats |
      | Ana    | 2026-03-07 | 22:00-06:00 |         |
      | Ana    | 2026-03-03 | 18:00-22:00 | weekly  |
      | Bo     | 2026-03-04 | 18:00-22:00 |         |
    When Ana texts "shifts"
    Then Ana receives a text containing "1: Tue 3 Mar 18:00-22:00; 2: Sat 7 Mar 22:00-06:00; 3: Tue 10 Mar 18:00-22:00." within 8 seconds
    When Cal texts "Shifts"
    Then Cal receives a text containing "You have no shift until Mon 16 Mar" within 8 seconds

  Scenario: An open shift is taken, and taken back at once
    Given these shifts:
      | person | first day  | hours       |
      |        | 2026-03-02 | 18:00-22:00 |
      |        | 2026-03-03 | 18:00-22:00 |
    When Ana texts "open"
    Then Ana receives a text containing "1: Mon 2 Mar 18:00-22:00; 2: Tue 3 Mar 18:00-22:00" within 8 seconds
    When Ana texts "take 1"
    Then Ana receives a text containing "Mon 2 Mar 18:00-22:00 is yours" within 8 seconds
    And Ana has the shift that begins 2026-03-02 18:00
    When Ana texts "undo"
    Then Ana receives a text containing "not yours any more, as before" within 8 seconds
    And the shift that begins 2026-03-02 18:00 is open
    When Ana texts "undo"
    Then Ana receives a text containing "no shift in the last 10 minutes" within 8 seconds

  Scenario: Whoever takes a shift is rung in it
    Given these shifts:
      | person | first day  | hours       |
      |        | 2026-03-02 | 18:00-22:00 |
    When Ana texts "open"
    And Ana texts "take 1"
    And it is 2026-03-02 18:01
    And "Sam" calls
    Then Ana's phone rings within 3 seconds

  Scenario: Claimed twice at once: one has it, and the other is told why not
    Given these shifts:
      | person | first day  | hours       |
      |        | 2026-03-02 | 18:00-22:00 |
    When Ana texts "open"
    And Bo and Ana text "take 1" at the same moment
    Then Bo has the shift that begins 2026-03-02 18:00
    And Bo receives a text containing "is yours" within 8 seconds
    And Ana receives a text containing "A shift changes hands by whoever has it" within 8 seconds
    And Ana does not have the shift that begins 2026-03-02 18:00
    When it is 2026-03-02 18:01
    And "Sam" calls
    Then Bo's phone rings within 3 seconds

  Scenario: Nothing is open
    When Ana texts "open"
    Then Ana receives a text containing "Until Mon 30 Mar nothing is open that you may take" within 8 seconds
    When Ana texts "take 7"
    Then Ana receives a text containing "There is no shift 7 any more, or there never was" within 8 seconds

  Scenario: A shift is handed over to somebody who agrees
    Given these shifts:
      | person | first day  | hours       |
      | Ana    | 2026-03-02 | 18:00-22:00 |
    When Ana texts "shifts"
    And Ana texts "give 1 bo"
    Then Ana receives a text containing "Bo is asked about Mon 2 Mar 18:00-22:00" within 8 seconds
    And Bo receives a text containing "Ana asks you to take Mon 2 Mar 18:00-22:00. Reply AGREE 1" within 5 seconds
    And Ana has the shift that begins 2026-03-02 18:00
    When Bo texts "asked"
    Then Bo receives a text containing "Ana gives Mon 2 Mar 18:00-22:00 to Bo (AGREE 1 or REFUSE 1)" within 8 seconds
    When Bo texts "agree 1"
    Then Bo receives a text containing "Mon 2 Mar 18:00-22:00 is yours now, from Ana" within 8 seconds
    And Ana receives a text containing "Bo has Mon 2 Mar 18:00-22:00 now" within 8 seconds
    And Bo has the shift that begins 2026-03-02 18:00

  Scenario: Nobody is guessed
    Given these people:
      | name      | role |
      | Ana       | peer |
      | Bo Adams  | peer |
      | Bo Zeller | peer |
    And these shifts:
      | person | first day  | hours       |
      | Ana    | 2026-03-04 | 18:00-22:00 |
    When Ana texts "shifts"
    And Ana texts "give 3 bo"
    Then Ana receives a text containing "2 people are called that" within 5 seconds

  Scenario: What is refused stays as it is
    Given these shifts:
      | person | first day  | hours       |
      | Ana    | 2026-03-02 | 18:00-22:00 |
    When Ana texts "shifts"
    And Ana texts "give 1 to Bo"
    And Bo texts "no 1"
    Then Ana receives a text containing "Bo cannot: Mon 2 Mar 18:00-22:00 stays as it is" within 8 seconds
    And Ana has the shift that begins 2026-03-02 18:00
    When Bo texts "agree 1"
    Then Bo receives a text containing "Nothing waits for your answer under the number 1" within 8 seconds

  Scenario: What was asked is taken back
    Given these shifts:
      | person | first day  | hours       |
      | Ana    | 2026-03-02 | 18:00-22:00 |
    When Ana texts "shifts"
    And Ana texts "give 1 Bo"
    And Ana texts "withdraw 1"
    Then Bo receives a text containing "is taken back; it stays with Ana" within 5 seconds
    When Bo texts "agree 1"
    Then Bo receives a text containing "Nothing waits for your answer" within 8 seconds
    And Ana has the shift that begins 2026-03-02 18:00

  Scenario: A swap for a shift that the other chooses
    Given these shifts:
      | person | first day  | hours       |
      | Ana    | 2026-03-04 | 18:00-22:00 |
      | Bo     | 2026-03-05 | 18:00-22:00 |
    When Ana texts "shifts"
    And Ana texts "swap 1 Bo"
    Then Bo receives a text containing "Ana offers Wed 4 Mar 18:00-22:00 for one of yours. Reply SWAP 1 and the number of yours" within 5 seconds
    When Bo texts "shifts"
    And Bo texts "swap 1 with 2"
    Then Ana receives a text containing "Bo offers Thu 5 Mar 18:00-22:00 for your Wed 4 Mar 18:00-22:00. Reply AGREE 2" within 5 seconds
    When Ana texts "agree 2"
    Then Ana receives a text containing "Swapped: Thu 5 Mar 18:00-22:00 is yours now, and Bo has Wed 4 Mar 18:00-22:00" within 8 seconds
    And Bo receives a text containing "Swapped: Wed 4 Mar 18:00-22:00 is yours now" within 8 seconds
    And Bo has the shift that begins 2026-03-04 18:00
    And Ana has the shift that begins 2026-03-05 18:00

  Scenario: A swap seconds before the shift, and the new one rings
    Given these shifts:
      | person | first day  | hours       |
      | Ana    | 2026-03-02 | 18:00-22:00 |
      | Bo     | 2026-03-05 | 18:00-22:00 |
    When Ana texts "shifts"
    And Bo texts "shifts"
    And it is 2026-03-02 17:59
    And Ana texts "swap 1 with 2"
    And 40 seconds pass
    And Bo texts "yes 1"
    Then Bo has the shift that begins 2026-03-02 18:00
    When it is 2026-03-02 18:00
    And "Sam" calls
    Then Bo's phone rings within 3 seconds
    And Ana's phone does not ring within 60 seconds

  Scenario: A swap that nobody answered lapses when the shift begins
    Given these shifts:
      | person | first day  | hours       |
      | Ana    | 2026-03-02 | 18:00-22:00 |
      | Bo     | 2026-03-05 | 18:00-22:00 |
    When Ana texts "shifts"
    And Bo texts "shifts"
    And Ana texts "swap 1 with 2"
    And it is 2026-03-02 18:00
    Then Ana receives a text containing "was not settled in time; it stays with Ana" within 5 seconds
    And Bo receives a text containing "was not settled in time; it stays with Ana" within 5 seconds
    When Bo texts "agree 1"
    Then Bo receives a text containing "Nothing waits for your answer" within 8 seconds
    When "Sam" calls
    Then Ana's phone rings within 3 seconds

  Scenario: A shift that has begun changes hands no more
    Given these shifts:
      | person | first day  | hours       |
      | Ana    | 2026-03-02 | 18:00-22:00 |
    When Ana texts "shifts"
    And it is 2026-03-02 18:00
    And Ana texts "give 1 Bo"
    Then Ana receives a text containing "Only a shift that has not begun changes hands, and this one began Mon 2 Mar 18:00" within 8 seconds

  Scenario: Somebody steps in: those who have had the least are asked first, and the first to reply has it
    Given the line's "rota.limits.cover_people" is "2"
    And these shifts:
      | person | first day  | hours       |
      | Ana    | 2026-03-04 | 18:00-22:00 |
      | Bo     | 2026-03-03 | 09:00-17:00 |
    When Ana texts "shifts"
    And Ana texts "cover 1"
    Then Ana receives a text containing "2 people are asked to take Wed 4 Mar 18:00-22:00" within 8 seconds
    And Cal receives a text containing "Ana looks for somebody for Wed 4 Mar 18:00-22:00. If you can, reply TAKE 1" within 5 seconds
    And Sue receives a text containing "(peer). If you can, reply TAKE 1" within 5 seconds
    And Bo receives no text containing "looks for somebody" within 5 seconds
    When Ana texts "cover 1"
    Then Bo receives a text containing "reply TAKE 1" within 8 seconds
    When Cal texts "take 1"
    Then Cal receives a text containing "is yours now, from Ana" within 8 seconds
    And Ana receives a text containing "Cal has Wed 4 Mar 18:00-22:00 now" within 8 seconds
    When Bo texts "take 1"
    Then Bo receives a text containing "Nothing was changed about Wed 4 Mar 18:00-22:00" within 8 seconds
    And Cal has the shift that begins 2026-03-04 18:00

  Scenario: Nobody may step in
    Given these shifts:
      | person | role       | first day  | hours       |
      | Sue    | supervisor | 2026-03-04 | 18:00-22:00 |
    When Sue texts "shifts"
    And Sue texts "cover 1"
    Then Sue receives a text containing "Nobody else may take Wed 4 Mar 18:00-22:00" within 8 seconds

  Scenario: In a conversation a bare word is for the caller
    Given these people:
      | name | role | on shift |
      | Ana  | peer | yes      |
    When "Sam" texts "hello"
    And 2 seconds pass
    And Ana texts "1"
    And 2 seconds pass
    And Ana texts "open"
    Then "Sam" receives a text containing "open" within 5 seconds
    When Ana texts "line open"
    Then Ana receives a text containing "nothing is open that you may take" within 5 seconds

  Scenario: Words that are no commands about shifts go where they always went
    When Ana texts "take a look at this"
    Then Ana receives a text containing "nothing open for you right now" within 8 seconds
    When Ana texts "help shifts"
    Then Ana receives a text containing "SWAP 12 BO" within 8 seconds
    When Ana texts "allow 1"
    Then Ana receives a text containing "for a coordinator to decide" within 8 seconds

  Scenario: Each reads a shift on their own clock
    Given these people:
      | name | role | on shift | time zone     |
      | Ana  | peer | no       |               |
      | Bo   | peer | no       | Europe/Madrid |
    And these shifts:
      | person | first day  | hours       |
      | Ana    | 2026-03-04 | 18:00-22:00 |
    When Ana texts "shifts"
    And Ana texts "give 1 Bo"
    Then Bo receives a text containing "Ana asks you to take Thu 5 Mar 00:00-04:00" within 5 seconds

  Rule: A change that would leave less than the line wants needs a coordinator, and is refused shortly before

    Scenario: The last Spanish speaker leaves, long before: a coordinator is asked
      Given the line wants 1 peer who speaks "es"
      And these shifts:
        | person | first day  | hours       |
        | Ana    | 2026-03-07 | 22:00-06:00 |
        | Bo     | 2026-03-07 | 22:00-06:00 |
      When Bo texts "shifts"
      And Bo texts "give 1"
      Then Bo receives a text containing "A coordinator is asked about Sat 7 Mar 22:00-06:00" within 5 seconds
      And Bo receives a text containing "Sat 7 Mar 22:00-06:00 would have nobody who speaks Spanish; the line wants 1 at least. A coordinator may allow it. Find somebody who does: text COVER 1." within 1 second
      And Kit receives a text containing "request 1. Bo gives up Sat 7 Mar 22:00-06:00 (peer). Sat 7 Mar 22:00-06:00 would have nobody who speaks Spanish" within 5 seconds
      And Sue receives no text containing "request 1" within 5 seconds
      And Bo has the shift that begins 2026-03-07 22:00
      When Kit texts "asked"
      Then Kit receives a text containing "Bo gives up Sat 7 Mar 22:00-06:00 (peer) (ALLOW 1 or DENY 1)" within 8 seconds
      When Kit texts "allow 1"
      Then Kit receives a text containing "Request 1 is settled" within 5 seconds
      And Bo receives a text containing "Sat 7 Mar 22:00-06:00 is not yours any more" within 5 seconds
      And Bo does not have the shift that begins 2026-03-07 22:00
      When Kit texts "deny 1"
      Then Kit receives a text containing "Nothing waits for your answer under the number 1" within 8 seconds

    Scenario: The last Spanish speaker leaves, and the coordinator does not let it be
      Given the line wants 1 peer who speaks "es"
      And these shifts:
        | person | first day  | hours       |
        | Bo     | 2026-03-07 | 22:00-06:00 |
      When Bo texts "shifts"
      And Bo texts "give 1 Ana"
      And 2 seconds pass
      And Ana texts "agree 1"
      Then Ana receives a text containing "A coordinator is asked" within 8 seconds
      And Bo receives a text containing "A coordinator is asked" within 8 seconds
      And Kit receives a text containing "Bo gives Sat 7 Mar 22:00-06:00 (peer) to Ana" within 5 seconds
      When Kit texts "deny 1"
      Then Bo receives a text containing "A coordinator has decided that Sat 7 Mar 22:00-06:00 stays with Bo" within 8 seconds
      And Ana receives a text containing "A coordinator has decided" within 8 seconds
      And Bo has the shift that begins 2026-03-07 22:00

    Scenario: The last Spanish speaker leaves, shortly before: refused, with what would make it allowed
      Given the line wants 1 peer who speaks "es"
      And these people:
        | name | role | languages |  on shift |
        | Bo   | peer | en,es     |  no       |
        | Cal  | peer | en        |  no       |
        | Dee  | peer | es        |  no       |
      And these shifts:
        | person | first day  | hours       |
        | Bo     | 2026-03-03 | 22:00-06:00 |
        | Cal    | 2026-03-05 | 18:00-22:00 |
      When Bo texts "shifts"
      And Bo texts "give 1"
      Then Bo receives a text containing "Nothing was changed about Tue 3 Mar 22:00-06:00" within 8 seconds
      And Bo receives a text containing "the line wants 1 at least, and it is less than 48 hours away. Find somebody who does: text COVER 1." within 8 seconds
      When Cal texts "shifts"
      And Bo texts "swap 1 with 2"
      Then Bo receives a text containing "would have nobody who speaks Spanish" within 5 seconds
      When Bo texts "cover 1"
      Then Dee receives a text containing "reply TAKE 1" within 5 seconds
      And Cal receives no text containing "reply TAKE 1" within 5 seconds
      When Dee texts "take 1"
      Then Dee has the shift that begins 2026-03-03 22:00

    Scenario: Two have to be there, and a supervisor at every hour
      Given the line wants 2 peers from 18:00 to 22:00
      And the line wants 1 supervisor
      And these shifts:
        | person | first day  | hours       |
        | Ana    | 2026-03-03 | 18:00-22:00 |
        | Bo     | 2026-03-03 | 17:00-20:00 |
        | Sue    | 2026-03-03 | 18:00-22:00 |
      When Bo texts "shifts"
      And Bo texts "give 1"
      Then Bo receives a text containing "Tue 3 Mar 18:00-20:00 would have only 1 on shift as peer; the line wants 2 at least" within 8 seconds
      When Ana texts "shifts"
      And Ana texts "give 2"
      Then Ana receives a text containing "Tue 3 Mar 18:00-20:00 would have only 1 on shift as peer" within 8 seconds
      When Sue texts "shifts"
      And Sue texts "give 3"
      Then Sue receives a text containing "Tue 3 Mar 18:00-22:00 would have nobody on shift as supervisor" within 8 seconds

    Scenario: A supervisor whose training has lapsed does not count, and may take no shift
      Given the line wants 1 supervisor
      And whoever serves as supervisor needs "supervision"
      And these people:
        | name | role        | skills                       | on shift |
        | Sue  | supervisor  | supervision                  | no       |
        | Tom  | supervisor  | supervision until 2026-03-05 | no       |
        | Kit  | coordinator |                              | no       |
      And these shifts:
        | person | first day  | hours       | repeats |
        | Sue    | 2026-03-05 | 18:00-22:00 | daily   |
        | Tom    | 2026-03-05 | 18:00-22:00 | daily   |
      When Sue texts "shifts"
      And Sue texts "give 1"
      Then Sue receives a text containing "Thu 5 Mar 18:00-22:00 is not yours any more" within 8 seconds
      When Sue texts "give 2"
      Then Sue receives a text containing "Fri 6 Mar 18:00-22:00 would have nobody on shift as supervisor" within 8 seconds
      When Sue texts "give 2 Tom"
      Then Sue receives a text containing "Whoever serves as supervisor needs supervision, valid on that day, and that of Tom ends Thu 5 Mar. A shift until then is allowed" within 5 seconds

    Scenario: Nobody on call is a hole like any other
      Given the line wants 1 clinician on call in tier 1
      And these people:
        | name | role        | on shift |
        | Lee  | clinician   | no       |
        | Max  | clinician   | no       |
        | Sue  | supervisor  | no       |
      And these shifts:
        | person | first day  | hours       | tier |
        | Lee    | 2026-03-07 | 09:00-09:00 | 1    |
      When Lee texts "shifts"
      Then Lee receives a text containing "1: Sat 7 Mar 09:00 - Sun 8 Mar 09:00 (on call, tier 1)" within 8 seconds
      When Lee texts "give 1"
      Then Sue receives a text containing "would have nobody on call in tier 1" within 5 seconds
      When Lee texts "give 1 Max"
      And 3 seconds pass
      And Max texts "agree 1"
      Then Max has the shift that begins 2026-03-07 09:00
      When Sue texts "allow 1"
      Then Sue receives a text containing "Nothing waits for your answer" within 5 seconds
      When it is 2026-03-07 10:00
      And "Sam" calls
      Then Max is paged within 3 seconds
      And Lee is not paged within 30 seconds

    Scenario: A request that no coordinator decided lapses when the shift begins
      Given the line wants 1 peer
      And these shifts:
        | person | first day  | hours       |
        | Ana    | 2026-03-05 | 18:00-22:00 |
      When Ana texts "shifts"
      And Ana texts "give 1"
      Then Kit receives a text containing "request 1" within 5 seconds
      When it is 2026-03-05 18:00
      Then Ana receives a text containing "was not settled in time; it stays with Ana" within 5 seconds
      When Kit texts "allow 1"
      Then Kit receives a text containing "Nothing waits for your answer" within 8 seconds

    Scenario: Where there is no coordinator a supervisor decides, and not about themselves
      Given the line wants 1 supervisor
      And these people:
        | name | role       | on shift |
        | Sue  | supervisor | no       |
        | Tom  | supervisor | no       |
      And these shifts:
        | person | first day  | hours       |
        | Sue    | 2026-03-05 | 18:00-22:00 |
      When Sue texts "shifts"
      And Sue texts "give 1"
      Then Tom receives a text containing "request 1" within 5 seconds
      When Sue texts "allow 1"
      Then Sue receives a text containing "not about what they ask for themselves" within 5 seconds
      When Tom texts "allow 1"
      Then the shift that begins 2026-03-05 18:00 is open

  Rule: Whoever takes a shift can do it

    Scenario Outline: Too much, too soon, or not theirs to do: <why>
      Given these people:
        | name | role       | on shift |
        | Ana  | peer       | no       |
        | Sue  | supervisor | no       |
      And these shifts:
        | person | role   | first day  | hours   |
        | Ana    | peer   | 2026-03-03 | <has>   |
        |        | <role> | <day>      | <hours> |
      When Sue texts "open"
      And Ana texts "take 1"
      Then Ana receives a text containing "<says>" within 5 seconds
      And the shift that begins <day> <starts> is open

      Examples:
        | why       | has         | role       | day        | hours       | starts | says                                                                                                                                                              |
        | overlap   | 18:00-22:00 | peer       | 2026-03-03 | 21:00-23:00 | 21:00  | Nobody is on two shifts at once, and you have Tue 3 Mar 18:00-22:00 already. You can give that one away first.                                                    |
        | too long  | 18:00-22:00 | peer       | 2026-03-03 | 22:00-04:00 | 22:00  | A shift may be 8 hours at most, and together with what lies beside it this would be 10. One with a break of 30 minutes between is allowed, or without the other. |
        | rest      | 22:00-06:00 | peer       | 2026-03-04 | 10:00-14:00 | 10:00  | between the night that ends Wed 4 Mar 06:00 and the shift that begins Wed 4 Mar 10:00 there would be 4. One that begins Wed 4 Mar 17:00 or later is allowed.      |
        | the other | 08:00-12:00 | peer       | 2026-03-02 | 22:00-04:00 | 22:00  | there would be 4. You can give the one that begins Tue 3 Mar 08:00 away first.                                                                                    |
        | role      | 08:00-12:00 | supervisor | 2026-03-05 | 22:00-04:00 | 22:00  | This is a shift for a supervisor, and you are a peer. It can be taken by a supervisor.                                                                            |

    Scenario: The week is full
      Given the line's "rota.limits.week_hours" is "10"
      And these shifts:
        | person | first day  | hours       |
        | Ana    | 2026-03-03 | 18:00-02:00 |
        |        | 2026-03-07 | 18:00-22:00 |
        |        | 2026-03-09 | 18:00-22:00 |
      When Cal texts "open"
      And Ana texts "take 1"
      Then Ana receives a text containing "Nobody has more than 10 hours in a week, and in that from Mon 2 Mar you would have 12. You can give away another of that week first." within 5 seconds
      When Ana texts "open"
      Then Ana receives a text containing "may take it: 2: Mon 9 Mar 18:00-22:00" within 8 seconds

    Scenario: Nobody takes a shift in their leave
      Given Ana is away from 2026-03-03 to 2026-03-04
      And these shifts:
        | person | first day  | hours       |
        | Ana    | 2026-03-03 | 18:00-22:00 |
      When Ana texts "shifts"
      And Bo texts "open"
      And Ana texts "take 1"
      Then Ana receives a text containing "Nobody serves while they are away, and you are away until Wed 4 Mar. One that begins from Thu 5 Mar on is allowed" within 5 seconds
      When Bo texts "take 1"
      Then Bo has the shift that begins 2026-03-03 18:00

    Scenario: The night the clocks go back is swapped, and stays one of eight hours by the clock
      Given these people:
        | name | role | on shift |
        | Ana  | peer | no       |
        | Bo   | peer | no       |
      And it is 2026-10-26 12:00
      And these shifts:
        | person | first day  | hours       |
        | Ana    | 2026-10-31 | 22:00-06:00 |
        | Bo     | 2026-11-02 | 22:00-06:00 |
      When Ana texts "shifts"
      And Bo texts "shifts"
      And Ana texts "swap 1 with 2"
      And 3 seconds pass
      And Bo texts "agree 1"
      Then Bo has the shift that begins 2026-10-31 22:00
      When it is 2026-11-01 05:59
      And "Sam" calls
      Then Bo's phone rings within 3 seconds
      When "Sam" hangs up
      And it is 2026-11-01 06:00
      And "Sam" calls
      Then nobody's phone rings within 30 seconds

    Scenario: An overnight shift is the one of the evening it begins
      Given these shifts:
        | person | first day  | hours       |
        |        | 2026-03-07 | 22:00-06:00 |
      When Ana texts "open"
      And Ana texts "take 1"
      And it is 2026-03-08 05:30
      And "Sam" calls
      Then Ana's phone rings within 3 seconds
      When "Sam" hangs up
      And it is 2026-03-08 06:00
      And "Sam" calls
      Then Ana's phone does not ring within 30 seconds
