"""A clinician whom one carrier did not bring: asked again by the other.

Whoever answers on another carrier than the caller's is rung again on the caller's, since no conference holds both. The
page stays open and the ladder goes on: nobody counts as there before the caller can hear them.
"""

from __future__ import annotations

from datetime import timedelta

from carrier.health import Health
from carrier.standing import standings
from escalation import pages
from helpline import journal, timers
from helpline.database import Work
from helpline.nouns import (
    CONTACT_OVER,
    CarrierName,
    CaseState,
    Channel,
    ContactState,
    LegState,
    PageState,
    TimerKind,
)
from helpline.tables import Case, Contact, Leg, Page
from routing.moves import move_leg

OVER = CONTACT_OVER | {ContactState.WRAP_UP}


def is_apart(contact: Contact, leg: Leg) -> bool:
    """Whether the leg is of another carrier than the caller's call."""
    return contact.channel is Channel.VOICE and leg.carrier not in (None, contact.carrier)


def passes_on(work: Work, contact: Contact, row: Page, leg: Leg) -> bool:
    """Whether this clinician, who has just pressed the key, has to be rung on the caller's carrier; noted if so."""
    if not is_apart(contact, leg) or not _is_wanted(work, contact, row):
        return False
    move_leg(work, leg, LegState.PASSED_ON)
    if row.state is PageState.OPEN:
        patience = timedelta(seconds=work.line(contact.line_version_id).ladder.ring_seconds) + pages.PAGE_GRACE
        timers.schedule(work, TimerKind.PAGE, row.id, work.now + patience)
    journal.note(work, "page.elsewhere", contact=contact.id, person=row.person_id, page=str(row.id))
    return True


def ring_there(work: Work, contact: Contact, row: Page) -> None:
    """Their line is free again: ring them once more, on the caller's carrier, if they are needed still."""
    if _is_wanted(work, contact, row):
        pages.ring_now(work, contact, row, contact.carrier)


def ring_otherwise(work: Work, contact: Contact, row: Page, tried: CarrierName) -> bool:
    """Ring an open page by a carrier that is well, after an ill one has left it unknown what became of the ring.

    False if there is no such carrier, or the page is over: the ladder then sends the next.
    """
    found = standings(work)
    well = [name for name in CarrierName if name not in found or found[name].health is Health.HEALTHY]
    has_two = work.line().carriers is not None
    if not has_two or tried in well or not well or row.state is not PageState.OPEN or contact.state in OVER:
        return False
    pages.ring_now(work, contact, row)
    why = found[tried].reason
    journal.note(work, "page.otherwise", contact=contact.id, person=row.person_id, page=str(row.id), why=why)
    return True


def _is_wanted(work: Work, contact: Contact, row: Page) -> bool:
    """Whether the page may still be acknowledged: nobody has, and the contact is not over."""
    if contact.state in OVER:
        return False
    case = work.session.get_one(Case, row.case_id)
    return row.state is PageState.OPEN or case.state is CaseState.OPEN
