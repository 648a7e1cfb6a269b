"""What the grading of words answers: a tier, whose danger it is, and the words that counted."""

from dataclasses import dataclass
from enum import StrEnum

from helpline.nouns import Tier


class Subject(StrEnum):
    """Whose life the words are about: the person writing, or somebody else."""

    SELF = "self"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Hit:
    """Words that counted: characters [start, end) of the raw text of turns[turn], and the rule they serve.

    `like` is the invented phrasing that a second opinion found them nearest to; empty for every other rule.
    """

    rule: str
    turn: int
    start: int
    end: int
    tier: Tier
    like: str = ""


@dataclass(frozen=True, slots=True)
class Risk:
    """The gravest tier of a conversation with everything that explains it; `lexicon` is the version used."""

    tier: Tier
    subject: Subject
    rules: tuple[Hit, ...]
    lexicon: str


__all__ = ["Hit", "Risk", "Subject", "Tier"]
