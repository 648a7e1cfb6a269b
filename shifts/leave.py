"""Days on which somebody is away: what would be theirs then is open to others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from helpline import journal
from helpline.database import Work
from helpline.locks import lock_rota
from helpline.tables import LeaveRow
from shifts.roster import current_rota
from shifts.rota import Occurrence

LONGEST = timedelta(days=366)


class LeaveRefused(Exception):
    """The leave cannot be, or is not there; the text says why."""


def leaves(work: Work, person: UUID | None = None) -> Sequence[LeaveRow]:
    """Whose leave has not ended on the line's day, earliest first; of one person, or of everybody."""
    today = work.now.astimezone(work.line().zone).date()
    found = select(LeaveRow).where(LeaveRow.last_on >= today).order_by(LeaveRow.first_on, LeaveRow.id)
    return work.session.scalars(found if person is None else found.where(LeaveRow.person_id == person)).all()


def away(work: Work, person: UUID, first: date, last: date) -> list[Occurrence]:
    """Somebody is away on these days, both among them. What of theirs is open for it. LeaveRefused if it cannot be."""
    lock_rota(work)
    today = work.now.astimezone(work.line().zone).date()
    if last < first:
        raise LeaveRefused("the last day is before the first")
    if last < today:
        raise LeaveRefused("those days are over")
    if last - first > LONGEST:
        raise LeaveRefused("that is more than a year: take them off the roster instead")
    for row in leaves(work, person):
        if row.first_on <= last and first <= row.last_on:
            raise LeaveRefused(f"they are away from {row.first_on} to {row.last_on} already")
    rota, days = current_rota(work), [first + timedelta(days=n) for n in range((last - first).days + 1)]
    theirs = [one for on in days if on >= today for one in rota.beginning_on(on) if one.person == person]
    work.session.add(LeaveRow(id=work.new_id(), person_id=person, first_on=first, last_on=last))
    work.session.flush()
    journal.note(work, "leave.added", person=person, first=first.isoformat(), last=last.isoformat())
    return theirs


def back(work: Work, person: UUID, first: date) -> LeaveRow:
    """The leave of theirs that begins on that day is called off. LeaveRefused if there is none."""
    row = work.session.scalar(select(LeaveRow).where(LeaveRow.person_id == person, LeaveRow.first_on == first))
    if row is None:
        raise LeaveRefused(f"there is no leave of theirs that begins on {first}")
    work.session.delete(row)
    work.session.flush()
    journal.note(work, "leave.removed", person=person, first=first.isoformat())
    return row
