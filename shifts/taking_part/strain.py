"""How much somebody is on shift: unbroken stretches, weeks, and which of them are nights. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from helpline.rota_limits import Limits
from shifts.rota import Occurrence


@dataclass(frozen=True, slots=True)
class Block:
    """Shifts of one person that follow on each other without a break to speak of, earliest first."""

    parts: tuple[Occurrence, ...]

    @property
    def starts(self) -> datetime:
        return self.parts[0].starts

    @property
    def ends(self) -> datetime:
        return max(part.ends for part in self.parts)


def blocks_of(theirs: Sequence[Occurrence], shortest_break: timedelta) -> list[Block]:
    """The unbroken stretches in which somebody is on shift, earliest first; being on call is none."""
    found: list[Block] = []
    for one in sorted((one for one in theirs if one.tier is None), key=lambda one: (one.starts, one.ends)):
        if found and (one.starts <= found[-1].ends or one.starts - found[-1].ends < shortest_break):
            found[-1] = Block((*found[-1].parts, one))
        else:
            found.append(Block((one,)))
    return found


def block_with(blocks: Sequence[Block], one: Occurrence) -> Block:
    """The stretch that the shift is part of; StopIteration if it is of none."""
    return next(block for block in blocks if any(part.key == one.key for part in block.parts))


def wall_hours(block: Block, zone: ZoneInfo) -> float:
    """Its hours on the wall clock of `zone`, breaks too short to count included."""
    return _by_the_wall(block.starts, block.ends, zone)


def week_of(one: Occurrence, zone: ZoneInfo) -> date:
    """The Monday of the week in which the shift begins."""
    day = one.starts.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def week_hours(theirs: Sequence[Occurrence], week: date, zone: ZoneInfo) -> float:
    """The hours on shift, by the wall clock, of what begins in the week from the Monday `week`."""
    return sum(
        _by_the_wall(one.starts, one.ends, zone) for one in theirs if one.tier is None and week_of(one, zone) == week
    )


def is_night(block: Block, limits: Limits, zone: ZoneInfo) -> bool:
    """Whether so much of the night lies within the stretch that rest has to follow it."""
    return limits.night.within(block.starts, block.ends, zone) >= timedelta(hours=limits.night_takes_hours)


def _by_the_wall(starts: datetime, ends: datetime, zone: ZoneInfo) -> float:
    begins, stops = (at.astimezone(zone).replace(tzinfo=None) for at in (starts, ends))
    return max(0.0, (stops - begins).total_seconds() / 3600)
