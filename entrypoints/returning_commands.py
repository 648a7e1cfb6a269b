"""The commands `helpline care` and `helpline block`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click

from helpline.database import Database, Work
from helpline.tables import Caller

DAY = click.DateTime(formats=["%Y-%m-%d"])
Open = Callable[[], Database]


def add_to(main: click.Group, open_database: Open) -> None:
    """Give `main` the two groups; `open_database` finds the line's database when a command runs."""
    main.add_command(_care(open_database))
    main.add_command(_block(open_database))


def _care(open_database: Open) -> click.Group:
    @click.group()
    def care() -> None:
        """Plans agreed with callers who come often. CALLER-KEY is how `helpline explain` names a caller."""

    @care.command("set")
    @click.argument("caller_key")
    @click.option("--with", "people", multiple=True, metavar="NAME", help="Preferred, asked first; may be repeated.")
    @click.option("--hours", help="Agreed daily hours, such as 18:00-20:00; outside of them the caller may go on.")
    @click.option("--notes", is_flag=True, help="Read notes for whoever takes the contact from standard input.")
    @click.option("--review", required=True, type=DAY, help="The day on which the plan is looked at again.")
    @click.option("--by", "made_by", required=True, metavar="NAME", help="Who of the roster made the plan.")
    def set_plan(
        *, caller_key: str, people: tuple[str, ...], hours: str | None, notes: bool, review: datetime, made_by: str
    ) -> None:
        """Agree on a plan with the caller; an earlier one is replaced whole.

        Notes are read from standard input and not from the command line, which others on this machine can see.
        """
        from entrypoints.returning import PlanWords, make_plan

        words = PlanWords(people, hours, sys.stdin.read() if notes else None, review.date(), made_by)
        with _about(open_database, caller_key) as (work, caller):
            make_plan(work, caller, words)
        click.echo("The plan holds from now on.")

    @care.command("show")
    @click.argument("caller_key")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object.")
    def show_plan(caller_key: str, *, as_json: bool) -> None:
        """Show the caller's plan, with its notes."""
        from entrypoints.returning import plan_as_json

        with _about(open_database, caller_key) as (work, caller):
            found = plan_as_json(work, caller)
        show(found, as_json=as_json)

    @care.command("list")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object a plan.")
    def list_plans(*, as_json: bool) -> None:
        """Every plan, without its notes, soonest to be looked at again first."""
        from entrypoints.returning import plans_as_json

        with open_database().work() as work:
            found = list(plans_as_json(work))
        show_all(found, "There is no plan.", as_json=as_json)

    @care.command("end")
    @click.argument("caller_key")
    def end(caller_key: str) -> None:
        """End the caller's plan; nothing of it is kept."""
        from entrypoints.returning import end_plan

        with _about(open_database, caller_key) as (work, caller):
            end_plan(work, caller)
        click.echo("The plan has ended.")

    return care


def _block(open_database: Open) -> click.Group:
    @click.group()
    def block() -> None:
        """Callers who are turned away for abuse, for a time, and never in danger."""

    @block.command("set")
    @click.argument("caller_key")
    @click.option("--reason", required=True, help="One of the reasons of the line file.")
    @click.option("--until", required=True, type=DAY, help="The day with whose beginning it ends.")
    @click.option("--by", "decided_by", required=True, metavar="NAME", help="Who of the roster decided it.")
    @click.option("--reviewer", required=True, metavar="NAME", help="Who of the roster looks at it again.")
    @click.option("--review", required=True, type=DAY, help="The day on which they do.")
    def set_block(
        *, caller_key: str, reason: str, until: datetime, decided_by: str, reviewer: str, review: datetime
    ) -> None:
        """Turn the caller away. They hear so, and what to do in danger; any sign of danger sets the block aside."""
        from entrypoints.returning import BlockWords, make_block

        words = BlockWords(reason, until.date(), decided_by, reviewer, review.date())
        with _about(open_database, caller_key) as (work, caller):
            make_block(work, caller, words)
        click.echo("The block holds from now on, and ends by itself.")

    @block.command("list")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object a block.")
    def list_blocks(*, as_json: bool) -> None:
        """Every block that applies now, soonest to be looked at again first."""
        from entrypoints.returning import blocks_as_json

        with open_database().work() as work:
            found = list(blocks_as_json(work))
        show_all(found, "Nobody is blocked.", as_json=as_json)

    @block.command("lift")
    @click.argument("caller_key")
    @click.option("--by", required=True, metavar="NAME", help="Who of the roster lifts it.")
    def lift(caller_key: str, *, by: str) -> None:
        """Let the caller be received again from now on."""
        from entrypoints.returning import lift_block

        with _about(open_database, caller_key) as (work, caller):
            lift_block(work, caller, by)
        click.echo("The block is lifted.")

    return block


@contextmanager
def _about(open_database: Open, caller_key: str) -> Iterator[tuple[Work, Caller]]:
    """One transaction about one caller; what is refused is said in a sentence, and nothing is done."""
    from entrypoints.returning import Refused
    from routing.callers import NoCaller, by_key

    try:
        with open_database().work() as work:
            yield work, by_key(work, caller_key)
    except (NoCaller, Refused) as fault:
        raise click.ClickException(str(fault)) from None


def show_all(found: list[dict[str, Any]], nothing: str, *, as_json: bool) -> None:
    """Show each of these, or that there is nothing."""
    for one in found:
        show(one, as_json=as_json)
    if not found and not as_json:
        click.echo(nothing)


def show(found: dict[str, Any], *, as_json: bool) -> None:
    """Show one thing, a line for each of its values, or as one JSON object."""
    if as_json:
        click.echo(json.dumps(found))
        return
    for name, value in found.items():
        shown = ", ".join(value) if isinstance(value, list) else {True: "yes", False: "no", None: "-"}.get(value, value)
        click.echo(f"{name.replace('_', ' '):>12}  {shown or '-'}")
