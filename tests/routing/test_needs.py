"""What a queue needs of a person, and how that loosens while somebody waits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.line import LineError, read_line
from helpline.nouns import Role
from helpline.queue import Need, Queue, Step, Strategy
from helpline.skills import Skill, read_skill, valid_and_lapsed
from routing.choose import Hold, Offer, choose
from routing.pool import Candidate
from routing.reasons import Rule
from tests.conftest import DEMO_LINE
from tests.routing.test_choose import NOW, SHARES, ago, candidate, queue, some, waiting

GRIEF = Need(skill="grief", level=2)
VETERANS = Need(skill="veterans", required=False)


def needing(*needs: Need, steps: tuple[Step, ...] = (), strategy: Strategy = Strategy.LONGEST_IDLE) -> Queue:
    first = Step(after_seconds=0, roles=(Role.PEER,))
    plain = queue((0, [Role.PEER]))
    return Queue(**{**plain.model_dump(), "needs": needs, "steps": (first, *steps), "strategy": strategy})


def skilled(number: int, *skills: tuple[str, int], **more: object) -> Candidate:
    return candidate(number, skills=frozenset(skills), **more)


def asked(policy: Queue, *people: Candidate, age: float = 0, **contact: object) -> tuple[int, ...]:
    verdict = choose(waiting(arrived_at=ago(age), **contact), people, policy, NOW, shares=SHARES)
    return tuple(person.int for person in verdict.people) if isinstance(verdict, Offer) else ()


def test_a_required_skill_is_needed_at_its_level_or_above() -> None:
    people = skilled(1), skilled(2, ("grief", 1)), skilled(3, ("grief", 2)), skilled(4, ("grief", 3), idle_since=NOW)
    assert asked(needing(GRIEF), *people) == (3,)
    verdict = choose(waiting(), people, needing(GRIEF), NOW, shares=SHARES)
    assert [reason.rule for reason in verdict.reasons] == [Rule.SKILL, Rule.SKILL, Rule.CHOSEN, Rule.LATER_IN_TURN]
    assert verdict.reasons[0].words == "does not have grief at level 2"


def test_a_certification_that_has_run_out_is_told_apart_from_one_that_never_was() -> None:
    lapsed = candidate(1, lapsed=frozenset({"grief"}))
    verdict = choose(waiting(), [lapsed], needing(GRIEF), NOW, shares=SHARES)
    assert verdict.reasons[0].rule is Rule.LAPSED
    assert verdict.reasons[0].words == "has a certification that has run out: grief"


def test_a_preferred_skill_only_moves_somebody_forward() -> None:
    idle, preferred = candidate(1, idle_since=ago(900)), skilled(2, ("veterans", 1), idle_since=NOW)
    assert asked(needing(VETERANS), idle, preferred) == (2,)
    assert asked(needing(VETERANS), idle) == (1,)


def test_a_need_that_is_dropped_is_preferred_from_then_on() -> None:
    policy = needing(GRIEF, steps=(Step(after_seconds=30, drop=("grief",)),))
    plain, busy = candidate(1, idle_since=ago(900)), skilled(2, ("grief", 2), free_shares=0)
    assert asked(policy, plain, busy, age=29) == ()
    assert asked(policy, plain, busy, age=30) == (1,)
    assert asked(policy, plain, skilled(2, ("grief", 2), idle_since=NOW), age=30) == (2,)


def test_a_language_can_be_dropped_in_time() -> None:
    policy = needing(steps=(Step(after_seconds=60, drop=("language",)),))
    busy = candidate(2, languages=frozenset({"es"}), free_shares=0)
    assert asked(policy, candidate(1), busy, age=59, language="es") == ()
    assert asked(policy, candidate(1), busy, age=60, language="es") == (1,)


def test_another_queues_people_join_in_time_and_at_once_when_nobody_else_is_there() -> None:
    policy = needing(steps=(Step(after_seconds=45, queues=("youth",)),))
    own = candidate(1, queues=frozenset({"support"}), free_shares=0)
    other = candidate(2, queues=frozenset({"youth"}))
    assert asked(policy, own, other, age=44, queue="support") == ()
    assert asked(policy, own, other, age=45, queue="support") == (2,)
    assert asked(policy, other, age=0, queue="support") == (2,)
    young = choose(waiting(queue="support"), [own, other], policy, NOW, shares=SHARES)
    assert young.reasons[1].words.endswith("joins 45 s after arrival")


def test_more_ring_at_once_the_longer_somebody_waits() -> None:
    policy = needing(steps=(Step(after_seconds=60, at_once=3),))
    people = [candidate(n, idle_since=ago(1000 - n)) for n in range(1, 6)]
    assert asked(policy, *people, age=59) == (1,)
    assert asked(policy, *people, age=60) == (1, 2, 3)
    assert asked(policy, *people, age=60, asked=frozenset({some(1)})) == (2, 3)


def test_the_best_match_has_the_highest_level_and_leaves_the_rarer_skills_free() -> None:
    policy = needing(Need(skill="grief"), strategy=Strategy.BEST_MATCH)
    one, two = skilled(1, ("grief", 1), idle_since=ago(900)), skilled(2, ("grief", 3), ("veterans", 1))
    three = skilled(3, ("grief", 3), idle_since=NOW)
    assert asked(policy, one, two, three) == (3,)


def test_somebody_the_caller_knows_is_asked_first_for_a_while_and_nobody_waits_for_them() -> None:
    people = candidate(1, idle_since=ago(900)), candidate(2, idle_since=NOW)
    known: dict[str, object] = {"known": frozenset({some(2)}), "known_until": NOW + timedelta(seconds=30)}
    assert asked(needing(), *people, **known) == (2,)
    verdict = choose(waiting(**known), people, needing(), NOW, shares=SHARES)
    assert verdict.reasons[0].rule is Rule.KEPT_FOR_KNOWN
    assert asked(needing(), *people, **(known | {"known_until": NOW})) == (1,)
    assert asked(needing(), people[0], candidate(2, free_shares=0), **known) == (1,)
    assert asked(needing(), people[0], candidate(2, on_shift=False), **known) == (1,)


@given(st.lists(st.tuples(st.sampled_from(["grief", "veterans"]), st.integers(1, 9)), max_size=3), st.integers(0, 200))
def test_whoever_is_asked_has_every_need_that_no_step_has_dropped(skills: list[tuple[str, int]], age: int) -> None:
    policy = needing(GRIEF, Need(skill="veterans"), steps=(Step(after_seconds=90, drop=("veterans",)),))
    one, other = skilled(1, *skills), skilled(2, ("grief", 9), ("veterans", 9), free_shares=0)
    verdict = choose(waiting(arrived_at=ago(age)), [one, other], policy, NOW, shares=SHARES)
    grief = any(name == "grief" and level >= 2 for name, level in skills)
    veterans = any(name == "veterans" for name, _ in skills)
    assert isinstance(verdict, Offer if grief and (veterans or age >= 90) else Hold)


def test_skills_are_read_as_a_coordinator_writes_them() -> None:
    assert read_skill("Veterans") == Skill("veterans")
    assert read_skill("grief:2") == Skill("grief", 2)
    assert read_skill("peer specialist until 2027-01-31") == Skill("peer specialist", 1, date(2027, 1, 31))
    assert read_skill("grief:3 until 2027-01-31") == Skill("grief", 3, date(2027, 1, 31))


@pytest.mark.parametrize("text", ["", "grief:0", "grief:10", "grief until tomorrow", "grief until 2027-02-30", "2"])
def test_what_is_not_a_skill_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a skill|no such day"):
        read_skill(text)


def test_a_certification_holds_until_the_end_of_its_last_day() -> None:
    skills = ["grief:2 until 2026-03-08", "veterans"]
    day = datetime(2026, 3, 8, tzinfo=UTC).date()
    both = frozenset({("grief", 2), ("veterans", 1)})
    assert valid_and_lapsed(skills, day) == (both, frozenset())
    assert valid_and_lapsed(skills, day + timedelta(days=1)) == (frozenset({("veterans", 1)}), frozenset({"grief"}))


WRONG = (
    (
        "{ after_seconds = 45, roles",
        "{ after_seconds = 30, drop = ['grief'] },\n  { after_seconds = 45, roles",
        "drops",
    ),
    ("{ after_seconds = 45, roles", "{ after_seconds = 30 },\n  { after_seconds = 45, roles", "changes nothing"),
    (
        "{ after_seconds = 45, roles",
        "{ after_seconds = 30, queues = ['x'] },\n  { after_seconds = 45, roles",
        "no queue",
    ),
    ("high = 600", "high = 60", "smaller head start"),
    ('strategy = "longest_idle"', 'strategy = "fastest"', "longest_idle"),
)


@pytest.mark.parametrize(("text", "wrong", "said"), WRONG)
def test_a_wrong_queue_is_refused_with_what_is_wrong(text: str, wrong: str, said: str) -> None:
    line = DEMO_LINE.read_text(encoding="utf-8")
    with pytest.raises(LineError, match=said):
        read_line(line.replace(text, wrong, 1))
