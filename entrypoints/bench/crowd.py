"""The people of a load test: peers enough for the rate, and callers with the moment at which each one dials."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from entrypoints.people import Recruit
from helpline.hours import WHOLE_DAY
from helpline.nouns import Role

TALK = 12.0
"""Seconds from the moment the line picks up until the caller hangs up."""
ANSWER_AFTER = 1.0
PRESS_AFTER = 1.0
MARGIN = 1.25
SPARE = 5
PEERS_FROM, CALLERS_FROM = 300, 600

Body = dict[str, Any]


@dataclass(frozen=True)
class Crowd:
    """Who is on the roster, and the simulated phones as the exchange's control side takes them."""

    roster: Sequence[Recruit]
    staff: Sequence[Body]
    callers: Sequence[Body]


def peers_needed(rate: float, calls: int, busy_seconds: float) -> int:
    """How many peers never leave a caller waiting: each is taken for `busy_seconds` by one call."""
    return math.ceil(min(rate * busy_seconds, calls) * MARGIN) + SPARE


def gather(rate: float, seconds: float, wrap_up: float, rng: Random, more_peers: int = 0) -> Crowd:
    """Callers who dial independently of each other, `rate` a second on average, and peers who answer them.

    `more_peers` are for whoever is asked about something else.
    """
    calls = max(1, round(rate * seconds))
    peers = peers_needed(rate, calls, TALK + wrap_up) + more_peers
    roster = [
        Recruit(f"Peer {number[2:]}", Role.PEER, ("en",), number, hours=(WHOLE_DAY,))
        for number, _ in zip(fictional(PEERS_FROM), range(peers), strict=False)
    ]
    clinician = Recruit("Clinician", Role.CLINICIAN, ("en",), "+12995550100", tier=1)
    moments = sorted(rng.uniform(0, seconds) for _ in range(calls))
    callers = [
        {"number": number, "behaviour": {"hang_up_after": TALK}, "dial_after": round(moment, 3)}
        for number, moment in zip(fictional(CALLERS_FROM), moments, strict=False)
    ]
    everybody = [*roster, clinician]
    return Crowd(everybody, [answering(one.number) for one in everybody], callers)


def answering(number: str, presses: Sequence[float] = (PRESS_AFTER,)) -> Body:
    """A phone whose owner picks up and takes the call, pressing 1 so many seconds after each other."""
    return {
        "number": number,
        "behaviour": {"answer_after": ANSWER_AFTER, "press": [[pause, "1"] for pause in presses]},
    }


def fictional(area: int) -> Iterator[str]:
    """Numbers set aside for fiction, a hundred to an area code, from `area` on."""
    while area <= 999:
        if area % 100 != 11 and area // 10 % 10 != 9:
            yield from (f"+1{area}55501{last:02d}" for last in range(100))
        area += 1
