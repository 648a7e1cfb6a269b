"""The commands `helpline shifts`, `helpline leave` and `helpline calendar`."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from entrypoints.returning_commands import DAY, Open

Address = Callable[[], str]


def add_to(main: click.Group, open_database: Open, door: Address) -> None:
    """Give `main` the three groups. `door` is where people's door listens."""
    main.add_command(_shifts(open_database))
    main.add_command(_leave(open_database))
    main.add_command(_calendar(open_database, door))


def put(file: Path | None, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write a table to the file, or to standard output. TableError if it cannot be written."""
    from entrypoints.spreadsheet import save_table, write_table

    text = write_table(columns, rows)
    if file is None:
        click.echo(text, nl=False)
    else:
        save_table(file, text)


def _shifts(open_database: Open) -> click.Group:
    @click.group()
    def shifts() -> None:
        """The shifts of the rota, as a table. Hours that stand in the table of people are not among them."""

    @shifts.command("load")
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--add", is_flag=True, help="Beside the present shifts, not instead of them.")
    @click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
    def load(file: Path, *, add: bool, dry_run: bool) -> None:
        """Make the CSV FILE the shifts of the rota. Nothing is loaded unless every row can be.

        Columns: person (empty: open), role, first day, hours (22:00-06:00), repeats (empty: once; daily, weekly,
        every 2 weeks, weekdays, weekends, monthly, with until 2027-01-31 behind it, or a rule such as
        FREQ=WEEKLY;BYDAY=MO,TU), tier (on call instead of on shift), queues (parted by commas; empty: every queue),
        time zone (empty: the line's), on holidays (yes or no). A shift that has not changed keeps what was changed on
        single days of it. With --add, a row for one day that is the same as an open shift's takes that shift.
        """
        from entrypoints.shift_table import load_shifts, read_shifts
        from entrypoints.spreadsheet import TableError

        try:
            sheet = read_shifts(file)
            with open_database().work() as work:
                told = load_shifts(work, sheet, add=add, dry_run=dry_run)
        except TableError as fault:
            raise click.ClickException(str(fault)) from None
        click.echo("\n".join(told))

    @shifts.command("export")
    @click.argument("file", required=False, type=click.Path(path_type=Path))
    def export(file: Path | None) -> None:
        """Write the shifts as a table that `helpline shifts load` takes, to FILE or to standard output."""
        from entrypoints.spreadsheet import TableError
        from shifts.entries import COLUMNS, as_cells
        from shifts.loading import entries

        with open_database().work() as work:
            found = [as_cells(entry) for _, entry in entries(work)]
        try:
            put(file, COLUMNS, found)
        except TableError as fault:
            raise click.ClickException(str(fault)) from None

    return shifts


def _leave(open_database: Open) -> click.Group:
    @click.group()
    def leave() -> None:
        """Days on which somebody is away. Their shifts that begin then are open."""

    @leave.command("add")
    @click.argument("name")
    @click.argument("first", type=DAY)
    @click.argument("last", required=False, type=DAY)
    def add(name: str, first: datetime, last: datetime | None) -> None:
        """NAME is away from the day FIRST until LAST, both among them, or on FIRST alone."""
        from entrypoints.shift_table import Refused, go_away

        try:
            with open_database().work() as work:
                told = go_away(work, name, first.date(), (last or first).date())
        except Refused as fault:
            raise click.ClickException(str(fault)) from None
        click.echo("\n".join(told))

    @leave.command("list")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object a leave.")
    def list_leaves(*, as_json: bool) -> None:
        """Who is away from today on, earliest first."""
        from entrypoints.shift_table import leaves_as_json

        with open_database().work() as work:
            found = leaves_as_json(work)
        for one in found:
            click.echo(json.dumps(one) if as_json else f"{one['first']} to {one['last']}  {one['name']}")
        if not found and not as_json:
            click.echo("Nobody is away.")

    @leave.command("remove")
    @click.argument("name")
    @click.argument("first", type=DAY)
    def remove(name: str, first: datetime) -> None:
        """The leave of NAME that begins on the day FIRST is called off; what nobody has taken is theirs again."""
        from entrypoints.shift_table import Refused, come_back

        try:
            with open_database().work() as work:
                come_back(work, name, first.date())
        except Refused as fault:
            raise click.ClickException(str(fault)) from None
        click.echo("The leave is called off. What others have taken in the meantime stays theirs.")

    return leave


def _calendar(open_database: Open, door: Address) -> click.Group:
    @click.group()
    def calendar() -> None:
        """Everybody's own shifts, for their calendar programme."""

    @calendar.command("new")
    @click.argument("name")
    @click.option(
        "--at", "where", help="Where people's door is reached from outside, such as https://rota.example.org."
    )
    def new(name: str, where: str | None) -> None:
        """Print the address of NAME's own calendar, this once. An older one has ended.

        Whoever has the address sees when NAME is on shift, and nothing of anybody else: give it to them alone.
        """
        from entrypoints.shift_table import Refused, somebody
        from shifts.calendar_keys import renew

        token = secrets.token_urlsafe(32)
        try:
            with open_database().work() as work:
                renew(work, somebody(work, name).id, token)
        except Refused as fault:
            raise click.ClickException(str(fault)) from None
        click.echo(f"{(where or door()).rstrip('/')}/calendar/{token}.ics")

    @calendar.command("revoke")
    @click.argument("name")
    def revoke(name: str) -> None:
        """End the address of NAME's calendar."""
        from entrypoints.shift_table import Refused, somebody
        from shifts.calendar_keys import revoke as end

        try:
            with open_database().work() as work:
                ended = end(work, somebody(work, name).id)
        except Refused as fault:
            raise click.ClickException(str(fault)) from None
        click.echo("The address has ended." if ended else "There was no address.")

    return calendar
