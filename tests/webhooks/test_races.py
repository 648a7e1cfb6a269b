"""Several requests at the same moment: none of them is lost, and nothing is done twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from doorstep import CALLER, Doorstep, Reply, call, message
from sqlalchemy import func, select, text

from entrypoints.drill.world import World
from helpline.nouns import Channel
from helpline.tables import Caller, Contact, Message
from routing.contacts import find_caller, receive

CALLS, TEXTS = "/webhooks/voice/incoming", "/webhooks/messages/incoming"


def counts(world: World) -> dict[str, int]:
    with world.database.work() as work:
        return {
            table.__tablename__: work.session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Caller, Contact, Message)
        }


def until_blocked(world: World, pending: int) -> None:
    """Wait until so many sessions wait for another one's lock."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    for _ in range(3000):
        with world.engine.connect() as connection:
            if (connection.scalar(text(asked)) or 0) >= pending:
                return
        threading.Event().wait(0.003)
    raise AssertionError("nobody ever waited")


def meanwhile(world: World, first: Callable[..., object], knock: Callable[[], Reply]) -> Reply:
    """What `knock` gets when it comes while `first` has been done and not yet committed."""
    with ThreadPoolExecutor(1) as other:
        with world.database.work() as work:
            first(work)
            work.session.flush()
            reply = other.submit(knock)
            until_blocked(world, 1)
        return reply.result(timeout=10)


def test_two_first_texts_of_one_caller_at_once_are_both_kept_in_one_contact(world: World, doorstep: Doorstep) -> None:
    reply = meanwhile(
        world,
        lambda work: receive(work, find_caller(work, CALLER), Channel.TEXT),
        lambda: doorstep.post(TEXTS, message("and this is the second half")),
    )
    assert reply.status == 200
    assert counts(world) == {"caller": 1, "contact": 1, "message": 1}


def test_a_text_while_the_same_new_caller_phones_is_kept(world: World, doorstep: Doorstep) -> None:
    reply = meanwhile(
        world,
        lambda work: receive(work, find_caller(work, CALLER), Channel.VOICE),
        lambda: doorstep.post(TEXTS, message()),
    )
    assert reply.status == 200
    assert counts(world) == {"caller": 1, "contact": 2, "message": 1}


def test_a_known_callers_two_texts_at_once_open_one_thread(world: World, doorstep: Doorstep) -> None:
    with world.database.work() as work:
        find_caller(work, CALLER)
    reply = meanwhile(
        world,
        lambda work: receive(work, find_caller(work, CALLER), Channel.TEXT),
        lambda: doorstep.post(TEXTS, message()),
    )
    assert reply.status == 200
    assert counts(world) == {"caller": 1, "contact": 1, "message": 1}


def test_many_texts_of_many_callers_at_once_are_all_kept(world: World, doorstep: Doorstep) -> None:
    forms = [
        message(f"text {number}", MessageSid=f"SM{number:032}", From=f"+1646555014{number % 3}") for number in range(24)
    ]
    with ThreadPoolExecutor(8) as crowd:
        replies = list(crowd.map(lambda form: doorstep.post(TEXTS, form), forms))
    assert {reply.status for reply in replies} == {200}
    assert counts(world) == {"caller": 3, "contact": 3, "message": 24}


def test_one_request_that_comes_in_several_copies_at_once_is_done_once(world: World, doorstep: Doorstep) -> None:
    with ThreadPoolExecutor(8) as copies:
        replies = list(copies.map(lambda _: doorstep.post(CALLS, call()), range(16)))
        texts = list(copies.map(lambda _: doorstep.post(TEXTS, message()), range(16)))
    assert len(set(replies)) == 1 and replies[0].status == 200
    assert len(set(texts)) == 1 and texts[0].status == 200
    assert counts(world) == {"caller": 1, "contact": 2, "message": 1}


def test_calls_and_ticks_at_the_same_time_lose_nobody(world: World, doorstep: Doorstep) -> None:
    forms = [call(CallSid=f"CA{number:032}", From=f"+164655501{number:02}") for number in range(16)]
    over = threading.Event()

    def tick() -> None:
        while not over.is_set():
            world.stack.ticker.fire_due()

    with ThreadPoolExecutor(8) as crowd:
        ticking = [crowd.submit(tick) for _ in range(2)]
        replies = list(crowd.map(lambda form: doorstep.post(CALLS, form), forms))
        over.set()
        for one in ticking:
            one.result(timeout=20)
    assert {reply.status for reply in replies} == {200}
    assert counts(world) == {"caller": 16, "contact": 16, "message": 0}
