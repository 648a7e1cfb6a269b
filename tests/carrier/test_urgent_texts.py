"""One text a second, and a crowd of them waiting: the pages about somebody in danger leave before all others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from entrypoints.drill.world import World
from entrypoints.people import recruits
from helpline import outbox
from helpline.outbox import Urgency
from helpline.tables import Person

CROWD = 12


@pytest.fixture
def world(make_world: Callable[[], World]) -> World:
    made = make_world()
    rows = [
        {"name": name, "role": role, "languages": "en", "on shift": shift, "on call": tier, "number": number}
        for name, role, shift, tier, number in (
            ("Ana", "peer", "yes", "", "+12125550120"),
            ("Lee", "clinician", "no", "1", "+12125550121"),
            ("Sue", "supervisor", "yes", "", "+12125550122"),
        )
    ]
    made.enlist(recruits(rows, "these people"))
    return made


@pytest.mark.parametrize("urgency", [Urgency.NOTICE, Urgency.OFFER, Urgency.CALLER, Urgency.PAGE, Urgency.LIVE])
def test_the_page_for_danger_is_the_next_text_that_leaves(world: World, urgency: Urgency) -> None:
    with world.database.work() as work:
        ana = work.session.scalars(select(Person).where(Person.name == "Ana")).one()
        for number in range(CROWD):
            outbox.text_person(work, ana.id, f"news {number}", urgency=urgency)
    world.run_for(0.5)
    sam, lee = world.network.phone("+16465550100", name="Sam"), world.network.phone("+12125550121", name="Lee")
    sam.text(world.line.line.number, "i took all of my pills")
    world.run_for(2)
    assert any("may be in danger" in one.body for one in lee.texts)
    ana_phone = world.network.phone("+12125550120", name="Ana")
    assert len(ana_phone.texts) < CROWD
    world.run_for(60)
    assert sum("news" in one.body for one in ana_phone.texts) == CROWD
