"""A command as it is carried to a carrier, outside any transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from helpline.database import Work
from helpline.log import logger
from helpline.nouns import CarrierName
from helpline.outbox import Kind
from helpline.privacy import SealBroken, caller_number, command_words, person_number
from helpline.tables import Caller, CommandRow, Contact, Leg, Person

CLOCK_SKEW = timedelta(seconds=2)
LEAVE_WITHIN = timedelta(seconds=3)
TESTS = frozenset({Kind.TEST_CALL, Kind.TEST_TEXT})
"""The line contacts itself."""
PACED_AS = {Kind.READY_CALL: Kind.RING, Kind.TEST_CALL: Kind.RING, Kind.TEST_TEXT: Kind.TEXT}
"""What shares the pace of calls and texts about contacts, and comes after them."""
log = logger(__name__)


@dataclass(frozen=True)
class Errand:
    """A command as it is carried outside a transaction; numbers and words are in memory only."""

    command: UUID
    carrier: CarrierName
    kind: Kind
    settling: bool
    since: datetime
    leave_by: datetime
    sender: str
    to: str = ""
    sid: str = ""
    words: str = ""
    path: str = ""
    seconds: int = 0
    contact: UUID | None = None
    leg: UUID | None = None
    readable: bool = True


def errand_of(work: Work, row: CommandRow, carrier: CarrierName, *, settling: bool) -> Errand:
    """What is to be carried to `carrier` for this command; not readable if a seal on it is broken."""
    leg = work.session.get(Leg, row.leg_id) if row.leg_id else None
    to, words, readable = "", "", True
    try:
        to = _number(work, row)
        words = work.vault.open(row.words, command_words(row.id)) if row.words else ""
    except SealBroken as fault:
        log.error("command.unreadable", fault=fault, command=str(row.id), kind=row.kind)
        readable = False
    return Errand(
        command=row.id,
        carrier=carrier,
        kind=Kind(row.kind),
        settling=settling,
        since=(row.sent_at or work.now) - CLOCK_SKEW,
        leave_by=work.now + LEAVE_WITHIN,
        sender=_sender(work, row, carrier),
        to=to,
        sid=leg.sid or "" if leg is not None else "",
        words=words,
        path=row.path or "",
        seconds=row.seconds or 0,
        contact=row.contact_id,
        leg=row.leg_id,
        readable=readable,
    )


def _sender(work: Work, row: CommandRow, carrier: CarrierName) -> str:
    """The line's number that a call or text comes from: a caller's is the one they called, if the line has it still."""
    line = work.line()
    tests = line.test_contacts
    if row.kind in TESTS and tests is not None:
        return tests.from_number
    held = line.numbers_of(carrier) or (line.line.number,)
    if row.caller_id is None or row.contact_id is None or not line.line.numbers:
        return held[0]
    called = work.session.get_one(Contact, row.contact_id).called
    return called if called in held else held[0]


def _number(work: Work, row: CommandRow) -> str:
    if row.kind in TESTS:
        return work.line().line.number
    if row.person_id is not None and row.kind in (Kind.RING, Kind.TEXT, Kind.READY_CALL):
        person = work.session.get_one(Person, row.person_id)
        return work.vault.open(person.number, person_number(person.id))
    if row.caller_id is not None:
        caller = work.session.get_one(Caller, row.caller_id)
        return work.vault.open(caller.number, caller_number(caller.id)) if caller.number else ""
    return ""
