"""Where a change would leave fewer people than the line wants at least, and how many less: pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from helpline.nouns import Role
from helpline.rota_policy import Cover, RotaPolicy
from helpline.words import LANGUAGE_NAMES
from shifts import wording
from shifts.colleagues import counts
from shifts.rota import Occurrence
from shifts.taking_part.standing import Change, Standing

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hole:
    """From `starts` until before `ends` only `there` people would be there who fit `cover`; `before` are there now."""

    cover: Cover
    starts: datetime
    ends: datetime
    there: int
    before: int


def opened(change: Change, standing: Standing, policy: RotaPolicy) -> list[Hole]:
    """The holes that `change` would open or deepen, earliest first. One that is as deep already is none of its."""
    lost = [step.occurrence for step in change.steps if step.occurrence.person is not None]
    found: list[Hole] = []
    for cover in policy.cover:
        for one in lost:
            found += (hole for hole in _within(one, cover, change, standing, policy) if hole not in found)
    return sorted(found, key=lambda hole: (hole.starts, hole.ends))


def _within(lost: Occurrence, cover: Cover, change: Change, standing: Standing, policy: RotaPolicy) -> Iterator[Hole]:
    """The holes of one requirement while the shift `lost` lasts; what meets and is alike is one."""
    now = standing.between(lost.starts, lost.ends)
    then = standing.between(lost.starts, lost.ends, change)
    zone, holidays = standing.rota.zone, standing.rota.holidays
    last: Hole | None = None
    for starts, ends in pairwise(_moments(lost, now, cover, standing)):
        there = count(cover, then, starts, standing, policy)
        before = count(cover, now, starts, standing, policy)
        wanted = cover.is_wanted(starts.astimezone(zone), holidays)
        hole = Hole(cover, starts, ends, there, before) if wanted and there < min(cover.minimum, before) else None
        if last is not None and hole is not None and (last.there, last.before) == (there, before):
            last = replace(last, ends=ends)
            continue
        if last is not None:
            yield last
        last = hole
    if last is not None:
        yield last


def _moments(lost: Occurrence, others: Sequence[Occurrence], cover: Cover, standing: Standing) -> list[datetime]:
    """The moments within the shift `lost` at which the count, or what is wanted, may change; its ends among them."""
    turns = {at for one in others for at in (one.starts, one.ends)} | set(_bounds(lost, cover, standing.rota.zone))
    return sorted({at for at in turns if lost.starts < at < lost.ends} | {lost.starts, lost.ends})


def count(cover: Cover, occurrences: Sequence[Occurrence], at: datetime, standing: Standing, policy: RotaPolicy) -> int:
    """How many people fit `cover` at that moment. Whose certification has run out does not."""
    return len({one.person for one in occurrences if one.holds(at) and _fits(cover, one, standing, policy)})


def _fits(cover: Cover, one: Occurrence, standing: Standing, policy: RotaPolicy) -> bool:
    person = standing.people.get(one.person) if one.person is not None else None
    return person is not None and counts(one, person, cover, policy)


def _bounds(lost: Occurrence, cover: Cover, zone: ZoneInfo) -> Iterator[datetime]:
    """When the requirement may begin or cease to hold, about the time of the shift `lost`."""
    day = lost.starts.astimezone(zone).date() - DAY
    while day <= lost.ends.astimezone(zone).date() + DAY:
        yield from cover.hours.on(day, zone)
        yield datetime.combine(day, time(), zone).astimezone(UTC)
        day += DAY


def in_words(hole: Hole, reader: ZoneInfo) -> str:
    """What it would be, without a full stop, on the wall clock of `reader`."""
    there = f"only {hole.there}" if hole.there else "nobody"
    span = wording.span(hole.starts, hole.ends, reader)
    return f"{span} would have {there} {_described(hole.cover)}; the line wants {hole.cover.minimum} at least"


def _described(cover: Cover) -> str:
    """The people a requirement counts, as they stand after a number."""
    what = f"on call in tier {cover.tier}" if cover.tier is not None else f"on shift as {cover.role}"
    if cover.language is not None:
        name = LANGUAGE_NAMES.get(cover.language, cover.language)
        what = f"who speaks {name}" if cover.role is Role.PEER else f"{what} who speaks {name}"
    return f"{what} for the queue {cover.queue}" if cover.queue is not None else what
