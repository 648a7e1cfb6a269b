"""A proposed rota: every hard rule kept, nothing better left out, fair, and explained."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, combinations
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.nouns import Role
from shifts.proposal import (
    Assignment,
    Proposal,
    Rules,
    Slot,
    SolverMissing,
    Span,
    Volunteer,
    Wish,
    broken_rules,
    propose,
    why_not,
)

ZONE = ZoneInfo("America/New_York")
RULES = Rules(ZONE)
MONDAY = date(2026, 5, 4)
NAMES = ("Ana", "Bo", "Cal", "Dee", "Eve", "Flo")


def moment(hour: float) -> datetime:
    """So many hours after Monday began in New York."""
    return datetime.combine(MONDAY, time(0), ZONE).astimezone(UTC) + timedelta(hours=hour)


def span(begins: float, ends: float) -> Span:
    return Span(moment(begins), moment(ends))


def slot(begins: float, ends: float, **more: object) -> Slot:
    values: dict[str, object] = {"id": f"{begins}-{ends}", "role": Role.PEER, "minimum": 1, "target": 1}
    return Slot(starts=moment(begins), ends=moment(ends), **{**values, **more})  # type: ignore[arg-type]


def volunteer(number: int = 0, **more: object) -> Volunteer:
    values: dict[str, object] = {"roles": frozenset({Role.PEER}), "available": [span(0, 24 * 29)]}
    return Volunteer(id=UUID(int=number + 1), name=NAMES[number], **{**values, **more})  # type: ignore[arg-type]


def volunteers(count: int, **more: object) -> list[Volunteer]:
    return [volunteer(number, **more) for number in range(count)]


def given_to(found: Proposal, one: Volunteer) -> list[str]:
    return [each.slot for each in found.assignments if each.person == one.id]


def missing(assignments: Sequence[Assignment], slots: Sequence[Slot], people: Sequence[Volunteer]) -> tuple[int, ...]:
    """What the assignments leave open, gravest first, as somebody with paper and pencil counts it."""
    by_id = {one.id: one for one in people}
    counts = [0, 0, 0, 0]
    for each in slots:
        there = [by_id[one.person] for one in assignments if one.slot == each.id]
        counts[0] += not there and each.minimum > 0 and each.company == 0
        counts[1] += max(0, each.minimum - len(there))
        counts[2] += each.target - len(there)
        for language, wanted in each.languages.items():
            counts[3] += max(0, wanted - sum(language in one.languages for one in there))
    return tuple(counts)


def every_set(pairs: Sequence[Assignment]) -> Iterator[Sequence[Assignment]]:
    return chain.from_iterable(combinations(pairs, size) for size in range(len(pairs) + 1))


hours = st.integers(0, 18).map(lambda n: 4 * n)


@st.composite
def slot_lists(draw: st.DrawFn, most: int) -> list[Slot]:
    found = []
    for number in range(draw(st.integers(1, most))):
        begins = draw(hours) + draw(st.sampled_from([0, 0, 0.5]))
        minimum = draw(st.integers(0, 2))
        one = slot(
            begins,
            begins + draw(st.sampled_from([2, 4, 8])),
            id=f"slot {number}",
            role=draw(st.sampled_from([Role.PEER, Role.PEER, Role.BACKUP])),
            minimum=minimum,
            target=minimum + draw(st.integers(0, 1)),
            languages=draw(st.sampled_from([{}, {}, {"es": 1}])),
            queues=draw(st.sampled_from([frozenset(), frozenset({"youth"})])),
            company=draw(st.integers(0, 1)),
        )
        found.append(one)
    return found


@st.composite
def spans(draw: st.DrawFn, most: int) -> list[Span]:
    begins = draw(st.lists(hours, max_size=most, unique=True))
    return [span(hour, hour + draw(st.sampled_from([4, 8, 24]))) for hour in begins]


@st.composite
def crowds(draw: st.DrawFn, most: int) -> list[Volunteer]:
    return [
        volunteer(
            number,
            roles=draw(st.sampled_from([frozenset({Role.PEER}), frozenset({Role.PEER, Role.BACKUP})])),
            available=draw(spans(4)) if draw(st.booleans()) else [span(0, 200)],
            languages=draw(st.sampled_from([frozenset({"en"}), frozenset({"en", "es"})])),
            queues=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"youth"})])),
            wishes=[Wish(each, draw(st.sampled_from([-2, 2]))) for each in draw(spans(2))],
            most_hours_a_week=draw(st.sampled_from([None, 0, 8, 12.5])),
            most_shifts_a_week=draw(st.sampled_from([None, 1, 2])),
            assigned=draw(spans(2)),
            around=draw(spans(1)),
        )
        for number in range(draw(st.integers(1, most)))
    ]


rule_sets = st.builds(
    Rules,
    zone=st.just(ZONE),
    longest_shift_hours=st.sampled_from([4, 8, 12]),
    most_hours_a_week=st.sampled_from([8, 16, 40]),
    rest_after_night_hours=st.sampled_from([0, 0.5, 11]),
    most_nights_in_a_row=st.integers(0, 2),
    never_alone=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(slot_lists(12), crowds(6), rule_sets)
def test_whatever_is_proposed_keeps_every_hard_rule_and_tells_what_is_missing(
    slots: list[Slot], people: list[Volunteer], rules: Rules
) -> None:
    found = propose(slots, people, rules, seconds=5)
    assert broken_rules(found.assignments, slots, people, rules) == []
    told = [sum(n for _, n in one.languages) + one.target for one in found.unfilled]
    assert sum(told) == sum(missing(found.assignments, slots, people)[2:])


@settings(max_examples=60, deadline=None)
@given(slot_lists(4), crowds(3), rule_sets)
def test_no_set_of_assignments_that_keeps_the_rules_covers_more(
    slots: list[Slot], people: list[Volunteer], rules: Rules
) -> None:
    pairs = [Assignment(each.id, one.id) for each in slots for one in people if not why_not(one, each, (), rules)]
    best = min(
        missing(some, slots, people) for some in every_set(pairs) if not broken_rules(some, slots, people, rules)
    )
    found = propose(slots, people, rules, seconds=5)
    assert missing(found.assignments, slots, people) == best
    assert found.layers[0].proven


@settings(max_examples=60, deadline=None)
@given(slot_lists(6), crowds(3), rule_sets)
def test_whoever_has_not_got_an_unfilled_slot_was_kept_from_it_by_a_rule(
    slots: list[Slot], people: list[Volunteer], rules: Rules
) -> None:
    found = propose(slots, people, rules, seconds=5)
    for one in found.unfilled:
        if one.target:
            assert not [why for why in one.kept if why.endswith("could still be asked")]
        assert len(one.kept) == len(people) - one.slot.target + one.target


def test_an_unfilled_slot_says_who_was_kept_from_it_by_what() -> None:
    morning = slot(36, 40, queues=frozenset({"support"}))
    people = [
        volunteer(0, assigned=[span(23, 31)]),
        volunteer(1, available=[span(0, 12)]),
        volunteer(2, roles=frozenset({Role.BACKUP})),
        volunteer(3, assigned=[span(37, 38)]),
        volunteer(4, most_hours_a_week=3),
        volunteer(5, queues=frozenset({"youth"})),
    ]
    found = propose([morning], people, RULES, seconds=5)
    (unfilled,) = found.unfilled
    assert (unfilled.slot, unfilled.minimum, unfilled.target, unfilled.could) == (morning, 1, 1, 3)
    assert unfilled.kept == (
        "Ana: rest after the night of 4 May",
        "Bo: not available",
        "Cal: does not serve as peer",
        "Dee: has another shift then",
        "Eve: more than 3 hours in the week of 4 May",
        "Flo: does not serve every queue of it",
    )


@pytest.mark.parametrize(
    ("mine", "other", "rules", "reason"),
    [
        ([slot(8, 12)], slot(12, 17), {"longest_shift_hours": 8}, "more than 8 hours on end"),
        ([slot(8, 12)], slot(13, 17), {"longest_shift_hours": 8}, ""),
        (
            [slot(23, 31), slot(47, 55)],
            slot(71, 79),
            {"most_nights_in_a_row": 2},
            "more than 2 nights in a row from 4 May",
        ),
        ([slot(23, 31), slot(47, 55)], slot(95, 103), {"most_nights_in_a_row": 2}, ""),
        ([slot(23, 31)], slot(41, 43), {}, "rest after the night of 4 May"),
        ([slot(23, 31)], slot(42, 43), {}, ""),
        ([slot(8, 16)], slot(32, 40), {"most_hours_a_week": 15}, "more than 15 hours in the week of 4 May"),
        ([slot(8, 16)], slot(168, 176), {"most_hours_a_week": 15}, ""),
    ],
)
def test_what_keeps_somebody_from_another_shift(
    mine: list[Slot], other: Slot, rules: dict[str, float], reason: str
) -> None:
    assert why_not(volunteer(), other, mine, replace(RULES, **rules)) == reason


def test_a_night_is_told_by_the_wall_clock_and_belongs_to_the_evening_before() -> None:
    for begins, ends, is_night in [
        (23, 31, True),
        (24, 28, True),
        (20, 26, True),
        (20, 24, False),
        (4, 8, False),
        (24, 26, True),
        (9, 17, False),
    ]:
        assert RULES.is_night(slot(begins, ends)) is is_night, (begins, ends)
    assert RULES.night_of(slot(24, 28)) == RULES.night_of(slot(23, 31)) == MONDAY


def test_nights_weekends_and_hours_go_round() -> None:
    slots = [
        slot(24 * day + hour, 24 * day + hour + 8, id=f"{day} {hour}") for day in range(28) for hour in (7, 15, 23)
    ]
    found = propose(slots, volunteers(6), RULES, seconds=15)
    assert not found.unfilled
    for one in found.accounts:
        for has, fair in zip(one.has, one.fair, strict=True):
            assert abs(has - fair) < (8 if fair > 100 else 1.01), one


def test_what_somebody_cannot_take_the_others_share() -> None:
    slots = [slot(24 * day + 8, 24 * day + 12, id=f"{day}") for day in range(10)]
    people = [volunteer(0, available=[span(0, 24)]), *(volunteer(n) for n in (1, 2, 3))]
    found = propose(slots, people, RULES, seconds=10)
    assert [one.fair[2] for one in found.accounts] == [4, 12, 12, 12]
    assert [one.has[2] for one in found.accounts] == [4, 12, 12, 12]


def test_what_somebody_has_already_counts_as_their_share() -> None:
    slots = [slot(24 * day + 8, 24 * day + 12, id=f"{day}") for day in range(1, 4)]
    people = [volunteer(0, assigned=[span(6, 12), span(13, 15)]), volunteer(1)]
    found = propose(slots, people, RULES, seconds=10)
    assert given_to(found, people[0]) == [slots[0].id] or len(given_to(found, people[1])) >= 2


def test_what_somebody_has_around_the_weeks_is_kept_by_the_rules_and_not_counted() -> None:
    (one,) = propose([slot(36, 40)], [volunteer(0, around=[span(-10, -2), span(23, 31)])], RULES, seconds=5).unfilled
    assert one.kept == ("Ana: rest after the night of 4 May",)
    found = propose([slot(60, 64)], [volunteer(0, around=[span(23, 31)])], RULES, seconds=5)
    assert (found.accounts[0].has, found.accounts[0].fair) == ((0, 0, 4), (0, 0, 4))


def test_wishes_are_met_where_the_line_loses_nothing_by_it() -> None:
    early, late = slot(8, 12), slot(15, 19)
    ana = volunteer(0, wishes=[Wish(span(14, 20), 2)])
    bo = volunteer(1, wishes=[Wish(span(15, 16), -2)])
    found = propose([early, late], [ana, bo], RULES, seconds=5)
    assert (given_to(found, ana), given_to(found, bo)) == ([late.id], [early.id])
    assert [(one.liked, one.unliked) for one in found.accounts] == [(1, 0), (0, 0)]
    alone = propose([late], [bo], RULES, seconds=5)
    assert given_to(alone, bo) == [late.id]
    assert alone.accounts[0].unliked == 1


def test_the_first_person_of_an_empty_shift_comes_before_the_second_of_another() -> None:
    slots = [slot(8, 12, minimum=2, target=2), slot(9, 13, minimum=1, target=1)]
    found = propose(slots, volunteers(2), RULES, seconds=5)
    assert {each.slot for each in found.assignments} == {one.id for one in slots}


def test_nobody_is_put_on_a_shift_alone_where_the_line_says_so() -> None:
    rules = replace(RULES, never_alone=True)
    night = slot(23, 31)
    alone = propose([replace(night, target=2)], [volunteer()], rules, seconds=5)
    assert not alone.assignments
    assert alone.unfilled[0].kept == ("Ana: would be alone",)
    assert len(propose([replace(night, company=1)], [volunteer()], rules, seconds=5).assignments) == 1
    assert len(propose([replace(night, target=2)], volunteers(2), rules, seconds=5).assignments) == 2


def test_a_proposal_says_whether_a_better_one_may_exist() -> None:
    found = propose([slot(8, 12)], volunteers(2), RULES, seconds=5)
    assert found.proven
    assert [(layer.name, layer.gap) for layer in found.layers] == [("cover", 0), ("fairness", 0)]


def test_nothing_to_fill_and_nobody_to_fill_it_are_answered_too() -> None:
    assert not propose([], volunteers(2), RULES, seconds=2).assignments
    found = propose([slot(8, 12)], [], RULES, seconds=2)
    assert [(one.minimum, one.could, one.kept) for one in found.unfilled] == [(1, 0, ())]


def test_without_the_solver_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    with pytest.raises(SolverMissing, match=r"pip install 'helpline\[rota\]'"):
        propose([slot(8, 12)], volunteers(1), RULES)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Span(datetime(2026, 3, 8), datetime(2026, 3, 9))  # noqa: DTZ001 - that is what is refused


def test_nobody_is_given_a_shift_once_their_certification_has_run_out() -> None:
    lapsing = volunteer(certified_until={Role.PEER: moment(24)})
    slots = [slot(10, 14), slot(34, 38)]
    found = propose(slots, [lapsing], RULES, seconds=5)
    assert given_to(found, lapsing) == ["10-14"]
    assert why_not(lapsing, slots[1], [], RULES) == "certification to serve as peer runs out before"
