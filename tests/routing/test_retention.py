"""What is long over is forgotten: words, numbers and commands, each after the time the line states, and not before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from entrypoints.drill.world import World
from entrypoints.people import Recruit
from helpline import outbox, timers
from helpline.nouns import Channel, CommandState, ContactState, Role, TimerKind
from helpline.privacy import caller_number
from helpline.tables import Caller, CommandRow, Contact, Event, Message, Snapshot
from routing import retention, threads
from routing.contacts import abandon, find_caller, receive

SAM = "+16465550141"
DAY = 86_400.0


@pytest.fixture
def world(make_world: Callable[[], World]) -> World:
    made = make_world()
    made.enlist([Recruit("Ana", Role.PEER, ("en",), "+12125550121")])
    return made


def conversation(world: World, number: str = SAM, *, over: bool = True) -> UUID:
    """Somebody texted; with `over`, the contact has ended now."""
    with world.database.work() as work:
        contact = receive(work, find_caller(work, number), Channel.TEXT)
        threads.keep(work, contact, "rough night")
        if over:
            abandon(work, contact, "the caller sent STOP")
        return contact.id


def forget(world: World) -> bool:
    with world.database.work() as work:
        return retention.forget(work)


def words(world: World) -> list[bool]:
    """For every message, whether its words are still there."""
    with world.database.work() as work:
        return [kept is not None for kept in work.session.scalars(select(Message.words).order_by(Message.ordinal))]


def number_of(world: World, number: str = SAM) -> str | None:
    with world.database.work() as work:
        caller = work.session.scalars(select(Caller).where(Caller.number_key == work.vault.fingerprint(number))).one()
        return work.vault.open(caller.number, caller_number(caller.id)) if caller.number else None


def test_words_and_number_are_kept_for_the_stated_days_and_then_erased(world: World) -> None:
    conversation(world)
    world.clock.advance(90 * DAY)
    forget(world)
    assert (words(world), number_of(world)) == ([True], SAM)
    world.clock.advance(1)
    forget(world)
    assert (words(world), number_of(world)) == ([False], None)


def test_a_conversation_that_is_not_over_keeps_everything(world: World) -> None:
    conversation(world, over=False)
    world.clock.advance(400 * DAY)
    forget(world)
    assert (words(world), number_of(world)) == ([True], SAM)


def test_a_caller_who_came_again_keeps_their_number_and_only_the_old_words_go(world: World) -> None:
    conversation(world)
    world.clock.advance(60 * DAY)
    conversation(world)
    world.clock.advance(31 * DAY)
    forget(world)
    assert (words(world), number_of(world)) == ([False, True], SAM)


def test_a_caller_who_is_to_be_called_back_keeps_their_number_until_then(world: World) -> None:
    contact = conversation(world)
    with world.database.work() as work:
        timers.schedule(work, TimerKind.CALLBACK, contact, work.now + timedelta(days=100))
    world.clock.advance(91 * DAY)
    forget(world)
    assert number_of(world) == SAM
    with world.database.work() as work:
        timers.cancel(work, contact, TimerKind.CALLBACK)
    forget(world)
    assert number_of(world) is None


def test_somebody_who_only_ever_sent_stop_is_forgotten_too(world: World) -> None:
    with world.database.work() as work:
        find_caller(work, SAM).opted_out = True
    world.clock.advance(91 * DAY)
    forget(world)
    assert number_of(world) is None


def test_a_caller_whose_number_was_erased_is_known_again_and_can_be_answered(world: World) -> None:
    with world.database.work() as work:
        first = find_caller(work, SAM)
        first.opted_out = True
    world.clock.advance(91 * DAY)
    forget(world)
    with world.database.work() as work:
        again = find_caller(work, SAM)
        assert again.id == first.id
        assert again.opted_out
    assert number_of(world) == SAM


def test_what_verdicts_were_made_from_is_kept_for_the_stated_days_and_then_erased(world: World) -> None:
    conversation(world, over=False)
    world.run_for(1)
    with world.database.work() as work:
        days = work.line().retention.contact_days
        assert work.session.scalars(select(Snapshot)).all()
        work.session.execute(update(Snapshot).values(at=work.now - timedelta(days=days)))
    forget(world)
    with world.database.work() as work:
        assert work.session.scalars(select(Snapshot)).all()
        work.session.execute(update(Snapshot).values(at=work.now - timedelta(days=days, seconds=1)))
    forget(world)
    with world.database.work() as work:
        assert not work.session.scalars(select(Snapshot)).all()
        assert work.session.scalars(select(Event).where(Event.what.like("match.%"))).all()


def test_what_happened_and_why_can_still_be_told(world: World) -> None:
    contact = conversation(world)
    with world.database.work() as work:
        before = work.session.scalars(select(Event.what).where(Event.contact_id == contact)).all()
    world.clock.advance(91 * DAY)
    forget(world)
    with world.database.work() as work:
        assert work.session.scalars(select(Event.what).where(Event.contact_id == contact)).all() == before
        assert work.session.get_one(Contact, contact).state is ContactState.ABANDONED
        erased = work.session.scalars(select(Event.reasons).where(Event.what == "retention.erased")).one()
    assert erased == {"words": 1, "numbers": 1, "snapshots": 0}


def test_a_command_is_removed_a_day_after_it_was_done_and_never_before_it_is(world: World) -> None:
    with world.database.work() as work:
        caller = find_caller(work, SAM)
        for said in ("one", "two"):
            outbox.text_caller(work, caller.id, said)
        done, waiting = work.session.scalars(select(CommandRow.id).order_by(CommandRow.ordinal)).all()
        work.session.execute(update(CommandRow).where(CommandRow.id == done).values(state=CommandState.SENT))
    world.clock.advance(DAY)
    forget(world)
    assert commands(world) == {done, waiting}
    world.clock.advance(1)
    forget(world)
    assert commands(world) == {waiting}


def commands(world: World) -> set[UUID]:
    with world.database.work() as work:
        return set(work.session.scalars(select(CommandRow.id)))


def test_a_great_deal_is_erased_in_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for number in range(5):
        conversation(world, f"+1646555014{number}")
    world.clock.advance(91 * DAY)
    rounds = 1
    while forget(world):
        rounds += 1
    assert rounds == 3
    assert not any(words(world))


def test_the_line_forgets_by_itself(world: World) -> None:
    conversation(world)
    world.clock.advance(91 * DAY)
    world.run_for(2)
    assert (words(world), number_of(world)) == ([False], None)
