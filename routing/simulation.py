"""What callers would meet: contacts drawn by chance, and given to people by the real engine. Pure.

It serves where the formulas of `shifts.foresight.erlang` do not fit: languages and skills, phones that ring for a
while, rings that are missed or declined, pauses, conversations by text beside each other. Where both apply they agree.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Protocol
from uuid import UUID

from helpline.line import Capacity, Protection
from helpline.nouns import Channel, Tier
from helpline.queue import Queue
from routing.choose import Hold, Offer, Waiting, choose
from routing.order import in_order
from routing.pool import Candidate, Pool

BEGINNING = datetime(2001, 1, 1, tzinfo=UTC)
"""When every simulation begins; nothing depends on it."""
HOUR = 3600.0


class Chance(Protocol):
    """Where chance comes from: `random.Random` is one."""

    def expovariate(self, lambd: float) -> float: ...
    def uniform(self, a: float, b: float) -> float: ...


@dataclass(frozen=True)
class Kind:
    """A kind of contact: so many come an hour, by chance; each talks, waits at most, and is wrapped up for a time.

    All times are means of exponential distributions, in seconds. A patience of None never ends.
    """

    queue: str
    channel: Channel
    per_hour: float
    language: str
    talk_seconds: float
    wrap_up_seconds: float = 0.0
    patience_seconds: float | None = None
    topics: frozenset[str] = frozenset()
    risk: Tier = Tier.NONE


@dataclass(frozen=True)
class Answering:
    """How people take what rings: the share they take, the share they decline, and the mean seconds before they do.

    The rest they miss, as they do what they would have taken only after the ringing ends. The seconds are exponential.
    """

    takes: float = 1.0
    declines: float = 0.0
    after_seconds: float = 0.0


@dataclass(frozen=True)
class Setting:
    """A line in one hour: who is there, what comes in, and the policy. Who reaches the wait limit is diverted."""

    queues: Mapping[str, Queue]
    capacity: Capacity
    people: Sequence[Candidate]
    kinds: Sequence[Kind]
    answering: Answering = Answering()
    protection: Protection | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one contact, and after how many seconds of waiting."""

    wait_seconds: float
    answered: bool
    reached_limit: bool = False

    @property
    def gave_up(self) -> bool:
        return not (self.answered or self.reached_limit)


def run(setting: Setting, chance: Chance, *, warm_up: int, counted: int) -> list[Outcome]:
    """What becomes of `counted` contacts, by their arrival, after the first `warm_up`, on a line that begins empty."""
    return _Run(setting, chance, range(warm_up, warm_up + counted)).outcome()


@dataclass(eq=False, slots=True)
class _Contact:
    """A contact that waits, with who is being asked, and who declined or missed it."""

    kind: Kind
    number: int
    waiting: Waiting
    asks: dict[UUID, object] = field(default_factory=dict)
    declined: set[UUID] = field(default_factory=set)
    missed: dict[UUID, datetime] = field(default_factory=dict)

    def seen(self) -> Waiting:
        """The contact as the engine sees it now."""
        if not (self.asks or self.declined or self.missed):
            return self.waiting
        return replace(
            self.waiting, asked=frozenset(self.asks), declined=frozenset(self.declined), missed=dict(self.missed)
        )


class _Run:
    """One run: the moments at which something happens, first come first, and everybody as they are."""

    def __init__(self, setting: Setting, chance: Chance, wanted: range) -> None:
        self.setting, self.chance, self.wanted = setting, chance, wanted
        self.now = BEGINNING
        self.people = {one.person: replace(one, idle_since=BEGINNING) for one in setting.people}
        self.missed_in_row = dict.fromkeys(self.people, 0)
        self.waiting: dict[UUID, _Contact] = {}
        self.outcomes: dict[int, Outcome] = {}
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order, self._numbers = count(), count()
        self._wakes: datetime | None = None

    def outcome(self) -> list[Outcome]:
        """Let time pass until everything is known of those that are wanted."""
        for kind in self.setting.kinds:
            self._expect(kind)
        while len(self.outcomes) < len(self.wanted) and self._due:
            self.now, _, happens = heapq.heappop(self._due)
            happens()
        return [self.outcomes[number] for number in self.wanted if number in self.outcomes]

    def _at(self, moment: datetime, happens: Callable[[], None]) -> None:
        heapq.heappush(self._due, (moment, next(self._order), happens))

    def _after(self, seconds: float, happens: Callable[[], None]) -> None:
        self._at(self.now + timedelta(seconds=seconds), happens)

    def _drawn(self, mean: float) -> float:
        return self.chance.expovariate(1 / mean) if mean > 0 else 0.0

    def _expect(self, kind: Kind) -> None:
        if kind.per_hour > 0:
            self._after(self._drawn(HOUR / kind.per_hour), lambda: self._arrive(kind))

    def _arrive(self, kind: Kind) -> None:
        self._expect(kind)
        number = next(self._numbers)
        contact = _Contact(kind, number, _waiting(kind, number, self.now))
        self.waiting[contact.waiting.contact] = contact
        self._at(self.now + self.setting.queues[kind.queue].wait_limit, lambda: self._leave(contact, at_limit=True))
        if kind.patience_seconds is not None:
            self._after(self._drawn(kind.patience_seconds), lambda: self._leave(contact))
        self._match()

    def _leave(self, contact: _Contact, *, at_limit: bool = False) -> None:
        """The contact has waited too long, for itself or for the line; unless it waits no more."""
        if contact.waiting.contact not in self.waiting:
            return
        was_asked_for = bool(contact.asks)
        self._over(contact, answered=False, reached_limit=at_limit)
        if was_asked_for:
            self._match()

    def _over(self, contact: _Contact, *, answered: bool, reached_limit: bool = False) -> None:
        """The contact waits no more, and nobody is asked any longer."""
        del self.waiting[contact.waiting.contact]
        for person in list(contact.asks):
            self._let_go(contact, person)
        if contact.number in self.wanted:
            waited = (self.now - contact.waiting.arrived_at).total_seconds()
            self.outcomes[contact.number] = Outcome(waited, answered, reached_limit)

    def _match(self) -> None:
        """Ask the engine about everybody who waits, as a pass of the line does. Who is wholly busy is given nothing."""
        for name, queue in self.setting.queues.items():
            wanting = {
                contact.waiting.contact: contact
                for contact in self.waiting.values()
                if contact.kind.queue == name and len(contact.asks) < queue.room(contact.kind.channel)
            }
            if wanting and any(one.free_shares > 0 for one in self.people.values()):
                self._pass(queue, wanting)

    def _pass(self, queue: Queue, wanting: Mapping[UUID, _Contact]) -> None:
        pool = Pool(self.people.values(), self.now)
        for waiting in in_order([contact.seen() for contact in wanting.values()], queue.ageing, self.now):
            shares = self.setting.capacity.of(waiting.channel)
            verdict = choose(waiting, pool, queue, self.now, shares=shares)
            if isinstance(verdict, Offer):
                pool = pool.having_taken(verdict.people, shares)
                for person in verdict.people:
                    self._ask(wanting[waiting.contact], person, queue)
            elif isinstance(verdict, Hold) and verdict.until is not None:
                self._wake(verdict.until)

    def _wake(self, moment: datetime) -> None:
        if self._wakes is None or moment < self._wakes:
            self._wakes = moment
            self._at(moment, self._woken)

    def _woken(self) -> None:
        if self._wakes == self.now:
            self._wakes = None
        self._match()

    def _ask(self, contact: _Contact, person: UUID, queue: Queue) -> None:
        """Something rings, and is taken, declined or missed, unless the contact is gone by then."""
        ask = object()
        contact.asks[person] = ask
        self._change(person, contact, -1, last_asked=self.now)
        answering, lasts = self.setting.answering, queue.offer_lasts(contact.kind.channel).total_seconds()
        does, after = self.chance.uniform(0, 1), self._drawn(answering.after_seconds)
        happens: Callable[[_Contact, UUID, Queue], None] = self._missed
        if after < lasts and does < answering.takes + answering.declines:
            happens = self._taken if does < answering.takes else self._declined

        def then() -> None:
            if contact.asks.get(person) is ask:
                happens(contact, person, queue)

        self._after(lasts if happens == self._missed else after, then)

    def _taken(self, contact: _Contact, person: UUID, _: Queue) -> None:
        del contact.asks[person]
        rang_elsewhere = bool(contact.asks)
        self.missed_in_row[person] = 0
        self._over(contact, answered=True)
        kind = contact.kind
        self._after(
            self._drawn(kind.talk_seconds) + self._drawn(kind.wrap_up_seconds), lambda: self._done(contact, person)
        )
        if rang_elsewhere:
            self._match()

    def _done(self, contact: _Contact, person: UUID) -> None:
        today = self.people[person].contacts_today + 1
        self._change(person, contact, 1, idle_since=self.now, contacts_today=today)
        self._match()

    def _declined(self, contact: _Contact, person: UUID, queue: Queue) -> None:
        contact.declined.add(person)
        self._let_go(contact, person)
        self._pause(person, timedelta(seconds=queue.pause_after_decline_seconds))
        self._match()

    def _missed(self, contact: _Contact, person: UUID, queue: Queue) -> None:
        contact.missed[person] = self.now
        self.missed_in_row[person] += 1
        self._let_go(contact, person)
        policy = self.setting.protection
        if policy is not None:
            self._pause(person, policy.pause_after(self.missed_in_row[person], queue.pause_after_missed_seconds))
        self._match()

    def _pause(self, person: UUID, lasts: timedelta) -> None:
        until, now = self.now + lasts, self.people[person]
        self.people[person] = replace(now, paused_until=max(now.paused_until or until, until))

    def _let_go(self, contact: _Contact, person: UUID) -> None:
        del contact.asks[person]
        self._change(person, contact, 1)

    def _change(self, person: UUID, contact: _Contact, given_back: int, **changes: Any) -> None:
        """The person takes the contact (-1), or is free of it again (1)."""
        now, channel = self.people[person], contact.kind.channel
        if channel is Channel.VOICE:
            changes["on_phone"] = given_back < 0
        elif now.free_texts is not None:
            changes["free_texts"] = now.free_texts + given_back
        changes["free_shares"] = now.free_shares + given_back * self.setting.capacity.of(channel)
        self.people[person] = replace(now, **changes)


def _waiting(kind: Kind, number: int, now: datetime) -> Waiting:
    return Waiting(
        contact=UUID(int=number),
        channel=kind.channel,
        language=kind.language,
        topics=kind.topics,
        risk=kind.risk,
        front=False,
        arrived_at=now,
        queue=kind.queue,
    )
