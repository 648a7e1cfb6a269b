"""Timers are rows: what is due is done once, however many tickers there are, and nothing that fails is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete

from entrypoints import tick
from entrypoints.drill.world import World
from entrypoints.people import Recruit
from helpline import timers
from helpline.database import Work
from helpline.nouns import Role, TimerKind
from helpline.tables import CommandRow, Event, TimerRow
from helpline.timers import LEASE, Due

MATCH, LIMIT = TimerKind.MATCH, TimerKind.LIMIT


@pytest.fixture
def world(make_world: Callable[[], World]) -> World:
    made = make_world()
    with made.database.work() as work:
        work.session.execute(delete(TimerRow))
    return made


def at(world: World, seconds: float) -> datetime:
    return world.clock.now() + timedelta(seconds=seconds)


def lease(world: World) -> list[Due]:
    with world.database.work() as work:
        return timers.lease_due(work)


def due_in(world: World) -> dict[str, float]:
    """Seconds until each timer is due, by its subject."""
    with world.database.work() as work:
        return {row.subject: (row.due_at - work.now).total_seconds() for row in work.session.query(TimerRow)}


def schedule(world: World, subject: str, seconds: float, *, forward: bool = False) -> None:
    with world.database.work() as work:
        (timers.bring_forward if forward else timers.schedule)(work, MATCH, subject, at(world, seconds))


def test_a_timer_is_leased_when_it_is_due_and_not_before(world: World) -> None:
    schedule(world, "a", 5)
    assert not lease(world)
    world.clock.advance(5)
    assert [(due.kind, due.subject) for due in lease(world)] == [(MATCH, "a")]


def test_of_several_the_one_due_first_comes_first(world: World) -> None:
    for subject, seconds in (("late", 3), ("early", 1), ("between", 2)):
        schedule(world, subject, seconds)
    world.clock.advance(10)
    assert [due.subject for due in lease(world)] == ["early", "between", "late"]


def test_what_one_ticker_has_leased_no_other_gets_until_the_lease_is_over(world: World) -> None:
    schedule(world, "a", 0)
    assert len(lease(world)) == 1
    assert not lease(world)
    world.clock.advance(LEASE.total_seconds())
    assert len(lease(world)) == 1


def test_two_tickers_at_the_same_moment_share_what_is_due(world: World) -> None:
    for subject in "abcd":
        schedule(world, subject, 0)
    with world.database.work() as one, world.database.work() as other:
        first = timers.lease_due(one, limit=2)
        second = timers.lease_due(other)
    assert sorted(due.subject for due in first + second) == list("abcd")


def test_what_is_done_is_gone_or_due_again(world: World) -> None:
    for subject, again in (("once", None), ("again", at(world, 30))):
        schedule(world, subject, 0)
        (due,) = lease(world)
        with world.database.work() as work:
            timers.done(work, due, again)
    assert due_in(world) == {"again": 30}
    world.clock.advance(30)
    assert len(lease(world)) == 1


def test_what_was_scheduled_anew_while_it_was_done_stays(world: World) -> None:
    schedule(world, "a", 0)
    (due,) = lease(world)
    schedule(world, "a", 60)
    with world.database.work() as work:
        assert not timers.still_due(work, due)
        timers.done(work, due, None)
    assert due_in(world) == {"a": 60}


def test_scheduling_counts_and_bringing_forward_only_hastens(world: World) -> None:
    schedule(world, "a", 20)
    schedule(world, "a", 40)
    assert due_in(world) == {"a": 40}
    schedule(world, "a", 60, forward=True)
    assert due_in(world) == {"a": 40}
    schedule(world, "a", 10, forward=True)
    assert due_in(world) == {"a": 10}


def test_what_changes_while_a_handler_is_at_work_is_looked_at_again(world: World) -> None:
    schedule(world, "a", 0)
    (due,) = lease(world)
    world.clock.advance(0.5)
    schedule(world, "a", 0, forward=True)
    with world.database.work() as work:
        timers.done(work, due, None)
    assert [again.subject for again in lease(world)] == ["a"]


def test_what_was_cancelled_is_not_done(world: World) -> None:
    schedule(world, "a", 0)
    (due,) = lease(world)
    with world.database.work() as work:
        timers.cancel(work, "a", MATCH)
    with world.database.work() as work:
        assert not timers.still_due(work, due)


def test_what_fails_is_tried_again_later_each_time_and_at_most_half_a_minute_later(world: World) -> None:
    schedule(world, "a", 0)
    pauses = []
    for attempt in range(1, 9):
        (due,) = lease(world)
        with world.database.work() as work:
            assert timers.put_back(work, due) == attempt
        pauses.append(due_in(world)["a"])
        world.clock.advance(pauses[-1])
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]


def test_the_next_moment_counts_leases(world: World) -> None:
    schedule(world, "a", 0)
    lease(world)
    with world.database.work() as work:
        assert timers.next_due(work) == work.now + LEASE


@pytest.mark.expects_errors
def test_a_handler_that_keeps_failing_stops_no_other_and_a_supervisor_is_told_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled: list[str] = []

    def failing(work: Work, subject: str) -> None:
        work.session.add(Event(at=work.now, what="half done", reasons={}))
        work.session.flush()
        raise ValueError(subject)

    def working(_: Work, subject: str) -> None:
        handled.append(subject)

    world.enlist([Recruit("Sue", Role.SUPERVISOR, ("en",), "+12125550125")])
    monkeypatch.setattr(tick, "HANDLERS", {MATCH: failing, LIMIT: working})
    schedule(world, "a", 0)
    with world.database.work() as work:
        timers.schedule(work, LIMIT, "b", at(world, 0))
    for _ in range(900):
        world.stack.ticker.fire_due()
        world.clock.advance(0.2)
    assert handled == ["b"]
    with world.database.work() as work:
        told = work.session.query(CommandRow).count()
        happened = [event.what for event in work.session.query(Event)]
    assert told == 1
    assert happened.count("timer.stuck") == 1
    assert "half done" not in happened
