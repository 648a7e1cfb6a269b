"""What is to be expected of the past: the same again, twice as much, the week's own shape, and where it is going."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.hours import WHOLE_DAY, Hours
from helpline.nouns import Channel
from shifts.foresight.load import GRAIN, WEEK, Busier, Counts, Load, Profile, Stated, learn

NEW_YORK = ZoneInfo("America/New_York")
ZONES = ["America/New_York", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"]
UNTIL = datetime(2026, 11, 23, 5, tzinfo=UTC)
moments = st.integers(0, 8 * 168).map(lambda hours: UNTIL + timedelta(hours=hours))


def past(weeks: float, rate: Callable[[datetime], float], until: datetime = UNTIL) -> Counts:
    """A past in which so many came in each quarter of an hour."""
    since, arrived, at = until - weeks * WEEK, {}, until - weeks * WEEK
    while at < until:
        arrived[at] = round(rate(at))
        at += GRAIN
    return Counts(since, until, arrived)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 40), st.integers(1, 12), st.sampled_from(ZONES), moments)
def test_what_was_always_the_same_stays_the_same(each: int, weeks: int, zone: str, at: datetime) -> None:
    assert learn(past(weeks, lambda _: each), ZoneInfo(zone)).at(at) == pytest.approx(4 * each)


@settings(deadline=None, max_examples=15)
@given(st.randoms(use_true_random=False), st.integers(1, 6), moments)
def test_twice_the_past_is_twice_the_future(chance: Random, weeks: int, at: datetime) -> None:
    once = past(weeks, lambda _: chance.randint(0, 9))
    twice = Counts(once.since, once.until, {start: 2 * count for start, count in once.arrived.items()})
    assert learn(twice, NEW_YORK).at(at) == pytest.approx(2 * learn(once, NEW_YORK).at(at))


def shape(at: datetime, zone: ZoneInfo = NEW_YORK) -> float:
    """Contacts in a quarter of an hour: evenings, and Fridays above all."""
    wall = at.astimezone(zone)
    return 20 + 20 * (wall.hour >= 18) + 40 * (wall.weekday() == 4)


@pytest.mark.parametrize("growth", [0.0, 0.02, -0.015])
def test_a_known_week_with_a_trend_is_found_again(growth: float) -> None:
    weeks = 26

    def rate(at: datetime) -> float:
        return shape(at) * (1 + growth * ((at - UNTIL) / WEEK))

    found = learn(past(weeks, rate), NEW_YORK)
    assert found.trend.per_week == pytest.approx(growth, abs=0.001)
    for hours in range(0, 4 * 168, 5):
        at = UNTIL + timedelta(hours=hours)
        assert found.at(at) == pytest.approx(4 * rate(at), rel=0.08)


def test_a_single_wild_week_makes_no_trend_and_growth_by_chance_none_either() -> None:
    wild = past(12, lambda at: 100 if UNTIL - 2 * WEEK <= at < UNTIL - WEEK else 10)
    assert learn(wild, NEW_YORK).trend.per_week == 0
    assert learn(past(4, lambda at: 10 + (at - UNTIL + 4 * WEEK) / WEEK * 5), NEW_YORK).trend.per_week == 0


def test_a_trend_is_followed_no_further_than_it_was_seen_and_never_beyond_twice() -> None:
    steep = learn(past(8, lambda at: 100 * (1 + 0.1 * ((at - UNTIL) / WEEK))), NEW_YORK)
    assert steep.trend.factor(UNTIL + 8 * WEEK) == pytest.approx(1.8, abs=0.05)
    assert steep.trend.factor(UNTIL + 500 * WEEK) == steep.trend.factor(UNTIL + 8 * WEEK)
    falling = learn(past(8, lambda at: 100 * (1 - 0.2 * ((at - UNTIL) / WEEK))), NEW_YORK)
    assert falling.trend.factor(UNTIL + 8 * WEEK) == 0.5


def test_an_hour_that_was_hardly_seen_leans_on_the_same_hour_of_other_days() -> None:
    until = datetime.combine(date(2026, 11, 20), time(), NEW_YORK).astimezone(UTC)
    three_days = past(3 / 7, lambda at: 8 if at.astimezone(NEW_YORK).hour == 20 else 0, until)
    found = learn(three_days, NEW_YORK)
    seen, unseen = (datetime(2026, 12, day, 20, tzinfo=NEW_YORK) for day in (2, 5))
    assert found.at(unseen) < found.at(seen) < 32
    assert found.at(unseen) > 15
    assert found.at(unseen + timedelta(hours=3)) < 2


def test_hours_are_those_of_the_wall_clock_on_both_sides_of_a_change() -> None:
    until = datetime(2026, 11, 23, 5, tzinfo=UTC)
    found = learn(past(10, lambda at: 10 if at.astimezone(NEW_YORK).hour == 20 else 0, until), NEW_YORK)
    for day in (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2)):
        evening = datetime.combine(day, time(20, 30), NEW_YORK)
        assert found.at(evening) > 30
        assert found.at(evening - timedelta(hours=2)) < 2


def test_it_says_how_much_it_rests_on() -> None:
    found = learn(past(3, lambda _: 1), NEW_YORK)
    load = Load({Channel.VOICE: found, Channel.TEXT: Stated(NEW_YORK, 2)})
    assert (found.weeks, found.contacts) == (3, 3 * 672)
    assert (load.weeks, load.contacts, load.is_stated) == (3, 3 * 672, True)
    nothing = learn(Counts(UNTIL, UNTIL), NEW_YORK)
    assert (nothing.weeks, nothing.contacts, nothing.at(UNTIL)) == (0, 0, 0)
    assert Load({}).at(UNTIL, Channel.TEXT) == 0


def test_a_stated_load_is_busier_when_the_line_says_so() -> None:
    fridays = Busier(frozenset({4}), Hours(time(22), time(2)), 3)
    stated = Stated(NEW_YORK, 2.0, (fridays,))
    for wall, expected in {
        "2026-11-27T21:59": 2,
        "2026-11-27T22:00": 6,
        "2026-11-28T01:59": 6,
        "2026-11-28T02:00": 2,
    }.items():
        assert stated.at(datetime.fromisoformat(wall).replace(tzinfo=NEW_YORK)) == expected
    all_day = Stated(NEW_YORK, 1, (Busier(frozenset({0}), WHOLE_DAY, 2),))
    assert [all_day.at(datetime(2026, 11, day, 12, tzinfo=NEW_YORK)) for day in (23, 24)] == [2, 1]


def test_moments_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Counts(datetime(2026, 1, 1), UNTIL)  # noqa: DTZ001 - that is what is refused


def test_a_profile_is_as_long_as_a_week() -> None:
    found = learn(past(1, lambda _: 3), NEW_YORK)
    assert isinstance(found, Profile)
    assert len(found.hours) == 168
