"""The carrier takes so many requests a second: never more, and no fewer than it could."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrier.throttle import Admitted, Held, admit

NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)
rates = st.floats(0.1, 50)


@given(st.lists(st.floats(0, 3), min_size=1, max_size=60), rates)
def test_two_that_leave_are_never_closer_than_the_rate_allows(pauses: list[float], rate: float) -> None:
    free_at, now, left = None, NOON, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        verdict = admit(free_at, now, rate)
        if isinstance(verdict, Admitted):
            left.append(now)
            free_at = verdict.free_at
    gaps = [later - earlier for earlier, later in pairwise(left)]
    assert all(gap >= timedelta(seconds=1 / rate) for gap in gaps)


@given(st.integers(1, 40), rates)
def test_whoever_comes_back_when_told_is_let_through(count: int, rate: float) -> None:
    free_at, now = None, NOON
    for _ in range(count):
        verdict = admit(free_at, now, rate)
        if isinstance(verdict, Held):
            assert verdict.free_at > now
            now = verdict.free_at
            verdict = admit(free_at, now, rate)
        assert isinstance(verdict, Admitted)
        free_at = verdict.free_at
    slots = (now - NOON) / timedelta(seconds=1 / rate)
    assert slots == pytest.approx(count - 1, abs=0.01)


def test_after_a_quiet_hour_there_is_one_free_slot_and_no_more() -> None:
    assert admit(NOON, NOON + timedelta(hours=1), 1) == Admitted(NOON + timedelta(hours=1, seconds=1))


@pytest.mark.parametrize("rate", [0, -1])
def test_a_rate_of_nothing_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        admit(None, NOON, rate)
