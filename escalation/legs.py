"""What the carrier's news of a leg means, whether the leg belongs to an offer, a page or the caller."""

from __future__ import annotations

from escalation import cases
from helpline.database import Work
from helpline.nouns import LegState
from helpline.tables import Contact, Leg, Page
from routing import calls


def leg_news(work: Work, contact: Contact, leg: Leg, status: str) -> None:
    """The leg is where `status` (one of the carrier's words) says. The contact is locked."""
    calls.leg_status(work, contact, leg, status)
    if leg.page_id is not None and leg.offer_id is None and leg.state is LegState.ENDED:
        cases.unanswered(work, contact, work.session.get_one(Page, leg.page_id), f"the call ended: {status}")
