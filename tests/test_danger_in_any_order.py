"""Whatever people text about a rescue, in whatever order: nobody is sent against the policy, nor by one person."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from entrypoints.drill.policy import amended
from entrypoints.drill.world import World
from entrypoints.people import recruits
from escalation import company
from escalation.help import DECIDING
from escalation.rules import broken
from helpline.database import Work
from helpline.nouns import RescueState, Role
from helpline.privacy import command_words
from helpline.tables import CommandRow, Contact, Opening, Person, Rescue
from tests.conftest import DEMO_LINE, MakeWorld
from webhooks import commands

SAM = "+16465550141"
PEERS = {"Ana": "peer", "Bo": "peer"}
ROLES = PEERS | {"Lee": "clinician", "Max": "clinician", "Sue": "supervisor", "Cora": "coordinator"}
POLICIES = ("never", "with_consent", "act_under_way")
SENT = {RescueState.APPROVED, RescueState.UNDER_WAY, RescueState.CONFIRMED}
Said = tuple[str, str]


def said_by(words: tuple[str, ...], names: tuple[str, ...] = tuple(ROLES)) -> st.SearchStrategy[Said]:
    return st.tuples(st.sampled_from(names), st.sampled_from(words))


before = st.lists(said_by(("CONSENT 1 YES", "CONSENT 1 NO", "ACT 1"), ("Ana", "Lee")), max_size=2)
passed = st.integers(1, 5).map(lambda left: [("Ana", f"PASS 1 {step} it cannot be") for step in range(1, left)])
asked = st.lists(said_by(("SEND 1 it is grave",), ("Ana", "Lee", "Sue")), min_size=1, max_size=2)
decided = st.lists(said_by(("APPROVE 1 i agree", "DECLINE 1 not yet", "CONSENT 1 NO")), max_size=4)
after = st.lists(
    said_by(
        (
            *("SENT 1", "ARRIVED 1", "END 1 SAFE a friend came", "RELAY 1", "CONSENT 1 NO", "PLACE 1 12 Elm Street"),
            *("SEND 1 it is grave", "APPROVE 1 i agree", "TRIED 1 4 NO", "TRIED 1 5 NO", "STEPS 1"),
        )
    ),
    max_size=8,
)
stories = st.tuples(before, passed, asked, decided, after).map(lambda parts: [one for part in parts for one in part])
"""In an order that leads far: each part may be empty, and anybody may say what is not theirs to say."""


@pytest.fixture
def make_danger(make_world: MakeWorld, tmp_path: Path) -> Any:
    """Makes a world in which Sam is in danger and Ana is with them, on a line of that policy."""

    def make(policy: str) -> World:
        path = tmp_path / f"{policy}.toml"
        path.write_text(amended(DEMO_LINE.read_text("utf-8"), "line.rescue", f'"{policy}"'), encoding="utf-8")
        world = make_world(path, datetime(2026, 3, 7, 23, 30, tzinfo=ZoneInfo("America/New_York")))
        rows = [
            {"name": name, "role": role, "languages": "en", "number": f"+1212555012{place}", "on shift": "yes"}
            for place, (name, role) in enumerate(ROLES.items())
        ]
        for row in rows:
            row["on call"] = "1" if row["name"] == "Lee" else ""
        world.enlist(recruits(rows, "these people"))
        world.network.phone(SAM).text(world.line.line.number, "i took all of my pills")
        world.run_for(3)
        obey(world, "Ana", "1")
        world.run_for(3)
        return world

    return make


def obey(world: World, name: str, words: str) -> None:
    with world.database.work() as work:
        commands.obey(work, work.session.scalars(select(Person).where(Person.name == name)).one(), words)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(policy=st.sampled_from(POLICIES), story=stories)
def test_nobody_is_sent_against_the_policy_nor_by_one_person(make_danger: Any, policy: str, story: list[Said]) -> None:
    world = make_danger(policy)
    for name, words in story:
        obey(world, name, words)
        with world.database.work() as work:
            check(work, policy)
    with world.database.work() as work:
        assert broken(work) == []
        assert not [name for name, words in told(work) if SAM in words and ROLES[name] not in DECIDING]


def check(work: Work, policy: str) -> None:
    """What holds after every text."""
    rescue = work.session.scalars(select(Rescue)).one()
    contact = work.session.get_one(Contact, rescue.contact_id)
    role = {person.id: person.role for person in work.session.scalars(select(Person))}
    if policy == "never":
        assert rescue.state in {RescueState.OPEN, RescueState.ENDED}
    if rescue.state is RescueState.APPROVED:
        assert rescue.consent is True or (policy == "act_under_way" and rescue.act_at is not None)
    if rescue.state in SENT:
        assert rescue.asked_by != rescue.approved_by
        assert rescue.approved_by is not None and role[rescue.approved_by] in DECIDING
    if rescue.act_by is not None:
        assert role[rescue.act_by] in DECIDING
    if rescue.state is RescueState.ENDED:
        assert rescue.ended_by not in company.holders(work, contact)
        assert rescue.ended_by is not None and role[rescue.ended_by] is not Role.PEER
    for opened in work.session.scalars(select(Opening).where(Opening.opened_at.is_not(None))):
        assert policy != "never"
        assert opened.seen_by in {opened.asked_by, opened.approved_by}
        assert role[opened.seen_by] in DECIDING


def told(work: Work) -> list[tuple[str, str]]:
    """Every text that was written to somebody of the roster."""
    rows = select(CommandRow, Person.name).join(Person, Person.id == CommandRow.person_id)
    found = work.session.execute(rows.where(CommandRow.words.is_not(None))).all()
    return [(name, work.vault.open(row.words, command_words(row.id))) for row, name in found]
