"""The rota shown, and one proposed from what the line wants, what is open and what people say, to be loaded."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner, Result

from entrypoints import rota_commands, shift_commands
from entrypoints.drill.world import World
from entrypoints.people import Recruit
from helpline.line import LineError, read_line
from helpline.nouns import Role
from shifts.roster import current_rota
from tests.conftest import DEMO_LINE, MakeWorld

ZONE = ZoneInfo("America/New_York")
WANTED = """
[rota.proposal]
most_nights_in_a_row = 2

[[rota.cover]]
hours = "22:00-06:00"

[[rota.cover]]
hours = "18:00-22:00"
minimum = 1
target = 2

[[rota.cover]]
language = "es"
hours = "18:00-22:00"
days = ["sat", "sun"]
"""
SAID = """person,days,hours,kind
Ana,daily,18:00-06:00,can
Bo,daily,18:00-06:00,can
Bo,sat,,prefer
Cal,daily,22:00-06:00,can
Cal,wed,,avoid
Dee,daily,18:00-22:00,can
"""


@pytest.fixture
def world(make_world: MakeWorld, tmp_path: Path) -> World:
    path = tmp_path / "line.toml"
    path.write_text(DEMO_LINE.read_text(encoding="utf-8") + WANTED, encoding="utf-8")
    made = make_world(line_path=path, start=datetime(2026, 3, 5, 12, tzinfo=ZONE))
    names = ("Ana", "Bo", "Cal", "Dee", "Eve")
    made.enlist(
        [
            Recruit(name, Role.PEER, ("en", "es") if name == "Dee" else ("en",), f"+1212555012{number}")
            for number, name in enumerate(names)
        ]
    )
    (tmp_path / "said.csv").write_text(SAID, encoding="utf-8")
    return made


def run(world: World, *words: str) -> Result:
    main = click.Group()
    shift_commands.add_to(main, lambda: world.database, lambda: "http://127.0.0.1:8010")
    rota_commands.add_to(main, lambda: world.database)
    return CliRunner().invoke(main, list(words))


def done(world: World, *words: str) -> str:
    shown = run(world, *words)
    assert shown.exit_code == 0, shown.output
    return shown.output


def test_what_is_proposed_becomes_the_rota_and_leaves_nothing_to_propose(world: World, tmp_path: Path) -> None:
    said, out = str(tmp_path / "said.csv"), str(tmp_path / "out.csv")
    asked = ("rota", "propose", "--weeks", "2", "--availability", said, "--seconds", "8")
    told = done(world, *asked, "--out", out)
    assert "Proposed for Mon 9 Mar to Sun 22 Mar 2026: 42 of 42 places filled." in told
    assert f"helpline shifts load --add {out}" in told
    assert "42 added" in done(world, "shifts", "load", "--add", out)
    with Path(out).open(encoding="utf-8-sig", newline="") as rows:
        people = {row["person"] for row in csv.DictReader(rows)}
    assert people == {"Ana", "Bo", "Cal", "Dee"}  # of Eve nobody has asked anything
    again = json.loads(done(world, *asked, "--json"))
    assert (again["shifts"], again["unfilled"]) == ([], [])
    with world.database.work() as work:
        rota = current_rota(work)
        night = datetime(2026, 3, 9, 23, tzinfo=ZONE)
        assert all(len(rota.at(night + timedelta(days=n))) == 1 for n in range(14))


def test_what_is_missing_is_told_with_what_kept_the_others(world: World, tmp_path: Path) -> None:
    done(world, "leave", "add", "Bo", "2026-03-09", "2026-03-22")
    done(world, "leave", "add", "Cal", "2026-03-09", "2026-03-22")
    found = json.loads(
        done(
            world,
            "rota",
            "propose",
            "--weeks",
            "1",
            "--availability",
            str(tmp_path / "said.csv"),
            "--seconds",
            "5",
            "--json",
        )
    )
    nights = [one for one in found["unfilled"] if one["missing_to_minimum"]]
    assert len(nights) == 2  # Ana has five of seven, never more than two in a row
    assert {why for one in nights for why in one["kept"] if not why.startswith("Ana")} == {
        "Bo: not available",
        "Cal: not available",
        "Dee: not available",
    }
    assert all(one["could"] == 1 for one in nights)
    told = done(
        world, "rota", "propose", "--weeks", "1", "--availability", str(tmp_path / "said.csv"), "--seconds", "5"
    )
    assert "1 short of the minimum. 1 could at that time. Ana: " in told
    assert "No rota that keeps the rules fills more." in told


def test_an_open_shift_is_proposed_to_somebody_and_taken(world: World, tmp_path: Path) -> None:
    table, out = tmp_path / "open.csv", tmp_path / "out.csv"
    header = "person,role,first day,hours,repeats\n"
    table.write_text(header + ",peer,2026-03-09,22:00-06:00,daily\n", encoding="utf-8")
    done(world, "shifts", "load", str(table))
    done(world, "rota", "propose", "--weeks", "1", "--seconds", "5", "--out", str(out))
    assert "7 open ones taken" in done(world, "shifts", "load", "--add", str(out))
    with world.database.work() as work:
        assert all(one.person for one in current_rota(work).beginning_on(date(2026, 3, 11)))


def test_the_rota_is_shown_day_by_day(world: World, tmp_path: Path) -> None:
    assert "There is no shift." in done(world, "rota", "show")
    table = tmp_path / "shifts.csv"
    table.write_text(
        "person,role,first day,hours,queues\nAna,peer,2026-03-07,22:00-06:00,support\n,peer,2026-03-08,08:00-12:00,\n",
        encoding="utf-8",
    )
    done(world, "shifts", "load", str(table))
    assert done(world, "rota", "show").splitlines() == [
        "Sat 7 Mar 22:00-06:00  Ana, peer for support",
        "Sun 8 Mar 08:00-12:00  OPEN, peer",
    ]
    first = json.loads(done(world, "rota", "show", "--from", "2026-03-07", "--json").splitlines()[0])
    assert (first["person"], first["day"], first["queues"]) == ("Ana", "2026-03-07", ["support"])


def test_whoever_is_not_on_the_roster_is_named_by_row(world: World, tmp_path: Path) -> None:
    path = tmp_path / "said.csv"
    path.write_text(SAID + "Zoe,mon,,can\n", encoding="utf-8")
    shown = run(world, "rota", "propose", "--availability", str(path))
    assert shown.exit_code == 1
    assert "said.csv, row 8: nobody on the roster is called 'Zoe'" in shown.output
    path.write_text(SAID + "Ana,someday,,can\n", encoding="utf-8")
    assert "said.csv, row 8: days are such as" in run(world, "rota", "propose", "--availability", str(path)).output


def test_without_the_solver_one_sentence_says_what_to_install(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    shown = run(world, "rota", "propose")
    assert shown.exit_code == 1
    assert "pip install 'helpline[rota]'" in shown.output


def test_the_limits_of_the_line_are_checked() -> None:
    text = DEMO_LINE.read_text(encoding="utf-8")
    assert read_line(text + WANTED).rota.proposal.most_nights_in_a_row == 2
    assert read_line(text).rota.proposal.most_nights_in_a_row == 3
    for wrong in ("most_nights_in_a_row = 0", 'usual_shifts = ["late"]', "usual_shifts = []", "tea = true"):
        with pytest.raises(LineError, match=r"rota\.proposal"):
            read_line(f"{text}\n[rota.proposal]\n{wrong}\n")
