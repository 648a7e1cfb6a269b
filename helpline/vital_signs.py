"""Signs of life: tickers, workers and the auditor show that they are there, and webhooks when they failed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from helpline.database import Work
from helpline.nouns import Process
from helpline.tables import Heartbeat, WebhookFault

EVERY = timedelta(seconds=5)
"""How often a process shows that it is alive, while it is."""
SILENT = timedelta(seconds=15)
"""A ticker that was not seen for so long is stood in for by the workers."""
KEPT = timedelta(days=1)
HEARTBEATS = cast(Table, Heartbeat.__table__)
FAULTS = cast(Table, WebhookFault.__table__)


def beat(work: Work, process: Process) -> None:
    """`process` is alive. Of several processes the latest is known."""
    new = insert(HEARTBEATS).values(process=process, at=work.now)
    later = func.greatest(HEARTBEATS.c.at, new.excluded.at)
    work.session.execute(new.on_conflict_do_update(index_elements=["process"], set_={"at": later}))


def last_seen(work: Work) -> Mapping[str, datetime]:
    """When each process last showed to be alive, as far as it ever did."""
    return {process: at for process, at in work.session.execute(select(HEARTBEATS.c.process, HEARTBEATS.c.at))}


def ticker_is_silent(work: Work) -> bool:
    """Whether no ticker has shown to be alive for a while."""
    at = last_seen(work).get(Process.TICKER)
    return at is None or work.now - at > SILENT


def webhook_failed(work: Work) -> None:
    """A request of the carrier could not be answered."""
    new = insert(FAULTS).values(minute=work.now.replace(second=0, microsecond=0), count=1)
    more = FAULTS.c.count + new.excluded.count
    work.session.execute(new.on_conflict_do_update(index_elements=["minute"], set_={"count": more}))


def webhooks_failed(work: Work, since: datetime) -> int:
    """How many requests could not be answered since then, to the minute."""
    minute = since.replace(second=0, microsecond=0)
    return work.session.scalar(select(func.sum(FAULTS.c.count)).where(FAULTS.c.minute >= minute)) or 0


def forget(work: Work) -> None:
    """Forget the failures of more than a day ago."""
    work.session.execute(delete(FAULTS).where(FAULTS.c.minute < work.now - KEPT))
