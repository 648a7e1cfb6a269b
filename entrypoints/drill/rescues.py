"""Somebody in immediate danger: how far help has come, and who has been shown the number or the place of a caller."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from entrypoints.drill.scene import Drill, NotSo
from entrypoints.drill.vocabulary import step
from entrypoints.drill.world import World
from helpline.nouns import RescueState, Secret
from helpline.privacy import caller_number, person_number
from helpline.tables import Caller, Contact, Opening, Person, Rescue

ROW = select(Rescue).order_by(Rescue.number.desc()).limit(1)


@step("the rescue is {words}")
def _state(drill: Drill, words: str) -> None:
    """The latest one."""
    wanted = RescueState(words.replace(" ", "_"))
    found = _latest(drill)
    if found is None or found.state is not wanted:
        raise NotSo(f"the rescue is {found.state if found is not None else 'not there'}")


@step("there is no rescue")
def _none(drill: Drill) -> None:
    if _latest(drill) is not None:
        raise NotSo("there is a rescue")


@step("{name} receives the number of {caller} within {n} seconds")
def _number(drill: Drill, name: str, caller: str, n: str) -> None:
    phone, number = drill.staff(name), drill.caller(caller).number

    def reached() -> bool:
        return any(number in text.body for text in phone.texts if text.at >= drill.since)

    drill.expect(reached, float(n), f"{name} has not received the number of {caller}")


@step("{name} has not received the number of {caller}")
def _no_number(drill: Drill, name: str, caller: str) -> None:
    if any(drill.caller(caller).number in text.body for text in drill.staff(name).texts):
        raise NotSo(f"{name} has received the number of {caller}")


@step("the {sealed} of {caller} has been opened for {name} alone")
def _opened(drill: Drill, what: str, caller: str, name: str) -> None:
    seen = _readers(drill, Secret(what), caller)
    if seen != {name}:
        raise NotSo(f"it has been opened for {', '.join(sorted(seen)) or 'nobody'}")


@step("the {sealed} of {caller} has not been opened")
def _not_opened(drill: Drill, what: str, caller: str) -> None:
    if _readers(drill, Secret(what), caller):
        raise NotSo("it has been opened")


def shown_numbers(world: World) -> set[tuple[str, str]]:
    """Whose number whom was shown as two people had agreed: the number of each reader, with that of the caller."""
    seen = (
        select(Person.id, Person.number, Caller.id, Caller.number)
        .join(Opening, Opening.seen_by == Person.id)
        .join(Rescue, Rescue.id == Opening.rescue_id)
        .join(Contact, Contact.id == Rescue.contact_id)
        .join(Caller, Caller.id == Contact.caller_id)
        .where(Opening.what == Secret.NUMBER, Opening.opened_at.is_not(None), Caller.number.is_not(None))
        .where(Opening.approved_at.is_not(None), Opening.asked_by != Opening.approved_by)
    )
    with world.database.work() as work:
        unseal = work.vault.open
        return {
            (unseal(mine, person_number(person)), unseal(theirs, caller_number(caller)))
            for person, mine, caller, theirs in work.session.execute(seen)
            if theirs is not None
        }


def _latest(drill: Drill) -> Rescue | None:
    with drill.world.database.work() as work:
        return work.session.scalar(ROW)


def _readers(drill: Drill, what: Secret, caller: str) -> set[str]:
    contact: UUID = drill.contact_of(caller).id
    seen = (
        select(Person.name)
        .join(Opening, Opening.seen_by == Person.id)
        .join(Rescue, Rescue.id == Opening.rescue_id)
        .where(Rescue.contact_id == contact, Opening.what == what)
    )
    with drill.world.database.work() as work:
        return set(work.session.scalars(seen))
