"""A rehearsal before a process serves anybody: it goes all the way, and leaves nothing behind."""

from typing import Any

import pytest
from sqlalchemy import func, select

from entrypoints.drill.world import World
from entrypoints.people import WHOLE_DAY, Recruit
from entrypoints.rehearsal import rehearse
from helpline.nouns import Role
from helpline.tables import Table
from tests.conftest import MakeWorld

ANA = Recruit("Ana", Role.PEER, ("en",), "+12125550121", hours=(WHOLE_DAY,))


def rows(world: World) -> dict[str, Any]:
    with world.database.work() as work:
        count = {table.name: select(func.count()).select_from(table) for table in Table.metadata.sorted_tables}
        return {name: work.session.scalar(query) for name, query in count.items()}


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    made = make_world()
    made.enlist([ANA])
    return made


def test_a_rehearsal_comes_to_a_conversation_and_leaves_nothing_behind(world: World) -> None:
    before = rows(world)
    assert rehearse(world.database)
    world.run_for(60)
    assert rows(world) == before
    assert not world.network.calls
    assert not world.rung


def test_a_rehearsal_is_left_out_while_somebody_is_on_the_line(world: World) -> None:
    world.network.phone("+16465550141", name="Sam").dial(world.line.line.number)
    world.settle()
    before = rows(world)
    assert not rehearse(world.database)
    assert rows(world) == before


def test_without_anybody_on_shift_a_rehearsal_ends_early_and_leaves_nothing_behind(make_world: MakeWorld) -> None:
    world = make_world()
    before = rows(world)
    assert not rehearse(world.database)
    assert rows(world) == before
