"""The rota in a drill: shifts from a table, who is away, what the line wants at least, and whose a shift is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from entrypoints.drill.scene import Drill, NotSo, Row
from entrypoints.drill.vocabulary import step
from entrypoints.returning import Refused
from entrypoints.shift_table import come_back, go_away, load_shifts, read_rows
from entrypoints.spreadsheet import Row as TableRow
from entrypoints.spreadsheet import TableError
from helpline.database import Work
from helpline.tables import Person
from shifts.entries import COLUMNS
from shifts.roster import current_rota
from shifts.rota import Occurrence


@step("these shifts:")
def _shifts(drill: Drill, table: Sequence[Row]) -> None:
    _load(drill, table, add=False)


@step("these shifts are added:")
def _more_shifts(drill: Drill, table: Sequence[Row]) -> None:
    _load(drill, table, add=True)


@step("{name} is away from {day} to {day}")
def _away(drill: Drill, name: str, first: str, last: str) -> None:
    try:
        with drill.world.database.work() as work:
            go_away(work, name, date.fromisoformat(first), date.fromisoformat(last))
    except Refused as fault:
        raise NotSo(str(fault)) from None


@step("the leave of {name} from {day} is called off")
def _back(drill: Drill, name: str, first: str) -> None:
    try:
        with drill.world.database.work() as work:
            come_back(work, name, date.fromisoformat(first))
    except Refused as fault:
        raise NotSo(str(fault)) from None


@step("the line wants {n} {role}")
def _wants(drill: Drill, n: str, role: str) -> None:
    _require(drill, f'role = "{role}"\nminimum = {n}')


@step("the line wants {n} {role} from {hour} to {hour}")
def _wants_then(drill: Drill, n: str, role: str, opens: str, closes: str) -> None:
    _require(drill, f'role = "{role}"\nminimum = {n}\nhours = "{opens}-{closes}"')


@step("the line wants {n} {role} who {speak} {words}")
def _wants_language(drill: Drill, n: str, role: str, language: str) -> None:
    _require(drill, f'role = "{role}"\nminimum = {n}\nlanguage = "{language}"')


@step("the line wants {n} clinician on call in tier {n}")
def _wants_on_call(drill: Drill, n: str, tier: str) -> None:
    _require(drill, f'role = "clinician"\nminimum = {n}\ntier = {tier}')


@step("whoever serves as {role} needs {words}")
def _requires(drill: Drill, role: str, skill: str) -> None:
    _add(drill, f'[rota.required]\n{role} = ["{skill}"]')


@step("{both} text {words} at the same moment", acts=True)
def _both_text(drill: Drill, first: str, second: str, words: str) -> None:
    """Both are under way before the line hears of either; its door hears of the first one first."""
    phones = [drill.staff(first), drill.staff(second)]
    for phone in phones:
        phone.text(drill.world.line.line.number, words)


@step("{name} has the shift that begins {when}")
def _has(drill: Drill, name: str, when: str) -> None:
    with drill.world.database.work() as work:
        whose = {one.person for one in _beginning(drill, work, when)}
        if _person(work, name) not in whose:
            raise NotSo(f"{name} does not have the shift that begins {when}")


@step("{name} does not have the shift that begins {when}")
def _has_not(drill: Drill, name: str, when: str) -> None:
    with drill.world.database.work() as work:
        if _person(work, name) in {one.person for one in _beginning(drill, work, when)}:
            raise NotSo(f"{name} has the shift that begins {when}")


@step("the shift that begins {when} is open")
def _is_open(drill: Drill, when: str) -> None:
    with drill.world.database.work() as work:
        if all(one.person is not None for one in _beginning(drill, work, when)):
            raise NotSo(f"no shift that begins {when} is open")


def _load(drill: Drill, table: Sequence[Row], *, add: bool) -> None:
    unknown = sorted({name for row in table for name in row} - {*COLUMNS})
    if unknown:
        raise NotSo(f"a shift has no column {unknown[0]!r}; the columns are {', '.join(COLUMNS)}")
    roles = {one.name: one.role.value for one in drill.people}
    rows = [
        TableRow(number, {**dict.fromkeys(COLUMNS, ""), "role": roles.get(row.get("person", ""), "peer"), **row})
        for number, row in enumerate(table, start=2)
    ]
    try:
        sheet = read_rows(rows, "these shifts")
        with drill.world.database.work() as work:
            load_shifts(work, sheet, add=add)
    except TableError as fault:
        raise NotSo(str(fault)) from None


def _beginning(drill: Drill, work: Work, when: str) -> list[Occurrence]:
    """The shifts that begin at that moment of the line's wall clock; NotSo if there is none."""
    wall = datetime.strptime(when, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the line's zone is added here
    moment = wall.replace(tzinfo=drill.world.line.zone)
    found = [one for one in current_rota(work).beginning_on(wall.date()) if one.starts == moment]
    if not found:
        raise NotSo(f"no shift begins {when}")
    return found


def _person(work: Work, name: str) -> UUID:
    found = work.session.scalar(select(Person.id).where(Person.name == name, Person.active))
    if found is None:
        raise NotSo(f"nobody of these people is called {name}")
    return found


def _require(drill: Drill, requirement: str) -> None:
    _add(drill, f"[[rota.cover]]\n{requirement}")


def _add(drill: Drill, table: str) -> None:
    """Another table of the line file, for this drill."""
    drill.rewrite_line(lambda text: f"{text}\n{table}\n")
