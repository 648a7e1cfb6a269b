"""What the commands about shifts and leave do, told in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from entrypoints.returning import Refused, somebody
from entrypoints.spreadsheet import Row, TableError, read_table
from helpline.database import Work
from helpline.tables import Person
from shifts import leave, wording
from shifts.entries import COLUMNS, Entry, as_cells, read_entry
from shifts.loading import Changes, EntriesWrong, Numbered, carry_out, changes

MOST_TOLD = 40
__all__ = ["Refused", "come_back", "go_away", "leaves_as_json", "load_shifts", "read_rows", "read_shifts", "somebody"]


@dataclass(frozen=True)
class Sheet:
    """The shifts of a table called `source`, and the numbers of rows that cannot be read, with what is wrong."""

    source: str
    shifts: Sequence[Numbered]
    faults: Sequence[tuple[int, str]]


def read_shifts(path: Path) -> Sheet:
    """The shifts in a CSV file. TableError if it is no such table."""
    return read_rows(read_table(path, COLUMNS), path.name)


def read_rows(rows: Iterable[Row], source: str) -> Sheet:
    """The shifts in the rows of a table."""
    found: list[Numbered] = []
    faults: list[tuple[int, str]] = []
    for row in rows:
        try:
            found.append(Numbered(row.number, read_entry(row.cells)))
        except ValueError as problem:
            faults.append((row.number, str(problem)))
    return Sheet(source, found, faults)


def load_shifts(work: Work, sheet: Sheet, *, add: bool = False, dry_run: bool = False) -> list[str]:
    """Load the shifts, or only say what that would do. TableError names each wrong row, and then nothing is loaded."""
    faults = list(sheet.faults)
    try:
        what = changes(work, sheet.shifts, add=add)
    except EntriesWrong as wrong:
        faults += wrong.faults
    if faults:
        in_order = sorted(faults, key=lambda one: one[0])
        raise TableError("\n".join(f"{sheet.source}, row {row}: {said}" for row, said in in_order))
    if not dry_run:
        carry_out(work, what)
    return list(_told(what, dry_run=dry_run))


def _told(what: Changes, *, dry_run: bool) -> Iterator[str]:
    gone = [entry for _, entry in what.removed]
    new = [*what.added, *(entry for entry, _ in what.taken)]
    lines = [f"+ {_sentence(entry)}" for entry in new] + [f"- {_sentence(entry)}" for entry in gone]
    yield from lines[:MOST_TOLD]
    if len(lines) > MOST_TOLD:
        yield f"  and {len(lines) - MOST_TOLD} more"
    counts = f"{len(what.added)} added, {len(gone)} removed, {len(what.unchanged)} unchanged"
    taken = f", {len(what.taken)} open ones taken" if what.taken else ""
    yield f"{'Nothing is changed yet. It would be: ' if dry_run else 'Shifts: '}{counts}{taken}."


def _sentence(entry: Entry) -> str:
    cells = as_cells(entry)
    told = f"{entry.person or 'open'}: {entry.role}, {entry.hours}, {cells['repeats'] or 'once'} from {entry.first}"
    tier = f", on call in tier {entry.tier}" if entry.tier is not None else ""
    queues = f", for {cells['queues']}" if entry.queues else ""
    return f"{told}{tier}{queues}"


def go_away(work: Work, name: str, first: date, last: date) -> list[str]:
    """Somebody is away on these days. Raises Refused."""
    person = somebody(work, name)
    try:
        opened = leave.away(work, person.id, first, last)
    except leave.LeaveRefused as problem:
        raise Refused(str(problem)) from None
    zone = work.line().zone
    shifts = [f"  {wording.shift(one, zone)} {one.role}" for one in opened]
    told = "one shift of theirs is" if len(shifts) == 1 else f"{len(shifts)} shifts of theirs are"
    return [f"{person.name} is away from {first} to {last}; {told} open for it.", *shifts]


def come_back(work: Work, name: str, first: date) -> None:
    """Somebody is not away after all. Raises Refused."""
    try:
        leave.back(work, somebody(work, name).id, first)
    except leave.LeaveRefused as problem:
        raise Refused(str(problem)) from None


def leaves_as_json(work: Work) -> list[dict[str, Any]]:
    """Who is away, earliest first."""
    return [
        {
            "name": work.session.get_one(Person, row.person_id).name,
            "first": row.first_on.isoformat(),
            "last": row.last_on.isoformat(),
        }
        for row in leave.leaves(work)
    ]
