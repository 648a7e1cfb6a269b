Feature: Somebody is in immediate danger, and help is found, least invasive first
  The line's rescue policy decides whether anybody may be sent. Nobody is sent on the word of one person. The rescue
  stays open until help is there, or until somebody who does not hold the contact ends it with a reason.

  Background:
    Given it is 2026-03-07 23:30
    And these people:
      | name | role        | languages | on shift | on call |
      | Ana  | peer        | en, es    | yes      |         |
      | Bo   | peer        | en        | yes      |         |
      | Lee  | clinician   | en, es    |          | 1       |
      | Max  | clinician   | en        |          | 2       |
      | Sue  | supervisor  | en        | yes      |         |
      | Tom  | supervisor  | en        | yes      |         |
      | Cora | coordinator | en        |          |         |

  # What the policy is, told to both sides

  Scenario: The caller who presses 9 hears whom the line sends, and the peer reads it
    When "Sam" calls
    And "Sam" presses 9
    Then "Sam" hears "only if you agree" within 12 seconds
    When Ana answers and presses 1
    Then Ana receives a text containing "This line sends somebody only if they agree" within 10 seconds
    And Ana has received one text containing "Least first: stay, safer, somebody, crisis team, emergency"
    And the rescue is "open"

  Scenario: In Spanish as well
    When "Luz" calls and presses 2
    And "Luz" presses 9
    Then "Luz" hears "solo enviamos a alguien si usted está de acuerdo" within 15 seconds

  Scenario: A texter who waits is told once, and the peer who takes them too
    When "Sam" texts "i took all of my pills"
    And "Sam" texts "i took all of my pills"
    And 10 seconds pass
    Then "Sam" has received one text containing "We send somebody to you only if you agree"
    And there is no rescue
    When Ana texts "1"
    Then Ana receives a text containing "STEPS A" within 10 seconds
    And the rescue is "open"

  Scenario: Danger that shows while somebody is with them
    When "Sam" texts "i cant cope"
    And Ana texts "1"
    And "Sam" texts "i took all of my pills"
    Then Ana receives a text containing "may be in immediate danger: rescue 1" within 10 seconds
    And "Sam" has received 0 texts containing "only if you agree"

  Scenario: A person's word opens a rescue, and pages a clinician
    When "Sam" calls
    And Ana answers and presses 1
    And Ana texts "danger a"
    Then the rescue is "open"
    And the contact's risk is imminent
    And Lee is paged within 3 seconds
    And Ana receives a text containing "rescue 1" within 10 seconds

  Scenario: Without the risk there is no rescue
    When "Sam" texts "i want to kill myself"
    And Ana texts "1"
    And 60 seconds pass
    Then the contact's risk is high
    And there is no rescue

  # The steps

  Scenario: One step after the other, and none is skipped
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    And Ana texts "steps a"
    Then Ana receives a text containing "Next is 1, stay" within 10 seconds
    When Ana texts "consent a yes"
    And Ana texts "send a they have stopped answering"
    Then Ana receives a text containing "Before anybody is sent comes 1, stay" within 10 seconds
    And the rescue is "open"
    When Ana texts "tried a 1 no"
    Then Ana receives a text containing "Next is 2, safer" within 10 seconds
    When Ana texts "pass a 2 they are alone and cannot move"
    Then Ana receives a text containing "Next is 3, somebody" within 10 seconds
    When Ana texts "tried a 3 refused"
    Then Ana receives a text containing "crisis team may be asked for now" within 10 seconds
    When Ana texts "tried a 9 no"
    Then Ana receives a text containing "the steps are 1 to 5" within 10 seconds
    When Ana texts "tried a 4 no"
    Then Ana receives a text containing "crisis team has not been sent" within 10 seconds

  Scenario: In a text conversation only capitals are a command
    When "Sam" texts "i took all of my pills"
    And Ana texts "1"
    And Ana texts "Send a friend a message, please"
    Then "Sam" receives a text containing "Send a friend a message" within 25 seconds
    When Ana texts "TRIED A 1 YES"
    Then Ana receives a text containing "stay: it worked" within 10 seconds
    And "Sam" has received 0 texts containing "TRIED"

  # Never

  Scenario: A line that sends nobody says so to all, and nobody can be sent
    Given the line's "line.rescue" is "'never'"
    When "Sam" calls
    And "Sam" presses 9
    Then "Sam" hears "We send nobody to you" within 12 seconds
    When Ana answers and presses 1
    Then Ana receives a text containing "This line sends nobody" within 10 seconds
    When Ana texts "consent a yes"
    And Ana texts "send a they are on a bridge"
    Then Ana receives a text containing "sends nobody, whatever happens" within 10 seconds
    When Lee texts "act 1"
    And Lee texts "send 1 there is no time"
    Then Lee receives a text containing "sends nobody, whatever happens" within 10 seconds
    And the rescue is "open"
    And the number of "Sam" has not been opened

  # With consent

  Scenario: A peer asks, and a clinician approves; the services come
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    And Ana texts "send a they are alone"
    Then Ana receives a text containing "This line sends nobody without consent. Ask them" within 10 seconds
    When Ana texts "consent a yes"
    And Ana texts "place a 12 Elm Street in Brooklyn, third floor"
    And Ana texts "tried a 1 no"
    And Ana texts "tried a 2 no"
    And Ana texts "tried a 3 no"
    And Ana texts "pass a 4 it takes hours at night"
    And Ana texts "send a they grow quieter"
    Then the rescue is "requested"
    And Ana receives a text containing "people who may approve it are told" within 15 seconds
    And Lee receives a text containing "Ana asks for emergency, rescue 1: they grow quieter" within 15 seconds
    And Sue receives a text containing "APPROVE 1" within 15 seconds
    And Bo receives no text containing "rescue" within 5 seconds
    And the place of "Sam" has not been opened
    When Lee texts "approve 1 they agreed and it is grave"
    Then Lee receives the number of "Sam" within 20 seconds
    And Lee has received one text containing "Call the emergency center of Brooklyn: +12125550193"
    And Lee has received one text containing "The place is: 12 Elm Street in Brooklyn, third floor"
    And Lee has received one text containing "My name is Lee"
    And Lee has received one text containing "agrees that you are called"
    And Lee has received one text containing "Do not say what else they told us"
    And Ana receives a text containing "emergency is approved, rescue 1. Lee calls them now" within 10 seconds
    And the number of "Sam" has been opened for Lee alone
    And the place of "Sam" has been opened for Lee alone
    And Ana has not received the number of "Sam"
    When Lee texts "sent 1"
    Then the rescue is "under way"
    And Ana receives a text containing "emergency is on the way" within 10 seconds
    When Ana texts "arrived 1"
    Then the rescue is "confirmed"
    And Lee receives a text containing "Help is there, rescue 1: Ana has confirmed it" within 10 seconds
    And Lee receives no text containing "rescue 1 is open" within 1800 seconds

  Scenario: A peer cannot approve, neither their own nor another's
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    And Ana texts "consent a yes"
    And Ana texts "tried a 1 no"
    And Ana texts "tried a 2 no"
    And Ana texts "tried a 3 no"
    And Ana texts "send a they agreed"
    And Ana texts "approve 1 they agreed"
    Then Ana receives a text containing "a clinician or a supervisor decides that" within 15 seconds
    And the rescue is "requested"
    When Bo texts "approve 1 yes"
    Then Bo receives a text containing "no open rescue of that name" within 15 seconds
    And the rescue is "requested"
    When Ana texts "send a once more"
    Then Ana receives a text containing "a second person has to reply" within 10 seconds
    And Lee has received one text containing "Ana asks for crisis team"

  Scenario: One clinician asks, and another approves; nobody approves their own
    When "Sam" calls
    And "Sam" presses 9
    And Lee answers and presses 1
    And Lee texts "consent a yes"
    And Lee texts "tried a 1 no"
    And Lee texts "tried a 2 no"
    And Lee texts "tried a 3 no"
    And Lee texts "send a they agreed"
    And Lee texts "approve a they agreed"
    Then Lee receives a text containing "you asked for it, so somebody else decides" within 15 seconds
    And the rescue is "requested"
    When Max texts "approve 1 i have spoken with Lee"
    Then the rescue is "approved"
    And Lee receives the number of "Sam" within 20 seconds
    And the number of "Sam" has been opened for Lee alone

  Scenario: Two supervisors are not enough, a supervisor and a clinician are
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    And Ana texts "consent a yes"
    And Sue texts "pass 1 1 Ana is with them"
    And Sue texts "pass 1 2 Ana has tried"
    And Sue texts "pass 1 3 there is nobody"
    And Sue texts "send 1 Ana asks me to"
    And Tom texts "approve 1 i agree"
    Then Tom receives a text containing "a supervisor asked, so a clinician decides" within 20 seconds
    And the rescue is "requested"
    When Lee texts "approve 1 i agree"
    Then Sue receives the number of "Sam" within 20 seconds
    And the number of "Sam" has been opened for Sue alone

  Scenario: What is declined sends nobody, and help goes on
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    And Ana texts "consent a yes"
    And Ana texts "tried a 1 no"
    And Ana texts "tried a 2 no"
    And Ana texts "tried a 3 no"
    And Ana texts "send a they agreed"
    And Lee texts "decline 1"
    Then Lee receives a text containing "Reply DECLINE 1 and why" within 20 seconds
    When Lee texts "decline 1 i join you first"
    Then the rescue is "open"
    And Ana receives a text containing "Lee has declined crisis team, rescue 1: i join you first" within 10 seconds
    And the number of "Sam" has not been opened

  Scenario: Consent that is taken back stops what is not on its way
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    And Ana texts "consent a yes"
    And Ana texts "tried a 1 no"
    And Ana texts "tried a 2 no"
    And Ana texts "tried a 3 no"
    And Ana texts "send a they agreed"
    And Lee texts "approve 1 they agreed"
    Then the rescue is "approved"
    When Ana texts "consent a no"
    Then the rescue is "open"
    And Lee receives a text containing "do not call for crisis team" within 25 seconds
    When Lee texts "sent 1"
    Then Lee receives a text containing "without consent" within 10 seconds
    And the rescue is "open"

  Scenario: The place is known later
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    And Ana texts "consent a yes"
    And Ana texts "tried a 1 no"
    And Ana texts "tried a 2 no"
    And Ana texts "tried a 3 no"
    And Ana texts "send a they agreed"
    And Lee texts "approve 1 they agreed"
    Then Lee receives a text containing "We do not know the place" within 20 seconds
    And the place of "Sam" has not been opened
    When Ana texts "place a 12 Elm Street"
    Then Lee receives a text containing "The place is: 12 Elm Street" within 10 seconds
    And the place of "Sam" has been opened for Lee alone

  Scenario: Those who were sent do not come
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    And Ana texts "consent a yes"
    And Ana texts "tried a 1 no"
    And Ana texts "tried a 2 no"
    And Ana texts "tried a 3 no"
    And Ana texts "send a they agreed"
    And Lee texts "approve 1 they agreed"
    And Lee texts "sent 1"
    Then the rescue is "under way"
    When Ana texts "tried a 4 no"
    Then the rescue is "open"
    And Ana receives a text containing "emergency may be asked for now" within 20 seconds

  Scenario: A request that nobody answers is asked again every minute, and more people hear of it
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    And Ana texts "consent a yes"
    And Ana texts "tried a 1 no"
    And Ana texts "tried a 2 no"
    And Ana texts "tried a 3 no"
    And Ana texts "send a they agreed"
    Then Lee receives a text containing "APPROVE 1" within 20 seconds
    And Cora receives no text containing "rescue" within 60 seconds
    And Sue receives a text containing "rescue 1 is open since 23:30. Ana asks for crisis team" within 20 seconds
    And Cora receives a text containing "rescue 1 is open" within 130 seconds

  Scenario: Of two who decide at the same moment one does
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    And Ana texts "consent a yes"
    And Ana texts "tried a 1 no"
    And Ana texts "tried a 2 no"
    And Ana texts "tried a 3 no"
    And Ana texts "send a they agreed"
    And Lee and Max text "approve 1 they agreed" at the same moment
    Then Lee receives the number of "Sam" within 20 seconds
    And the number of "Sam" has been opened for Lee alone
    And Max receives a text containing "crisis team is approved" within 20 seconds
    And Max has not received the number of "Sam"

  Scenario: Nobody who could approve is there, and the coordinator hears of it at once
    Given these people:
      | name | role        | on shift |
      | Ana  | peer        | yes      |
      | Cora | coordinator |          |
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    And Ana texts "consent a yes"
    And Ana texts "tried a 1 no"
    And Ana texts "tried a 2 no"
    And Ana texts "tried a 3 no"
    And Ana texts "send a they agreed"
    Then Ana receives a text containing "can call 911 now" within 20 seconds
    And Cora receives a text containing "Ana asks for crisis team" within 20 seconds
    When Cora texts "approve 1 yes"
    Then Cora receives a text containing "a clinician or a supervisor decides that" within 20 seconds
    And the rescue is "requested"

  Scenario: Whoever relays did not get the words, and asks for them again
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    And Ana texts "consent a yes"
    And Ana texts "tried a 1 no"
    And Ana texts "tried a 2 no"
    And Ana texts "tried a 3 no"
    And Ana texts "send a they agreed"
    And Lee texts "approve 1 they agreed"
    Then Lee receives the number of "Sam" within 20 seconds
    When Lee texts "relay 1"
    Then Lee receives the number of "Sam" within 20 seconds
    When Max texts "relay 1"
    Then Max receives a text containing "only the two who decided" within 20 seconds
    When Ana texts "relay 1"
    Then Ana receives a text containing "no peer is" within 20 seconds
    And Ana has not received the number of "Sam"
    And the number of "Sam" has been opened for Lee alone
    And Lee receives a text containing "crisis team is approved. Whoever calls them" within 65 seconds

  # An act under way

  Scenario: Only a clinician or supervisor states that an act is under way, and then nothing is waited for
    Given the line's "line.rescue" is "'act_under_way'"
    When "Sam" calls
    And "Sam" presses 9
    Then "Sam" hears "if your life is in danger this minute" within 15 seconds
    When Ana answers and presses 1
    And Ana texts "send a they do it now"
    Then Ana receives a text containing "or a clinician or supervisor replies ACT A" within 15 seconds
    When Ana texts "act a"
    Then Ana receives a text containing "a clinician or supervisor states that an act is under way" within 10 seconds
    When Lee texts "act 1"
    Then Lee receives a text containing "emergency may be asked for now" within 10 seconds
    When Ana texts "send a they do it now"
    Then the rescue is "requested"
    When Lee texts "approve 1 i heard it"
    Then Lee receives a text containing "an act that endangers a life is under way" within 15 seconds
    And Lee has received one text containing "could not be asked"
    And Lee has received one text containing "Call the emergency center of the city: +12125550192"

  # Until it is over

  Scenario: The contact ends and the rescue stays open, and more and more people are reminded
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When "Sam" hangs up
    And Ana texts "file 1 supported plan"
    And Sue texts "sign 1"
    Then Sue receives a text containing "help for them is not confirmed" within 20 seconds
    And the contact is not closed within 5 seconds
    And the rescue is "open"
    When 610 seconds pass
    Then Lee has received one text containing "rescue 1 is open"
    And Sue has received 0 texts containing "rescue 1 is open"
    When 600 seconds pass
    Then Sue has received one text containing "rescue 1 is open"
    And Cora has received 0 texts containing "rescue 1 is open"
    When 600 seconds pass
    Then Cora has received one text containing "rescue 1 is open"
    And Lee has received 3 texts containing "rescue 1 is open"
    And the rescue is "open"
    When everything is killed and started again
    And 610 seconds pass
    Then Cora has received 2 texts containing "rescue 1 is open"

  Scenario: Whoever holds the contact does not end it, nor does another peer
    When "Sam" calls
    And "Sam" presses 9
    And Lee answers and presses 1
    And Lee texts "end a safe they feel better"
    Then Lee receives a text containing "who does not hold the contact ends it" within 15 seconds
    And the rescue is "open"
    When "Sam" hangs up
    And Lee files "supported"
    And Lee texts "end 1 safe they feel better"
    Then Lee receives a text containing "who does not hold the contact ends it" within 15 seconds
    When Bo texts "end 1 safe they feel better"
    Then Bo receives a text containing "no open rescue of that name" within 15 seconds
    When Sue texts "end 1 safe"
    Then Sue receives a text containing "Reply END 1, one of SAFE, REFUSED or LOST, and why" within 15 seconds
    And the rescue is "open"
    When Sue texts "end 1 safe Lee has told me that a friend is with them"
    Then the rescue is "ended"
    And Lee receives a text containing "Rescue 1 has ended, by Sue: they are safe" within 10 seconds
    And Lee receives no text containing "rescue 1 is open" within 1300 seconds

  Scenario: Danger that is denied afterwards lowers nothing
    When "Sam" texts "i took all of my pills"
    And Ana texts "1"
    And "Sam" texts "no sorry i was joking, forget it"
    And 60 seconds pass
    Then the contact's risk is imminent
    And the rescue is "open"

  Scenario: A clinician who comes beside, and then keeps them, knows what the line may do
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    And Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 8 seconds
    And Lee receives a text containing "may be in immediate danger: rescue 1" within 15 seconds
    When Ana presses ##
    Then "Sam" and Lee are talking within 5 seconds
    When Lee texts "steps a"
    Then Lee receives a text containing "Next is 1, stay" within 10 seconds
    And Lee has received one text containing "may be in immediate danger"

  Scenario: Whoever takes them over by name is told as well
    When "Sam" texts "i took all of my pills"
    And Ana texts "1"
    And Ana texts "TRIED A 1 NO"
    And Ana texts "transfer Bo"
    And Bo texts "1"
    Then Bo receives a text containing "may be in immediate danger: rescue 1" within 15 seconds
    When Bo texts "STEPS A"
    Then Bo receives a text containing "1 stay: it did not work" within 10 seconds

  Scenario: Every webhook twice asks once and opens once
    Given every webhook arrives twice
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    And Ana texts "consent a yes"
    And Ana texts "tried a 1 no"
    And Ana texts "tried a 2 no"
    And Ana texts "tried a 3 no"
    And Ana texts "send a they agreed"
    And Lee texts "approve 1 they agreed"
    Then Lee receives the number of "Sam" within 20 seconds
    And Lee has received one text containing "The number they reached us from is"

  Scenario: A rescue whose timer is lost is not forgotten
    Given the line is audited
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When the "rescue" timer of the contact is lost
    Then the auditor repairs "stranded" within 6 seconds

  Scenario: The auditor tells of a rescue that is open for long
    Given the line is audited
    When "Sam" calls
    And "Sam" presses 9
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 5 seconds
    When 3590 seconds pass
    Then the auditor finds "rescue open" within 30 seconds
    And Sue receives a text containing "waited long for help that is confirmed" within 60 seconds
