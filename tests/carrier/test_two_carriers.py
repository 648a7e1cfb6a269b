"""Two carriers, one outbox: what nobody knows is asked where it was tried; what was not taken may go by the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from carrier.dispatch import Dispatcher, Pace
from carrier.port import Busy, Refused, Unclear, Unreachable
from carrier.standing import standings
from entrypoints.drill.world import URL, World
from entrypoints.outcomes import AFTER
from entrypoints.people import Recruit
from helpline import outbox
from helpline.nouns import CarrierName, Channel, CommandState, LegRole, LegState, Role
from helpline.outbox import Kind, Urgency
from helpline.tables import CarrierHealth, CommandRow, Leg, Person
from routing.contacts import find_caller, receive

DEMO = Path(__file__).resolve().parents[2] / "lines" / "demo.toml"
LINE, SECOND, LEE, SAM = "+12125550100", "+12125550170", "+12125550121", "+16465550141"


@pytest.fixture
def world(make_world: Callable[..., World], tmp_path: Path) -> World:
    text = DEMO.read_text(encoding="utf-8").replace("[line]\n", f'[line]\nnumbers = ["{SECOND}"]\n', 1)
    path = tmp_path / "two.toml"
    path.write_text(f'{text}\n[carriers]\nsignalwire = ["{SECOND}"]\n', encoding="utf-8")
    made = make_world(path)
    made.enlist([Recruit("Lee", Role.PEER, ("en",), LEE, hours=())])
    return made


class First:
    """The first carrier, which raises what it is told to instead of doing anything."""

    def __init__(self, world: World, fault: Exception | None) -> None:
        self._carrier, self.fault = world.stack.ticker._dispatcher._carrier, fault
        world.stack.ticker._dispatcher._carrier = self  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        if self.fault is not None:
            raise self.fault
        return getattr(self._carrier, name)


def text_lee(world: World, words: str = "hello") -> UUID:
    with world.database.work() as work:
        lee = work.session.scalars(select(Person)).one()
        made = outbox.text_person(work, lee.id, words, urgency=Urgency.NOTICE)
    world.settle()
    return made


def command(world: World, which: UUID) -> CommandRow:
    with world.database.work() as work:
        return work.session.get_one(CommandRow, which)


def is_ill(world: World) -> bool:
    with world.database.work() as work:
        found = standings(work)
    return CarrierName.TWILIO in found and found[CarrierName.TWILIO].health != "healthy"


def texts(world: World) -> list[tuple[str, str]]:
    return [(one.sender, one.body) for one in world.network.phone(LEE).texts]


def make_ill(world: World) -> None:
    world.away.carrier = True
    text_lee(world, "lost")
    world.run_for(5)
    assert is_ill(world)


def test_while_both_are_well_the_first_is_preferred(world: World) -> None:
    sent = text_lee(world)
    world.run_for(2)
    assert texts(world) == [(LINE, "hello")]
    assert command(world, sent).carrier is CarrierName.TWILIO
    with world.database.work() as work:
        assert not work.session.scalars(select(CarrierHealth)).all()


def test_a_text_whose_reply_was_lost_is_asked_for_where_it_was_sent_and_never_sent_by_the_other(world: World) -> None:
    world.network.faults.lose_create_replies = True
    sent = text_lee(world)
    world.away.carrier = True
    world.run_for(10)
    assert is_ill(world)
    assert command(world, sent).state is CommandState.UNCERTAIN
    world.away.carrier = False
    world.run_for(30)
    settled = command(world, sent)
    assert (settled.state, settled.carrier) == (CommandState.SENT, CarrierName.TWILIO)
    assert texts(world) == [(LINE, "hello")]


def test_what_could_not_even_be_connected_leaves_by_the_other(world: World) -> None:
    First(world, Unreachable("no connection"))
    sent = text_lee(world)
    world.run_for(10)
    assert command(world, sent).carrier is CarrierName.SIGNALWIRE
    assert texts(world) == [(SECOND, "hello")]


@pytest.mark.parametrize(
    ("fault", "turns_ill"),
    [
        (Unclear("status 503"), True),
        (Unreachable("no connection"), True),
        (Refused(20003, 401), True),
        (Refused(20003, 403), True),
        (Refused(21211, 400), False),
        (Refused(20404, 404), False),
        (Busy("too many requests"), False),
    ],
)
def test_it_is_ill_by_what_it_says_of_itself_and_not_by_what_it_says_of_a_number(
    world: World, fault: Exception, turns_ill: bool
) -> None:
    First(world, fault)
    for place in range(3):
        text_lee(world, f"text {place}")
        world.run_for(3)
    assert is_ill(world) is turns_ill


def test_an_ill_carrier_is_asked_one_at_a_time_and_used_again_once_it_answers(world: World) -> None:
    make_ill(world)
    for _ in range(12):
        world.run_for(10)
        with world.database.work() as work:
            asking = select(CommandRow).where(CommandRow.kind == Kind.ASK_CARRIER, CommandRow.state.in_(outbox.TO_DO))
            assert len(work.session.scalars(asking).all()) == 1
    world.away.carrier = False
    world.run_for(25)
    assert not is_ill(world)
    text_lee(world, "again")
    world.run_for(2)
    assert texts(world)[-1] == (LINE, "again")


def test_a_trial_that_was_under_way_when_all_was_killed_is_followed_by_another(world: World) -> None:
    make_ill(world)
    with world.database.work() as work:
        trial = work.session.scalars(select(CommandRow).where(CommandRow.kind == Kind.ASK_CARRIER)).one()
        trial.state, trial.sent_at, trial.deadline = CommandState.SENDING, work.now, work.now
        trial.due_at = work.now
    world.start_up()
    world.away.carrier = False
    world.run_for(60)
    assert not is_ill(world)


def a_leg(world: World, carrier: CarrierName) -> UUID:
    with world.database.work() as work:
        contact = receive(work, find_caller(work, SAM), Channel.VOICE, number=SECOND)
        leg = Leg(
            id=work.new_id(),
            contact_id=contact.id,
            person_id=work.session.scalars(select(Person)).one().id,
            role=LegRole.CLINICIAN,
            state=LegState.PLANNED,
            carrier=carrier,
            joined=False,
        )
        work.session.add(leg)
        work.session.flush()
        outbox.ring(work, leg, urgency=Urgency.PAGE, seconds=20)
        return leg.id


def test_a_leg_bound_to_an_ill_carrier_waits_for_it_and_never_goes_by_the_other(world: World) -> None:
    make_ill(world)
    a_leg(world, CarrierName.TWILIO)
    world.run_for(20)
    assert not world.network.phone(LEE).rings


def test_a_hang_up_goes_where_the_leg_lives(world: World) -> None:
    leg = a_leg(world, CarrierName.SIGNALWIRE)
    world.run_for(3)
    lee = world.network.phone(LEE)
    assert [ring.caller_id for ring in lee.rings] == [SECOND]
    with world.database.work() as work:
        outbox.hang_up(work, work.session.get_one(Leg, leg))
    world.settle()
    assert not lee.ringing
    assert not [record for record in world.network.rest_log if "Calls" in record.path]


def test_a_leg_of_a_carrier_that_we_have_no_account_with_any_more_has_failed(world: World) -> None:
    leg = a_leg(world, CarrierName.SIGNALWIRE)
    alone = Dispatcher(
        world.database, world.stack.ticker._dispatcher._carrier, public_url=URL, after=AFTER, pace=Pace()
    )
    alone.drain()
    with world.database.work() as work:
        assert work.session.get_one(Leg, leg).state is LegState.ENDED
    assert not world.network.phone(LEE).rings
