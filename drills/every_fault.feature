Feature: Every flow, with every fault of the network
  Notices that come twice, out of order, now and then or never, lost replies, and parts of the line that are down: each
  contact ends up where it would have without them, at most some seconds later.

  Background:
    Given it is 2026-03-07 23:30
    And these people:
      | name | role       | languages | on shift | on call |
      | Ana  | peer       | en        | yes      |         |
      | Bo   | peer       | en        | yes      |         |
      | Lee  | clinician  | en        |          | 1       |
      | Sue  | supervisor | en        | yes      |         |

  Scenario Outline: A peer answers, talks and files
    Given <fault>
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 15 seconds
    And Bo's phone does not ring within 60 seconds
    When "Sam" hangs up
    And 2 seconds pass
    And Ana files "supported"
    Then the contact is closed within 60 seconds
    And there is one contact
    And Ana's phone has rung once

    Examples:
      | fault                           |
      | every callback arrives twice    |
      | every webhook arrives twice     |
      | callbacks arrive out of order   |
      | every third callback is lost    |
      | no callback arrives at all      |
      | Redis is down                   |
      | the worker is down              |
      | replies of the carrier are lost |

  Scenario Outline: Nobody picks up, and the ring moves on
    Given <fault>
    When "Sam" calls
    Then Ana's phone rings within 5 seconds
    And Ana's phone stops ringing within 30 seconds
    When Bo answers and presses 1
    Then "Sam" and Bo are talking within 15 seconds
    And there is one contact

    Examples:
      | fault                           |
      | every callback arrives twice    |
      | every webhook arrives twice     |
      | callbacks arrive out of order   |
      | every third callback is lost    |
      | no callback arrives at all      |
      | Redis is down                   |
      | the worker is down              |
      | replies of the carrier are lost |

  Scenario Outline: The caller hangs up while a phone rings
    Given <fault>
    When "Sam" calls
    Then Ana's phone rings within 5 seconds
    When "Sam" hangs up
    Then the contact is abandoned within 60 seconds
    And Ana's phone stops ringing within 30 seconds
    And nobody's phone rings within 120 seconds

    Examples:
      | fault                           |
      | every callback arrives twice    |
      | every webhook arrives twice     |
      | callbacks arrive out of order   |
      | every third callback is lost    |
      | no callback arrives at all      |
      | Redis is down                   |
      | the worker is down              |
      | replies of the carrier are lost |

  Scenario Outline: The peer's line drops and the next peer is rung
    Given <fault>
    When "Sam" calls
    And Ana answers and presses 1
    Then "Sam" and Ana are talking within 15 seconds
    When Ana hangs up
    And Bo answers and presses 1
    Then "Sam" and Bo are talking within 15 seconds
    And there is one contact

    Examples:
      | fault                           |
      | every callback arrives twice    |
      | every webhook arrives twice     |
      | callbacks arrive out of order   |
      | every third callback is lost    |
      | no callback arrives at all      |
      | Redis is down                   |
      | the worker is down              |
      | replies of the carrier are lost |

  Scenario Outline: Danger, and the clinician takes the call
    Given <fault>
    When "Sam" calls
    And "Sam" presses 9
    Then the contact's risk is imminent
    And Lee is paged within 5 seconds
    When Lee answers and presses 1
    Then "Sam" and Lee are talking within 15 seconds
    And Ana's phone stops ringing within 10 seconds
    And Lee has received one text containing "may be in danger"

    Examples:
      | fault                           |
      | every callback arrives twice    |
      | every webhook arrives twice     |
      | callbacks arrive out of order   |
      | every third callback is lost    |
      | no callback arrives at all      |
      | Redis is down                   |
      | the worker is down              |
      | replies of the carrier are lost |

  Scenario Outline: A peer asks for the clinician, and the three talk
    Given <fault>
    When "Sam" calls
    And Ana answers and presses 1
    And Ana presses *
    And Lee answers and presses 1
    Then "Sam", Ana and Lee are talking within 15 seconds
    When "Sam" hangs up
    And 60 seconds pass
    And Ana files "supported"
    Then the contact is closed within 130 seconds

    Examples:
      | fault                           |
      | every callback arrives twice    |
      | every webhook arrives twice     |
      | callbacks arrive out of order   |
      | every third callback is lost    |
      | no callback arrives at all      |
      | Redis is down                   |
      | the worker is down              |
      | replies of the carrier are lost |

  Scenario Outline: The wait limit is told, and the partner line takes the caller
    Given <fault>
    When "Sam" calls
    And 150 seconds pass
    Then "Sam" hears "To keep waiting" within 12 seconds
    When the partner line answers
    Then "Sam" and the partner line are talking within 5 seconds
    When "Sam" hangs up
    And 60 seconds pass
    Then the contact is diverted

    Examples:
      | fault                           |
      | every callback arrives twice    |
      | every webhook arrives twice     |
      | callbacks arrive out of order   |
      | every third callback is lost    |
      | no callback arrives at all      |
      | Redis is down                   |
      | the worker is down              |
      | replies of the carrier are lost |

  Scenario Outline: A conversation by text
    Given <fault>
    When "Sam" texts "hello"
    Then "Sam" receives a text containing "peer" within 10 seconds
    And Ana receives a text containing "new contact" within 10 seconds
    When Ana texts "1"
    And Ana texts "I am here"
    Then "Sam" receives a text containing "I am here" within 15 seconds
    When "Sam" texts "thank you"
    Then Ana receives a text containing "thank you" within 15 seconds
    When Ana texts "done supported"
    Then the contact is closed within 10 seconds
    When 10 seconds pass
    Then there is one contact
    And "Sam" has received one text containing "I am here"
    And Ana has received one text containing "A: thank you"
    And "Sam" has received one text containing "has ended"

    Examples:
      | fault                           |
      | every callback arrives twice    |
      | every webhook arrives twice     |
      | callbacks arrive out of order   |
      | every third callback is lost    |
      | no callback arrives at all      |
      | Redis is down                   |
      | the worker is down              |
      | replies of the carrier are lost |
