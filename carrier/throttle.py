"""How often the carrier takes a request: a pure gate of one slot after another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Admitted:
    """The request may leave now; the next one not before `free_at`."""

    free_at: datetime


@dataclass(frozen=True)
class Held:
    """The request has to wait until `free_at`."""

    free_at: datetime


def admit(free_at: datetime | None, now: datetime, per_second: float) -> Admitted | Held:
    """Whether one more request may leave at `now`, when the carrier takes `per_second` of them a second."""
    if per_second <= 0:
        raise ValueError("a rate is above zero")
    if free_at is not None and now < free_at:
        return Held(free_at)
    return Admitted(now + timedelta(seconds=1 / per_second))
