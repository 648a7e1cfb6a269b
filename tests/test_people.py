"""The roster: a file becomes the people of the line, and a later one takes its place whole."""

from __future__ import annotations

from collections.abc import Callable

from entrypoints.drill.world import World
from entrypoints.people import recruits
from shifts.roster import person_by_number, roster

FIRST, SECOND = "+12125550121", "+12125550122"


def load(world: World, **numbers: str) -> None:
    world.enlist(recruits([{"name": name, "role": "peer", "number": number} for name, number in numbers.items()], "it"))


def test_two_people_may_swap_numbers(make_world: Callable[[], World]) -> None:
    world = make_world()
    load(world, Ana=FIRST, Bo=SECOND)
    load(world, Ana=SECOND, Bo=FIRST)
    with world.database.work() as work:
        holder = person_by_number(work, FIRST)
        assert holder is not None
        assert holder.name == "Bo"


def test_the_number_of_somebody_who_left_may_pass_to_another(make_world: Callable[[], World]) -> None:
    world = make_world()
    load(world, Ana=FIRST)
    load(world, Cal=FIRST)
    with world.database.work() as work:
        assert [one.name for one in roster(work).people] == ["Cal"]
        holder = person_by_number(work, FIRST)
        assert holder is not None
        assert holder.name == "Cal"
