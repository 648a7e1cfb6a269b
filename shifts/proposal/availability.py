"""When people say that they can, would like to, would rather not, or cannot: rows of a table, made spans of time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from helpline.hours import WHOLE_DAY, Hours, read_hours
from shifts.proposal.values import Span, Wish, overlap

COLUMNS = ("person", "days", "hours", "kind")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))
DAY = timedelta(days=1)
WEIGHT = 2
"""What a wish counts, for or against."""


class Kind(StrEnum):
    CAN = "can"
    PREFER = "prefer"
    AVOID = "avoid"
    CANNOT = "cannot"


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody says of hours, on these days of the week and these single ones. The hours begin on those days."""

    person: str
    weekdays: frozenset[int]
    days: frozenset[date]
    hours: Hours
    kind: Kind

    def spans(self, first: date, last: date, zone: ZoneInfo) -> Iterator[Span]:
        """When that is, from the day before `first` until `last`, on the wall clock of `zone`."""
        day = first - DAY
        while day <= last:
            if day.weekday() in self.weekdays or day in self.days:
                starts, ends = self.hours.on(day, zone)
                if starts < ends:
                    yield Span(starts, ends)
            day += DAY


def read_statement(cells: Mapping[str, str]) -> Statement:
    """The statement in a row of COLUMNS. ValueError says what is wrong with it."""
    if not cells["person"]:
        raise ValueError("a row needs a person")
    weekdays, days = _days(cells["days"])
    return Statement(cells["person"], weekdays, days, _hours(cells["hours"]), _kind(cells["kind"]))


def time_of(
    statements: Iterable[Statement], leave: Sequence[Span], first: date, last: date, zone: ZoneInfo
) -> tuple[list[Span], list[Wish]]:
    """When somebody can, and what they wish, from `first` to `last`.

    Whoever says when they can, can then and when they would like to or rather not; whoever does not, can at any time.
    What they cannot, and when they are away, is taken out.
    """
    spans: dict[Kind, list[Span]] = {kind: [] for kind in Kind}
    said = list(statements)
    for one in said:
        spans[one.kind] += one.spans(first, last, zone)
    every = [
        Span(*Hours(WHOLE_DAY.starts, WHOLE_DAY.ends).on(first + n * DAY, zone)) for n in range((last - first).days + 2)
    ]
    if any(one.kind is Kind.CAN for one in said):
        every = [*spans[Kind.CAN], *spans[Kind.PREFER], *spans[Kind.AVOID]]
    wishes = [Wish(span, WEIGHT) for span in spans[Kind.PREFER]] + [Wish(span, -WEIGHT) for span in spans[Kind.AVOID]]
    return without(every, [*spans[Kind.CANNOT], *leave]), wishes


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """The spans with what is taken cut out of them."""
    left = list(spans)
    for hole in taken:
        left = [part for span in left for part in _cut(span, hole)]
    return left


def _cut(span: Span, hole: Span) -> list[Span]:
    if not overlap(span, hole):
        return [span]
    parts = [(span.starts, min(span.ends, hole.starts)), (max(span.starts, hole.ends), span.ends)]
    return [Span(*part) for part in parts if part[0] < part[1]]


def _days(text: str) -> tuple[frozenset[int], frozenset[date]]:
    weekdays: set[int] = set()
    days: set[date] = set()
    for part in [part.strip().lower() for part in text.split(",") if part.strip()] or ["daily"]:
        between = part.split(" to ")
        if re.match(r"\d", part):
            days |= set(_range(*[_date(one.strip()) for one in (between[0], between[-1])]))
        else:
            weekdays |= _weekdays(part)
    return frozenset(weekdays), frozenset(days)


def _weekdays(part: str) -> set[int]:
    named = {"daily": EVERY_DAY, "weekdays": frozenset(range(5)), "weekends": frozenset({5, 6})}
    if part in named:
        return set(named[part])
    ends = [one.strip()[:3] for one in part.split("-")]
    if not 1 <= len(ends) <= 2 or any(one not in WEEKDAYS for one in ends):
        raise ValueError(
            "days are such as mon-fri, sat, daily, weekdays, weekends, 2026-03-08 or 2026-03-08 to 2026-03-12,"
            f" not {part!r}"
        )
    first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
    return {(first + n) % 7 for n in range((last - first) % 7 + 1)}


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"a day is written as 2026-03-08, not {text!r}") from None


def _range(first: date, last: date) -> Iterator[date]:
    if not timedelta() <= last - first <= timedelta(days=366):
        raise ValueError(f"from {first} to {last} is no stretch of up to a year")
    yield from (first + n * DAY for n in range((last - first).days + 1))


def _hours(text: str) -> Hours:
    if not text:
        return WHOLE_DAY
    try:
        return read_hours(text)
    except ValueError:
        raise ValueError(f"hours are empty for the whole day, or such as 18:00-23:00, not {text!r}") from None


def _kind(text: str) -> Kind:
    try:
        return Kind(text.lower())
    except ValueError:
        raise ValueError(f"kind is {', '.join(Kind)}, not {text!r}") from None
