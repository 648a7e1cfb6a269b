"""`here`, `late 10`, `break 15`, `off`, `ready`: what somebody of the roster texts about being there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from helpline.database import Work
from helpline.presence_policy import Presence
from helpline.privacy import caller_number
from helpline.tables import Caller, DutyRow, Person
from routing import protection, threads
from routing.attendance import duties, leaving, presence, stand_ins, there
from routing.attendance.notices import clock, name_of, on_until, to_coordinators, to_person, to_supervisors
from shifts.roster import person_by_number

HERE = re.compile(r"^(?P<line>line\s+)?(?:here|in|back)$", re.IGNORECASE)
LATE = re.compile(r"^(?:line\s+)?late\s+(?P<minutes>\d{1,3})(?:\s*min(?:ute)?s?)?$", re.IGNORECASE)
BREAK = re.compile(
    r"^(?P<line>line\s+)?break(?:\s+(?P<minutes>\d{1,3})(?:\s*min(?:ute)?s?)?)?$",
    re.IGNORECASE,
)
OFF = re.compile(r"^(?P<line>line\s+)?off(?P<yes>\s+yes)?$", re.IGNORECASE)
READY = re.compile(r"^(?P<line>line\s+)?ready$", re.IGNORECASE)
NEXT = timedelta(days=7)
"""How far ahead somebody who is not on shift is told of their next one."""


def obey(work: Work, person: Person, text: str) -> bool:
    """Do what `person` texted about being there. False if it is something else, or the line has no such policy.

    In a text conversation a bare word is said to the caller, and a command only with LINE before it.
    """
    policy = work.line().presence
    if policy is None:
        return False
    words = text.strip().rstrip(".!").rstrip()
    for pattern, act in _COMMANDS:
        found = pattern.match(words)
        if found is not None:
            return _is_meant(work, person, found) and act(work, person, policy, found)
    return False


def _is_meant(work: Work, person: Person, found: re.Match[str]) -> bool:
    parts = found.groupdict()
    if any(parts.get(name) for name in ("line", "minutes", "yes")):
        return True
    return not threads.threads_of(work, person.id)


def arrive(work: Work, person: Person) -> DutyRow | None:
    """Check somebody in who says that they are there; whatever kept them from being asked is over."""
    row = presence.check_in(work, person.id)
    if row is not None and protection.is_spared(work, person):
        protection.back(work, person)
        protection.seen(work, person.id)
    return row


def calls_to_check_in(work: Work, number: str) -> bool:
    """Whether whoever calls from `number` is somebody of the roster who has still to check in for a shift."""
    policy = work.line().presence
    if policy is None or not policy.is_required:
        return False
    person = person_by_number(work, number)
    return person is not None and presence.is_due(work, person.id)


def check_in_by_call(work: Work, caller: Caller) -> bool:
    """Check in whoever has called and pressed the key. False if there is no shift of theirs to check in for."""
    if caller.number is None:
        return False
    person = person_by_number(work, work.vault.open(caller.number, caller_number(caller.id)))
    return person is not None and arrive(work, person) is not None


def _here(work: Work, person: Person, policy: Presence, found: re.Match[str]) -> bool:
    """There for their own shift; else in somebody's place, or on call; else, if they were not being asked, back."""
    row = arrive(work, person) if policy.is_required or presence.is_away(work, person.id) else None
    if row is not None:
        to_person(work, person.id, "checked_in", what=on_until(work, row))
        return True
    if found[0].lower().endswith("in") and _step_in(work, person):
        return True
    if presence.ready(work, person.id) is not None:
        return _tell_ready(work, person)
    if not policy.is_required or (work.line().protection is not None and protection.is_spared(work, person)):
        return False
    _not_on_shift(work, person)
    return True


def _step_in(work: Work, person: Person) -> bool:
    wanted = stand_ins.wanted(work, person.id)
    if wanted is None:
        if not stand_ins.was_asked(work, person.id):
            return False
        to_person(work, person.id, "stand_in_taken")
        return True
    until = wanted.wanted_until
    if stand_ins.step_in(work, wanted, person.id) is None:
        to_person(work, person.id, "stand_in_taken")
        return True
    arrive(work, person)
    facts = {"name": name_of(work, wanted.person_id), "closes": clock(work, until, person.id)}
    to_person(work, person.id, "stand_in_on", **facts)
    return True


def _late(work: Work, person: Person, policy: Presence, found: re.Match[str]) -> bool:
    row = duties.on_now(work, person.id, duties.SOON)
    if row is None:
        _not_on_shift(work, person)
    elif row.checked_in_at is not None and row.starts_at <= work.now:
        to_person(work, person.id, "late_already")
    else:
        presence.be_late(work, row, int(found["minutes"]))
        to_person(work, person.id, "late_noted", opens=clock(work, row.expected_at, person.id))
        minutes = row.late_minutes or 0
        if policy.late_told_from_minutes <= minutes:
            opens = f"{row.expected_at.astimezone(work.line().zone):%H:%M}"
            to_coordinators(work, "coordinator_late", name=person.name, count=minutes, opens=opens)
    return True


def _break(work: Work, person: Person, policy: Presence, found: re.Match[str]) -> bool:
    """A break is never refused: who is alone hears who answers meanwhile, and so does the supervisor."""
    row = duties.on_now(work, person.id)
    if row is None:
        _not_on_shift(work, person)
        return True
    minutes = min(int(found["minutes"] or policy.break_minutes), policy.longest_break_minutes)
    presence.take_break(work, row, policy, max(1, minutes))
    to_person(work, person.id, "break_begun", closes=clock(work, row.break_until, person.id))
    if not there.others_there(work, person.id):
        to_person(work, person.id, "break_alone")
        closes = f"{work.now.astimezone(work.line().zone) + timedelta(minutes=minutes):%H:%M}"
        to_supervisors(work, "supervisor_break", name=person.name, closes=closes)
    return True


def _off(work: Work, person: Person, policy: Presence, found: re.Match[str]) -> bool:
    """Their shift ends now. Whoever is the only one there is asked once more, and then backups are."""
    del policy
    row = duties.on_now(work, person.id)
    if row is None:
        _not_on_shift(work, person)
        return True
    alone = not there.others_there(work, person.id)
    if alone and not found["yes"]:
        to_person(work, person.id, "off_alone")
        return True
    leaving.leave(work, row, alone=alone)
    to_person(work, person.id, "off_done")
    return True


def _ready(work: Work, person: Person, policy: Presence, found: re.Match[str]) -> bool:
    del policy, found
    return presence.ready(work, person.id) is not None and _tell_ready(work, person)


def _tell_ready(work: Work, person: Person) -> bool:
    row = next(row for row in duties.open_of(work, person.id) if row.tier is not None)
    to_person(work, person.id, "on_call_ready_noted", closes=clock(work, row.ends_at, person.id))
    return True


def _not_on_shift(work: Work, person: Person) -> None:
    coming = duties.next_stretch(work, person.id, NEXT)
    opens = clock(work, coming.starts, person.id) if coming is not None else ""
    what = work.line().words("next_shift", opens=opens) if opens else ""
    to_person(work, person.id, "not_on_shift", what=what)


Act = Callable[[Work, Person, Presence, re.Match[str]], bool]
_COMMANDS: tuple[tuple[re.Pattern[str], Act], ...] = (
    (HERE, _here),
    (LATE, _late),
    (BREAK, _break),
    (OFF, _off),
    (READY, _ready),
)
