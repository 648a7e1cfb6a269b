"""What several simulations found together, each figure with how far it can be trusted. Pure.

Independent replications: every one begins anew, and its figure is one of a sample; the interval is Student's (1908).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev

from routing.simulation import Chance, Outcome, Setting, run

FEWEST = 10
"""Replications, below which the sample says too little about its own spread."""


@dataclass(frozen=True)
class Figure:
    """A figure, and half the width of the interval in which it lies with the confidence that was asked for."""

    value: float
    within: float

    def agrees_with(self, other: float) -> bool:
        """Whether another figure lies in the interval."""
        return abs(self.value - other) <= self.within


@dataclass(frozen=True)
class Findings:
    """What callers meet. Shares are of all contacts; waits, in seconds, end with an answer or without one."""

    mean_wait_seconds: Figure
    answered_within: Figure
    gives_up: Figure
    reaches_limit: Figure
    waits_longer_than: tuple[tuple[float, Figure], ...]
    """For some shares of all contacts, the seconds that no more than the rest wait for: 0.9 is the 90th percentile."""
    confidence: float
    contacts: int


@dataclass(frozen=True)
class Effort:
    """How much is simulated: so many replications of so many contacts each, after the first, which do not count."""

    replications: int = 20
    counted: int = 300
    warm_up: int = 100
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if self.replications < FEWEST:
            raise ValueError(f"an interval takes {FEWEST} replications at least")
        if self.counted < 1 or not 0 < self.confidence < 1:
            raise ValueError("something has to be counted, with a confidence between 0 and 1")


def simulate(
    setting: Setting,
    chance: Chance,
    *,
    within_seconds: float,
    effort: Effort,
    percentiles: Sequence[float] = (0.5, 0.9),
) -> Findings:
    """Run the setting as often as the effort says, and put together what was found."""
    runs = [run(setting, chance, warm_up=effort.warm_up, counted=effort.counted) for _ in range(effort.replications)]

    def figure(of: Callable[[Sequence[Outcome]], float]) -> Figure:
        return _figure([of(one) for one in runs if one], effort.confidence)

    return Findings(
        mean_wait_seconds=figure(lambda one: fmean(outcome.wait_seconds for outcome in one)),
        answered_within=figure(_share(lambda one: one.answered and one.wait_seconds <= within_seconds)),
        gives_up=figure(_share(lambda one: one.gave_up)),
        reaches_limit=figure(_share(lambda one: one.reached_limit)),
        waits_longer_than=tuple((share, figure(_percentile(share))) for share in percentiles),
        confidence=effort.confidence,
        contacts=sum(map(len, runs)),
    )


def _share(holds: Callable[[Outcome], bool]) -> Callable[[Sequence[Outcome]], float]:
    return lambda outcomes: fmean(holds(outcome) for outcome in outcomes)


def _percentile(share: float) -> Callable[[Sequence[Outcome]], float]:
    """The smallest wait that the share of all contacts does not exceed."""

    def of(outcomes: Sequence[Outcome]) -> float:
        waits = sorted(outcome.wait_seconds for outcome in outcomes)
        return waits[min(len(waits) - 1, max(0, math.ceil(share * len(waits)) - 1))]

    return of


def _figure(sample: Sequence[float], confidence: float) -> Figure:
    if len(sample) < FEWEST:
        return Figure(0.0, 0.0)
    spread = stdev(sample) / math.sqrt(len(sample))
    return Figure(fmean(sample), student_t((1 + confidence) / 2, len(sample) - 1) * spread)


def student_t(probability: float, freedom: int) -> float:
    """The quantile of Student's distribution, right to three digits from nine degrees of freedom on.

    The expansion of Cornish and Fisher about the normal quantile (Abramowitz and Stegun 1964, 26.7.5).
    """
    if freedom < FEWEST - 1:
        raise ValueError(f"the expansion holds from {FEWEST - 1} degrees of freedom on")
    z = NormalDist().inv_cdf(probability)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(z + sum(term / freedom ** (power + 1) for power, term in enumerate(terms)))
