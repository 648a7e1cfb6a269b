"""Test contacts: what comes of one is a row that says so, and nothing else; a person on one is a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from carrier import standing
from carrier.health import Heard
from entrypoints.drill.world import World
from escalation import probes
from helpline.carriers import Carriers
from helpline.line import LineError, read_line
from helpline.nouns import CarrierName, Channel
from helpline.tables import Caller, CommandRow, Contact, Leg, Message, Offer, Page, Probe
from tests.conftest import DEMO_LINE

OWN = "+12125550109"
LEFT_BEHIND = (Contact, Caller, Leg, Message, Offer, Page)
TESTED = f'\n[audit]\n\n[test_contacts]\nfrom_number = "{OWN}"\n'
Make = Callable[..., World]


@pytest.fixture
def world(make_world: Make, tmp_path: Path) -> World:
    path = tmp_path / "tested.toml"
    path.write_text(DEMO_LINE.read_text(encoding="utf-8") + TESTED, encoding="utf-8")
    return make_world(path)


def counts(world: World) -> dict[str, int]:
    with world.database.work() as work:
        return {
            table.__tablename__: work.session.scalar(select(func.count()).select_from(table)) or 0
            for table in LEFT_BEHIND
        }


def placed(world: World) -> dict[Channel, Probe]:
    with world.database.work() as work:
        return {probe.channel: probe for probe in work.session.scalars(select(Probe).order_by(Probe.placed_at))}


def test_a_test_leaves_nothing_behind_but_that_it_came_through(world: World) -> None:
    world.run_for(60)
    assert set(counts(world).values()) == {0}
    assert all(probe.held_at is not None and probe.arrived_at is not None for probe in placed(world).values())
    assert set(placed(world)) == {Channel.VOICE, Channel.TEXT}
    assert not world.network.live_calls()
    with world.database.work() as work:
        assert set(work.session.scalars(select(CommandRow.kind))) == {"test_call", "test_text"}


def test_a_person_who_shows_the_number_of_the_tests_has_only_to_press_a_key(world: World) -> None:
    with world.database.work() as work:
        work.session.add(Probe(id=work.new_id(), channel=Channel.VOICE, placed_at=work.now + timedelta(minutes=10)))
    world.run_for(599)
    forger = world.network.phone(OWN)
    world.run_for(2)
    forger.dial(world.line.line.number)
    world.run_for(2)
    assert any("press any key" in heard.text for heard in forger.heard)
    forger.press("5")
    world.run_for(2)
    assert counts(world)["contact"] == 1


def test_a_call_from_that_number_while_there_is_no_test_is_received_like_any_other(world: World) -> None:
    world.run_for(300)
    world.network.phone(OWN).dial(world.line.line.number)
    world.run_for(2)
    assert counts(world)["contact"] == 1


@pytest.mark.parametrize("words", ["hello", probes.SPOKEN, f"{probes.SPOKEN}nonsense", f"{probes.SPOKEN}{'0' * 32}"])
def test_a_text_from_that_number_that_is_no_test_of_ours_is_received_like_any_other(world: World, words: str) -> None:
    world.run_for(60)
    world.network.phone(OWN).text(world.line.line.number, words)
    world.run_for(2)
    assert counts(world)["contact"] == 1


def test_a_second_call_during_a_test_is_no_test(world: World) -> None:
    world.run_for(60)
    with world.database.work() as work:
        probe = Probe(id=work.new_id(), channel=Channel.VOICE, placed_at=work.now)
        work.session.add(probe)
        assert probes.arriving_call(work, OWN, "CA1") is probe
        assert probes.arriving_call(work, OWN, "CA1") is probe
        assert probes.arriving_call(work, OWN, "CA2") is None
        assert probes.arriving_call(work, "+16465550141", "CA1") is None


@pytest.mark.expects_errors
def test_a_line_that_could_not_receive_a_caller_does_not_pass_its_test(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The door answers, and what a caller would need is broken: the test must not say that all is well."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("quotes somebody")

    monkeypatch.setattr("routing.contacts.receive", fail)
    world.run_for(60)
    assert not any(probe.held_at for probe in placed(world).values())


def test_whoever_tests_itself_needs_another_number_and_somebody_who_is_told() -> None:
    demo = DEMO_LINE.read_text(encoding="utf-8")
    assert read_line(demo + TESTED).test_contacts is not None
    with pytest.raises(LineError, match="cannot call or text itself"):
        read_line(demo + TESTED.replace(OWN, "+12125550100"))
    with pytest.raises(LineError, match="needs a table audit"):
        read_line(demo + TESTED.replace("[audit]", ""))
    with pytest.raises(LineError, match="twice within_seconds"):
        read_line(demo + TESTED + "call_every_minutes = 0.5\n")


SECOND = "+12125550170"


def on_two_carriers(text: str) -> str:
    held = f'\n[carriers]\nsignalwire = ["{SECOND}"]\n'
    return text.replace("[line]\n", f'[line]\nnumbers = ["{SECOND}"]\n', 1) + held


@pytest.fixture
def on_two(make_world: Make, tmp_path: Path) -> World:
    path = tmp_path / "two.toml"
    path.write_text(on_two_carriers(DEMO_LINE.read_text(encoding="utf-8") + TESTED), encoding="utf-8")
    return make_world(path)


def test_tests_leave_by_the_first_carrier_whether_it_is_well_or_not(on_two: World) -> None:
    on_two.run_for(60)
    assert all(probe.held_at is not None for probe in placed(on_two).values())
    with on_two.database.work() as work:
        standing.note(work, CarrierName.TWILIO, Heard.FAULT, Carriers(signalwire=(SECOND,), ill_after=1))
        probes.place(work, Channel.VOICE)
        probes.place(work, Channel.TEXT)
    on_two.run_for(10)
    with on_two.database.work() as work:
        tests = select(CommandRow.carrier).where(CommandRow.kind.in_(("test_call", "test_text")))
        assert [*work.session.scalars(tests)] == [CarrierName.TWILIO] * 4


def test_a_call_by_the_second_carrier_is_never_a_test(on_two: World) -> None:
    on_two.run_for(60)
    with on_two.database.work() as work:
        work.session.add(Probe(id=work.new_id(), channel=Channel.VOICE, placed_at=work.now))
    on_two.network.phone(OWN).dial(SECOND)
    on_two.run_for(2)
    assert counts(on_two)["contact"] == 1


def test_the_number_of_the_tests_is_not_one_of_the_second_carriers() -> None:
    demo = on_two_carriers(DEMO_LINE.read_text(encoding="utf-8"))
    with pytest.raises(LineError, match="tests leave by the first carrier"):
        read_line(demo + TESTED.replace(OWN, SECOND))
