"""Who is asked to take a contact, and why everybody else is not: pure functions of values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from helpline.line import Queue
from helpline.nouns import Channel, Role, Tier


class Rule(StrEnum):
    """The rule that decided about one person."""

    CHOSEN = "chosen"
    ASKED_ALREADY = "asked already"
    OTHER_ROLE = "other role"
    NOT_YET = "not yet"
    OFF_SHIFT = "off shift"
    LANGUAGE = "language"
    TOPIC = "topic"
    DECLINED = "declined"
    PAUSED = "paused"
    MISSED = "missed"
    BUSY = "busy"
    LATER_IN_TURN = "later in turn"


@dataclass(frozen=True)
class Reason:
    """Why one person was or was not chosen, as a rule and as a sentence."""

    person: UUID
    name: str
    rule: Rule
    words: str


@dataclass(frozen=True)
class Waiting:
    """A contact that wants somebody."""

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


@dataclass(frozen=True)
class Candidate:
    """Somebody of the roster, as they stand now. `place` settles ties."""

    person: UUID
    name: str
    role: Role
    place: int
    languages: frozenset[str]
    excludes: frozenset[str]
    on_shift: bool
    free_shares: int
    paused_until: datetime | None
    idle_since: datetime


@dataclass(frozen=True)
class Offer:
    """Ask these people, in this order."""

    people: tuple[UUID, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Hold:
    """Ask nobody now. `until` is when that may change by itself; `nobody` says that no one on shift is left to ask."""

    until: datetime | None
    nobody: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Divert:
    """The wait limit is reached."""

    reasons: tuple[Reason, ...]


Verdict = Offer | Hold | Divert

_PLAIN_WORDS = {
    Rule.ASKED_ALREADY: "is being asked already",
    Rule.OFF_SHIFT: "is not on shift",
    Rule.DECLINED: "declined this contact",
    Rule.PAUSED: "is paused",
    Rule.MISSED: "did not answer a moment ago",
    Rule.BUSY: "is with somebody else",
}
_LASTING = frozenset({Rule.OTHER_ROLE, Rule.OFF_SHIFT, Rule.LANGUAGE, Rule.TOPIC, Rule.DECLINED})


def choose(
    contact: Waiting,
    pool: Sequence[Candidate],
    policy: Queue,
    now: datetime,
    *,
    shares: int,
    limit_at: datetime | None = None,
) -> Verdict:
    """The verdict for one contact. `shares` is what it takes of a person; each of `pool` gets exactly one reason."""
    ordered = sorted(pool, key=lambda one: (one.idle_since, one.place))
    roles = _roles(policy)
    rules = {one.person: _rule(contact, one, roles, policy, now, shares) for one in ordered}
    opened = _open_roles(contact, ordered, rules, policy, now)
    free = [one for one in ordered if one.role in opened and rules[one.person] is Rule.CHOSEN]
    room = max(0, policy.room(contact.channel) - len(contact.asked))
    chosen = free[:room]
    reasons = tuple(_reason(one, rules[one.person], opened, chosen, contact, now, policy) for one in ordered)
    if limit_at is not None and now >= limit_at:
        return Divert(reasons)
    if chosen:
        return Offer(tuple(one.person for one in chosen), reasons)
    nobody = not contact.asked and all(_lasting(rules[one.person]) for one in ordered if one.role in roles)
    return Hold(_until(contact, ordered, rules, policy, now), nobody, reasons)


def _rule(  # noqa: PLR0911 - one return a rule, in the order in which they count
    contact: Waiting, one: Candidate, roles: frozenset[Role], policy: Queue, now: datetime, shares: int
) -> Rule:
    """The first rule that keeps `one` from being asked, apart from when their role joins; CHOSEN if none does."""
    if one.person in contact.asked:
        return Rule.ASKED_ALREADY
    if one.role not in roles:
        return Rule.OTHER_ROLE
    if not one.on_shift:
        return Rule.OFF_SHIFT
    if contact.language not in one.languages:
        return Rule.LANGUAGE
    if contact.topics & one.excludes:
        return Rule.TOPIC
    if one.person in contact.declined:
        return Rule.DECLINED
    if one.free_shares < shares:
        return Rule.BUSY
    if one.paused_until is not None and now < one.paused_until:
        return Rule.PAUSED
    return Rule.MISSED if _missed_until(contact, one, policy) > now else Rule.CHOSEN


def _missed_until(contact: Waiting, one: Candidate, policy: Queue) -> datetime:
    missed = contact.missed.get(one.person)
    return contact.arrived_at if missed is None else missed + timedelta(seconds=policy.pause_after_missed_seconds)


def _open_roles(
    contact: Waiting, pool: Sequence[Candidate], rules: Mapping[UUID, Rule], policy: Queue, now: datetime
) -> frozenset[Role]:
    """Roles of every step whose time has come, and of each next step while nobody so far is left to ask."""
    age = (now - contact.arrived_at).total_seconds()
    opened: frozenset[Role] = frozenset()
    for step in policy.steps:
        left = [one for one in pool if one.role in opened and not _lasting(rules[one.person])]
        if step.after_seconds > age and left:
            break
        opened |= set(step.roles)
    return opened


def _roles(policy: Queue) -> frozenset[Role]:
    return frozenset(role for step in policy.steps for role in step.roles)


def _lasting(rule: Rule) -> bool:
    return rule in _LASTING


def _until(
    contact: Waiting, pool: Sequence[Candidate], rules: Mapping[UUID, Rule], policy: Queue, now: datetime
) -> datetime | None:
    """The next moment at which a step opens or a pause ends."""
    moments = [contact.arrived_at + timedelta(seconds=step.after_seconds) for step in policy.steps]
    for one in pool:
        if rules[one.person] is Rule.PAUSED and one.paused_until is not None:
            moments.append(one.paused_until)
        if rules[one.person] is Rule.MISSED:
            moments.append(_missed_until(contact, one, policy))
    return min((moment for moment in moments if moment > now), default=None)


def _reason(
    one: Candidate,
    rule: Rule,
    opened: frozenset[Role],
    chosen: Sequence[Candidate],
    contact: Waiting,
    now: datetime,
    policy: Queue,
) -> Reason:
    if rule is Rule.CHOSEN and one not in chosen:
        rule = Rule.LATER_IN_TURN if one.role in opened else Rule.NOT_YET
    return Reason(one.person, one.name, rule, _words(one, rule, contact, now, policy))


def _words(one: Candidate, rule: Rule, contact: Waiting, now: datetime, policy: Queue) -> str:
    match rule:
        case Rule.CHOSEN:
            return f"fits, free, and idle longest ({_idle(one, now)} s)"
        case Rule.LATER_IN_TURN:
            return f"fits, but others come first in turn (idle {_idle(one, now)} s)"
        case Rule.OTHER_ROLE:
            return f"is a {one.role}: this queue does not ask them"
        case Rule.NOT_YET:
            return f"is {one.role}: joins {_joins_after(one, policy):.0f} s after arrival"
        case Rule.LANGUAGE:
            return f"does not speak {contact.language}"
        case Rule.TOPIC:
            return f"does not take {', '.join(sorted(contact.topics & one.excludes))}"
        case _:
            return _PLAIN_WORDS[rule]


def _idle(one: Candidate, now: datetime) -> int:
    return int((now - one.idle_since).total_seconds())


def _joins_after(one: Candidate, policy: Queue) -> float:
    return min((step.after_seconds for step in policy.steps if one.role in step.roles), default=0.0)
