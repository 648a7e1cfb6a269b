"""The auditor over real processes: a ticker that stands still is seen from outside, stood in for, and told of."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from entrypoints.bench.phones import until
from entrypoints.bench.stand import Stand
from helpline.tables import Event, Fault, Probe
from tests.conftest import DEMO_LINE

SAM = "+16465550141"
PATIENCE = 120.0
AUDITED = """
[audit]
healthy_for_seconds = 15

[test_contacts]
from_number = "+12125550109"
within_seconds = 60
"""
pytestmark = pytest.mark.long


def health(stand: Stand, door: str) -> int:
    try:
        return requests.get(f"http://{door}/healthz", timeout=10).status_code
    except requests.RequestException:
        return 0


def is_told(stand: Stand, what: str, kind: str) -> bool:
    with stand.database() as database, database.work() as work:
        found = work.session.scalars(select(Event).where(Event.what == what)).all()
        return any(event.reasons.get("kind") == kind for event in found)


def came_through(stand: Stand) -> set[str]:
    with stand.database() as database, database.work() as work:
        return {
            str(channel) for channel in work.session.scalars(select(Probe.channel).where(Probe.held_at.is_not(None)))
        }


def test_a_ticker_that_stands_still_is_seen_stood_in_for_and_told_of(tmp_path: Path) -> None:
    line = tmp_path / "audited.toml"
    line.write_text(DEMO_LINE.read_text(encoding="utf-8") + AUDITED, encoding="utf-8")
    with Stand(line=line) as stand:
        for door in (str(stand.web), str(stand.console)):
            until(lambda door=door: health(stand, door) == 200, PATIENCE, "the line is healthy")  # type: ignore[misc]
        until(lambda: came_through(stand) == {"voice", "text"}, PATIENCE, "the line has tested itself")
        ticker = stand.leader("ticker")
        assert ticker is not None
        os.kill(ticker, signal.SIGSTOP)
        try:
            until(lambda: health(stand, str(stand.console)) == 503, PATIENCE, "a monitor sees it")
            until(lambda: is_told(stand, "audit.told", "no_ticker"), PATIENCE, "supervisors are told")
            stand.phones.act(SAM, "call")
            until(lambda: any(one["state"] == "ringing" for one in stand.phones.shown().values()), PATIENCE, "a ring")
        finally:
            os.kill(ticker, signal.SIGCONT)
        until(lambda: health(stand, str(stand.web)) == 200, PATIENCE, "the line is healthy again")
        with stand.database() as database, database.work() as work:
            assert not work.session.scalars(select(Fault).where(Fault.repairs > 0)).all()
