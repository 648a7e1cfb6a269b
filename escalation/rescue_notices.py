"""What is told about a rescue, and to whom: what the line may do, who asks for what, and that it is open still."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from escalation import company, openings
from escalation.directory import By, service_for
from escalation.help import whom_to_remind
from helpline import journal, outbox
from helpline.database import Work
from helpline.line import Line
from helpline.nouns import RescueState, Role, Secret
from helpline.tables import Contact, Person, Rescue

CONSENT = {True: "yes", False: "no", None: "unknown"}


def tell_those_there(work: Work, contact: Contact, rescue: Rescue) -> None:
    """Whoever is with the caller and does not know yet is told what the line may do, and what is least."""
    line = work.line(contact.line_version_id)
    steps = ", ".join(step.name for step in line.danger.help) if line.danger is not None else ""
    for person, tag in company.those_there(work, contact).items():
        if str(person) not in rescue.told_people:
            rescue.told_people = [*rescue.told_people, str(person)]
            words = line.words("danger_open", tag=tag, number=rescue.number, policy=policy(line), what=steps)
            outbox.text_person(work, person, words, urgency=outbox.Urgency.CALLER, contact=contact.id)
            journal.note(work, "rescue.told", contact=contact.id, person=person, rescue=str(rescue.id))


def ask(work: Work, contact: Contact, rescue: Rescue, words: str) -> int:
    """Ask everybody who may decide; where nobody may, coordinators hear of it at once, so that they find somebody.

    Returns how many may decide. `words` are the asker's own.
    """
    line = work.line(contact.line_version_id)
    facts = {**about(work, line, rescue), "why": words}
    people = company.deciders(work, contact, rescue)
    for person in people:
        _text(work, contact, person, line.words("danger_ask_you", None, **facts))
    if not people:
        state = line.words("danger_state_requested", None, **facts)
        coordinators = company.watching(work, contact, (Role.COORDINATOR,))
        tell(work, contact, rescue, coordinators, "danger_remind", when=_opened(line, rescue), what=state)
    return len(people)


def tell(
    work: Work, contact: Contact, rescue: Rescue, people: Iterable[UUID | None], key: str, /, **facts: str | int
) -> None:
    """Text these people the line's words for `key`, each of them once."""
    line = work.line(contact.line_version_id)
    for person in dict.fromkeys(one for one in people if one is not None):
        _text(work, contact, person, line.words(key, None, **{**about(work, line, rescue), **facts}))


def relay(work: Work, contact: Contact, rescue: Rescue, *, whats: Collection[Secret] = tuple(Secret)) -> None:
    """Give whoever speaks with those who are sent what they have to say, with what two people agreed to open."""
    line, reader = work.line(contact.line_version_id), rescue.relay_id
    if line.danger is None or reader is None or rescue.step is None:
        return
    if rescue.asked_by is None or rescue.approved_by is None:
        return
    two = (rescue.asked_by, rescue.approved_by)
    shown = {what: openings.show(work, contact, rescue, what, reader, by=two) for what in whats}
    number, place = shown.get(Secret.NUMBER), shown.get(Secret.PLACE)
    found = service_for(line.danger.directory, line.danger.step(rescue.step).name, number, place or "")
    service = {"service": found.service.name, "other": found.service.number}
    is_first = Secret.NUMBER in whats
    facts = {
        **about(work, line, rescue),
        "name": _name(work, reader),
        "service": line.words("relay_service", None, **service) if is_first or found.by is By.PLACE else "",
        "why": line.words("relay_act" if rescue.act_at is not None else "relay_danger"),
        "consent": line.words(f"relay_consent_{CONSENT[rescue.consent]}"),
        "place": line.words("relay_place", what=place) if place else line.words("relay_no_place"),
        "caller": line.words("relay_number", what=number) if number else line.words("relay_no_number"),
    }
    _text(work, contact, reader, line.words("relay" if is_first else "relay_more", None, **facts))


def remind(work: Work, contact: Contact, rescue: Rescue) -> int:
    """Remind whoever's turn it is that the rescue is open. Returns how many were told; never none, if there is one."""
    roles = whom_to_remind(rescue.reminders)
    people = _whose_word(work, contact, rescue) + company.watching(work, contact, roles)
    if not people:
        people = company.watching(work, contact, (Role.CLINICIAN, Role.SUPERVISOR, Role.COORDINATOR))
    line = work.line(contact.line_version_id)
    state = line.words(f"danger_state_{rescue.state}", None, **about(work, line, rescue))
    tell(work, contact, rescue, people, "danger_remind", when=_opened(line, rescue), what=state)
    return len(dict.fromkeys(people))


def about(work: Work, line: Line, rescue: Rescue) -> dict[str, str | int]:
    """What the words about a rescue may name."""
    step = line.danger.step(rescue.step).name if line.danger is not None and rescue.step is not None else ""
    consent = line.words(f"danger_consent_{CONSENT[rescue.consent]}")
    asker = _name(work, rescue.asked_by) if rescue.asked_by is not None else ""
    facts: dict[str, str | int] = {"number": rescue.number, "tag": rescue.number, "step": step, "consent": consent}
    return {**facts, "name": asker, "count": rescue.step or 0, "policy": policy(line)}


def policy(line: Line) -> str:
    """Whom the line may send, as its own people read it."""
    return line.words(f"danger_policy_{line.line.rescue}")


def _opened(line: Line, rescue: Rescue) -> str:
    return f"{rescue.opened_at.astimezone(line.zone):%H:%M}"


def _whose_word(work: Work, contact: Contact, rescue: Rescue) -> list[UUID]:
    """Whose word the rescue waits for."""
    if rescue.state is RescueState.REQUESTED:
        return company.deciders(work, contact, rescue)
    return [rescue.relay_id] if rescue.relay_id is not None else []


def _name(work: Work, person: UUID) -> str:
    return work.session.get_one(Person, person).name


def _text(work: Work, contact: Contact, person: UUID, words: str) -> None:
    """As urgent as a caller who is in a call: and no page that is taken back takes it along."""
    outbox.text_person(work, person, words, urgency=outbox.Urgency.LIVE, contact=contact.id)
