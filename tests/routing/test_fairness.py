"""Whoever is equally fit gets an equal share: a week of contacts through the engine, with each strategy."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random
from statistics import median
from uuid import UUID

import pytest

from helpline.queue import Strategy
from routing.choose import Offer, choose
from routing.pool import Candidate, Pool
from tests.routing.test_choose import NOW, SHARES, SUPPORT, candidate, some, waiting

FAIR = (Strategy.LONGEST_IDLE, Strategy.LEAST_TODAY, Strategy.ROUND_ROBIN, Strategy.BEST_MATCH)
PEERS = 12
WEEK = timedelta(days=7)
UNFAIR = 1.2
"""Times the median that nobody of equal fit may exceed."""


def a_week(strategy: Strategy, seed: int) -> Counter[UUID]:
    """How many contacts each of twelve peers got. Calls last 5 to 40 minutes and come every 3 to 17."""
    rng, policy = Random(seed), SUPPORT.model_copy(update={"strategy": strategy})
    people = {some(n): candidate(n, idle_since=NOW) for n in range(1, PEERS + 1)}
    busy: dict[UUID, timedelta] = {}
    had: Counter[UUID] = Counter()
    at, day = timedelta(), 0
    while at < WEEK:
        at += timedelta(minutes=rng.uniform(3, 17))
        now = NOW + at
        for person, until in [*busy.items()]:
            if until <= at:
                people[person] = replace(people[person], free_shares=SHARES, idle_since=NOW + until)
                del busy[person]
        if at.days > day:
            day = at.days
            people = {person: replace(one, contacts_today=0, last_asked=None) for person, one in people.items()}
        verdict = choose(waiting(arrived_at=now), Pool(people.values(), now), policy, now, shares=SHARES)
        for person in verdict.people if isinstance(verdict, Offer) else ():
            had[person] += 1
            one = people[person]
            people[person] = replace(one, free_shares=0, contacts_today=one.contacts_today + 1, last_asked=now)
            busy[person] = at + timedelta(minutes=rng.uniform(5, 40))
    return had


@pytest.mark.parametrize("strategy", FAIR)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_over_a_week_no_peer_of_equal_fit_gets_much_more_than_the_others(strategy: Strategy, seed: int) -> None:
    had = a_week(strategy, seed)
    assert len(had) == PEERS
    assert max(had.values()) <= UNFAIR * median(had.values())


def test_the_coordinators_order_is_not_meant_to_be_fair() -> None:
    had = a_week(Strategy.RANKED, 1)
    assert had[some(1)] > 2 * median(had.get(some(n), 0) for n in range(1, PEERS + 1))


TURNS = {
    Strategy.LONGEST_IDLE: 2,
    Strategy.LEAST_TODAY: 3,
    Strategy.ROUND_ROBIN: 1,
    Strategy.RANKED: 1,
}


@pytest.mark.parametrize(("strategy", "first"), TURNS.items())
def test_each_strategy_asks_whom_it_says(strategy: Strategy, first: int) -> None:
    people: list[Candidate] = [
        candidate(1, idle_since=NOW, contacts_today=2, last_asked=NOW - timedelta(hours=3)),
        candidate(2, idle_since=NOW - timedelta(hours=2), contacts_today=2, last_asked=NOW - timedelta(hours=2)),
        candidate(3, idle_since=NOW, contacts_today=1, last_asked=NOW - timedelta(hours=1)),
    ]
    verdict = choose(waiting(), people, SUPPORT.model_copy(update={"strategy": strategy}), NOW, shares=SHARES)
    assert isinstance(verdict, Offer) and verdict.people == (some(first),)
    assert strategy.merit in verdict.reasons[first - 1].words
