"""Tables as spreadsheets write and read them: CSV with a byte order mark, semicolons and empty lines, and no formulas.

A cell that a spreadsheet would take for a formula is written behind an apostrophe, which is taken away again on
reading: so a number keeps its plus, and nobody's name does anything.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FORMULA = frozenset("=+-@\t\r'")
DELIMITERS = ",;\t"
MOST_BYTES = 10_000_000


class TableError(Exception):
    """The table cannot be used; one sentence a row that is wrong."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its number as a spreadsheet shows it; every cell is there, trimmed."""

    number: int
    cells: Mapping[str, str]


def read_table(path: Path, columns: Sequence[str]) -> list[Row]:
    """The rows of a CSV file with a header of `columns`, any of which may be left out. TableError says what is not."""
    try:
        content = path.read_bytes()
        if len(content) > MOST_BYTES:
            raise TableError(f"{path.name}: more than {MOST_BYTES // 1_000_000} MB is no table of ours")
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise TableError(f"{path}: cannot be read ({type(problem).__name__})") from None
    return parse_table(text, columns, path.name)


def parse_table(text: str, columns: Sequence[str], source: str) -> list[Row]:
    """The same for the text of a file called `source`."""
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error as problem:
        raise TableError(f"{source}: not a table of comma-separated values ({problem})") from None
    while lines and not any(cell.strip() for cell in lines[-1]):
        lines.pop()
    if not lines:
        raise TableError(f"{source}: is empty; the columns are {', '.join(columns)}")
    header = [name.strip().lower() for name in lines[0]]
    while header and not header[-1]:
        header.pop()
    _check_header(header, columns, source)
    rows: list[Row] = []
    faults: list[str] = []
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(header) :]):
            faults.append(f"{source}, row {number}: has more cells than the header")
        values = [_unguarded(cell.strip()) for cell in cells] + [""] * len(header)
        rows.append(Row(number, dict.fromkeys(columns, "") | dict(zip(header, values, strict=False))))
    if faults:
        raise TableError("\n".join(faults))
    return rows


def write_table(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """The rows as CSV under a header of `columns`."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_guarded(row[name]) for name in columns])
    return out.getvalue()


def save_table(path: Path, text: str) -> None:
    """Write it with the mark by which spreadsheets know UTF-8. TableError if it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8-sig", newline="")
    except OSError as problem:
        raise TableError(f"{path}: cannot be written ({type(problem).__name__})") from None


def _delimiter(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max(DELIMITERS, key=header.count)


def _check_header(header: Sequence[str], columns: Sequence[str], source: str) -> None:
    told = f"the columns are {', '.join(columns)}"
    for name in header:
        if name not in columns:
            raise TableError(f"{source}: unknown column {name!r}; {told}")
        if header.count(name) > 1:
            raise TableError(f"{source}: column {name!r} stands twice; {told}")


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell[:1] in FORMULA and cell else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA and len(cell) > 1 else cell
