"""By which carrier something leaves: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from carrier.health import Finding, Health
from helpline.nouns import CarrierName


@dataclass(frozen=True)
class Choice:
    carrier: CarrierName
    reason: str


def choose(preferred: Sequence[CarrierName], found: Mapping[CarrierName, Finding]) -> Choice:
    """The first of `preferred` that is well; if none is, the first. One of which nothing is found is well.

    ValueError if there is none to choose from.
    """
    if not preferred:
        raise ValueError("there is no carrier to choose")
    for carrier in preferred:
        if carrier not in found or found[carrier].health is Health.HEALTHY:
            first = carrier is preferred[0]
            return Choice(carrier, "preferred" if first else f"{preferred[0]} is {found[preferred[0]].health}")
    return Choice(preferred[0], "none is well, so the preferred one")
