"""`helpline presence`: who is on shift and whether they are there, and who is on call and has said so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import click

from helpline.database import Database, Work
from helpline.nouns import DutyState
from helpline.tables import DutyRow
from routing.attendance import duties, there
from shifts.presence import keeps_away
from shifts.roster import Member, roster
from shifts.stretches import Stretch, stretches


@dataclass(frozen=True)
class Standing:
    """How somebody on shift, or with a `tier` on call, stands now. Moments are on the line's wall clock, ISO 8601.

    `state` is expected, present, on_break or lapsed; or unasked, where the line asks nobody to prove that they are
    there. `since` is when they were last known to come; `until` when their time ends. `why` says what keeps them from
    being asked.
    """

    name: str
    role: str
    tier: int | None
    state: str
    since: str | None
    until: str | None
    why: str


def everybody_on(work: Work) -> list[Standing]:
    """Everybody who is on shift or on call now, in the order of the roster, on shift before on call."""
    now, rows = roster(work), duties.every_open(work)
    people = {one.id: one for one in now.people}
    on = [one for one in stretches(now.rota, work.now, timedelta()) if one.person in people]
    on.sort(key=lambda one: (one.tier or 0, people[one.person].place))
    return [_standing(work, one, people[one.person], duties.covering(rows, one)) for one in on]


def _standing(work: Work, one: Stretch, who: Member, row: DutyRow | None) -> Standing:
    zone, policy = work.line().zone, work.line().presence

    def wall(at: datetime | None) -> str | None:
        return None if at is None else at.astimezone(zone).isoformat(timespec="minutes")

    why = ""
    if policy is not None and one.tier is None and duties.is_looked_after(work.line(), policy, one):
        why = keeps_away(duties.as_duty(row) if row is not None else None, policy, work.now, zone)
    if not why and who.absent_since is not None and who.absent_since >= one.starts:
        why = "did not answer several rings in a row"
    return Standing(
        name=who.name,
        role=one.role,
        tier=one.tier,
        state=_state(row, why),
        since=wall(row.checked_in_at if row is not None else None),
        until=wall(one.ends),
        why=why,
    )


def _state(row: DutyRow | None, why: str) -> str:
    if row is None:
        return DutyState.EXPECTED if why else "unasked"
    return DutyState.LAPSED if why and row.state is DutyState.PRESENT else row.state


def alone(work: Work) -> bool:
    """Whether nobody at all of those whom the queues ask is there now."""
    return not there.there(work)


def _as_line(one: Standing) -> str:
    what = f"on call, tier {one.tier}" if one.tier else one.role
    since = f" since {one.since[11:16]}" if one.since else ""
    until = f", until {one.until[11:16]}" if one.until else ""
    return f"{one.name:<20} {what:<16} {one.state.replace('_', ' ')}{since}{until}{f' ({one.why})' if one.why else ''}"


def add_to(main: click.Group, open_database: Callable[[], Database]) -> None:
    """Give `main` the command; `open_database` finds the line's database when it runs."""

    @main.command("presence")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object.")
    def presence(*, as_json: bool) -> None:
        """Who is on shift and whether they are there, since when and until when; and who is on call.

        Exit code 1 if nobody whom the queues ask is there.
        """
        with open_database().work() as work:
            found, nobody = everybody_on(work), alone(work)
        if as_json:
            click.echo(json.dumps({"people": [asdict(one) for one in found], "nobody_there": nobody}))
        else:
            click.echo("\n".join(map(_as_line, found)) or "Nobody is on shift or on call.")
            if nobody:
                click.echo("Nobody is there to take a contact: the clinician on call answers.")
        raise SystemExit(1 if nobody else 0)
