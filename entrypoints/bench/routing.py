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
from routing.choose import Offer, Waiting, choose
from routing.order import in_order
from routing.pool import Candidate, Pool

NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)
LINE = ROOT / "lines" / "demo.toml"
TOPICS = ("bereavement", "violence", "addiction", "exams")
LEAST_SECONDS = 2.0


def run(peers: int, waiting: int, *, seed: int = 1, least_seconds: float = LEAST_SECONDS) -> dict[str, Any]:
    """Serves a queue of `waiting` contacts from a pool of `peers`, again and again for `least_seconds`.

    One decision is one call of the engine for one contact; whoever it chooses is busy for the contacts behind. The
    people are sorted and grouped anew for every pass, which counts as part of its first decision.
    """
    queue = load_line(LINE).queue("support")
    rng = Random(seed)  # noqa: S311 - a made-up roster
    contacts, people = contacts_of(rng, waiting), people_of(rng, peers)
    taken: list[float] = []
    passes: list[float] = []
    began = time.perf_counter()
    while not taken or time.perf_counter() - began < least_seconds:
        pass_began = start = time.perf_counter()
        free = Pool(people, NOW)
        for contact in in_order(contacts, queue.ageing, NOW):
            verdict = choose(contact, free, queue, NOW, shares=2)
            if isinstance(verdict, Offer):
                free = free.having_taken(verdict.people, 2)
            now = time.perf_counter()
            taken.append((now - start) * 1000)
            start = now
        passes.append((start - pass_began) * 1000)
    return {
        "decisions": len(taken),
        "p50_ms": _fine(taken, 0.50),
        "p99_ms": _fine(taken, 0.99),
        "decisions_per_s": round(len(taken) / (sum(taken) / 1000), 1),
        "pass_p50_ms": _fine(passes, 0.50),
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


def people_of(rng: Random, count: int) -> Sequence[Candidate]:
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


def _fine(taken: Sequence[float], share: float) -> float | None:
    """To the microsecond: a decision is far below a millisecond."""
    found = percentile([ms * 1000 for ms in taken], share)
    return None if found is None else round(found / 1000, 4)
