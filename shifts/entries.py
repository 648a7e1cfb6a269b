"""How a shift stands in a table: one row of words, read and written without loss."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from helpline.hours import Hours, read_hours, read_zone
from helpline.nouns import Role
from shifts.recurrence import read_recurrence

COLUMNS = ("person", "role", "first day", "hours", "repeats", "tier", "queues", "time zone", "on holidays")
LOOKED_AHEAD = timedelta(days=366 * 9)
"""How far a shift is looked for: 29 February comes again within eight years."""

WORDS = {
    "": "",
    "daily": "FREQ=DAILY",
    "weekly": "FREQ=WEEKLY",
    "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "weekends": "FREQ=WEEKLY;BYDAY=SA,SU",
    "monthly": "FREQ=MONTHLY",
}
RULES = {rule: word for word, rule in WORDS.items()}
EVERY = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A shift as it is written. Without a person it is open; `repeats` is an RRULE, or empty: once."""

    person: str
    role: Role
    first: date
    hours: Hours
    repeats: str = ""
    tier: int | None = None
    queues: tuple[str, ...] = ()
    zone: str | None = None
    on_holidays: bool = True


def read_entry(cells: Mapping[str, str]) -> Entry:
    """The shift in a row of COLUMNS. ValueError says what is wrong with it."""
    first = _day(cells["first day"], "first day")
    repeats = read_repeats(cells["repeats"])
    recurs = read_recurrence(first, repeats)
    if next(recurs.days_from(first, first + LOOKED_AHEAD), None) is None:
        raise ValueError("it never happens: no day that it repeats on comes from its first day on")
    return Entry(
        person=cells["person"],
        role=_role(cells["role"]),
        first=first,
        hours=_hours(cells["hours"]),
        repeats=repeats,
        tier=_tier(cells["tier"]),
        queues=tuple(sorted({word.strip() for word in cells["queues"].split(",") if word.strip()})),
        zone=read_zone(cells["time zone"]) if cells["time zone"] else None,
        on_holidays=_yes(cells["on holidays"]),
    )


def as_cells(entry: Entry) -> dict[str, str]:
    """The row of a shift; `read_entry` reads the same shift again."""
    return {
        "person": entry.person,
        "role": entry.role,
        "first day": entry.first.isoformat(),
        "hours": str(entry.hours),
        "repeats": repeats_in_words(entry.repeats),
        "tier": "" if entry.tier is None else str(entry.tier),
        "queues": ", ".join(entry.queues),
        "time zone": entry.zone or "",
        "on holidays": "yes" if entry.on_holidays else "no",
    }


def read_repeats(text: str) -> str:
    """The RRULE of words such as weekdays, every 2 weeks, weekly until 2027-01-31, or of an RRULE; empty: once."""
    words = " ".join(text.lower().split())
    words, _, until = words.partition(" until ")
    rule = WORDS.get(words)
    counted = re.fullmatch(r"every (\d{1,3}) (day|week|month)s?", words)
    if counted:
        rule = f"FREQ={EVERY[counted[2]]}" + (f";INTERVAL={int(counted[1])}" if int(counted[1]) != 1 else "")
    if rule is None:
        return _rule(text)
    if until and not rule:
        raise ValueError("what happens once has no until")
    return f"{rule};UNTIL={_day(until, 'until'):%Y%m%d}" if until else rule


def repeats_in_words(rule: str) -> str:
    """The shortest words for an RRULE that `read_repeats` reads as the same."""
    ended = re.fullmatch(r"(.*);UNTIL=(\d{4})(\d{2})(\d{2})", rule)
    plain, until = (ended[1], f" until {ended[2]}-{ended[3]}-{ended[4]}") if ended else (rule, "")
    counted = re.fullmatch(r"FREQ=(DAILY|WEEKLY|MONTHLY);INTERVAL=(\d+)", plain)
    unit = next((word for word, name in EVERY.items() if counted and name == counted[1]), "")
    words = f"every {counted[2]} {unit}s" if counted else RULES.get(plain)
    told = rule if words is None else words + until
    return told if read_repeats(told) == rule else rule


def _rule(text: str) -> str:
    rule = text.strip().upper().removeprefix("RRULE:").rstrip(";")
    try:
        read_recurrence(date(2000, 1, 1), rule)
    except ValueError as problem:
        if "=" in rule:
            raise ValueError(f"repeats: {problem}") from None
        raise ValueError(
            f"repeats is empty for once, daily, weekly, weekdays, weekends, monthly, every 2 weeks, each with"
            f" until 2027-01-31 behind it, or a rule such as FREQ=WEEKLY;BYDAY=MO,TU, not {text!r}"
        ) from None
    return rule


def _day(text: str, name: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise ValueError(f"{name} is a day such as 2026-03-08, not {text!r}") from None


def _role(text: str) -> Role:
    try:
        return Role(text.lower() or Role.PEER)
    except ValueError:
        raise ValueError(f"role is {', '.join(Role)}, not {text!r}") from None


def _hours(text: str) -> Hours:
    try:
        return read_hours(text)
    except ValueError:
        raise ValueError(f"hours are written as 22:00-06:00, in whole minutes, not {text!r}") from None


def _tier(text: str) -> int | None:
    if text and not (text in "123456789" and len(text) == 1):
        raise ValueError(f"tier is empty, or a number from 1 to 9 for somebody on call, not {text!r}")
    return int(text) if text else None


def _yes(text: str) -> bool:
    if text.lower() not in {"", "yes", "no"}:
        raise ValueError(f"on holidays is yes or no, not {text!r}")
    return text.lower() != "no"
