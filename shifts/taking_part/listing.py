"""The lists that people read by text: their own shifts, what they may take, and what waits for their word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from shifts import wording
from shifts.rota import Occurrence
from shifts.taking_part import numbering, requests
from shifts.taking_part.book import Answer, Book, one_step
from shifts.taking_part.changes import what_is_asked
from shifts.taking_part.rules import Refused

AHEAD = timedelta(days=14)
MOST = 20
"""More do not go into a text that anybody reads."""


def mine(book: Book, person: UUID) -> Answer:
    """Their shifts of the next two weeks, the one that is under way among them."""
    now = book.work.now
    until = wording.day((now + AHEAD).astimezone(book.clock_of(person)))
    theirs = [one for one in book.standing.between(now, now + AHEAD) if one.person == person]
    if not theirs:
        return Answer("rota_none", {"closes": until})
    return Answer("rota_mine", {"closes": until, "what": _listed(book, person, theirs)})


def takeable(book: Book, person: UUID) -> Answer:
    """What is open, or somebody is sought for, and they may take."""
    now, until = book.work.now, book.work.now + timedelta(days=book.limits.open_days)
    sought = [requests.shift_asked_about(book, request) for request in requests.sought(book.work)]
    free = [one for one in book.standing.between(now, until) if one.person is None and one.starts > now]
    fit = [one for one in _in_order(free, sought, until) if _may_take(book, person, one)]
    closes = wording.day(until.astimezone(book.clock_of(person)))
    if not fit:
        return Answer("rota_open_none", {"closes": closes})
    return Answer("rota_open", {"closes": closes, "what": _listed(book, person, fit)})


def waiting(book: Book, person: UUID) -> Answer:
    """What waits for their word: as somebody who is asked, and as a coordinator."""
    asked = requests.all_waiting_for(book.work, person)
    parts = []
    for request in asked:
        number = book.number(requests.shift_asked_about(book, request))
        parts.append(f"{what_is_asked(book, request, person)} (AGREE {number} or REFUSE {number})")
    for request in requests.all_awaiting(book.work):
        if person in book.deciders(request.asker_id):
            n = request.number
            parts.append(f"{what_is_asked(book, request, person)} (ALLOW {n} or DENY {n})")
    return Answer("rota_waiting", {"what": _joined(parts)}) if parts else Answer("rota_waiting_none", {})


def _in_order(free: Sequence[Occurrence], sought: Sequence[Occurrence], until: datetime) -> list[Occurrence]:
    return sorted([*free, *(one for one in sought if one.starts < until)], key=lambda one: (one.starts, one.ends))


def _may_take(book: Book, person: UUID, one: Occurrence) -> bool:
    return one.person != person and not isinstance(book.judge(one_step(one, person), person), Refused)


def _listed(book: Book, person: UUID, shifts: Sequence[Occurrence]) -> str:
    numbers = numbering.numbers_of(book.work, [one.key for one in shifts[:MOST]])
    parts = [f"{numbers[one.key]}: {book.shift(one, person)}" for one in shifts[:MOST]]
    return _joined(parts, len(shifts) - len(parts))


def _joined(parts: Sequence[str], more: int = 0) -> str:
    return "; ".join([*parts, *([f"and {more} more"] if more else [])])
