"""The command `helpline closing`: grave contacts that nobody has signed yet, and what was agreed for later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click
from sqlalchemy import select

from entrypoints.returning import Refused, somebody
from entrypoints.returning_commands import show_all
from escalation import signing
from helpline.database import Database, Work
from helpline.nouns import FollowUpState, Tier
from helpline.tables import Contact, FollowUp, Person, SignOff
from routing import follow_up, sign_off

Open = Callable[[], Database]


def add_to(main: click.Group, open_database: Open) -> None:
    """Give `main` the group; `open_database` finds the line's database when a command runs."""

    @main.group()
    def closing() -> None:
        """Grave contacts that are still to be signed, and calls agreed for later."""

    @closing.command("list")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object each.")
    def list_unsigned(*, as_json: bool) -> None:
        """What is not signed yet, the longest open first. Exit code 1 if one of them is an alarm."""
        with open_database().work() as work:
            rows = [_shown(work, row) for row in signing.unsigned(work)]
        show_all(rows, "Nothing waits to be signed.", as_json=as_json)
        raise SystemExit(1 if any(row["alarm"] for row in rows) else 0)

    @closing.command("sign")
    @click.argument("number", type=click.IntRange(1))
    @click.option("--by", required=True, metavar="NAME", help="A supervisor or clinician who did not have it.")
    @click.option("--disposition", metavar="WORD", help="What it was, where that was not filed.")
    @click.option("--safety", metavar="WORD", help="How the caller was left, where that was not filed.")
    def sign(*, number: int, by: str, disposition: str | None, safety: str | None) -> None:
        """Sign contact NUMBER; what may be lacking is given with it."""
        words = [word for word in (disposition, safety) if word]
        with open_database().work() as work:
            _sign(work, by, number, words)
        click.echo(f"Contact {number} is signed.")

    @closing.command("agreed")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object each.")
    def agreed(*, as_json: bool) -> None:
        """Calls and texts that callers agreed to and that are still to be made, soonest first."""
        open_ones = select(FollowUp).where(FollowUp.state == FollowUpState.AGREED).order_by(FollowUp.opens_at)
        with open_database().work() as work:
            rows = [_agreed(work, row) for row in work.session.scalars(open_ones)]
        show_all(rows, "Nothing is agreed with anybody.", as_json=as_json)


def _sign(work: Work, by: str, number: int, words: Sequence[str]) -> None:
    try:
        signing.sign(work, somebody(work, by), number, words)
    except signing.Refused as refused:
        said = work.line().words(refused.key, None, number=number, what=refused.lacks)
        raise click.ClickException(said) from None
    except Refused as fault:
        raise click.ClickException(str(fault)) from None


def _shown(work: Work, row: SignOff) -> dict[str, Any]:
    contact = work.session.get_one(Contact, row.contact_id)
    policy = work.line(contact.line_version_id).closing
    return {
        "number": row.number,
        "contact": str(contact.id),
        "risk": Tier(contact.risk).word,
        "channel": contact.channel,
        "state": row.state,
        "lacks": [str(lack) for lack in sign_off.lacks_of(work, contact, row)],
        "had_by": [work.session.get_one(Person, one).name for one in sign_off.had_by(work, contact.id)],
        "since": row.opened_at.isoformat(timespec="seconds"),
        "alarm": policy is not None and work.now - row.opened_at >= policy.alarm,
    }


def _agreed(work: Work, row: FollowUp) -> dict[str, Any]:
    return {
        "contact": str(row.contact_id),
        "channel": row.channel,
        "due": follow_up.when(work, row),
        "until": row.closes_at.isoformat(timespec="seconds"),
        "may_say": row.discretion,
        "tries": row.tries,
    }
