"""A shift of one time only, between two moments that need not be on the wall clock's minute, and its end."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from helpline.database import Work
from helpline.nouns import Role
from helpline.tables import OverrideRow, ShiftRow
from shifts.rota import Occurrence

ROOM = timedelta(hours=2)
"""Hours are written on the wall clock: so much room at both ends keeps them around the moments on any night."""
LONGEST = timedelta(hours=16)


def add_single(
    work: Work, person: UUID, role: Role, starts: datetime, ends: datetime, tier: int | None = None
) -> ShiftRow:
    """Let `person` stand in from `starts` until before `ends`, sixteen hours at most; with a tier, on call."""
    zone = work.line().zone
    ends = min(ends, starts + LONGEST)
    first_on, opens = _wall(starts - ROOM, zone)
    _, closes = _wall(ends + ROOM, zone)
    row = ShiftRow(
        id=work.new_id(),
        person_id=person,
        role=role,
        tier=tier,
        starts=opens,
        ends=closes,
        first_on=first_on,
        queues=[],
        stands_in=True,
    )
    work.session.add(row)
    work.session.flush()
    work.session.add(
        OverrideRow(
            shift_id=row.id,
            on_day=first_on,
            person_id=person,
            starts_at=starts,
            ends_at=ends,
            decided_at=work.now,
            decided_by=person,
        )
    )
    work.session.flush()
    return row


def cut_short(work: Work, one: Occurrence, by: UUID, *, leave_open: bool = False) -> None:
    """This occurrence ends now. One that has not begun does not take place, or with `leave_open` may be taken."""
    row = work.session.get(OverrideRow, one.key, with_for_update=True)
    if row is None:
        row = OverrideRow(shift_id=one.shift, on_day=one.on, person_id=one.person)
        work.session.add(row)
    row.decided_at, row.decided_by = work.now, by
    if one.starts < work.now:
        row.ends_at = work.now
    else:
        row.person_id, row.cancelled = None, not leave_open
    work.session.flush()


def _wall(at: datetime, zone: ZoneInfo) -> tuple[date, time]:
    """The day and the whole minute at `at` on the wall clock."""
    here = at.astimezone(zone)
    return here.date(), time(here.hour, here.minute)
