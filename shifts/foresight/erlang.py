"""How long callers wait when so many people are there for them: the formulas of Erlang and of Palm. Pure.

Contacts arrive independently of each other (Poisson), take a time that is exponentially distributed, and are served in
the order in which they come; whoever waits gives up after a time that is exponential too, or never does.

Sources: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
exchanges", 1917 (B and C); C. Palm, "Research on telephone traffic carried by full availability groups", 1946, and
O. Garnett, A. Mandelbaum, M. Reiman, "Designing a call center with impatient customers", 2002 (A).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

MOST_TERMS = 5_000_000
MOST_PEOPLE = 1_000_000
NEGLIGIBLE = 1e-18
HOUR = 3600.0


class Incalculable(ValueError):
    """A question to which the formulas have no answer; the text says why."""


@dataclass(frozen=True)
class Demand:
    """What comes in: contacts an hour, seconds one of them takes, and seconds for which somebody waits on average.

    The time a contact takes is everything from the answer until the person is free again, wrap-up included. A patience
    of infinity: nobody ever gives up (Erlang C); else Erlang A.
    """

    per_hour: float
    handling_seconds: float
    patience_seconds: float = math.inf

    def __post_init__(self) -> None:
        if not (math.isfinite(self.per_hour) and self.per_hour >= 0):
            raise ValueError("contacts an hour must be a number from 0 on")
        if not (math.isfinite(self.handling_seconds) and self.handling_seconds > 0):
            raise ValueError("a contact takes a time above 0 seconds")
        if not self.patience_seconds > 0:
            raise ValueError("patience is a time above 0 seconds, or infinite")

    @property
    def erlangs(self) -> float:
        """People kept busy on average if nobody ever had to wait."""
        return self.per_hour * self.handling_seconds / HOUR


@dataclass(frozen=True)
class Goal:
    """A share of all contacts, from 0 to below 1, to be answered within so many seconds of their arrival."""

    share: float
    seconds: float

    def __post_init__(self) -> None:
        if not 0 <= self.share < 1:
            raise ValueError("a goal is a share from 0 to below 1")
        if not self.seconds >= 0:
            raise ValueError("seconds count from 0 on")


def erlang_b(erlangs: float, people: int) -> float:
    """The share of contacts that find everybody busy and are lost, if nobody may wait (Erlang's first formula)."""
    lost = 1.0
    for one in range(1, people + 1):
        lost = erlangs * lost / (one + erlangs * lost)
    return lost


def erlang_c(erlangs: float, people: int) -> float:
    """The share of contacts that have to wait, if nobody gives up (his second). 1 if the load is above capacity."""
    if erlangs >= people:
        return 1.0 if erlangs > 0 else 0.0
    lost = erlang_b(erlangs, people)
    return people * lost / (people - erlangs * (1 - lost))


@dataclass(frozen=True)
class Service:
    """What so many people give to a demand, once it has lasted for a while."""

    demand: Demand
    people: int

    def __post_init__(self) -> None:
        if not 0 <= self.people <= MOST_PEOPLE:
            raise Incalculable(f"people are counted from 0 to {MOST_PEOPLE}")

    @property
    def is_overloaded(self) -> bool:
        """Whether more comes in than can ever be served: the queue grows until enough give up, or without end."""
        return self.demand.erlangs > 0 and self.demand.erlangs >= self.people

    @property
    def is_patient(self) -> bool:
        """Whether nobody gives up."""
        return math.isinf(self.demand.patience_seconds)

    @cached_property
    def waits(self) -> float:
        """The share of contacts that are not answered at once."""
        if self.demand.per_hour == 0:
            return 0.0
        if self.is_patient:
            return erlang_c(self.demand.erlangs, self.people)
        return math.exp(self._log_full + self._queue.log_sum)

    @cached_property
    def gives_up(self) -> float:
        """The share of contacts that leave before they are answered."""
        if self.demand.per_hour == 0 or self.is_patient:
            return 0.0
        return min(1.0, math.exp(self._log_full + self._queue.log_length - math.log(self._arrivals)))

    @property
    def mean_wait_seconds(self) -> float:
        """How long a contact waits on average, until it is answered or gives up, those that do not wait included."""
        if self.demand.per_hour == 0:
            return 0.0
        if not self.is_patient:
            return self.gives_up * self.demand.patience_seconds
        if self.is_overloaded:
            return math.inf
        return self.waits * self.demand.handling_seconds / (self.people - self.demand.erlangs)

    @property
    def occupancy(self) -> float:
        """The share of their time for which people are busy; 0 if there is nobody."""
        if self.people == 0:
            return 0.0
        return min(1.0, self.demand.erlangs * (1 - self.gives_up) / self.people)

    def answered_within(self, seconds: float) -> float:
        """The share of all contacts that are answered within so many seconds of their arrival."""
        if self.demand.per_hour == 0:
            return 1.0
        if self.people == 0:
            return 0.0
        if not self.is_patient:
            return min(1.0, max(0.0, 1 - self.gives_up - self._answered_after(seconds)))
        if self.is_overloaded:
            return 0.0
        return 1 - self.waits * math.exp(-(self.people - self.demand.erlangs) * seconds / self.demand.handling_seconds)

    def _answered_after(self, seconds: float) -> float:
        """The share that is answered, but later. An incomplete gamma function, as a series of positive terms."""
        gone = seconds / self.demand.patience_seconds
        queue = _Queue(self._arrivals * math.exp(-gone), self._capacity + 1)
        log_share = self._log_full + math.log(self._capacity / (self._capacity + 1)) + queue.log_sum
        return math.exp(log_share - self._arrivals * math.expm1(-gone) - (self._capacity + 1) * gone)

    @property
    def _arrivals(self) -> float:
        """Contacts that arrive within a mean patience."""
        return self.demand.per_hour * self.demand.patience_seconds / HOUR

    @property
    def _capacity(self) -> float:
        """Contacts that everybody together finishes within a mean patience."""
        return self.people * self.demand.patience_seconds / self.demand.handling_seconds

    @cached_property
    def _queue(self) -> _Queue:
        return _Queue(self._arrivals, self._capacity)

    @cached_property
    def _log_full(self) -> float:
        """The logarithm of how likely it is that everybody is busy and nobody waits."""
        lost = erlang_b(self.demand.erlangs, self.people)
        if lost == 0:
            return -math.inf
        return -_log_add(math.log1p(-lost) - math.log(lost) if lost < 1 else -math.inf, self._queue.log_sum)


class _Queue:
    """How likely every length of the queue is beside none, with `arrivals` and `capacity` in a mean patience.

    A queue of j is arrivals^j / ((capacity + 1)···(capacity + j)) times as likely as none. Kept are the logarithm of
    the sum of all that, and of the sum weighted with the length.
    """

    def __init__(self, arrivals: float, capacity: float) -> None:
        if arrivals - capacity > MOST_TERMS:
            raise Incalculable(
                "the load is above capacity and patience so long that the queue has no bound to speak of"
            )
        total, weighted, term, length, taken_out = 1.0, 0.0, 1.0, 0, 0.0
        while True:
            length += 1
            term *= arrivals / (capacity + length)
            total += term
            weighted += term * length
            if total > 1e200:
                taken_out += math.log(total)
                term, weighted, total = term / total, weighted / total, 1.0
            if capacity + length > arrivals and term * length <= NEGLIGIBLE * weighted:
                break
            if length > 4 * MOST_TERMS:
                raise Incalculable("so near to capacity, and with so much patience, the queue has no bound to speak of")
        self.log_sum = math.log(total) + taken_out
        self.log_length = math.log(weighted) + taken_out if weighted > 0 else -math.inf


def _log_add(one: float, other: float) -> float:
    """The logarithm of the sum of two values given by their logarithms."""
    larger, smaller = max(one, other), min(one, other)
    return larger + math.log1p(math.exp(smaller - larger)) if smaller > -math.inf else larger


def people_needed(demand: Demand, goal: Goal) -> int:
    """The fewest people who reach the goal. Incalculable if more than a million would be needed."""

    def reached(people: int) -> bool:
        return Service(demand, people).answered_within(goal.seconds) >= goal.share

    enough = 1
    while not reached(enough):
        enough *= 2
        if enough > MOST_PEOPLE:
            raise Incalculable(f"not even {MOST_PEOPLE} people reach that")
    below = enough // 2
    while enough - below > 1:
        middle = (enough + below) // 2
        below, enough = (below, middle) if reached(middle) else (middle, enough)
    return 0 if below == 0 and reached(0) else enough
