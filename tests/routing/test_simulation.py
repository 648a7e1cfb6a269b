"""What the simulation finds: what the formulas say where they apply, and what the policy does where they do not."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from random import Random
from uuid import UUID

import pytest

from helpline.line import Capacity, Protection
from helpline.nouns import Channel, Role, Tier
from helpline.queue import Queue, Step, Strategy
from routing.findings import Effort, Figure, Findings, simulate, student_t
from routing.pool import Candidate
from routing.simulation import BEGINNING, Answering, Kind, Setting, run
from shifts.foresight.erlang import Demand, Service

WITHIN = 20
CALL = Kind("support", Channel.VOICE, per_hour=6, language="en", talk_seconds=1500)
EFFORT = Effort(replications=20, counted=800, warm_up=300, confidence=0.99)
LITTLE = Effort(replications=10, counted=150, warm_up=20, confidence=0.99)


def queue(*steps: Step, at_once: int = 1, limit: float = 86_400) -> Queue:
    return Queue(
        strategy=Strategy.LONGEST_IDLE,
        at_once=at_once,
        ring_seconds=20,
        screen_seconds=15,
        text_seconds=60,
        wait_limit_seconds=limit,
        pause_after_decline_seconds=60,
        pause_after_missed_seconds=30,
        steps=steps or (Step(after_seconds=0, roles=(Role.PEER,)),),
    )


def person(number: int, *languages: str, role: Role = Role.PEER) -> Candidate:
    speaks = frozenset(languages or ("en",))
    return Candidate(UUID(int=number), f"Person {number}", role, number, speaks, frozenset(), True, 2, None, BEGINNING)


def setting(people: int | list[Candidate], *kinds: Kind, policy: Queue | None = None, **more: object) -> Setting:
    there = [person(number) for number in range(1, people + 1)] if isinstance(people, int) else people
    capacity = Capacity(shares=2, voice=2, text=1)
    return Setting({"support": policy or queue()}, capacity, there, kinds, **more)  # type: ignore[arg-type]


def found(of: Setting, seed: int = 1, effort: Effort = EFFORT) -> Findings:
    return simulate(of, Random(seed), within_seconds=WITHIN, effort=effort)


CASES = [(4, 6.0, None), (6, 6.0, None), (3, 10.0, 240.0), (6, 12.0, 300.0), (10, 12.0, 600.0), (2, 12.0, 180.0)]


@cache
def case(people: int, per_hour: float, patience: float | None) -> Findings:
    return found(setting(people, replace(CALL, per_hour=per_hour, patience_seconds=patience)))


@pytest.mark.parametrize(("people", "per_hour", "patience"), CASES)
def test_the_simulation_agrees_with_the_formulas_where_both_apply(
    people: int, per_hour: float, patience: float | None
) -> None:
    """One queue, one skill, phones answered at once, exponential times: Erlang C, or A where callers give up."""
    simulated = case(people, per_hour, patience)
    formula = Service(Demand(per_hour, CALL.talk_seconds, patience or math.inf), people)
    assert simulated.mean_wait_seconds.agrees_with(formula.mean_wait_seconds)
    assert simulated.answered_within.agrees_with(formula.answered_within(WITHIN))
    assert simulated.gives_up.agrees_with(formula.gives_up)
    assert simulated.reaches_limit == Figure(0, 0)


@pytest.mark.parametrize(("people", "per_hour", "patience"), CASES)
def test_the_interval_is_narrow_enough_to_tell_one_person_more_or_fewer(
    people: int, per_hour: float, patience: float | None
) -> None:
    simulated = case(people, per_hour, patience).answered_within
    for other in (people - 1, people + 1):
        formula = Service(Demand(per_hour, CALL.talk_seconds, patience or math.inf), other)
        assert not simulated.agrees_with(formula.answered_within(WITHIN))


def test_wrap_up_keeps_people_as_busy_as_talking_does() -> None:
    """The formula for the mean of both: the sum of two times is less spread than one, so callers wait a little less."""
    wrapped = found(setting(4, replace(CALL, talk_seconds=1200, wrap_up_seconds=300, patience_seconds=300)))
    talked = Service(Demand(6, 1500, 300), 4)
    assert wrapped.mean_wait_seconds.value == pytest.approx(talked.mean_wait_seconds, rel=0.15)
    bare = Service(Demand(6, 1200, 300), 4)
    assert wrapped.mean_wait_seconds.value - wrapped.mean_wait_seconds.within > bare.mean_wait_seconds


def test_the_only_one_who_speaks_a_language_is_waited_for() -> None:
    spanish = replace(CALL, per_hour=1.5, language="es", patience_seconds=600)
    english = replace(CALL, per_hour=3, patience_seconds=600)
    people = [person(1, "en", "es"), person(2), person(3), person(4)]
    alone, together = found(setting(people, spanish)), found(setting(people, spanish, english))
    one = Service(Demand(1.5, CALL.talk_seconds, 600), 1)
    assert alone.mean_wait_seconds.agrees_with(one.mean_wait_seconds)
    pooled = Service(Demand(4.5, CALL.talk_seconds, 600), 4)
    assert together.mean_wait_seconds.value - together.mean_wait_seconds.within > pooled.mean_wait_seconds


def test_a_phone_that_rings_for_a_while_is_waited_for_and_a_missed_one_longer() -> None:
    few = replace(CALL, per_hour=0.2)
    answered = found(setting(6, few, answering=Answering(after_seconds=8)), effort=LITTLE)
    assert 4 < answered.mean_wait_seconds.value < 12
    half = found(setting(6, few, answering=Answering(takes=0.5)), effort=LITTLE)
    assert half.mean_wait_seconds.value == pytest.approx(20, rel=0.2), "half are missed, after 20 s each, on and on"
    at_once = found(setting(6, few, policy=queue(at_once=3), answering=Answering(takes=0.5)), effort=LITTLE)
    assert at_once.mean_wait_seconds.value < half.mean_wait_seconds.value / 2


def test_whoever_declines_has_a_pause_and_is_not_asked_again_for_the_same_contact() -> None:
    refusing = setting(3, replace(CALL, per_hour=0.5), policy=queue(limit=600), answering=Answering(0, declines=1))
    assert found(refusing, effort=LITTLE).reaches_limit.value == 1
    missing = setting(
        1,
        replace(CALL, per_hour=0.5),
        policy=queue(limit=600),
        answering=Answering(takes=0.3),
        protection=Protection(longest_pause_seconds=3600),
    )
    patient, pausing = (found(one, effort=LITTLE) for one in (replace(missing, protection=None), missing))
    assert pausing.mean_wait_seconds.value > patient.mean_wait_seconds.value, "pauses that grow are waited out"


def test_backups_join_when_their_step_opens() -> None:
    steps = (Step(after_seconds=0, roles=(Role.PEER,)), Step(after_seconds=45, roles=(Role.BACKUP,)))
    people = [person(1), person(2, role=Role.BACKUP)]
    busy = replace(CALL, per_hour=1.5)
    outcomes = run(setting(people, busy, policy=queue(*steps)), Random(5), warm_up=0, counted=400)
    waits = sorted({round(outcome.wait_seconds) for outcome in outcomes if outcome.wait_seconds})
    assert 45 in waits
    alone = run(setting(people[:1], busy, policy=queue(*steps)), Random(5), warm_up=0, counted=400)
    assert max(one.wait_seconds for one in outcomes) < max(one.wait_seconds for one in alone)


def test_two_conversations_by_text_fit_beside_each_other_and_a_call_does_not() -> None:
    texts = replace(CALL, channel=Channel.TEXT, per_hour=4, patience_seconds=300)
    as_two = Service(Demand(4, CALL.talk_seconds, 300), 2)
    assert found(setting(1, texts)).mean_wait_seconds.agrees_with(as_two.mean_wait_seconds)
    one_text = [replace(person(1), free_texts=1)]
    as_one = Service(Demand(4, CALL.talk_seconds, 300), 1)
    assert found(setting(one_text, texts)).mean_wait_seconds.agrees_with(as_one.mean_wait_seconds)


def test_danger_is_in_front_and_the_wait_limit_diverts() -> None:
    calm, grave = replace(CALL, per_hour=2), replace(CALL, per_hour=2, risk=Tier.IMMINENT)
    short = queue(limit=150)
    both = found(setting(1, calm, grave, policy=short))
    assert both.reaches_limit.value > 0.3
    nobody = run(setting(0, calm, policy=short), Random(3), warm_up=5, counted=50)
    assert {(one.wait_seconds, one.answered, one.reached_limit) for one in nobody} == {(150, False, True)}


def test_the_same_chance_makes_the_same_night() -> None:
    night = setting(3, replace(CALL, patience_seconds=300), answering=Answering(0.7, 0.1, 6))
    small = Effort(counted=50, warm_up=10)
    assert found(night, 4, small) == found(night, 4, small)
    assert found(night, 4, small) != found(night, 5, small)


def test_percentiles_stand_in_their_order() -> None:
    (half, median), (most, ninth) = case(3, 10.0, 240.0).waits_longer_than
    assert (half, most) == (0.5, 0.9)
    assert 0 < median.value < ninth.value


@pytest.mark.parametrize(
    ("probability", "freedom", "printed"),
    [(0.975, 9, 2.262), (0.975, 19, 2.093), (0.995, 9, 3.250), (0.95, 29, 1.699), (0.975, 120, 1.980)],
)
def test_students_quantiles_are_those_of_the_tables(probability: float, freedom: int, printed: float) -> None:
    """R. A. Fisher, F. Yates, "Statistical Tables", 1938: table III."""
    assert round(student_t(probability, freedom), 3) == printed


def test_too_few_replications_are_refused() -> None:
    with pytest.raises(ValueError, match="10 replications"):
        Effort(replications=9)
    with pytest.raises(ValueError, match="degrees of freedom"):
        student_t(0.9, 5)
