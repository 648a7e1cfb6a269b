"""Who is on duty at a moment: a pure function of the rota."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from helpline.hours import Hours
from helpline.nouns import Role
from shifts.recurrence import Recurrence

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MOST_DAYS_KEPT = 400
"""Days whose occurrences are remembered: enough to look a year ahead."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift that recurs, in wall-clock time of `zone`. Without a `person` it is open to be taken.

    With a `tier` they are on call instead of on shift. Without `queues` they serve every queue they can.
    """

    id: UUID
    person: UUID | None
    role: Role
    hours: Hours
    recurs: Recurrence
    zone: ZoneInfo
    tier: int | None = None
    queues: frozenset[str] = frozenset()
    on_holidays: bool = True


@dataclass(frozen=True, slots=True)
class Override:
    """What is different about the occurrence of `shift` that begins on the day `on`.

    `person` does it instead of whoever the shift is of; nobody does yet if it is None. `starts` and `ends`, if given,
    are when they come later and go earlier: no override makes a shift longer.
    """

    shift: UUID
    on: date
    person: UUID | None
    cancelled: bool = False
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Somebody is away: what begins on these days, both among them, is not theirs but open."""

    person: UUID
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One shift of one day: from `starts` until before `ends`, in UTC. `on` is the day it begins by its own wall clock.

    `usual` is whose it would be if nothing were different about it.
    """

    shift: UUID
    on: date
    person: UUID | None
    role: Role
    starts: datetime
    ends: datetime
    tier: int | None = None
    queues: frozenset[str] = frozenset()
    usual: UUID | None = None

    @property
    def key(self) -> tuple[UUID, date]:
        return self.shift, self.on

    @property
    def length(self) -> timedelta:
        return self.ends - self.starts

    def holds(self, now: datetime) -> bool:
        return self.starts <= now < self.ends

    def overlaps(self, starts: datetime, ends: datetime) -> bool:
        return self.starts < ends and starts < self.ends


@dataclass(frozen=True)
class Coverage:
    """Who is on shift now, as what and since when, and who is on call, by tier, in the order of the rota.

    `kept_to` has the queues of those whose shift is for some queues alone.
    """

    on_shift: frozenset[UUID]
    on_call: Mapping[int, tuple[UUID, ...]]
    serving: Mapping[UUID, Role]
    began: Mapping[UUID, datetime]
    kept_to: Mapping[UUID, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rota:
    """Every shift in the order of the roster, what is different about single ones, and who is away when.

    `zone` is the line's: leave and holidays are days there.
    """

    zone: ZoneInfo
    shifts: Sequence[Shift] = ()
    overrides: Sequence[Override] = ()
    leaves: Sequence[Leave] = ()
    holidays: frozenset[date] = frozenset()

    def beginning_on(self, day: date) -> Sequence[Occurrence]:
        """What begins on `day`, each by its own wall clock, cancelled ones left out; taken ones and open ones."""
        known = self._days.get(day)
        if known is None:
            if len(self._days) >= MOST_DAYS_KEPT:
                self._days.clear()
            known = self._days[day] = tuple(self._expand(day))
        return known

    def between(self, starts: datetime, ends: datetime) -> list[Occurrence]:
        """What overlaps the time from `starts` until before `ends`, earliest first."""
        first, last = starts.astimezone(UTC).date() - 2 * DAY, ends.astimezone(UTC).date() + DAY
        days = ((first + n * DAY) for n in range((last - first).days + 1))
        found = [one for day in days for one in self.beginning_on(day) if one.overlaps(starts, ends)]
        return sorted(found, key=lambda one: (one.starts, one.ends, self.rank(one)))

    def at(self, now: datetime) -> list[Occurrence]:
        """What is under way at `now`, in the order of the rota."""
        return [one for one in self._hour(now.astimezone(UTC)) if one.holds(now)]

    def occurrence(self, shift: UUID, on: date) -> Occurrence | None:
        """The occurrence of `shift` that begins on that day, unless there is none or it is cancelled."""
        return next((one for one in self.beginning_on(on) if one.shift == shift), None)

    def rank(self, one: Occurrence) -> int:
        """Its place in the order of the rota."""
        return self._ranks[one.shift]

    def ends_for(self, person: UUID, now: datetime) -> datetime | None:
        """When somebody who is on shift at `now` ends, one shift of theirs following on another.

        None if they are not on shift, or on for longer than a day.
        """
        until = now
        while until < now + DAY:
            ends = [one.ends for one in self.at(until) if one.person == person and one.tier is None]
            if not ends:
                return None if until == now else until
            until = max(ends)
        return None

    def _expand(self, day: date) -> Iterator[Occurrence]:
        for shift in self.shifts:
            if not shift.recurs.falls_on(day) or (day in self.holidays and not shift.on_holidays):
                continue
            starts, ends = shift.hours.on(day, shift.zone)
            changed = self._changed.get((shift.id, day))
            if changed is not None:
                if changed.cancelled:
                    continue
                starts, ends = max(starts, changed.starts or starts), min(ends, changed.ends or ends)
            person = shift.person if changed is None else changed.person
            if person is not None and self._is_away(person, day):
                person = None
            if starts < ends:
                yield Occurrence(
                    shift.id, day, person, shift.role, starts, ends, shift.tier, shift.queues, shift.person
                )

    def _hour(self, now: datetime) -> Sequence[Occurrence]:
        """What overlaps the hour of `now`, in the order of the rota."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        known = self._hours.get(hour)
        if known is None:
            if len(self._hours) >= MOST_DAYS_KEPT:
                self._hours.clear()
            known = self._hours[hour] = sorted(self.between(hour, hour + HOUR), key=self.rank)
        return known

    def _is_away(self, person: UUID, day: date) -> bool:
        return any(leave.first <= day <= leave.last for leave in self._away.get(person, ()))

    @cached_property
    def _days(self) -> dict[date, Sequence[Occurrence]]:
        return {}

    @cached_property
    def _hours(self) -> dict[datetime, Sequence[Occurrence]]:
        return {}

    @cached_property
    def _ranks(self) -> Mapping[UUID, int]:
        return {shift.id: place for place, shift in enumerate(self.shifts)}

    @cached_property
    def _changed(self) -> Mapping[tuple[UUID, date], Override]:
        return {(one.shift, one.on): one for one in self.overrides}

    @cached_property
    def _away(self) -> Mapping[UUID, Sequence[Leave]]:
        found: dict[UUID, list[Leave]] = {}
        for leave in self.leaves:
            found.setdefault(leave.person, []).append(leave)
        return found


def on_duty(rota: Rota, now: datetime) -> Coverage:
    """The coverage at `now`, which must be aware.

    Whoever is on several shifts at once serves in the role that is named first in `Role`, since the earliest of them.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    serving: dict[UUID, Role] = {}
    began: dict[UUID, datetime] = {}
    tiers: dict[int, dict[UUID, None]] = {}
    kept_to: dict[UUID, list[frozenset[str]]] = {}
    for one in rota.at(now):
        if one.person is None:
            continue
        if one.tier is not None:
            tiers.setdefault(one.tier, {})[one.person] = None
            continue
        serving[one.person] = min(one.role, serving.get(one.person, one.role), key=ORDER.__getitem__)
        began[one.person] = min(one.starts, began.get(one.person, one.starts))
        kept_to.setdefault(one.person, []).append(one.queues)
    on_call = {tier: tuple(people) for tier, people in sorted(tiers.items())}
    kept = {person: frozenset().union(*queues) for person, queues in kept_to.items() if all(queues)}
    return Coverage(frozenset(serving), on_call, serving, began, kept)


ORDER = {role: place for place, role in enumerate(Role)}
