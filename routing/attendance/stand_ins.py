"""Whoever steps in for somebody who has not come, or has gone: asked, put on the rota, and relieved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from helpline import journal, outbox, timers
from helpline.database import Work
from helpline.nouns import DutyState, Role, TimerKind
from helpline.tables import DutyRow, Person, ShiftRow
from routing.attendance import duties
from shifts.roster import Member, current_rota, roster
from shifts.rota import Occurrence
from shifts.single import add_single, cut_short

STAND_INS = {Role.PEER: Role.BACKUP, Role.BACKUP: Role.BACKUP}
"""Who is asked to step in for whom."""
LATELY = timedelta(hours=12)


def ask(work: Work, row: DutyRow, words: str, until: datetime) -> int:
    """Text those who may step in until that moment. Returns how many were asked."""
    asked = candidates(work, row)
    row.wanted_until = until if asked else None
    for one in asked:
        outbox.text_person(work, one.id, words, urgency=outbox.Urgency.OFFER)
    journal.note(work, "duty.wanted", person=row.person_id, duty=str(row.id), asked=[str(one.id) for one in asked])
    return len(asked)


def candidates(work: Work, row: DutyRow) -> Sequence[Member]:
    """Backups, for a shift that is not a clinician's; for a time on call whoever is on call in that tier until then."""
    now = roster(work)
    if row.tier is not None:
        theirs = set(_on_call_before(work, row))
        return [one for one in now.people if one.id in theirs]
    role = STAND_INS.get(row.role)
    return [one for one in now.people if one.role is role and one.id != row.person_id]


def _on_call_before(work: Work, row: DutyRow) -> list[UUID]:
    """Who of the tier is on call just before this duty begins."""
    rota = current_rota(work)
    before = [one for one in rota.between(row.starts_at - duties.EVERY, row.starts_at) if one.tier == row.tier]
    return [one.person for one in before if one.person is not None and one.person != row.person_id]


def wanted(work: Work, person: UUID) -> DutyRow | None:
    """For whom this person was asked to step in and somebody still is wanted; the earliest, if for several."""
    query = select(DutyRow).where(DutyRow.wanted_until > work.now).order_by(DutyRow.wanted_until, DutyRow.id)
    for row in work.session.scalars(query):
        if any(one.id == person for one in candidates(work, row)):
            return row
    return None


def step_in(work: Work, row: DutyRow, person: UUID) -> DutyRow | None:
    """`person` is on in the place of whoever the duty is of. None if somebody else was first."""
    for one in sorted({row.person_id, person}):
        duties.lock_person(work, one)
    work.session.refresh(row)
    if row.wanted_until is None or row.wanted_until <= work.now:
        return None
    starts = max(work.now, row.starts_at)
    shift = add_single(work, person, row.role, starts, row.wanted_until, row.tier)
    row.wanted_until, row.stand_in_id, row.stand_in_shift_id = None, person, shift.id
    journal.note(work, "duty.stood_in", person=person, duty=str(row.id), shift=str(shift.id))
    duties.look_again(work)
    return row


def relieve(work: Work, row: DutyRow) -> None:
    """Whoever it is of has come, or is no longer wanted: nobody is asked in their place, and a stand-in may go."""
    row.wanted_until = None
    shift = work.session.get(ShiftRow, row.stand_in_shift_id) if row.stand_in_shift_id else None
    if shift is None or row.stand_in_id is None:
        return
    one = _occurrence(work, shift)
    row.stand_in_shift_id = None
    if one is None or one.ends <= work.now:
        return
    cut_short(work, one, row.person_id)
    name = work.session.get_one(Person, row.person_id).name
    words = work.line().words("stand_in_over", name=name)
    outbox.text_person(work, row.stand_in_id, words, urgency=outbox.Urgency.NOTICE)
    journal.note(work, "duty.relieved", person=row.stand_in_id, duty=str(row.id), shift=str(shift.id))
    _look_after(work, row.stand_in_id)
    row.stand_in_id = None


def _occurrence(work: Work, shift: ShiftRow) -> Occurrence | None:
    return current_rota(work).occurrence(shift.id, shift.first_on)


def _look_after(work: Work, person: UUID) -> None:
    """The stand-in's own duty is kept to the rota at once, by its own timer."""
    mine = select(DutyRow.id).where(DutyRow.person_id == person, DutyRow.state != DutyState.ENDED)
    for duty in work.session.scalars(mine):
        timers.bring_forward(work, TimerKind.DUTY, duty, work.now)


def was_asked(work: Work, person: UUID) -> bool:
    """Whether this person was asked lately to step in for a duty that somebody else has taken since."""
    query = select(DutyRow).where(DutyRow.stand_in_id.is_not(None), DutyRow.starts_at > work.now - LATELY)
    return any(one.id == person for row in work.session.scalars(query) for one in candidates(work, row))
