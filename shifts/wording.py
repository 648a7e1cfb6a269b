"""How days and shifts are written in a text or a table: short, and on one wall clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shifts.rota import Occurrence

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(on: date) -> str:
    """A day, such as Sun 8 Mar."""
    return f"{WEEKDAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A moment on the wall clock of `zone`, such as Sun 8 Mar 22:00."""
    wall = at.astimezone(zone)
    return f"{day(wall)} {wall:%H:%M}"


def span(starts: datetime, ends: datetime, zone: ZoneInfo) -> str:
    """A stretch of time on the wall clock of `zone`, such as Sun 8 Mar 22:00-06:00; with both days if it is long."""
    first, last = starts.astimezone(zone), ends.astimezone(zone)
    if first.time() == last.time() == time() and last.date() - first.date() == timedelta(days=1):
        return f"{day(first)}, all day"
    if ends - starts > timedelta(hours=22):
        return f"{moment(starts, zone)} - {moment(ends, zone)}"
    return f"{moment(starts, zone)}-{ends.astimezone(zone):%H:%M}"


def shift(one: Occurrence, zone: ZoneInfo) -> str:
    """A shift on the wall clock of `zone`, such as Sun 8 Mar 22:00-06:00."""
    return span(one.starts, one.ends, zone)
