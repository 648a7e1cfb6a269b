"""The hard rules as constraints of CP-SAT, and what is wanted as the objectives of its three layers.

Everything a person's own rules look at is a *block*: the slots that begin and end together, of which they can do one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from math import ceil, floor, gcd
from types import ModuleType
from typing import Any
from uuid import UUID

from shifts.proposal.fairness import Burden, Share
from shifts.proposal.hard_rules import DAY, why_not
from shifts.proposal.values import ONE_STRETCH, Rules, Slot, Span, Timed, Volunteer, contains, hours

FURTHER = ((0, 1), (1, 3), (2, 9))
"""Beyond so many nights, shifts of the weekend or lengths of a shift from the fair share, each counts so much more."""
MORE_UNLIKED = ((0, 1), (4, 2))
"""Beyond so many points of what somebody would rather not have, each counts so much more."""
Key = tuple[str, UUID]


@dataclass(frozen=True)
class Block:
    """What one person could do from its beginning to its end: one of several slots, or (`fixed`) what they have."""

    starts: datetime
    ends: datetime
    is_night: bool
    taken: Any
    fixed: bool = False


class Model:
    """The variables `taken[slot, person]`, their constraints, and the objectives. `cp` is OR-tools' cp_model."""

    def __init__(self, cp: ModuleType, slots: Sequence[Slot], volunteers: Sequence[Volunteer], rules: Rules) -> None:
        self.cp, self.slots, self.volunteers, self.rules = cp, slots, volunteers, rules
        self.model: Any = cp.CpModel()
        self.variables: list[Any] = []
        self.could = {one.id: [slot for slot in slots if not why_not(one, slot, (), rules)] for one in volunteers}
        self.taken: dict[Key, Any] = {
            (slot.id, person): self.yes() for person, possible in self.could.items() for slot in possible
        }
        self._by_slot: dict[str, list[Any]] = {slot.id: [] for slot in slots}
        for (slot_id, _), taken in self.taken.items():
            self._by_slot[slot_id].append(taken)
        for one in volunteers:
            _PersonsRules(self, one).state()
        self._state_of_slots()

    def cover(self) -> list[tuple[Any, int]]:
        """What is missing, gravest first: slots with nobody, people to a minimum, to a target, speakers.

        Beside each, the most that it can be.
        """
        empty, minimum, target, speakers = [], [], [], []
        for slot in self.slots:
            count = sum(self._by_slot[slot.id])
            if slot.minimum and not slot.company:
                empty.append(self._at_least(1, 1 - count))
            if slot.minimum:
                minimum.append(self._at_least(slot.minimum, slot.minimum - count))
            target.append(slot.target - count)
            for language, wanted in slot.languages.items():
                speaking = sum(
                    self.taken[slot.id, one.id]
                    for one in self.volunteers
                    if language in one.languages and (slot.id, one.id) in self.taken
                )
                speakers.append(self._at_least(wanted, wanted - speaking))
        most_speakers = sum(sum(slot.languages.values()) for slot in self.slots)
        return [
            (sum(empty), len(self.slots)),
            (sum(minimum), sum(slot.minimum for slot in self.slots)),
            (sum(target), sum(slot.target for slot in self.slots)),
            (sum(speakers), most_speakers),
        ]

    def spread(self, fair: Mapping[Burden, Mapping[UUID, Share]]) -> Any:
        """How far everybody is from their fair shares beyond rounding, in points that grow with the distance."""
        return sum(
            self._dear(self._beyond(burden, one, by_person[one.id]), self._unit(burden), FURTHER)
            for burden, by_person in fair.items()
            for one in self.volunteers
        )

    def wishes(self) -> Any:
        """What everybody has against the shifts they are given, the more the dearer, less what they like of them."""
        against: list[Any] = []
        for one in self.volunteers:
            scores = {slot.id: one.score(slot) for slot in self.could[one.id]}
            disliked = [-score * self.taken[slot, one.id] for slot, score in scores.items() if score < 0]
            if disliked:
                against.append(self._dear(self._at_least(9 * len(disliked), sum(disliked)), 1, MORE_UNLIKED))
            against += [-score * self.taken[slot, one.id] for slot, score in scores.items() if score > 0]
        return sum(against)

    def _dear(self, amount: Any, unit: int, steps: Sequence[tuple[int, int]]) -> Any:
        """The amount, each part of it that lies beyond so many units being counted that much more."""
        most = max(amount.proto.domain)
        return sum(cost * self._at_least(most, amount - beyond * unit) for beyond, cost in steps)

    def keep(self, value: Any, most: int) -> None:
        """From now on the value may not be worse than this."""
        self.model.add(value <= most)

    @cached_property
    def _grain(self) -> int:
        """The minutes that every slot is a multiple of."""
        return gcd(*(round(60 * hours(slot)) for slot in self.slots)) or 1

    def _amount(self, burden: Burden, value: float) -> int:
        """So many nights or shifts of the weekend, or of the smallest parts of an hour that tell slots apart."""
        return round(value * 60 / self._grain) if burden is Burden.HOURS else round(value)

    def _unit(self, burden: Burden) -> int:
        """What rounding alone may come to: one night, one shift, the length of a usual slot."""
        if burden is not Burden.HOURS or not self.slots:
            return 1
        return max(1, self._amount(burden, sum(map(hours, self.slots)) / len(self.slots)))

    def _beyond(self, burden: Burden, one: Volunteer, share: Share) -> Any:
        """How much more or less somebody has than their share rounded up or down."""
        unit = self._unit(burden)
        each = [self._amount(burden, burden.of(slot, self.rules)) for slot in self.could[one.id]]
        amount = sum(n * self.taken[slot.id, one.id] for n, slot in zip(each, self.could[one.id], strict=True) if n)
        fair = share.fair - share.had
        exact = fair * 60 / self._grain if burden is Burden.HOURS else fair
        low = floor(exact / unit + 1e-6) * unit
        high = ceil(exact / unit - 1e-6) * unit
        beyond = self._up_to(max(sum(each), high))
        self.model.add(beyond >= amount - high)
        self.model.add(beyond >= low - amount)
        return beyond

    def _state_of_slots(self) -> None:
        for slot in self.slots:
            count = sum(self._by_slot[slot.id])
            self.model.add(count <= slot.target)
            if self.rules.never_alone and not slot.company:
                there = [taken for other in self.slots if contains(other, slot) for taken in self._by_slot[other.id]]
                for taken in self._by_slot[slot.id]:
                    self.model.add(sum(there) >= 2).only_enforce_if(taken)

    def yes(self) -> Any:
        self.variables.append(self.model.new_bool_var(""))
        return self.variables[-1]

    def _up_to(self, most: int) -> Any:
        self.variables.append(self.model.new_int_var(0, most, ""))
        return self.variables[-1]

    def _at_least(self, most: int, value: Any) -> Any:
        """A variable from 0 to `most` that is at least `value`."""
        variable = self._up_to(most)
        self.model.add(variable >= value)
        return variable


class _PersonsRules:
    """States what one person's shifts may not break together."""

    def __init__(self, of: Model, one: Volunteer) -> None:
        self._of, self._one, self._rules = of, one, of.rules
        together: dict[tuple[datetime, datetime], list[Any]] = {}
        for slot in of.could[one.id]:
            together.setdefault((slot.starts, slot.ends), []).append(of.taken[slot.id, one.id])
        self._open = [self._block(Span(*when), sum(taken)) for when, taken in sorted(together.items())]
        self._fixed = [self._block(span, 1, fixed=True) for span in one.held]

    def state(self) -> None:
        self._one_at_a_time()
        self._not_too_long()
        self._not_too_much_a_week()
        self._not_too_many_nights()

    def _block(self, span: Timed, taken: Any, *, fixed: bool = False) -> Block:
        return Block(span.starts, span.ends, self._rules.is_night(span), taken, fixed)

    def _one_at_a_time(self) -> None:
        """A night takes the rest behind it too. What no other contains is a clique: one of them at most."""
        until = {id(one): one.ends + (self._rules.rest if one.is_night else timedelta()) for one in self._open}
        cliques: list[list[Block]] = []
        for begins in (one.starts for one in self._open):
            clique = [one for one in self._open if one.starts <= begins < until[id(one)]]
            if not any({id(one) for one in clique} <= {id(one) for one in other} for other in cliques[-1:]):
                cliques.append(clique)
        for clique in cliques:
            self._of.model.add(sum(one.taken for one in clique) <= 1)

    def _not_too_long(self) -> None:
        everything = sorted([*self._open, *self._fixed], key=lambda one: one.starts)
        begins = [one.starts for one in everything]
        for first in everything:
            self._no_longer_than([first], everything, begins)

    def _no_longer_than(self, chain: list[Block], everything: Sequence[Block], begins: Sequence[datetime]) -> None:
        """Not every one of the chain, which is one stretch, or of any that goes on from it, if that is too long."""
        last = chain[-1]
        if last.ends - chain[0].starts > self._rules.longest:
            free = [one for one in chain if not one.fixed]
            if free:
                self._of.model.add(sum(one.taken for one in free) <= len(free) - 1)
            return
        if last.is_night and self._rules.rest >= ONE_STRETCH:
            return
        for one in everything[bisect_left(begins, last.ends) : bisect_left(begins, last.ends + ONE_STRETCH)]:
            self._no_longer_than([*chain, one], everything, begins)

    def _not_too_much_a_week(self) -> None:
        most = self._rules.most_hours(self._one)
        weeks: dict[date, list[Block]] = {}
        for one in [*self._open, *self._fixed]:
            weeks.setdefault(self._rules.week_of(one), []).append(one)
        for blocks in weeks.values():
            free, fixed = [b for b in blocks if not b.fixed], [b for b in blocks if b.fixed]
            if not free:
                continue
            left = round(60 * (most - sum(map(hours, fixed))))
            self._of.model.add(sum(round(60 * hours(one)) * one.taken for one in free) <= max(0, left))
            if self._one.most_shifts_a_week is not None:
                left = self._one.most_shifts_a_week - len(fixed)
                self._of.model.add(sum(one.taken for one in free) <= max(0, left))

    def _not_too_many_nights(self) -> None:
        nights: dict[date, Any] = {}
        for one in self._open:
            if one.is_night:
                night = self._rules.night_of(one)
                if night not in nights:
                    nights[night] = self._of.yes()
                self._of.model.add(nights[night] >= one.taken)
        fixed = {self._rules.night_of(one) for one in self._fixed if one.is_night}
        most = self._rules.most_nights_in_a_row
        for window in _windows({*nights, *fixed}, most + 1):
            free = [nights[night] for night in window if night in nights and night not in fixed]
            left = most - sum(night in fixed for night in window)
            if left < 0:
                free = [nights[night] for night in window if night in nights]
            if free:
                self._of.model.add(sum(free) <= max(0, left))


def _windows(nights: Iterable[date], size: int) -> Iterator[list[date]]:
    """Every row of `size` nights one after another that are all possible."""
    known = set(nights)
    for first in sorted(known):
        row = [first + n * DAY for n in range(size)]
        if known.issuperset(row):
            yield row
