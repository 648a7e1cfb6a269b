"""What one audit costs with 500 people waiting and 50,000 contacts long over: questions, milliseconds, and indexes.

.venv/bin/python bench/audit.py
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
import uuid
from pathlib import Path

import click
from sqlalchemy import Engine, event, text

from entrypoints.bench.crowd import fictional
from entrypoints.line import apply
from entrypoints.migrate import upgrade
from escalation.audit import Ground, judge
from escalation.evidence import facts
from escalation.rules import EVERY_QUESTION, RULES
from helpline.audit_policy import Audit
from helpline.clock import SystemClock
from helpline.database import Database, connect
from helpline.embedded import Embedded
from helpline.nouns import Channel
from helpline.privacy import Vault
from helpline.settings import ROOT
from routing.contacts import find_caller, receive

WAITING, OVER, RUNS = 500, 50_000, 30
DEMO = ROOT / "lines" / "demo.toml"
HISTORY = """
INSERT INTO contact (id, line_version_id, caller_id, channel, queue, language, state, arrived_at, waiting_since,
  limit_at, last_heard_at, ended_at)
SELECT gen_random_uuid(), (SELECT max(id) FROM line_version), (SELECT id FROM caller LIMIT 1), 'voice', 'support', 'en',
  'abandoned', at, at, at, at, at + interval '1 minute'
FROM (SELECT now() - interval '1 day' - n * interval '2 minutes' AS at FROM generate_series(1, :over) AS n) AS old;
INSERT INTO event (at, what, contact_id, reasons)
SELECT c.ended_at, 'contact.' || w, c.id, '{"why": "measured"}'
FROM contact c, unnest(ARRAY['queued', 'abandoned']) AS w
WHERE c.state = 'abandoned' ORDER BY w DESC;
INSERT INTO leg (id, contact_id, role, state, joined, ended_at)
SELECT gen_random_uuid(), id, 'caller', 'ended', false, ended_at FROM contact WHERE state = 'abandoned';
"""


def fill(engine: Engine, database: Database) -> None:
    """A line with many who wait, and a long past."""
    with database.work() as work:
        apply(work, DEMO)
        numbers = fictional(212)
        for _ in range(WAITING):
            receive(work, find_caller(work, next(numbers)), Channel.VOICE)
    with engine.begin() as connection:
        for statement in HISTORY.split(";\n"):
            if statement.strip():
                connection.execute(text(statement), {"over": OVER})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def measure(engine: Engine, database: Database) -> None:
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    policy, took, whole = Audit(), [], []
    for _ in range(RUNS):
        asked.clear()
        with database.work() as work:
            began = time.perf_counter()
            seen = facts(work, policy, Ground(), time.perf_counter)
            found = judge(seen, policy, work.now)
            whole.append((time.perf_counter() - began) * 1000)
            took.append(seen.took.total_seconds() * 1000)
    click.echo(f"{WAITING} waiting, {OVER} over: {len(asked)} questions, {len(found)} findings")
    click.echo(f"the questions: median {statistics.median(took):.1f} ms, longest of {RUNS} {max(took):.1f} ms")
    click.echo(f"with judging: median {statistics.median(whole):.1f} ms")


def plan(database: Database) -> None:
    """The tables that the rules read whole, and the indexes they go by."""
    with database.work() as work:
        for rule, (_, question) in RULES.items():
            values = {"now": work.now, "since": work.now - Audit().lately, "ladder": True}
            began = time.perf_counter()
            work.session.execute(text(question), values).all()
            click.echo(f"{rule}: {(time.perf_counter() - began) * 1000:.1f} ms")
        values = {"now": work.now, "since": work.now - Audit().lately, "ladder": True}
        lines = work.session.scalars(text(f"EXPLAIN {EVERY_QUESTION.text}"), values).all()
    scans = sorted({line.strip(" ->").split("  (")[0] for line in lines if "Scan" in line})
    click.echo("\n".join(scans))


def main() -> None:
    place = Path(tempfile.mkdtemp(prefix="helpline-audit-", dir="/tmp"))
    place.chmod(0o711)
    try:
        with Embedded(place, durable=False, redis=False) as servers:
            upgrade(servers.database_url)
            engine = connect(servers.database_url)
            database = Database(
                engine, clock=SystemClock(), vault=Vault([b"b" * 32]), new_id=uuid.uuid4, doorbell=lambda: None
            )
            fill(engine, database)
            measure(engine, database)
            plan(database)
            engine.dispose()
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
