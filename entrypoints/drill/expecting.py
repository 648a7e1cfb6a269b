"""What a drill expects to see, from phones, from the network, and from the journal."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from entrypoints.drill.scene import WORD_OF_STATE, Drill, NotSo
from entrypoints.drill.vocabulary import step
from exchange import Phone
from helpline.nouns import WAITING, Tier
from helpline.tables import Contact, Person
from routing import verdicts
from routing.match import queue_order, verdict_for
from routing.reasons import Rule


@step("{who}'s phone rings within {n} seconds")
def _rings(drill: Drill, name: str, n: str) -> None:
    phone = drill.anybody(name)
    drill.expect(lambda: drill.rang(phone), float(n), f"{name}'s phone did not ring within {n} seconds")


@step("{who}'s phone does not ring within {n} seconds")
def _does_not_ring(drill: Drill, name: str, n: str) -> None:
    phone = drill.anybody(name)
    drill.never(_rings_anew(phone), float(n), f"{name}'s phone rang")


@step("nobody's phone rings within {n} seconds")
def _nobody_rings(drill: Drill, n: str) -> None:
    anew = [_rings_anew(drill.staff(one.name)) for one in drill.people]
    drill.never(lambda: any(rings() for rings in anew), float(n), "a phone rang")


def _rings_anew(phone: Phone) -> Callable[[], bool]:
    """Whether the phone rings or has rung since now, however shortly."""
    before = len(phone.rings)
    return lambda: phone.ringing or len(phone.rings) > before


@step("{who}'s phone stops ringing within {n} seconds")
def _stops(drill: Drill, name: str, n: str) -> None:
    phone = drill.anybody(name)
    drill.expect(lambda: not phone.ringing, float(n), f"{name}'s phone still rings after {n} seconds")


@step("{caller} is not connected to anybody")
def _not_connected(drill: Drill, name: str) -> None:
    others = drill.world.network.connected_to(drill.caller(name).number)
    if others:
        raise NotSo(f"{name} is connected to {len(others)}")


@step("{who} hears {words} within {n} seconds")
def _hears(drill: Drill, name: str, words: str, n: str) -> None:
    phone = drill.anybody(name)
    drill.expect(
        lambda: _was_told(phone, words, drill.since), float(n), f'{name} did not hear "{words}" within {n} seconds'
    )


@step("{who} does not hear {words} within {n} seconds")
def _does_not_hear(drill: Drill, name: str, words: str, n: str) -> None:
    phone = drill.anybody(name)
    drill.never(lambda: _was_told(phone, words, drill.since), float(n), f'{name} heard "{words}"')


def _was_told(phone: Phone, words: str, since: datetime) -> bool:
    return words.lower() in " ".join(one.text for one in phone.heard if one.at >= since).lower()


@step("{caller} receives a text containing {words} within {n} seconds")
def _caller_receives(drill: Drill, name: str, words: str, n: str) -> None:
    _receives(drill, drill.caller(name), name, words, n)


@step("{name} receives a text containing {words} within {n} seconds")
def _staff_receives(drill: Drill, name: str, words: str, n: str) -> None:
    _receives(drill, drill.staff(name), name, words, n)


def _receives(drill: Drill, phone: Phone, name: str, words: str, n: str) -> None:
    def received() -> bool:
        return any(words.lower() in one.body.lower() for one in phone.texts if one.at >= drill.since)

    drill.expect(received, float(n), f'{name} received no text containing "{words}" within {n} seconds')


@step("{who} receives no text containing {words} within {n} seconds")
def _receives_none(drill: Drill, name: str, words: str, n: str) -> None:
    phone = drill.anybody(name)
    drill.never(
        lambda: any(words.lower() in one.body.lower() for one in phone.texts if one.at >= drill.since),
        float(n),
        f'{name} received a text containing "{words}"',
    )


@step("{name} is paged within {n} seconds")
def _paged(drill: Drill, name: str, n: str) -> None:
    drill.expect(lambda: _was_paged(drill, name), float(n), f"{name} was not paged within {n} seconds")


@step("{name} is not paged within {n} seconds")
def _not_paged(drill: Drill, name: str, n: str) -> None:
    before = drill.world.clock.now()
    drill.never(lambda: _was_paged(drill, name, before), float(n), f"{name} was paged")


def _was_paged(drill: Drill, name: str, since: datetime | None = None) -> bool:
    """Paged is what the phone knows: it rings or rang, or a text about a contact arrived."""
    phone = drill.staff(name)
    moment = since or drill.since
    texted = any(one.at >= moment and "a contact" in one.body.lower() for one in phone.texts)
    return phone.ringing or texted or any(ring.at >= moment for ring in phone.rings)


@step("the contact is {state}{within}")
def _state(drill: Drill, state: str, n: str | None) -> None:
    wanted = WORD_OF_STATE[state]

    def reached() -> bool:
        return any(one.state in wanted and _current(drill, one) for one in drill.contacts())

    drill.expect(reached, float(n or 0), f"the contact is {drill.contact().state}, not {state}")


@step("the contact is not {state} within {n} seconds")
def _never_in_state(drill: Drill, state: str, n: str) -> None:
    wanted = WORD_OF_STATE[state]
    drill.never(lambda: drill.contact().state in wanted, float(n), f"the contact is {state}")


def _current(drill: Drill, contact: Contact) -> bool:
    """Whether a drill means this contact: one that is open, or ended since the last When."""
    return contact.id == drill.contact().id or (contact.ended_at is not None and contact.ended_at >= drill.since)


@step("the contact's risk is {tier}")
def _risk(drill: Drill, tier: str) -> None:
    _has_risk(drill.contact(), tier)


@step("{caller}'s risk is {tier}")
def _risk_of(drill: Drill, name: str, tier: str) -> None:
    _has_risk(drill.contact_of(name), tier)


def _has_risk(contact: Contact, tier: str) -> None:
    found = Tier(contact.risk)
    if found is not Tier.parse(tier):
        raise NotSo(f"the contact's risk is {found.word}, not {tier}")


@step("{caller}'s contact is {state}{within}")
def _state_of(drill: Drill, name: str, state: str, n: str | None) -> None:
    drill.expect(
        lambda: drill.contact_of(name).state in WORD_OF_STATE[state],
        float(n or 0),
        f"{name}'s contact is {drill.contact_of(name).state}, not {state}",
    )


@step("the contact is first in its queue")
def _first(drill: Drill) -> None:
    _stands_first(drill, drill.contact())


@step("{caller}'s contact is first in its queue")
def _first_of(drill: Drill, name: str) -> None:
    _stands_first(drill, drill.contact_of(name))


def _stands_first(drill: Drill, contact: Contact) -> None:
    def first() -> bool:
        with drill.world.database.work() as work:
            order = queue_order(work, contact.queue)
        return bool(order) and order[0].contact == contact.id

    drill.expect(first, 2, "the contact is not first in its queue")


@step("there is one contact")
def _one_contact(drill: Drill) -> None:
    _count(drill, "1")


@step("there are {n} contacts")
def _count(drill: Drill, n: str) -> None:
    found = len(drill.contacts())
    if found != int(n):
        raise NotSo(f"there are {found} contacts, not {n}")


@step("the reason {name} was not chosen contains {words}")
def _reason(drill: Drill, name: str, words: str) -> None:
    contact = drill.contact()
    with drill.world.database.work() as work:
        person = work.session.scalars(select(Person).where(Person.name == name)).one()
        made = [verdict for _, verdict in verdicts.of_contact(work, contact.id)]
        if contact.state in WAITING:
            made.append(verdict_for(work, contact))
    reasons = [reason for verdict in made for reason in verdict.reasons if reason.person == person.id]
    said = [reason.words for reason in reasons if reason.rule is not Rule.CHOSEN]
    if not any(words.lower() in one.lower() for one in said):
        raise NotSo(f"the reasons {name} was not chosen: {'; '.join(sorted(set(said))) or 'none'}")


@step("{people} are talking within {n} seconds")
def _talking(drill: Drill, people: str, n: str) -> None:
    names = [name.strip() for name in re.split(r",| and ", people) if name.strip()]
    numbers = [drill.anybody(name).number for name in names]
    drill.expect(
        lambda: drill.world.network.talking(*numbers), float(n), f"{people} are not talking within {n} seconds"
    )
