"""The sign-off of a grave contact: opened when the contact ends, and what keeps it from closing until it is signed."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from helpline import journal, timers
from helpline.database import Work
from helpline.nouns import CONTACT_OVER, ContactState, OfferState, SignOffState, TimerKind
from helpline.tables import Contact, Offer, SignOff
from routing.closing import Lack, lacking
from routing.moves import move_sign_off

HELD = (OfferState.BRIDGED, OfferState.WRAPPING, OfferState.COMPLETED)


def look(work: Work, contact: Contact) -> None:
    """Open the sign-off of a contact that has ended and is grave, if the line signs such and it is not open yet."""
    policy = work.line(contact.line_version_id).closing
    if policy is None or contact.risk < policy.tier or not _has_ended(contact):
        return
    if of_contact(work, contact.id) is not None:
        return
    row = SignOff(id=work.new_id(), contact_id=contact.id, state=SignOffState.LACKING, opened_at=work.now)
    work.session.add(row)
    work.session.flush()
    journal.note(work, "sign_off.lacking", contact=contact.id, why="a contact as grave as this is closed by two")
    timers.schedule(work, TimerKind.SIGN_OFF, row.id, work.now)


def of_contact(work: Work, contact: UUID) -> SignOff | None:
    return work.session.scalar(select(SignOff).where(SignOff.contact_id == contact))


def is_awaited(work: Work, contact: Contact) -> bool:
    """Whether the contact may not close yet, because nobody has signed it."""
    row = of_contact(work, contact.id)
    return row is not None and row.state is not SignOffState.SIGNED


def settle(work: Work, contact: Contact) -> None:
    """After something was filed: what was lacking may be there now. Whoever is asked next is asked at once."""
    row = of_contact(work, contact.id)
    if row is None or row.state is SignOffState.SIGNED:
        return
    if row.state is SignOffState.LACKING and not lacks_of(work, contact, row):
        move_sign_off(work, row, SignOffState.READY, "filed, with a safety check")
    timers.bring_forward(work, TimerKind.SIGN_OFF, row.id, work.now)


def lacks_of(work: Work, contact: Contact, row: SignOff) -> tuple[Lack, ...]:
    """What has still to be said of how the contact ended."""
    held = bool(had_by(work, contact.id))
    return lacking(disposition=contact.disposition, safety=row.safety, was_held=held)


def had_by(work: Work, contact: UUID) -> list[UUID]:
    """Whoever has had the contact, the last one first."""
    held = select(Offer.person_id).where(Offer.contact_id == contact, Offer.state.in_(HELD))
    return list(dict.fromkeys(work.session.scalars(held.order_by(Offer.accepted_at.desc()))))


def _has_ended(contact: Contact) -> bool:
    """A call of ours that nobody took has told nobody anything: the contact it was made for is signed instead."""
    if contact.outbound and contact.state in {ContactState.ABANDONED, ContactState.DIVERTED}:
        return False
    return contact.state in CONTACT_OVER | {ContactState.WRAP_UP}
