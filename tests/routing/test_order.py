"""The order of the queue: danger first, seniority kept, and nobody waits for ever behind graver arrivals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from helpline.nouns import Channel, Tier
from helpline.queue import Ageing
from routing.choose import Waiting
from routing.order import in_order

NOW = datetime(2026, 3, 8, 3, 30, tzinfo=UTC)
AGEING = Ageing(elevated=120, high=600)
BOUND = AGEING.bound
"""How long anybody may wait behind somebody who came later: two hours for danger, one for having lost one's peer."""


def arrived(number: int, ago: float, risk: Tier = Tier.NONE, *, front: bool = False) -> Waiting:
    return Waiting(
        contact=UUID(int=number),
        channel=Channel.VOICE,
        language="en",
        topics=frozenset(),
        risk=risk,
        front=front,
        arrived_at=NOW - timedelta(seconds=ago),
    )


ages = st.one_of(st.integers(0, 1500), st.integers(0, 20_000))
queues = st.lists(st.tuples(ages, st.sampled_from(Tier), st.booleans()), max_size=8).map(
    lambda drawn: [arrived(number, ago, risk, front=front) for number, (ago, risk, front) in enumerate(drawn)]
)


@given(queues)
def test_everybody_keeps_one_place(queue: list[Waiting]) -> None:
    ordered = in_order(queue, AGEING, NOW)
    assert sorted(one.contact for one in ordered) == sorted(one.contact for one in queue)


@given(queues)
def test_imminent_comes_before_anybody_else_and_then_whoever_lost_their_peer(queue: list[Waiting]) -> None:
    """As long as nobody has waited for most of an hour, which a line's wait limit does not let happen unasked."""
    young = [one for one in queue if NOW - one.arrived_at < timedelta(seconds=1500)]
    ranks = [(one.risk is not Tier.IMMINENT, not one.front) for one in in_order(young, AGEING, NOW)]
    assert ranks == sorted(ranks)


@given(queues, st.randoms())
def test_the_order_is_the_same_however_the_contacts_were_read(queue: list[Waiting], chance: object) -> None:
    shuffled = list(queue)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert in_order(queue, AGEING, NOW) == in_order(shuffled, AGEING, NOW)


@given(queues, st.integers(0, 86_400))
def test_waiting_alone_lets_nobody_overtake(queue: list[Waiting], seconds: int) -> None:
    assert in_order(queue, AGEING, NOW) == in_order(queue, AGEING, NOW + timedelta(seconds=seconds))


@given(queues)
def test_nobody_waits_behind_a_later_and_graver_arrival_for_longer_than_its_head_start(queue: list[Waiting]) -> None:
    ordered = in_order(queue, AGEING, NOW)
    for place, one in enumerate(ordered):
        own = AGEING.head_start(one.risk, front=one.front)
        for ahead in ordered[:place]:
            later = (ahead.arrived_at - one.arrived_at).total_seconds()
            assert later <= max(0, AGEING.head_start(ahead.risk, front=ahead.front) - own)


@given(st.sampled_from(Tier), st.booleans(), st.lists(st.integers(0, 40_000), max_size=30))
def test_once_the_bound_has_passed_nobody_who_arrives_is_served_first(
    risk: Tier, front: bool, later: list[int]
) -> None:
    """However many in danger keep arriving, from then on each of them comes after whoever has waited for so long."""
    patient = arrived(0, 40_000)
    others = [arrived(number, 40_000 - after, risk, front=front) for number, after in enumerate(later, start=1)]
    first = in_order([patient, *others], AGEING, NOW)
    ahead = first[: first.index(patient)]
    assert all(one.arrived_at - patient.arrived_at <= BOUND for one in ahead)


def test_the_bound_of_the_demonstration_line_is_three_hours() -> None:
    assert timedelta(hours=3) == BOUND


@given(queues)
def test_of_two_equally_grave_the_earlier_comes_first(queue: list[Waiting]) -> None:
    ordered = in_order(queue, AGEING, NOW)
    for risk in Tier:
        for front in (True, False):
            arrivals = [one.arrived_at for one in ordered if one.risk is risk and one.front is front]
            assert arrivals == sorted(arrivals)


def test_a_caller_at_high_risk_passes_those_who_came_up_to_ten_minutes_before() -> None:
    early, late = arrived(1, 700), arrived(2, 500)
    grave = arrived(3, 50, Tier.HIGH)
    assert [one.contact.int for one in in_order([early, late, grave], AGEING, NOW)] == [1, 3, 2]
