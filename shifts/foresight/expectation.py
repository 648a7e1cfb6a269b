"""What callers are to expect of an hour, by the formulas: pure.

All who answer are one group, and whoever comes waits in one queue: of languages, queues and ringing the formulas know
nothing. A conversation by text counts as the part of somebody that it takes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from helpline.foresight import LoadPolicy
from helpline.line import Capacity
from helpline.nouns import Channel, Role
from helpline.queue import Queue
from shifts.foresight.cover import Span
from shifts.foresight.erlang import Demand, Goal, Service, people_needed
from shifts.foresight.load import Load


@dataclass(frozen=True, slots=True)
class Expectation:
    """What comes in, how many people would reach the line's aim, and what callers meet with those who are there."""

    calls_per_hour: float
    texts_per_hour: float
    people: int
    needed: int
    mean_wait_seconds: float
    answered_share: float
    gives_up_share: float


@dataclass(frozen=True)
class Expecting:
    """What every expectation of a line rests on. `seconds` are how long a contact takes, by channel."""

    load: Load
    seconds: Mapping[Channel, float]
    capacity: Capacity
    policy: LoadPolicy

    def of(self, moment: datetime, people: int) -> Expectation:
        """What is to be expected in the hour of a moment, with so many people."""
        per_hour = {channel: self.load.at(moment, channel) for channel in Channel}
        demand = self._demand(per_hour)
        service = Service(demand, people)
        goal = Goal(self.policy.answered_share, self.policy.within_seconds)
        return Expectation(
            per_hour[Channel.VOICE],
            per_hour[Channel.TEXT],
            people,
            people_needed(demand, goal),
            service.mean_wait_seconds,
            service.answered_within(goal.seconds),
            service.gives_up,
        )

    def _demand(self, per_hour: Mapping[Channel, float]) -> Demand:
        patience = 60 * self.policy.patience_minutes
        every = sum(per_hour.values())
        if every == 0:
            return Demand(0, self.seconds[Channel.VOICE], patience)
        work = sum(
            rate * self.seconds[channel] * self.capacity.of(channel) / self.capacity.shares
            for channel, rate in per_hour.items()
        )
        return Demand(every, work / every, patience)


def answering(span: Span, queues: Mapping[str, Queue]) -> int:
    """How many of those on shift are asked from the first moment on, in any queue."""
    roles: frozenset[Role] = frozenset().union(*(queue.openings[0].roles for queue in queues.values()))
    return sum(len(people) for role, people in span.serving.items() if role in roles)


def two_figures(value: float) -> float:
    """A rate as exactly as anybody knows it, so that hours that are alike count as alike."""
    return 0.0 if value == 0 else round(value, 1 - math.floor(math.log10(abs(value))))
