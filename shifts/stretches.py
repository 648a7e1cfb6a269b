"""The time somebody is on without a break: shifts of theirs that follow on one another are one stretch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from helpline.nouns import Role
from shifts.rota import ORDER, Occurrence, Rota

ENDLESS = timedelta(hours=36)
"""Whoever has been on for so long, or will be, is on around the clock: their time has no beginning, or no end."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `starts` until before `ends` one person is on shift, or with a `tier` on call.

    `begins` is False for somebody who is on around the clock; without an end it goes on for longer than can be seen.
    `rested` is how long they had been off before, if that was not long.
    """

    person: UUID
    tier: int | None
    role: Role
    starts: datetime
    ends: datetime | None
    begins: bool = True
    rested: timedelta | None = None

    def holds(self, now: datetime) -> bool:
        return self.starts <= now and (self.ends is None or now < self.ends)

    def overlaps(self, starts: datetime, ends: datetime | None) -> bool:
        """Whether it has a moment in common with the time from `starts` until before `ends`, or for ever."""
        return (self.ends is None or starts < self.ends) and (ends is None or self.starts < ends)


def stretches(rota: Rota, now: datetime, ahead: timedelta, person: UUID | None = None) -> list[Stretch]:
    """Every stretch that is under way at `now`, or begins by `ahead` later; of one person, if given. Earliest first."""
    first, last = now - ENDLESS, now + ahead + ENDLESS
    theirs: dict[tuple[UUID, int | None], list[Occurrence]] = {}
    for one in rota.between(first, last):
        if one.person is not None and person in {None, one.person}:
            theirs.setdefault((one.person, one.tier), []).append(one)
    found = [whole for each in theirs.values() for whole in _joined(each, now, first, last)]
    near = [one for one in found if one.starts <= now + ahead and (one.ends is None or now < one.ends)]
    return sorted(near, key=lambda one: (one.starts, ORDER[one.role], one.person))


def _joined(occurrences: Sequence[Occurrence], now: datetime, first: datetime, last: datetime) -> Iterator[Stretch]:
    """Occurrences of one person, earliest first, with those that meet made one."""
    ended: datetime | None = None
    place = 0
    while place < len(occurrences):
        starts, ends, met = occurrences[place].starts, occurrences[place].ends, [occurrences[place]]
        place += 1
        while place < len(occurrences) and occurrences[place].starts <= ends:
            met.append(occurrences[place])
            ends = max(ends, occurrences[place].ends)
            place += 1
        yield Stretch(
            person=met[0].person or UUID(int=0),
            tier=met[0].tier,
            role=_role(met, max(now, starts)),
            starts=starts,
            ends=ends if ends < last else None,
            begins=starts > first,
            rested=None if ended is None else starts - ended,
        )
        ended = ends


def _role(met: Sequence[Occurrence], at: datetime) -> Role:
    """As what they serve at that moment; at the beginning, if they do not serve then."""
    then = [one.role for one in met if one.holds(at)] or [met[0].role]
    return min(then, key=ORDER.__getitem__)


def ends_soon(rota: Rota, now: datetime, within: timedelta) -> dict[UUID, datetime]:
    """Who of those on shift ends by `within` from `now`, one shift of theirs following on another, and when."""
    until: dict[UUID, datetime] = {}
    for one in rota.at(now):
        if one.person is not None and one.tier is None:
            until[one.person] = max(one.ends, until.get(one.person, one.ends))
    found = {}
    for person, seen in until.items():
        ends = rota.ends_for(person, now) if seen <= now + within else None
        if ends is not None and ends <= now + within:
            found[person] = ends
    return found
