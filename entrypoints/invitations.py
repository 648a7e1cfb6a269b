"""The commands `helpline invite` and `helpline sign-out`: who comes in at people's door."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import click

from console import invitations, sessions, tokens
from entrypoints.returning import Refused, somebody
from helpline.database import Database, Work


def add_to(main: click.Group, open_database: Callable[[], Database], address: Callable[[], str]) -> None:
    """Give `main` the commands; `address` is where browsers find the console."""

    @main.command("invite")
    @click.argument("name")
    def invite(name: str) -> None:
        """Print a link by which NAME, of the roster, makes a passkey and comes in. It is good once, for seven days.

        Give it to nobody else. An earlier invitation of theirs ends; passkeys they have stay good.
        """
        token = tokens.make()
        with open_database().work() as work:
            invitations.invite(work, _somebody(work, name), token)
        click.echo(f"{address()}/join/{token}")

    @main.command("sign-out")
    @click.argument("name")
    def sign_out(name: str) -> None:
        """Sign NAME out of the console everywhere, at once."""
        with open_database().work() as work:
            sessions.end_all(work, _somebody(work, name))
        click.echo(f"{name} is signed out everywhere.")


def _somebody(work: Work, name: str) -> UUID:
    try:
        return somebody(work, name).id
    except Refused as fault:
        raise click.ClickException(str(fault)) from None
