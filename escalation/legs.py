"""What the carrier's news of a leg means, whether the leg belongs to an offer, a page or the caller."""

from __future__ import annotations

from escalation import elsewhere, pages
from helpline.database import Work
from helpline.nouns import LegState
from helpline.tables import Contact, Leg, Page
from routing import calls


def leg_news(work: Work, contact: Contact, leg: Leg, status: str) -> None:
    """The leg is where `status` (one of the carrier's words) says. The contact is locked."""
    passed_on = leg.state is LegState.PASSED_ON
    told_before = leg.state is LegState.ENDED and elsewhere.is_apart(contact, leg)
    calls.leg_status(work, contact, leg, status)
    if leg.page_id is None or leg.offer_id is not None or leg.state is not LegState.ENDED:
        return
    row = work.session.get_one(Page, leg.page_id)
    if passed_on:
        elsewhere.ring_there(work, contact, row)
    elif not told_before:
        pages.unanswered(work, contact, row, f"the call ended: {status}")
