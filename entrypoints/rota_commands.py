"""The commands `helpline rota …`."""

from __future__ import annotations

import click

from entrypoints import rota_requests
from entrypoints.returning_commands import Open


def add_to(main: click.Group, open_database: Open) -> None:
    """Give `main` the group; `open_database` finds the line's database when a command runs."""

    @main.group()
    def rota() -> None:
        """Who has which shift, and what people ask about theirs."""

    rota_requests.add_to(rota, open_database)
