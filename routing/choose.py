"""Who is asked to take a contact, and why everybody else is not: pure functions of values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import overload
from uuid import UUID

from helpline.nouns import Channel, Tier
from helpline.queue import Opening, Queue, Strategy
from routing.pool import Candidate, Fit, Pool, Wanted, meets, pause_of
from routing.reasons import Reason, Rule


@dataclass(frozen=True)
class Waiting:
    """A contact that wants somebody. Those it is `known` to are asked before all others until `known_until`."""

    contact: UUID
    channel: Channel
    language: str
    topics: frozenset[str]
    risk: Tier
    front: bool
    arrived_at: datetime
    asked: frozenset[UUID] = frozenset()
    declined: frozenset[UUID] = frozenset()
    missed: Mapping[UUID, datetime] = field(default_factory=dict)
    queue: str = ""
    is_taken: bool = False
    known: frozenset[UUID] = frozenset()
    known_until: datetime | None = None


class Reasons(Sequence[Reason]):
    """One reason for each of the pool, in the coordinator's order. They are put into words when somebody asks."""

    def __init__(self, decision: _Decision, chosen: Sequence[UUID]) -> None:
        self._decision, self._chosen = decision, frozenset(chosen)

    def rule(self, one: Candidate) -> Rule:
        """The rule that decided about one person of the pool."""
        return self._decision.rule(one, self._chosen)

    @cached_property
    def _all(self) -> tuple[Reason, ...]:
        told = []
        for one in self._decision.pool:
            rule = self.rule(one)
            told.append(Reason(one.person, one.name, rule, self._decision.words(one, rule)))
        return tuple(told)

    @overload
    def __getitem__(self, index: int) -> Reason: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Reason]: ...
    def __getitem__(self, index: int | slice) -> Reason | Sequence[Reason]:
        return self._all[index]

    def __len__(self) -> int:
        return len(self._decision.pool)

    def __iter__(self) -> Iterator[Reason]:
        return iter(self._all)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all == tuple(other)

    def __hash__(self) -> int:
        return hash(self._all)


@dataclass(frozen=True)
class Offer:
    """Ask these people, in this order."""

    people: tuple[UUID, ...]
    reasons: Reasons


@dataclass(frozen=True)
class Hold:
    """Ask nobody now. `until` is when that may change by itself; `nobody` says that no one on shift is left to ask."""

    until: datetime | None
    nobody: bool
    reasons: Reasons


@dataclass(frozen=True)
class Divert:
    """The wait limit is reached."""

    reasons: Reasons


Verdict = Offer | Hold | Divert

_PLAIN_WORDS = {
    Rule.ASKED_ALREADY: "is being asked already",
    Rule.OTHER_QUEUE: "does not serve this queue",
    Rule.OFF_SHIFT: "is not on shift",
    Rule.ABSENT: "has not shown to be there",
    Rule.ENDING: "is at the end of their shift, too short to begin anything new",
    Rule.DECLINED: "declined this contact",
    Rule.PAUSED: "is paused",
    Rule.RESTING: "rests after a hard contact",
    Rule.MISSED: "did not answer a moment ago",
    Rule.BUSY: "is with somebody else",
    Rule.KEPT_FOR_KNOWN: "fits, but somebody the caller knows is asked first",
}


def choose(
    contact: Waiting,
    pool: Sequence[Candidate],
    policy: Queue,
    now: datetime,
    *,
    shares: int,
    limit_at: datetime | None = None,
) -> Verdict:
    """The verdict for one contact. `shares` is what it takes of a person; each of `pool` gets exactly one reason.

    A `Pool` as of `now` is looked through quickly for any number of contacts; any other sequence is made one first.
    """
    people = pool if isinstance(pool, Pool) else Pool(pool, now)
    if people.now != now:
        raise ValueError("the pool is of another moment")
    decision = _Decision(contact, people, policy, shares)
    chosen = decision.chosen()
    reasons = Reasons(decision, chosen)
    if limit_at is not None and now >= limit_at:
        return Divert(Reasons(decision, ()))
    if chosen:
        return Offer(chosen, reasons)
    return Hold(decision.until(), decision.nobody(), reasons)


def misfits(contact: Waiting, people: Iterable[UUID], pool: Pool, policy: Queue, *, shares: int) -> Mapping[UUID, str]:
    """Which of `people` would not be asked for this contact now, free or not, and why."""
    decision = _Decision(contact, pool, policy, shares)
    known = [one for one in map(pool.get, people) if one is not None and one.profile in decision.fit.unfit]
    lasting = decision.at_last.unfit
    return {one.person: decision.words(one, lasting.get(one.profile, Rule.NOT_YET)) for one in known}


class _Decision:
    """One contact before one pool, under the policy of its queue."""

    def __init__(self, contact: Waiting, pool: Pool, policy: Queue, shares: int) -> None:
        self.contact, self.pool, self.policy, self.shares = contact, pool, policy, shares
        self.age = (pool.now - contact.arrived_at).total_seconds()
        self.at_last = self._fit(policy.openings[-1])
        self.opening = self._opening()
        self.fit = self._fit(self.opening)

    def chosen(self) -> tuple[UUID, ...]:
        """Who is asked now: those who fit and are free, in their turn, as many as there is room for."""
        room = max(0, self.opening.at_once(self.contact.channel) - len(self.contact.asked))
        turn = self.known_first if self.is_kept else self.fit.in_turn
        return tuple(one.person for one in islice(filter(self._can_be_asked, turn), room))

    def nobody(self) -> bool:
        """Whether no waiting will ever find somebody: nobody is being asked, and whoever fits has declined."""
        return not self.contact.asked and self._left(self.policy.openings[-1]) == 0

    def until(self) -> datetime | None:
        """The next moment at which a step opens, or a pause ends, or those who know the caller had their time."""
        now, contact = self.pool.now, self.contact
        moments = [contact.arrived_at + timedelta(seconds=step.after_seconds) for step in self.policy.steps]
        moments += [self._missed_until(person) for person in contact.missed]
        if self.at_last.changes_at is not None:
            moments.append(self.at_last.changes_at)
        if contact.known and contact.known_until is not None:
            moments.append(contact.known_until)
        return min((moment for moment in moments if moment > now), default=None)

    def rule(self, one: Candidate, chosen: frozenset[UUID]) -> Rule:  # noqa: PLR0911 - a return a rule, in their order
        """The first rule that keeps `one` from being asked; CHOSEN if none does."""
        contact = self.contact
        if one.person in contact.asked:
            return Rule.ASKED_ALREADY
        unfit = self.at_last.unfit.get(one.profile)
        if unfit is not None:
            return unfit
        if one.person in contact.declined:
            return Rule.DECLINED
        if self.pool.is_busy(one, contact.channel, self.shares):
            return Rule.BUSY
        pause = pause_of(one, self.pool.now)
        if pause is not None:
            return pause[0]
        if one.person in contact.missed and self._missed_until(one.person) > self.pool.now:
            return Rule.MISSED
        if one.person in chosen:
            return Rule.CHOSEN
        if one.profile in self.fit.unfit:
            return Rule.NOT_YET
        return Rule.KEPT_FOR_KNOWN if self.is_kept else Rule.LATER_IN_TURN

    def words(self, one: Candidate, rule: Rule) -> str:  # noqa: PLR0911 - a sentence a rule
        """The rule as a coordinator would say it, after the person's name."""
        contact = self.contact
        match rule:
            case Rule.CHOSEN:
                return f"fits, free, and {self._merit(one)}"
            case Rule.LATER_IN_TURN:
                return f"fits, but others come first in turn (idle {self._idle(one)} s)"
            case Rule.OTHER_ROLE:
                return f"is a {one.role}: this queue does not ask them"
            case Rule.NOT_YET:
                return f"{self._not_yet(one)}: joins {self._joins_after(one):.0f} s after arrival"
            case Rule.LANGUAGE:
                return f"does not speak {contact.language}"
            case Rule.SKILL | Rule.LAPSED:
                return self._lacks(one, rule, self.policy.openings[-1])
            case Rule.AT_LIMIT:
                return one.at_limit
            case Rule.NOT_PRESENT:
                return one.away
            case Rule.TOPIC:
                return f"does not take {', '.join(sorted(contact.topics & one.excludes))}"
            case _:
                return _PLAIN_WORDS[rule]

    @property
    def is_kept(self) -> bool:
        """Whether others are left out for now: somebody the caller knows can be asked, or is being asked, in time."""
        until = self.contact.known_until
        asked = until is not None and self.pool.now < until and not self.contact.known.isdisjoint(self.contact.asked)
        return asked or bool(self.known_first)

    @cached_property
    def known_first(self) -> Sequence[Candidate]:
        """Those whom the caller knows and who can be asked now; none once their time is over."""
        until = self.contact.known_until
        if not self.contact.known or until is None or self.pool.now >= until:
            return ()
        return [one for one in self.fit.in_turn if one.person in self.contact.known and self._can_be_asked(one)]

    def _can_be_asked(self, one: Candidate) -> bool:
        """Whether nothing that is between this contact and `one` stands in the way."""
        contact, person = self.contact, one.person
        if person in contact.asked or person in contact.declined:
            return False
        if person in contact.missed and self._missed_until(person) > self.pool.now:
            return False
        return not self.pool.is_busy(one, contact.channel, self.shares)

    def _fit(self, opening: Opening) -> Fit:
        contact, policy = self.contact, self.policy
        dropped = opening.dropped
        return self.pool.fit(
            Wanted(
                channel=contact.channel,
                shares=self.shares,
                roles=opening.roles,
                queues=opening.queues | {contact.queue},
                language=None if "language" in dropped else contact.language,
                topics=contact.topics,
                required=tuple(need for need in policy.needs if need.required and need.skill not in dropped),
                preferred=tuple(need for need in policy.needs if not need.required or need.skill in dropped),
                strategy=policy.strategy,
                danger=self.pool.somebody_ends and contact.risk >= Tier.HIGH,
            )
        )

    def _opening(self) -> Opening:
        """The latest step whose time has come; and each next one at once while nobody so far is left to ask."""
        opened = self.policy.openings[0]
        for opening in self.policy.openings[1:]:
            if opening.after_seconds > self.age and self._left(opened):
                break
            opened = opening
        return opened

    def _left(self, opening: Opening) -> int:
        """How many may still say yes: those who fit and have not declined, free or not, and whoever is being asked."""
        fit = self._fit(opening)
        declined = (one for one in map(self.pool.get, self.contact.declined) if one is not None)
        asked = (one for one in map(self.pool.get, self.contact.asked) if one is not None)
        unfit = sum(one.profile in fit.unfit and one.role in opening.roles for one in asked)
        return fit.count + unfit - sum(one.profile not in fit.unfit for one in declined)

    def _missed_until(self, person: UUID) -> datetime:
        return self.contact.missed[person] + timedelta(seconds=self.policy.pause_after_missed_seconds)

    def _joins_after(self, one: Candidate) -> float:
        """When the step opens from which on `one` may be asked."""
        profile = one.profile
        opened = (opening.after_seconds for opening in self.policy.openings if profile not in self._fit(opening).unfit)
        return min(opened, default=0.0)

    def _not_yet(self, one: Candidate) -> str:
        """Why somebody whom a later step brings in does not fit the present one."""
        rule = self.fit.unfit[one.profile]
        if rule in {Rule.SKILL, Rule.LAPSED}:
            return self._lacks(one, rule, self.opening)
        return f"is {one.role}" if rule is Rule.OTHER_ROLE else self.words(one, rule)

    def _lacks(self, one: Candidate, rule: Rule, opening: Opening) -> str:
        required = (need for need in self.policy.needs if need.required and need.skill not in opening.dropped)
        need = next(need for need in required if not meets(one.skills, need))
        if rule is Rule.LAPSED:
            return f"has a certification that has run out: {need.skill}"
        return f"does not have {need.skill}" + (f" at level {need.level}" if need.level > 1 else "")

    def _merit(self, one: Candidate) -> str:
        """Why whoever is first in turn is first."""
        figure = {
            Strategy.LONGEST_IDLE: f" ({self._idle(one)} s)",
            Strategy.LEAST_TODAY: f" ({one.contacts_today})",
        }
        return self.policy.strategy.merit + figure.get(self.policy.strategy, "")

    def _idle(self, one: Candidate) -> int:
        return int((self.pool.now - one.idle_since).total_seconds())
