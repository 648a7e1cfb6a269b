"""Tries everybody's phone, one after another at the account's pace: one text, or one call, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from sqlalchemy import select

from carrier import twiml
from carrier.account import CarrierAccount, TextSeen
from carrier.port import Busy, Refused, Unclear
from entrypoints.doctor.findings import Finding
from entrypoints.doctor.ground import Ground
from entrypoints.doctor.people import Member
from entrypoints.doctor.reach import (
    CALL_OVER,
    TEXT_OVER,
    held_back,
    is_night,
    judge_busy,
    judge_call,
    judge_refused,
    judge_text,
    judge_unclear,
)
from helpline.database import Database
from helpline.line import Line
from helpline.nouns import WAITING
from helpline.tables import Contact, Person
from shifts.roster import roster

SAID = "This is a test of {line}. Nobody is waiting for you and you need not do anything. Thank you for being there."
WRITTEN = "This is a test of {line}. Nobody is waiting for you; there is no need to answer. Thank you for being there."
RINGS = 20
CALL_LOOKS, TEXT_LOOKS = 75, 30
"""How often a call or a text is asked after, once a second."""


def ring_everybody(
    ground: Ground, database: Database, carrier: CarrierAccount, members: Sequence[Member], *, at_night: bool
) -> Iterator[Finding]:
    """Ring each of them once and speak a sentence."""
    for member in members:
        line, held = _line_and_hindrance(database, member, "ring", at_night=at_night)
        yield held or _ring(ground, carrier, line, member)
        if held is None:
            ground.pause(1 / ground.calls_per_second)


def text_everybody(
    ground: Ground, database: Database, carrier: CarrierAccount, members: Sequence[Member], *, at_night: bool
) -> Iterator[Finding]:
    """Text each of them once."""
    for member in members:
        line, held = _line_and_hindrance(database, member, "text", at_night=at_night)
        yield held or _text(ground, carrier, line, member)
        if held is None:
            ground.pause(1 / ground.texts_per_second)


def _ring(ground: Ground, carrier: CarrierAccount, line: Line, member: Member) -> Finding:
    check = f"ring {member.name}"
    document = twiml.say_and_end([("en", SAID.format(line=line.line.name))])
    try:
        sid = carrier.say(member.number or "", line.line.number, document, RINGS)
    except Refused as refused:
        return judge_refused(check, member.name, refused.code)
    except Busy:
        return judge_busy(check, member.name)
    except Unclear:
        return judge_unclear(check, member.name)
    status = "queued"
    try:
        status = _follow_call(ground, carrier, sid)
    finally:
        if status not in CALL_OVER:
            with suppress(Refused, Busy, Unclear):
                carrier.hang_up(sid)
    return judge_call(member.name, status)


def _follow_call(ground: Ground, carrier: CarrierAccount, sid: str) -> str:
    """The call's last status; a call that was answered and goes on for too long counts as answered."""
    status = "queued"
    for _ in range(CALL_LOOKS):
        with suppress(Busy, Unclear):
            status = carrier.call_status(sid)
        if status in CALL_OVER:
            break
        ground.pause(1)
    return status


def _text(ground: Ground, carrier: CarrierAccount, line: Line, member: Member) -> Finding:
    check = f"text {member.name}"
    try:
        sid = carrier.text(member.number or "", line.line.number, WRITTEN.format(line=line.line.name))
    except Refused as refused:
        return judge_refused(check, member.name, refused.code)
    except Busy:
        return judge_busy(check, member.name)
    except Unclear:
        return judge_unclear(check, member.name)
    seen = TextSeen("queued", 0)
    for _ in range(TEXT_LOOKS):
        with suppress(Busy, Unclear):
            seen = carrier.text_status(sid)
        if seen.status in TEXT_OVER:
            break
        ground.pause(1)
    return judge_text(member.name, seen.status, seen.code)


def _line_and_hindrance(
    database: Database, member: Member, verb: str, *, at_night: bool
) -> tuple[Line, Finding | None]:
    """The line, and why this person is not to be disturbed now. Asked anew before each: a test gives way to callers."""
    with database.work() as work:
        line = work.line()
        waiting = work.session.scalar(select(Contact.id).where(Contact.state.in_(WAITING)).limit(1)) is not None
        person = work.session.scalar(select(Person.id).where(Person.name == member.name))
        now = roster(work)
        busy = person is not None and (bool(now.held.get(person)) or person in now.on_the_phone)
        night = is_night(work.now, line.zone) and not at_night
    return line, held_back(f"{verb} {member.name}", member.name, night=night, busy=busy, waiting=waiting)
