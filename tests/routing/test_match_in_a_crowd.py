"""Matching while webhooks hold some of the contacts: nobody is waited for, and nobody is forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from carrier.dispatch import Dispatcher
from entrypoints.drill.world import World
from entrypoints.people import Recruit
from entrypoints.tick import Ticker
from escalation.risk import Lexicon
from helpline.hours import WHOLE_DAY
from helpline.line import read_line
from helpline.nouns import Channel, ContactState, Role
from helpline.tables import Contact, Offer
from routing.choose import Offer as Ask
from routing.choose import choose
from routing.contacts import find_caller, receive
from routing.match import LOOK_AGAIN, RACE_PAUSE, match
from routing.moves import lock_contact
from routing.pool import Candidate, Fit, Pool, Wanted
from tests.conftest import DEMO_LINE
from tests.routing.test_choose import NOW, SHARES, candidate, some, waiting

PEERS = {"Ana": "+12125550121", "Bo": "+12125550122"}
QUEUE = "support"


@pytest.fixture
def world(make_world: Callable[[], World]) -> World:
    made = make_world()
    made.enlist([Recruit(name, Role.PEER, ("en",), number, hours=(WHOLE_DAY,)) for name, number in PEERS.items()])
    return made


def received(world: World, number: str) -> Any:
    with world.database.work() as work:
        return receive(work, find_caller(work, number), Channel.VOICE).id


def states(world: World) -> dict[Any, ContactState]:
    with world.database.work() as work:
        return {contact.id: contact.state for contact in work.session.scalars(select(Contact))}


def matched(world: World) -> timedelta:
    """One pass; how long until the next."""
    with world.database.work() as work:
        again = match(work, QUEUE)
        assert again is not None
        return again - work.now


def test_a_contact_that_a_webhook_holds_is_matched_a_moment_later(world: World) -> None:
    sam = received(world, "+16465550141")
    with world.database.work() as busy:
        lock_contact(busy, sam)
        assert matched(world) == RACE_PAUSE
    assert states(world) == {sam: ContactState.QUEUED}
    matched(world)
    assert states(world) == {sam: ContactState.OFFERED}


def test_the_others_are_matched_meanwhile(world: World) -> None:
    sam, kim = received(world, "+16465550141"), received(world, "+16465550142")
    with world.database.work() as busy:
        lock_contact(busy, sam)
        assert matched(world) == RACE_PAUSE
    assert states(world) == {sam: ContactState.QUEUED, kim: ContactState.OFFERED}


def test_a_contact_for_whom_enough_people_are_asked_is_not_locked(world: World) -> None:
    sam = received(world, "+16465550141")
    matched(world)
    with world.database.work() as busy:
        lock_contact(busy, sam)
        assert matched(world) == LOOK_AGAIN
    with world.database.work() as work:
        assert len(work.session.scalars(select(Offer)).all()) == 1


def test_four_tickers_at_once_make_no_offer_twice(engine: Engine, lexicon: Lexicon) -> None:
    """Forty callers and as many peers before four tickers, each with its own transactions: everybody is asked once."""
    world = World(engine, lexicon, DEMO_LINE)
    world.away.worker = True
    world.enlist(
        [Recruit(f"Peer {n}", Role.PEER, ("en",), f"+1212555{110 + n:04d}", hours=(WHOLE_DAY,)) for n in range(40)]
    )
    for n in range(40):
        received(world, f"+1646555{100 + n:04d}")
    tickers = [Ticker(world.database, NoOutbox()) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(40):
            world.clock.advance(0.2)
            list(pool.map(lambda ticker: ticker.tick(), tickers))
    with world.database.work() as work:
        made = work.session.scalars(select(Offer)).all()
    assert len(made) == len({offer.contact_id for offer in made}) == len({offer.person_id for offer in made}) == 40


class NoOutbox(Dispatcher):
    """Rings are left in the outbox: what is looked at here is who is to be rung."""

    def __init__(self) -> None:
        pass

    def drain(self) -> int:
        return 0


def test_what_a_pass_looks_at_grows_with_who_waits_and_not_with_who_is_busy() -> None:
    """500 wait, 2,000 are on duty, one is free: people are gone through once for each thing that is wanted."""
    queue = read_line(DEMO_LINE.read_text(encoding="utf-8")).queue(QUEUE)
    pool = CountingPool([candidate(n, free_shares=0 if n else SHARES) for n in range(2000)], NOW)
    for n in range(500):
        contact = waiting(contact=some(5000 + n), language=("en", "es")[n % 2], arrived_at=NOW)
        verdict = choose(contact, pool, queue, NOW, shares=SHARES)
        if isinstance(verdict, Ask):
            pool = pool.having_taken(verdict.people, SHARES)
    assert pool.looked_through["people"] == 2000 * 4  # two languages, before and after the backup's step
    assert pool.looked_through["free"] <= 500


class CountingPool(Pool):
    """A pool that counts how many people are looked at, and for what."""

    looked_through: Counter[str]

    def __init__(self, people: list[Candidate], now: datetime) -> None:
        super().__init__(people, now)
        self.looked_through = Counter()
        self.known: set[Wanted] = set()

    def fit(self, wanted: Wanted) -> Fit:
        if wanted not in self.known:
            self.known.add(wanted)
            self.looked_through["people"] += len(self)
        return super().fit(wanted)

    def is_busy(self, one: Candidate, channel: Channel, shares: int) -> bool:
        self.looked_through["free"] += 1
        return super().is_busy(one, channel, shares)
