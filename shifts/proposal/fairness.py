"""What everybody's fair share of the nights, weekends and hours is, and what they have been given beside it.

Shares are equal, but nobody's is more than they could do, nor less than they have already; what one cannot take the
others share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shifts.proposal.values import Rules, Slot, Timed, Volunteer, hours


class Burden(StrEnum):
    """What is to be spread fairly."""

    NIGHTS = "nights"
    WEEKENDS = "weekends"
    HOURS = "hours"

    def of(self, one: Timed, rules: Rules) -> float:
        """How much of it a shift is: 1 for a night or a shift of the weekend, or its hours."""
        if self is Burden.NIGHTS:
            return float(rules.is_night(one))
        if self is Burden.WEEKENDS:
            return float(rules.is_weekend(one))
        return hours(one)


@dataclass(frozen=True, slots=True)
class Share:
    """Somebody's fair share; `had` of it is on the rota already, and at most `most` could be."""

    fair: float
    had: float
    most: float


def shares(
    burden: Burden, total: float, could: Mapping[UUID, Sequence[Slot]], volunteers: Iterable[Volunteer], rules: Rules
) -> dict[UUID, Share]:
    """The fair shares of `total`, given out beside what everybody has; `could` is what each one could do."""
    had = {one.id: given(burden, one.assigned, rules) for one in volunteers}
    most = {one.id: had[one.id] + _room(burden, one, could[one.id], rules) for one in volunteers}
    level = _level(total + sum(had.values()), [(had[one.id], most[one.id]) for one in volunteers])
    return {person: Share(min(max(level, had[person]), most[person]), had[person], most[person]) for person in had}


def _level(total: float, limits: Sequence[tuple[float, float]]) -> float:
    """The level at which equal shares within the limits add up to `total`, as nearly as they can."""

    def given_at(level: float) -> float:
        return sum(min(max(level, least), most) for least, most in limits)

    low, high = 0.0, max((most for _, most in limits), default=0.0)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if given_at(middle) < total else (low, middle)
    return high


def _room(burden: Burden, one: Volunteer, could: Sequence[Slot], rules: Rules) -> float:
    """The most of it that they could be given, as far as availability and limits by the week say."""
    if burden is Burden.NIGHTS:
        return len({rules.night_of(slot) for slot in could if rules.is_night(slot)})
    if burden is Burden.WEEKENDS:
        return len(_one_after_another([slot for slot in could if rules.is_weekend(slot)]))
    return _hours_room(one, could, rules)


def _hours_room(one: Volunteer, could: Sequence[Slot], rules: Rules) -> float:
    room = 0.0
    in_turn = _one_after_another(could)
    for week in {rules.week_of(slot) for slot in could}:
        had = [each for each in one.held if rules.week_of(each) == week]
        longest_first = sorted((hours(slot) for slot in in_turn if rules.week_of(slot) == week), reverse=True)
        if one.most_shifts_a_week is not None:
            longest_first = longest_first[: max(0, one.most_shifts_a_week - len(had))]
        room += max(0.0, min(sum(longest_first), rules.most_hours(one) - sum(map(hours, had))))
    return room


def _one_after_another(slots: Iterable[Slot]) -> list[Slot]:
    """As many of the slots as one person could do if only they did not overlap."""
    chosen: list[Slot] = []
    for slot in sorted(slots, key=lambda slot: slot.ends):
        if not chosen or slot.starts >= chosen[-1].ends:
            chosen.append(slot)
    return chosen


def given(burden: Burden, shifts: Iterable[Timed], rules: Rules) -> float:
    """How much of it these shifts are together."""
    return sum(burden.of(one, rules) for one in shifts)
