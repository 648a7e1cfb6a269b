"""Two clinicians take one contact in two transactions at once: one has it, and the other is told how it stands."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from entrypoints.drill.world import World
from entrypoints.people import recruits
from escalation import cases
from escalation.rules import broken
from helpline.database import Work
from helpline.nouns import OFFER_TAKEN, PageState
from helpline.privacy import command_words
from helpline.tables import CommandRow, Offer, Page, Person
from routing.offers import Answer
from tests.conftest import MakeWorld
from webhooks import paging_commands

NEW_YORK = ZoneInfo("America/New_York")
NIGHT = datetime(2026, 3, 2, 23, tzinfo=NEW_YORK)


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """Sam writes, and both clinicians have been paged."""
    made = make_world(start=NIGHT)
    rows = [
        {"name": name, "role": "clinician", "languages": "en", "on shift": "no", "on call": "1", "number": number}
        for name, number in (("Lee", "+12125550120"), ("Max", "+12125550121"))
    ]
    made.enlist(recruits(rows, "these people"))
    made.network.phone("+16465550100", name="Sam").text(made.line.line.number, "i took all of my pills")
    made.run_for(5)
    return made


def person(work: Work, name: str) -> Person:
    return work.session.scalars(select(Person).where(Person.name == name)).one()


def page_of(work: Work, name: str) -> Page:
    return work.session.scalars(select(Page).where(Page.person_id == person(work, name).id)).one()


def by_text(work: Work, name: str) -> None:
    assert paging_commands.obey(work, person(work, name), "1")


def by_key(work: Work, name: str) -> Answer:
    row = page_of(work, name)
    return cases.acknowledge(work, cases.contact_of_page(work, row), row, None)


def told(world: World, name: str) -> str:
    """The last text that was written to somebody."""
    with world.database.work() as work:
        rows = work.session.scalars(
            select(CommandRow).where(CommandRow.person_id == person(work, name).id).order_by(CommandRow.ordinal)
        )
        return [work.vault.open(row.words, command_words(row.id)) for row in rows if row.words is not None][-1]


def until_blocked(world: World) -> None:
    """Wait until a session waits for another one's lock."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    for _ in range(3000):
        with world.engine.connect() as connection:
            if connection.scalar(text(asked)):
                return
        threading.Event().wait(0.003)
    raise AssertionError("nobody ever waited")


def both(world: World, first: Callable[[Work], object], second: Callable[[Work], object]) -> object:
    """What comes of `second`, which comes while `first` has been done and not yet committed."""

    def come_second() -> object:
        with world.database.work() as work:
            return second(work)

    with ThreadPoolExecutor(1) as other:
        with world.database.work() as work:
            first(work)
            work.session.flush()
            late = other.submit(come_second)
            until_blocked(world)
        return late.result(timeout=10)


def holders(world: World) -> list[str]:
    with world.database.work() as work:
        taken = select(Person.name).join(Offer, Offer.person_id == Person.id).where(Offer.state.in_(OFFER_TAKEN))
        return list(work.session.scalars(taken))


def test_key_before_text(world: World) -> None:
    both(world, lambda work: by_key(work, "Lee"), lambda work: by_text(work, "Max"))
    assert holders(world) == ["Lee"]
    assert "somebody has taken it since" in told(world, "Max")
    with world.database.work() as work:
        assert page_of(work, "Max").state is PageState.STOOD_DOWN
        assert not broken(work)


def test_text_before_key(world: World) -> None:
    answer = both(world, lambda work: by_text(work, "Lee"), lambda work: by_key(work, "Max"))
    assert answer is Answer.TAKEN
    assert holders(world) == ["Lee"]


def test_a_refusal_and_a_yes_of_another_at_once(world: World) -> None:
    def refuse(work: Work) -> None:
        assert paging_commands.obey(work, person(work, "Lee"), "2")

    both(world, refuse, lambda work: by_text(work, "Max"))
    assert holders(world) == ["Max"]
    with world.database.work() as work:
        assert (page_of(work, "Lee").state, page_of(work, "Max").state) == (PageState.REFUSED, PageState.ACKNOWLEDGED)
