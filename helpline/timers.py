"""Timers are rows: what must happen at a moment survives everything that can be killed.

A ticker leases what is due in a transaction of its own; the handler then does its work and removes the timer in one
commit. The timer row is written last, so that the lock order holds. Firing twice must be harmless: handlers look at
the state of their subject, never at the timer alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, Table, bindparam, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from helpline.database import Work
from helpline.nouns import TimerKind
from helpline.tables import TimerRow

LEASE = timedelta(seconds=3)
"""Far longer than a handler takes, and what somebody waits at most for a ticker that was killed with their timer."""
SLOWEST_RETRY = timedelta(seconds=30)


@dataclass(frozen=True)
class Due:
    """A leased timer."""

    id: int
    kind: TimerKind
    subject: str
    due_at: datetime
    attempts: int
    leased_until: datetime


def schedule(work: Work, kind: TimerKind, subject: object, due: datetime) -> None:
    """Let `kind` be due for `subject` at `due`, whatever was scheduled before."""
    _upsert(work, kind, subject, due, earliest=False)


def bring_forward(work: Work, kind: TimerKind, subject: object, due: datetime) -> None:
    """Let `kind` be due for `subject` at `due`, or earlier if it is scheduled earlier already.

    A timer whose handler is at work now is scheduled anew, so that what just changed is looked at again. The one timer
    of a queue's matching, which every call moves, is moved last, or the webhooks would wait for each other's commits.
    """
    if kind is TimerKind.MATCH and due <= work.now:
        work.closing[kind, str(subject)] = lambda: _upsert(work, kind, subject, due, earliest=True)
    else:
        _upsert(work, kind, subject, due, earliest=True)


def _upsert(work: Work, kind: TimerKind, subject: object, due: datetime, *, earliest: bool) -> None:
    row = {"kind": str(kind), "subject": str(subject), "due_at": due, "now": work.now}
    work.session.connection().execute(SOONER if earliest else ANEW, row)
    if due <= work.now:
        work.want_doorbell()


def _upsertion(*, earliest: bool) -> Insert:
    """Built once and past the object mapper: most webhooks set several timers."""
    row = TIMERS.c
    new = insert(TIMERS).values({name: bindparam(name, type_=row[name].type) for name in ("kind", "subject", "due_at")})
    leased = func.coalesce(row.leased_until > bindparam("now", type_=row.leased_until.type), False)
    sooner = case((leased, new.excluded.due_at), else_=func.least(row.due_at, new.excluded.due_at))
    when = sooner if earliest else new.excluded.due_at
    moved = or_(row.due_at.is_distinct_from(when), leased)
    return new.on_conflict_do_update(
        index_elements=["kind", "subject"],
        set_={
            "due_at": when,
            "leased_until": case((moved, None), else_=row.leased_until),
            "attempts": case((moved, 0), else_=row.attempts),
        },
    )


TIMERS = cast(Table, TimerRow.__table__)
SOONER, ANEW = _upsertion(earliest=True), _upsertion(earliest=False)


def cancel(work: Work, kind: TimerKind, subject: object) -> None:
    work.session.execute(delete(TimerRow).where(TimerRow.kind == kind, TimerRow.subject == str(subject)))


def lease_due(work: Work, limit: int = 3) -> list[Due]:
    """Take what is due, matching first and then the oldest, so that no other ticker does for three seconds.

    A few at a time: what is leased waits for its turn here while another ticker may be idle.
    """
    rows = work.session.scalars(
        select(TimerRow)
        .where(
            TimerRow.due_at <= work.now,
            or_(TimerRow.leased_until.is_(None), TimerRow.leased_until <= work.now),
        )
        .order_by(TimerRow.kind != TimerKind.MATCH, TimerRow.due_at, TimerRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    until = work.now + LEASE
    for row in rows:
        row.leased_until = until
    return [Due(row.id, TimerKind(row.kind), row.subject, row.due_at, row.attempts, until) for row in rows]


def still_due(work: Work, due: Due) -> bool:
    """Whether nobody moved or removed the timer since it was leased."""
    return work.session.scalar(select(TimerRow.id).where(*_as_leased(due))) is not None


def done(work: Work, due: Due, again: datetime | None) -> None:
    """Remove the timer, or let it be due again at `again`; unless somebody has scheduled it anew meanwhile."""
    if again is None:
        work.session.execute(delete(TimerRow).where(*_as_leased(due)))
    else:
        later = update(TimerRow).where(*_as_leased(due)).values(due_at=again, leased_until=None, attempts=0)
        work.session.execute(later)


def put_back(work: Work, due: Due) -> int:
    """After a handler failed: due again, later each time. Returns how often it has failed."""
    attempts = due.attempts + 1
    pause = min(timedelta(seconds=0.5 * 2 ** min(attempts, 8)), SLOWEST_RETRY)
    work.session.execute(
        update(TimerRow).where(*_as_leased(due)).values(due_at=work.now + pause, leased_until=None, attempts=attempts)
    )
    return attempts


def next_due(work: Work) -> datetime | None:
    """When the next timer can be taken."""
    free_at = func.greatest(TimerRow.due_at, func.coalesce(TimerRow.leased_until, TimerRow.due_at))
    soonest: datetime | None = work.session.scalar(select(func.min(free_at)))
    return soonest


def _as_leased(due: Due) -> tuple[ColumnElement[bool], ...]:
    """The timer as it was leased. Whoever schedules it anew ends the lease, even for the very same moment."""
    return (TimerRow.id == due.id, TimerRow.due_at == due.due_at, TimerRow.leased_until == due.leased_until)
