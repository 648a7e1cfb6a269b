"""Call legs: what the carrier tells of them, and what that means for the contact.

Every function expects the contact locked. Notices may be lost, doubled, late or out of order; each is taken as a hint
about where a leg is now, and what it would move is looked at before it is moved.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import bindparam, select

from helpline import journal, outbox
from helpline.database import Work
from helpline.locks import lock_leg
from helpline.nouns import (
    OFFER_ASKING,
    WAITING,
    CarrierName,
    ContactState,
    LegRole,
    LegState,
    OfferState,
    PageState,
)
from helpline.tables import Contact, Leg, Offer, Page, Person
from routing import callbacks, offers
from routing.contacts import LAST_WORDS, abandon, let_queues_look, wrap_up
from routing.moves import caller_leg, legs_of, move_leg, offer_leg, offers_of, taken_offer
from shifts.roster import roster

GOING = {
    "queued": LegState.DIALLED,
    "initiated": LegState.DIALLED,
    "ringing": LegState.RINGING,
    "in-progress": LegState.LIVE,
    "answered": LegState.LIVE,
}
LEG_OF_CALL = select(Leg.id).where(Leg.sid == bindparam("sid"))
ON_THE_WAY = timedelta(seconds=5)
"""A caller heard from so lately has only just left the conference, and goes back into it."""
GONE = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


def room_of(contact: UUID) -> str:
    """The name of the contact's conference: an opaque id, since names end up in the carrier's logs."""
    return f"contact-{contact.hex}"


def lock_by_leg(work: Work, leg_id: UUID) -> tuple[Contact, Leg] | None:
    """The leg and its contact, locked; None if there is no such leg."""
    return lock_leg(work, Leg.id == leg_id)


def contact_by_call(work: Work, sid: str) -> tuple[Contact, Leg] | None:
    """The leg that is this carrier call and its contact, locked; None if it is none of ours."""
    return lock_leg(work, Leg.sid == sid)


def is_new(work: Work, sid: str) -> bool:
    """Whether no leg is this carrier call yet, as for every caller who has just dialled."""
    return work.session.scalar(LEG_OF_CALL, {"sid": sid}) is None


def learn_sid(leg: Leg, sid: str, carrier: CarrierName) -> None:
    """Any request that names our leg tells its carrier and its id there, even if the reply to our own was lost."""
    if leg.sid is None:
        leg.sid, leg.carrier = sid, carrier


def leg_status(work: Work, contact: Contact, leg: Leg, status: str) -> None:
    """The carrier says where a leg is."""
    if status in GONE:
        leg_ended(work, contact, leg, status)
        return
    to = GOING.get(status)
    if to is None or leg.state is LegState.PASSED_ON:
        return
    move_leg(work, leg, to)
    if to is LegState.RINGING and leg.offer_id is not None:
        offer = work.session.get_one(Offer, leg.offer_id)
        offers.ring_left(work, offer, offers.asks_for(work, contact, offer))


def leg_ended(work: Work, contact: Contact, leg: Leg, status: str) -> None:
    """A leg is down: the caller's ends the contact, a person's ends their part of it."""
    if leg.joined:
        was_in_room(work, contact, leg)
    if not move_leg(work, leg, LegState.ENDED):
        return
    journal.note(work, "leg.ended", contact=contact.id, person=leg.person_id, role=leg.role, status=status)
    if leg.role is LegRole.CALLER:
        _caller_gone(work, contact)
    elif leg.offer_id is not None:
        _person_gone(work, contact, leg.offer_id, status)
    if leg.person_id is not None:
        let_queues_look(work, contact)


def joined(work: Work, contact: Contact, leg: Leg) -> None:
    """The leg is in the contact's conference."""
    if leg.state in {LegState.ENDED, LegState.PASSED_ON}:
        return
    move_leg(work, leg, LegState.LIVE)
    leg.joined = True
    _bridge_if_both(work, contact)


def was_in_room(work: Work, contact: Contact, leg: Leg) -> None:
    """The leg has just left the conference. A caller who did was there with whoever has accepted and is still up."""
    joined(work, contact, leg)
    offer = taken_offer(work, contact.id)
    if leg.role is not LegRole.CALLER or offer is None or offer.state is not OfferState.ACCEPTED:
        return
    theirs = offer_leg(work, offer.id)
    if leg.joined and theirs is not None and theirs.state is LegState.LIVE:
        offers.bridged(work, contact, offer, "both were in the conference")


def out_of_room(leg: Leg) -> None:
    """Whoever asks what they hear next is not in the conference, or is no longer."""
    leg.joined = False


def room_closed(work: Work, contact: Contact) -> None:
    """The caller is out of the conference though they did not leave it: it has ended, for everybody."""
    for leg in legs_of(work, contact.id):
        leg.joined = False


def somebody_in_room(work: Work, contact: Contact) -> bool:
    """Whether a person is in the contact's conference, as far as the carrier has told."""
    return any(leg.joined and leg.role is not LegRole.CALLER for leg in legs_of(work, contact.id))


def room_seen(work: Work, contact: Contact, sids: Collection[str]) -> None:
    """The carrier says who is in the conference now. Its list may lag: at first only presence proves anything.

    Whoever belongs there and is not is asked for one by one. Nobody is brought together anew before that is known.
    """
    legs = legs_of(work, contact.id)
    were_there = any(leg.joined for leg in legs)
    for leg in legs:
        if leg.sid in sids:
            leg.joined = move_leg(work, leg, LegState.LIVE) or leg.state is LegState.LIVE
        elif contact.state is ContactState.CONNECTED:
            leg.joined = False
            if leg.sid is not None:
                outbox.ask_call(work, leg)
    _bridge_if_both(work, contact)
    on_the_way_back = work.now - contact.last_heard_at < ON_THE_WAY
    if contact.state is ContactState.CONNECTED and not sids and not were_there and not on_the_way_back:
        _bring_together_again(work, contact)


def step_out(work: Work, contact: Contact, leg: Leg) -> bool:
    """A peer leaves their call on purpose. True if they were in one."""
    offer = taken_offer(work, contact.id)
    if offer is None or offer.id != leg.offer_id or offer.state is not OfferState.BRIDGED:
        return False
    if not _hand_over(work, contact, offer, "stepped out"):
        offers.step_out(work, contact, offer, "stepped out")
    return True


def _bridge_if_both(work: Work, contact: Contact) -> None:
    offer = taken_offer(work, contact.id)
    if offer is None or offer.state is not OfferState.ACCEPTED:
        return
    there = {leg.offer_id or leg.role for leg in legs_of(work, contact.id) if leg.joined}
    if offer.id in there and LegRole.CALLER in there:
        offers.bridged(work, contact, offer, "both are in the conference")


def _bring_together_again(work: Work, contact: Contact) -> None:
    """Connected, both legs up, and yet nobody in the conference: the caller hears us again and we start over."""
    offer = taken_offer(work, contact.id)
    if offer is not None and caller_leg(work, contact.id) is not None:
        offers.lost(work, contact, offer, "nobody is left in the conference")


def _caller_gone(work: Work, contact: Contact) -> None:
    if contact.state is ContactState.CONNECTED:
        wrap_up(work, contact, "the caller hung up")
    elif contact.state in WAITING and contact.outbound:
        abandon(work, contact, "the caller did not take the callback")
        callbacks.not_picked_up(work, contact)
    elif contact.state in WAITING:
        abandon(work, contact, "the caller hung up")


def _person_gone(work: Work, contact: Contact, offer_id: UUID, status: str) -> None:
    offer = work.session.get_one(Offer, offer_id, with_for_update=True)
    if offer.state in OFFER_ASKING:
        if status == "busy":
            offers.decline(work, contact, offer, "the phone was declined or busy")
        elif status in {"failed", "canceled"}:
            offers.missed(work, contact, offer, OfferState.FAILED, f"the call {status}")
        else:
            why = "picked up, but nobody pressed the key" if offer.answered_at else "no answer"
            offers.missed(work, contact, offer, OfferState.EXPIRED, why)
    elif offer.state is OfferState.JOINED:
        offers.parted(work, contact, offer, "left again before it was handed over")
    elif offer.state is OfferState.ACCEPTED:
        why = "the person's line dropped before the two were joined"
        if not _hand_over(work, contact, offer, why):
            offers.lost(work, contact, offer, why)
    elif offer.state is OfferState.BRIDGED and not _hand_over(work, contact, offer, "the peer's line dropped"):
        offers.lost(work, contact, offer, "the person's line dropped")


def _hand_over(work: Work, contact: Contact, offer: Offer, why: str) -> bool:
    """Leave the caller to whoever joined to take them over, or to the clinician who is there; False if there is nobody.

    Whoever pressed the key is on the way into the call or in it, whether or not the notice of it arrived.
    """
    joined_to_take = _beside(work, contact)
    if joined_to_take is not None:
        offers.pass_to(work, contact, offer, joined_to_take, why)
        return True
    guest = next((leg for leg in legs_of(work, contact.id) if is_guest(work, leg)), None)
    return guest is not None and _hand_to(work, contact, offer, guest, why)


def take_over(work: Work, contact: Contact, leg: Leg, why: str) -> bool:
    """The guest of this leg takes the call over, and whoever held it is let go. False if they cannot hold it."""
    offer = taken_offer(work, contact.id)
    if offer is None or offer.state is not OfferState.BRIDGED or not _hand_to(work, contact, offer, leg, why):
        return False
    theirs = offer_leg(work, offer.id)
    if theirs is not None:
        outbox.hang_up(work, theirs, after=LAST_WORDS)
        outbox.redirect(work, theirs, f"/webhooks/voice/{theirs.id}/relieved")
    journal.note(work, "guest.took_over", contact=contact.id, person=leg.person_id, why=why)
    return True


def _hand_to(work: Work, contact: Contact, offer: Offer, guest: Leg, why: str) -> bool:
    if guest.person_id is None:
        return False
    offers.finish_filing(work, guest.person_id)
    held = list(roster(work).held.get(guest.person_id, ()))
    try:
        offers.hand_over(work, contact, offer, work.session.get_one(Person, guest.person_id), held, guest, why)
    except offers.NoRoom:
        return False
    return True


def _beside(work: Work, contact: Contact) -> Offer | None:
    """The offer of whoever is in the call to take it over."""
    beside = next((offer for offer in offers_of(work, contact.id) if offer.state is OfferState.JOINED), None)
    leg = offer_leg(work, beside.id) if beside is not None else None
    return beside if leg is not None and leg.state is LegState.LIVE else None


def is_guest(work: Work, leg: Leg) -> bool:
    """Whether the leg is of somebody who came into the call beside whoever holds it."""
    if leg.page_id is None or leg.offer_id is not None or leg.state is not LegState.LIVE:
        return False
    return work.session.get_one(Page, leg.page_id).state is PageState.ACKNOWLEDGED
