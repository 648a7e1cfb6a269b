"""Erlang's and Palm's formulas: against published tables, against the chain they describe, and in how they behave."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shifts.foresight.erlang import Demand, Goal, Incalculable, Service, erlang_b, erlang_c, people_needed

CHAIN_ENDS = 400


def load_at(blocking: float, people: int) -> float:
    """The load in erlangs at which so many are blocked, to a part in 10^12."""
    low, high = 0.0, 2.0 * people + 2
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if erlang_b(middle, people) < blocking else (low, middle)
    return high


# The table of Erlang B in T. Frankel, "Tables for Traffic Management and Design", 1976, as printed in most handbooks
# since (ITU-D, "Teletraffic Engineering Handbook"): the load in erlangs that so many carry at this share of lost calls.
FRANKEL = {
    0.01: {1: "0.0101", 2: "0.1526", 3: "0.4555", 4: "0.8694", 5: "1.3608", 6: "1.9090", 7: "2.5009", 8: "3.1276"}
    | {9: "3.7825", 10: "4.4612", 20: "12.031", 30: "20.337", 50: "37.901", 100: "84.064"},
    0.02: {10: "5.0840", 20: "13.182"},
    0.05: {10: "6.2157", 20: "15.249"},
    0.10: {10: "7.5106", 20: "17.613"},
}


@pytest.mark.parametrize(("blocking", "people"), [(share, people) for share in FRANKEL for people in FRANKEL[share]])
def test_erlang_b_is_the_published_table(blocking: float, people: int) -> None:
    printed = FRANKEL[blocking][people]
    assert f"{load_at(blocking, people):.{len(printed.split('.')[1])}f}" == printed


@pytest.mark.parametrize(("erlangs", "people", "lost"), [(5, 10, 0.0184), (10, 10, 0.2146), (20, 25, 0.0502)])
def test_erlang_b_to_four_digits(erlangs: float, people: int, lost: float) -> None:
    assert round(erlang_b(erlangs, people), 4) == lost


@pytest.mark.parametrize(
    ("erlangs", "people", "waits"),
    [
        (1, 2, 0.3333),  # a third: two people at half of their capacity, the example of every textbook
        (2, 3, 0.4444),  # four ninths: three at two thirds
        (123, 132, 0.3211),
        (12_345, 12_421, 0.3812),
        (2 / 3, 2, 0.1667),  # F. S. Hillier, G. J. Lieberman, "Introduction to Operations Research": the emergency room
        (10, 14, 0.1741),  # the example of the library pyworkforce: 100 calls of 3 minutes in half an hour
    ],
)
def test_erlang_c_is_what_is_published(erlangs: float, people: int, waits: float) -> None:
    assert round(erlang_c(erlangs, people), 4) == waits


def test_the_emergency_room_of_hillier_and_lieberman() -> None:
    """Two doctors, 2 patients an hour of 20 minutes each: the mean wait, and who waits longer than an hour."""
    room = Service(Demand(per_hour=2, handling_seconds=1200), 2)
    assert round(room.mean_wait_seconds / 3600, 3) == 0.042
    assert round(1 - room.answered_within(3600), 3) == 0.003


def test_the_call_center_of_garnett_mandelbaum_and_reiman() -> None:
    """Their first table: 50 agents, 48 calls a minute, each of one minute; patience without end, or of 2 minutes."""
    patient, impatient = (Service(Demand(2880, 60, patience), 50) for patience in (math.inf, 120))
    assert (round(impatient.gives_up, 3), round(impatient.mean_wait_seconds, 1)) == (0.031, 3.7)
    assert (round(impatient.occupancy, 2), round(impatient.mean_wait_seconds * 48 / 60)) == (0.93, 3)
    assert (round(patient.mean_wait_seconds, 1), round(patient.mean_wait_seconds * 48 / 60)) == (20.8, 17)
    assert (round(patient.occupancy, 2), round(patient.answered_within(58.1), 3)) == (0.96, 0.9)


@pytest.mark.parametrize(("per_hour", "people"), [(2, 4), (6, 6), (12, 10), (60, 35)])
def test_a_line_of_long_calls_needs_these_people_for_95_percent_in_20_seconds(per_hour: float, people: int) -> None:
    assert people_needed(Demand(per_hour, handling_seconds=1500), Goal(share=0.95, seconds=20)) == people


def chain(arrivals: Fraction, people: int, gives_up: Fraction) -> list[Fraction]:
    """How likely every number of contacts is, one being handled in a unit of time: the balance equations, exactly."""
    weights = [Fraction(1)]
    for number in range(1, CHAIN_ENDS):
        leave = min(number, people) + max(0, number - people) * gives_up
        weights.append(weights[-1] * arrivals / leave if leave else Fraction(0))
        if number > people and weights[-1] < Fraction(1, 10**24):
            break
    total = sum(weights)
    return [weight / total for weight in weights]


def simpson(of: Callable[[float], float], until: float, parts: int = 2000) -> float:
    """The integral from 0."""
    step = until / parts
    inner = sum((4 if one % 2 else 2) * of(one * step) for one in range(1, parts))
    return (of(0) + inner + of(until)) * step / 3


small = st.tuples(
    st.fractions(Fraction(1, 10), 6, max_denominator=20),
    st.integers(1, 8),
    st.fractions(Fraction(1, 4), 4, max_denominator=8),
)


@settings(deadline=None)
@given(small)
def test_palms_formulas_are_the_chain_solved_exactly(drawn: tuple[Fraction, int, Fraction]) -> None:
    arrivals, people, gives_up = drawn
    states = chain(arrivals, people, gives_up)
    waiting = sum((number - people) * share for number, share in enumerate(states) if number > people)
    service = Service(Demand(float(arrivals), 3600, 3600 / float(gives_up)), people)
    assert service.waits == pytest.approx(float(sum(states[people:])), rel=1e-9)
    assert service.gives_up == pytest.approx(float(gives_up * waiting / arrivals), rel=1e-9)
    assert service.mean_wait_seconds == pytest.approx(float(waiting / arrivals) * 3600, rel=1e-9)


@settings(deadline=None)
@given(small, st.floats(0.01, 3))
def test_the_share_within_a_time_is_the_waiting_time_integrated(
    drawn: tuple[Fraction, int, Fraction], hours: float
) -> None:
    """The density of the wait that is offered, from S. Zeltyn and A. Mandelbaum, 2005."""
    arrivals, people, gives_up = (float(one) for one in drawn)
    last_free = float(chain(drawn[0], drawn[1], drawn[2])[drawn[1] - 1])

    def answered_at(wait: float) -> float:
        stays = math.exp(-gives_up * wait)
        return arrivals * last_free * stays * math.exp(arrivals * (1 - stays) / gives_up - people * wait)

    service = Service(Demand(arrivals, 3600, 3600 / gives_up), int(people))
    expected = 1 - service.waits + simpson(answered_at, hours)
    assert service.answered_within(hours * 3600) == pytest.approx(expected, abs=1e-7)


@settings(deadline=None)
@given(small)
def test_erlangs_formulas_are_the_sums_of_his_paper(drawn: tuple[Fraction, int, Fraction]) -> None:
    load, people, _ = drawn
    terms = [load**number / math.factorial(number) for number in range(people + 1)]
    assert erlang_b(float(load), people) == pytest.approx(float(terms[-1] / sum(terms)), rel=1e-12)
    if load < people:
        tail = terms[-1] * people / (people - load)
        assert erlang_c(float(load), people) == pytest.approx(float(tail / (sum(terms[:-1]) + tail)), rel=1e-12)


loads = st.floats(0.01, 300)
demands = st.builds(Demand, loads, st.floats(30, 7200), st.one_of(st.just(math.inf), st.floats(10, 36_000)))
SLACK = 1e-9


@settings(deadline=None)
@given(demands, st.integers(0, 200), st.floats(0, 600))
def test_one_person_more_never_makes_anybody_wait_longer(demand: Demand, people: int, seconds: float) -> None:
    fewer, more = Service(demand, people), Service(demand, people + 1)
    assert more.waits <= fewer.waits + SLACK
    assert more.gives_up <= fewer.gives_up + SLACK
    assert more.answered_within(seconds) >= fewer.answered_within(seconds) - SLACK
    assert more.mean_wait_seconds <= fewer.mean_wait_seconds * (1 + SLACK) + SLACK


@settings(deadline=None)
@given(demands, st.integers(1, 200), st.floats(1.01, 3))
def test_more_contacts_never_make_anybody_wait_less(demand: Demand, people: int, times: float) -> None:
    busier = Service(Demand(demand.per_hour * times, demand.handling_seconds, demand.patience_seconds), people)
    service = Service(demand, people)
    assert busier.waits >= service.waits - SLACK
    assert busier.gives_up >= service.gives_up - SLACK
    assert busier.mean_wait_seconds >= service.mean_wait_seconds * (1 - SLACK) - SLACK


@settings(deadline=None)
@given(demands, st.integers(0, 200), st.floats(0, 600), st.floats(0, 600))
def test_shares_are_shares_and_grow_with_time(demand: Demand, people: int, sooner: float, more: float) -> None:
    service = Service(demand, people)
    within, later = service.answered_within(sooner), service.answered_within(sooner + more)
    assert 0 <= within <= later + SLACK <= 1 - service.gives_up + 2 * SLACK
    assert service.answered_within(0) == pytest.approx(1 - service.waits, abs=1e-9)
    assert 0 <= service.gives_up <= service.waits + SLACK <= 1 + 2 * SLACK


@settings(deadline=None)
@given(st.floats(0.1, 50), st.floats(1.1, 3))
def test_endless_patience_is_erlang_c(erlangs: float, room: float) -> None:
    people = math.ceil(erlangs * room) + 1
    patient = Service(Demand(erlangs, 3600), people)
    almost = Service(Demand(erlangs, 3600, 3600 * 1e9), people)
    assert almost.waits == pytest.approx(patient.waits, rel=1e-6)
    assert almost.mean_wait_seconds == pytest.approx(patient.mean_wait_seconds, rel=1e-6)
    assert almost.answered_within(60) == pytest.approx(patient.answered_within(60), rel=1e-6)


@settings(deadline=None)
@given(demands, st.floats(0.01, 0.99), st.floats(0, 300))
def test_so_many_people_reach_the_goal_and_one_fewer_does_not(demand: Demand, share: float, seconds: float) -> None:
    goal = Goal(share, seconds)
    needed = people_needed(demand, goal)
    assert Service(demand, needed).answered_within(seconds) >= share
    assert needed == 0 or Service(demand, needed - 1).answered_within(seconds) < share


def test_nobody_waits_where_there_are_very_many() -> None:
    assert erlang_c(5, 200) < 1e-100
    assert Service(Demand(5, 3600, 600), 200).waits < 1e-100


def test_thousands_of_people_are_calculated_as_well() -> None:
    big = Service(Demand(12_345, 3600, 1800), 12_421)
    assert 0 < big.gives_up < big.waits < erlang_c(12_345, 12_421)


def test_a_load_above_capacity_is_said_to_be_so() -> None:
    endless = Service(Demand(10, 3600), 8)
    assert endless.is_overloaded
    assert (endless.waits, endless.answered_within(3600)) == (1.0, 0.0)
    assert math.isinf(endless.mean_wait_seconds)
    some_leave = Service(Demand(10, 3600, 1800), 8)
    assert some_leave.is_overloaded
    assert some_leave.gives_up > 0.2
    assert math.isfinite(some_leave.mean_wait_seconds)


def test_without_anybody_everybody_gives_up() -> None:
    alone = Service(Demand(4, 1500, 300), 0)
    assert alone.gives_up == pytest.approx(1)
    assert alone.mean_wait_seconds == pytest.approx(300)
    assert alone.answered_within(3600) == 0


def test_an_hour_without_contacts_needs_nobody() -> None:
    quiet = Demand(0, 1500, 300)
    assert people_needed(quiet, Goal(0.95, 20)) == 0
    assert (Service(quiet, 0).waits, Service(quiet, 0).answered_within(0)) == (0.0, 1.0)


def test_what_cannot_be_calculated_is_refused_by_name() -> None:
    with pytest.raises(Incalculable, match="above capacity"):
        _ = Service(Demand(100, 3600, 1e12), 8).waits
    with pytest.raises(ValueError, match="above 0 seconds"):
        Demand(1, 0)
    with pytest.raises(ValueError, match="below 1"):
        Goal(1.0, 20)
