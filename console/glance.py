"""How the line stands now, in figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from escalation.rules import broken
from helpline.database import Work
from helpline.nouns import WAITING, CaseState, ContactState
from helpline.tables import Case, Contact, Page, TimerRow
from shifts.roster import roster

LATE = timedelta(seconds=15)
LATELY = timedelta(hours=1)
"""How long ago a contact may have ended for the rules to be asked of it here: a page is not to read the whole past."""


@dataclass(frozen=True)
class Glance:
    """Counts, seconds, and the rules that are broken, one sentence each."""

    line: str
    waiting: int
    longest_wait_seconds: int
    connected: int
    on_shift: int
    clinicians_on_call: int
    open_pages: int
    timers_late: int
    broken: list[str]


def glance(work: Work) -> Glance:
    """The line now."""
    session = work.session
    waiting, oldest = session.execute(
        select(func.count(Contact.id), func.min(Contact.waiting_since)).where(Contact.state.in_(WAITING))
    ).one()
    late = session.scalar(select(func.count(TimerRow.id)).where(TimerRow.due_at < work.now - LATE)) or 0
    coverage = roster(work).coverage
    return Glance(
        line=work.line().line.name,
        waiting=waiting,
        longest_wait_seconds=int((work.now - oldest).total_seconds()) if oldest else 0,
        connected=session.scalar(select(func.count(Contact.id)).where(Contact.state == ContactState.CONNECTED)) or 0,
        on_shift=len(coverage.on_shift),
        clinicians_on_call=sum(len(people) for people in coverage.on_call.values()),
        open_pages=session.scalar(
            select(func.count(Page.id))
            .join(Case, Case.id == Page.case_id)
            .where(Page.state == "open", Case.state == CaseState.OPEN)
        )
        or 0,
        timers_late=late,
        broken=[*broken(work, work.now - LATELY), *([f"{late} timers are late: does a ticker run?"] if late else [])],
    )
