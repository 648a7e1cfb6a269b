"""The commands `helpline rota requests`, `allow` and `deny`: what waits for a coordinator, and their word."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import click

from entrypoints.returning import Refused, somebody
from entrypoints.returning_commands import Open
from helpline.database import Work
from helpline.tables import ShiftRequest
from shifts.taking_part import changes, requests, rules
from shifts.taking_part.book import Answer, Book, open_book

BY = click.option("--by", required=True, metavar="NAME", help="The coordinator who decides it.")
NOT_DONE = frozenset({"rota_refused"})
"""Answers that say that nothing was changed."""


def add_to(rota: click.Group, open_database: Open) -> None:
    """Give the group `rota` its commands about requests."""
    rota.add_command(_requests(open_database))
    rota.add_command(
        _decision(open_database, "allow", "Let request NUMBER be, though less is there than the line wants.")
    )
    rota.add_command(_decision(open_database, "deny", "Let everything stay as it is, and tell whoever asked."))


def _requests(open_database: Open) -> click.Command:
    @click.command("requests")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object a request.")
    def listed(*, as_json: bool) -> None:
        """Every change of the rota that waits for a coordinator, and why it does."""
        with open_database().work() as work:
            found = list(as_dicts(open_book(work)))
        for one in found:
            click.echo(json.dumps(one) if as_json else f"{one['number']:>4}  {one['asks']}. {one['why']}")
        if not found and not as_json:
            click.echo("Nothing waits for a coordinator.")

    return listed


def _decision(open_database: Open, name: str, about: str) -> click.Command:
    decide: Callable[[Book, UUID, ShiftRequest], Answer] = {"allow": changes.allow, "deny": changes.deny}[name]

    @click.command(name, help=about)
    @click.argument("number", type=click.IntRange(1))
    @BY
    def decision(*, number: int, by: str) -> None:
        try:
            with open_database().work() as work:
                answer = _decided(work, number, by, decide)
                said = work.line().words(answer.key, None, **answer.facts)
        except Refused as fault:
            raise click.ClickException(str(fault)) from None
        if answer.key in NOT_DONE:
            raise click.ClickException(said)
        click.echo(said)

    return decision


def _decided(work: Work, number: int, by: str, decide: Callable[[Book, UUID, ShiftRequest], Answer]) -> Answer:
    """What a coordinator, by their name, decides about a request. Refused, in a sentence, if they may not."""
    coordinator, book = somebody(work, by).id, open_book(work)
    request = requests.awaiting(work, number)
    if request is None:
        raise Refused(f"no request {number} waits for a coordinator; `helpline rota requests` shows those that do")
    if coordinator not in book.deciders(request.asker_id):
        raise Refused("that is for a coordinator to decide, and not about what they ask for themselves")
    one = requests.shift_asked_about(book, request)
    return changes.attempt(book, coordinator, one, lambda: decide(book, coordinator, request))


def as_dicts(book: Book) -> Iterator[dict[str, Any]]:
    """Every request that waits for a coordinator, oldest first, on the line's clock."""
    for request in requests.all_awaiting(book.work):
        change = requests.change_of(book, request)
        yield {
            "number": request.number,
            "kind": request.kind,
            "asks": changes.what_is_asked(book, request, None),
            "asked_at": request.asked_at.isoformat(),
            "starts_at": request.starts_at.isoformat(),
            "why": rules.why(book.judge(change, None)),
        }
