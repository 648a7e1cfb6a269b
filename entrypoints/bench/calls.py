"""The real stack under calls: simulated callers dial, simulated peers answer, and the exchange measures."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from sqlalchemy import select

from entrypoints.bench.crowd import TALK, gather
from entrypoints.bench.dangers import Dangers, clinicians_legs, latencies
from entrypoints.bench.stand import Stand
from entrypoints.bench.tally import Identities, Tally, percentile, tally
from escalation.rules import broken
from helpline.line import load_line
from helpline.settings import ROOT
from helpline.tables import Leg

IDLE_SECONDS = 3.0
PATIENCE = 60.0
LINE = ROOT / "lines" / "demo.toml"
NOT_OURS = frozenset({"exchange"})

Say = Callable[[str], None]


@dataclass(frozen=True)
class Load:
    """How hard the line is tried: `rate` calls a second for so many seconds."""

    rate: float
    seconds: float
    redis: bool = True
    seed: int = 1
    danger_every: float = 0

    @property
    def dangers(self) -> int:
        """How many texters tell of danger while it lasts, one every `danger_every` seconds; 0: none."""
        return int(self.seconds / self.danger_every) if self.danger_every else 0

    @property
    def carrier_pace(self) -> float:
        """Calls a second that the exchange starts for us; the usual one a second would be all that is measured."""
        return max(50.0, 10 * self.rate)


def run(load: Load, say: Say) -> dict[str, Any]:
    """One run, from an empty folder; the figures as `helpline bench calls --json` prints them."""
    line = load_line(LINE)
    chance = Random(load.seed)  # noqa: S311 - a schedule, not a secret
    crowd = gather(load.rate, load.seconds, line.wrap_up.seconds, chance, more_peers=load.dangers)
    dangers = Dangers(load.dangers, load.danger_every)
    say("Starting the real stack in a temporary folder …")
    with Stand(redis=load.redis, per_second=load.carrier_pace, line=LINE) as stand:
        stand.enlist([*crowd.roster, *dangers.roster])
        stand.phones.add([*crowd.staff, *dangers.staff, *dangers.texters])
        say(f"Up, with {len(crowd.staff)} people on the roster. Measuring it idle …")
        idle = _idle_ms(stand)
        say(f"{len(crowd.callers)} callers dial within {load.seconds:g} s …")
        before = _used(stand)
        began = time.monotonic()
        stand.phones.clear()
        stand.phones.add(crowd.callers)
        with dangers.under_way(stand.phones, line.line.number):
            _wait_for_quiet(stand, load, say)
        lasted = time.monotonic() - began
        used = {part: ms - before.get(part, 0.0) for part, ms in _used(stand).items()}
        stats = stand.phones.stats()
        with stand.database() as database, database.work() as work:
            rules = broken(work)
            rows = work.session.execute(select(Leg.id, Leg.sid, Leg.contact_id)).all()
            legs = clinicians_legs(work, [*dangers.sent])
        known = Identities(
            {str(leg): str(contact) for leg, _, contact in rows}, {str(sid): str(contact) for _, sid, contact in rows}
        )
    counted = tally(len(crowd.callers), stats, known, datetime.now(UTC))
    heard = latencies(dangers.sent, stats["creates"], legs)
    return _figures(counted, used) | {
        "dangers": len(dangers.sent),
        "dangers_unheard": len(dangers.sent) - len(heard),
        "danger_p50_ms": percentile(heard, 0.50),
        "danger_p99_ms": percentile(heard, 0.99),
        "rate": load.rate,
        "seconds": load.seconds,
        "without_redis": not load.redis,
        "exchange_calls_per_second": load.carrier_pace,
        "people": len(crowd.staff),
        "webhooks": len(counted.webhook_ms),
        "webhooks_failed": counted.webhooks_failed,
        "rules_broken": rules,
        "cpu_ms_by_part": {part: round(ms) for part, ms in sorted(used.items()) if part not in NOT_OURS},
        "exchange_cpu_ms": round(used.get("exchange", 0.0)),
        "idle_cpu_ms_per_second": round(idle, 1),
        "lasted_seconds": round(lasted, 1),
    }


def _figures(counted: Tally, used: Mapping[str, float]) -> dict[str, Any]:
    ours = sum(ms for part, ms in used.items() if part not in NOT_OURS)
    return {
        "calls": counted.calls,
        "completed": counted.completed,
        "cpu_ms_per_call": round(ours / counted.calls, 1),
        "webhook_p50_ms": percentile(counted.webhook_ms, 0.50),
        "webhook_p99_ms": percentile(counted.webhook_ms, 0.99),
        "ring_p50_ms": percentile(counted.ring_ms, 0.50),
        "ring_p99_ms": percentile(counted.ring_ms, 0.99),
        "lost": counted.lost,
        "double_offers": counted.double_offers,
    }


def _idle_ms(stand: Stand) -> float:
    """Milliseconds of processor a second that our processes use while nobody calls."""
    before = _used(stand)
    time.sleep(IDLE_SECONDS)
    after = _used(stand)
    return sum(ms - before.get(part, 0.0) for part, ms in after.items() if part not in NOT_OURS) / IDLE_SECONDS


def _used(stand: Stand) -> dict[str, float]:
    return {part: sum(one.cpu_ms for one in own) for part, own in stand.processes().items()}


def _wait_for_quiet(stand: Stand, load: Load, say: Say) -> None:
    """Until the last caller has dialled and every phone is idle; callers who never get away are counted as lost."""
    deadline = time.monotonic() + load.seconds + TALK + PATIENCE
    dial_until = time.monotonic() + load.seconds + 1
    while True:
        time.sleep(1)
        busy = stand.phones.busy()
        left = max(0.0, dial_until - time.monotonic())
        say(f"  {busy} phones in use, {left:.0f} s to go")
        if not left and not busy:
            return
        if time.monotonic() > deadline:
            say(f"  {busy} phones are still in use after {PATIENCE:g} s: counted as they stand")
            return
