"""Somebody who knows no rota of ours: walks minute by minute and asks dateutil on which days a shift falls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from dateutil.rrule import rrulestr

from helpline.hours import Hours
from shifts.rota import Rota, Shift

MINUTE = timedelta(minutes=1)


def days_of(first: date, rule: str, start: date, end: date) -> list[date]:
    """The days from `start` until before `end` on which dateutil lets `rule` fall."""
    if not rule:
        return [first] if start <= first < end else []
    found = rrulestr(rule, dtstart=datetime.combine(first, time()))
    hits = found.between(datetime.combine(start, time()), datetime.combine(end, time()), inc=True)
    return [one.date() for one in hits if one.date() < end]


def minutes_of(hours: Hours, day: date, zone: object) -> Iterator[datetime]:
    """Every minute, in UTC, from when the clock first reads the start on `day` until it first reads the end."""
    starts = first_reading(day, hours.starts, zone)
    ends = first_reading(day if hours.starts < hours.ends else day + timedelta(days=1), hours.ends, zone)
    at = starts
    while at < ends:
        yield at
        at += MINUTE


def first_reading(day: date, wall: time, zone: object) -> datetime:
    """The first minute at which a clock on the wall shows `wall` on `day`, or would if it had not been moved on.

    Found by walking: a clock that leaps over it has gone on for as long as it would have taken, without the leap.
    """
    midnight = datetime.combine(day, time(), UTC) - timedelta(hours=20)
    before = None
    for step in range(60 * 60):
        at = midnight + step * MINUTE
        reads = at.astimezone(zone).replace(tzinfo=None)  # type: ignore[arg-type]
        if reads == datetime.combine(day, wall):
            return at
        if before is not None and before < datetime.combine(day, wall) < reads:
            return at + (datetime.combine(day, wall) - before - MINUTE)
        before = reads
    raise AssertionError("no clock ever shows it")


def on_shift_by_minute(
    rota: Rota, rules: dict[UUID, tuple[date, str]], start: datetime, end: datetime
) -> dict[datetime, set[UUID]]:
    """Who is on shift in each minute from `start` until before `end`; `rules` has each shift's first day and rule."""
    found: dict[datetime, set[UUID]] = {start + n * MINUTE: set() for n in range(int((end - start) / MINUTE))}
    for shift in rota.shifts:
        first, rule = rules[shift.id]
        around = (start.date() - timedelta(days=3), end.date() + timedelta(days=3))
        for day in days_of(first, rule, *around):
            person = _whose(rota, shift, day)
            if person is None:
                continue
            for at in minutes_of(shift.hours, day, shift.zone):
                if at in found and _within_override(rota, shift, day, at):
                    found[at].add(person)
    return found


def _whose(rota: Rota, shift: Shift, day: date) -> UUID | None:
    person = shift.person
    if day in rota.holidays and not shift.on_holidays:
        return None
    for override in rota.overrides:
        if (override.shift, override.on) == (shift.id, day):
            if override.cancelled:
                return None
            person = override.person
    if person is not None and any(one.person == person and one.first <= day <= one.last for one in rota.leaves):
        return None
    return person


def _within_override(rota: Rota, shift: Shift, day: date, at: datetime) -> bool:
    for override in rota.overrides:
        if (override.shift, override.on) == (shift.id, day):
            return (override.starts is None or override.starts <= at) and (override.ends is None or at < override.ends)
    return True
