"""Feels the pulse of what runs here: database, doorbell, worker and ticker."""

from __future__ import annotations

from datetime import datetime, timedelta

import redis
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from rq import Queue
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from entrypoints.doctor.ground import Ground
from entrypoints.migrate import configuration
from helpline import bus, outbox, timers, vital_signs
from helpline.database import Database, Work
from helpline.nouns import TimerKind
from helpline.tables import TimerRow

HEAD_START = 0.2
LOOKS = 25
TRIES_THAT_WORRY = 3


def database_problem(database: Database) -> str | None:
    """Why the database does not answer, in a word; None if it does."""
    try:
        with database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as problem:
        return type(getattr(problem, "orig", None) or problem).__name__
    return None


def schemas(database: Database) -> tuple[frozenset[str], frozenset[str]]:
    """The schema that the database has, and the one that this version expects."""
    with database.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    return frozenset(current), frozenset(ScriptDirectory.from_config(configuration("")).get_heads())


def clock_ahead(ground: Ground, database: Database) -> timedelta:
    """By how much the database's clock is ahead of this machine's."""
    with database.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        before = ground.machine.now()
        there: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        after = ground.machine.now()
    return there - (before + (after - before) / 2)


def redis_client(url: str) -> tuple[redis.Redis | None, str]:
    """A client that has just been answered, or why there is none."""
    if not url:
        return None, "no REDIS_URL, and none runs here"
    try:
        client = bus.connect(url)
        client.ping()
    except (redis.RedisError, ValueError) as problem:
        return None, type(problem).__name__
    return client, ""


def worker_answers(ground: Ground, client: redis.Redis) -> bool:
    """Ring the doorbell: a worker that hears it takes the job away. Nothing else follows than an early tick."""
    queue = Queue(bus.QUEUE, connection=client)
    try:
        job = queue.enqueue(bus.JOB, ttl=60, result_ttl=0, failure_ttl=0, job_timeout=30)
        for _ in range(LOOKS):
            if job.id not in queue.get_job_ids():
                return True
            ground.pause(HEAD_START)
        job.delete()
    except redis.RedisError:
        return False
    return False


def ticker_answers(ground: Ground, database: Database) -> bool:
    """Make the hourly housekeeping due now, without ringing for a worker: a ticker that runs does it at once.

    A worker that stands in for a ticker which is gone does it too: so a ticker must have shown to be alive as well.
    """
    with database.work() as work:
        asked = work.now
        timers.bring_forward(work, TimerKind.SWEEP, "line", asked)
    for _ in range(LOOKS):
        if not _still_due(database, asked):
            break
        ground.pause(HEAD_START)
    with database.work() as work:
        alive = not vital_signs.ticker_is_silent(work)
    return alive and not _still_due(database, asked)


def timers_late(work: Work) -> timedelta:
    """How long ago the oldest timer should have been taken up; zero or less if none is late."""
    due = timers.next_due(work)
    return work.now - due if due is not None else timedelta()


def commands_late(work: Work) -> timedelta:
    due = outbox.next_due(work)
    return work.now - due if due is not None else timedelta()


def timers_failing(work: Work) -> int:
    return work.session.scalar(select(func.count(TimerRow.id)).where(TimerRow.attempts >= TRIES_THAT_WORRY)) or 0


def _still_due(database: Database, asked: datetime) -> bool:
    with database.work() as work:
        due = work.session.scalar(
            select(TimerRow.due_at).where(TimerRow.kind == TimerKind.SWEEP, TimerRow.subject == "line")
        )
        return due is not None and due <= asked
