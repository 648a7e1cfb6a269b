"""Which holes of the rota are told now, at which horizon, and which need no more telling: pure.

What is remembered of the telling are stretches of time, for one requirement at one horizon. What has been told of a
hole is not told again, however its ends move; what is closed is forgotten, so that it is told anew if it opens again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from helpline.foresight import Horizon
from shifts.foresight.cover import Hole

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody was told, so many hours ahead, of too few for the requirement of this name."""

    requirement: str
    horizon: float
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Warning:
    """A hole, or the part of one that nobody was told of, which is told now."""

    hole: Hole
    horizon: Horizon

    def as_told(self) -> Told:
        return Told(self.hole.requirement, self.horizon.hours, self.hole.starts, self.hole.ends)


def still_open(told: Iterable[Told], found: Sequence[Hole], since: datetime) -> list[Told]:
    """What of `told` still holds: everything before `since`, from where on `found` are all holes there are."""
    kept: list[Told] = []
    for one in told:
        gaps = [(hole.starts, hole.ends) for hole in found if hole.requirement == one.requirement]
        if one.starts < since:
            gaps.append((one.starts, since))
        kept += [replace(one, starts=starts, ends=ends) for starts, ends in _common((one.starts, one.ends), gaps)]
    return kept


def due(
    found: Iterable[Hole], told: Sequence[Told], horizons: Sequence[Horizon], now: datetime, *, is_day: bool
) -> list[Warning]:
    """What is told now, earliest first: of each hole every part that was not told at its horizon, or a nearer one.

    The horizon of a part is the nearest that it has reached. By night what can wait until the day does.
    """
    telling: list[Warning] = []
    for hole in found:
        for horizon in horizons:
            if not (is_day or horizon.by_night):
                continue
            known = [
                (one.starts, one.ends)
                for one in told
                if one.requirement == hole.requirement and one.horizon <= horizon.hours
            ]
            for starts, ends in _without((hole.starts, hole.ends), known):
                if _nearest(horizons, starts - now) is horizon:
                    telling.append(Warning(replace(hole, starts=starts, ends=ends), horizon))
    return sorted(telling, key=lambda one: (one.hole.starts, one.hole.ends, one.hole.requirement))


def _nearest(horizons: Iterable[Horizon], ahead: timedelta) -> Horizon | None:
    """The nearest horizon that holds what lies so far ahead; None: it is beyond them all."""
    holding = [one for one in horizons if ahead <= timedelta(hours=one.hours)]
    return min(holding, key=lambda one: one.hours, default=None)


def _common(one: Stretch, others: Iterable[Stretch]) -> Iterator[Stretch]:
    """What `one` has in common with the others together, in stretches that do not touch."""
    at: Stretch | None = None
    for low, high in sorted((max(one[0], low), min(one[1], high)) for low, high in others):
        if low >= high:
            continue
        if at is not None and low <= at[1]:
            at = at[0], max(at[1], high)
            continue
        if at is not None:
            yield at
        at = low, high
    if at is not None:
        yield at


def _without(one: Stretch, others: Iterable[Stretch]) -> Iterator[Stretch]:
    """What is left of `one` without the others."""
    at, ends = one
    for low, high in sorted(others):
        if low >= ends:
            break
        if low > at:
            yield at, low
        at = max(at, high)
    if at < ends:
        yield at, ends
