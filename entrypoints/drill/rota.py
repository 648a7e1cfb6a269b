"""The rota of a drill beside its people: shifts from a table, and days on which somebody is away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from entrypoints.drill.scene import Drill, NotSo, Row
from entrypoints.drill.vocabulary import step
from entrypoints.returning import Refused
from entrypoints.shift_table import come_back, go_away, load_shifts, read_rows
from entrypoints.spreadsheet import Row as TableRow
from entrypoints.spreadsheet import TableError
from shifts.entries import COLUMNS


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


def _load(drill: Drill, table: Sequence[Row], *, add: bool) -> None:
    unknown = sorted({name for row in table for name in row} - {*COLUMNS})
    if unknown:
        raise NotSo(f"a shift has no column {unknown[0]!r}; the columns are {', '.join(COLUMNS)}")
    rows = [TableRow(number, dict.fromkeys(COLUMNS, "") | dict(row)) for number, row in enumerate(table, start=2)]
    try:
        found = read_rows(rows, "these shifts")
        with drill.world.database.work() as work:
            load_shifts(work, found, "these shifts", add=add)
    except TableError as fault:
        raise NotSo(str(fault)) from None
