"""Who of those on shift is there now, and whose shift is nearly over."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import bindparam, select

from helpline.database import Work
from helpline.line import Line
from helpline.nouns import Channel, DutyState
from helpline.tables import DutyRow
from routing.attendance.duties import asked_roles
from shifts.presence import Duty, keeps_away
from shifts.roster import Roster, roster
from shifts.stretches import ends_soon

READ = (
    DutyRow.state,
    DutyRow.starts_at,
    DutyRow.ends_at,
    DutyRow.expected_at,
    DutyRow.leased_until,
    DutyRow.break_until,
    DutyRow.late_minutes,
)
BEGUN = (
    select(DutyRow.person_id, *READ)
    .where(
        DutyRow.state != DutyState.ENDED,
        DutyRow.tier.is_(None),
        DutyRow.starts_at <= bindparam("now", type_=DutyRow.starts_at.type),
    )
    .order_by(DutyRow.starts_at)
)
"""Plain rows: a matching pass reads them all, several times a second."""


def absences(work: Work, now: Roster, line: Line) -> Mapping[UUID, str]:
    """Why those who are on shift and not there are not there, in words; whoever is there is not among them."""
    policy = line.presence
    if policy is None:
        return {}
    rows = work.session.execute(BEGUN, {"now": work.now})
    duties = {
        row.person_id: Duty(
            row.state,
            row.starts_at,
            row.ends_at,
            row.expected_at,
            row.leased_until,
            row.break_until,
            row.late_minutes is not None,
        )
        for row in rows
    }
    if not duties and not policy.is_required:
        return {}
    why = {one: keeps_away(duties.get(one), policy, work.now, line.zone) for one in now.coverage.on_shift}
    return {person: words for person, words in why.items() if words}


def ending(now: Roster, line: Line) -> Mapping[UUID, frozenset[Channel]]:
    """For whom no more of which channels is begun, since their shift is nearly over."""
    limits = line.presence.last_offers if line.presence is not None else {}
    if not limits:
        return {}
    soon = ends_soon(now.rota, now.at, max(limits.values()))
    return {
        person: frozenset(channel for channel, before in limits.items() if ends <= now.at + before)
        for person, ends in soon.items()
    }


def others_there(work: Work, person: UUID) -> frozenset[UUID]:
    """Who else than `person` is on shift now, may be asked, and is there."""
    return there(work) - {person}


def there(work: Work) -> frozenset[UUID]:
    """Who is on shift now, may be asked, and is there."""
    now, line = roster(work), work.line()
    roles, away = asked_roles(line), absences(work, now, line)
    serving = now.coverage.serving
    on = [one for one in now.people if serving.get(one.id) in roles and one.id not in away]
    return frozenset(one.id for one in on if one.absent_since is None or one.absent_since < now.shifts[one.id])
