"""What the auditor finds and does about it: everything has a reason, and nobody is told twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from escalation.audit import (
    LINE,
    SLOWER,
    Breach,
    Facts,
    Finding,
    Ground,
    Known,
    Repair,
    Treatment,
    Urgent,
    by_kind,
    is_forgotten,
    is_over,
    judge,
    treat,
    urgency,
    what_to_do,
)
from helpline.audit_policy import AUDIT_WORDS, Audit
from helpline.nouns import FaultKind, TimerKind

NOW = datetime(2026, 3, 8, 3, tzinfo=UTC)
POLICY = Audit()
WELL = Facts(ticker_at=NOW, worker_at=NOW)

counts = st.integers(0, 500)
moments = st.one_of(st.none(), st.integers(0, 4000).map(lambda seconds: NOW - timedelta(seconds=seconds)))
kinds = st.sampled_from(FaultKind)
breaches = st.builds(
    Breach,
    kind=st.sampled_from([FaultKind.STRANDED, FaultKind.LEG_LEFT, FaultKind.LIMIT_PASSED, FaultKind.STATES_DISAGREE]),
    rule=st.just("a rule"),
    subject=st.integers(0, 9).map(lambda number: f"contact:{number}"),
    told=st.just("contact is not as it should be"),
    missing=st.one_of(st.none(), st.sampled_from(TimerKind)),
)
facts = st.builds(
    Facts,
    breaches=st.lists(breaches, max_size=4),
    timers_overdue=counts,
    timers_failing=counts,
    timers_held=st.lists(st.integers(1, 99).map(str), max_size=3),
    commands_overdue=counts,
    commands_uncertain=counts,
    calls_placed=counts,
    calls_refused=counts,
    pages_unheard=st.lists(st.integers(0, 9).map(str), max_size=3),
    webhooks=counts,
    webhooks_failed=counts,
    ticker_at=moments,
    worker_at=moments,
    on_call=st.integers(0, 3),
    took=st.integers(0, 5000).map(lambda ms: timedelta(milliseconds=ms)),
    ground=st.builds(
        Ground,
        redis_answers=st.sampled_from([None, True, False]),
        disk_free_percent=st.one_of(st.none(), st.floats(0, 100)),
    ),
)
known = st.builds(
    Known,
    first_at=st.integers(0, 4000).map(lambda seconds: NOW - timedelta(seconds=seconds)),
    repairs=st.integers(0, 9),
    repaired_at=moments,
    told_at=moments,
    gone_at=moments,
)
findings = st.builds(
    Finding,
    kind=kinds,
    subject=st.just(LINE),
    count=st.integers(1, 9),
    why=st.just("because"),
    repair=st.one_of(st.none(), st.sampled_from(Repair)),
)


def only(found: Facts) -> Finding:
    (one,) = judge(found, POLICY, NOW)
    return one


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert judge(WELL, POLICY, NOW) == ()


@given(facts)
def test_whatever_is_found_has_a_reason_a_count_and_words_for_people(found: Facts) -> None:
    for one in judge(found, POLICY, NOW):
        assert one.why and one.count >= 0 and one.subject
        assert {f"audit_{one.kind}", what_to_do(one.kind)} <= AUDIT_WORDS


@given(facts, st.integers(1, 500))
def test_what_is_overdue_is_never_overlooked(found: Facts, overdue: int) -> None:
    for late, kind in (
        (replace(found, timers_overdue=overdue), FaultKind.TIMER_OVERDUE),
        (replace(found, commands_overdue=overdue), FaultKind.COMMAND_OVERDUE),
    ):
        assert by_kind(judge(late, POLICY, NOW))[kind] == overdue
        assert urgency(kind) is Urgent.GRAVE


@given(st.integers(0, 4000))
def test_a_ticker_counts_as_gone_exactly_when_it_was_not_seen_for_as_long_as_the_line_says(seconds: int) -> None:
    found = judge(replace(WELL, ticker_at=NOW - timedelta(seconds=seconds)), POLICY, NOW)
    assert bool(found) == (seconds > POLICY.healthy_for_seconds)


def test_a_few_refused_calls_are_no_alarm_and_most_of_them_are() -> None:
    assert judge(replace(WELL, calls_placed=100, calls_refused=4), POLICY, NOW) == ()
    assert judge(replace(WELL, calls_placed=2, calls_refused=2), POLICY, NOW) == ()
    assert only(replace(WELL, calls_placed=6, calls_refused=3)).kind is FaultKind.CALLS_REFUSED


def test_one_failed_webhook_among_many_is_no_alarm() -> None:
    assert judge(replace(WELL, webhooks=1000, webhooks_failed=1), POLICY, NOW) == ()
    assert only(replace(WELL, webhooks=10, webhooks_failed=1)).kind is FaultKind.WEBHOOKS_FAIL


def test_what_is_not_known_of_the_ground_is_not_held_against_it() -> None:
    assert judge(replace(WELL, ground=Ground(None, None)), POLICY, NOW) == ()
    assert only(replace(WELL, ground=Ground(redis_answers=False))).kind is FaultKind.REDIS_AWAY


@given(findings, known)
def test_nobody_is_told_twice_of_the_same(finding: Finding, before: Known) -> None:
    told = replace(before, told_at=NOW)
    assert treat(finding, told, POLICY, NOW) is not Treatment.TELL


@given(findings, known)
def test_what_can_be_repaired_is_repaired_or_told_and_nobody_stays_stranded(finding: Finding, before: Known) -> None:
    if finding.repair is None:
        return
    treatment = treat(finding, before, POLICY, NOW)
    if treatment is Treatment.WAIT:
        assert before.repaired_at is not None and NOW - before.repaired_at < SLOWER
        assert before.told_at is not None
    later = NOW + max(SLOWER, POLICY.memory) + timedelta(seconds=1)
    assert treat(finding, replace(before, told_at=NOW), POLICY, later) is Treatment.REPAIR


@given(findings, st.integers(0, 60))
def test_what_cannot_be_repaired_is_told_once_it_has_lasted(finding: Finding, seconds: int) -> None:
    lasting = replace(finding, repair=None)
    treatment = treat(lasting, Known(NOW - timedelta(seconds=seconds)), POLICY, NOW)
    assert (treatment is Treatment.TELL) == (seconds >= POLICY.tell_after_seconds)


@given(findings)
def test_a_first_repair_is_made_at_once_and_the_line_decides_after_how_many_people_are_told(finding: Finding) -> None:
    mendable = replace(finding, repair=Repair.SET_TIMER)
    assert treat(mendable, None, POLICY, NOW) is Treatment.REPAIR
    assert treat(mendable, None, Audit(repairs=0), NOW) is Treatment.TELL
    often = Known(NOW, repairs=POLICY.repairs, repaired_at=NOW - timedelta(seconds=5))
    assert treat(mendable, often, POLICY, NOW) is Treatment.TELL


@given(known)
def test_what_people_were_told_of_is_not_forgotten_before_they_are_told_that_it_is_over(before: Known) -> None:
    assert not (is_forgotten(before, POLICY, NOW) and before.told_at is not None)
    if before.gone_at is None:
        assert not is_over(before, POLICY, NOW)
        assert not is_forgotten(before, POLICY, NOW)
