"""What runs here, broken one part after another: the finding names it, and the others are looked at all the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from visit import SECRET, Visit

from entrypoints.doctor.findings import Verdict
from helpline.clock import SystemClock, VirtualClock
from helpline.database import Database, connect
from helpline.privacy import Vault

NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
FAULT, WARNING, SKIPPED = Verdict.FAULT, Verdict.WARNING, Verdict.SKIPPED


@pytest.fixture
def schema(engine: Engine) -> Iterator[str]:
    """The schema's version, put back afterwards."""
    with engine.begin() as connection:
        head: str = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    yield head
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head})


def test_without_a_database_the_rest_is_looked_at_all_the_same(visit: Visit) -> None:
    away = connect(NOWHERE)
    visit.database = Database(
        away, clock=visit.world.clock, vault=Vault([SECRET]), new_id=lambda: None, doorbell=lambda: None
    )
    found = {one.check: one.verdict for one in visit.find()}
    away.dispose()
    assert found["database"] is FAULT
    assert found["people"] is SKIPPED
    assert found["carrier account"] is found["public address"] is Verdict.OK


def test_an_empty_database_is_told_from_an_older_one(visit: Visit, schema: str) -> None:
    visit.execute("UPDATE alembic_version SET version_num = 'an older one'")
    assert visit.one("schema").found == "The database has the schema of another version of helpline."
    visit.execute("DELETE FROM alembic_version")
    empty = visit.one("schema")
    assert (empty.verdict, empty.found, empty.do) == (FAULT, "The database is empty.", "Run: helpline migrate")


@pytest.mark.expects_errors
def test_a_database_without_a_line_is_a_fault(visit: Visit) -> None:
    visit.execute("DELETE FROM line_version")
    assert visit.one("line").found == "No line has been applied: nobody who calls is answered."


@pytest.mark.expects_errors
def test_a_line_that_this_version_cannot_read_is_a_fault(visit: Visit) -> None:
    visit.execute("INSERT INTO line_version (version, policy, applied_at) VALUES ('x', 'line = 1', now())")
    line = visit.one("line")
    assert line.verdict is FAULT
    assert "cannot be read" in line.found


@pytest.mark.parametrize(("seconds", "verdict"), [(0, Verdict.OK), (5, WARNING), (-60, FAULT)])
def test_clocks_that_disagree_are_named(visit: Visit, seconds: int, verdict: Verdict) -> None:
    visit.machine = VirtualClock(SystemClock().now() + timedelta(seconds=seconds))
    assert visit.one("clock").verdict is verdict


def test_losing_redis_is_a_warning(visit: Visit) -> None:
    visit.redis_url, visit.worker = "redis://127.0.0.1:1/0", False
    assert visit.wrong() == {"redis": WARNING}
    assert visit.one("worker").verdict is SKIPPED


def test_a_worker_that_does_not_listen_is_a_warning_and_nothing_is_left_behind(visit: Visit) -> None:
    visit.worker = False
    assert visit.wrong() == {"worker": WARNING}
    visit.worker = True
    assert visit.wrong() == {}


def test_a_ticker_that_does_not_run_is_a_fault_although_nothing_is_late_yet(visit: Visit) -> None:
    visit.world.away.ticker_until = visit.world.clock.now() + timedelta(hours=1)
    assert visit.wrong() == {"ticker": FAULT}
    assert "No ticker runs" in visit.one("ticker").found


def test_a_ticker_that_was_late_is_a_warning(visit: Visit) -> None:
    visit.redis_url = ""
    visit.execute("UPDATE timer SET due_at = due_at - interval '2 hours'")
    assert visit.wrong() == {"redis": WARNING, "ticker": WARNING}


def test_a_timer_that_keeps_failing_is_a_fault(visit: Visit) -> None:
    visit.execute("INSERT INTO timer (kind, subject, due_at, attempts) VALUES ('page', 'x', '2099-01-01', 4)")
    assert visit.one("ticker").found == "A ticker runs, but 1 timer keeps failing."


def test_a_text_that_never_left_is_a_fault(visit: Visit) -> None:
    visit.execute(
        "INSERT INTO command (id, kind, state, priority, written_at, due_at) VALUES "
        "('00000000-0000-4000-8000-000000000001', 'text', 'pending', 1, '2026-02-28', '2026-02-28')"
    )
    visit.world.away.ticker_until = visit.world.clock.now() + timedelta(hours=1)
    assert visit.wrong() == {"ticker": FAULT, "outbox": FAULT}
    visit.execute("DELETE FROM command")


def test_a_broken_rule_is_a_fault(visit: Visit) -> None:
    visit.world.network.phone("+16465550141").dial("+12125550100")
    visit.world.run_for(10)
    visit.world.away.ticker_until = visit.world.clock.now() + timedelta(hours=1)
    visit.execute("DELETE FROM timer WHERE kind IN ('limit', 'decide', 'presence')")
    rule = visit.one("rules")
    assert rule.verdict is FAULT
    assert rule.found.startswith("A rule is broken: every contact and offer has a timer: contact ")


def test_a_key_that_does_not_open_the_numbers_is_found_by_name(visit: Visit) -> None:
    visit.secret = b"other" * 8
    found = visit.one("people's numbers")
    assert found.verdict is FAULT
    assert found.found == "Ana, Bo, Cal, Lee, Max and Sue have a number that this key does not open."
