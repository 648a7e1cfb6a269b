"""How many contacts are to be expected in each hour: from the line's own past, or as the line states it. Pure.

What is learnt is a weekly profile of 168 hours on the line's wall clock, and a trend over the weeks:

- An hour of the week that has been seen rarely leans on the same hour of other days, and that on the mean of all.
- The trend is the median of the slopes between any two weeks (P. K. Sen, 1968), so that a single wild week
  does not make one, and there is none unless Mann's and Kendall's test finds it (two-sided, 5 %), which
  takes five weeks at least.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import combinations
from statistics import median
from zoneinfo import ZoneInfo

from helpline.hours import Hours
from helpline.nouns import Channel

GRAIN = timedelta(minutes=15)
"""Every time zone's hours begin at a multiple of this."""
WEEK = timedelta(days=7)
LEAN = 2.0
"""Hours seen of an hour of the week, or of a day, at which it counts as much as what it leans on."""
SIGNIFICANT = 1.96
FURTHEST = 2.0
"""The trend makes at most so many times, or one part in so many, of what there was at last."""


@dataclass(frozen=True)
class Counts:
    """What came in from `since` until `until`: contacts in each stretch of a quarter of an hour, by its beginning.

    Stretches that are not named had none. All moments are aware.
    """

    since: datetime
    until: datetime
    arrived: Mapping[datetime, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.until.tzinfo is None:
            raise ValueError("moments must be aware")

    @property
    def weeks(self) -> float:
        """How long it was watched, in weeks."""
        return max(0.0, (self.until - self.since) / WEEK)

    @property
    def contacts(self) -> int:
        return sum(count for at, count in self.arrived.items() if self.since <= at < self.until)


@dataclass(frozen=True)
class Trend:
    """A straight line through the weeks: its height at the end of what was seen, and how it goes on from there."""

    until: datetime
    weeks: float
    per_week: float = 0.0
    """Which part of the height at the end is added in a week."""

    def factor(self, at: datetime) -> float:
        """How many times what comes at the end comes at this moment. It is followed no further than it was seen."""
        ahead = min((at - self.until) / WEEK, self.weeks)
        factor = 1 + self.per_week * ahead
        return factor if ahead <= 0 else min(FURTHEST, max(1 / FURTHEST, factor))


@dataclass(frozen=True)
class Profile:
    """Contacts an hour for each of the 168 hours of the week, Monday 0:00 first, and the trend."""

    zone: ZoneInfo
    hours: Sequence[float]
    trend: Trend
    contacts: int

    @property
    def weeks(self) -> float:
        """How many weeks of history it rests on."""
        return self.trend.weeks

    def at(self, moment: datetime) -> float:
        """Contacts an hour to be expected at this moment."""
        return self.hours[_hour_of_week(moment, self.zone)] * self.trend.factor(moment)


@dataclass(frozen=True)
class Busier:
    """Hours of some days, 0 being Monday, in which a stated load is so many times as high."""

    days: frozenset[int]
    hours: Hours
    times: float

    def holds(self, wall: datetime) -> bool:
        """Whether a moment on the line's wall clock is in it; hours past midnight belong to the day they began on."""
        began = self.hours.began_on(wall)
        return began is not None and began.weekday() in self.days


@dataclass(frozen=True)
class Stated:
    """A load that the line states itself, in contacts an hour, for want of a history. The first `Busier` that holds."""

    zone: ZoneInfo
    per_hour: float
    busier: Sequence[Busier] = ()

    weeks = 0.0
    contacts = 0

    def at(self, moment: datetime) -> float:
        """Contacts an hour to be expected at this moment."""
        wall = moment.astimezone(self.zone)
        return self.per_hour * next((one.times for one in self.busier if one.holds(wall)), 1.0)


Expected = Profile | Stated


@dataclass(frozen=True)
class Load:
    """What is to be expected, by channel."""

    of: Mapping[Channel, Expected]

    def at(self, moment: datetime, channel: Channel) -> float:
        """Contacts of a channel an hour; none of a channel that nothing is known of."""
        expected = self.of.get(channel)
        return 0.0 if expected is None else expected.at(moment)

    @cached_property
    def is_stated(self) -> bool:
        """Whether any of it is stated rather than learnt."""
        return any(isinstance(one, Stated) for one in self.of.values())

    @property
    def weeks(self) -> float:
        """How many weeks of history it rests on; 0 if it is stated."""
        return max((one.weeks for one in self.of.values()), default=0.0)

    @property
    def contacts(self) -> int:
        """How many contacts it rests on."""
        return sum(one.contacts for one in self.of.values())


def learn(counts: Counts, zone: ZoneInfo) -> Profile:
    """What the past lets one expect. Nothing in a past of no length."""
    trend = trend_of(counts)
    came, seen = [0.0] * 168, [0.0] * 168
    for at, count in _stretches(counts):
        hour = _hour_of_week(at, zone)
        came[hour] += count
        seen[hour] += trend.factor(at) * (GRAIN / timedelta(hours=1))
    overall = _rate(sum(came), sum(seen), 0.0, 0.0)
    by_hour = [_rate(sum(came[hour::24]), sum(seen[hour::24]), overall, LEAN) for hour in range(24)]
    hours = [_rate(came[at], seen[at], by_hour[at % 24], LEAN) for at in range(168)]
    return Profile(zone, tuple(hours), trend, counts.contacts)


def trend_of(counts: Counts) -> Trend:
    """The trend over the full weeks that end with what was seen; flat unless it is beyond chance."""
    full = int(counts.weeks)
    totals = [0] * full
    for at, count in counts.arrived.items():
        back = int((counts.until - at - timedelta(microseconds=1)) / WEEK) if at < counts.until else full
        if back < full:
            totals[full - 1 - back] += count
    level = Trend(counts.until, counts.weeks)
    if not _is_beyond_chance(totals):
        return level
    slope = median((totals[j] - totals[i]) / (j - i) for i, j in combinations(range(full), 2))
    at_the_end = median(total - slope * (week + 0.5) for week, total in enumerate(totals)) + slope * full
    return Trend(counts.until, counts.weeks, slope / at_the_end) if at_the_end > 0 else level


def _is_beyond_chance(totals: Sequence[int]) -> bool:
    """The test of Mann (1945) and Kendall: do more pairs of weeks rise, or fall, than chance would have it?"""
    weeks = len(totals)
    if weeks < 5:
        return False
    rises = sum((later > earlier) - (later < earlier) for earlier, later in combinations(totals, 2))
    variance = weeks * (weeks - 1) * (2 * weeks + 5) / 18
    return (abs(rises) - 1) / math.sqrt(variance) > SIGNIFICANT


def _stretches(counts: Counts) -> Iterator[tuple[datetime, int]]:
    """Every quarter of an hour that was seen from its beginning, with what came in it."""
    arrived: dict[datetime, int] = {}
    for at, count in counts.arrived.items():
        start = _floor(at)
        arrived[start] = arrived.get(start, 0) + count
    at = _floor(counts.since)
    if at < counts.since:
        at += GRAIN
    while at < counts.until:
        yield at, arrived.get(at, 0)
        at += GRAIN


def _floor(at: datetime) -> datetime:
    return datetime.fromtimestamp(at.timestamp() // GRAIN.total_seconds() * GRAIN.total_seconds(), UTC)


def _rate(came: float, seen: float, leans_on: float, weight: float) -> float:
    """Contacts an hour, as if `weight` hours had been seen beside at the rate that it leans on."""
    hours = max(seen, 0.0) + weight
    return (came + weight * leans_on) / hours if hours > 0 else 0.0


def _hour_of_week(moment: datetime, zone: ZoneInfo) -> int:
    wall = moment.astimezone(zone)
    return wall.weekday() * 24 + wall.hour
