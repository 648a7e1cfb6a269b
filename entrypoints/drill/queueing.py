"""In which queue a contact is, why, and from which of the line's numbers a caller hears."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from entrypoints.drill.scene import Drill, NotSo
from entrypoints.drill.vocabulary import step
from helpline.tables import Contact, Event


@step("the contact is in the queue {words}")
def _in_queue(drill: Drill, queue: str) -> None:
    _is_in(drill.contact(), queue)


@step("{caller}'s contact is in the queue {words}")
def _theirs_in_queue(drill: Drill, name: str, queue: str) -> None:
    _is_in(drill.contact_of(name), queue)


def _is_in(contact: Contact, queue: str) -> None:
    if contact.queue != queue:
        raise NotSo(f"the contact is in the queue {contact.queue}, not {queue}")


@step("the reason for the contact's queue contains {words}")
def _reason(drill: Drill, words: str) -> None:
    chosen = select(Event).where(
        Event.contact_id == drill.contact().id, Event.what.in_(("contact.moved", "contact.queued"))
    )
    with drill.world.database.work() as work:
        events = work.session.scalars(chosen.order_by(Event.id)).all()
    told = [event.reasons.get("route") or event.reasons["why"] for event in events if "queue" in event.reasons]
    if not told or words.lower() not in told[-1].lower():
        raise NotSo(f"the reasons for its queue: {'; '.join(told) or 'none'}")


@step("{caller} receives a text from {number} within {n} seconds")
def _text_from(drill: Drill, name: str, number: str, n: str) -> None:
    phone = drill.caller(name)
    drill.expect(
        lambda: any(one.sender == number for one in phone.texts if one.at >= drill.since),
        float(n),
        f"{name} received no text from that number within {n} seconds",
    )


@step("{caller} is called from {number} within {n} seconds")
def _called_from(drill: Drill, name: str, number: str, n: str) -> None:
    phone = drill.caller(name)
    drill.expect(
        lambda: any(ring.caller_id == number for ring in phone.rings if ring.at >= drill.since),
        float(n),
        f"{name} was not called from that number within {n} seconds",
    )


@step("{name}'s phone and {name}'s phone ring at once within {n} seconds")
def _both_ring(drill: Drill, first: str, second: str, n: str) -> None:
    drill.expect(_ringing_both(drill, first, second), float(n), f"{first}'s and {second}'s phone did not ring at once")


@step("{name}'s phone and {name}'s phone do not ring at once within {n} seconds")
def _never_both(drill: Drill, first: str, second: str, n: str) -> None:
    drill.never(_ringing_both(drill, first, second), float(n), f"{first}'s and {second}'s phone rang at once")


def _ringing_both(drill: Drill, first: str, second: str) -> Callable[[], bool]:
    phones = [drill.staff(first), drill.staff(second)]
    return lambda: all(phone.ringing for phone in phones)
