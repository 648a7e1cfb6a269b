"""A call that breaks off while somebody may be in danger: a person decides what is done, and who comes back is first.

Nobody is called back who has not asked for it: the clinician who acknowledges decides what else there is to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from escalation import cases, pages
from escalation.ladder import Why
from helpline import journal, outbox
from helpline.database import Work
from helpline.nouns import CASE_MOVES, CaseState, PageState, Tier, check
from helpline.tables import Case, Contact, Page
from routing import contacts, queues
from routing.moves import lock_contact


def came_back(work: Work, contact: Contact) -> None:
    """Whoever is received may be somebody who was cut off: then the risk is theirs still, and they are first."""
    policy = work.line().silence
    if policy is None or not policy.expected_back:
        return
    cut_off = (
        select(Contact.id)
        .join(Case, Case.contact_id == Contact.id)
        .where(
            Contact.caller_id == contact.caller_id,
            Contact.id != contact.id,
            Case.called_why == Why.DROPPED,
            Case.called_at >= work.now - policy.expected_back,
            Case.state != CaseState.STOOD_DOWN,
        )
        .order_by(Case.called_at.desc())
        .limit(1)
    )
    found = work.session.scalar(cut_off)
    if found is None:
        return
    earlier = lock_contact(work, found)
    case = cases.case_of(work, earlier)
    if case.state is not CaseState.STOOD_DOWN:
        _take_over(work, contact, earlier, case)


def _take_over(work: Work, contact: Contact, earlier: Contact, case: Case) -> None:
    told = _paged(work, case)
    pages.close_open(work, case, PageState.STOOD_DOWN)
    case.state = check(CASE_MOVES, case.state, CaseState.STOOD_DOWN)
    journal.note(work, "case.came_back", contact=earlier.id, why="the caller is back", now=str(contact.id))
    contact.front = True
    contacts.raise_risk(work, contact, Tier(earlier.risk), "came back after a call that broke off")
    queues.follow_risk(work, contact)
    line = work.line(earlier.line_version_id)
    for person, tag in told:
        words = line.words("dropped_back", tag=tag)
        outbox.text_person(work, person, words, urgency=outbox.Urgency.PAGE, contact=contact.id)
    cases.tell_supervisors(work, contact, "supervisor_back")


def _paged(work: Work, case: Case) -> Sequence[tuple[UUID, str]]:
    """Whoever was paged since the call broke off, each once, with the letter they know it by last."""
    rows = work.session.execute(
        select(Page.person_id, Page.tag)
        .where(Page.case_id == case.id, Page.paged_at >= case.called_at)
        .order_by(Page.paged_at)
    )
    return [(person, tag) for person, tag in {person: tag for person, tag in rows}.items()]
