"""A changed line file is tried on what was decided lately, before it governs anybody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from entrypoints.drill.policy import amended
from entrypoints.drill.world import World
from entrypoints.people import recruits
from entrypoints.trial import Trial, as_sentences, attempt
from helpline.line import Line, read_line
from helpline.tables import Event, LineVersion
from tests.conftest import DEMO_LINE

PEOPLE = (
    {"name": "Ana", "role": "peer", "languages": "en", "on shift": "yes", "number": "+12125550120"},
    {"name": "Bo", "role": "peer", "languages": "en", "on shift": "yes", "number": "+12125550121"},
    {"name": "Cal", "role": "backup", "languages": "en", "on shift": "yes", "number": "+12125550122"},
)


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """Sam has called; Ana was rung, and then Bo."""
    made = make_world()
    made.enlist(recruits(PEOPLE, "the staff"))
    for person in PEOPLE:
        made.network.phone(person["number"], name=person["name"])
    made.network.phone("+16465550141", name="Sam").dial(made.line.line.number)
    made.run_for(30)
    return made


def changed(key: str, value: str) -> Line:
    return read_line(amended(Path(DEMO_LINE).read_text(encoding="utf-8"), key, value))


def tried(world: World, line: Line, days: float = 7) -> Trial:
    with world.database.work() as work:
        before = work.session.scalar(select(func.count()).select_from(Event))
        found = attempt(work, line, days)
        assert work.session.scalar(select(func.count()).select_from(Event)) == before
        assert work.session.scalar(select(func.count()).select_from(LineVersion)) == 1
        return found


def test_the_line_as_it_is_would_have_decided_the_same(world: World) -> None:
    found = tried(world, world.line)
    assert found.tried >= 2
    assert found.differences == []


def test_ringing_two_at_once_would_have_rung_bo_beside_ana(world: World) -> None:
    found = tried(world, changed("queues.support.at_once", "2"))
    first = found.differences[0]
    assert (first.then, first.now) == (("Ana",), ("Ana", "Bo"))
    assert [name for name, _ in first.why] == ["Bo"]


def test_the_differences_are_told_with_the_reason_for_each_person(world: World) -> None:
    line = changed("queues.support.at_once", "2")
    text = "\n".join(as_sentences(tried(world, line), line, 1))
    assert "with this file: Ana, Bo" in text
    assert "Bo fits, free, and idle longest" in text


def test_only_the_days_asked_for_are_looked_at(world: World) -> None:
    world.network.phone("+16465550141").hang_up()
    world.run_for(7200)
    assert tried(world, world.line, days=1 / 24).tried == 0


def test_a_queue_that_is_gone_is_said_to_be(world: World) -> None:
    text = Path(DEMO_LINE).read_text(encoding="utf-8").replace("queues.support", "queues.other")
    line = read_line(text.replace('queue = "support"', 'queue = "other"'))
    found = tried(world, line)
    assert found.tried == 0 and found.queue_gone > 0
