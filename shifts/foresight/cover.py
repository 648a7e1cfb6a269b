"""Whether the rota gives the line what it wants, at every moment of a time: pure, with names and reasons as values.

Time is cut wherever the cover may change: where a shift begins or ends, where a requirement does, and at each full hour
of the line's wall clock. An hour that comes twice is there twice, one that is leapt over is not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from helpline.nouns import Role
from helpline.rota_policy import Cover, RotaPolicy
from shifts.colleagues import Colleague, counts, meets
from shifts.rota import Occurrence, Rota, on_duty

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Check:
    """How far one requirement is met: by these people, in the order of the rota."""

    wanted: Cover
    people: tuple[UUID, ...]

    @property
    def lacking(self) -> int:
        """How many more it takes to reach the minimum."""
        return max(0, self.wanted.minimum - len(self.people))

    @property
    def is_hole(self) -> bool:
        """Whether there are fewer than the minimum."""
        return self.lacking > 0

    @property
    def is_thin(self) -> bool:
        """Whether there are enough, but fewer than the target."""
        return not self.is_hole and len(self.people) < self.wanted.wanted

    @property
    def only(self) -> UUID | None:
        """A single point of failure: the one person by whom alone the requirement is met."""
        return self.people[0] if len(self.people) == 1 and not self.is_hole else None


@dataclass(frozen=True, slots=True)
class Span:
    """A time from `starts` until before `ends`, in UTC, throughout which the cover is the same."""

    starts: datetime
    ends: datetime
    serving: Mapping[Role, tuple[UUID, ...]]
    on_call: Mapping[int, tuple[UUID, ...]]
    checks: tuple[Check, ...]

    @property
    def length(self) -> timedelta:
        return self.ends - self.starts

    @property
    def has_hole(self) -> bool:
        return any(one.is_hole for one in self.checks)

    @property
    def is_sound(self) -> bool:
        """Whether every target is reached, and nothing hangs on a single person."""
        return not any(one.is_hole or one.is_thin or one.only for one in self.checks)

    def is_like(self, other: Span) -> bool:
        """Whether the same people meet the same requirements."""
        return (self.serving, self.on_call, self.checks) == (other.serving, other.on_call, other.checks)


@dataclass(frozen=True, slots=True)
class Hole:
    """A time throughout which there are fewer than the minimum for one requirement; `have` is the fewest there are."""

    wanted: Cover
    starts: datetime
    ends: datetime
    have: int

    @property
    def requirement(self) -> str:
        """A name for the requirement that stays the same as long as what it wants does."""
        return hashlib.sha256(self.wanted.model_dump_json().encode()).hexdigest()[:16]


def cover(
    rota: Rota, people: Mapping[UUID, Colleague], policy: RotaPolicy, starts: datetime, ends: datetime
) -> list[Span]:
    """The cover from `starts` until before `ends`, which are aware, in spans that follow on each other."""
    starts, ends = starts.astimezone(UTC), ends.astimezone(UTC)
    cuts = sorted({*_cuts(rota, policy.cover, starts, ends), starts, ends})
    return [_span(rota, people, policy, begin, end) for begin, end in pairwise(cuts)]


def holes(spans: Iterable[Span]) -> list[Hole]:
    """Every hole, a requirement at a time joined over spans that follow on each other; the earliest first."""
    found: list[Hole] = []
    running: dict[Cover, Hole] = {}
    for span in spans:
        open_now: dict[Cover, Hole] = {}
        for check in span.checks:
            if not check.is_hole:
                continue
            before = running.get(check.wanted)
            starts, have = (span.starts, len(check.people)) if before is None else (before.starts, before.have)
            open_now[check.wanted] = Hole(check.wanted, starts, span.ends, min(have, len(check.people)))
        found += [hole for wanted, hole in running.items() if wanted not in open_now]
        running = open_now
    return sorted([*found, *running.values()], key=lambda hole: (hole.starts, hole.ends))


def in_stretches(spans: Iterable[Span]) -> list[Span]:
    """Spans that follow on each other and are alike, each stretch as one."""
    found: list[Span] = []
    for span in spans:
        last = found[-1] if found else None
        if last is not None and last.ends == span.starts and last.is_like(span):
            found[-1] = Span(last.starts, span.ends, span.serving, span.on_call, span.checks)
        else:
            found.append(span)
    return found


def could_fill(hole: Hole, one: Colleague, rota: Rota, policy: RotaPolicy) -> bool:
    """Whether somebody would help: they may serve, meet what is wanted, are not away, and not there already."""
    if not policy.may_serve(one.role, hole.wanted.role) or not meets(one, hole.wanted):
        return False
    day = hole.starts.astimezone(rota.zone).date()
    if policy.lacks(one.skills, hole.wanted.role, day) is not None:
        return False
    away = any(leave.person == one.id and leave.first <= day <= leave.last for leave in rota.leaves)
    busy = any(shift.person == one.id for shift in rota.between(hole.starts, hole.ends) if _takes(shift, hole.wanted))
    return not away and not busy


def _takes(shift: Occurrence, wanted: Cover) -> bool:
    """Whether somebody with this shift is of no more use: they are there for it already, or for something else."""
    return wanted.tier is None or shift.tier == wanted.tier


def _span(rota: Rota, people: Mapping[UUID, Colleague], policy: RotaPolicy, starts: datetime, ends: datetime) -> Span:
    duty = on_duty(rota, starts)
    serving: dict[Role, list[UUID]] = {}
    for person, role in duty.serving.items():
        serving.setdefault(role, []).append(person)
    wall, here = starts.astimezone(rota.zone), rota.at(starts)
    wanted = (one for one in policy.cover if one.is_wanted(wall, rota.holidays))
    checks = tuple(Check(one, _who_counts(here, people, one, policy)) for one in wanted)
    roles = {role: tuple(serving[role]) for role in Role if role in serving}
    return Span(starts, ends, roles, duty.on_call, checks)


def _who_counts(
    here: Iterable[Occurrence], people: Mapping[UUID, Colleague], wanted: Cover, policy: RotaPolicy
) -> tuple[UUID, ...]:
    """Those on duty who are among what is wanted, each once, in the order of the rota."""
    found: dict[UUID, None] = {}
    for one in here:
        person = people.get(one.person) if one.person is not None else None
        if person is not None and counts(one, person, wanted, policy):
            found[person.id] = None
    return tuple(found)


def _cuts(rota: Rota, wanted: Sequence[Cover], starts: datetime, ends: datetime) -> Iterator[datetime]:
    """The moments within at which the cover may change."""
    edges = [edge for one in rota.between(starts, ends) for edge in (one.starts, one.ends)]
    first, last = starts.astimezone(rota.zone).date() - DAY, ends.astimezone(rota.zone).date()
    for clock in {clock for one in wanted for clock in (one.hours.starts, one.hours.ends)}:
        edges += [edge for day in _days(first, last) for edge in _comings(day, clock, rota.zone)]
    yield from (edge for edge in edges if starts < edge < ends)
    hour = starts
    while hour < ends:
        yield hour
        wall = hour.astimezone(rota.zone)
        hour += HOUR - timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)


def _comings(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a wall clock shows a time on a day: twice, in the night in which it goes back."""
    wall = datetime.combine(day, clock, zone)
    return wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY
