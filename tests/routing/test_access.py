"""Who is received at once, and who is told something first: danger opens every door, and nothing outlives its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.hours import Hours
from helpline.nouns import Tier
from routing.access import Admit, AgreedHours, Approach, Block, Blocked, Ground, Plan, admit

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 7, 23, 30, tzinfo=ZONE)

tiers = st.sampled_from(Tier)
approaches = st.builds(Approach, open_risk=tiers, goes_on=st.booleans())
hours = st.builds(Hours, st.times(), st.times())
plans = st.none() | st.builds(Plan, st.none() | hours, st.sampled_from([Tier.ELEVATED, Tier.HIGH]))
moments = st.integers(-48 * 60, 48 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
blocks = st.none() | st.builds(Block, moments, st.booleans())


@given(approaches, plans, blocks, tiers, moments)
def test_high_risk_here_or_in_anything_open_is_always_received(
    approach: Approach, plan: Plan | None, block: Block | None, risk: Tier, now: datetime
) -> None:
    verdict = admit(approach, plan, block, risk, now)
    if max(risk, approach.open_risk) >= Tier.HIGH:
        assert isinstance(verdict, Admit)


@given(approaches, plans, blocks, tiers, moments)
def test_any_sign_of_danger_sets_a_block_aside_and_says_so(
    approach: Approach, plan: Plan | None, block: Block | None, risk: Tier, now: datetime
) -> None:
    verdict = admit(approach, plan, block, risk, now)
    in_force = block is not None and not block.is_lifted and block.until > now
    danger = max(risk, approach.open_risk) > Tier.NONE
    assert isinstance(verdict, Blocked) == (in_force and not danger)
    assert (Ground.BLOCK_SET_ASIDE in verdict.reasons) == (in_force and danger)


@given(approaches, plans, blocks, tiers, moments)
def test_a_block_that_is_over_or_lifted_changes_nothing(
    approach: Approach, plan: Plan | None, block: Block | None, risk: Tier, now: datetime
) -> None:
    if block is None or (block.until > now and not block.is_lifted):
        return
    with_it, without = admit(approach, plan, block, risk, now), admit(approach, plan, None, risk, now)
    assert type(with_it) is type(without)


@given(approaches, plans, blocks, tiers, moments)
def test_hours_bind_only_outside_of_them_and_only_who_has_not_chosen_to_go_on(
    approach: Approach, plan: Plan | None, block: Block | None, risk: Tier, now: datetime
) -> None:
    verdict = admit(approach, plan, block, risk, now)
    if isinstance(verdict, AgreedHours):
        assert plan is not None and plan.hours == verdict.hours
        assert not plan.hours.hold(now.time())
        assert not approach.goes_on
        assert max(risk, approach.open_risk) < plan.overridden_from
        assert isinstance(admit(replace(approach, goes_on=True), plan, block, risk, now), Admit)


@given(approaches, plans, blocks, tiers, moments)
def test_graver_never_shuts_a_door_that_was_open(
    approach: Approach, plan: Plan | None, block: Block | None, risk: Tier, now: datetime
) -> None:
    if isinstance(admit(approach, plan, block, risk, now), Admit):
        for graver in Tier:
            if graver > risk:
                assert isinstance(admit(approach, plan, block, graver, now), Admit)


@given(approaches, plans, blocks, tiers, moments)
def test_every_verdict_has_a_reason(
    approach: Approach, plan: Plan | None, block: Block | None, risk: Tier, now: datetime
) -> None:
    assert admit(approach, plan, block, risk, now).reasons


def test_without_plan_or_block_everybody_is_received() -> None:
    assert admit(Approach(), None, None, Tier.NONE, NOW) == Admit((Ground.NOTHING_SET,))


@pytest.mark.parametrize(
    ("opens", "closes", "wall", "holds"),
    [
        (time(18), time(20), time(17, 59), False),
        (time(18), time(20), time(18), True),
        (time(18), time(20), time(20), False),
        (time(22), time(2), time(23, 30), True),
        (time(22), time(2), time(1, 59), True),
        (time(22), time(2), time(2), False),
    ],
)
def test_hours_may_pass_midnight(opens: time, closes: time, wall: time, *, holds: bool) -> None:
    assert Hours(opens, closes).hold(wall) is holds


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        admit(Approach(), None, None, Tier.NONE, NOW.replace(tzinfo=None))
