"""A new key takes over: everything is sealed anew while the line goes on, and the old key can be thrown away."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from entrypoints.drill.world import World
from entrypoints.people import Recruit, enlist
from entrypoints.rekey import Resealed, rekey
from helpline import outbox
from helpline.clock import VirtualClock
from helpline.database import Database
from helpline.nouns import Channel, Role
from helpline.privacy import SealBroken, Vault, caller_number, command_words, message_words, person_number, plan_notes
from helpline.tables import Caller, CarePlan, CommandRow, Message, Person
from routing import threads
from routing.contacts import find_caller, receive
from shifts.roster import person_by_number

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
SAM, ANA = "+16465550141", "+12125550121"
COLUMNS = (
    (Person, "number", person_number),
    (Caller, "number", caller_number),
    (Message, "words", message_words),
    (CommandRow, "words", command_words),
    (CarePlan, "notes", plan_notes),
)


@pytest.fixture
def keyed(make_world: Callable[[], World]) -> Callable[..., Database]:
    """The database as processes with these keys see it."""
    world = make_world()

    def see(*secrets: bytes) -> Database:
        clock = VirtualClock(world.start)
        return Database(world.engine, clock=clock, vault=Vault(secrets), new_id=uuid4, doorbell=lambda: None)

    return see


@pytest.fixture
def filled(keyed: Callable[..., Database]) -> Callable[..., Database]:
    """A texter, a caller who withheld their number, and a peer: sealed with the old key."""
    with keyed(OLD).work() as work:
        enlist(work, [Recruit("Ana", Role.PEER, ("en",), ANA)])
        sam = find_caller(work, SAM)
        contact = receive(work, sam, Channel.TEXT)
        threads.keep(work, contact, "rough night")
        outbox.text_caller(work, sam.id, "we are here", contact=contact.id)
        find_caller(work, None)
    return keyed


def opened(database: Database) -> list[str]:
    """Everything sealed, opened."""
    with database.work() as work:
        return [
            work.vault.open(getattr(row, column), place(row.id))
            for table, column, place in COLUMNS
            for row in work.session.scalars(select(table).where(getattr(table, column).is_not(None)))
        ]


def test_while_both_keys_are_known_everybody_is_found_and_everything_opens(filled: Callable[..., Database]) -> None:
    assert opened(filled(NEW, OLD)) == [ANA, SAM, "rough night", "we are here"]
    with filled(NEW, OLD).work() as work:
        before = work.session.scalars(select(Caller.id)).all()
        found = person_by_number(work, ANA)
        assert found is not None and found.name == "Ana"
        assert find_caller(work, SAM).id in before
        assert len(work.session.scalars(select(Caller.id)).all()) == len(before)


def test_after_the_rekeying_the_old_key_can_be_thrown_away(filled: Callable[..., Database]) -> None:
    assert rekey(filled(NEW, OLD)) == Resealed(done=4)
    assert opened(filled(NEW)) == [ANA, SAM, "rough night", "we are here"]
    with filled(NEW).work() as work:
        before = set(work.session.scalars(select(Caller.id)))
        assert person_by_number(work, ANA) is not None
        assert find_caller(work, SAM).id in before
    with pytest.raises(SealBroken):
        opened(filled(OLD))


def test_doing_it_twice_changes_nothing_more(filled: Callable[..., Database]) -> None:
    rekey(filled(NEW, OLD))
    with filled(NEW).work() as work:
        before = work.session.execute(select(Caller.id, Caller.number, Caller.number_key)).all()
    assert rekey(filled(NEW, OLD)) == rekey(filled(NEW)) == Resealed()
    with filled(NEW).work() as work:
        assert work.session.execute(select(Caller.id, Caller.number, Caller.number_key)).all() == before


def test_what_neither_key_opens_is_left_and_counted(filled: Callable[..., Database]) -> None:
    with filled(OLD).work() as work:
        work.session.execute(update(Person).values(number=b"\x07 nobody knows"))
    assert rekey(filled(NEW, OLD)) == Resealed(done=3, unreadable=1)
    with filled(NEW).work() as work:
        assert work.session.scalars(select(Person.number)).one() == b"\x07 nobody knows"


def test_a_caller_who_came_back_while_the_old_key_was_missing_stands_in_nobodys_way(
    filled: Callable[..., Database],
) -> None:
    with filled(NEW).work() as work:
        again = find_caller(work, SAM).id
    assert rekey(filled(NEW, OLD)) == Resealed(done=4)
    with filled(NEW).work() as work:
        assert find_caller(work, SAM).id == again


def test_many_more_than_are_sealed_at_a_time_are_all_sealed(filled: Callable[..., Database]) -> None:
    with filled(OLD).work() as work:
        contact = receive(work, find_caller(work, "+16465550142"), Channel.TEXT)
        for number in range(450):
            threads.keep(work, contact, f"line {number}")
    assert rekey(filled(NEW, OLD)) == Resealed(done=4 + 1 + 450)
    assert len(opened(filled(NEW))) == 4 + 1 + 450
