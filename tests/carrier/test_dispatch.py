"""The outbox, drained: nothing is sent twice, what nobody knows is settled by asking, and danger leaves first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from carrier.dispatch import DEADLINE, GIVE_UP_AFTER, LANES, Dispatcher, Pace
from carrier.errands import LEAVE_WITHIN
from carrier.port import CONNECT_TIMEOUT, TIMEOUT, Carrier, NewCall, Unclear
from entrypoints.drill.world import URL, World
from entrypoints.outcomes import AFTER
from entrypoints.people import Recruit
from helpline import outbox
from helpline.database import Work
from helpline.hours import WHOLE_DAY
from helpline.nouns import Channel, CommandState, ContactState, LegRole, LegState, Role
from helpline.outbox import Kind, Urgency
from helpline.tables import CommandRow, Contact, Leg, Offer, Person
from routing.contacts import find_caller, receive

SAM = "+16465550141"
NUMBERS = {name: f"+121255501{place:02d}" for place, name in enumerate(("Ana", "Bo", "Cy", "Lee"), start=21)}


@pytest.fixture
def world(make_world: Callable[[], World]) -> World:
    made = make_world()
    made.enlist([Recruit(name, Role.PEER, ("en",), number, hours=()) for name, number in NUMBERS.items()])
    return made


def dispatcher(world: World, carrier: Carrier | None = None) -> Dispatcher:
    return Dispatcher(world.database, carrier or the_carrier(world), public_url=URL, after=AFTER, pace=Pace())


def the_carrier(world: World) -> Any:
    return world.stack.ticker._dispatcher._carrier


class Standing:
    """The carrier, behind somebody who does as told before or after a request is made."""

    def __init__(self, world: World, **told: Callable[..., Any]) -> None:
        self._carrier, self._told = the_carrier(world), told
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def ask(*args: Any) -> Any:
            self.asked.append(name)
            request = getattr(self._carrier, name)
            return self._told[name](request, *args) if name in self._told else request(*args)

        return ask


def carried_out_but_unheard(request: Callable[..., Any], *args: Any) -> Any:
    request(*args)
    raise Unclear("no reply")


def never_carried_out(request: Callable[..., Any], *args: Any) -> Any:
    del request, args
    raise Unclear("no reply")


def a_contact(work: Work, channel: Channel = Channel.VOICE) -> Contact:
    return receive(work, find_caller(work, SAM), channel)


def person(work: Work, name: str) -> Person:
    return work.session.scalars(select(Person).where(Person.name == name)).one()


def ring(world: World, name: str, urgency: Urgency = Urgency.OFFER, contact: UUID | None = None) -> UUID:
    """Somebody is to be rung. The id of their leg."""
    with world.database.work() as work:
        about = work.session.get(Contact, contact) if contact else a_contact(work)
        assert about is not None
        leg = Leg(
            id=work.new_id(),
            contact_id=about.id,
            person_id=person(work, name).id,
            role=LegRole.CLINICIAN,
            state=LegState.PLANNED,
            joined=False,
        )
        work.session.add(leg)
        work.session.flush()
        outbox.ring(work, leg, urgency=urgency, seconds=20)
        return leg.id


def text(world: World, name: str, words: str) -> UUID:
    with world.database.work() as work:
        return outbox.text_person(work, person(work, name).id, words, urgency=Urgency.NOTICE)


def command(world: World, **where: Any) -> CommandRow:
    with world.database.work() as work:
        return work.session.scalars(select(CommandRow).filter_by(**where)).one()


def leg_of(world: World, leg: UUID) -> Leg:
    with world.database.work() as work:
        return work.session.get_one(Leg, leg)


def drain_for(world: World, sending: Dispatcher, seconds: float) -> None:
    """Drain as a ticker does, five times a second."""
    for _ in range(int(seconds * 5)):
        sending.drain()
        world.network.run_due()
        world.clock.advance(0.2)


def rung(world: World) -> list[str]:
    names = {number: name for name, number in NUMBERS.items()}
    return [names[call.to] for call in world.network.calls.values() if call.to in names]


def texts_to(world: World, name: str) -> list[str]:
    return [message.body for message in world.network.messages.all.values() if message.to == NUMBERS[name]]


def test_a_ring_is_sent_and_its_leg_knows_its_call(world: World) -> None:
    leg = ring(world, "Ana")
    assert dispatcher(world).drain() == 1
    sent = command(world, leg_id=leg)
    assert (sent.state, sent.sid) == (CommandState.SENT, next(iter(world.network.calls)))
    assert (leg_of(world, leg).state, leg_of(world, leg).sid) == (LegState.DIALLED, sent.sid)


def test_a_ring_whose_reply_is_lost_is_found_by_asking_and_exactly_one_call_exists(world: World) -> None:
    leg = ring(world, "Ana")
    world.network.faults.lose_create_replies = True
    sending = dispatcher(world)
    sending.drain()
    assert command(world, leg_id=leg).state is CommandState.UNCERTAIN
    drain_for(world, sending, 10)
    assert rung(world) == ["Ana"]
    assert command(world, leg_id=leg).state is CommandState.SENT
    assert leg_of(world, leg).sid == next(iter(world.network.calls))


def test_a_text_whose_reply_is_lost_is_found_by_asking_and_exactly_one_exists(world: World) -> None:
    sent = text(world, "Ana", "hello")
    world.network.faults.lose_create_replies = True
    sending = dispatcher(world)
    drain_for(world, sending, 10)
    assert texts_to(world, "Ana") == ["hello"]
    found = command(world, id=sent)
    assert (found.state, found.words) == (CommandState.SENT, None)


def test_a_text_that_never_left_is_not_taken_for_an_earlier_one_with_the_same_words(world: World) -> None:
    first = text(world, "Ana", "ok")
    drain_for(world, dispatcher(world), 1)
    second = text(world, "Ana", "ok")
    drain_for(world, dispatcher(world, Standing(world, text=never_carried_out)), 10)
    assert command(world, id=first).state is CommandState.SENT
    assert command(world, id=second).state is CommandState.FAILED
    assert texts_to(world, "Ana") == ["ok"]


def test_a_ring_that_never_left_is_settled_as_failed_and_not_rung_blindly(world: World) -> None:
    leg = ring(world, "Ana")
    standing = Standing(world, ring=never_carried_out)
    drain_for(world, dispatcher(world, standing), 40)
    assert command(world, leg_id=leg).state is CommandState.FAILED
    assert leg_of(world, leg).state is LegState.ENDED
    assert standing.asked == ["ring", "find_call"]


def test_a_ring_that_was_under_way_when_everything_was_killed_is_settled_by_asking(world: World) -> None:
    leg = ring(world, "Ana")

    def killed(request: Callable[..., Any], *args: Any) -> Any:
        request(*args)
        raise SystemExit

    with pytest.raises(SystemExit):
        dispatcher(world, Standing(world, ring=killed)).drain()
    assert command(world, leg_id=leg).state is CommandState.SENDING
    after = Standing(world)
    drain_for(world, dispatcher(world, after), DEADLINE.total_seconds() + 1)
    assert rung(world) == ["Ana"]
    assert command(world, leg_id=leg).state is CommandState.SENT
    assert "ring" not in after.asked


def test_while_the_carrier_cannot_be_asked_either_nothing_is_sent_again(world: World) -> None:
    leg = ring(world, "Ana")
    standing = Standing(world, ring=never_carried_out, find_call=never_carried_out)
    drain_for(world, dispatcher(world, standing), GIVE_UP_AFTER.total_seconds() - 1)
    assert command(world, leg_id=leg).state is CommandState.UNCERTAIN
    drain_for(world, dispatcher(world, standing), 5)
    assert command(world, leg_id=leg).state is CommandState.FAILED
    assert standing.asked.count("ring") == 1


def test_too_many_requests_are_sent_again_a_moment_later(world: World) -> None:
    leg = ring(world, "Ana")
    world.network.faults.refuse_calls, world.network.faults.refuse_with = True, 429
    sending = dispatcher(world)
    drain_for(world, sending, 3)
    assert command(world, leg_id=leg).state is CommandState.PENDING
    assert not rung(world)
    world.network.faults.clear()
    drain_for(world, sending, 3)
    assert rung(world) == ["Ana"]


def test_a_refusal_is_final_and_the_words_are_erased(world: World) -> None:
    sent = text(world, "Ana", "")
    drain_for(world, dispatcher(world), 3)
    refused = command(world, id=sent)
    assert (refused.state, refused.words, refused.problem) == (CommandState.FAILED, None, "carrier code 21602")
    assert len(world.network.rest_log) == 1


def test_at_one_call_a_second_somebody_in_danger_is_paged_before_any_other_ring(world: World) -> None:
    for name in ("Ana", "Bo", "Cy"):
        ring(world, name)
    sending = dispatcher(world)
    sending.drain()
    world.clock.advance(0.4)
    ring(world, "Lee", Urgency.DANGER)
    drain_for(world, sending, 5)
    assert rung(world) == ["Ana", "Lee", "Bo", "Cy"]


def test_what_is_most_urgent_leaves_first_whenever_it_was_written(world: World) -> None:
    written = {"Ana": Urgency.NOTICE, "Bo": Urgency.OFFER, "Cy": Urgency.PAGE, "Lee": Urgency.DANGER}
    for name, urgency in written.items():
        ring(world, name, urgency)
    drain_for(world, dispatcher(world), 5)
    assert rung(world) == ["Lee", "Cy", "Bo", "Ana"]


def test_calls_leave_one_a_second_however_many_dispatchers_there_are(world: World) -> None:
    for name in NUMBERS:
        ring(world, name)
    sending = [dispatcher(world), dispatcher(world)]
    left: list[int] = []
    for _ in range(20):
        for one in sending:
            one.drain()
        left.append(len(rung(world)))
        world.clock.advance(0.2)
    assert left == [1] * 5 + [2] * 5 + [3] * 5 + [4] * 5


def test_a_ring_that_is_no_longer_wanted_never_leaves(world: World) -> None:
    first, second = ring(world, "Ana"), ring(world, "Bo")
    with world.database.work() as work:
        outbox.hang_up(work, work.session.get_one(Leg, first))
        work.session.get_one(Leg, second).state = LegState.ENDED
    drain_for(world, dispatcher(world), 3)
    assert not world.network.rest_log
    for leg in (first, second):
        assert command(world, leg_id=leg).state is CommandState.DROPPED
        assert leg_of(world, leg).state is LegState.ENDED


def test_a_hang_up_waits_until_the_ring_that_is_under_way_has_an_id(world: World) -> None:
    leg = ring(world, "Ana")
    sending = dispatcher(world, Standing(world, ring=carried_out_but_unheard))
    sending.drain()
    with world.database.work() as work:
        outbox.hang_up(work, work.session.get_one(Leg, leg))
    drain_for(world, sending, 5)
    assert command(world, leg_id=leg, kind=Kind.HANG_UP).state is CommandState.SENT
    assert leg_of(world, leg).state is LegState.ENDED
    assert rung(world) == ["Ana"]
    assert not world.network.live_calls()


def test_a_call_that_is_over_already_counts_as_hung_up(world: World) -> None:
    leg = ring(world, "Ana")
    sending = dispatcher(world)
    sending.drain()
    the_carrier(world).hang_up(str(leg_of(world, leg).sid))
    with world.database.work() as work:
        outbox.hang_up(work, work.session.get_one(Leg, leg))
    sending.drain()
    assert leg_of(world, leg).state is LegState.ENDED


def test_one_number_that_does_not_open_stops_nobody_elses_ring(world: World, logged_errors: list[str]) -> None:
    broken, whole = ring(world, "Ana", Urgency.DANGER), ring(world, "Bo")
    with world.database.work() as work:
        work.session.execute(update(Person).where(Person.name == "Ana").values(number=b"\x00 not ours"))
    drain_for(world, dispatcher(world), 3)
    assert rung(world) == ["Bo"]
    assert leg_of(world, whole).sid
    assert command(world, leg_id=broken).state is CommandState.FAILED
    assert leg_of(world, broken).state is LegState.ENDED
    assert [error.split()[0] for error in logged_errors] == ["command.unreadable"]
    logged_errors.clear()


def test_a_fault_of_our_own_in_one_request_stops_no_other_and_is_settled_by_asking(
    world: World, logged_errors: list[str]
) -> None:
    def faulty(request: Callable[..., Any], call: Any) -> Any:
        if call.to == NUMBERS["Ana"]:
            raise RuntimeError(call.to)
        return request(call)

    first, second = ring(world, "Ana"), ring(world, "Bo")
    drain_for(world, dispatcher(world, Standing(world, ring=faulty)), DEADLINE.total_seconds() + 3)
    assert command(world, leg_id=first).state is CommandState.FAILED
    assert command(world, leg_id=second).state is CommandState.SENT
    assert rung(world) == ["Bo"]
    assert logged_errors and not [error for error in logged_errors if NUMBERS["Ana"][1:] in error]
    logged_errors.clear()


def test_a_ring_that_waited_too_long_behind_slow_requests_does_not_leave_on_its_own_deadline(world: World) -> None:
    first = ring(world, "Ana")
    dispatcher(world).drain()
    with world.database.work() as work:
        outbox.hang_up(work, work.session.get_one(Leg, first))
    waiting = ring(world, "Bo")
    world.clock.advance(1)

    def slow(request: Callable[..., Any], *args: Any) -> Any:
        world.clock.advance(11)
        return request(*args)

    dispatcher(world, Standing(world, hang_up=slow)).drain()
    assert rung(world) == ["Ana"]
    assert command(world, leg_id=waiting).state is CommandState.PENDING
    drain_for(world, dispatcher(world), 3)
    assert rung(world) == ["Ana", "Bo"]


def test_nothing_is_ever_sent_twice_whatever_the_carrier_does(world: World) -> None:
    for answer in (carried_out_but_unheard, never_carried_out):
        for name in ("Ana", "Bo"):
            ring(world, name)
            text(world, name, f"hello {name}, {answer.__name__}")
        standing = Standing(world, ring=answer, text=answer)
        drain_for(world, dispatcher(world, standing), 60)
        assert standing.asked.count("ring") == standing.asked.count("text") == 2
    assert sorted(rung(world)) == ["Ana", "Bo"]
    with world.database.work() as work:
        assert not work.session.scalars(select(CommandRow).where(CommandRow.words.is_not(None))).all()


def test_an_offer_whose_ring_the_carrier_refuses_goes_to_the_next_person_at_once(
    make_world: Callable[[], World],
) -> None:
    world = make_world()
    whole_day = replace(Recruit("Ana", Role.PEER, ("en",), NUMBERS["Ana"]), hours=(WHOLE_DAY,))
    world.enlist([replace(whole_day, number="+12125550110"), replace(whole_day, name="Bo", number=NUMBERS["Bo"])])
    with world.database.work() as work:
        contact = a_contact(work)

    def refused_for_ana(request: Callable[..., Any], call: NewCall) -> Any:
        return request(replace(call, to="x") if call.to.endswith("10") else call)

    world.stack.ticker._dispatcher._carrier = Standing(world, ring=refused_for_ana)
    world.run_for(3)
    with world.database.work() as work:
        states = {offer.state for offer in work.session.scalars(select(Offer).where(Offer.contact_id == contact.id))}
        assert work.session.get_one(Contact, contact.id).state is ContactState.OFFERED
    assert {"failed"} < {state.value for state in states}
    assert rung(world) == ["Bo"]


def test_a_carrier_that_is_slow_has_less_time_than_a_command_has() -> None:
    assert timedelta(seconds=CONNECT_TIMEOUT + TIMEOUT) + LEAVE_WITHIN < DEADLINE


def test_a_request_that_hangs_holds_up_no_other_and_nobody_waits_for_it(world: World) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hangs(request: Callable[..., Any], *args: Any) -> Any:
        begun.set()
        assert go_on.wait(20)
        return request(*args)

    with ThreadPoolExecutor(LANES) as lanes:
        busy = Dispatcher(
            world.database, Standing(world, ring=hangs), public_url=URL, after=AFTER, pace=Pace(), executor=lanes
        )
        ring(world, "Ana")
        assert busy.drain() == 1
        assert begun.wait(20)
        text(world, "Bo", "hello")
        assert busy.drain() == 1
        go_on.set()


def test_no_command_is_taken_up_before_a_lane_is_free_for_it(world: World) -> None:
    go_on = threading.Event()

    def hangs(request: Callable[..., Any], *args: Any) -> Any:
        assert go_on.wait(20)
        return request(*args)

    with ThreadPoolExecutor(LANES) as lanes:
        pace = Pace(calls=1000, texts=1000)
        slow = Standing(world, text=hangs)
        busy = Dispatcher(world.database, slow, public_url=URL, after=AFTER, pace=pace, executor=lanes)
        for _ in range(LANES + 1):
            text(world, "Bo", "hello")
        taken = 0
        for _ in range(LANES + 1):
            world.clock.advance(0.01)
            taken += busy.drain()
        assert taken == LANES
        go_on.set()
