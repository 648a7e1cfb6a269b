"""Who is on duty at a moment, compared with somebody who walks through the day minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shifts.rota import Coverage, DailyHours, Rota, on_duty

ANA, BO = UUID(int=1), UUID(int=2)
NEW_YORK = ZoneInfo("America/New_York")
ZONES = ["America/New_York", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns"]
times = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
moments = st.integers(0, 15 * 365 * 24 * 60).map(
    lambda past: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=past)
)


def minutes(starts: time, ends: time) -> set[int]:
    """Every minute of the wall clock from `starts` until `ends`, walked one after another."""
    at, last = starts.hour * 60 + starts.minute, ends.hour * 60 + ends.minute
    walked = {at}
    at = (at + 1) % 1440
    while at != last and at not in walked:
        walked.add(at)
        at = (at + 1) % 1440
    return walked


def rota(*hours: tuple[UUID, str], zone: str = "America/New_York") -> Rota:
    spans = [(person, *map(time.fromisoformat, span.split("-"))) for person, span in hours]
    return Rota(ZoneInfo(zone), [DailyHours(*span) for span in spans], {})


def on_shift_for(plan: Rota, day: date, person: UUID) -> int:
    """How many minutes the person is on shift from noon of the day before until noon of `day`."""
    until = datetime.combine(day, time(12), plan.zone).astimezone(UTC)
    at = datetime.combine(day - timedelta(days=1), time(12), plan.zone).astimezone(UTC)
    count = 0
    while at < until:
        count += person in on_duty(plan, at).on_shift
        at += timedelta(minutes=1)
    return count


@given(times, times, moments, st.sampled_from(ZONES))
def test_hours_hold_in_exactly_the_minutes_that_somebody_walking_the_clock_meets(
    starts: time, ends: time, now: datetime, zone: str
) -> None:
    plan = Rota(ZoneInfo(zone), [DailyHours(ANA, starts, ends)], {})
    wall = now.astimezone(ZoneInfo(zone))
    assert (ANA in on_duty(plan, now).on_shift) == (wall.hour * 60 + wall.minute in minutes(starts, ends))


@given(st.lists(st.tuples(st.sampled_from([ANA, BO]), times, times), max_size=5), moments)
def test_several_stretches_count_together(spans: list[tuple[UUID, time, time]], now: datetime) -> None:
    together = on_duty(Rota(NEW_YORK, [DailyHours(*span) for span in spans], {}), now).on_shift
    apart = [on_duty(Rota(NEW_YORK, [DailyHours(*span)], {}), now).on_shift for span in spans]
    assert together == frozenset().union(*apart)


@pytest.mark.parametrize(
    ("day", "worked"),
    [(date(2026, 3, 7), 480), (date(2026, 3, 8), 420), (date(2026, 11, 1), 540), (date(2026, 6, 1), 480)],
)
def test_a_night_shift_is_an_hour_shorter_when_the_clock_goes_forward_and_longer_when_it_goes_back(
    day: date, worked: int
) -> None:
    assert on_shift_for(rota((ANA, "22:00-06:00")), day, ANA) == worked


@pytest.mark.parametrize(("day", "worked"), [(date(2026, 3, 8), 0), (date(2026, 3, 9), 60), (date(2026, 11, 1), 60)])
def test_an_hour_the_clock_leaps_over_has_nobody_in_it(day: date, worked: int) -> None:
    assert on_shift_for(rota((ANA, "02:00-03:00")), day, ANA) == worked


def test_an_hour_that_comes_twice_is_worked_twice() -> None:
    assert on_shift_for(rota((ANA, "01:00-02:00")), date(2026, 11, 1), ANA) == 120


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 4, 5), date(2026, 10, 4), date(2026, 11, 1)])
def test_whoever_hands_over_at_the_hour_leaves_no_minute_without_anybody(zone: str, day: date) -> None:
    plan = rota((ANA, "06:30-18:30"), (BO, "18:30-06:30"), zone=zone)
    both = on_shift_for(plan, day, ANA) + on_shift_for(plan, day, BO)
    noons = [datetime.combine(each, time(12), plan.zone).astimezone(UTC) for each in (day - timedelta(days=1), day)]
    assert both == (noons[1] - noons[0]).total_seconds() / 60


def test_a_shift_ends_at_its_last_minute_and_equal_ends_mean_all_day() -> None:
    plan = rota((ANA, "09:00-17:00"), (BO, "00:00-00:00"))
    around = {"08:59:59": False, "09:00:00": True, "16:59:59": True, "17:00:00": False}
    for wall, there in around.items():
        now = datetime.combine(date(2026, 7, 1), time.fromisoformat(wall), NEW_YORK)
        assert (ANA in on_duty(plan, now).on_shift) is there
        assert BO in on_duty(plan, now).on_shift


@given(st.dictionaries(st.integers(0, 20).map(lambda number: UUID(int=number)), st.integers(1, 9)), moments)
def test_the_on_call_rotation_is_by_tier_and_keeps_the_coordinators_order(
    on_call: dict[UUID, int], now: datetime
) -> None:
    coverage = on_duty(Rota(NEW_YORK, [], on_call), now)
    assert list(coverage.on_call) == sorted(set(on_call.values()))
    for tier, people in coverage.on_call.items():
        assert list(people) == [person for person, placed in on_call.items() if placed == tier]


def test_nobody_on_the_rota_is_nobody_on_duty() -> None:
    assert on_duty(Rota(NEW_YORK, [], {}), datetime(2026, 3, 8, tzinfo=UTC)) == Coverage(frozenset(), {})


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        on_duty(Rota(NEW_YORK, [], {}), datetime(2026, 3, 8))  # noqa: DTZ001 - that is what is refused
