"""Tables as spreadsheets leave them: read whatever the habit, written without formulas, and back without loss."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.spreadsheet import FORMULA, Row, TableError, parse_table, read_table, save_table, write_table

COLUMNS = ("person", "hours", "note")
cells = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12).map(str.strip)
rows = st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, cells)).filter(lambda row: any(row.values())), max_size=6)


@given(rows)
def test_what_is_written_is_read_again_as_it_was(table: list[dict[str, str]]) -> None:
    assert [row.cells for row in parse_table(write_table(COLUMNS, table), COLUMNS, "it")] == table


@given(rows)
def test_no_cell_is_a_formula(table: list[dict[str, str]]) -> None:
    raw = parse_table_raw(write_table(COLUMNS, table))
    assert not [cell for line in raw for cell in line if cell and cell[0] in FORMULA - {"'"}]


def parse_table_raw(text: str) -> list[list[str]]:
    import csv

    return list(csv.reader(text.splitlines(keepends=True)))


@pytest.mark.parametrize(
    "text",
    [
        "person,hours,note\nAna,22:00-06:00,x\n",
        "person;hours;note\r\nAna;22:00-06:00;x\r\n",
        "person\thours\tnote\nAna\t22:00-06:00\tx\n",
        "Person, Hours ,NOTE\n Ana , 22:00-06:00,x,,\n,,\n\n;;\n".replace(";;", ",,,"),
        "note,hours,person\nx,22:00-06:00,Ana\n\n\n",
        'person,hours,note\n"Ana","22:00-06:00","x"\n',
    ],
)
def test_the_habits_of_spreadsheets_change_nothing(text: str, tmp_path: Path) -> None:
    for mark in (b"", b"\xef\xbb\xbf"):
        path = tmp_path / "it.csv"
        path.write_bytes(mark + text.encode())
        assert read_table(path, COLUMNS) == [Row(2, {"person": "Ana", "hours": "22:00-06:00", "note": "x"})]


def test_rows_are_counted_as_the_spreadsheet_counts_them() -> None:
    found = parse_table("person,hours\nAna,1\n\n,\nBo,2\n", COLUMNS, "it")
    assert [(row.number, row.cells["person"]) for row in found] == [(2, "Ana"), (5, "Bo")]
    assert found[0].cells["note"] == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it: is empty; the columns are person, hours, note"),
        ("\n\n", "is empty"),
        ("person,color\nAna,blue\n", "unknown column 'color'; the columns are"),
        ("person,person\nAna,Ana\n", "column 'person' stands twice"),
        ("person,hours\nAna,1\nBo,2,3\n", "it, row 3: has more cells than the header"),
        ('person,hours\n"Ana,1\n', "not a table"),
    ],
)
def test_a_table_that_is_none_is_refused(text: str, says: str) -> None:
    with pytest.raises(TableError, match=says):
        parse_table(text, COLUMNS, "it")


def test_a_file_that_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes(b"person\nJos\xe9\n")
    for path in (tmp_path / "no.csv", tmp_path / "latin.csv"):
        with pytest.raises(TableError, match="cannot be read"):
            read_table(path, COLUMNS)
    with pytest.raises(TableError, match="cannot be written"):
        save_table(tmp_path / "no" / "it.csv", "")


def test_a_number_keeps_its_plus_and_a_formula_does_nothing() -> None:
    written = write_table(("number", "name"), [{"number": "+12125550121", "name": '=HYPERLINK("http://x")'}])
    assert written.splitlines()[1].startswith("'+12125550121,")
    assert "\"'=HYPERLINK" in written
