"""A queue's policy: whom it asks, in what order, and how that widens while somebody waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from helpline.nouns import Channel, Role, Tier

Seconds = Annotated[float, Field(gt=0, le=86_400)]
Delay = Annotated[float, Field(ge=0, le=86_400)]
Minutes = Annotated[float, Field(gt=0, le=1440)]
MinutesOrNone = Annotated[float, Field(ge=0, le=1440)]
"""Minutes where 0 means that it is not done at all."""
SkillName = Annotated[str, Field(pattern=r"^[^\W\d_][\w -]{0,39}$"), AfterValidator(str.lower)]
"""A skill as people have it: skills are compared in lower case."""
Level = Annotated[int, Field(ge=1, le=9)]


class Part(BaseModel):
    """A table of a line file: frozen, and without keys the line has no use for."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Timed(Part):
    after_seconds: Delay


_Steps = TypeVar("_Steps", bound=Timed)


def earliest_first(steps: tuple[_Steps, ...]) -> tuple[_Steps, ...]:
    """Steps in the order in which they open, however the file lists them."""
    return tuple(sorted(steps, key=lambda step: step.after_seconds))


class Strategy(StrEnum):
    """In which order those who fit and are free are asked."""

    LONGEST_IDLE = "longest_idle"
    LEAST_TODAY = "least_today"
    ROUND_ROBIN = "round_robin"
    RANKED = "ranked"
    BEST_MATCH = "best_match"

    @property
    def merit(self) -> str:
        """Why the first in this order is first."""
        return _MERITS[self]


_MERITS = {
    Strategy.LONGEST_IDLE: "idle longest",
    Strategy.LEAST_TODAY: "had fewest contacts today",
    Strategy.ROUND_ROBIN: "asked longest ago",
    Strategy.RANKED: "first in the coordinator's order",
    Strategy.BEST_MATCH: "the best match",
}


class Need(Part):
    """A skill, or something lived through, that a person should have: required, or preferred."""

    skill: SkillName
    level: Level = 1
    required: bool = True


class Step(Timed):
    """What changes once a contact is `after_seconds` old; whatever earlier steps allowed stays allowed.

    `drop` names needs that are only preferred from now on; "language" drops the language.
    """

    roles: tuple[Role, ...] = ()
    queues: tuple[str, ...] = ()
    drop: tuple[Annotated[str, AfterValidator(str.lower)], ...] = ()
    at_once: Annotated[int, Field(ge=1, le=10)] | None = None

    @model_validator(mode="after")
    def _does_something(self) -> Step:
        if not (self.roles or self.queues or self.drop or self.at_once):
            raise ValueError("changes nothing; give it roles, queues, drop or at_once")
        return self


@dataclass(frozen=True, slots=True)
class Opening:
    """Everything that is allowed from one step on, the steps before it included."""

    after_seconds: float
    roles: frozenset[Role]
    queues: frozenset[str]
    dropped: frozenset[str]
    calls_at_once: int

    def at_once(self, channel: Channel) -> int:
        """How many people may be asked at once for one contact. A text is shown to one at a time."""
        return self.calls_at_once if channel is Channel.VOICE else 1


class Ageing(Part):
    """Seconds of head start, which are added to a contact's age to order the queue.

    `front` is for somebody who has lost the person they were with. Nobody waits behind later arrivals for longer than
    the largest head starts together, `bound`.
    """

    elevated: Delay = 120
    high: Delay = 600
    front: Delay = 3600
    imminent: Delay = 7200

    @model_validator(mode="after")
    def _grows(self) -> Ageing:
        if not self.elevated <= self.high <= self.front <= self.imminent:
            raise ValueError("a graver contact may not have a smaller head start: elevated, high, front, imminent")
        return self

    def head_start(self, risk: Tier, *, front: bool) -> float:
        """Seconds by which a contact counts as older than it is."""
        by_risk = {Tier.ELEVATED: self.elevated, Tier.HIGH: self.high, Tier.IMMINENT: self.imminent}
        return by_risk.get(risk, 0.0) + (self.front if front else 0.0)

    @property
    def bound(self) -> timedelta:
        """The longest that anybody waits behind somebody who came later."""
        return timedelta(seconds=self.head_start(Tier.IMMINENT, front=True))


class Queue(Part):
    strategy: Strategy
    needs: tuple[Need, ...] = ()
    at_once: Annotated[int, Field(ge=1, le=10)] = 1
    ring_seconds: Seconds
    screen_seconds: Seconds
    text_seconds: Seconds
    wait_limit_seconds: Seconds
    pause_after_decline_seconds: Delay
    pause_after_missed_seconds: Delay
    steps: Annotated[tuple[Step, ...], Field(min_length=1), AfterValidator(earliest_first)]
    ageing: Ageing = Ageing()

    @cached_property
    def openings(self) -> tuple[Opening, ...]:
        """What each step allows, with everything before it."""
        return tuple(self._open())

    def _open(self) -> Iterator[Opening]:
        roles: frozenset[Role] = frozenset()
        queues: frozenset[str] = frozenset()
        dropped: frozenset[str] = frozenset()
        at_once = self.at_once
        for step in self.steps:
            roles, queues, dropped = roles | set(step.roles), queues | set(step.queues), dropped | set(step.drop)
            at_once = max(at_once, step.at_once or 1)
            yield Opening(step.after_seconds, roles, queues, dropped, at_once)

    def offer_lasts(self, channel: Channel) -> timedelta:
        return timedelta(seconds=self.ring_seconds if channel is Channel.VOICE else self.text_seconds)

    def room(self, channel: Channel) -> int:
        """How many people may be asked at once for one contact, once every step is open."""
        return self.openings[-1].at_once(channel)

    @property
    def wait_limit(self) -> timedelta:
        return timedelta(seconds=self.wait_limit_seconds)

    @model_validator(mode="after")
    def _hangs_together(self) -> Queue:
        if not self.steps[0].roles:
            raise ValueError("the first step must name roles")
        known = {need.skill for need in self.needs} | {"language"}
        unknown = next((name for step in self.steps for name in step.drop if name not in known), None)
        if unknown is not None:
            raise ValueError(f"a step drops {unknown!r}, which is not among the queue's needs")
        return self
