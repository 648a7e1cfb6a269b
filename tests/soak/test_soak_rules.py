"""Ten thousand nights: the machine of the rules for hours, on seeds nobody has seen; its figures go into the docs."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from worst_night import BATCH, FULL, play

from entrypoints.drill.world import World
from helpline.settings import ROOT

FIGURES = ROOT / "docs" / "soak.json"
WANTED = int(os.environ.get("HELPLINE_SOAK_EXAMPLES", "10000"))
LONGEST = float(os.environ.get("HELPLINE_SOAK_SECONDS", "inf"))
SHARDS = os.cpu_count() or 1
APART = 10**8
KEPT = 3
"""Results of earlier states of the code that are kept beside the present one."""


def code() -> str:
    """What is being proven: a digest of every file that a night's course depends on."""
    folders = ("carrier", "escalation", "exchange", "helpline", "lines", "routing", "shifts", "webhooks", "entrypoints")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*") if file.suffix in {".py", ".toml"}]
    digest = hashlib.sha256()
    for file in sorted([*files, *(ROOT / "tests" / name for name in ("night.py", "worst_night.py"))]):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def add(of: str, seed: int, nights: int, breach: str | None) -> int:
    """Add a batch to the figures, which every shard writes. Returns how many nights of this code there were.

    They are written after every batch, so that a soak that is stopped has told what it saw, and goes on from there.
    What was seen of earlier states of the code stays behind it.
    """
    with FIGURES.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        told = json.loads(file.read() or "{}")
        now = datetime.now(UTC).isoformat(timespec="minutes")
        if told.get("code") != of:
            before = [told, *told.pop("before", [])][:KEPT] if told else []
            told = {"code": of, "begun": now, "told": now, "nights": 0, "steps_at_least": FULL, "breaches": []}
            told["before"] = before
        told["told"] = now
        told["nights"] += nights
        if breach is not None:
            told["breaches"].append(f"seed {seed}: {breach}")
        file.truncate(0)
        file.write(json.dumps(told, indent=2) + "\n")
        return int(told["nights"])


@pytest.mark.soak
@pytest.mark.expects_errors
@pytest.mark.parametrize("shard", range(SHARDS))
def test_ten_thousand_nights_break_no_rule(shard: int, make_world: Callable[..., World]) -> None:
    seed = int(os.environ.get("HELPLINE_SOAK_SEED", time.time_ns() // 10**9)) + shard * APART
    end = time.monotonic() + LONGEST
    of, breaches = code(), []
    while add(of, seed, 0, None) < WANTED and time.monotonic() < end:
        nights, breach = 0, None
        try:
            nights = play(make_world, BATCH, seed)
        except AssertionError as broken:
            breach = str(broken).splitlines()[0]
            breaches.append(breach)
        add(of, seed, nights, breach)
        seed += 1000
    assert breaches == []
