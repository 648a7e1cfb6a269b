"""Whether a change of the rota is allowed, and if not, by which rule and what would make it so: a pure function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from helpline.nouns import Role
from helpline.rota_limits import Limits
from helpline.rota_policy import RotaPolicy
from shifts import wording
from shifts.colleagues import Colleague
from shifts.rota import Occurrence
from shifts.taking_part.holes import Hole, in_words, opened
from shifts.taking_part.standing import Change, Standing, Step
from shifts.taking_part.strain import Block, block_with, blocks_of, is_night, wall_hours, week_hours, week_of

DAY = timedelta(days=1)
AROUND = timedelta(days=8)
"""How far about a shift others of the same person matter."""


class Rule(StrEnum):
    STANDING = "the shift is as whoever asks knows it"
    BEGUN = "the shift has not begun"
    ROLE = "the role fits"
    CERTIFICATION = "the certification is valid"
    LEAVE = "nobody serves while they are away"
    OVERLAP = "nobody is on two shifts at once"
    LONGEST = "nobody is on shift for too long"
    WEEK = "nobody has too many hours in a week"
    REST = "a night is followed by rest"
    COVER = "the line has the people it wants at least"


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that stands against a change: a sentence that names it, and one that says what would make it allowed."""

    rule: Rule
    says: str
    allows: str

    @property
    def words(self) -> str:
        return f"{self.says} {self.allows}"


@dataclass(frozen=True)
class Allowed:
    """`held` are the rules that were asked, and hold."""

    held: tuple[Rule, ...] = tuple(Rule)


@dataclass(frozen=True)
class NeedsCoordinator:
    """It would open holes: somebody who answers for the rota may allow it."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Refused:
    reasons: tuple[Reason, ...]


Verdict = Allowed | NeedsCoordinator | Refused


def consider(change: Change, standing: Standing, policy: RotaPolicy, now: datetime) -> Verdict:
    """What `change` would do to the rota and to those who gain a shift by it, judged at `now`.

    Only what it would do is judged: whoever has too much already may still give some of it away.
    """
    limits = policy.limits or Limits()
    reasons = [reason for step in change.steps for reason in _as_known(step, standing, now)]
    if not reasons:
        gains = [step for step in change.steps if step.to is not None]
        reasons = [reason for step in gains for reason in _of_taking(step, change, standing, policy, limits)]
    if reasons:
        return Refused(tuple(reasons))
    holes = opened(change, standing, policy)
    soon = [hole for hole in holes if hole.starts < now + timedelta(hours=limits.hole_refused_within_hours)]
    if soon:
        return Refused(tuple(_of_hole(hole, change, standing, limits, near=True) for hole in soon))
    if holes:
        return NeedsCoordinator(tuple(_of_hole(hole, change, standing, limits, near=False) for hole in holes))
    return Allowed()


def why(verdict: Verdict, most: int = 2) -> str:
    """The sentences of a verdict that go into a text: those of the first reasons."""
    reasons = () if isinstance(verdict, Allowed) else verdict.reasons
    return " ".join(reason.words for reason in reasons[:most])


def _as_known(step: Step, standing: Standing, now: datetime) -> Iterator[Reason]:
    one = step.occurrence
    known = standing.rota.occurrence(one.shift, one.on)
    if known is None or known.person != one.person:
        stands = "is not in the rota any more" if known is None else "has changed meanwhile"
        said = f"A shift changes hands by whoever has it, and this one {stands}."
        yield Reason(Rule.STANDING, said, "Text SHIFTS to see yours, or OPEN to see what is open.")
    elif known.starts <= now:
        said = f"Only a shift that has not begun changes hands, and this one began {_at(known.starts, standing)}."
        yield Reason(Rule.BEGUN, said, "Text SHIFTS or OPEN to see later ones.")


def _of_taking(step: Step, change: Change, standing: Standing, policy: RotaPolicy, limits: Limits) -> Iterator[Reason]:
    person = standing.people.get(step.to) if step.to is not None else None
    if person is None:
        yield Reason(Rule.ROLE, "A shift is taken by somebody on the roster.", "Ask a coordinator to add them.")
        return
    taking = Taking(step.occurrence, person, change, standing, policy, limits)
    yield from taking.of_person()
    yield from taking.of_time()


@dataclass(frozen=True)
class Taking:
    """Somebody would have a shift that is not theirs yet; each method gives what stands against it."""

    one: Occurrence
    person: Colleague
    change: Change
    standing: Standing
    policy: RotaPolicy
    limits: Limits

    def of_person(self) -> Iterator[Reason]:
        """What they are, whichever other shifts they have."""
        yield from self._role()
        yield from self._certification()
        yield from self._leave()

    def of_time(self) -> Iterator[Reason]:
        """What their other shifts say."""
        theirs = self._theirs(self.change)
        others = [other for other in theirs if other.key != self.one.key]
        clash = next((other for other in others if other.overlaps(self.one.starts, self.one.ends)), None)
        if clash is not None:
            said = f"Nobody is on two shifts at once, and {self._do('have', 'has')} {self._span(clash)} already."
            yield Reason(Rule.OVERLAP, said, f"{self._first} can give that one away first.")
        elif self.one.tier is None:
            blocks = blocks_of(theirs, self.limits.shortest_break)
            yield from self._longest(block_with(blocks, self.one))
            yield from self._week(theirs)
            yield from self._rest(blocks, block_with(blocks, self.one))

    def _role(self) -> Iterator[Reason]:
        if not self.policy.may_serve(self.person.role, self.one.role):
            fit = [role for role in Role if self.policy.may_serve(role, self.one.role)]
            said = f"This is a shift for a {self.one.role}, and {self._do('are', 'is')} a {self.person.role}."
            yield Reason(Rule.ROLE, said, f"It can be taken by a {' or a '.join(fit)}.")

    def _certification(self) -> Iterator[Reason]:
        lacking = self.policy.lacks(self.person.skills, self.one.role, self.one.on)
        if lacking is None:
            return
        rule = f"Whoever serves as {self.one.role} needs {lacking.name}, valid on that day, and"
        if lacking.until is None:
            yield Reason(
                Rule.CERTIFICATION,
                f"{rule} {self._do('do not have', 'does not have')} it.",
                "Once a coordinator has entered it, this is allowed.",
            )
        else:
            whose = "yours" if self._reads else f"that of {self.person.name}"
            ran_out = f"{rule} {whose} ends {wording.day(lacking.until)}."
            allows = "A shift until then is allowed; later ones once it is renewed and a coordinator has entered it."
            yield Reason(Rule.CERTIFICATION, ran_out, allows)

    def _leave(self) -> Iterator[Reason]:
        for leave in self.standing.rota.leaves:
            if leave.person == self.person.id and leave.first <= self.one.on <= leave.last:
                away = f"{self._do('are', 'is')} away until {wording.day(leave.last)}"
                said = f"Nobody serves while they are away, and {away}."
                back = wording.day(leave.last + DAY)
                allows = f"One that begins from {back} on is allowed, or once the leave is ended."
                yield Reason(Rule.LEAVE, said, allows)
                return

    def _longest(self, block: Block) -> Iterator[Reason]:
        hours = wall_hours(block, self.standing.rota.zone)
        most = self.limits.longest_shift_hours
        if hours <= most:
            return
        alone = len(block.parts) == 1
        which = "this one is" if alone else "together with what lies beside it this would be"
        said = f"A shift may be {_number(most)} hours at most, and {which} {_number(hours)}."
        free = _number(self.limits.break_minutes)
        apart = f"One with a break of {free} minutes between is allowed, or without the other."
        yield Reason(Rule.LONGEST, said, "It would have to be divided: ask a coordinator." if alone else apart)

    def _week(self, theirs: Sequence[Occurrence]) -> Iterator[Reason]:
        zone, week = self.standing.rota.zone, week_of(self.one, self.standing.rota.zone)
        hours, before = week_hours(theirs, week, zone), week_hours(self._theirs(None), week, zone)
        most = self.limits.week_hours
        if hours > max(most, before):
            said = (
                f"Nobody has more than {_number(most)} hours in a week, and in that from {wording.day(week)} "
                f"{self._do('would have', 'would have')} {_number(hours)}."
            )
            yield Reason(Rule.WEEK, said, f"{self._first} can give away another of that week first.")

    def _rest(self, blocks: Sequence[Block], mine: Block) -> Iterator[Reason]:
        place = blocks.index(mine)
        pairs = [(blocks[place - 1], mine)] if place else []
        pairs += [(mine, blocks[place + 1])] if place + 1 < len(blocks) else []
        for night, following in pairs:
            free = following.starts - night.ends
            if free < self.limits.rest and is_night(night, self.limits, self.standing.rota.zone):
                yield self._of_rest(night, following, free, taken_is_night=night is mine)

    def _of_rest(self, night: Block, following: Block, free: timedelta, *, taken_is_night: bool) -> Reason:
        rest = _number(self.limits.rest_after_night_hours)
        ends, begins = _at(night.ends, self.standing), _at(following.starts, self.standing)
        said = (
            f"A night is followed by {rest} hours of rest, and between the night that ends {ends} "
            f"and the shift that begins {begins} there would be {_number(free.total_seconds() / 3600)}."
        )
        if taken_is_night:
            return Reason(Rule.REST, said, f"{self._first} can give the one that begins {begins} away first.")
        allowed = _at(night.ends + self.limits.rest, self.standing)
        return Reason(Rule.REST, said, f"One that begins {allowed} or later is allowed.")

    def _theirs(self, change: Change | None) -> list[Occurrence]:
        """Their shifts about this one, on shift or on call, as they would be after `change`."""
        near = self.standing.between(self.one.starts - AROUND, self.one.ends + AROUND, change)
        return [other for other in near if other.person == self.person.id]

    def _span(self, one: Occurrence) -> str:
        return wording.shift(one, self.standing.reader)

    @property
    def _reads(self) -> bool:
        return self.person.id == self.change.by

    @property
    def _first(self) -> str:
        return "You" if self._reads else self.person.name

    def _do(self, you: str, they: str) -> str:
        return f"you {you}" if self._reads else f"{self.person.name} {they}"


def could_ever_take(step: Step, change: Change, standing: Standing, policy: RotaPolicy, now: datetime) -> Verdict:
    """Whether somebody may have a shift at all, whichever of theirs they give for it."""
    reasons = [*_as_known(step, standing, now)]
    person = standing.people.get(step.to) if step.to is not None else None
    if person is not None and not reasons:
        limits = policy.limits or Limits()
        reasons += Taking(step.occurrence, person, change, standing, policy, limits).of_person()
    return Refused(tuple(reasons)) if reasons else Allowed((Rule.ROLE, Rule.CERTIFICATION, Rule.LEAVE))


def _of_hole(hole: Hole, change: Change, standing: Standing, limits: Limits, *, near: bool) -> Reason:
    said = in_words(hole, standing.reader)
    look = f"text COVER {change.number}" if change.number is not None else "text COVER and its number"
    find = f"Find somebody who does: {look}." if hole.cover.language else f"Find somebody for it: {look}."
    if near:
        hours = _number(limits.hole_refused_within_hours)
        return Reason(Rule.COVER, f"{said}, and it is less than {hours} hours away.", find)
    return Reason(Rule.COVER, f"{said}.", f"A coordinator may allow it. {find}")


def _at(moment: datetime, standing: Standing) -> str:
    return wording.moment(moment, standing.reader)


def _number(value: float) -> str:
    """A figure as it is said: 8, or 7.5."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
