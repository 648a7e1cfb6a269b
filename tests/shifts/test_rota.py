"""Who is on duty at a moment, compared with somebody who walks through the time minute by minute."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.hours import Hours, read_hours
from helpline.nouns import Role
from shifts.recurrence import read_recurrence
from shifts.rota import Coverage, Leave, Override, Rota, Shift, on_duty
from tests.shifts.walking import MINUTE, first_reading, on_shift_by_minute

ANA, BO, CAL = UUID(int=1), UUID(int=2), UUID(int=3)
PEOPLE = (ANA, BO, CAL, None)
NEW_YORK = ZoneInfo("America/New_York")
ZONES = ["America/New_York", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Europe/Madrid"]
LONG_AGO = date(2000, 1, 1)
RULES = (
    "",
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR,SA,SU",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=MONTHLY;BYDAY=-1SU",
    "FREQ=MONTHLY;BYMONTHDAY=1,15",
)


def shift(person: UUID | None, hours: str, rule: str = "FREQ=DAILY", number: int = 1, tier: int | None = None) -> Shift:
    role = Role.CLINICIAN if tier else Role.PEER
    recurs = read_recurrence(LONG_AGO, rule)
    return Shift(UUID(int=1000 + number), person, role, read_hours(hours), recurs, NEW_YORK, tier)


def rota(*hours: tuple[UUID, str], zone: str = "America/New_York") -> Rota:
    shifts = [shift(person, span, number=number) for number, (person, span) in enumerate(hours)]
    there = ZoneInfo(zone)
    return Rota(there, [Shift(s.id, s.person, s.role, s.hours, s.recurs, there) for s in shifts])


def on_shift_for(plan: Rota, day: date, person: UUID) -> int:
    """How many minutes the person is on shift from noon of the day before until noon of `day`."""
    until = datetime.combine(day, time(12), plan.zone).astimezone(UTC)
    at = datetime.combine(day - timedelta(days=1), time(12), plan.zone).astimezone(UTC)
    count = 0
    while at < until:
        count += person in on_duty(plan, at).on_shift
        at += MINUTE
    return count


def clock_changes(zone: ZoneInfo, since: date, years: int) -> list[date]:
    """The days on which the clocks of `zone` are moved."""
    days = (since + timedelta(days=n) for n in range(365 * years))
    return [day for day in days if len({datetime.combine(day, time(h), zone).utcoffset() for h in (0, 23)}) > 1]


def random_rota(rng: Random) -> tuple[Rota, dict[UUID, tuple[date, str]], datetime]:
    """Any rota, the rules its shifts were made from, and a midnight, often one near which the clocks change."""
    line, lives = (ZoneInfo(rng.choice(ZONES)) for _ in range(2))
    around = rng.choice(clock_changes(line, date(2026, 1, 1), 1) or [date(2026, 3, 8)])
    around += timedelta(days=rng.choice([0, 0, 0, rng.randint(-200, 200)]))
    rules: dict[UUID, tuple[date, str]] = {}
    shifts = []
    for number in range(rng.randint(1, 5)):
        first, rule = around - timedelta(days=rng.choice([0, 1, 2, 7, 14, rng.randint(0, 1500)])), rng.choice(RULES)
        hours = Hours(time(rng.randrange(24), rng.choice([0, 30, 59])), time(rng.randrange(24), rng.choice([0, 30])))
        one = UUID(int=100 + number)
        rules[one] = (first, rule)
        recurs = read_recurrence(first, rule)
        zone = rng.choice([line, line, lives])
        shifts.append(Shift(one, rng.choice(PEOPLE), Role.PEER, hours, recurs, zone, on_holidays=rng.random() < 0.8))
    overrides = []
    for one in rng.sample(shifts, k=rng.randint(0, len(shifts))):
        day, cancelled = around + timedelta(days=rng.randint(-1, 1)), rng.random() < 0.3
        late = early = None
        if rng.random() < 0.3:
            starts, ends = one.hours.on(day, one.zone)
            late, early = starts + rng.randint(-30, 60) * MINUTE, ends - rng.randint(-30, 60) * MINUTE
        overrides.append(Override(one.id, day, None if cancelled else rng.choice(PEOPLE), cancelled, late, early))
    leaves = [
        Leave(rng.choice((ANA, BO, CAL)), day, day + timedelta(days=rng.randint(0, 3)))
        for day in (around + timedelta(days=rng.randint(-4, 1)) for _ in range(rng.randint(0, 2)))
    ]
    holidays = frozenset({around} if rng.random() < 0.3 else ())
    midnight = datetime.combine(around, time(), line).astimezone(UTC)
    return Rota(line, shifts, overrides, leaves, holidays), rules, midnight


@pytest.mark.parametrize("seed", range(int(os.environ.get("HELPLINE_ROTAS", "250"))))
def test_a_rota_holds_in_exactly_the_minutes_that_somebody_walking_the_clock_meets(seed: int) -> None:
    rng = Random(seed)
    plan, rules, midnight = random_rota(rng)
    start = midnight + rng.randint(-12, 20) * timedelta(hours=1)
    walked = on_shift_by_minute(plan, rules, start, start + timedelta(hours=5))
    for at, people in walked.items():
        assert on_duty(plan, at).on_shift == people, at


@pytest.mark.parametrize("zone", ZONES)
def test_hours_begin_and_end_when_the_clock_on_the_wall_says_so_through_ten_years_of_changes(zone: str) -> None:
    there = ZoneInfo(zone)
    for day in clock_changes(there, date(2026, 1, 1), 10):
        for wall in (time(0), time(1), time(1, 30), time(2), time(2, 30), time(3), time(22)):
            starts, _ = Hours(wall, time(12, 1)).on(day, there)
            assert starts == first_reading(day, wall, there), (day, wall)


@given(st.times(), st.times(), st.sampled_from(ZONES), st.integers(0, 3650))
def test_hours_that_meet_on_the_wall_meet_in_truth(turn: time, other: time, zone: str, past: int) -> None:
    there, day = ZoneInfo(zone), date(2026, 1, 1) + timedelta(days=past)
    _, ends = Hours(other, turn).on(day, there)
    following = day if other < turn else day + timedelta(days=1)
    starts, _ = Hours(turn, other).on(following, there)
    assert starts == ends or Hours(other, turn).on(day, there)[0] == ends  # or the first lie wholly within a leap


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


@given(st.sampled_from(ZONES), st.integers(0, 365 * 24 * 60))
def test_two_shifts_that_meet_leave_nobody_alone_and_never_overlap(zone: str, past: int) -> None:
    plan = rota((ANA, "06:30-18:30"), (BO, "18:30-06:30"), zone=zone)
    assert len(on_duty(plan, datetime(2026, 1, 1, tzinfo=UTC) + past * MINUTE).on_shift) == 1


def test_hours_without_an_end_hold_all_day() -> None:
    plan = rota((ANA, "09:00-17:00"), (BO, "00:00-00:00"))
    assert on_duty(plan, datetime(2026, 5, 5, 3, tzinfo=NEW_YORK)).on_shift == {BO}


def test_a_volunteer_far_away_keeps_the_hours_of_their_own_clock() -> None:
    madrid = ZoneInfo("Europe/Madrid")
    plan = Rota(NEW_YORK, [replace(shift(ANA, "09:00-12:00"), zone=madrid)])
    assert on_duty(plan, datetime(2026, 3, 7, 3, 30, tzinfo=NEW_YORK)).on_shift == {ANA}  # six hours apart
    assert on_duty(plan, datetime(2026, 3, 9, 3, 30, tzinfo=NEW_YORK)).on_shift == frozenset()  # five, for three weeks
    assert on_duty(plan, datetime(2026, 3, 9, 4, 30, tzinfo=NEW_YORK)).on_shift == {ANA}


def test_whoever_takes_a_single_shift_has_that_one_alone() -> None:
    mondays = shift(ANA, "09:00-12:00", "FREQ=WEEKLY;BYDAY=MO")
    monday = date(2026, 3, 2)
    plan = Rota(NEW_YORK, [mondays], [Override(mondays.id, monday, BO)])
    assert on_duty(plan, datetime(2026, 3, 2, 10, tzinfo=NEW_YORK)).on_shift == {BO}
    assert on_duty(plan, datetime(2026, 3, 9, 10, tzinfo=NEW_YORK)).on_shift == {ANA}


def test_somebody_away_leaves_their_shift_open() -> None:
    plan = Rota(NEW_YORK, [shift(ANA, "22:00-06:00")], leaves=[Leave(ANA, date(2026, 3, 3), date(2026, 3, 3))])
    assert on_duty(plan, datetime(2026, 3, 3, 5, tzinfo=NEW_YORK)).on_shift == {ANA}  # the night that began before
    assert on_duty(plan, datetime(2026, 3, 4, 5, tzinfo=NEW_YORK)).on_shift == frozenset()
    assert plan.beginning_on(date(2026, 3, 3))[0].person is None


def test_the_tiers_on_call_change_at_the_hour_of_hand_over() -> None:
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR,SA,SU"
    weeks = [read_recurrence(date(2026, 3, day), rule) for day in (2, 9)]
    odd = replace(shift(ANA, "09:00-09:00", number=1, tier=1), recurs=weeks[0])
    even = replace(shift(BO, "09:00-09:00", number=2, tier=1), recurs=weeks[1])
    plan = Rota(NEW_YORK, [odd, even])
    assert on_duty(plan, datetime(2026, 3, 9, 8, 59, tzinfo=NEW_YORK)).on_call == {1: (ANA,)}
    assert on_duty(plan, datetime(2026, 3, 9, 9, 0, tzinfo=NEW_YORK)).on_call == {1: (BO,)}


def test_those_on_call_come_in_the_order_of_the_rota() -> None:
    plan = Rota(NEW_YORK, [shift(BO, "00:00-00:00", number=1, tier=2), shift(ANA, "12:00-11:00", number=2, tier=2)])
    assert on_duty(plan, datetime(2026, 3, 9, 14, tzinfo=NEW_YORK)) == Coverage(frozenset(), {2: (BO, ANA)}, {}, {})


def test_one_shift_after_another_ends_when_the_last_does() -> None:
    plan = Rota(NEW_YORK, [shift(ANA, "08:00-12:00", number=1), shift(ANA, "12:00-14:00", number=2)])
    assert plan.ends_for(ANA, datetime(2026, 3, 9, 9, tzinfo=NEW_YORK)) == datetime(2026, 3, 9, 14, tzinfo=NEW_YORK)
    assert plan.ends_for(BO, datetime(2026, 3, 9, 9, tzinfo=NEW_YORK)) is None
    assert rota((ANA, "00:00-00:00")).ends_for(ANA, datetime(2026, 3, 9, 9, tzinfo=NEW_YORK)) is None


@settings(max_examples=20)
@given(st.integers(0, 10**9))
def test_asking_in_another_order_changes_no_answer(seed: int) -> None:
    plan, _, midnight = random_rota(Random(seed))
    moments = [midnight + hours * timedelta(hours=1) for hours in range(-30, 31, 3)]
    forwards = [on_duty(plan, at) for at in moments]
    fresh = Rota(plan.zone, plan.shifts, plan.overrides, plan.leaves, plan.holidays)
    assert [on_duty(fresh, at) for at in reversed(moments)] == forwards[::-1]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        on_duty(rota((ANA, "09:00-17:00")), datetime(2026, 5, 5, 3))  # noqa: DTZ001 - without a zone on purpose
