"""The commands `helpline danger`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from entrypoints.returning_commands import Open, show, show_all
from helpline.database import Work


def add_to(main: click.Group, open_database: Open) -> None:
    """Give `main` the group; `open_database` finds the line's database when a command runs."""

    @main.group()
    def danger() -> None:
        """Callers in immediate danger: the rescues that are open, and what two people open of a caller."""

    @danger.command("list")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object a rescue.")
    def list_rescues(*, as_json: bool) -> None:
        """Every open rescue, the oldest first, without what is sealed."""
        from entrypoints.danger import rescues_as_json

        with open_database().work() as work:
            found = list(rescues_as_json(work))
        show_all(found, "No rescue is open.", as_json=as_json)

    @danger.command("show")
    @click.argument("number", type=click.IntRange(1))
    @click.option("--json", "as_json", is_flag=True, help="One JSON object.")
    def show_rescue(number: int, *, as_json: bool) -> None:
        """Show the rescue NUMBER, open or over, without what is sealed."""
        from entrypoints.danger import rescue_as_json

        with _work(open_database) as work:
            found = rescue_as_json(work, number)
        show(found, as_json=as_json)

    @danger.command("open")
    @click.argument("number", type=click.IntRange(1))
    @click.option("--what", required=True, type=click.Choice(["number", "place"]), help="What is opened.")
    @click.option("--asked-by", required=True, metavar="NAME", help="Who of the roster asks.")
    @click.option("--approved-by", required=True, metavar="NAME", help="Who else of the roster agrees.")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object.")
    def open_sealed(number: int, what: str, asked_by: str, approved_by: str, *, as_json: bool) -> None:
        """Open the caller's number or place, for an open rescue. That it was opened, and by whom, is journalled.

        Two lines are read from standard input and not from the command line, which others on this machine can see: the
        reason of who asks, then that of who agrees, each in their own words. They are kept sealed.
        """
        from entrypoints.danger import OpeningWords
        from entrypoints.danger import open_sealed as open_it
        from helpline.nouns import Secret

        asked, approved, *_ = [*(line.strip() for line in sys.stdin.read().splitlines()), "", ""]
        with _work(open_database) as work:
            shown = open_it(work, number, OpeningWords(Secret(what), asked_by, asked, approved_by, approved))
        click.echo(json.dumps({what: shown}) if as_json else shown)


@contextmanager
def _work(open_database: Open) -> Iterator[Work]:
    """One transaction; what is refused is said in a sentence, and nothing is done."""
    from entrypoints.returning import Refused

    try:
        with open_database().work() as work:
            yield work
    except Refused as fault:
        raise click.ClickException(str(fault)) from None
