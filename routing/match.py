"""One pass over a queue: the waiting contacts in their order, each against whoever is free."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, bindparam, exists, func, select
from sqlalchemy.exc import IntegrityError

from helpline import timers
from helpline.database import Work
from helpline.line import Line
from helpline.log import logger
from helpline.nouns import (
    OFFER_ASKING,
    OFFER_HOLDS,
    OFFER_TAKEN,
    TRANSFER_OPEN,
    Channel,
    ContactState,
    OfferState,
    Tier,
    TimerKind,
    TransferState,
)
from helpline.queue import Ageing, Queue
from helpline.tables import Contact, Offer, Person, Transfer
from routing import candidates, continuity, offers, verdicts
from routing.choose import Hold, Verdict, Waiting, choose
from routing.choose import Offer as Ask
from routing.order import in_order
from routing.pool import Pool
from shifts.roster import Held, Roster, roster

LOOK_AGAIN = timedelta(seconds=10)
HAD_IT = (OfferState.DECLINED, OfferState.WRAPPING, OfferState.COMPLETED)
RACE_PAUSE = timedelta(seconds=0.05)
CAME_BACK = exists().where(
    Transfer.contact_id == Offer.contact_id,
    Transfer.from_person_id == Offer.person_id,
    Transfer.state == TransferState.REFUSED,
    Transfer.warm.is_(False),
    Offer.state.in_((OfferState.WRAPPING, OfferState.COMPLETED)),
)
"""Whether whoever held the contact passed it on to somebody who did not take it: then they may be asked again."""
OFFERS_MADE = select(
    Offer.contact_id, Offer.person_id, Offer.state, func.coalesce(Offer.ended_at, Offer.offered_at)
).where(Offer.contact_id.in_(bindparam("contacts", expanding=True)), ~CAME_BACK)
STILL_FREE = (
    select(Person.id)
    .where(
        Person.id.in_(bindparam("people", expanding=True)),
        ~exists().where(
            Offer.person_id == Person.id,
            Offer.state.in_(OFFER_HOLDS),
            Offer.id.not_in(bindparam("known", expanding=True)),
        ),
    )
    .with_for_update(skip_locked=True, key_share=True)
)
"""Those to whom nobody else is giving anything at this moment, nor has since we looked; held until the commit."""
log = logger(__name__)


def match(work: Work, queue: str) -> datetime | None:
    """Timer: ask people for every contact that waits. Due again when something changes by itself.

    It thinks first, about everybody and without a lock; locked, looked at anew and decided again are only those for
    whom there is something to write.
    """
    contacts = {contact.id: contact for contact in work.session.scalars(_waiting(queue))}
    if not contacts:
        return None
    wanting = _wanting(work, queue, list(contacts.values()))
    if not wanting:
        return work.now + LOOK_AGAIN
    everybody, ageing = roster(work), _ageing(work, queue, contacts[wanting[0].contact])
    one_pass = _Pass(work, everybody, verdicts.Record(work, [one.contact for one in wanting]))
    again, acting = one_pass.think(contacts, in_order(wanting, ageing, work.now))
    if not acting:
        return again
    locked = {contact.id: contact for contact in work.session.scalars(_locked(queue, acting))}
    if acting - set(locked):
        again = work.now + RACE_PAUSE
    for waiting in in_order(_wanting(work, queue, list(locked.values())), ageing, work.now):
        again = min(again, one_pass.serve(locked[waiting.contact], waiting))
    return again


def queue_order(work: Work, queue: str) -> list[Waiting]:
    """The waiting contacts of a queue, first to be served first."""
    line = work.line()
    return in_order(as_waiting(work, work.session.scalars(_waiting(queue)).all()), line.queue(queue).ageing, work.now)


def verdict_for(work: Work, contact: Contact) -> Verdict:
    """What the engine says about one contact now; nothing is changed."""
    line = work.line(contact.line_version_id)
    pool = candidates.pool(work, roster(work), line)
    waiting = as_waiting(work, [contact])[0]
    return choose(waiting, pool, line.queue(contact.queue), work.now, shares=line.capacity.of(contact.channel))


def as_waiting(work: Work, contacts: Sequence[Contact]) -> list[Waiting]:
    """Contacts as the engine sees them, with who is being asked, declined or did not answer."""
    asked: dict[UUID, dict[OfferState, dict[UUID, datetime]]] = {contact.id: {} for contact in contacts}
    for contact, person, state, at in work.session.execute(OFFERS_MADE, {"contacts": list(asked)}):
        people = asked[contact].setdefault(state, {})
        people[person] = max(at, people.get(person, at))
    wishes = continuity.wishes(work, contacts)
    return [_as_waiting(work, contact, asked[contact.id], wishes.get(contact.caller_id)) for contact in contacts]


def _as_waiting(
    work: Work,
    contact: Contact,
    asked: Mapping[OfferState, Mapping[UUID, datetime]],
    wish: continuity.Wish | None,
) -> Waiting:
    policy = work.line(contact.line_version_id).continuity
    known = continuity.known(wish, policy, work.now) if wish is not None else frozenset[UUID]()
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
        queue=contact.queue,
        is_taken=any(asked.get(state) for state in OFFER_TAKEN),
        known=known,
        known_until=continuity.known_until(policy, Tier(contact.risk), contact.arrived_at) if known else None,
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


def _wanting(work: Work, queue: str, contacts: Sequence[Contact]) -> list[Waiting]:
    """Those for whom somebody more may be asked: nobody has them, and as many as may be asked at once are not yet."""
    room = {one.id: _governing(work, one.line_version_id, queue).room(one.channel) for one in contacts}
    found = [one for one in as_waiting(work, contacts) if not one.is_taken and len(one.asked) < room[one.contact]]
    kept = _kept_for_somebody(work, {one.contact for one in found if one.asked})
    return [one for one in found if one.contact not in kept]


def _ageing(work: Work, queue: str, one: Contact) -> Ageing:
    """As the line in force says; as the contact's own line, if the queue is no longer in it."""
    line = work.line()
    return (line.queue(queue) if queue in line.queues else _governing(work, one.line_version_id, queue)).ageing


def _kept_for_somebody(work: Work, contacts: Collection[UUID]) -> set[UUID]:
    """Those that somebody is being asked by name to take over: nobody else is asked beside them."""
    if not contacts:
        return set()
    kept = select(Transfer.contact_id).where(Transfer.contact_id.in_(contacts), Transfer.state.in_(TRANSFER_OPEN))
    return set(work.session.scalars(kept))


def _governing(work: Work, line_version: int, queue: str) -> Queue:
    return work.line(line_version).queue(queue)


@dataclass
class _Pass:
    """One pass: the people as they were read at its beginning, less what it has given to them since."""

    work: Work
    now: Roster
    record: verdicts.Record
    pools: dict[int, Pool] = field(default_factory=dict)
    held: dict[UUID, list[Held]] = field(default_factory=dict)

    def think(self, contacts: Mapping[UUID, Contact], ordered: Sequence[Waiting]) -> tuple[datetime, set[UUID]]:
        """What would be decided about each: when to look again, and for whom there is something to write."""
        again, acting, given = self.work.now + LOOK_AGAIN, set[UUID](), dict[int, Pool]()
        for waiting in ordered:
            contact = contacts[waiting.contact]
            line, version = self.work.line(contact.line_version_id), contact.line_version_id
            pool, shares = given.get(version) or self._pool(version, line), line.capacity.of(contact.channel)
            verdict = choose(waiting, pool, line.queue(contact.queue), self.work.now, shares=shares)
            if isinstance(verdict, Ask):
                given[version] = pool.having_taken(verdict.people, shares)
            if isinstance(verdict, Hold):
                again = min(again, verdict.until or again)
            if isinstance(verdict, Ask) or self.record.is_news(contact, waiting, verdict):
                acting.add(contact.id)
        return again, acting

    def serve(self, contact: Contact, waiting: Waiting) -> datetime:
        """Ask for one locked contact. Returns when it should be looked at again."""
        work, later = self.work, self.work.now + LOOK_AGAIN
        line = work.line(contact.line_version_id)
        pool, verdict = self._decide(contact, waiting, line)
        is_news = self.record.keep(contact, waiting, pool, verdict)
        if isinstance(verdict, Ask):
            return later if self._ask(contact, line, verdict.people) else work.now + RACE_PAUSE
        if not isinstance(verdict, Hold):
            return later
        if verdict.nobody and is_news:
            timers.bring_forward(work, TimerKind.LADDER, contact.id, work.now)
        return min(later, verdict.until or later)

    def _decide(self, contact: Contact, waiting: Waiting, line: Line) -> tuple[Pool, Verdict]:
        """The verdict, and the people it saw. Whoever another pass is asking at this moment counts as busy."""
        policy, shares = line.queue(contact.queue), line.capacity.of(contact.channel)
        while True:
            pool = self._pool(contact.line_version_id, line)
            verdict = choose(waiting, pool, policy, self.work.now, shares=shares)
            if not isinstance(verdict, Ask):
                return pool, verdict
            elsewhere = set(verdict.people) - self._hold(verdict.people)
            if not elsewhere:
                return pool, verdict
            self._give(elsewhere, line.capacity.shares)

    def _hold(self, people: Sequence[UUID]) -> set[UUID]:
        known = [one.offer for person in people for one in self.held.get(person, self.now.held.get(person, ()))]
        return set(self.work.session.scalars(STILL_FREE, {"people": people, "known": known}))

    def _give(self, people: Collection[UUID], shares: int) -> None:
        """From now on these people have so many shares less, for every contact of the pass."""
        for version, pool in self.pools.items():
            self.pools[version] = pool.having_taken(people, shares)

    def _pool(self, line_version: int, line: Line) -> Pool:
        if line_version not in self.pools:
            self.pools[line_version] = candidates.pool(self.work, self.now, line)
        return self.pools[line_version]

    def _ask(self, contact: Contact, line: Line, people: Sequence[UUID]) -> bool:
        """Make the offers, all or none; False if another process was faster."""
        try:
            with self.work.session.begin_nested():
                for person in people:
                    holding = self.held.setdefault(person, list(self.now.held.get(person, ())))
                    offer = offers.make(self.work, contact, self.now.person(person), holding)
                    holding.append(Held(offer.id, offer.channel, offer.share_from, offer.share_to, offer.tag))
        except IntegrityError:
            log.info("match.raced", contact=str(contact.id))
            return False
        self._give(people, line.capacity.of(contact.channel))
        return True
