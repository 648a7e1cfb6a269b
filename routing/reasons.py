"""Why somebody was, or was not, chosen: the rule that decided, and how a coordinator would say it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Rule(StrEnum):
    """The rule that decided about one person."""

    CHOSEN = "chosen"
    ASKED_ALREADY = "asked already"
    OTHER_ROLE = "other role"
    OTHER_QUEUE = "other queue"
    OFF_SHIFT = "off shift"
    ABSENT = "absent"
    NOT_PRESENT = "not present"
    AT_LIMIT = "at limit"
    ENDING = "ending"
    LANGUAGE = "language"
    SKILL = "skill"
    LAPSED = "lapsed"
    TOPIC = "topic"
    DECLINED = "declined"
    BUSY = "busy"
    PAUSED = "paused"
    RESTING = "resting"
    MISSED = "missed"
    NOT_YET = "not yet"
    KEPT_FOR_KNOWN = "kept for known"
    LATER_IN_TURN = "later in turn"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one person was or was not chosen, as a rule and as a sentence without its subject."""

    person: UUID
    name: str
    rule: Rule
    words: str
