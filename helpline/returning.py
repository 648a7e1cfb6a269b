"""A line's policy for callers who come again: whom they know, what was agreed with them, and when some are turned away.

Each of the three tables may be left out of a line file; the line then does not do it, and needs no words for it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from helpline.nouns import Tier
from helpline.queue import Part

LONGEST_BLOCK = 30
"""Days. No line may turn somebody away for longer without deciding anew."""

Word = Annotated[str, Field(min_length=2, max_length=20), AfterValidator(str.lower)]
Reason = Annotated[str, Field(pattern=r"^[^\W\d_][\w -]{0,39}$")]


class Continuity(Part):
    """A caller who asked for it is held out to the person they know before all others, for so long; 0: never.

    `same_words` and `other_words` are what a caller may text to ask for it, and to take it back.
    """

    first_for_seconds: Annotated[float, Field(ge=0, le=600)] = 0
    forget_after_days: Annotated[int, Field(ge=1, le=3650)] = 180
    ask_within_hours: Annotated[float, Field(gt=0, le=168)] = 24
    same_words: tuple[Word, ...] = ("same", "mismo", "misma")
    other_words: tuple[Word, ...] = ("different", "otro", "otra")

    @property
    def first_for(self) -> timedelta:
        return timedelta(seconds=self.first_for_seconds)

    @property
    def forget_after(self) -> timedelta:
        return timedelta(days=self.forget_after_days)


class Care(Part):
    """What is agreed with a caller who comes often. From `overridden_from` on, risk sets every limit of it aside."""

    overridden_from: Literal["elevated", "high"] = "high"

    @property
    def overridden_from_tier(self) -> Tier:
        return Tier.parse(self.overridden_from)


class Blocks(Part):
    """Turning somebody away for abuse: for which reasons, and for how many days at most."""

    longest_days: Annotated[int, Field(ge=1, le=LONGEST_BLOCK)] = LONGEST_BLOCK
    reasons: Annotated[tuple[Reason, ...], Field(min_length=1)] = ("abuse", "threats", "sexual", "hoax")


CONTINUITY_WORDS = frozenset({"again_ended", "again_noted", "again_withdrawn", "text_different", "text_same"})
CARE_WORDS = frozenset({"care_notes", "hours", "hours_over", "text_hours"})
BLOCK_WORDS = frozenset({"blocked", "blocked_over", "text_blocked"})
RETURNING_WORDS = CONTINUITY_WORDS | CARE_WORDS | BLOCK_WORDS
