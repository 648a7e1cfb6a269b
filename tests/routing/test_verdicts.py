"""The journal replays every decision: the same people and the same contact through the same engine."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from sqlalchemy import select, update

from entrypoints.drill.world import World
from entrypoints.people import Recruit, recruits
from exchange import Behaviour
from helpline.hours import WHOLE_DAY
from helpline.nouns import Channel
from helpline.tables import Event, Person, Snapshot
from routing import snapshot, verdicts
from routing.choose import Offer, Waiting, choose
from routing.explain import as_sentences, story_of
from routing.pool import Candidate, Pool
from routing.reasons import Rule
from tests.routing.test_choose import (
    NOW,
    SHARES,
    SUPPORT,
    candidate,
    contacts,
    people,
    policies,
    waiting,
    wanted_shares,
)

WEEK = timedelta(days=7)
STAFF = (
    {"name": "Ana", "languages": "en, es", "on shift": "08:00-16:00"},
    {"name": "Bo", "languages": "en", "on shift": "16:00-00:00", "skills": "grief:2"},
    {"name": "Cal", "languages": "en", "on shift": "yes", "role": "backup"},
    {"name": "Dee", "languages": "en", "on shift": "00:00-08:00"},
    {"name": "Lee", "languages": "en, es", "role": "clinician", "on call": "1"},
)


@given(contacts, people, policies, wanted_shares)
def test_a_decision_made_again_from_its_snapshot_is_the_same(
    contact: Waiting, pool: list[Candidate], policy: Any, shares: int
) -> None:
    first = choose(contact, Pool(pool, NOW), policy, NOW, shares=shares)
    kept = json.loads(json.dumps(snapshot.contact_facts(contact)))
    names = {one.person: one.name for one in pool}
    again = snapshot.unpack(snapshot.pack(Pool(pool, NOW)), {}, names)
    assert choose(snapshot.contact_from(kept), again, policy, NOW, shares=shares) == first


@given(contacts, people, policies, wanted_shares)
def test_what_a_pass_gave_away_before_is_part_of_what_is_made_again(
    contact: Waiting, pool: list[Candidate], policy: Any, shares: int
) -> None:
    given_away = Pool(pool, NOW).having_taken([one.person for one in pool[:2]], shares)
    first = choose(contact, given_away, policy, NOW, shares=shares)
    taken = json.loads(json.dumps(snapshot.taken_facts(given_away)))
    names = {one.person: one.name for one in pool}
    again = snapshot.unpack(snapshot.pack(given_away), taken, names)
    assert choose(contact, again, policy, NOW, shares=shares) == first


def test_a_snapshot_holds_neither_names_nor_numbers() -> None:
    kept = zlib.decompress(snapshot.pack(Pool([candidate(1, name="Ana")], NOW)))
    assert b"Ana" not in kept and b"+1" not in kept


FLIPS = (
    ({"on_shift": False}, Rule.OFF_SHIFT, "is not on shift"),
    ({"languages": frozenset({"es"})}, Rule.LANGUAGE, "does not speak en"),
    ({"excludes": frozenset({"grief"})}, Rule.TOPIC, "does not take grief"),
    ({"free_shares": 0}, Rule.BUSY, "is with somebody else"),
    ({"on_phone": True}, Rule.BUSY, "is with somebody else"),
    ({"paused_until": NOW + timedelta(seconds=9)}, Rule.PAUSED, "is paused"),
    ({"resting_until": NOW + timedelta(seconds=9)}, Rule.RESTING, "rests after a hard contact"),
    ({"at_limit": "has had 9 contacts this shift"}, Rule.AT_LIMIT, "has had 9 contacts this shift"),
    ({"absent": True}, Rule.ABSENT, "has not shown to be there"),
    ({"away": "is on a break until 14:15"}, Rule.NOT_PRESENT, "is on a break until 14:15"),
    ({"ending": frozenset(Channel)}, Rule.ENDING, "is at the end of their shift"),
    ({"queues": frozenset({"other"})}, Rule.OTHER_QUEUE, "does not serve this queue"),
    ({"idle_since": NOW}, Rule.LATER_IN_TURN, "others come first in turn"),
)


@pytest.mark.parametrize(("flip", "rule", "words"), FLIPS, ids=[rule for _, rule, _ in FLIPS])
def test_one_fact_flipped_in_a_snapshot_is_the_fact_that_the_explanation_names(
    flip: dict[str, Any], rule: Rule, words: str
) -> None:
    contact = waiting(topics=frozenset({"grief"}), queue="support")
    before = snapshot.unpack(snapshot.pack(Pool([candidate(1), candidate(2)], NOW)), {})
    chosen = choose(contact, before, SUPPORT, NOW, shares=SHARES)
    assert isinstance(chosen, Offer) and chosen.people == (before[0].person,)
    tampered = Pool([replace(before[0], **flip), before[1]], NOW)
    told = choose(contact, tampered, SUPPORT, NOW, shares=SHARES).reasons[0]
    assert (told.rule, told.person) == (rule, before[0].person)
    assert words in told.words


def number_of(place: int) -> str:
    return f"+121255501{20 + place}"


def a_week(world: World, seed: int) -> None:
    """Callers and texters at all hours, of whom some hang up; peers of whom some do not answer."""
    rng = Random(seed)
    network, line = world.network, world.line.line.number
    staff = [network.phone(number_of(place), name=row["name"]) for place, row in enumerate(STAFF)]
    for phone in staff:
        phone.auto = lambda _: Behaviour(
            answer_after=rng.choice([2.0, 4.0, 30.0]),
            press=((1.0, "1"),),
            decline_after=rng.choice([None, None, 3.0]),
        )
    callers = [network.phone(f"+164655501{n:02d}") for n in range(12)]
    end = world.clock.now() + WEEK
    while world.clock.now() < end:
        caller = rng.choice(callers)
        if rng.random() < 0.3:
            caller.text(line, rng.choice(["hello", "can we talk", "i want to end my life tonight", "STOP", "START"]))
        elif caller.state == "idle":
            caller.auto = Behaviour(hang_up_after=rng.choice([20.0, 90.0, 400.0]))
            caller.dial(line)
        world.run_for(5.0)
        for phone in staff:
            if phone.texts and phone.texts[-1].at >= world.clock.now() - timedelta(seconds=5):
                phone.text(line, rng.choice(["1", "1", "2", "here"]))
        world.run_for(rng.choice([5.0, 60.0, 7200.0, 14_400.0, 21_600.0]))
        for phone in staff:  # a conversation of somebody in danger stays open until it is closed
            for letter in "AB":
                phone.text(line, f"done {letter} supported")


@pytest.mark.long
@pytest.mark.expects_errors
def test_every_verdict_of_a_simulated_week_is_made_again_as_it_was(make_world: Callable[..., World]) -> None:
    world = make_world()
    rows = [{"role": "peer", **row, "number": number_of(place)} for place, row in enumerate(STAFF)]
    world.enlist(recruits(rows, "the staff"))
    a_week(world, seed=3)
    with world.database.work() as work:
        journalled = work.session.scalars(select(Event).where(Event.what.in_(verdicts.KINDS.values()))).all()
        kinds = Counter(event.what for event in journalled)
        wrong = [event.id for event in journalled if not verdicts.is_as_kept(event, verdicts.again(work, event))]
    assert kinds["match.offer"] > 20 and kinds["match.hold"] > 20
    assert wrong == []


@pytest.fixture
def asked(make_world: Callable[..., World]) -> World:
    """Sam waits, and Ana is being rung."""
    world = make_world()
    world.enlist([Recruit("Ana", "peer", ("en",), "+12125550121", hours=(WHOLE_DAY,))])
    world.network.phone("+16465550141", name="Sam").dial(world.line.line.number)
    world.run_for(2)
    return world


def test_a_verdict_that_the_engine_would_not_make_again_is_told_of(asked: World) -> None:
    with asked.database.work() as work:
        work.session.execute(
            update(Event).where(Event.what == "match.offer").values(reasons=Event.reasons.op("||")({"people": []}))
        )
    with asked.database.work() as work:
        assert any("would decide otherwise" in line for line in as_sentences(story_of(work, "last")))


def test_a_snapshot_that_was_forgotten_is_told_of(asked: World) -> None:
    with asked.database.work() as work:
        for row in work.session.scalars(select(Snapshot)):
            work.session.delete(row)
    with asked.database.work() as work:
        assert any("no longer kept" in line for line in as_sentences(story_of(work, "last")))


def test_explain_gives_everybody_one_reason_by_name(asked: World) -> None:
    with asked.database.work() as work:
        story = story_of(work, "last")
        offer = next(one for one in story.happenings if one.what == "match.offer")
        names = set(work.session.scalars(select(Person.name)))
    assert {person.name for person in offer.people} == names
    assert Channel(story.channel) is Channel.VOICE
