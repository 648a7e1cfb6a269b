"""The dead-man signal: whether the line is well, in counts alone, as an outside monitor may ask at any door.

It is worked out by whoever answers the question, from rows that the tickers, the workers and the auditor write: if
they stop, their rows grow old, and the answer turns by itself. No name, number or id is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError

from escalation.audit import Urgent, urgency
from escalation.evidence import COMMANDS, TIMERS
from helpline import vital_signs
from helpline.audit_policy import Audit
from helpline.database import Database, NoLine, Work
from helpline.nouns import FaultKind, Process
from helpline.tables import Fault
from helpline.timers import LEASE


@dataclass(frozen=True)
class Health:
    """How the line is. Seconds are those since the last sign of each; None: there never was one.

    `faults` counts, for each kind, what the auditor found and has not repaired.
    """

    healthy: bool
    audited: bool
    audit_seconds: int | None
    ticker_seconds: int | None
    worker_seconds: int | None
    timers_overdue: int
    commands_overdue: int
    faults: Mapping[str, int]


def health(work: Work) -> Health:
    """How the line is now."""
    line_policy = work.line().audit
    policy = line_policy or Audit()
    session, now = work.session, work.now
    late = {"late": now - policy.overdue, "longest": now + 2 * LEASE, "uncertain": now}
    timers_overdue = session.execute(TIMERS, late).one()[0]
    commands_overdue = session.execute(COMMANDS, late).one()[0]
    faults = _faults(work) if line_policy is not None else {}
    seen = vital_signs.last_seen(work)
    vital = [Process.TICKER, *([Process.AUDITOR] if line_policy is not None else [])]
    alive = all(process in seen and now - seen[process] <= policy.fresh for process in vital)
    grave = any(urgency(FaultKind(kind)) is Urgent.GRAVE for kind in faults)
    return Health(
        healthy=alive and not grave and not timers_overdue and not commands_overdue,
        audited=line_policy is not None,
        audit_seconds=_age(seen.get(Process.AUDITOR), now),
        ticker_seconds=_age(seen.get(Process.TICKER), now),
        worker_seconds=_age(seen.get(Process.WORKER), now),
        timers_overdue=timers_overdue,
        commands_overdue=commands_overdue,
        faults=faults,
    )


def answer(database: Database) -> tuple[Mapping[str, Any], int]:
    """What a monitor is told, and the status: 200 if the line is well, else 503, even if nobody can say why."""
    try:
        with database.work() as work:
            found = health(work)
    except (SQLAlchemyError, NoLine) as fault:
        return {"healthy": False, "problem": type(fault).__name__}, 503
    return asdict(found), 200 if found.healthy else 503


def _faults(work: Work) -> dict[str, int]:
    unrepaired = or_(Fault.repaired_at.is_(None), Fault.repaired_at < Fault.seen_at)
    counts: dict[str, int] = {}
    open_now = select(Fault.kind, Fault.count).where(Fault.gone_at.is_(None), unrepaired).order_by(Fault.kind)
    for kind, count in work.session.execute(open_now):
        counts[kind] = counts.get(kind, 0) + count
    return counts


def _age(at: datetime | None, now: datetime) -> int | None:
    return None if at is None else max(0, int((now - at).total_seconds()))
