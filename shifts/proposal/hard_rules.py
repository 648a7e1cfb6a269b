"""What keeps somebody from a shift, and which hard rules a set of assignments breaks.

It knows nothing of the model that the solver is given: every proposal is checked against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from shifts.proposal.values import (
    ONE_STRETCH,
    Assignment,
    Rules,
    Slot,
    Timed,
    Volunteer,
    contains,
    hours,
    in_order,
    overlap,
)

DAY = timedelta(days=1)


def unfit(one: Volunteer, slot: Slot) -> str:
    """Why somebody could not do the slot even if they had nothing else; empty if they could."""
    if slot.role not in one.roles:
        return f"does not serve as {slot.role}"
    until = one.certified_until.get(slot.role)
    if until is not None and slot.starts >= until:
        return f"certification to serve as {slot.role} runs out before"
    if one.queues and not slot.queues <= one.queues:
        return "does not serve every queue of it"
    if not one.can_all_through(slot):
        return "not available"
    return ""


def why_not(one: Volunteer, slot: Slot, mine: Sequence[Slot], rules: Rules) -> str:
    """Why somebody who has been given `mine` could not do the slot as well; empty if they could."""
    return unfit(one, slot) or next(_breaches(one, [*mine, slot], rules), "")


def broken_rules(
    assignments: Iterable[Assignment], slots: Sequence[Slot], volunteers: Sequence[Volunteer], rules: Rules
) -> list[str]:
    """Every hard rule that the assignments break, one sentence each; what stood on the rota before is not blamed."""
    by_slot, by_person = {slot.id: slot for slot in slots}, {one.id: one for one in volunteers}
    given: dict[UUID, list[Slot]] = {one.id: [] for one in volunteers}
    assigned = list(assignments)
    for each in assigned:
        given[each.person].append(by_slot[each.slot])
    broken = [f"somebody has slot {one.slot} twice" for one, times in Counter(assigned).items() if times > 1]
    for person, mine in given.items():
        one = by_person[person]
        broken += [f"{one.name}: {why} (slot {slot.id})" for slot in mine if (why := unfit(one, slot))]
        broken += [f"{one.name}: {why}" for why in _breaches(one, mine, rules)]
    return broken + list(_together(Counter(each.slot for each in assigned), slots, rules))


def _together(counts: Mapping[str, int], slots: Sequence[Slot], rules: Rules) -> Iterator[str]:
    for slot in slots:
        count = counts[slot.id]
        if count > slot.target:
            yield f"slot {slot.id} has {count} people, more than its {slot.target}"
        if rules.never_alone and count and not company(slot, slots, counts):
            yield f"slot {slot.id} leaves somebody alone"


def company(slot: Slot, slots: Iterable[Slot], counts: Mapping[str, int]) -> int:
    """How many others are there all the while for one of those who do the slot."""
    return slot.company - 1 + sum(counts[other.id] for other in slots if contains(other, slot))


def _breaches(one: Volunteer, mine: Sequence[Slot], rules: Rules) -> Iterator[str]:
    """What one person's shifts break together; only what the shifts of `mine` have a part in."""
    everything = in_order([*mine, *one.held])
    proposed = {id(slot) for slot in mine}
    yield from _too_close(everything, proposed, rules)
    yield from _too_long(everything, proposed, rules)
    yield from _too_much_a_week(one, mine, rules)
    yield from _too_many_nights(everything, mine, rules)


def _too_close(everything: Sequence[Timed], proposed: set[int], rules: Rules) -> Iterator[str]:
    for place, earlier in enumerate(everything):
        is_night = rules.is_night(earlier)
        for later in everything[place + 1 :]:
            if later.starts >= earlier.ends + (rules.rest if is_night else timedelta()):
                break
            if not {id(earlier), id(later)} & proposed:
                continue
            if overlap(earlier, later):
                yield "has another shift then"
            else:
                yield f"rest after the night of {told(rules.night_of(earlier))}"


def _too_long(everything: Sequence[Timed], proposed: set[int], rules: Rules) -> Iterator[str]:
    stretch: list[Timed] = []
    for one in [*everything, None]:
        if one is not None and stretch and one.starts - max(each.ends for each in stretch) < ONE_STRETCH:
            stretch.append(one)
            continue
        if stretch and any(id(each) in proposed for each in stretch):
            whole = max(each.ends for each in stretch) - stretch[0].starts
            if whole > rules.longest:
                yield f"more than {rules.longest_shift_hours:g} hours on end"
        stretch = [] if one is None else [one]


def _too_much_a_week(one: Volunteer, mine: Sequence[Slot], rules: Rules) -> Iterator[str]:
    everything: list[Timed] = [*mine, *one.held]
    most = rules.most_hours(one)
    for week in sorted({rules.week_of(slot) for slot in mine}):
        then = [each for each in everything if rules.week_of(each) == week]
        if sum(map(hours, then)) > most + 1e-9:
            yield f"more than {most:g} hours in the week of {told(week)}"
        if one.most_shifts_a_week is not None and len(then) > one.most_shifts_a_week:
            yield f"more than {one.most_shifts_a_week} shifts in the week of {told(week)}"


def _too_many_nights(everything: Sequence[Timed], mine: Sequence[Slot], rules: Rules) -> Iterator[str]:
    nights = {rules.night_of(each) for each in everything if rules.is_night(each)}
    new = {rules.night_of(slot) for slot in mine if rules.is_night(slot)}
    for first in sorted(nights - {night + DAY for night in nights}):
        row = _row(first, nights)
        if len(row) > rules.most_nights_in_a_row and new & set(row):
            yield f"more than {rules.most_nights_in_a_row} nights in a row from {told(first)}"


def _row(first: date, nights: set[date]) -> list[date]:
    row = [first]
    while row[-1] + DAY in nights:
        row.append(row[-1] + DAY)
    return row


def told(day: date) -> str:
    return f"{day.day} {day:%B}"
