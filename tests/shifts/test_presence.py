"""Presence is proven, leased, and lapses by itself: whatever somebody does, and whenever anybody looks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.nouns import DUTY_MOVES, DutyState, Role, check
from helpline.presence_policy import OnCallReadiness, Presence
from shifts.presence import AGAIN_AND_AGAIN, OF_A_LEASE, Duty, Notice, assess, keeps_away
from shifts.rota import Override, Rota
from shifts.stretches import Stretch, ends_soon, stretches
from tests.shifts.test_rota import ANA, BO, NEW_YORK, random_rota, rota, shift

START = datetime(2026, 3, 6, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
REQUIRED = Presence(check_in="required", hand_off_minutes=15)
TRUSTED = Presence(check_in="trusted")
policies = st.builds(
    lambda check_in, remind, lease, ask, backups, coordinators, hand_off: Presence(
        check_in=check_in,
        remind_minutes=remind,
        lease_minutes=lease,
        ask_before_minutes=min(ask, lease - 1),
        backups_after_minutes=min(backups, coordinators),
        coordinators_after_minutes=max(backups, coordinators),
        hand_off_minutes=hand_off,
    ),
    st.sampled_from(["required", "required", "trusted"]),
    st.integers(0, 90),
    st.integers(10, 200),
    st.integers(0, 30),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(0, 30),
)


def expected(hours: float = 8, **more: object) -> Duty:
    usual = {"state": DutyState.EXPECTED, "starts": START, "ends": START + timedelta(hours=hours), "expected": START}
    return Duty(**{**usual, **more})  # type: ignore[arg-type]


def settle(duty: Duty, policy: Presence, now: datetime, told: Counter[Notice]) -> tuple[Duty, datetime | None]:
    """Make moves until it stays, as the timer does; every move must be one of the table."""
    for _ in range(6):
        move = assess(duty, policy, now)
        told.update(move.notices)
        known = duty.told | (set(move.notices) - AGAIN_AND_AGAIN)
        if move.state is not duty.state:
            check(DUTY_MOVES, duty.state, move.state)
        lease = {} if move.leased_until is None else {"leased_until": move.leased_until, "break_until": None}
        duty = replace(duty, state=move.state, told=frozenset(known), times_asked=move.times_asked, **lease)
        if move.until is None or move.until > now:
            return duty, move.until
    raise AssertionError("it never stays")


def show(duty: Duty, policy: Presence, now: datetime) -> Duty:
    """What checking in, or any sign of somebody, does."""
    lease = max(duty.starts, now) + policy.lease
    return replace(duty, state=DutyState.PRESENT, leased_until=lease, break_until=None, told=duty.told - OF_A_LEASE)


def walk(duty: Duty, policy: Presence, signs: list[int], look_at: list[int]) -> tuple[Counter[Notice], Duty]:
    """From an hour before the shift until its end: it is looked at when it asks to be, and at other moments too."""
    told: Counter[Notice] = Counter()
    now = START - 60 * MINUTE
    shows, looks = [START + at * MINUTE for at in sorted(signs)], {START + at * MINUTE for at in look_at}
    until: datetime | None = now
    while until is not None:
        duty, until = settle(duty, policy, now, told)
        coming = [at for at in (until, *(at for at in (*shows, *looks) if at > now)) if at is not None]
        if duty.state is DutyState.ENDED:
            break
        now = min(coming)
        if now in shows:
            duty = show(duty, policy, now)
    return told, duty


@given(policies, st.lists(st.integers(-60, 479), max_size=6), st.lists(st.integers(-60, 500), max_size=6))
def test_it_always_ends_and_nothing_is_told_twice(policy: Presence, signs: list[int], looks: list[int]) -> None:
    told, duty = walk(expected(), policy, signs, looks)
    assert duty.state is DutyState.ENDED
    once = {notice: count for notice, count in told.items() if notice not in OF_A_LEASE | AGAIN_AND_AGAIN}
    assert all(count == 1 for count in once.values())
    assert all(told[notice] <= len(set(signs)) + 1 for notice in OF_A_LEASE)


@given(policies, st.integers(0, 479), st.integers(0, 479))
def test_whoever_shows_within_the_lease_is_present_and_nobody_is_after_it(policy: Presence, sign: int, at: int) -> None:
    policy = policy.model_copy(update={"check_in": "required"})
    sign, at = sorted((sign, at))
    shown, now = START + sign * MINUTE, START + at * MINUTE
    duty = show(expected(), policy, shown)
    away = keeps_away(duty, policy, now, NEW_YORK)
    assert bool(away) is (now >= shown + policy.lease)
    settled, _ = settle(duty, policy, now, Counter())
    assert (settled.state is DutyState.LAPSED) is (now >= shown + policy.lease)
    assert keeps_away(settled, policy, now, NEW_YORK) == away


@given(policies, st.integers(0, 479))
def test_the_moment_at_which_it_lapses_is_the_moment_it_is_looked_at(policy: Presence, sign: int) -> None:
    policy = policy.model_copy(update={"check_in": "required"})
    duty = show(expected(), policy, START + sign * MINUTE)
    lapses, now, told = START + sign * MINUTE + policy.lease, START + sign * MINUTE, Counter[Notice]()
    while duty.state is DutyState.PRESENT:
        duty, until = settle(duty, policy, now, told)
        if duty.state is DutyState.PRESENT:
            assert until is not None and until > now
            now = until
    assert now == min(lapses, START + timedelta(hours=8))


@given(policies, st.lists(st.integers(-60, 479), max_size=4), st.integers(480, 2000))
def test_nobody_is_present_after_the_end_of_their_shift(policy: Presence, signs: list[int], late: int) -> None:
    duty = expected()
    for sign in sorted(signs):
        duty = show(duty, policy, START + sign * MINUTE)
    assert settle(duty, policy, START + late * MINUTE, Counter())[0].state is DutyState.ENDED


@given(policies, st.integers(1, 60), st.integers(0, 200))
def test_a_break_ends_by_itself_however_late_anybody_looks(policy: Presence, minutes: int, at: int) -> None:
    over = START + minutes * MINUTE
    duty = replace(show(expected(), policy, START), state=DutyState.ON_BREAK, break_until=over)
    now = START + at * MINUTE
    away = keeps_away(duty, policy, now, NEW_YORK)
    assert ("is on a break" in away) is (now < over)
    if over <= now < over + policy.lease:
        assert not away


@given(st.integers(0, 200))
def test_whoever_is_late_is_warned_first_then_backups_are_asked_and_then_coordinators_told(at: int) -> None:
    told: Counter[Notice] = Counter()
    duty = expected()
    for minute in range(at + 1):
        duty, _ = settle(duty, REQUIRED, START + minute * MINUTE, told)
    assert set(told) == {
        notice for notice, after in ((Notice.LATE, 0), (Notice.BACKUPS, 10), (Notice.COORDINATORS, 20)) if at >= after
    }


def test_where_people_are_trusted_being_on_shift_is_enough() -> None:
    assert keeps_away(None, TRUSTED, START, NEW_YORK) == ""
    assert settle(expected(), TRUSTED, START, Counter())[0].state is DutyState.PRESENT
    assert keeps_away(None, REQUIRED, START, NEW_YORK) == "has not checked in for this shift"


@given(st.integers(1, 5), st.integers(1, 20), st.lists(st.integers(0, 300), max_size=8))
def test_whoever_will_be_on_call_is_asked_so_often_and_then_others_hear_of_it(
    times: int, repeat: int, looks: list[int]
) -> None:
    asking = OnCallReadiness(ask_minutes=times * repeat, repeat_minutes=repeat, times=times)
    policy = Presence(on_call=asking)
    duty = expected(tier=1, expected=START - times * repeat * MINUTE)
    told: Counter[Notice] = Counter()
    now, end = duty.expected, START + MINUTE
    while now < end:
        duty, until = settle(duty, policy, now, told)
        assert until is not None
        now = min([until, *(duty.expected + at * MINUTE for at in looks if duty.expected + at * MINUTE > now)])
    assert told == Counter({Notice.READY: times, Notice.NOT_READY: 1})


def test_whoever_answered_is_not_asked_again() -> None:
    policy = Presence(on_call=OnCallReadiness(ask_minutes=60))
    duty = expected(tier=1, expected=START - timedelta(hours=1), state=DutyState.PRESENT)
    assert assess(duty, policy, START).notices == ()


@pytest.mark.parametrize("seed", range(60))
def test_stretches_are_the_minutes_on_shift_without_a_gap(seed: int) -> None:
    plan, _, midnight = random_rota(Random(seed))
    for hours in (-5, 0, 3, 7):
        now = midnight + timedelta(hours=hours)
        found = stretches(plan, now, timedelta(hours=6))
        for one in found:
            assert _is_on(plan, one, max(one.starts, now)), (seed, one)
            if one.ends is not None:
                assert not _is_on(plan, one, one.ends), (seed, one)
            if one.begins:
                assert not _is_on(plan, one, one.starts - timedelta(microseconds=1)), (seed, one)
        under_way = {one.person for one in found if one.holds(now) and one.tier is None}
        assert under_way == {one.person for one in plan.at(now) if one.person is not None and one.tier is None}


def _is_on(plan: Rota, one: Stretch, at: datetime) -> bool:
    return any(each.person == one.person and each.tier == one.tier for each in plan.at(at))


@pytest.mark.parametrize(
    ("night", "hours"), [(date(2026, 3, 7), 7), (date(2026, 10, 31), 9), (date(2026, 6, 1), 8)], ids=str
)
def test_a_night_shift_is_one_stretch_when_the_clocks_change(night: date, hours: int) -> None:
    plan = rota((ANA, "22:00-02:30"), (ANA, "02:30-06:00"), (BO, "06:00-14:00"))
    evening = datetime(night.year, night.month, night.day, 21, 30, tzinfo=NEW_YORK)
    (one,) = stretches(plan, evening, timedelta(hours=1), ANA)
    assert one.ends is not None and one.ends - one.starts == timedelta(hours=hours)


def test_whoever_is_on_around_the_clock_has_no_beginning_and_no_end() -> None:
    (one,) = stretches(rota((ANA, "00:00-00:00")), START, timedelta(hours=1))
    assert (one.begins, one.ends) == (False, None)


def test_a_shift_soon_after_another_says_how_long_the_break_between_them_is() -> None:
    plan = rota((ANA, "08:00-12:00"), (ANA, "12:30-16:00"))
    noon = datetime(2026, 3, 5, 11, tzinfo=NEW_YORK)
    assert [one.rested for one in stretches(plan, noon, timedelta(hours=2), ANA)][1] == timedelta(minutes=30)


def test_only_a_shift_that_nothing_follows_on_ends_soon() -> None:
    plan = rota((ANA, "22:00-06:00"), (ANA, "06:00-10:00"), (BO, "22:00-06:00"))
    now = datetime(2026, 3, 6, 5, 50, tzinfo=NEW_YORK)
    assert set(ends_soon(plan, now, timedelta(minutes=20))) == {BO}
    assert ends_soon(plan, now - timedelta(minutes=20), timedelta(minutes=20)) == {}


def test_somebody_who_goes_early_ends_then() -> None:
    nights = shift(ANA, "22:00-06:00")
    gone = datetime(2026, 3, 6, 1, tzinfo=NEW_YORK)
    plan = Rota(NEW_YORK, [nights], [Override(nights.id, date(2026, 3, 5), ANA, ends=gone)])
    (one,) = stretches(plan, gone - timedelta(hours=1), timedelta(hours=1))
    assert one == Stretch(ANA, None, Role.PEER, one.starts, gone, rested=timedelta(hours=16))


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"backups_after_minutes": 30}, "warned first"),
        ({"ask_before_minutes": 120}, "before it is proven"),
        ({"break_minutes": 90}, "longer than"),
        ({"on_call": {"ask_minutes": 30}}, "ask earlier"),
        ({"check_in": "sometimes"}, "required"),
    ],
)
def test_a_policy_that_cannot_be_kept_says_why(keys: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Presence.model_validate(keys)


def test_reasons_are_told_on_the_lines_wall_clock() -> None:
    madrid = ZoneInfo("Europe/Madrid")
    late = expected(late=True, expected=START + 10 * MINUTE)
    assert keeps_away(late, REQUIRED, START, NEW_YORK) == "is late: expected at 22:10"
    assert keeps_away(late, REQUIRED, START, madrid) == "is late: expected at 04:10"
