"""What a rota is proposed from: the slots to fill, the people who can, and the rules that hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from helpline.hours import Hours
from helpline.nouns import Role

ONE_STRETCH = timedelta(hours=1)
"""A pause shorter than this does not part two shifts: they are one stretch."""


class Timed(Protocol):
    """Anything that has a beginning and an end."""

    @property
    def starts(self) -> datetime: ...
    @property
    def ends(self) -> datetime: ...


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `starts` until before `ends`, both aware."""

    starts: datetime
    ends: datetime

    def __post_init__(self) -> None:
        _tell_by_utc(self)


@dataclass(frozen=True)
class Slot:
    """A shift of one day that wants people: at least `minimum`, rather `target`, never more.

    These are people still missing; `languages` says how many of them should speak each. `company` is how many others,
    already on the rota, are there all the while. Without `queues` it serves every queue.
    """

    id: str
    starts: datetime
    ends: datetime
    role: Role
    minimum: int
    target: int
    languages: Mapping[str, int] = field(default_factory=dict)
    queues: frozenset[str] = frozenset()
    company: int = 0

    def __post_init__(self) -> None:
        _tell_by_utc(self)
        if not self.starts < self.ends:
            raise ValueError(f"slot {self.id}: it ends before it begins")
        if not 0 <= self.minimum <= self.target:
            raise ValueError(f"slot {self.id}: the target may not be below the minimum")


@dataclass(frozen=True, slots=True)
class Wish:
    """With a `weight` above 0, a shift half of which lies in the span is liked; below, one that touches it is not."""

    span: Span
    weight: int


@dataclass(frozen=True)
class Volunteer:
    """Somebody who can be put on the rota. Without `queues` they serve every one.

    `certified_until` has the moments from which on they may not serve in a role, their certification having run out.
    `assigned` is what they have on it already in the weeks that are filled, `around` what they have before and after:
    the rules look at both, their share counts the first.
    """

    id: UUID
    name: str
    roles: frozenset[Role]
    available: Sequence[Span]
    languages: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    wishes: Sequence[Wish] = ()
    certified_until: Mapping[Role, datetime] = field(default_factory=dict)
    most_hours_a_week: float | None = None
    most_shifts_a_week: int | None = None
    assigned: Sequence[Span] = ()
    around: Sequence[Span] = ()

    @property
    def held(self) -> Sequence[Span]:
        """Everything they have already, earliest first."""
        return sorted([*self.assigned, *self.around])

    def score(self, slot: Timed) -> int:
        """What they think of the slot, from -9 to 9; 0 if they have said nothing about it."""
        liked = sum(one.weight for one in self.wishes if one.weight > 0 and _half_in(one.span, slot))
        unliked = sum(one.weight for one in self.wishes if one.weight < 0 and overlap(one.span, slot))
        return max(-9, min(9, liked + unliked))

    @cached_property
    def free_time(self) -> Sequence[Span]:
        """When they can, spans that meet made one."""
        merged: list[Span] = []
        for span in sorted(self.available):
            if merged and span.starts <= merged[-1].ends:
                merged[-1] = Span(merged[-1].starts, max(merged[-1].ends, span.ends))
            else:
                merged.append(span)
        return merged

    def can_all_through(self, slot: Timed) -> bool:
        return any(contains(span, slot) for span in self.free_time)


NIGHT = Hours(time(23), time(6))


@dataclass(frozen=True)
class Rules:
    """What no proposal breaks. Weeks begin on Monday, and a shift counts in the week and on the day it begins.

    A shift is a night if so many hours of it, or all of it if it is shorter, lie within `night`.
    With `never_alone` nobody is put on a shift that they would have to themself. All by the wall clock of `zone`.
    """

    zone: ZoneInfo
    longest_shift_hours: float = 12
    most_hours_a_week: float = 40
    rest_after_night_hours: float = 11
    most_nights_in_a_row: int = 3
    never_alone: bool = False
    night: Hours = NIGHT
    night_takes_hours: float = 3

    @property
    def rest(self) -> timedelta:
        return timedelta(hours=self.rest_after_night_hours)

    @property
    def longest(self) -> timedelta:
        return timedelta(hours=self.longest_shift_hours)

    def most_hours(self, one: Volunteer) -> float:
        """The most hours a week for somebody: the rule's, or fewer if they want fewer."""
        own = one.most_hours_a_week
        return self.most_hours_a_week if own is None else min(own, self.most_hours_a_week)

    def is_night(self, one: Timed) -> bool:
        """Whether it counts as a night."""
        enough = min(timedelta(hours=self.night_takes_hours), length(one))
        return self.night.within(one.starts, one.ends, self.zone) >= enough

    def night_of(self, one: Timed) -> date:
        """The evening to which a night belongs: what begins before noon belongs to the night of the day before."""
        here = one.starts.astimezone(self.zone)
        return here.date() if here.time() >= time(12) else here.date() - timedelta(days=1)

    def week_of(self, one: Timed) -> date:
        """The Monday of the week in which it begins."""
        day = one.starts.astimezone(self.zone).date()
        return day - timedelta(days=day.weekday())

    def is_weekend(self, one: Timed) -> bool:
        """Whether it begins on a Saturday or Sunday."""
        return one.starts.astimezone(self.zone).weekday() >= 5


@dataclass(frozen=True, slots=True, order=True)
class Assignment:
    """A slot given to somebody."""

    slot: str
    person: UUID


def _tell_by_utc(one: Span | Slot) -> None:
    """Have its moments in UTC: two of one zone would be compared by the wall clock, which leaps."""
    for name in ("starts", "ends"):
        moment: datetime = getattr(one, name)
        if moment.tzinfo is None:
            raise ValueError(f"{name} must be aware")
        object.__setattr__(one, name, moment.astimezone(UTC))


def length(one: Timed) -> timedelta:
    return one.ends - one.starts


def hours(one: Timed) -> float:
    return length(one).total_seconds() / 3600


def overlap(one: Timed, other: Timed) -> bool:
    return one.starts < other.ends and other.starts < one.ends


def contains(outer: Timed, inner: Timed) -> bool:
    return outer.starts <= inner.starts and inner.ends <= outer.ends


def _half_in(span: Span, one: Timed) -> bool:
    within = min(span.ends, one.ends) - max(span.starts, one.starts)
    return within * 2 >= length(one)


def in_order(spans: Iterable[Timed]) -> list[Timed]:
    return sorted(spans, key=lambda one: (one.starts, one.ends))
