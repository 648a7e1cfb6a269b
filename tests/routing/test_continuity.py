"""Those a caller knows come first for their time, nobody waits longer for it, and taking it back leaves nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from entrypoints.drill.world import World
from entrypoints.people import Recruit
from entrypoints.returning import somebody
from helpline.nouns import AskedBy, Channel, Role, Tier
from helpline.queue import Queue, Step, Strategy
from helpline.returning import Continuity as Policy
from helpline.tables import Continuity, Event
from routing.choose import Hold, Offer, Waiting, choose
from routing.contacts import abandon, find_caller, receive
from routing.continuity import Wish, ask, known, known_until, withdraw
from routing.pool import Candidate
from routing.reasons import Rule

NOW = datetime(2026, 3, 8, 3, 30, tzinfo=UTC)
SAM = "+16465550141"
POLICY = Policy(first_for_seconds=30, forget_after_days=180)
ANA, BO = UUID(int=1), UUID(int=2)

people = st.lists(
    st.builds(
        Candidate,
        person=st.just(ANA),
        name=st.just("somebody"),
        role=st.just(Role.PEER),
        place=st.just(0),
        languages=st.just(frozenset({"en"})),
        excludes=st.just(frozenset()),
        on_shift=st.booleans(),
        free_shares=st.integers(0, 2),
        paused_until=st.none(),
        idle_since=st.integers(0, 300).map(lambda seconds: NOW - timedelta(seconds=seconds)),
    ),
    max_size=6,
).map(lambda drawn: [replace(one, person=UUID(int=n), place=n) for n, one in enumerate(drawn)])
persons = st.frozensets(st.integers(0, 5).map(lambda n: UUID(int=n)), max_size=3)
ages = st.integers(0, 60)


def queue(at_once: int) -> Queue:
    return Queue(
        strategy=Strategy.LONGEST_IDLE,
        at_once=at_once,
        ring_seconds=20,
        screen_seconds=15,
        text_seconds=60,
        wait_limit_seconds=150,
        pause_after_decline_seconds=60,
        pause_after_missed_seconds=30,
        steps=(Step(after_seconds=0, roles=(Role.PEER,)),),
    )


def waiting(age: int, known_to: frozenset[UUID], asked: frozenset[UUID], risk: Tier) -> Waiting:
    arrived = NOW - timedelta(seconds=age)
    return Waiting(
        contact=UUID(int=1000),
        channel=Channel.VOICE,
        language="en",
        topics=frozenset(),
        risk=risk,
        front=False,
        arrived_at=arrived,
        asked=asked,
        known=known_to,
        known_until=known_until(POLICY, risk, arrived),
    )


def asked_now(contact: Waiting, pool: Sequence[Candidate], at_once: int) -> set[UUID]:
    verdict = choose(contact, pool, queue(at_once), NOW, shares=2)
    return set(verdict.people) if isinstance(verdict, Offer) else set()


@given(people, persons, ages, st.integers(1, 4))
def test_while_they_can_be_asked_nobody_else_is(
    pool: list[Candidate], known_to: frozenset[UUID], age: int, at_once: int
) -> None:
    can = {one.person for one in pool if one.person in known_to and one.on_shift and one.free_shares == 2}
    chosen = asked_now(waiting(age, known_to, frozenset(), Tier.NONE), pool, at_once)
    if age < 30 and can:
        assert chosen <= can
        assert len(chosen) == min(at_once, len(can))


@given(people, persons, persons, ages, st.integers(1, 4), st.sampled_from([Tier.HIGH, Tier.IMMINENT]))
def test_risk_and_a_time_that_is_over_make_it_as_if_nobody_were_known(
    pool: list[Candidate], known_to: frozenset[UUID], asked: frozenset[UUID], age: int, at_once: int, risk: Tier
) -> None:
    for contact in (waiting(age, known_to, asked, risk), waiting(30 + age, known_to, asked, Tier.NONE)):
        stranger = replace(contact, known=frozenset(), known_until=None)
        assert asked_now(contact, pool, at_once) == asked_now(stranger, pool, at_once)


@given(people, persons, persons, ages, st.integers(1, 4))
def test_nobody_waits_for_those_who_cannot_be_asked_nor_beyond_their_time(
    pool: list[Candidate], known_to: frozenset[UUID], asked: frozenset[UUID], age: int, at_once: int
) -> None:
    contact = waiting(age, known_to, asked, Tier.NONE)
    stranger = replace(contact, known=frozenset(), known_until=None)
    verdict = choose(contact, pool, queue(at_once), NOW, shares=2)
    if not asked_now(stranger, pool, at_once) or not isinstance(verdict, Hold):
        return
    assert known_to & asked
    assert contact.known_until is not None and contact.known_until > NOW
    assert verdict.until is not None and verdict.until <= contact.known_until
    assert Rule.LATER_IN_TURN not in {reason.rule for reason in verdict.reasons}


@given(st.integers(0, 400), st.booleans(), st.one_of(st.none(), st.integers(0, 400)))
def test_a_wish_is_forgotten_and_one_taken_back_has_no_plan_beside_it_that_is_older(
    days: int, withdrawn: bool, plan_days: int | None
) -> None:
    at = NOW - timedelta(days=days)
    plan_at = None if plan_days is None else NOW - timedelta(days=plan_days)
    wish = Wish(None if withdrawn else ANA, None if withdrawn else at, at if withdrawn else None, (BO,), plan_at)
    found = known(wish, POLICY, NOW)
    assert (ANA in found) == (not withdrawn and days <= 180)
    assert (BO in found) == (plan_at is not None and (not withdrawn or plan_at > at))


@pytest.fixture
def world(make_world: Callable[[], World]) -> World:
    made = make_world()
    made.enlist([Recruit("Ana", Role.PEER, ("en",), "+12125550121")])
    return made


def test_taken_back_nothing_is_kept_but_that(world: World) -> None:
    with world.database.work() as work:
        contact = receive(work, find_caller(work, SAM), Channel.VOICE)
        assert ask(work, contact, somebody(work, "Ana").id, AskedBy.PEER)
        abandon(work, contact, "the caller hung up")
        withdraw(work, contact.caller_id, None, AskedBy.CALLER)
        person = somebody(work, "Ana").id
    with world.database.work() as work:
        row = work.session.scalars(select(Continuity)).one()
        assert (row.person_id, row.asked_at, row.asked_by) == (None, None, None)
        assert row.withdrawn_at is not None
        told = work.session.scalars(select(Event).where(Event.what.startswith("continuity."))).all()
        assert len(told) == 2
        assert all(one.person_id is None and str(person) not in str(one.reasons) for one in told)


def test_what_a_peer_notes_of_an_earlier_conversation_does_not_undo_a_withdrawal_but_a_new_wish_does(
    world: World,
) -> None:
    with world.database.work() as work:
        before = receive(work, find_caller(work, SAM), Channel.VOICE)
        abandon(work, before, "the caller hung up")
        ana = somebody(work, "Ana").id
    world.clock.advance(60)
    with world.database.work() as work:
        withdraw(work, before.caller_id, None, AskedBy.CALLER)
        assert not ask(work, before, ana, AskedBy.PEER)
    world.clock.advance(60)
    with world.database.work() as work:
        after = receive(work, find_caller(work, SAM), Channel.VOICE)
        assert ask(work, after, ana, AskedBy.PEER)
        abandon(work, after, "the caller hung up")
