"""What is told of a hole, and when: everything once at each horizon, and anew once it has been closed and reopens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.foresight import USUAL_HORIZONS, Alarms, Horizon
from helpline.rota_policy import Cover
from shifts.foresight.cover import Hole
from shifts.foresight.warning import Told, Warning, due, still_open

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PEER, SPANISH = Cover(), Cover(language="es")
HOUR = timedelta(hours=1)


def hole(starts: float, ends: float, wanted: Cover = PEER) -> Hole:
    """A hole from so many hours after noon."""
    return Hole(wanted, NOW + starts * HOUR, NOW + ends * HOUR, 0)


def told_now(found: list[Hole], told: list[Told], after: float = 0, *, is_day: bool = True) -> list[Warning]:
    return due(found, told, USUAL_HORIZONS, NOW + after * HOUR, is_day=is_day)


def hours_of(warnings: list[Warning]) -> list[tuple[float, float, float]]:
    """Each warning's horizon, and when it begins and ends, in hours after noon."""
    return [(one.horizon.hours, (one.hole.starts - NOW) / HOUR, (one.hole.ends - NOW) / HOUR) for one in warnings]


def walk(found: list[Hole], until: float, step: float = 1 / 6) -> list[tuple[float, Warning]]:
    """Everything that is told, and when, looking every ten minutes, day and night alike."""
    told: list[Told] = []
    heard: list[tuple[float, Warning]] = []
    at = 0.0
    while at <= until:
        since = (NOW + at * HOUR).replace(minute=0)
        left = [one for one in found if one.ends > since]
        told = still_open(told, left, since)
        for warning in told_now(left, told, at):
            told.append(warning.as_told())
            heard.append((at, warning))
        at += step
    return heard


def test_a_hole_is_told_at_each_horizon_once() -> None:
    heard = walk([hole(400, 408)], 410)
    assert [(round(at), one.horizon.hours) for at, one in heard] == [(64, 336), (328, 72), (376, 24), (399, 1)]


def test_a_hole_that_is_found_late_is_told_at_the_nearest_horizon_alone() -> None:
    assert hours_of(told_now([hole(0.5, 8)], [])) == [(1, 0.5, 8)]
    assert hours_of(told_now([hole(-3, 8)], [])) == [(1, -3, 8)]
    assert [one.horizon.hours for _, one in walk([hole(0.5, 8)], 20)] == [1]


def test_what_can_wait_waits_for_the_day() -> None:
    assert told_now([hole(200, 208), hole(50, 60)], [], is_day=False) == []
    assert hours_of(told_now([hole(200, 208), hole(20, 30)], [], is_day=False)) == [(24, 20, 30)]


def test_what_is_beyond_every_horizon_is_not_told() -> None:
    assert told_now([hole(337, 340)], []) == []


def test_a_hole_that_grows_is_told_for_what_is_new_and_one_that_shrinks_is_not() -> None:
    told = [warning.as_told() for warning in told_now([hole(100, 108)], [])]
    assert hours_of(told_now([hole(96, 108)], told)) == [(336, 96, 100)]
    assert hours_of(told_now([hole(100, 110)], told)) == [(336, 108, 110)]
    assert told_now([hole(104, 108)], told) == []


def test_another_requirement_is_another_hole() -> None:
    told = [warning.as_told() for warning in told_now([hole(100, 108)], [])]
    assert hours_of(told_now([hole(100, 108), hole(100, 108, SPANISH)], told)) == [(336, 100, 108)]


def test_what_was_closed_is_forgotten_and_told_anew() -> None:
    told = [warning.as_told() for warning in told_now([hole(100, 108)], [])]
    assert still_open(told, [], NOW) == []
    half = still_open(told, [hole(104, 108)], NOW)
    assert [(one.starts, one.ends) for one in half] == [(NOW + 104 * HOUR, NOW + 108 * HOUR)]
    assert hours_of(told_now([hole(100, 108)], half)) == [(336, 100, 104)]
    assert still_open(told, [hole(100, 108, SPANISH)], NOW) == []


def test_what_has_passed_of_a_hole_is_not_closed_by_that() -> None:
    told = [warning.as_told() for warning in told_now([hole(1, 9)], [])]
    assert still_open(told, [hole(4, 9)], NOW + 4 * HOUR) == told


def test_a_hole_without_end_is_told_a_week_at_a_time_and_not_in_every_hour() -> None:
    """What is seen of it reaches three weeks ahead, as the timer looks."""
    told: list[Told] = []
    heard = []
    for at in range(24 * 30):
        since = NOW + at * HOUR
        found = [Hole(PEER, since, since + timedelta(days=21), 0)]
        told = still_open(told, found, since)
        for warning in told_now(found, told, at):
            told.append(warning.as_told())
            heard.append((at / 24, warning.horizon.hours))
    assert [horizon for _, horizon in heard[:6]] == [1, 336, 336, 72, 24, 1]
    assert len(heard) <= 1 + 4 * 3, "at once, and then each of the weeks that follow at its four horizons"


stretches = st.tuples(st.integers(0, 600), st.integers(1, 100)).map(lambda drawn: (drawn[0], sum(drawn)))


def apart(drawn: list[tuple[int, int]]) -> list[Hole]:
    """Holes of one requirement, none of which touches another."""
    found: list[Hole] = []
    for starts, ends in sorted(drawn):
        if not found or NOW + starts * HOUR > found[-1].ends:
            found.append(hole(starts, ends))
    return found


@settings(deadline=None, max_examples=25)
@given(st.lists(stretches, max_size=5).map(apart))
def test_every_hole_is_told_at_every_horizon_that_it_comes_through_and_never_twice(found: list[Hole]) -> None:
    heard = walk(found, 620, step=1)
    for one in found:
        starts = (one.starts - NOW) / HOUR
        horizons = [warning.horizon.hours for _, warning in heard if warning.hole == one]
        nearer = [each.hours for each in USUAL_HORIZONS if each.hours <= starts]
        first = min((each.hours for each in USUAL_HORIZONS if each.hours >= starts), default=None)
        assert sorted(horizons) == sorted({*nearer, first} - {None})  # type: ignore[type-var]
    assert len(heard) == sum(any(warning.hole == one for one in found) for _, warning in heard)


def test_horizons_are_in_their_order_however_the_file_lists_them() -> None:
    listed = (Horizon(hours=1, tell=("supervisors",)), Horizon(hours=48, tell=("coordinators",)))  # type: ignore[arg-type]
    assert [one.hours for one in Alarms(horizons=listed).horizons] == [48, 1]
