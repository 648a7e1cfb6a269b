"""Signing from the command line, and two who sign at the same moment."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from entrypoints.closing import add_to
from entrypoints.drill.world import World
from entrypoints.people import recruits
from escalation import signing
from escalation.rules import broken
from helpline.nouns import ContactState, SignOffState
from helpline.tables import Contact, Event, Message, Person, SignOff
from routing import retention
from tests.conftest import MakeWorld

NEW_YORK = ZoneInfo("America/New_York")
PEOPLE = {
    "Ana": ("peer", "+12125550120"),
    "Sue": ("supervisor", "+12125550121"),
    "Tom": ("supervisor", "+12125550122"),
}


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """A text conversation at risk high that Ana has had, filed and checked."""
    made = make_world(start=datetime(2026, 3, 10, 12, tzinfo=NEW_YORK))
    rows = [
        {"name": name, "role": role, "languages": "en", "on shift": "yes", "number": number}
        for name, (role, number) in PEOPLE.items()
    ]
    made.enlist(recruits(rows, "these people"))
    sam, ana = made.network.phone("+16465550101"), made.network.phone(PEOPLE["Ana"][1])
    number = made.line.line.number
    for phone, words in ((sam, "i want to kill myself"), (ana, "1"), (ana, "done supported"), (ana, "file 1 plan")):
        phone.text(number, words)
        made.run_for(2)
    return made


def _run(world: World, *arguments: str) -> Result:
    main = click.Group()
    add_to(main, lambda: world.database)
    return CliRunner().invoke(main, ["closing", *arguments])


def test_what_is_not_signed_is_listed_and_signed_by_the_command_line(world: World) -> None:
    listed = _run(world, "list", "--json")
    assert listed.exit_code == 0
    (row,) = [json.loads(line) for line in listed.output.splitlines()]
    assert (row["number"], row["risk"], row["state"], row["had_by"]) == (1, "high", "ready", ["Ana"])
    refused = _run(world, "sign", "1", "--by", "Ana")
    assert refused.exit_code == 1 and "A supervisor or a clinician signs" in refused.output
    assert _run(world, "sign", "1", "--by", "Sue").exit_code == 0
    assert "Nothing waits to be signed" in _run(world, "list").output
    with world.database.work() as work:
        assert work.session.scalars(select(Contact.state)).one() is ContactState.CLOSED
        assert broken(work) == []


def test_what_waits_for_hours_is_an_alarm_to_programs_as_well(world: World) -> None:
    world.run_for(5 * 3600)
    listed = _run(world, "list", "--json")
    assert listed.exit_code == 1
    assert json.loads(listed.output)["alarm"] is True


def test_of_two_who_sign_at_the_same_moment_one_does(world: World) -> None:
    both = threading.Barrier(2)

    def sign(name: str) -> bool:
        with world.database.work() as work:
            person = work.session.scalars(select(Person).where(Person.name == name)).one()
            both.wait()
            try:
                signing.sign(work, person, 1)
            except signing.Refused:
                return False
            return True

    with ThreadPoolExecutor() as pool:
        signed = list(pool.map(sign, ("Sue", "Tom")))
    assert sorted(signed) == [False, True]
    with world.database.work() as work:
        assert len(work.session.scalars(select(Event).where(Event.what == "sign_off.signed")).all()) == 1


def test_what_was_said_is_erased_in_time_though_nobody_has_signed_it(world: World) -> None:
    days = world.line.retention.contact_days
    for passed, kept in ((timedelta(days=days - 1), True), (timedelta(days=2), False)):
        world.clock.advance(passed.total_seconds())
        with world.database.work() as work:
            retention.forget(work)
            words = work.session.scalars(select(Message.words)).all()
            assert words and all((one is not None) is kept for one in words)
            assert work.session.scalars(select(Contact.state)).one() is ContactState.WRAP_UP


def test_the_database_refuses_a_signature_without_a_safety_check(world: World) -> None:
    with pytest.raises(IntegrityError), world.database.work() as work:
        row = work.session.scalars(select(SignOff)).one()
        row.safety = row.checked_by = None


def test_the_database_refuses_what_is_signed_by_nobody(world: World) -> None:
    with pytest.raises(IntegrityError), world.database.work() as work:
        work.session.scalars(select(SignOff)).one().state = SignOffState.SIGNED
