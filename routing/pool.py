"""The people a contact may be offered to, as they stand at one moment: pure values, sorted and grouped once.

A pool is made once for a whole matching pass. What depends on a person and on what is wanted, but not on the single
contact, is worked out once for each thing that is wanted; a decision then looks only at those who are free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, overload
from uuid import UUID

from helpline.nouns import Channel, Role
from helpline.queue import Need, Strategy
from routing.reasons import Rule

Skills = frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the roster, as they stand now. `place` is their row in the coordinator's table and settles ties.

    `skills` holds those that are valid now, each with its level; `lapsed` those whose certification has run out. `away`
    says why somebody on shift is not there, in words; `ending` are the channels that the rest of their shift is too
    short for.
    """

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
    skills: Skills = frozenset()
    lapsed: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    on_phone: bool = False
    free_texts: int | None = None
    resting_until: datetime | None = None
    at_limit: str = ""
    absent: bool = False
    away: str = ""
    ending: frozenset[Channel] = frozenset()
    contacts_today: int = 0
    last_asked: datetime | None = None

    @property
    def profile(self) -> Profile:
        return Profile(
            self.role,
            self.on_shift,
            self.languages,
            self.excludes,
            self.skills,
            self.lapsed,
            self.queues,
            self.at_limit,
            self.absent,
            self.away,
            self.ending,
        )

    def is_busy(self, channel: Channel, shares: int) -> bool:
        """Whether one more contact of this channel, taking so many shares, is too much for them now."""
        if self.free_shares < shares:
            return True
        if channel is Channel.VOICE:
            return self.on_phone
        return self.free_texts is not None and self.free_texts < 1


@dataclass(frozen=True, slots=True)
class Profile:
    """What decides whether somebody fits at all; people who are alike in this are looked at together."""

    role: Role
    on_shift: bool
    languages: frozenset[str]
    excludes: frozenset[str]
    skills: Skills
    lapsed: frozenset[str]
    queues: frozenset[str]
    at_limit: str
    absent: bool
    away: str
    ending: frozenset[Channel]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a contact wants of a person at one step of its queue. A `language` of None: any will do.

    In `danger` somebody is asked until the last minute of their shift.
    """

    channel: Channel
    shares: int
    roles: frozenset[Role]
    queues: frozenset[str]
    language: str | None
    topics: frozenset[str]
    required: tuple[Need, ...]
    preferred: tuple[Need, ...]
    strategy: Strategy
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """Who fits what is wanted. `unfit` has the rule that keeps a profile out; those not in it fit.

    `count` is how many fit, free or not; `in_turn` are those who are free now, first to be asked first; `changes_at` is
    the next moment at which a pause or a rest of one of them ends.
    """

    unfit: Mapping[Profile, Rule]
    count: int
    in_turn: Sequence[Candidate]
    changes_at: datetime | None


class Pool(Sequence[Candidate]):
    """Everybody as of `now`, in the coordinator's order. `taken` are the shares given away since, in this pass."""

    def __init__(self, people: Iterable[Candidate], now: datetime, taken: Mapping[UUID, int] | None = None) -> None:
        self.people = tuple(sorted(people, key=lambda one: (one.place, one.person)))
        self.now = now
        self.taken = taken or {}
        self._index = _Index(self.people)

    def having_taken(self, people: Iterable[UUID], shares: int) -> Pool:
        """The same people after each of these was given a contact that takes so many shares."""
        later = copy(self)
        later.taken = dict(self.taken)
        for person in people:
            later.taken[person] = later.taken.get(person, 0) + shares
        return later

    def get(self, person: UUID) -> Candidate | None:
        return self._index.by_id.get(person)

    def is_busy(self, one: Candidate, channel: Channel, shares: int) -> bool:
        """Whether `one` has no room, counting what they were given in this pass."""
        given = self.taken.get(one.person)
        if given is None:
            return one.is_busy(channel, shares)
        if channel is Channel.VOICE or one.free_shares - given < shares:
            return True
        return one.free_texts is not None and one.free_texts - given < 1  # a text takes a share at least

    @property
    def somebody_ends(self) -> bool:
        """Whether the shift of anybody is nearly over; if not, who fits does not depend on danger."""
        return self._index.somebody_ends

    def fit(self, wanted: Wanted) -> Fit:
        """Who fits `wanted`: worked out once for all contacts of the pass that want the same."""
        known = self._index.fits.get(wanted)
        if known is None:
            known = self._index.fits[wanted] = _fit(self._index, wanted, self.now)
        return known

    @overload
    def __getitem__(self, index: int) -> Candidate: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Candidate]: ...
    def __getitem__(self, index: int | slice) -> Candidate | Sequence[Candidate]:
        return self.people[index]

    def __len__(self) -> int:
        return len(self.people)

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self.people)


class _Index:
    """A pool's people by id and by profile, and what was worked out about them so far."""

    def __init__(self, people: Sequence[Candidate]) -> None:
        self.by_id = {one.person: one for one in people}
        self.groups: dict[Profile, list[Candidate]] = {}
        for one in people:
            self.groups.setdefault(one.profile, []).append(one)
        self.fits: dict[Wanted, Fit] = {}
        self.somebody_ends = any(profile.ending for profile in self.groups)


def pause_of(one: Candidate, now: datetime) -> tuple[Rule, datetime] | None:
    """What keeps somebody with room from being asked for a while, and until when; None if nothing does."""
    if one.paused_until is not None and now < one.paused_until:
        return Rule.PAUSED, one.paused_until
    if one.resting_until is not None and now < one.resting_until:
        return Rule.RESTING, one.resting_until
    return None


def _fit(index: _Index, wanted: Wanted, now: datetime) -> Fit:
    unfit: dict[Profile, Rule] = {}
    count = 0
    free: list[Candidate] = []
    changes_at: datetime | None = None
    for profile, people in index.groups.items():
        rule = _unfit(profile, wanted)
        if rule is not None:
            unfit[profile] = rule
            continue
        count += len(people)
        for one in people:
            pause = pause_of(one, now)
            if pause is not None:
                changes_at = pause[1] if changes_at is None else min(changes_at, pause[1])
            elif not one.is_busy(wanted.channel, wanted.shares):
                free.append(one)
    free.sort(key=_turn(wanted))
    return Fit(unfit, count, free, changes_at)


def _unfit(one: Profile, wanted: Wanted) -> Rule | None:  # noqa: PLR0911 - a return a rule, in their order
    """The first rule that keeps people of this profile out, whatever they are doing now."""
    if one.role not in wanted.roles:
        return Rule.OTHER_ROLE
    if one.queues and not one.queues & wanted.queues:
        return Rule.OTHER_QUEUE
    if not one.on_shift:
        return Rule.OFF_SHIFT
    if one.absent:
        return Rule.ABSENT
    if one.away:
        return Rule.NOT_PRESENT
    if one.at_limit:
        return Rule.AT_LIMIT
    if wanted.channel in one.ending and not wanted.danger:
        return Rule.ENDING
    if wanted.language is not None and wanted.language not in one.languages:
        return Rule.LANGUAGE
    lacking = next((need for need in wanted.required if not meets(one.skills, need)), None)
    if lacking is not None:
        return Rule.LAPSED if lacking.skill in one.lapsed else Rule.SKILL
    return Rule.TOPIC if wanted.topics & one.excludes else None


def meets(skills: Skills, need: Need) -> bool:
    """Whether one of the skills is the one needed, at its level or above."""
    return any(name == need.skill and level >= need.level for name, level in skills)


def _turn(wanted: Wanted) -> Callable[[Candidate], tuple[Any, ...]]:
    """What people are sorted by. Whoever meets more of what is preferred comes first; ties go by the table."""
    preferred, by = wanted.preferred, _STRATEGIES[wanted.strategy]
    if wanted.strategy is Strategy.BEST_MATCH:
        return lambda one: (*_match(one, wanted), *by(one), one.place, one.person)
    if not preferred:
        return lambda one: (*by(one), one.place, one.person)
    return lambda one: (-_met(one, preferred), *by(one), one.place, one.person)


def _met(one: Candidate, preferred: Sequence[Need]) -> int:
    return sum(meets(one.skills, need) for need in preferred)


def _match(one: Candidate, wanted: Wanted) -> tuple[int, int, int]:
    """Most preferences met, then the highest levels in what is needed, then the fewest skills others might need."""
    named = {need.skill for need in (*wanted.required, *wanted.preferred)}
    level = sum(level for name, level in one.skills if name in named)
    return -_met(one, wanted.preferred), -level, len(one.skills) + len(one.languages)


_STRATEGIES: Mapping[Strategy, Callable[[Candidate], tuple[Any, ...]]] = {
    Strategy.LONGEST_IDLE: lambda one: (one.idle_since,),
    Strategy.LEAST_TODAY: lambda one: (one.contacts_today, one.idle_since),
    Strategy.ROUND_ROBIN: lambda one: (one.last_asked is not None, one.last_asked or one.idle_since),
    Strategy.RANKED: lambda _: (),
    Strategy.BEST_MATCH: lambda one: (one.idle_since,),
}
