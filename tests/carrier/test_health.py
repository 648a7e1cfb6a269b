"""A carrier is ill when requests in a row fail, well again only when it answers, and tried one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrier.choice import choose
from carrier.health import WELL, Course, Finding, Health, Heard, Patience, follow, judge
from helpline.nouns import CarrierName

NOON = datetime(2026, 3, 7, 12, tzinfo=UTC)
PATIENCE = st.builds(
    Patience,
    st.integers(1, 6),
    st.timedeltas(timedelta(seconds=1), timedelta(minutes=5)),
    st.timedeltas(timedelta(seconds=1), timedelta(minutes=5)),
)
REQUESTS = st.lists(
    st.tuples(st.timedeltas(timedelta(), timedelta(minutes=10)), st.sampled_from(list(Heard))), max_size=40
)
FAILING = st.lists(st.timedeltas(timedelta(), timedelta(minutes=10)), min_size=1, max_size=40)
Requests = Sequence[tuple[timedelta, Heard]]


def play(requests: Requests, patience: Patience) -> tuple[Course, datetime]:
    """The course after these requests, each so long after the one before, and the moment of the last."""
    course, now = WELL, NOON
    for wait, heard in requests:
        now += wait
        course = follow(course, heard, now, patience)
    return course, now


@given(REQUESTS, PATIENCE)
def test_an_answer_makes_it_well_whatever_was_before(requests: Requests, patience: Patience) -> None:
    course, now = play([*requests, (timedelta(), Heard.ANSWER)], patience)
    assert course == WELL
    assert judge(course, now).health is Health.HEALTHY


@given(REQUESTS, PATIENCE, st.timedeltas(timedelta(), timedelta(days=30)))
def test_time_alone_never_makes_it_well(requests: Requests, patience: Patience, later: timedelta) -> None:
    course, now = play(requests, patience)
    assert (judge(course, now).health is Health.HEALTHY) == (judge(course, now + later).health is Health.HEALTHY)


@given(REQUESTS, PATIENCE)
def test_what_says_nothing_changes_nothing(requests: Requests, patience: Patience) -> None:
    said = [one for one in requests if one[1] is not Heard.NOTHING]
    course, now = play(said, patience)
    assert follow(course, Heard.NOTHING, now, patience) == course


@given(FAILING, PATIENCE)
def test_it_is_ill_exactly_when_enough_failed_close_to_one_another(
    waits: Sequence[timedelta], patience: Patience
) -> None:
    longest, row = 1, 1
    for wait in waits[1:]:
        row = row + 1 if wait <= patience.within else 1
        longest = max(longest, row)
    course, now = play([(wait, Heard.FAULT) for wait in waits], patience)
    assert (judge(course, now).health is not Health.HEALTHY) == (longest >= patience.ill_after)


@given(REQUESTS, PATIENCE)
def test_an_ill_carrier_is_tried_in_the_end_and_never_at_once(requests: Requests, patience: Patience) -> None:
    course, now = play([*requests, *[(timedelta(), Heard.FAULT)] * patience.ill_after], patience)
    assert judge(course, now).health is not Health.HEALTHY
    assert course.trial_at is not None
    assert now < course.trial_at <= now + patience.again_after or judge(course, now).health is Health.TRYING
    assert judge(course, now + patience.again_after).health is Health.TRYING


@given(PATIENCE)
def test_a_failed_trial_puts_off_the_next_and_other_faults_do_not(patience: Patience) -> None:
    ill, now = play([(timedelta(), Heard.FAULT)] * patience.ill_after, patience)
    assert follow(ill, Heard.FAULT, now, patience).trial_at == ill.trial_at
    later = now + patience.again_after
    tried = follow(ill, Heard.FAULT, later, patience)
    assert judge(tried, later).health is Health.ILL
    assert tried.trial_at == later + patience.again_after
    assert tried.ill_since == ill.ill_since


@given(
    st.permutations(list(CarrierName)),
    st.dictionaries(st.sampled_from(CarrierName), st.builds(Finding, st.sampled_from(Health), st.just("tested"))),
)
def test_the_first_that_is_well_is_chosen(preferred: list[CarrierName], found: dict[CarrierName, Finding]) -> None:
    choice = choose(preferred, found)
    well = [name for name in preferred if name not in found or found[name].health is Health.HEALTHY]
    assert choice.carrier is (well or preferred)[0]
    assert choice.reason


def test_without_a_carrier_there_is_no_choice() -> None:
    with pytest.raises(ValueError, match="no carrier"):
        choose([], {})
