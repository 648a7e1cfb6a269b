"""A clinician whom one carrier did not bring: asked again by the other.

Whoever answers on another carrier than the caller's is rung again on the caller's, since no conference holds both. The
page stays open and the ladder goes on: nobody counts as there before the caller can hear them.
"""

from __future__ import annotations

from datetime import timedelta

from carrier.health import Health
from carrier.standing import standings
from escalation import cases
from helpline import journal, timers
from helpline.database import Work
from helpline.nouns import CONTACT_OVER, CarrierName, Channel, ContactState, LegState, PageState, Tier, TimerKind
from helpline.tables import Contact, Leg, Page
from routing.moves import move_leg


def is_apart(contact: Contact, leg: Leg) -> bool:
    """Whether the leg is of another carrier than the caller's call."""
    return contact.channel is Channel.VOICE and leg.carrier not in (None, contact.carrier)


def passes_on(work: Work, contact: Contact, row: Page, leg: Leg) -> bool:
    """Whether this clinician, who has just pressed the key, has to be rung on the caller's carrier; noted if so."""
    if not is_apart(contact, leg) or not _is_wanted(contact, row):
        return False
    move_leg(work, leg, LegState.PASSED_ON)
    _be_patient(work, contact, row)
    journal.note(work, "page.elsewhere", contact=contact.id, person=row.person_id, page=str(row.id))
    return True


def ring_there(work: Work, contact: Contact, row: Page) -> None:
    """Their line is free again: ring them once more, on the caller's carrier, if they are needed still."""
    if not _is_wanted(contact, row):
        return
    seconds, danger = work.line(contact.line_version_id).ladder.ring_seconds, contact.risk >= Tier.HIGH
    cases.ring_page(work, contact, row, seconds, danger=danger, carrier=contact.carrier)
    _be_patient(work, contact, row)


def ring_otherwise(work: Work, contact: Contact, row: Page, tried: CarrierName) -> bool:
    """Ring an open page by a carrier that is well, after an ill one has left it unknown what became of the ring.

    False if there is no such carrier, or the clinician is needed no longer: the ladder then sends the next page.
    """
    line, found = work.line(), standings(work)
    well = [name for name in CarrierName if name not in found or found[name].health is Health.HEALTHY]
    if line.carriers is None or tried in well or not well or not _is_wanted(contact, row):
        return False
    danger = contact.risk >= Tier.HIGH
    cases.ring_page(work, contact, row, work.line(contact.line_version_id).ladder.ring_seconds, danger=danger)
    _be_patient(work, contact, row)
    journal.note(
        work, "page.otherwise", contact=contact.id, person=row.person_id, page=str(row.id), why=found[tried].reason
    )
    return True


def _is_wanted(contact: Contact, row: Page) -> bool:
    return row.state is PageState.OPEN and contact.state not in CONTACT_OVER | {ContactState.WRAP_UP}


def _be_patient(work: Work, contact: Contact, row: Page) -> None:
    patience = timedelta(seconds=work.line(contact.line_version_id).ladder.ring_seconds) + cases.PAGE_GRACE
    timers.schedule(work, TimerKind.PAGE, row.id, work.now + patience)
