"""Shifts, people and leave as tables: loaded whole or not at all, written out and read again as they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from entrypoints.drill.world import World
from entrypoints.people import COLUMNS as PEOPLE_COLUMNS
from entrypoints.people import Recruit, as_cells, enlisted, read_roster, recruits
from entrypoints.shift_commands import add_to, put
from entrypoints.spreadsheet import parse_table, write_table
from helpline.hours import WHOLE_DAY, Hours, read_hours
from helpline.nouns import Role
from helpline.tables import Event, OverrideRow, Person, ShiftRow
from shifts import leave
from shifts.roster import current_rota
from shifts.rota import on_duty
from shifts.single import add_single
from tests.conftest import MakeWorld

HEADER = "person,role,first day,hours,repeats,tier,queues,time zone,on holidays\n"
SUNDAY = date(2026, 3, 8)
ZONE = ZoneInfo("America/New_York")
SHIFTS = """
Ana,peer,2026-03-08,22:00-06:00,weekly,,,,yes
Bo,backup,2026-03-08,18:00-22:00,weekdays until 2026-12-31,,support,,no
Lee,clinician,2026-03-08,00:00-00:00,every 2 weeks,1,,America/Denver,yes
,peer,2026-03-10,08:00-12:00,,,,,yes
""".lstrip()


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    made = make_world(start=datetime(2026, 3, 7, 12, tzinfo=ZONE))
    made.enlist(
        [
            Recruit("Ana", Role.PEER, ("en", "es"), "+12125550121", hours=(WHOLE_DAY,)),
            Recruit("Bo", Role.PEER, ("en",), "+12125550122", queues=("support",)),
            Recruit("Lee", Role.CLINICIAN, ("en",), "+12125550123", tier=1),
        ]
    )
    return made


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str], str]:
    def write(rows: str) -> str:
        path = tmp_path / "shifts.csv"
        path.write_text(HEADER + rows, encoding="utf-8")
        return str(path)

    return write


def run(world: World, *words: str) -> Result:
    main = click.Group()
    add_to(main, lambda: world.database, lambda: "http://127.0.0.1:8010")
    return CliRunner().invoke(main, list(words))


def done(world: World, *words: str) -> str:
    shown = run(world, *words)
    assert shown.exit_code == 0, shown.output
    return shown.output


def refused(world: World, *words: str) -> str:
    shown = run(world, *words)
    assert shown.exit_code == 1
    return shown.output


def loaded(world: World) -> dict[UUID, str]:
    """What is loaded: which person, by the id of their shift."""
    with world.database.work() as work:
        rows = work.session.scalars(select(ShiftRow).where(~ShiftRow.from_roster))
        return {row.id: f"{row.person_id} {row.starts} {row.repeats}" for row in rows}


def test_shifts_are_loaded_and_written_out_as_they_were(
    world: World, table: Callable[[str], str], tmp_path: Path
) -> None:
    assert "Shifts: 4 added, 0 removed, 0 unchanged." in done(world, "shifts", "load", table(SHIFTS))
    assert done(world, "shifts", "export") == HEADER + SHIFTS
    out = tmp_path / "out.csv"
    done(world, "shifts", "export", str(out))
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    before = loaded(world)
    assert "0 added, 0 removed, 4 unchanged" in done(world, "shifts", "load", str(out))
    assert loaded(world) == before


def test_the_shifts_are_who_is_on_duty(world: World, table: Callable[[str], str]) -> None:
    done(world, "shifts", "load", table("Bo,peer,2026-03-08,22:00-06:00,,,,,yes\n"))
    with world.database.work() as work:
        rota = current_rota(work)
        names = [one for one in rota.at(datetime(2026, 3, 9, 1, tzinfo=ZONE)) if one.on == SUNDAY]
        assert [(one.role, one.tier) for one in names if one.shift in loaded(world)] == [(Role.PEER, None)]


def test_a_loading_anew_keeps_what_has_not_changed_with_what_was_changed_on_single_days(
    world: World, table: Callable[[str], str]
) -> None:
    done(world, "shifts", "load", table(SHIFTS))
    before = loaded(world)
    with world.database.work() as work:
        ana = next(row for row, told in before.items() if "22:00" in told)
        work.session.add(OverrideRow(shift_id=ana, on_day=SUNDAY, cancelled=True, decided_at=work.now))
    changed = SHIFTS.replace("18:00-22:00", "17:00-22:00")
    told = done(world, "shifts", "load", table(changed))
    assert "1 added, 1 removed, 3 unchanged" in told
    assert "+ Bo: backup, 17:00-22:00, weekdays until 2026-12-31 from 2026-03-08, for support" in told
    assert "- Bo: backup, 18:00-22:00" in told
    assert len(before.keys() & loaded(world).keys()) == 3
    with world.database.work() as work:
        assert work.session.scalar(select(func.count()).select_from(OverrideRow)) == 1


def test_a_dry_run_tells_and_changes_nothing(world: World, table: Callable[[str], str]) -> None:
    told = done(world, "shifts", "load", table(SHIFTS), "--dry-run")
    assert "Nothing is changed yet. It would be: 4 added" in told
    assert not loaded(world)


UNREADABLE = """Ana,peer,soon,22:00-06:00,,,,,
Ana,peer,2026-03-08,22,,,,,
Zoe,peer,2026-03-08,22:00-06:00,,,,,
"""


def test_every_wrong_row_is_named_and_none_is_loaded(world: World, table: Callable[[str], str]) -> None:
    done(world, "shifts", "load", table(SHIFTS))
    before = loaded(world)
    said = refused(world, "shifts", "load", table(UNREADABLE))
    assert "shifts.csv, row 2: first day is a day such as" in said
    assert "shifts.csv, row 3: hours are written as" in said
    assert "shifts.csv, row 4: nobody on the roster is called 'Zoe'" in said
    wrong = [
        "Ana,peer,2026-03-08,22:00-06:00,,,,,",
        "Zoe,peer,2026-03-08,22:00-06:00,,,,,",
        "Ana,clinician,2026-03-08,22:00-06:00,,,,,",
        "Bo,peer,2026-03-08,22:00-06:00,,,youth,,",
        "Ana,peer,2026-03-08,22:00-06:00,,1,,,",
        "Ana,peer,2026-03-08,22:00-06:00,,,,,",
    ]
    said = refused(world, "shifts", "load", table("\n".join(wrong) + "\n"))
    assert [line.partition("row ")[2] for line in said.splitlines()] == [
        "3: nobody on the roster is called 'Zoe'",
        "4: Ana is a peer and may not serve as clinician",
        "5: the line has no queue called 'youth'",
        "5: Bo does not serve the queue 'youth'",
        "6: only a clinician is on call: with a tier, the role is clinician",
        "7: is the same shift as row 2",
    ]
    assert loaded(world) == before


def test_shifts_can_be_added_beside_the_present_ones(world: World, table: Callable[[str], str]) -> None:
    done(world, "shifts", "load", table(SHIFTS))
    more = "Ana,peer,2026-03-08,22:00-06:00,weekly,,,,\nAna,peer,2026-03-11,08:00-12:00,,,,,\n"
    assert "1 added, 0 removed, 1 unchanged" in done(world, "shifts", "load", table(more), "--add")
    assert len(loaded(world)) == 5


def test_whoever_stands_in_for_somebody_is_in_no_table_and_loading_one_leaves_them_there(
    world: World, table: Callable[[str], str]
) -> None:
    with world.database.work() as work:
        bo = work.session.scalars(select(Person.id).where(Person.name == "Bo")).one()
        add_single(work, bo, Role.PEER, work.now, work.now + timedelta(hours=2))
    assert "Bo" not in done(world, "shifts", "export")
    assert "1 added, 0 removed" in done(world, "shifts", "load", table("Ana,peer,2026-03-08,22:00-06:00,,,,,\n"))
    with world.database.work() as work:
        assert bo in on_duty(current_rota(work), work.now).on_shift


def test_a_transaction_that_changes_the_rota_twice_sees_both_changes_and_so_does_the_next(world: World) -> None:
    with world.database.work() as work:
        ana, bo = (work.session.scalars(select(Person.id).where(Person.name == name)).one() for name in ("Ana", "Bo"))
        for person in (ana, bo):
            leave.away(work, person, date(2026, 3, 8), date(2026, 3, 9))
            assert person in {one.person for one in current_rota(work).leaves}
    with world.database.work() as work:
        assert {one.person for one in current_rota(work).leaves} == {ana, bo}


def test_an_open_shift_is_taken_by_whoever_is_added_for_that_day_and_once_only(
    world: World, table: Callable[[str], str]
) -> None:
    done(world, "shifts", "load", table(",peer,2026-03-08,22:00-06:00,daily,,,,\n"))
    row = table("Ana,peer,2026-03-09,22:00-06:00,,,,,\n")
    assert "0 added, 0 removed, 0 unchanged, 1 open ones taken" in done(world, "shifts", "load", row, "--add")
    assert "0 added, 0 removed, 1 unchanged." in done(world, "shifts", "load", row, "--add")
    with world.database.work() as work:
        (one,) = work.session.scalars(select(OverrideRow))
        assert (one.on_day, one.person_id) == (
            date(2026, 3, 9),
            current_rota(work).beginning_on(date(2026, 3, 9))[-1].person,
        )
    assert "1 added" in done(world, "shifts", "load", table("Bo,peer,2026-03-09,22:00-06:00,,,,,\n"), "--add")


def test_two_who_are_added_for_two_open_shifts_of_a_day_have_one_each(
    world: World, table: Callable[[str], str]
) -> None:
    done(world, "shifts", "load", table(",peer,2026-03-08,22:00-06:00,daily,,,,\n" * 2))
    rows = "Ana,peer,2026-03-09,22:00-06:00,,,,,\nBo,peer,2026-03-09,22:00-06:00,,,,,\n"
    assert "2 open ones taken" in done(world, "shifts", "load", table(rows), "--add")


def test_the_hours_of_the_table_of_people_are_left_alone(world: World, table: Callable[[str], str]) -> None:
    done(world, "shifts", "load", table(SHIFTS))
    done(world, "shifts", "load", table(""))
    assert not loaded(world)
    with world.database.work() as work:
        assert work.session.scalar(select(func.count()).select_from(ShiftRow)) == 2


def test_the_table_of_people_loaded_anew_keeps_what_was_changed_on_single_days(world: World) -> None:
    with world.database.work() as work:
        hers = work.session.scalars(select(ShiftRow.id).where(ShiftRow.from_roster, ShiftRow.tier.is_(None))).one()
        work.session.add(OverrideRow(shift_id=hers, on_day=SUNDAY, cancelled=True, decided_at=work.now))
    with world.database.work() as work:
        people = enlisted(work)
    world.enlist(people)
    world.enlist([replace(one, tier=2) if one.tier else one for one in people])
    with world.database.work() as work:
        assert work.session.scalars(select(OverrideRow.shift_id)).all() == [hers]
        assert [row.tier for row in work.session.scalars(select(ShiftRow).where(ShiftRow.tier.is_not(None)))] == [2]
    world.enlist([replace(one, hours=()) for one in people])
    with world.database.work() as work:
        assert not work.session.scalars(select(OverrideRow)).all()


def test_the_journal_has_figures_and_no_name(world: World, table: Callable[[str], str]) -> None:
    done(world, "shifts", "load", table(SHIFTS))
    done(world, "leave", "add", "Ana", "2026-03-08")
    with world.database.work() as work:
        events = work.session.execute(select(Event.what, Event.reasons)).all()
    assert ("rota.loaded", {"added": 4, "removed": 0, "unchanged": 0, "taken": 0}) in events
    assert "Ana" not in str(events)


def test_whoever_is_away_leaves_their_shifts_open_until_the_leave_is_called_off(
    world: World, table: Callable[[str], str]
) -> None:
    done(world, "shifts", "load", table("Bo,peer,2026-03-08,22:00-06:00,weekly,,,,\n"))
    told = done(world, "leave", "add", "Bo", "2026-03-08", "2026-03-15")
    assert told.splitlines() == [
        "Bo is away from 2026-03-08 to 2026-03-15; 2 shifts of theirs are open for it.",
        "  Sun 8 Mar 22:00-06:00 peer",
        "  Sun 15 Mar 22:00-06:00 peer",
    ]
    assert done(world, "leave", "list").splitlines() == ["2026-03-08 to 2026-03-15  Bo"]
    with world.database.work() as work:
        assert [one.person for one in current_rota(work).beginning_on(SUNDAY) if one.shift in loaded(world)] == [None]
    done(world, "leave", "remove", "Bo", "2026-03-08")
    with world.database.work() as work:
        assert None not in [one.person for one in current_rota(work).beginning_on(SUNDAY)]
    assert "Nobody is away" in done(world, "leave", "list")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("Zoe", "2026-03-08"), "nobody on the roster"),
        (("Bo", "2026-03-08", "2026-03-07"), "the last day is before the first"),
        (("Bo", "2026-03-01", "2026-03-06"), "those days are over"),
        (("Bo", "2026-03-08", "2028-03-08"), "more than a year"),
        (("Bo", "2026-03-14", "2026-03-20"), "they are away from 2026-03-10 to 2026-03-14 already"),
    ],
)
def test_leave_that_cannot_be_is_refused_in_a_sentence(world: World, words: tuple[str, ...], says: str) -> None:
    done(world, "leave", "add", "Bo", "2026-03-10", "2026-03-14")
    assert says in refused(world, "leave", "add", *words)
    assert "no leave of theirs that begins" in refused(world, "leave", "remove", "Bo", "2026-03-11")


names = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=10).map(str.strip).filter(bool)
words = st.lists(st.sampled_from(["en", "es", "fr"]), max_size=3, unique=True).map(tuple)
spans = st.sampled_from(["22:00-06:00", "08:00-12:30", "00:00-00:00"]).map(read_hours)
people = st.builds(
    Recruit,
    name=names,
    role=st.sampled_from(Role),
    languages=words.filter(bool),
    number=st.integers(100, 199).map("+12125550{}".format),
    skills=st.sampled_from([(), ("grief:2", "veterans until 2027-01-31")]),
    excludes=st.sampled_from([(), ("suicide loss", "abuse")]),
    hours=st.lists(spans, max_size=2, unique_by=str).map(tuple),
    tier=st.one_of(st.none(), st.integers(1, 9)),
    queues=st.sampled_from([(), ("support",), ("support", "youth")]),
    most_texts=st.one_of(st.none(), st.integers(1, 100)),
    zone=st.sampled_from([None, "America/Denver"]),
)


@given(st.lists(people, max_size=4, unique_by=(lambda one: one.name, lambda one: one.number)))
def test_people_are_read_again_as_they_were_written(some: list[Recruit]) -> None:
    text = write_table(PEOPLE_COLUMNS, map(as_cells, some))
    rows = parse_table(text, PEOPLE_COLUMNS, "it")
    assert recruits([row.cells for row in rows], "it") == some


def test_the_roster_is_written_out_as_it_stands(world: World, tmp_path: Path) -> None:
    with world.database.work() as work:
        found = enlisted(work)
    path = tmp_path / "people.csv"
    put(path, PEOPLE_COLUMNS, map(as_cells, found))
    assert read_roster(path) == found
    assert [(one.name, one.hours, one.tier) for one in found] == [
        ("Ana", (Hours(*2 * (WHOLE_DAY.starts,)),), None),
        ("Bo", (), None),
        ("Lee", (), 1),
    ]
    assert found[0].number == "+12125550121"
