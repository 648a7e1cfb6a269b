"""Ten thousand nights: the machine of the rules for hours, on seeds nobody has seen; its figures go into the docs."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from worst_night import BATCH, FULL, play

from entrypoints.drill.world import World

FIGURES = Path(__file__).resolve().parents[2] / "docs" / "soak.json"
WANTED = int(os.environ.get("HELPLINE_SOAK_EXAMPLES", "10000"))
LONGEST = float(os.environ.get("HELPLINE_SOAK_SECONDS", "inf"))
SHARDS = os.cpu_count() or 1
APART = 10**8


def add(run: str, seed: int, nights: int, breach: str | None) -> None:
    """Add a batch to the figures of this run, which every shard writes.

    They are written after every batch, so that a soak that is stopped has still told what it saw.
    """
    with FIGURES.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        told = json.loads(file.read() or "{}")
        now = datetime.now(UTC).isoformat(timespec="minutes")
        if told.get("run") != run:
            told = {"run": run, "begun": now, "told": now, "nights": 0, "steps_at_least": FULL, "breaches": []}
        told["told"] = now
        told["nights"] += nights
        if breach is not None:
            told["breaches"].append(f"seed {seed}: {breach}")
        file.truncate(0)
        file.write(json.dumps(told, indent=2) + "\n")


@pytest.mark.soak
@pytest.mark.expects_errors
@pytest.mark.parametrize("shard", range(SHARDS))
def test_ten_thousand_nights_break_no_rule(shard: int, make_world: Callable[..., World], testrun_uid: str) -> None:
    seed = int(os.environ.get("HELPLINE_SOAK_SEED", time.time_ns() // 10**9)) + shard * APART
    end = time.monotonic() + LONGEST
    played, breaches = 0, []
    while played < WANTED / SHARDS and time.monotonic() < end:
        breach = None
        try:
            nights = play(make_world, BATCH, seed)
        except AssertionError as broken:
            nights, breach = 0, str(broken).splitlines()[0]
            breaches.append(breach)
        played += max(nights, 1)
        add(testrun_uid[:8], seed, nights, breach)
        seed += 1000
    assert breaches == []
