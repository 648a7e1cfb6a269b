"""The auditor at work on a real database: what it repairs, what the doors tell a monitor, and what they never tell."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from console.app import create_app
from entrypoints.audit import as_json, as_sentences, look
from entrypoints.drill.world import EPOCH, World
from entrypoints.people import recruits
from escalation.audit import Ground
from escalation.health import answer
from escalation.rules import broken
from helpline import vital_signs
from helpline.audit_policy import Audit
from helpline.clock import VirtualClock
from helpline.database import Database, connect
from helpline.nouns import FaultKind, LegState, Process, TimerKind
from helpline.privacy import Vault
from helpline.tables import Event, Fault, Leg, TimerRow
from tests.conftest import DEMO_LINE

SAM, SUE = "+16465550141", "+12125550125"
Make = Callable[..., World]


@pytest.fixture
def world(make_world: Make, tmp_path: Path) -> World:
    """The demonstration line, audited, with a supervisor and a clinician."""
    path = tmp_path / "audited.toml"
    path.write_text(DEMO_LINE.read_text(encoding="utf-8") + "\n[audit]\n", encoding="utf-8")
    made = make_world(path)
    rows: list[dict[str, str]] = [
        {"name": "Sue", "role": "supervisor", "languages": "en", "on shift": "yes", "number": SUE},
        {"name": "Lee", "role": "clinician", "languages": "en", "on call": "1", "number": "+12125550126"},
    ]
    made.enlist(recruits(rows, "the staff"))
    made.run_for(12)
    return made


def faults(world: World) -> dict[str, Fault]:
    with world.database.work() as work:
        return {row.kind: row for row in work.session.scalars(select(Fault).where(Fault.gone_at.is_(None)))}


def sql(world: World, statement: str) -> None:
    with world.engine.begin() as connection:
        connection.execute(text(statement))


def told(world: World) -> list[str]:
    return [one.body for one in world.network.phone(SUE).texts]


@pytest.mark.expects_errors
def test_a_leg_that_is_up_though_its_contact_is_over_is_hung_up(world: World) -> None:
    sam = world.network.phone(SAM)
    sam.dial(world.line.line.number)
    world.run_for(3)
    sam.hang_up()
    world.run_for(5)
    sql(world, "UPDATE leg SET state = 'live', ended_at = NULL WHERE role = 'caller'")
    with world.database.work() as work:
        assert [one for one in broken(work) if "without a hang-up" in one]
    world.run_for(10)
    with world.database.work() as work:
        assert not broken(work)
        assert work.session.scalars(select(Leg.state).where(Leg.role == "caller")).all() == [LegState.ENDED]
        (event,) = work.session.scalars(select(Event).where(Event.what == "audit.repaired"))
    assert event.reasons["repair"] == "hang up"
    assert event.reasons["why"]


@pytest.mark.expects_errors
def test_a_repair_changes_nothing_that_is_as_it_should_be(world: World) -> None:
    """All timers but one are there still, at their moment; and the one that was lost ends nothing early."""
    world.network.phone(SAM).dial(world.line.line.number)
    world.run_for(3)
    with world.database.work() as work:
        before = {(row.kind, row.subject): row.due_at for row in work.session.scalars(select(TimerRow))}
    sql(world, "DELETE FROM timer WHERE kind = 'limit'")
    world.run_for(6)
    with world.database.work() as work:
        after = {(row.kind, row.subject): row.due_at for row in work.session.scalars(select(TimerRow))}
    kept = (TimerKind.LIMIT, TimerKind.LADDER)
    assert {key: due for key, due in after.items() if key[0] in kept} == {
        key: due for key, due in before.items() if key[0] in kept
    }


@pytest.mark.expects_errors
def test_a_repair_that_fails_does_not_blind_the_auditor(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("quotes somebody")

    monkeypatch.setattr("escalation.auditor._put_right", fail)
    world.network.phone(SAM).dial(world.line.line.number)
    world.run_for(3)
    sql(world, "DELETE FROM timer WHERE kind = 'limit'")
    world.run_for(30)
    assert FaultKind.STRANDED in faults(world)
    assert [words for words in told(world) if "would have been forgotten" in words]
    assert answer(world.database)[1] == 503
    with world.database.work() as work:
        age = work.now - vital_signs.last_seen(work)[Process.AUDITOR]
    assert age <= timedelta(seconds=Audit().every_seconds)


def test_both_doors_tell_a_monitor_the_same_counts_and_nothing_else(world: World) -> None:
    world.network.phone(SAM).text(world.line.line.number, "hello there")
    world.run_for(5)
    assert world.app is not None
    carriers = world.app.test_client().get("/healthz")
    peoples = create_app(world.database, "http://localhost:8010").test_client().get("/healthz")
    assert (carriers.status_code, carriers.json) == (peoples.status_code, peoples.json) == (200, carriers.json)
    assert set(carriers.json or {}) == {
        "healthy",
        "audited",
        "audit_seconds",
        "ticker_seconds",
        "worker_seconds",
        "timers_overdue",
        "commands_overdue",
        "faults",
    }
    values = [value for value in (carriers.json or {}).values() if not isinstance(value, dict)]
    assert all(value is None or isinstance(value, bool | int) for value in values)


def test_the_answer_turns_by_itself_when_nothing_runs_any_more(world: World) -> None:
    world.network.phone(SAM).dial(world.line.line.number)
    world.run_for(3)
    assert answer(world.database)[1] == 200
    world.clock.advance_to(world.clock.now() + timedelta(seconds=10 + Audit().healthy_for_seconds + 1))
    body, status = answer(world.database)
    assert (status, body["healthy"]) == (503, False)
    assert body["timers_overdue"] >= 1


def test_a_database_that_is_away_is_no_health() -> None:
    nowhere = Database(
        connect("postgresql+psycopg://nobody@/nothing?host=/nonexistent"),
        clock=VirtualClock(EPOCH),
        vault=Vault([b"drill" * 8]),
        new_id=lambda: pytest.fail("nothing is written"),
        doorbell=lambda: None,
    )
    assert answer(nowhere) == ({"healthy": False, "problem": "OperationalError"}, 503)


def test_a_line_without_the_table_is_not_audited_and_its_tickers_are_watched_all_the_same(make_world: Make) -> None:
    world = make_world()
    world.network.phone(SAM).dial(world.line.line.number)
    world.run_for(12)
    body, status = answer(world.database)
    assert (status, body["audited"], body["audit_seconds"]) == (200, False, None)
    with world.database.work() as work:
        assert not work.session.scalars(select(TimerRow).where(TimerRow.kind == TimerKind.AUDIT)).all()
    world.clock.advance_to(world.clock.now() + timedelta(minutes=1))
    assert answer(world.database)[1] == 503


@pytest.mark.expects_errors
def test_a_webhook_that_fails_is_counted_and_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Any:
        raise RuntimeError("quotes somebody")

    monkeypatch.setattr("routing.contacts.receive", fail)
    world.network.phone(SAM).dial(world.line.line.number)
    world.run_for(25)
    assert faults(world)[FaultKind.WEBHOOKS_FAIL].count >= 1
    assert [words for words in told(world) if "failed to answer" in words]


def test_the_command_tells_what_is_wrong_by_ids_alone(world: World) -> None:
    world.network.phone(SAM).dial(world.line.line.number)
    world.run_for(3)
    sql(world, "UPDATE timer SET attempts = 4 WHERE kind = 'limit'")
    with world.database.work() as work:
        report = look(work, Ground(redis_answers=False, disk_free_percent=50))
    found = as_json(report)
    assert {one["kind"] for one in found["findings"]} == {"timer_failing", "redis_away"}
    assert found["healthy"] is True  # the auditor itself has not found it yet
    shown = json.dumps(found) + "\n".join(as_sentences(report))
    assert not [secret for secret in (SAM, SUE, "Sue", "Lee") if secret in shown]


def test_the_auditors_timer_comes_back_by_itself(world: World) -> None:
    sql(world, "DELETE FROM timer WHERE kind = 'audit'")
    world.network.phone(SAM).text(world.line.line.number, "hello")
    world.run_for(15)
    with world.database.work() as work:
        assert work.session.scalars(select(TimerRow).where(TimerRow.kind == TimerKind.AUDIT)).one()
    assert answer(world.database)[1] == 200
