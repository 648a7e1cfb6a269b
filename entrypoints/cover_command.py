"""The command `helpline cover`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime
from random import Random

import click

from helpline.database import Database

DAY = click.DateTime(formats=["%Y-%m-%d"])
SEED = 1


def add_to(main: click.Group, open_database: Callable[[], Database]) -> None:
    """Give `main` the command; `open_database` finds the line's database when it runs."""

    @main.command("cover")
    @click.option("--weeks", default=2.0, show_default=True, type=click.FloatRange(0.01, 26), help="How far to look.")
    @click.option("--from", "first", type=DAY, metavar="DATE", help="Begin with this day instead of now.")
    @click.option("--holes", "holes_only", is_flag=True, help="Only what is below the minimum.")
    @click.option("--simulate", is_flag=True, help="Waits by simulation with the real engine; takes minutes.")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object, hour by hour.")
    def show_cover(*, weeks: float, first: datetime | None, holes_only: bool, simulate: bool, as_json: bool) -> None:
        """Who is on in the coming weeks, where too few are, what hangs on one person, and how long callers will wait.

        A line of the table is a time throughout which the same people are on; its figures are those of its worst hour.
        Exit code 1 if there is a hole: fewer than the minimum that the line file wants.
        """
        from entrypoints import cover, cover_table
        from entrypoints.cover_simulation import Simulator

        simulator = Simulator(lambda: Random(SEED)) if simulate else None  # noqa: S311 - the same chance each time
        with open_database().work() as work:
            now = work.now.replace(minute=0, second=0, microsecond=0)
            starts = now if first is None else first.replace(tzinfo=work.line().zone)
            seen = cover.forecast(work, starts, weeks, simulator)
        if as_json:
            click.echo(json.dumps(cover.as_json(seen, holes_only=holes_only)))
        else:
            _print(cover_table.table(seen, holes_only=holes_only), cover_table.sums(seen))
        raise SystemExit(1 if seen.holes else 0)


def _print(table: object, sums: list[str]) -> None:
    from rich.console import Console

    terminal = Console() if sys.stdout.isatty() else Console(width=140)
    terminal.print(table)
    for line in sums:
        terminal.print(line, highlight=False, markup=False)
