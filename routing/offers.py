"""An offer from asking to filing. The first accept wins: it is decided under the contact's lock, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from helpline import outbox, timers
from helpline.database import Work
from helpline.nouns import (
    OFFER_ASKING,
    OFFER_TAKEN,
    WAITING,
    Channel,
    ContactState,
    LegRole,
    LegState,
    OfferState,
    Tier,
    TimerKind,
)
from helpline.tables import Contact, Leg, Offer, Person
from routing import care, follow_up, protection
from routing.contacts import (
    LAST_WORDS,
    back_in_queue_if_unasked,
    begin_wrapping,
    close_if_filed,
    let_ladder_look,
    let_queues_look,
    requeue,
    take_back,
)
from routing.moves import caller_leg, lock_contact, move_contact, move_offer, offer_leg, offers_of, taken_offer
from routing.queues import follow_risk
from shifts.roster import Held, Member

UNSENT_GRACE = timedelta(seconds=30)
BRIDGE_PATIENCE = timedelta(seconds=25)
RING_BACK_PATIENCE = timedelta(seconds=90)
BRIDGE_LOOK = timedelta(seconds=3)
WATCH = timedelta(seconds=60)


class Answer(StrEnum):
    """What becomes of somebody who said yes."""

    YOURS = "yours"
    TAKEN = "taken"
    GONE = "gone"


def free_share(held: list[Held], shares: int, wanted: int) -> int | None:
    """Where `wanted` adjoining shares are free, of `shares` in all; None if nowhere."""
    used = {share for one in held for share in range(one.share_from, one.share_to)}
    return next((start for start in range(shares - wanted + 1) if not used & set(range(start, start + wanted))), None)


def free_tag(used: set[str]) -> str:
    """The first letter by which a person can tell this contact from their others; Z if every one is in use."""
    return next((letter for letter in "ABCDEFGHJKLMNPQRSTUVWXYZ" if letter not in used), "Z")


def make(
    work: Work, contact: Contact, person: Member, held: list[Held], transfer: UUID | None = None, words: str = ""
) -> Offer:
    """Hold the contact out to `person`, by ringing or texting them. The shares taken must be free.

    For a `transfer`, `words` are what is written to them.
    """
    offer = _new_offer(work, contact, person, held, transfer)
    seconds = asks_for(work, contact, offer)
    if contact.channel is Channel.VOICE:
        leg = Leg(
            id=work.new_id(),
            contact_id=contact.id,
            offer_id=offer.id,
            person_id=person.id,
            role=LegRole.PEER,
            state=LegState.PLANNED,
            carrier=contact.carrier,
            joined=False,
        )
        work.session.add(leg)
        work.session.flush()
        outbox.ring(work, leg, urgency=outbox.Urgency.OFFER, seconds=seconds)
        until = work.now + timedelta(seconds=seconds) + UNSENT_GRACE
    else:
        said = words or _offer_text(work, contact, offer)
        outbox.text_person(work, person.id, said, urgency=outbox.Urgency.OFFER, contact=contact.id)
        until = work.now + timedelta(seconds=seconds)
    timers.schedule(work, TimerKind.OFFER, offer.id, until)
    if contact.state is ContactState.QUEUED:
        move_contact(work, contact, ContactState.OFFERED, "somebody is being asked")
    return offer


def asks_for(work: Work, contact: Contact, offer: Offer) -> float:
    """Seconds for which one person is asked: as the queue says, or the line for a contact handed to them."""
    line = work.line(contact.line_version_id)
    if offer.transfer_id is not None and line.transfer is not None:
        return line.transfer.patience(contact.channel)
    return line.queue(contact.queue).offer_lasts(contact.channel).total_seconds()


def take(work: Work, contact: Contact, person: Person, held: list[Held], leg: Leg | None, why: str) -> Offer:
    """`person` takes the waiting contact without having been asked: a clinician who acknowledged a page."""
    offer = _new_offer(work, contact, person, held)
    if leg is not None:
        leg.offer_id = offer.id
    if contact.state is ContactState.QUEUED:
        move_contact(work, contact, ContactState.OFFERED, why)
    accepted(work, contact, offer, why)
    return offer


def hand_over(
    work: Work, contact: Contact, offer: Offer, guest: Person, held: list[Held], leg: Leg | None, why: str
) -> Offer:
    """The peer leaves and the clinician who is there already keeps the caller. Raises NoRoom."""
    kept = _new_offer(work, contact, guest, held)
    if leg is not None:
        leg.offer_id = kept.id
    pass_to(work, contact, offer, kept, why)
    return kept


def pass_to(work: Work, contact: Contact, offer: Offer, kept: Offer, why: str) -> None:
    """Whoever holds the contact by `offer` leaves it to the person of `kept`, who is in the conversation already."""
    if offer.state is OfferState.ACCEPTED:
        move_offer(work, offer, OfferState.FAILED, why)
        _let_go(work, offer)
        protection.idle(work, offer.person_id)
        work.session.flush()
        accepted(work, contact, kept, why)
        return
    begin_wrapping(work, contact, offer, why)
    work.session.flush()
    move_offer(work, kept, OfferState.ACCEPTED, why)
    kept.accepted_at = work.now
    care.tell_notes(work, contact, kept)
    bridged(work, contact, kept, why)
    let_ladder_look(work, contact)


def step_out(work: Work, contact: Contact, offer: Offer, why: str, hears: str = "returned") -> None:
    """The person leaves the conversation; the caller is back in the queue, in front, and is told so."""
    begin_wrapping(work, contact, offer, why)
    requeue(work, contact, why)
    follow_risk(work, contact)
    call_back_to_hold(work, contact, hears)


def release(work: Work, offer: Offer) -> None:
    """Let a person who is in a call, and has passed it on, hear so and hang up."""
    leg = offer_leg(work, offer.id)
    if leg is not None:
        outbox.hang_up(work, leg, after=LAST_WORDS)
        outbox.redirect(work, leg, f"/webhooks/voice/{leg.id}/released")


def ring_left(work: Work, offer: Offer, seconds: float) -> None:
    """The carrier has taken the ring: from now on it rings so many seconds."""
    if offer.state is OfferState.PENDING:
        move_offer(work, offer, OfferState.RINGING, "the carrier is ringing")
        timers.schedule(work, TimerKind.OFFER, offer.id, work.now + timedelta(seconds=seconds))


def picked_up(work: Work, contact: Contact, offer: Offer) -> bool:
    """Somebody picked up: they, or a voicemail, have a moment to press the key. False if it is too late."""
    joins = contact.state is ContactState.CONNECTED and offer.transfer_id is not None
    if offer.state not in OFFER_ASKING or not (joins or contact.state in WAITING):
        return False
    if offer.state is OfferState.PENDING:
        move_offer(work, offer, OfferState.RINGING, "picked up")
    seconds = work.line(contact.line_version_id).queue(contact.queue).screen_seconds
    offer.answered_at = work.now
    timers.schedule(work, TimerKind.OFFER, offer.id, work.now + timedelta(seconds=seconds))
    return True


def accept(work: Work, contact: Contact, offer: Offer) -> Answer:
    """`offer`'s person said yes. The contact is locked, so of two who do, exactly one is first."""
    if offer.state in OFFER_TAKEN | {OfferState.JOINED}:
        return Answer.YOURS
    if offer.state not in OFFER_ASKING:
        return Answer.GONE if contact.state not in WAITING | {ContactState.CONNECTED} else Answer.TAKEN
    holder = taken_offer(work, contact.id)
    if holder is None:
        accepted(work, contact, offer, "said yes first")
    elif contact.channel is Channel.TEXT:
        pass_to(work, contact, holder, offer, "took it over")
    else:
        move_offer(work, offer, OfferState.JOINED, "joins whoever hands it over")
        timers.schedule(work, TimerKind.OFFER, offer.id, work.now + WATCH)
    return Answer.YOURS


def parted(work: Work, contact: Contact, offer: Offer, why: str) -> None:
    """Whoever had joined, to take it over, has left again before they did."""
    move_offer(work, offer, OfferState.FAILED, why)
    _let_go(work, offer)
    protection.idle(work, offer.person_id)
    let_queues_look(work, contact)


def accepted(work: Work, contact: Contact, offer: Offer, why: str) -> None:
    """Bind the contact to the offer, let the others go, and bring the caller."""
    for other in offers_of(work, contact.id):
        if other.id != offer.id and other.state in OFFER_ASKING:
            take_back(work, other, "somebody else was first")
    move_offer(work, offer, OfferState.ACCEPTED, why)
    offer.accepted_at = work.now
    care.tell_notes(work, contact, offer)
    timers.cancel(work, contact.id, TimerKind.DECIDE)
    let_ladder_look(work, contact)
    if contact.channel is Channel.VOICE:
        timers.schedule(work, TimerKind.OFFER, offer.id, work.now + BRIDGE_LOOK)
        leg = caller_leg(work, contact.id)
        if leg is not None:
            outbox.redirect(work, leg, f"/webhooks/voice/{leg.id}/bridge")
        elif contact.outbound:
            ring_caller(work, contact)
    else:
        bridged(work, contact, offer, "a text thread is open")


def bridged(work: Work, contact: Contact, offer: Offer, why: str) -> None:
    """Both are there: the contact is connected."""
    move_offer(work, offer, OfferState.BRIDGED, why)
    timers.schedule(work, TimerKind.OFFER, offer.id, work.now + WATCH)
    if contact.state is not ContactState.CONNECTED:
        move_contact(work, contact, ContactState.CONNECTED, why)
        contact.connected_at = work.now
    timers.cancel(work, contact.id, TimerKind.LIMIT, TimerKind.DECIDE)
    follow_up.remind_to_ask(work, contact)


def ring_caller(work: Work, contact: Contact) -> None:
    """Somebody is there for a caller who asked to be called back: ring them."""
    leg = Leg(
        id=work.new_id(),
        contact_id=contact.id,
        role=LegRole.CALLER,
        state=LegState.PLANNED,
        carrier=contact.carrier,
        joined=False,
    )
    work.session.add(leg)
    work.session.flush()
    seconds = work.line(contact.line_version_id).callback.ring_seconds
    outbox.ring_caller(work, leg, contact.caller_id, seconds=seconds)


def rescind_all(work: Work, contact: Contact, why: str) -> None:
    for offer in offers_of(work, contact.id):
        if offer.state in OFFER_ASKING:
            take_back(work, offer, why)


def decline(work: Work, contact: Contact, offer: Offer, why: str) -> None:
    """The person said no, without giving a reason and without penalty; they have a pause."""
    if offer.state not in OFFER_ASKING:
        return
    policy = work.line(contact.line_version_id).queue(contact.queue)
    person = work.session.get_one(Person, offer.person_id, with_for_update=True)
    person.paused_until = work.now + timedelta(seconds=policy.pause_after_decline_seconds)
    move_offer(work, offer, OfferState.DECLINED, why)
    _let_go(work, offer, after=LAST_WORDS)
    back_in_queue_if_unasked(work, contact, why)


def missed(work: Work, contact: Contact, offer: Offer, to: OfferState, why: str) -> None:
    """The offer ended without an answer: EXPIRED or FAILED."""
    if offer.state not in OFFER_ASKING:
        return
    rang_in_vain = to is OfferState.EXPIRED and offer.state is OfferState.RINGING
    move_offer(work, offer, to, why)
    _let_go(work, offer, after=LAST_WORDS)
    if rang_in_vain:
        protection.ring_missed(work, contact, offer.person_id)
    back_in_queue_if_unasked(work, contact, why)


def lost(work: Work, contact: Contact, offer: Offer, why: str) -> None:
    """An accepted or bridged offer broke while the caller stays: back in the queue, in front."""
    move_offer(work, offer, OfferState.FAILED, why)
    _let_go(work, offer)
    protection.idle(work, offer.person_id)
    requeue(work, contact, why)
    follow_risk(work, contact)
    call_back_to_hold(work, contact)


def call_back_to_hold(work: Work, contact: Contact, hears: str = "returned") -> None:
    """Let the caller hear that somebody else is being found."""
    leg = caller_leg(work, contact.id)
    if leg is not None:
        outbox.redirect(work, leg, f"/webhooks/voice/{leg.id}/{hears}")


def complete(work: Work, contact: Contact, offer: Offer, why: str) -> None:
    """Wrap-up is done: the person is free for the next contact."""
    move_offer(work, offer, OfferState.COMPLETED, why)
    timers.cancel(work, offer.id, TimerKind.OFFER)
    protection.rest(work, contact, offer.person_id)
    close_if_filed(work, contact)
    let_queues_look(work, contact)


def finish_filing(work: Work, person_id: UUID) -> None:
    """Somebody who takes the next call has done with filing: what they have in wrap-up is complete.

    A contact that somebody else is at work on is left alone, so that nobody waits here with another contact locked.
    """
    wrapping = select(Offer).where(Offer.person_id == person_id, Offer.state == OfferState.WRAPPING)
    for offer in work.session.scalars(wrapping.order_by(Offer.contact_id)).all():
        free = select(Contact).where(Contact.id == offer.contact_id).with_for_update(skip_locked=True)
        contact = work.session.scalar(free.execution_options(populate_existing=True))
        work.session.refresh(offer)
        if contact is not None and offer.state is OfferState.WRAPPING:
            complete(work, contact, offer, "they took the next contact")


def offer_due(work: Work, subject: str) -> datetime | None:
    """Timer: whatever state the offer is in, this moves it on."""
    found = work.session.get(Offer, UUID(subject))
    if found is None:
        return None
    contact = lock_contact(work, found.contact_id)
    offer = next(one for one in offers_of(work, contact.id) if one.id == found.id)
    if offer.state in OFFER_ASKING:
        why = "picked up, but nobody pressed the key" if offer.answered_at else "no answer"
        missed(work, contact, offer, OfferState.EXPIRED, why)
    elif offer.state is OfferState.ACCEPTED:
        return _bridge_due(work, contact, offer)
    elif offer.state in {OfferState.BRIDGED, OfferState.JOINED}:
        return work.now + WATCH
    elif offer.state is OfferState.WRAPPING:
        complete(work, contact, offer, "wrap-up time is over")
    return None


def _bridge_due(work: Work, contact: Contact, offer: Offer) -> datetime | None:
    patience = RING_BACK_PATIENCE if contact.outbound else BRIDGE_PATIENCE
    if work.now - (offer.accepted_at or offer.offered_at) >= patience:
        lost(work, contact, offer, "accepted, but the two were never joined")
        return None
    outbox.ask_conference(work, contact.id)
    for leg in (caller_leg(work, contact.id), offer_leg(work, offer.id)):
        if leg is not None and leg.sid is not None:
            outbox.ask_call(work, leg)
    return work.now + BRIDGE_LOOK


def _let_go(work: Work, offer: Offer, *, after: timedelta = timedelta()) -> None:
    """Let the person's leg end; one that has picked up and is being told something is given the time to hear it."""
    timers.cancel(work, offer.id, TimerKind.OFFER)
    outbox.take_back_texts(work, offer.contact_id, offer.person_id, outbox.Urgency.OFFER)
    leg = offer_leg(work, offer.id)
    if leg is not None:
        outbox.hang_up(work, leg, after=after if leg.state is LegState.LIVE else timedelta())


def _new_offer(
    work: Work, contact: Contact, person: Person | Member, held: list[Held], transfer: UUID | None = None
) -> Offer:
    capacity = work.line(contact.line_version_id).capacity
    wanted = capacity.of(contact.channel)
    start = free_share(held, capacity.shares, wanted)
    if start is None:
        raise NoRoom(str(person.id))
    offer = Offer(
        id=work.new_id(),
        contact_id=contact.id,
        person_id=person.id,
        person_ordinal=person.ordinal,
        channel=contact.channel,
        state=OfferState.PENDING,
        transfer_id=transfer,
        tag=free_tag({one.tag for one in held}),
        share_from=start,
        share_to=start + wanted,
        offered_at=work.now,
    )
    work.session.add(offer)
    work.session.flush()
    return offer


class NoRoom(Exception):
    """Somebody cannot hold one more contact."""


def _offer_text(work: Work, contact: Contact, offer: Offer) -> str:
    line = work.line(contact.line_version_id)
    return line.words(
        "offer_text",
        tag=offer.tag,
        language=line.spoken_name(contact.language),
        risk=line.words_of_risk(Tier(contact.risk)),
    )
