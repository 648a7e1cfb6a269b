"""The roster: a file becomes the people of the line, and a later one takes its place whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from entrypoints.drill.world import World
from entrypoints.people import RosterError, read_roster, recruits
from shifts.roster import person_by_number, roster

DEMO_PEOPLE = Path(__file__).resolve().parents[1] / "lines" / "demo.people.csv"
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


HEADER = "name,role,languages,skills,excludes,queues,most texts,on shift,on call,number\n"


def complaint(path: Path, *rows: str) -> str:
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    with pytest.raises(RosterError) as wrong:
        read_roster(path)
    return str(wrong.value)


def test_a_person_has_skills_queues_and_a_number_of_texts(make_world: Callable[[], World], tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    row = 'Ana,peer,en,"grief:2, veterans until 2027-01-31",Suicide Loss,support,1,yes,,+12125550121'
    path.write_text(HEADER + row, encoding="utf-8")
    world = make_world()
    world.enlist(read_roster(path))
    with world.database.work() as work:
        (ana,) = roster(work).people
    assert (ana.skills, ana.queues, ana.most_texts) == (["grief:2", "veterans until 2027-01-31"], ["support"], 1)
    assert ana.excludes == ["suicide loss"]


def test_somebody_who_serves_a_queue_that_the_line_lacks_is_told_by_row(make_world: Callable[[], World]) -> None:
    rows = [{"name": "Ana", "role": "peer", "number": FIRST}]
    rows += [{"name": "Bo", "role": "peer", "number": SECOND, "queues": "support, night"}]
    world = make_world()
    with pytest.raises(RosterError, match=r"^row 3: the line has no queue called 'night'$"):
        world.enlist(recruits(rows, "it"))
    with world.database.work() as work:
        assert not roster(work).people


def test_every_row_that_is_wrong_is_named(tmp_path: Path) -> None:
    said = complaint(
        tmp_path / "roster.csv",
        "Ana,peer,en,grief:12,,,,yes,,+12125550121",
        "Bo,peer,en,,,,none,yes,,+12125550122",
        "Cal,peer,en,grief until 2027-02-31,,,0,yes,,+12125550123",
        "Dee,peer,en,grief,,,2,yes,,+12125550124",
    ).splitlines()
    assert [line.partition(":")[0] for line in said] == [f"roster.csv, row {row}" for row in (2, 3, 4)]
    assert "write it as veterans, grief:2" in said[0]
    assert "most texts is a number from 1 to 100, not 'none'" in said[1]


def test_the_demonstration_people_stay_valid() -> None:
    assert all(one.most_texts is None and one.queues == () for one in read_roster(DEMO_PEOPLE))
