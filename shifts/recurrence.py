"""On which days something recurs: the part of iCalendar's RRULE (RFC 5545, 3.3.10) that a rota needs.

A day is asked for directly, whatever lies between it and the first one: a rota of many years is as quick as a new one.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_COUNTED = 10_000
"""Days that a COUNT is followed for at most, beside those between: no rota reaches so far."""


class Frequency(StrEnum):
    ONCE = "ONCE"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week, Monday being 0; `nth` of the month, from its end if below 0, or every one if 0."""

    day: int
    nth: int = 0

    def is_on(self, at: date) -> bool:
        if at.weekday() != self.day:
            return False
        if self.nth > 0:
            return (at.day - 1) // 7 + 1 == self.nth
        if self.nth < 0:
            left = monthrange(at.year, at.month)[1] - at.day
            return left // 7 + 1 == -self.nth
        return True


@dataclass(frozen=True, slots=True)
class Recurrence:
    """From `first` on, until `until`, which is the last day it may fall on. Empty sets mean as RFC 5545 has them."""

    first: date
    frequency: Frequency = Frequency.ONCE
    interval: int = 1
    days: frozenset[Weekday] = frozenset()
    month_days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    until: date | None = None

    def falls_on(self, day: date) -> bool:
        """Whether it recurs on `day`."""
        if day < self.first or (self.until is not None and day > self.until):
            return False
        if self.frequency is Frequency.ONCE:
            return day == self.first
        return self._is_in_turn(day) and (not self.months or day.month in self.months) and self._is_a_day(day)

    def _is_in_turn(self, day: date) -> bool:
        """Whether the day, week, month or year of `day` is one that the interval does not leave out."""
        first = self.first
        if self.frequency is Frequency.DAILY:
            past = (day - first).days
        elif self.frequency is Frequency.WEEKLY:
            monday = first - timedelta(days=first.weekday())
            past = (day - monday).days // 7
        elif self.frequency is Frequency.MONTHLY:
            past = (day.year - first.year) * 12 + day.month - first.month
        else:
            past = day.year - first.year
        return past % self.interval == 0

    def _is_a_day(self, day: date) -> bool:
        """Whether `day` is one of those named, or of the first one's kind if none is."""
        if self.month_days and not self._is_month_day(day):
            return False
        if self.days:
            return any(one.is_on(day) for one in self.days)
        if self.month_days or self.frequency is Frequency.DAILY:
            return True
        if self.frequency is Frequency.WEEKLY:
            return day.weekday() == self.first.weekday()
        if self.frequency is Frequency.YEARLY and not self.months:
            return (day.month, day.day) == (self.first.month, self.first.day)
        return day.day == self.first.day

    def _is_month_day(self, day: date) -> bool:
        length = monthrange(day.year, day.month)[1]
        return day.day in self.month_days or day.day - length - 1 in self.month_days

    def days_from(self, start: date, end: date) -> Iterator[date]:
        """Every day it falls on from `start` until before `end`."""
        day = max(start, self.first)
        last = end if self.until is None else min(end, self.until + timedelta(days=1))
        while day < last:
            if self.falls_on(day):
                yield day
            day += timedelta(days=1)


def read_recurrence(first: date, rule: str) -> Recurrence:
    """The recurrence of an RRULE such as FREQ=WEEKLY;BYDAY=MO,TU;UNTIL=20270101, from `first` on; empty means once.

    ValueError, in words for whoever wrote it, if it is none, or one that no rota of ours can keep.
    """
    parts = _parts(rule)
    if not parts:
        return Recurrence(first)
    frequency = _frequency(parts.pop("FREQ", ""))
    count, until = parts.pop("COUNT", None), parts.pop("UNTIL", None)
    if count is not None and until is not None:
        raise ValueError("COUNT and UNTIL do not go together")
    if parts.get("WKST") == "MO":
        del parts["WKST"]  # weeks begin on Monday anyway
    found = Recurrence(
        first,
        frequency,
        _whole(parts.pop("INTERVAL", "1"), 1, 1000, "INTERVAL"),
        frozenset(map(_weekday, _listed(parts.pop("BYDAY", "")))),
        frozenset(_month_day(value) for value in _listed(parts.pop("BYMONTHDAY", ""))),
        frozenset(_whole(value, 1, 12, "BYMONTH") for value in _listed(parts.pop("BYMONTH", ""))),
        None if until is None else _day(until),
    )
    if parts:
        raise ValueError(f"{min(parts)} is not something a rota can keep")
    _check(found)
    return found if count is None else _counted(found, _whole(count, 1, MOST_COUNTED, "COUNT"))


def _parts(rule: str) -> dict[str, str]:
    text = rule.strip().upper().removeprefix("RRULE:")
    parts: dict[str, str] = {}
    for part in filter(None, text.split(";")):
        name, equals, value = part.partition("=")
        if not equals or not value or name in parts:
            raise ValueError(f"not a rule such as FREQ=WEEKLY;BYDAY=MO,TU: {rule!r}")
        parts[name] = value
    return parts


def _frequency(word: str) -> Frequency:
    try:
        found = Frequency(word)
    except ValueError:
        found = Frequency.ONCE
    if found is Frequency.ONCE:
        raise ValueError("FREQ is DAILY, WEEKLY, MONTHLY or YEARLY")
    return found


def _check(one: Recurrence) -> None:
    if any(day.nth for day in one.days) and one.frequency in {Frequency.DAILY, Frequency.WEEKLY}:
        raise ValueError("the nth weekday, such as 2MO, is one of a month: use FREQ=MONTHLY")
    if one.frequency is Frequency.WEEKLY and one.month_days:
        raise ValueError("BYMONTHDAY does not go with FREQ=WEEKLY")
    if one.frequency is Frequency.YEARLY and (one.days or one.month_days) and not one.months:
        raise ValueError("with FREQ=YEARLY, BYDAY and BYMONTHDAY need BYMONTH")


def _counted(one: Recurrence, count: int) -> Recurrence:
    """The same, ending with its day number `count`."""
    end = one.first + timedelta(days=366 * 28)
    for number, day in enumerate(one.days_from(one.first, end), start=1):
        if number == count:
            return Recurrence(**{**{name: getattr(one, name) for name in one.__slots__}, "until": day})
    raise ValueError(f"it does not recur {count} times within 28 years")


def _listed(value: str) -> list[str]:
    return [part for part in value.split(",") if part]


def _weekday(text: str) -> Weekday:
    found = re.fullmatch(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", text)
    if found is None:
        raise ValueError(f"BYDAY is a list of MO to SU, or of the nth such as 2MO or -1FR, not {text!r}")
    return Weekday(WEEKDAYS.index(found[2]), int(found[1] or 0))


def _month_day(text: str) -> int:
    value = _whole(text, -31, 31, "BYMONTHDAY")
    if value == 0:
        raise ValueError("BYMONTHDAY is a day from 1 to 31, or from -1 back from the end")
    return value


def _whole(text: str, least: int, most: int, name: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,6}", text) or not least <= int(text) <= most:
        raise ValueError(f"{name} is a number from {least} to {most}, not {text!r}")
    return int(text)


def _day(text: str) -> date:
    """The day of UNTIL; with a time of day behind it, that day is still within."""
    try:
        return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise ValueError(f"UNTIL is a day such as 20270131, not {text!r}") from None
