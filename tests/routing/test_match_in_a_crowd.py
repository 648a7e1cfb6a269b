"""Matching while webhooks hold some of the contacts: nobody is waited for, and nobody is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from entrypoints.drill.world import World
from entrypoints.people import WHOLE_DAY, Recruit
from helpline.nouns import Channel, ContactState, Role
from helpline.tables import Contact, Offer
from routing.contacts import find_caller, receive
from routing.match import LOOK_AGAIN, RACE_PAUSE, match
from routing.moves import lock_contact

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
