"""The routing engine by itself: how long one decision takes over a pool of people."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from entrypoints.bench.tally import percentile
from helpline.line import load_line
from helpline.nouns import Channel, Role, Tier
from helpline.settings import ROOT
from routing.choose import Candidate, Offer, Waiting, choose
from routing.order import in_order

NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)
LINE = ROOT / "lines" / "demo.toml"
TOPICS = ("bereavement", "violence", "addiction", "exams")
LEAST_SECONDS = 2.0


def run(peers: int, waiting: int, *, seed: int = 1, least_seconds: float = LEAST_SECONDS) -> dict[str, Any]:
    """Serves a queue of `waiting` contacts from a pool of `peers`, again and again for `least_seconds`.

    One decision is one call of the engine for one contact; whoever it chooses is busy for the contacts behind.
    """
    queue = load_line(LINE).queue("support")
    rng = Random(seed)  # noqa: S311 - a made-up roster
    contacts, pool = contacts_of(rng, waiting), pool_of(rng, peers)
    taken: list[float] = []
    began = time.perf_counter()
    while not taken or time.perf_counter() - began < least_seconds:
        free = list(pool)
        for contact in in_order(contacts, queue.ageing, NOW):
            start = time.perf_counter()
            verdict = choose(contact, free, queue, NOW, shares=2)
            taken.append((time.perf_counter() - start) * 1000)
            if isinstance(verdict, Offer):
                free = [_busy(one) if one.person in verdict.people else one for one in free]
    return {
        "decisions": len(taken),
        "p50_ms": _fine(taken, 0.50),
        "p99_ms": _fine(taken, 0.99),
        "decisions_per_s": round(len(taken) / (sum(taken) / 1000), 1),
        "peers": peers,
        "waiting": waiting,
    }


def contacts_of(rng: Random, count: int) -> Sequence[Waiting]:
    """Contacts of every language, risk and age up to the wait limit."""
    return [
        Waiting(
            contact=UUID(int=number),
            channel=rng.choice([Channel.VOICE, Channel.TEXT]),
            language=rng.choice(["en", "en", "en", "es"]),
            topics=frozenset(rng.sample(TOPICS, rng.choice([0, 0, 1]))),
            risk=rng.choice([Tier.NONE, Tier.NONE, Tier.ELEVATED, Tier.HIGH, Tier.IMMINENT]),
            front=rng.random() < 0.05,
            arrived_at=NOW - timedelta(seconds=rng.uniform(0, 150)),
        )
        for number in range(count)
    ]


def pool_of(rng: Random, count: int) -> Sequence[Candidate]:
    """People of whom most are on shift, some busy, some paused, and some do not take a topic."""
    return [
        Candidate(
            person=UUID(int=1_000_000 + number),
            name=f"Peer {number}",
            role=rng.choice([Role.PEER, Role.PEER, Role.PEER, Role.BACKUP]),
            place=number,
            languages=frozenset(rng.choice([("en",), ("en",), ("en", "es")])),
            excludes=frozenset(rng.sample(TOPICS, rng.choice([0, 0, 1]))),
            on_shift=rng.random() < 0.8,
            free_shares=rng.choice([0, 1, 2, 2]),
            paused_until=NOW + timedelta(seconds=30) if rng.random() < 0.1 else None,
            idle_since=NOW - timedelta(seconds=rng.uniform(0, 3600)),
        )
        for number in range(count)
    ]


def _busy(one: Candidate) -> Candidate:
    return Candidate(**{**vars(one), "free_shares": 0})


def _fine(taken: Sequence[float], share: float) -> float | None:
    """To the microsecond: a decision is far below a millisecond."""
    found = percentile([ms * 1000 for ms in taken], share)
    return None if found is None else round(found / 1000, 4)
