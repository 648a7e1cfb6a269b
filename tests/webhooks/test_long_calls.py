"""A call may last for hours: no address it was given ever comes round again as if it were an old request."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from entrypoints.drill.world import World
from entrypoints.people import recruits
from exchange import Phone
from helpline.inbox import RETRY_WINDOW

LINE, PARTNER = "+12125550100", "+12125550188"
LONG = RETRY_WINDOW.total_seconds() + 30


@pytest.fixture
def world(make_world: Callable[[], World]) -> World:
    made = make_world()
    rows = [
        {"name": "Ana", "role": "peer", "on shift": "yes", "number": "+12125550121"},
        {"name": "Bo", "role": "peer", "on shift": "yes", "number": "+12125550122"},
        {"name": "Lee", "role": "clinician", "on call": "1", "number": "+12125550123"},
    ]
    made.enlist(recruits(rows, "these people"))
    return made


def phone(world: World, number: str) -> Phone:
    return world.network.phone(number)


@pytest.fixture
def sam(world: World) -> Phone:
    return phone(world, "+16465550141")


def rings(world: World, one: Phone, within: float = 60) -> bool:
    return world.run_until(lambda: one.ringing, within)


def take(world: World, one: Phone) -> None:
    """Pick up, hear the screen, press 1."""
    assert rings(world, one)
    one.answer()
    world.run_for(2)
    one.press("1")


def nothing_went_wrong(world: World) -> None:
    assert not [(record.url, record.status) for record in world.network.webhooks if record.status != 200]
    assert not world.network.complaints


def test_a_caller_whose_peers_drop_one_after_the_other_over_hours_is_answered_every_time(
    world: World, sam: Phone
) -> None:
    ana, bo = phone(world, "+12125550121"), phone(world, "+12125550122")
    sam.dial(LINE)
    assert rings(world, ana)
    world.run_for(18)
    for peer, seconds in ((ana, LONG), (bo, 5), (ana, 5)):
        take(world, peer)
        assert world.run_until(lambda p=peer: world.network.talking(sam.number, p.number), 5)
        world.run_for(seconds)
        assert world.network.talking(sam.number, peer.number)
        peer.hang_up()
        world.run_for(1)
    nothing_went_wrong(world)


def test_a_peer_may_ask_for_a_clinician_as_often_as_they_need_one(world: World, sam: Phone) -> None:
    ana, lee = phone(world, "+12125550121"), phone(world, "+12125550123")
    sam.dial(LINE)
    take(world, ana)
    assert world.run_until(lambda: world.network.talking(sam.number, ana.number), 5)
    for pause in (30, LONG):
        world.run_for(pause)
        before = len(lee.rings)
        ana.press("*")
        assert world.run_until(lambda b=before: len(lee.rings) > b, 10), pause
        take(world, lee)
        assert world.run_until(lambda: world.network.talking(sam.number, ana.number, lee.number), 10)
        lee.hang_up()
        world.run_for(5)
        assert world.network.talking(sam.number, ana.number)
    nothing_went_wrong(world)


def test_a_caller_whom_the_partner_line_fails_again_and_again_stays_in_line(
    make_world: Callable[[], World],
) -> None:
    world = make_world()
    sam = phone(world, "+16465550141")
    sam.dial(LINE)
    for _ in range(2):
        assert world.run_until(lambda: any("Nobody has been free" in heard.text for heard in sam.heard), 200)
        partner = phone(world, PARTNER)
        assert rings(world, partner, 60)
        partner.decline()
        sam.heard.clear()
        assert world.run_until(lambda: any("back in our line" in heard.text for heard in sam.heard), 20)
    nothing_went_wrong(world)
