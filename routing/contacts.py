"""A contact from its arrival to its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from helpline import journal, outbox, timers
from helpline.database import Work
from helpline.nouns import (
    OFFER_ASKING,
    OFFER_LIVE,
    OFFER_TAKEN,
    WAITING,
    Channel,
    ContactState,
    LegRole,
    LegState,
    OfferState,
    PageState,
    Tier,
    TimerKind,
)
from helpline.privacy import caller_number, withheld
from helpline.tables import Caller, Case, Contact, Leg, Offer, Page, Person
from routing import continuity, follow_up, sign_off
from routing.moves import (
    legs_of,
    move_contact,
    move_offer,
    offer_leg,
    offers_of,
)
from routing.route import Approach, By, Routed, route

LOOK_AGAIN = timedelta(seconds=15)
LAST_WORDS = timedelta(seconds=10)
PARTING = timedelta(seconds=6)


def find_caller(work: Work, number: str | None) -> Caller:
    """The caller behind `number`, made at the first approach; one of its own for a withheld number."""
    keys = work.vault.fingerprints(number) if number else []
    known = work.session.scalar(select(Caller).where(Caller.number_key.in_(keys))) if keys else None
    if known:
        if known.number is None and number:  # erased after a long absence: they are to be answered again
            known.number = work.vault.seal(number, caller_number(known.id))
        return known
    row_id = work.new_id()
    new = insert(Caller).values(
        id=row_id,
        number_key=keys[0] if keys else work.vault.fingerprint(withheld(row_id)),
        number=work.vault.seal(number, caller_number(row_id)) if number else None,
        opted_out=False,
        first_seen=work.now,
    )
    work.session.execute(new.on_conflict_do_nothing(index_elements=["number_key"]))
    found = Caller.number_key == keys[0] if keys else Caller.id == row_id
    return work.session.scalars(select(Caller).where(found)).one()


def one_at_a_time(work: Work, number: str) -> None:
    """Until this is committed no other text of `number` is looked at: of two first texts one opens the conversation."""
    key = int.from_bytes(work.vault.fingerprint(number)[:8], "big", signed=True)
    work.session.execute(select(func.pg_advisory_xact_lock(key)))


def receive(
    work: Work,
    caller: Caller,
    channel: Channel,
    *,
    number: str | None = None,
    words: str = "",
    like: Contact | None = None,
    front: bool = False,
    risk: Tier = Tier.NONE,
    outbound: bool = False,
) -> Contact:
    """Open a contact and queue it: it has a wait limit, its ladder has begun, and matching is due now.

    Its queue is chosen by the line's routes: by the `number` it called and its first `words`. With `like`, it takes
    the place of that earlier contact.
    """
    line = work.line()
    routed = _routed(work, Approach(number=number or "", words=words, risk=risk), like)
    contact = Contact(
        id=work.new_id(),
        line_version_id=work.line_version,
        caller_id=caller.id,
        channel=channel,
        queue=routed.queue,
        called=like.called if like is not None else number,
        carrier=like.carrier if like is not None else line.carrier_of(number),
        menu_key=like.menu_key if like is not None else None,
        route=routed.place,
        language=caller.language or line.language,
        topics=[routed.topic] if routed.topic else [*like.topics] if like is not None else [],
        state=ContactState.ARRIVED,
        risk=risk,
        risk_at=work.now if risk else None,
        front=front,
        outbound=outbound,
        arrived_at=work.now,
        waiting_since=work.now,
        limit_at=work.now + line.queue(routed.queue).wait_limit,
        last_heard_at=work.now,
    )
    work.session.add(contact)
    work.session.flush()
    journal.note(work, "contact.arrived", contact=contact.id, channel=channel, line=line.version)
    by_route = {"route": routed.reason} if line.routes else {}
    move_contact(work, contact, ContactState.QUEUED, "arrived", queue=contact.queue, **by_route)
    steps = line.ladder.tiers_by_wait
    first_step = min((step.after_seconds for step in steps), default=0.0)
    _wait(work, contact, work.now if risk else work.now + timedelta(seconds=first_step))
    return contact


def _routed(work: Work, came: Approach, like: Contact | None) -> Routed:
    """By the line's routes; who takes an earlier contact's place stands there, unless their first word leads away."""
    line = work.line()
    here = work.now.astimezone(line.zone)
    if like is None or like.queue not in line.queues:
        return route(came, line.routes, here, otherwise=line.line.queue)
    routed = route(came, line.routes, here, otherwise=like.queue, by=By.WORDS)
    if routed.place is not None:
        return routed
    place = like.route if like.line_version_id == work.line_version else None
    return Routed(like.queue, None, "the place of an earlier contact", place)


def caller_called(work: Work, contact: Contact, sid: str) -> Leg:
    """The caller's own leg, which is up already."""
    leg = Leg(
        id=work.new_id(),
        contact_id=contact.id,
        role=LegRole.CALLER,
        state=LegState.LIVE,
        sid=sid,
        carrier=contact.carrier,
        joined=False,
    )
    work.session.add(leg)
    work.session.flush()
    return leg


def heard(work: Work, contact: Contact) -> None:
    """The caller has just shown to be there."""
    contact.last_heard_at = work.now


def choose_language(work: Work, contact: Contact, language: str) -> None:
    """The caller chose a language: whoever is being asked and does not speak it is let go, and matching begins anew."""
    contact.language = language
    work.session.get_one(Caller, contact.caller_id).language = language
    journal.note(work, "contact.language", contact=contact.id, language=language)
    for offer in offers_of(work, contact.id):
        if offer.state in OFFER_ASKING and language not in work.session.get_one(Person, offer.person_id).languages:
            take_back(work, offer, "does not speak the language the caller chose")
    back_in_queue_if_unasked(work, contact, "the caller chose a language")


def raise_risk(work: Work, contact: Contact, tier: Tier, why: str, **reasons: Any) -> bool:
    """Let the contact be at least as grave as `tier`; True if that is graver than it was."""
    if tier <= contact.risk:
        return False
    becomes_grave = contact.risk < Tier.HIGH <= tier
    contact.risk, contact.risk_at = tier, work.now
    journal.note(work, "contact.risk", contact=contact.id, why=why, tier=tier.word, **reasons)
    timers.bring_forward(work, TimerKind.LADDER, contact.id, work.now)
    if contact.state in WAITING:
        timers.bring_forward(work, TimerKind.MATCH, contact.queue, work.now)
        if becomes_grave:
            continuity.set_aside(work, contact)
    elif contact.state is ContactState.CONNECTED and becomes_grave:
        follow_up.remind_to_ask(work, contact)
    sign_off.look(work, contact)
    return True


def requeue(work: Work, contact: Contact, why: str) -> None:
    """Back into the queue, in front, with its seniority. Who never had anybody has no new wait limit either."""
    had_somebody = contact.state is ContactState.CONNECTED
    contact.front = True
    move_contact(work, contact, ContactState.QUEUED, why)
    if had_somebody:
        contact.waiting_since = work.now
        contact.limit_at = work.now + work.line(contact.line_version_id).queue(contact.queue).wait_limit
    contact.limit_at = max(contact.limit_at, work.now)
    contact.limit_told_at = None
    _let_guests_go(work, contact)
    _go_on_asking(work, contact)
    _wait(work, contact)


def _go_on_asking(work: Work, contact: Contact) -> None:
    """Whoever was asked to take it over is still being asked; who had joined is not left alone in the conversation."""
    for offer in offers_of(work, contact.id):
        if offer.state is OfferState.JOINED:
            take_back(work, offer, "the conversation they had joined has broken off")
        elif offer.state in OFFER_ASKING and contact.state is ContactState.QUEUED:
            move_contact(work, contact, ContactState.OFFERED, "somebody is being asked to take it over already")


def _let_guests_go(work: Work, contact: Contact) -> None:
    """Whoever came into the call beside the peer is not left alone in it; whoever is still being paged is."""
    for leg in legs_of(work, contact.id):
        page = work.session.get(Page, leg.page_id) if leg.page_id and leg.offer_id is None else None
        if page is not None and page.state is not PageState.OPEN:
            part_from(work, leg)


def go_on_waiting(work: Work, contact: Contact, limit: timedelta | None = None) -> None:
    """The caller chose to wait: the limit begins again, and so does the ladder."""
    contact.limit_at = work.now + (limit or work.line(contact.line_version_id).queue(contact.queue).wait_limit)
    contact.limit_told_at = None
    journal.note(work, "contact.keeps_waiting", contact=contact.id)
    timers.cancel(work, contact.id, TimerKind.DECIDE)
    _wait(work, contact)


def back_in_queue_if_unasked(work: Work, contact: Contact, why: str) -> None:
    """After an offer ended: OFFERED only while somebody is being asked or has accepted."""
    alive = any(offer.state in OFFER_ASKING | OFFER_TAKEN for offer in offers_of(work, contact.id))
    if contact.state is ContactState.OFFERED and not alive:
        move_contact(work, contact, ContactState.QUEUED, why)
    timers.bring_forward(work, TimerKind.MATCH, contact.queue, work.now)
    if contact.state in WAITING:
        timers.bring_forward(work, TimerKind.LADDER, contact.id, work.now)
    let_queues_look(work, contact)


def let_queues_look(work: Work, contact: Contact) -> None:
    """Somebody may have become free: for whichever queue they serve, not only for that of `contact`."""
    for queue in {contact.queue, *work.line().queues}:
        timers.bring_forward(work, TimerKind.MATCH, queue, work.now, wake=False)


def abandon(work: Work, contact: Contact, why: str) -> None:
    """The caller left before anybody answered."""
    _let_everybody_go(work, contact, why)
    move_contact(work, contact, ContactState.ABANDONED, why)
    _over(work, contact)


def divert(work: Work, contact: Contact, why: str, disposition: str) -> None:
    """The contact leaves the queue for what the line does instead. The caller's leg is not touched."""
    _let_everybody_go(work, contact, why)
    contact.disposition = disposition
    move_contact(work, contact, ContactState.DIVERTED, why, disposition=disposition)
    _over(work, contact)


def wrap_up(work: Work, contact: Contact, why: str) -> None:
    """The conversation has ended: everybody's leg goes down, and whoever held it files."""
    parting = set()
    for offer in offers_of(work, contact.id):
        if offer.state is OfferState.BRIDGED:
            begin_wrapping(work, contact, offer, why)
        elif offer.state in OFFER_LIVE:
            take_back(work, offer, why)
            parting.add(offer.id)
    for leg in legs_of(work, contact.id):
        if leg.offer_id is None or leg.offer_id not in parting:
            outbox.hang_up(work, leg)
    move_contact(work, contact, ContactState.WRAP_UP, why)
    timers.schedule(work, TimerKind.PRESENCE, contact.id, work.now + LOOK_AGAIN)
    sign_off.look(work, contact)
    let_ladder_look(work, contact)


def begin_wrapping(work: Work, contact: Contact, offer: Offer, why: str) -> None:
    """A bridged offer's person has time to file; the offer completes by itself at the end of it."""
    move_offer(work, offer, OfferState.WRAPPING, why)
    seconds = work.line(contact.line_version_id).wrap_up.seconds
    timers.schedule(work, TimerKind.OFFER, offer.id, work.now + timedelta(seconds=seconds))


def close_if_filed(work: Work, contact: Contact) -> None:
    """A contact in wrap-up closes when nobody is left who is still filing, or has to sign it."""
    if contact.state is not ContactState.WRAP_UP:
        return
    if any(offer.state is OfferState.WRAPPING for offer in offers_of(work, contact.id)):
        return
    if sign_off.is_awaited(work, contact):
        return
    move_contact(work, contact, ContactState.CLOSED, "filed" if contact.disposition else "wrap-up time is over")
    _over(work, contact)


def let_ladder_look(work: Work, contact: Contact) -> None:
    """What the ladder goes by has changed. One that has not begun has nobody to call off, and goes by its own time."""
    begun = select(Case.id).where(Case.contact_id == contact.id)
    if contact.risk or work.session.scalar(begun) is not None:
        timers.bring_forward(work, TimerKind.LADDER, contact.id, work.now, wake=False)


def _wait(work: Work, contact: Contact, ladder: datetime | None = None) -> None:
    timers.bring_forward(work, TimerKind.MATCH, contact.queue, work.now)
    timers.schedule(work, TimerKind.LIMIT, contact.id, contact.limit_at)
    timers.schedule(work, TimerKind.PRESENCE, contact.id, work.now + LOOK_AGAIN)
    timers.bring_forward(work, TimerKind.LADDER, contact.id, ladder or work.now)


def _let_everybody_go(work: Work, contact: Contact, why: str) -> None:
    for offer in offers_of(work, contact.id):
        if offer.state in OFFER_ASKING or offer.state is OfferState.ACCEPTED:
            take_back(work, offer, why)
    for leg in legs_of(work, contact.id):
        if leg.role is not LegRole.CALLER and leg.offer_id is None:
            part_from(work, leg)


def take_back(work: Work, offer: Offer, why: str) -> None:
    """The offer is rescinded: its phone stops ringing, and a text that has not left yet never does."""
    move_offer(work, offer, OfferState.RESCINDED, why)
    timers.cancel(work, offer.id, TimerKind.OFFER)
    outbox.take_back_texts(work, offer.contact_id, offer.person_id, outbox.Urgency.OFFER)
    leg = offer_leg(work, offer.id)
    if leg is not None:
        part_from(work, leg)


def part_from(work: Work, leg: Leg) -> None:
    """End the leg of a person who is not needed. Whoever has picked up hears why, and is rung for nobody meanwhile."""
    if leg.state is not LegState.LIVE:
        outbox.hang_up(work, leg)
        return
    if outbox.is_ending(work, leg):
        return
    outbox.hang_up(work, leg, after=LAST_WORDS)
    outbox.redirect(work, leg, f"/webhooks/voice/{leg.id}/screen?step=2")
    if leg.person_id is not None:
        person = work.session.get_one(Person, leg.person_id, with_for_update=True)
        person.paused_until = max(person.paused_until or work.now, work.now + PARTING)


def _over(work: Work, contact: Contact) -> None:
    timers.cancel(work, contact.id, TimerKind.LIMIT, TimerKind.DECIDE, TimerKind.PRESENCE, TimerKind.LADDER)
    sign_off.look(work, contact)
    let_ladder_look(work, contact)
    let_queues_look(work, contact)
