"""Which queue a contact goes to, and under which topic: a pure function of what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from helpline.nouns import Tier
from helpline.routes import Route

NO_ROUTE = "no route of the line fits"


class By(StrEnum):
    """What has just become known of a contact; only routes that ask for it can answer that."""

    KEY = "keys"
    WORDS = "words"
    RISK = "risk"

    def decides(self, route: Route) -> bool:
        return bool(getattr(route, self.value))


@dataclass(frozen=True)
class Approach:
    """What is known of a contact: the number it called, the key pressed in the menu, its first text, its risk."""

    number: str = ""
    key: str = ""
    words: str = ""
    risk: Tier = Tier.NONE


@dataclass(frozen=True)
class Routed:
    """Where a contact goes. `place` is that of the route which decided, counted from 0; None if none fitted."""

    queue: str
    topic: str | None
    reason: str
    place: int | None = None


def route(
    approach: Approach, routes: Sequence[Route], now: datetime, *, otherwise: str, by: By | None = None
) -> Routed:
    """Follow the first route that fits, or stay in the queue `otherwise`.

    `now` is on the wall clock of the line. With `by`, only routes that ask for what has just become known may decide.
    """
    for place, one in enumerate(routes):
        why = _why(one, approach, now) if by is None or by.decides(one) else None
        if why is not None:
            return Routed(one.queue or otherwise, one.topic, why, place)
    return Routed(otherwise, None, NO_ROUTE)


def _why(one: Route, approach: Approach, now: datetime) -> str | None:
    """Every condition of the route, in words without what was written or called; None if one of them is not met."""
    given = (
        (bool(one.keys), approach.key in one.keys, f"the key {approach.key}"),
        (bool(one.words), one.is_said_by(approach.words), "the word the text begins with"),
        (one.number is not None, approach.number == one.number, "the number called"),
        (one.hours is not None, one.is_open(now.time()), "the hour"),
        (one.risk_tier is not None, approach.risk >= (one.risk_tier or Tier.NONE), f"risk {approach.risk}"),
    )
    conditions = [(holds, why) for is_given, holds, why in given if is_given]
    if not all(holds for holds, _ in conditions):
        return None
    return " and ".join(why for _, why in conditions)
