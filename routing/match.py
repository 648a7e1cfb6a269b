"""One pass over a queue: the waiting contacts in their order, each against whoever is free."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.exc import IntegrityError

from helpline import journal, timers
from helpline.database import Work
from helpline.line import Queue
from helpline.log import logger
from helpline.nouns import OFFER_ASKING, OFFER_TAKEN, Channel, ContactState, OfferState, Tier, TimerKind
from helpline.tables import Contact, Event, Offer
from routing import offers
from routing.choose import Candidate, Divert, Hold, Verdict, Waiting, choose
from routing.choose import Offer as Ask
from routing.order import in_order
from shifts.roster import Held, Roster, roster

LOOK_AGAIN = timedelta(seconds=10)
HAD_IT = (OfferState.DECLINED, OfferState.WRAPPING, OfferState.COMPLETED)
RACE_PAUSE = timedelta(seconds=0.05)
LAST_VERDICT = (
    select(Event)
    .where(Event.contact_id == bindparam("contact"), Event.what.in_(("match.offer", "match.hold")))
    .order_by(Event.id.desc())
    .limit(1)
)
UNLOCKED = (Contact.id, Contact.channel, Contact.line_version_id)
log = logger(__name__)


def match(work: Work, queue: str) -> datetime | None:
    """Timer: ask people for every contact that waits. Due again when something changes by itself."""
    everybody = work.session.execute(_waiting(queue).with_only_columns(*UNLOCKED)).all()
    asked = _live_offers(work, queue)
    room = {row.id: _governing(work, row.line_version_id, queue).room(row.channel) for row in everybody}
    wanting = {contact for contact, most in room.items() if asked.get(contact, 0) < most}
    contacts = {contact.id: contact for contact in work.session.scalars(_locked(queue, wanting))} if wanting else {}
    again = work.now + (RACE_PAUSE if wanting - set(contacts) else LOOK_AGAIN)
    if not contacts:
        return again if everybody else None
    now = roster(work)
    held = {person: list(holding) for person, holding in now.held.items()}
    policy = work.line().queue(queue) if queue in work.line().queues else None
    ageing = (policy or _governing(work, next(iter(contacts.values())).line_version_id, queue)).ageing
    for waiting in in_order(as_waiting(work, list(contacts.values())), ageing, work.now):
        again = min(again, _serve(work, contacts[waiting.contact], waiting, now, held))
    return again


def queue_order(work: Work, queue: str) -> list[Waiting]:
    """The waiting contacts of a queue, first to be served first."""
    line = work.line()
    return in_order(as_waiting(work, work.session.scalars(_waiting(queue)).all()), line.queue(queue).ageing, work.now)


def verdict_for(work: Work, contact: Contact) -> Verdict:
    """What the engine says about one contact now; nothing is changed."""
    return _choose(work, contact, as_waiting(work, [contact])[0], roster(work), None)


def as_waiting(work: Work, contacts: Sequence[Contact]) -> list[Waiting]:
    """Contacts as the engine sees them, with who is being asked, declined or did not answer."""
    asked: dict[UUID, dict[OfferState, dict[UUID, datetime]]] = {contact.id: {} for contact in contacts}
    rows = work.session.scalars(select(Offer).where(Offer.contact_id.in_(list(asked)))).all()
    for offer in rows:
        people = asked[offer.contact_id].setdefault(offer.state, {})
        people[offer.person_id] = max(offer.ended_at or offer.offered_at, people.get(offer.person_id, offer.offered_at))
    return [_as_waiting(contact, asked[contact.id]) for contact in contacts]


def _as_waiting(contact: Contact, asked: Mapping[OfferState, Mapping[UUID, datetime]]) -> Waiting:
    return Waiting(
        contact=contact.id,
        channel=Channel(contact.channel),
        language=contact.language,
        topics=frozenset(contact.topics),
        risk=Tier(contact.risk),
        front=contact.front,
        arrived_at=contact.arrived_at,
        asked=frozenset(person for state in OFFER_ASKING | OFFER_TAKEN for person in asked.get(state, ())),
        declined=frozenset(person for state in HAD_IT for person in asked.get(state, ())),
        missed={**asked.get(OfferState.EXPIRED, {}), **asked.get(OfferState.FAILED, {})},
    )


def _waiting(queue: str) -> Select[Contact]:
    return (
        select(Contact)
        .where(Contact.queue == queue, Contact.state.in_((ContactState.QUEUED, ContactState.OFFERED)))
        .order_by(Contact.id)
    )


def _locked(queue: str, wanting: Collection[UUID]) -> Select[Contact]:
    """Without those that somebody holds at this moment: a webhook is never waited for, it is looked at again soon."""
    query = _waiting(queue).where(Contact.id.in_(wanting))
    return query.with_for_update(skip_locked=True).execution_options(populate_existing=True)


def _live_offers(work: Work, queue: str) -> dict[UUID, int]:
    """How many people are being asked for each waiting contact. Whoever has enough is not locked for nothing."""
    live = select(Offer.contact_id, func.count()).where(Offer.state.in_(OFFER_ASKING | OFFER_TAKEN))
    waits = _waiting(queue).with_only_columns(Contact.id).order_by(None)
    rows = work.session.execute(live.where(Offer.contact_id.in_(waits)).group_by(Offer.contact_id))
    return {row.contact_id: row[1] for row in rows}


def _governing(work: Work, line_version: int, queue: str) -> Queue:
    return work.line(line_version).queue(queue)


def _choose(
    work: Work, contact: Contact, waiting: Waiting, now: Roster, held: Mapping[UUID, Sequence[Held]] | None
) -> Verdict:
    line = work.line(contact.line_version_id)
    holding = now.held if held is None else held
    engaged = now.on_the_phone if contact.channel is Channel.VOICE else frozenset()
    pool = [
        Candidate(
            person=person.id,
            name=person.name,
            role=person.role,
            place=person.place,
            languages=frozenset(person.languages),
            excludes=frozenset(person.excludes),
            on_shift=person.id in now.coverage.on_shift,
            free_shares=0 if person.id in engaged else line.capacity.shares - _taken(holding.get(person.id, ())),
            paused_until=person.paused_until,
            idle_since=person.idle_since,
        )
        for person in now.people
    ]
    policy = line.queue(contact.queue)
    return choose(waiting, pool, policy, work.now, shares=line.capacity.of(contact.channel))


def _taken(holding: Sequence[Held]) -> int:
    return sum(one.share_to - one.share_from for one in holding)


def _serve(work: Work, contact: Contact, waiting: Waiting, now: Roster, held: dict[UUID, list[Held]]) -> datetime:
    """Ask for one contact. Returns when it should be looked at again."""
    later = work.now + LOOK_AGAIN
    if len(waiting.asked) >= _governing(work, contact.line_version_id, contact.queue).room(contact.channel):
        return later
    if waiting.asked and waiting.asked & _accepted(work, contact):
        return later
    verdict = _choose(work, contact, waiting, now, held)
    is_news = _journal(work, contact, verdict)
    if isinstance(verdict, Hold):
        if verdict.nobody and is_news:
            timers.bring_forward(work, TimerKind.LADDER, contact.id, work.now)
        return min(later, verdict.until or later)
    if isinstance(verdict, Divert):
        return later
    try:
        with work.session.begin_nested():
            for person_id in verdict.people:
                holding = held.setdefault(person_id, [])
                offer = offers.make(work, contact, now.person(person_id), holding)
                holding.append(Held(offer.id, offer.channel, offer.share_from, offer.share_to, offer.tag))
    except IntegrityError:
        log.info("match.raced", contact=str(contact.id))
        return work.now + RACE_PAUSE
    return later


def _accepted(work: Work, contact: Contact) -> set[UUID]:
    return set(
        work.session.scalars(
            select(Offer.person_id).where(Offer.contact_id == contact.id, Offer.state.in_(OFFER_TAKEN))
        )
    )


def _journal(work: Work, contact: Contact, verdict: Verdict) -> bool:
    """Write the verdict down, unless it says what the last one said. Returns whether it was written."""
    kind = {Ask: "match.offer", Hold: "match.hold", Divert: "match.divert"}[type(verdict)]
    rules = {str(reason.person): reason.rule.value for reason in verdict.reasons}
    last = work.session.scalar(LAST_VERDICT, {"contact": contact.id})
    if last is not None and last.what == kind and last.reasons.get("rules") == rules:
        return False
    words = {str(reason.person): reason.words for reason in verdict.reasons}
    journal.note(work, kind, contact=contact.id, rules=rules, words=words)
    return True
