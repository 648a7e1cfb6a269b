"""Timers are rows: what must happen at a moment survives everything that can be killed.

A ticker leases what is due in a transaction of its own; the handler then does its work and removes the timer in one
commit. The timer row is written last, so that the lock order holds. Firing twice must be harmless: handlers look at
the state of their subject, never at the timer alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    String,
    Table,
    and_,
    any_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.sql.dml import ReturningUpdate

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
    if due <= work.now:
        work.want_doorbell()


def bring_forward(work: Work, kind: TimerKind, subject: object, due: datetime, *, wake: bool = True) -> None:
    """Let `kind` be due for `subject` at `due`, or earlier if it is scheduled earlier already.

    Without `wake` nobody is woken for it: the next tick is soon enough. A timer whose handler is at work now is
    scheduled anew, so that what just changed is looked at again. The one timer of a queue's matching, which every call
    moves, is moved last, or the webhooks would wait for each other's commits.
    """
    if kind is TimerKind.MATCH and due <= work.now:
        work.closing[kind, str(subject)] = lambda: _upsert(work, kind, subject, due, earliest=True)
    else:
        _upsert(work, kind, subject, due, earliest=True)
    if wake and due <= work.now:
        work.want_doorbell()


def _upsert(work: Work, kind: TimerKind, subject: object, due: datetime, *, earliest: bool) -> None:
    row = {"kind": str(kind), "subject": str(subject), "due_at": due, "now": work.now}
    work.session.connection().execute(SOONER if earliest else ANEW, row)


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


def _is_due() -> ColumnElement[bool]:
    row = TIMERS.c
    now = bindparam("now", type_=row.due_at.type)
    return and_(row.due_at <= now, or_(row.leased_until.is_(None), row.leased_until <= now))


def _taking() -> ReturningUpdate[Any]:
    """The oldest that are due, matching before all others; what another ticker is taking now is passed over."""
    row = TIMERS.c
    first = (
        select(row.id)
        .where(IS_DUE)
        .order_by(row.kind != TimerKind.MATCH, row.due_at, row.id)
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(skip_locked=True)
        .cte("first")
    )
    until = bindparam("until", type_=row.leased_until.type)
    taken = update(TIMERS).where(row.id == first.c.id).values(leased_until=until)
    return taken.returning(row.id, row.kind, row.subject, row.due_at, row.attempts)


TIMERS = cast(Table, TimerRow.__table__)
SOONER, ANEW = _upsertion(earliest=True), _upsertion(earliest=False)
IS_DUE = _is_due()
"""Whether a timer can be taken at `now`."""
TAKE = _taking()
NEXT_DUE = select(func.min(func.greatest(TIMERS.c.due_at, func.coalesce(TIMERS.c.leased_until, TIMERS.c.due_at))))
AS_LEASED = and_(
    TIMERS.c.id == bindparam("leased"),
    TIMERS.c.due_at == bindparam("was_due", type_=TIMERS.c.due_at.type),
    TIMERS.c.leased_until == bindparam("lease", type_=TIMERS.c.leased_until.type),
)
IS_LEASED = select(TIMERS.c.id).where(AS_LEASED)
CANCEL = delete(TIMERS).where(
    TIMERS.c.subject == bindparam("subject"), TIMERS.c.kind == any_(bindparam("kinds", type_=ARRAY(String())))
)
REMOVE = delete(TIMERS).where(AS_LEASED)
PUT_BACK = (
    update(TIMERS)
    .where(AS_LEASED)
    .values(due_at=bindparam("again", type_=TIMERS.c.due_at.type), leased_until=None, attempts=bindparam("failed"))
)


def cancel(work: Work, subject: object, *kinds: TimerKind) -> None:
    """Nothing of these kinds is due for `subject` any more."""
    work.session.connection().execute(CANCEL, {"subject": str(subject), "kinds": [str(kind) for kind in kinds]})


def lease_due(work: Work, limit: int = 3) -> list[Due]:
    """Take what is due, matching first and then the oldest, so that no other ticker does for three seconds.

    A few at a time: what is leased waits for its turn here while another ticker may be idle.
    """
    until = work.now + LEASE
    rows = work.session.connection().execute(TAKE, {"now": work.now, "until": until, "most": limit}).all()
    found = [Due(row.id, TimerKind(row.kind), row.subject, row.due_at, row.attempts, until) for row in rows]
    return sorted(found, key=lambda due: (due.kind is not TimerKind.MATCH, due.due_at, due.id))


def still_due(work: Work, due: Due) -> bool:
    """Whether nobody moved or removed the timer since it was leased."""
    return work.session.connection().execute(IS_LEASED, _lease_of(due)).first() is not None


def done(work: Work, due: Due, again: datetime | None) -> None:
    """Remove the timer, or let it be due again at `again`; unless somebody has scheduled it anew meanwhile."""
    work.write_notes()  # the timer is the last row that is written
    if again is None:
        work.session.connection().execute(REMOVE, _lease_of(due))
    else:
        work.session.connection().execute(PUT_BACK, {**_lease_of(due), "again": again, "failed": 0})


def put_back(work: Work, due: Due) -> int:
    """After a handler failed: due again, later each time. Returns how often it has failed."""
    attempts = due.attempts + 1
    pause = min(timedelta(seconds=0.5 * 2 ** min(attempts, 8)), SLOWEST_RETRY)
    work.session.connection().execute(PUT_BACK, {**_lease_of(due), "again": work.now + pause, "failed": attempts})
    return attempts


def next_due(work: Work) -> datetime | None:
    """When the next timer can be taken."""
    soonest: datetime | None = work.session.scalar(NEXT_DUE)
    return soonest


def _lease_of(due: Due) -> dict[str, object]:
    """What finds the timer as it was leased. Whoever schedules it anew ends the lease, even for the same moment."""
    return {"leased": due.id, "was_due": due.due_at, "lease": due.leased_until}
