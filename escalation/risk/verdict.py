"""What the grading of words answers: a tier, whose danger it is, and the words that counted."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Tier(IntEnum):
    """How grave the words are, in order; written in lower case wherever people or programs read it."""

    NONE = 0
    ELEVATED = 1
    HIGH = 2
    IMMINENT = 3

    def __str__(self) -> str:
        return self.name.lower()

    @classmethod
    def parse(cls, name: str) -> "Tier":
        """Raise ValueError unless `name` is one of the four tiers."""
        for tier in cls:
            if str(tier) == name:
                return tier
        raise ValueError(f"{name!r} is not a tier; use {', '.join(map(str, cls))}")

    def lowered(self) -> "Tier":
        """One tier down, never below none: the most that a negation may do."""
        return Tier(max(self - 1, Tier.NONE))


class Subject(StrEnum):
    """Whose life the words are about: the person writing, or somebody else."""

    SELF = "self"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Hit:
    """Words that counted: characters [start, end) of the raw text of turns[turn], and the rule they serve."""

    rule: str
    turn: int
    start: int
    end: int
    tier: Tier


@dataclass(frozen=True, slots=True)
class Risk:
    """The gravest tier of a conversation with everything that explains it; `lexicon` is the version used."""

    tier: Tier
    subject: Subject
    rules: tuple[Hit, ...]
    lexicon: str
