"""Text conversations: every message kept sealed, relayed both ways, neither side seeing the other's number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from helpline import journal, outbox, timers
from helpline.database import Work
from helpline.nouns import (
    CONTACT_OVER,
    OFFER_ASKING,
    OFFER_HOLDS,
    Channel,
    ContactState,
    OfferState,
    PageState,
    TimerKind,
)
from helpline.privacy import message_words
from helpline.tables import Caller, Case, Contact, Guest, Message, Offer, Page, Person, Silence
from routing import offers, sign_off
from routing.contacts import close_if_filed, let_ladder_look, wrap_up
from routing.moves import lock_contact, offers_of, taken_offer
from shifts.roster import roster


@dataclass(frozen=True)
class Thread:
    """One conversation somebody of the roster takes part in, under the letter they know it by."""

    contact: UUID
    tag: str
    offer: UUID | None


def open_contact(work: Work, caller: UUID) -> Contact | None:
    """The caller's conversation that is under way, locked."""
    found = work.session.scalar(
        select(Contact.id).where(
            Contact.caller_id == caller,
            Contact.channel == Channel.TEXT,
            Contact.state.not_in(CONTACT_OVER | {ContactState.WRAP_UP}),
        )
    )
    return lock_contact(work, found) if found else None


def last_contact(work: Work, caller: UUID) -> Contact | None:
    return work.session.scalar(
        select(Contact)
        .where(Contact.caller_id == caller, Contact.channel == Channel.TEXT)
        .order_by(Contact.arrived_at.desc())
        .limit(1)
    )


def keep(work: Work, contact: Contact, words: str, person: UUID | None = None) -> None:
    """Keep what was said, sealed; a conversation that is connected has its silence counted anew."""
    row_id = work.new_id()
    sealed = work.vault.seal(words, message_words(row_id))
    work.session.add(Message(id=row_id, contact_id=contact.id, person_id=person, words=sealed, at=work.now))
    work.session.flush()
    contact.last_heard_at = work.now
    quiet = timedelta(minutes=work.line(contact.line_version_id).text.silence_minutes)
    timers.schedule(work, TimerKind.SILENCE, contact.id, work.now + quiet)
    _listen_anew(work, contact)


def _listen_anew(work: Work, contact: Contact) -> None:
    """Somebody has spoken: where the line listens to silence, it is looked at who is to speak next."""
    if contact.state is ContactState.CONNECTED and work.line(contact.line_version_id).silence is not None:
        if work.session.get(Silence, contact.id) is None:
            work.session.add(Silence(contact_id=contact.id, whose="peer", since=work.now, steps=0))
            work.session.flush()
        timers.schedule(work, TimerKind.QUIET, contact.id, work.now)


def turns(work: Work, contact: UUID) -> list[str]:
    """What the caller has said in this conversation, in order."""
    rows = work.session.scalars(
        select(Message)
        .where(Message.contact_id == contact, Message.person_id.is_(None), Message.words.is_not(None))
        .order_by(Message.ordinal)
    )
    return [work.vault.open(row.words, message_words(row.id)) for row in rows if row.words]


def threads_of(work: Work, person: UUID) -> list[Thread]:
    """The text conversations `person` is in now, by letter."""
    rows = work.session.execute(
        select(Offer.contact_id, Offer.tag, Offer.id).where(
            Offer.person_id == person, Offer.channel == Channel.TEXT, Offer.state == OfferState.BRIDGED
        )
    )
    held = [Thread(contact, tag, offer) for contact, tag, offer in rows]
    joined = work.session.execute(
        select(Guest.contact_id, Guest.tag)
        .join(Contact, Contact.id == Guest.contact_id)
        .where(Guest.person_id == person, Contact.state == ContactState.CONNECTED)
    )
    visited = [Thread(contact, tag, None) for contact, tag in joined]
    return sorted(held + visited, key=lambda thread: thread.tag)


def pending_offers(work: Work, person: UUID) -> Sequence[Offer]:
    """Text offers `person` has not answered, oldest first."""
    return work.session.scalars(
        select(Offer)
        .where(Offer.person_id == person, Offer.channel == Channel.TEXT, Offer.state.in_(OFFER_ASKING))
        .order_by(Offer.offered_at, Offer.id)
    ).all()


def wrapping_offers(work: Work, person: UUID) -> Sequence[Offer]:
    """What `person` has still to file, on any channel, oldest first."""
    return work.session.scalars(
        select(Offer)
        .where(Offer.person_id == person, Offer.state == OfferState.WRAPPING)
        .order_by(Offer.accepted_at, Offer.id)
    ).all()


def tags_of(work: Work, person: UUID) -> set[str]:
    """The letters that mean something to `person` now."""
    held = work.session.scalars(select(Offer.tag).where(Offer.person_id == person, Offer.state.in_(OFFER_HOLDS)))
    guest = work.session.scalars(
        select(Guest.tag)
        .join(Contact, Contact.id == Guest.contact_id)
        .where(Guest.person_id == person, Contact.state.not_in(CONTACT_OVER))
    )
    paged = work.session.scalars(
        select(Page.tag)
        .join(Case, Case.id == Page.case_id)
        .where(Page.person_id == person, Page.state == PageState.OPEN)
    )
    return {*held, *guest, *paged}


def relay_to_people(work: Work, contact: Contact, words: str, *, apart_from: UUID | None = None) -> None:
    """Pass the caller's words to whoever is with them; a person's own words to the others in the thread."""
    offer = taken_offer(work, contact.id)
    there = [(offer.person_id, offer.tag)] if offer is not None else []
    there += [
        (guest.person_id, guest.tag)
        for guest in work.session.scalars(select(Guest).where(Guest.contact_id == contact.id))
    ]
    for person, tag in there:
        if person != apart_from:
            outbox.text_person(work, person, f"{tag}: {words}", urgency=outbox.Urgency.LIVE, contact=contact.id)


def relay_to_caller(work: Work, contact: Contact, person: UUID, words: str) -> None:
    """Pass a person's words to the caller, and to a clinician who is in the conversation too.

    A caller who has sent STOP, and writes nevertheless, is read but cannot be answered: whoever tries is told so.
    """
    if work.session.get_one(Caller, contact.caller_id).opted_out:
        tag = next((thread.tag for thread in threads_of(work, person) if thread.contact == contact.id), "")
        stopped = work.line(contact.line_version_id).words("text_stopped", tag=tag)
        outbox.text_person(work, person, stopped, urgency=outbox.Urgency.LIVE, contact=contact.id)
        return
    keep(work, contact, words, person)
    outbox.text_caller(work, contact.caller_id, words, contact=contact.id)
    relay_to_people(work, contact, f"({_name(work, person)}) {words}", apart_from=person)


def accept(work: Work, offer: Offer) -> offers.Answer:
    """A person said yes to a text offer: they see what was said so far, and the caller hears that they are there."""
    contact = lock_contact(work, offer.contact_id)
    fresh = next(one for one in offers_of(work, contact.id) if one.id == offer.id)
    from_somebody = contact.state is ContactState.CONNECTED
    answer = offers.accept(work, contact, fresh)
    if answer is offers.Answer.YOURS:
        begin(work, contact, "text_handed_over" if from_somebody else "text_joined")
    return answer


def begin(work: Work, contact: Contact, hears: str = "text_joined") -> None:
    """Somebody has taken the conversation: they see what was said, and the caller hears that they are there."""
    offer = taken_offer(work, contact.id)
    if offer is None:
        return
    welcome(work, contact, offer.person_id, offer.tag)
    words = work.line(contact.line_version_id).words(hears, contact.language)
    outbox.text_caller(work, contact.caller_id, words, contact=contact.id)
    _listen_anew(work, contact)


def welcome(work: Work, contact: Contact, person: UUID, tag: str) -> None:
    """Give somebody who has just come into a conversation its letter, and what was said so far."""
    line = work.line(contact.line_version_id)
    said = " / ".join(turns(work, contact.id)[-5:])
    words = line.words("offer_taken", tag=tag)
    outbox.text_person(work, person, f"{words}\n{tag}: {said}", urgency=outbox.Urgency.LIVE, contact=contact.id)


def join_as_guest(work: Work, contact: Contact, person: UUID, tag: str) -> None:
    """A clinician comes into a peer's conversation, and the peer is told."""
    if work.session.get(Guest, (contact.id, person)) is not None:
        return
    line = work.line(contact.line_version_id)
    relay_to_people(work, contact, line.words("clinician_joined", name=_name(work, person), tag=tag))
    work.session.add(Guest(contact_id=contact.id, person_id=person, tag=tag, joined_at=work.now))
    work.session.flush()
    journal.note(work, "thread.guest", contact=contact.id, person=person)
    welcome(work, contact, person, tag)


def leave(work: Work, thread: Thread, person: UUID) -> None:
    """A person leaves a conversation: a guest just goes; the peer's caller goes back to the front of the queue."""
    contact = lock_contact(work, thread.contact)
    if thread.offer is None:
        guest = work.session.get(Guest, (contact.id, person))
        if guest is not None:
            work.session.delete(guest)
        return
    offer = next(one for one in offers_of(work, contact.id) if one.id == thread.offer)
    if offer.state is OfferState.BRIDGED and not left_to_guest(work, contact, offer, "stepped out"):
        offers.step_out(work, contact, offer, "stepped out")
        line = work.line(contact.line_version_id)
        outbox.text_caller(work, contact.caller_id, line.words("text_returned", contact.language), contact=contact.id)


def left_to_guest(work: Work, contact: Contact, offer: Offer, why: str) -> bool:
    """Leave the caller to the clinician who is in the conversation, if the line has transfers. False if none is."""
    line = work.line(contact.line_version_id)
    guests = select(Guest).where(Guest.contact_id == contact.id).order_by(Guest.joined_at, Guest.person_id)
    guest = work.session.scalars(guests.limit(1)).first()
    if line.transfer is None or guest is None:
        return False
    return hand_to(work, contact, offer, work.session.get_one(Person, guest.person_id), why, "text_handed_over")


def hand_to(work: Work, contact: Contact, offer: Offer, person: Person, why: str, hears: str) -> bool:
    """Leave the caller to this guest; they hear the words of `hears`. False if the guest can hold no more."""
    try:
        offers.hand_over(work, contact, offer, person, list(roster(work).held.get(person.id, ())), None, why)
    except offers.NoRoom:
        return False
    guest = work.session.get(Guest, (contact.id, person.id))
    if guest is not None:
        work.session.delete(guest)
    begin(work, contact, hears)
    return True


def end(work: Work, contact: Contact, why: str) -> None:
    """End a connected conversation and tell both sides."""
    line = work.line(contact.line_version_id)
    outbox.text_caller(work, contact.caller_id, line.words("text_closed", contact.language), contact=contact.id)
    wrap_up(work, contact, why)
    timers.cancel(work, contact.id, TimerKind.SILENCE)


def file(work: Work, offer: Offer, disposition: str | None) -> None:
    """The person files what they held; without a word the wrap-up time goes on."""
    contact = lock_contact(work, offer.contact_id)
    fresh = next(one for one in offers_of(work, contact.id) if one.id == offer.id)
    if fresh.state is OfferState.BRIDGED and contact.channel is Channel.TEXT:
        end(work, contact, "the peer closed the conversation")
    if disposition is None or fresh.state is not OfferState.WRAPPING:
        return
    contact.disposition = disposition
    offers.complete(work, contact, fresh, "filed")
    sign_off.settle(work, contact)
    let_ladder_look(work, contact)
    close_if_filed(work, contact)


def end_in_silence(work: Work, contact: Contact) -> None:
    """Nothing was said for the stated time, and nobody is known to be in danger: the conversation is over."""
    offer = taken_offer(work, contact.id)
    if offer is not None:
        words = work.line(contact.line_version_id).words("ended_for_peer", tag=offer.tag)
        outbox.text_person(work, offer.person_id, words, urgency=outbox.Urgency.NOTICE, contact=contact.id)
    end(work, contact, "nothing was said for the stated time")


def _name(work: Work, person: UUID) -> str:
    return work.session.get_one(Person, person).name
