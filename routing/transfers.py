"""A transfer: whoever holds a contact hands it to somebody by name, or to a queue; it returns if nobody takes it.

Warm: the new person is asked while the holder stays; in a call they join beside the holder, who then may leave. Cold:
the holder is released at once, and the contact waits in front. Whoever is asked has an ordinary offer, with its shares
and its timer; the transfer follows what becomes of that offer. Every function expects the contact locked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from helpline import journal, outbox, timers
from helpline.database import Work
from helpline.nouns import (
    OFFER_HOLDS,
    TRANSFER_OPEN,
    WAITING,
    Channel,
    ContactState,
    OfferState,
    Tier,
    TimerKind,
    TransferState,
)
from helpline.tables import Contact, Offer, Person, Transfer
from routing import candidates, offers, takeover
from routing.choose import Waiting
from routing.match import as_waiting
from routing.moves import lock_contact, move_transfer, offers_of, taken_offer
from shifts.roster import Roster, roster

WATCH = timedelta(seconds=15)


def is_open(work: Work, contact: UUID) -> bool:
    """Whether somebody is being asked to take the contact over, or has joined to."""
    asked = select(Transfer.id).where(Transfer.contact_id == contact, Transfer.state.in_(TRANSFER_OPEN))
    return work.session.scalar(asked) is not None


def to_person(work: Work, contact: Contact, holder: Offer, person: UUID, *, warm: bool) -> str:
    """Ask `person` to take over. Returns why they cannot, in the engine's words; empty if they are being asked."""
    line, now = work.line(contact.line_version_id), roster(work)
    waiting = _held_out(work, contact, holder, contact.queue)
    pool, policy = candidates.pool(work, now, line), line.queue(contact.queue)
    why = takeover.why_not(waiting, person, pool, policy, work.now, shares=line.capacity.of(contact.channel))
    if why:
        journal.note(work, "transfer.not", contact=contact.id, person=person, why=why)
        return why
    transfer = _begin(work, contact, holder, person, None, warm=warm)
    if not warm:
        release(work, contact, holder)
    _ask(work, contact, transfer, now, person)
    return ""


def to_queue(work: Work, contact: Contact, holder: Offer, queue: str) -> UUID | None:
    """Ask whoever comes first in `queue` to take over, warm. Returns whom; None if nobody there can."""
    now = roster(work)
    person = _first_of(work, contact, now, holder, queue)
    if person is None:
        journal.note(work, "transfer.not", contact=contact.id, why="nobody of the queue fits and is free", queue=queue)
        return None
    _ask(work, contact, _begin(work, contact, holder, None, queue, warm=True), now, person)
    return person


def into_queue(work: Work, contact: Contact, holder: Offer, queue: str) -> None:
    """Release the holder; the contact waits in front of `queue`, as old as it is."""
    transfer = _begin(work, contact, holder, None, queue, warm=False)
    contact.queue = queue
    release(work, contact, holder)
    move_transfer(work, transfer, TransferState.DONE, f"waits in the queue {queue}", None)
    timers.cancel(work, transfer.id, TimerKind.TRANSFER)


def release(work: Work, contact: Contact, holder: Offer) -> None:
    """The holder is out at once and files; the caller is told to stay, and waits in front."""
    offers.step_out(work, contact, holder, "passed the contact on", hears="passed_on")
    if contact.channel is Channel.VOICE:
        offers.release(work, holder)
    else:
        words = work.line(contact.line_version_id).words("text_passed_on", contact.language)
        outbox.text_caller(work, contact.caller_id, words, contact=contact.id)


def screen(work: Work, contact: Contact, transfer_id: UUID) -> tuple[str, str]:
    """The key of what the asked person hears, and the first name of who asks: with them still there, or not."""
    transfer = work.session.get_one(Transfer, transfer_id)
    together = contact.state is ContactState.CONNECTED
    return "screen_transfer" if together else "screen_handed", name_of(work, transfer.from_person_id)


def transfer_due(work: Work, subject: str) -> datetime | None:
    """Timer: the transfer follows what has become of its offer, and whoever began it is told."""
    transfer = work.session.get(Transfer, UUID(subject))
    if transfer is None:
        return None
    contact = lock_contact(work, transfer.contact_id)
    work.session.refresh(transfer)
    if transfer.state not in TRANSFER_OPEN:
        return None
    asked = [offer for offer in offers_of(work, contact.id) if offer.transfer_id == transfer.id]
    latest = next((offer for offer in asked if offer.state in OFFER_HOLDS), asked[-1])
    to, person = takeover.OUTCOMES[latest.state], latest.person_id
    if to is TransferState.REFUSED:
        following = _ask_next(work, contact, transfer, [offer.person_id for offer in asked])
        if following is not None:
            _tell(work, contact, transfer, "transfer_asking", following)
            to, person = TransferState.ASKED, following
    if to is not transfer.state:
        move_transfer(work, transfer, to, f"the offer to them is {latest.state}", person)
        if to is TransferState.DONE and transfer.to_queue is not None:
            contact.queue = transfer.to_queue
        _tell_outcome(work, contact, transfer, person)
    return work.now + WATCH if to in TRANSFER_OPEN else None


def name_of(work: Work, person: UUID) -> str:
    """What somebody is called among colleagues: on the line's own phones, never before a caller."""
    return takeover.first_name(work.session.get_one(Person, person).name)


def _tell_outcome(work: Work, contact: Contact, transfer: Transfer, person: UUID) -> None:
    """Tell whoever began the transfer how it stands with `person`."""
    holds = taken_offer(work, contact.id)
    if transfer.state is TransferState.JOINED:
        _tell(work, contact, transfer, "transfer_joined", person)
    elif transfer.state is TransferState.DONE:
        _tell(work, contact, transfer, "transfer_taken", person)
    elif transfer.state is TransferState.REFUSED and holds is not None:
        if holds.person_id == transfer.from_person_id:
            _tell(work, contact, transfer, "transfer_refused", person)
    elif transfer.state is TransferState.REFUSED and contact.state in WAITING:
        _tell(work, contact, transfer, "transfer_returned", person)


def _tell(work: Work, contact: Contact, transfer: Transfer, key: str, person: UUID) -> None:
    theirs = [offer.tag for offer in offers_of(work, contact.id) if offer.person_id == transfer.from_person_id]
    words = work.line(contact.line_version_id).words(key, None, name=name_of(work, person), tag=theirs[-1])
    outbox.text_person(work, transfer.from_person_id, words, urgency=outbox.Urgency.NOTICE, contact=contact.id)


def _begin(
    work: Work, contact: Contact, holder: Offer, person: UUID | None, queue: str | None, *, warm: bool
) -> Transfer:
    transfer = Transfer(
        id=work.new_id(),
        contact_id=contact.id,
        from_person_id=holder.person_id,
        to_person_id=person,
        to_queue=queue,
        warm=warm,
        state=TransferState.ASKED,
        asked_at=work.now,
    )
    work.session.add(transfer)
    work.session.flush()
    told = {"transfer": str(transfer.id), "warm": warm, "to": str(person) if person else queue}
    journal.note(
        work, "transfer.asked", contact=contact.id, person=holder.person_id, why="whoever holds it asks for it", **told
    )
    timers.schedule(work, TimerKind.TRANSFER, transfer.id, work.now + WATCH)
    return transfer


def _ask(work: Work, contact: Contact, transfer: Transfer, now: Roster, person: UUID) -> Offer:
    """Hold the contact out to `person`, who is told by whom. Somebody else may be faster: then the database refuses."""
    line = work.line(contact.line_version_id)
    held = list(now.held.get(person, ()))
    words = line.words(
        "transfer_text",
        None,
        name=name_of(work, transfer.from_person_id),
        tag=offers.free_tag({one.tag for one in held}),
        language=line.spoken_name(contact.language),
        risk=line.words_of_risk(Tier(contact.risk)),
    )
    return offers.make(work, contact, now.person(person), held, transfer.id, words)


def _ask_next(work: Work, contact: Contact, transfer: Transfer, asked: list[UUID]) -> UUID | None:
    """Ask somebody else of the queue, while the holder stays. Returns whom; nobody is asked twice."""
    holder = taken_offer(work, contact.id)
    stays = holder is not None and holder.person_id == transfer.from_person_id and holder.state is OfferState.BRIDGED
    if transfer.to_queue is None or holder is None or not stays:
        return None
    now = roster(work)
    person = _first_of(work, contact, now, holder, transfer.to_queue, asked)
    if person is not None:
        _ask(work, contact, transfer, now, person)
    return person


def _first_of(
    work: Work, contact: Contact, now: Roster, holder: Offer, queue: str, asked: list[UUID] | None = None
) -> UUID | None:
    line = work.line(contact.line_version_id)
    waiting = _held_out(work, contact, holder, queue, asked or [])
    pool = candidates.pool(work, now, line)
    shares = line.capacity.of(contact.channel)
    return takeover.first_in_turn(waiting, pool, line.queue(queue), work.now, shares=shares)


def _held_out(work: Work, contact: Contact, holder: Offer, queue: str, asked: list[UUID] | None = None) -> Waiting:
    """The contact as the engine sees it. Who had it before may have it back; who said no is not asked again."""
    refused = {offer.person_id for offer in offers_of(work, contact.id) if offer.state is OfferState.DECLINED}
    return takeover.held_out(as_waiting(work, [contact])[0], queue, holder.person_id, refused | set(asked or ()))
