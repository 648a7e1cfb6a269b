"""Routes: where a contact goes, by its key, word, number, hour or risk, as a line file says it."""

from __future__ import annotations

import re
import unicodedata
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from helpline.hours import Hours, read_hours
from helpline.nouns import Tier
from helpline.queue import Part


def folded(text: str) -> tuple[str, ...]:
    """The words of `text`, without case, accents and punctuation."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return tuple(re.findall(r"\w+", plain))


def _one_or_several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _stretch(value: Any) -> Hours:
    hours = value if isinstance(value, Hours) else read_hours(value)
    if hours.starts == hours.ends:
        raise ValueError("these hours are the whole day; leave them out")
    return hours


def _word(value: str) -> str:
    if not folded(value):
        raise ValueError("not a word")
    return value


Key = Annotated[str, Field(pattern=r"^[0-9]$")]
Word = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_word)]
Topic = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(str.lower)]
Stretch = Annotated[Hours, BeforeValidator(_stretch)]


class Route(Part):
    """Where a contact goes that meets every condition given here: to `queue`, under `topic`, or both.

    `hours` are on the wall clock of the line and may pass midnight; `risk` is met by that tier and every graver one.
    """

    queue: str | None = None
    topic: Topic | None = None
    keys: Annotated[tuple[Key, ...], BeforeValidator(_one_or_several)] = ()
    words: Annotated[tuple[Word, ...], BeforeValidator(_one_or_several)] = ()
    number: str | None = None
    hours: Stretch | None = None
    risk: Literal["elevated", "high", "imminent"] | None = None

    @property
    def risk_tier(self) -> Tier | None:
        return None if self.risk is None else Tier.parse(self.risk)

    def is_said_by(self, text: str) -> bool:
        """Whether `text` is one of the route's words, or begins with one."""
        said = folded(text)
        return any(said[: len(word)] == word for word in map(folded, self.words))

    def is_open(self, wall: time) -> bool:
        """Whether `wall` lies within the hours; without hours, always."""
        return self.hours is None or self.hours.hold(wall)

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Route:
        if self.queue is None and self.topic is None:
            raise ValueError("leads nowhere; give it a queue or a topic")
        if not (self.keys or self.words or self.number or self.hours or self.risk):
            raise ValueError("fits everybody; give it keys, words, number, hours or risk")
        return self
