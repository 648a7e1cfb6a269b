"""The commands `helpline rota …`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import click

from entrypoints import rota_requests
from entrypoints.returning_commands import DAY, Open


def add_to(main: click.Group, open_database: Open) -> None:
    """Give `main` the group."""

    @main.group()
    def rota() -> None:
        """Who has which shift, and who might have those to come."""

    rota.add_command(_show(open_database))
    rota.add_command(_propose(open_database))
    rota_requests.add_to(rota, open_database)


def _show(open_database: Open) -> click.Command:
    @click.command()
    @click.option("--weeks", default=1, show_default=True, type=click.IntRange(1, 52), help="How far to look.")
    @click.option("--from", "first", type=DAY, help="The first day; without it, today.")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object a shift.")
    def show(*, weeks: int, first: datetime | None, as_json: bool) -> None:
        """Show who has which shift, day by day, on the line's wall clock."""
        from sqlalchemy import select

        from entrypoints.rota_proposal import shown
        from helpline.tables import Person
        from shifts.roster import current_rota

        with open_database().work() as work:
            found = current_rota(work)
            day = first.date() if first is not None else work.now.astimezone(found.zone).date()
            starts, ends = (
                datetime.combine(each, time(0), found.zone).astimezone(UTC)
                for each in (day, day + timedelta(weeks=weeks))
            )
            names = {person.id: person.name for person in work.session.scalars(select(Person))}
            rows = shown(found, names, starts, ends)
        for row in rows:
            tier = f" on call, tier {row['tier']}" if row["tier"] is not None else ""
            queues = f" for {', '.join(row['queues'])}" if row["queues"] else ""
            said = f"{row['told']}  {row['person'] or 'OPEN'}, {row['role']}{tier}{queues}"
            click.echo(json.dumps(row) if as_json else said)
        if not rows and not as_json:
            click.echo("There is no shift.")

    return show


def _propose(open_database: Open) -> click.Command:
    @click.command()
    @click.option("--weeks", default=4, show_default=True, type=click.IntRange(1, 12), help="How many weeks to fill.")
    @click.option("--from", "first", type=DAY, help="The first day; without it, the coming Monday.")
    @click.option("--availability", type=click.Path(path_type=Path), help="Who can when, as a CSV file.")
    @click.option("--out", type=click.Path(path_type=Path), help="Write the shifts, for `helpline shifts load --add`.")
    @click.option("--seconds", default=15.0, show_default=True, type=click.FloatRange(1, 3600), help="Time to search.")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object with everything.")
    def propose(
        *,
        weeks: int,
        first: datetime | None,
        availability: Path | None,
        out: Path | None,
        seconds: float,
        as_json: bool,
    ) -> None:
        """Propose who might do what is open or lacking by the line's rota.cover in the coming weeks.

        AVAILABILITY has the columns person, days (mon-fri, sat, weekends, daily, 2026-03-08, 2026-03-08 to
        2026-03-12), hours (22:00-06:00; empty: the whole day) and kind: can, prefer, avoid or cannot. Whoever has a row
        with can is given nothing outside of their rows, and whoever has no row is given nothing. Without the file
        everybody can at any time. It changes nothing. It needs OR-tools: pip install 'helpline[rota]'.
        """
        from entrypoints.rota_proposal import as_json as everything
        from entrypoints.rota_proposal import as_sentences, coming_monday, solve, task_of
        from entrypoints.shift_commands import put
        from entrypoints.spreadsheet import TableError
        from shifts.entries import COLUMNS, as_cells
        from shifts.proposal import RulesBroken, SolverMissing, solver_module

        try:
            solver_module()
            with open_database().work() as work:
                task = task_of(work, first.date() if first else coming_monday(work), weeks, availability)
            told = solve(task, seconds)
            if out is not None:
                put(out, COLUMNS, [as_cells(entry) for entry in told.entries])
        except (SolverMissing, TableError, RulesBroken) as fault:
            raise click.ClickException(str(fault)) from None
        if as_json:
            click.echo(json.dumps(everything(told)))
            return
        click.echo("\n".join(as_sentences(told)))
        if out is not None:
            click.echo(f"Nothing is changed. To make it the rota: helpline shifts load --add {out}")

    return propose
