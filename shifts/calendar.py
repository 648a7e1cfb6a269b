"""Somebody's own shifts as a calendar that any calendar programme can follow (RFC 5545).

A calendar is kept by strangers and seen over shoulders: it holds neither the line's name nor anybody else's, nor a
number.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from icalendar import Calendar, Event

from shifts.rota import Occurrence, Rota

AHEAD = timedelta(weeks=12)
BACK = timedelta(days=1)
READ_AGAIN = timedelta(hours=1)


def theirs(rota: Rota, person: UUID, now: datetime) -> list[Occurrence]:
    """What somebody does, or has done since yesterday, in the next twelve weeks."""
    return [one for one in rota.between(now - BACK, now + AHEAD) if one.person == person]


def as_calendar(occurrences: Iterable[Occurrence], now: datetime) -> bytes:
    """The occurrences as an iCalendar file, in UTC, so that each is at the same moment whatever the reader's zone.

    An occurrence keeps its UID however it is changed, and one that is no longer theirs is no longer there.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//helpline//rota//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Shifts")
    calendar.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for one in occurrences:
        calendar.add_component(_event(one, now))
    written: bytes = calendar.to_ical()
    return written


def _event(one: Occurrence, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{one.shift}.{one.on.isoformat()}@shifts.helpline.invalid")
    event.add("dtstamp", now)
    event.add("dtstart", one.starts)
    event.add("dtend", one.ends)
    event.add("summary", f"Shift: {one.role}" if one.tier is None else f"On call, tier {one.tier}")
    event.add("transp", "OPAQUE" if one.tier is None else "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event
