"""A rehearsal before a process serves anybody: it goes all the way, and leaves nothing behind."""

import pytest
from structlog.testing import capture_logs

from entrypoints.drill.world import World
from entrypoints.people import Recruit
from entrypoints.rehearsal import rehearse
from helpline.hours import WHOLE_DAY
from helpline.nouns import Role
from tests.conftest import MakeWorld
from tests.webhooks.doorstep import contents

ANA = Recruit("Ana", Role.PEER, ("en",), "+12125550121", hours=(WHOLE_DAY,))


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    made = make_world()
    made.enlist([ANA])
    return made


def test_a_rehearsal_comes_to_a_conversation_and_leaves_nothing_behind(world: World) -> None:
    before = contents(world.engine)
    assert rehearse(world.database)
    assert contents(world.engine) == before
    assert not world.network.calls
    assert not world.rung


def test_a_rehearsal_is_left_out_while_somebody_is_on_the_line(world: World) -> None:
    world.network.phone("+16465550141", name="Sam").dial(world.line.line.number)
    world.settle()
    before = contents(world.engine)
    with capture_logs() as told:
        assert not rehearse(world.database)
    assert told == []
    assert contents(world.engine) == before


def test_without_anybody_on_shift_a_rehearsal_ends_early_and_leaves_nothing_behind(make_world: MakeWorld) -> None:
    world = make_world()
    before = contents(world.engine)
    with capture_logs() as told:
        assert not rehearse(world.database)
    assert told == []
    assert contents(world.engine) == before
