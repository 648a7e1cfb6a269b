"""Contacts and what belongs to them, and duties, change state here and nowhere else: by their table, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select

from helpline import journal, timers
from helpline.database import Work
from helpline.nouns import (
    CONTACT_MOVES,
    CONTACT_OVER,
    DUTY_MOVES,
    FOLLOW_UP_MOVES,
    LEG_MOVES,
    LEG_UP,
    OFFER_HOLDS,
    OFFER_MOVES,
    OFFER_TAKEN,
    SIGN_OFF_MOVES,
    TRANSFER_MOVES,
    TRANSFER_OPEN,
    ContactState,
    DutyState,
    FollowUpState,
    LegRole,
    LegState,
    OfferState,
    SignOffState,
    TimerKind,
    TransferState,
    check,
)
from helpline.tables import Contact, DutyRow, FollowUp, Leg, Listening, Offer, SignOff, Transfer

CONTACT = (
    select(Contact)
    .where(Contact.id == bindparam("contact"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
OFFERS = (
    select(Offer)
    .where(Offer.contact_id == bindparam("contact"))
    .order_by(Offer.offered_at, Offer.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)
LEGS = select(Leg).where(Leg.contact_id == bindparam("contact"), Leg.state.in_(LEG_UP)).order_by(Leg.id)
LEG_OF_OFFER = select(Leg).where(Leg.offer_id == bindparam("offer"), Leg.state.in_(LEG_UP))


def lock_contact(work: Work, contact: UUID) -> Contact:
    """The contact, locked until the end of the transaction and read anew."""
    return work.session.scalars(CONTACT, {"contact": contact}).one()


def move_contact(work: Work, contact: Contact, to: ContactState, why: str, **reasons: Any) -> None:
    """Move a contact, or raise IllegalMove."""
    before = contact.state
    contact.state = check(CONTACT_MOVES, before, to)
    if to in CONTACT_OVER:
        contact.ended_at = work.now
    journal.note(work, f"contact.{to}", contact=contact.id, why=why, before=before, **reasons)


def move_offer(work: Work, offer: Offer, to: OfferState, why: str, **reasons: Any) -> None:
    """Move an offer, or raise IllegalMove. A transfer that it is part of is looked at again at once."""
    before = offer.state
    offer.state = check(OFFER_MOVES, before, to)
    if to not in OFFER_HOLDS:
        offer.ended_at = work.now
    journal.note(
        work,
        f"offer.{to}",
        contact=offer.contact_id,
        person=offer.person_id,
        offer=str(offer.id),
        why=why,
        before=before,
        **reasons,
    )
    if offer.transfer_id is not None:
        timers.bring_forward(work, TimerKind.TRANSFER, offer.transfer_id, work.now)


def move_transfer(work: Work, transfer: Transfer, to: TransferState, why: str, person: UUID | None) -> None:
    """Move a transfer, or raise IllegalMove. `person` is who was asked."""
    before = transfer.state
    transfer.state = check(TRANSFER_MOVES, before, to)
    if to not in TRANSFER_OPEN:
        transfer.ended_at = work.now
    told = {"transfer": str(transfer.id), "why": why, "before": before}
    journal.note(work, f"transfer.{to}", contact=transfer.contact_id, person=person, **told)


def move_duty(work: Work, duty: DutyRow, to: DutyState, why: str) -> None:
    """Move a duty, or raise IllegalMove. Its person is locked."""
    before = duty.state
    duty.state = check(DUTY_MOVES, before, to)
    if to is DutyState.ENDED:
        duty.ended_at = work.now
    journal.note(work, f"duty.{to}", person=duty.person_id, duty=str(duty.id), why=why, before=before)


def move_sign_off(work: Work, row: SignOff, to: SignOffState, why: str, person: UUID | None = None) -> None:
    """Move a sign-off, or raise IllegalMove. Its contact is locked; `person` is who did it."""
    before = row.state
    row.state = check(SIGN_OFF_MOVES, before, to)
    journal.note(work, f"sign_off.{to}", contact=row.contact_id, person=person, why=why, before=before)


def move_follow_up(work: Work, row: FollowUp, to: FollowUpState, why: str) -> None:
    """Move what was agreed with a caller to its end, or raise IllegalMove. Its contact is locked."""
    before = row.state
    row.state = check(FOLLOW_UP_MOVES, before, to)
    row.ended_at = work.now
    timers.cancel(work, row.id, TimerKind.FOLLOW_UP)
    journal.note(work, f"follow_up.{to}", contact=row.contact_id, why=why, before=before)


def move_leg(work: Work, leg: Leg, to: LegState) -> bool:
    """Move a leg if that leads onwards; False when notices came late and it is there or beyond.

    What was seen in what a caller said goes with their leg.
    """
    if to not in LEG_MOVES[leg.state]:
        return False
    leg.state = to
    if to is LegState.ENDED:
        leg.ended_at, leg.joined = work.now, False
        if leg.role is LegRole.CALLER:
            work.session.execute(delete(Listening).where(Listening.leg_id == leg.id))
    return True


def offers_of(work: Work, contact: UUID) -> Sequence[Offer]:
    """Every offer of the contact, oldest first, locked."""
    return work.session.scalars(OFFERS, {"contact": contact}).all()


def taken_offer(work: Work, contact: UUID) -> Offer | None:
    """The accepted or bridged offer, locked. There is at most one."""
    return next((offer for offer in offers_of(work, contact) if offer.state in OFFER_TAKEN), None)


def legs_of(work: Work, contact: UUID) -> Sequence[Leg]:
    """Legs of the contact that are up."""
    return work.session.scalars(LEGS, {"contact": contact}).all()


def caller_leg(work: Work, contact: UUID) -> Leg | None:
    return next((leg for leg in legs_of(work, contact) if leg.role is LegRole.CALLER), None)


def offer_leg(work: Work, offer: UUID) -> Leg | None:
    """The leg of the offer that is up."""
    return work.session.scalar(LEG_OF_OFFER, {"offer": offer})


def is_taken(work: Work, contact: UUID) -> bool:
    """Whether somebody has accepted the contact."""
    return taken_offer(work, contact) is not None
