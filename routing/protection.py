"""What the line does for those who answer: pauses that grow, rest after a hard contact, and presence asked for."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, update

from helpline import journal, outbox
from helpline.database import Work
from helpline.nouns import Tier
from helpline.tables import Contact, Person
from routing.attendance import presence
from routing.attendance.duties import look_again
from shifts.roster import supervisors_on_shift

SEEN = (
    update(Person)
    .where(or_(Person.missed_in_row > 0, Person.absent_since.is_not(None)))
    .values(missed_in_row=0, absent_since=None)
    .returning(Person.id)
    .execution_options(synchronize_session=False)
)


def ring_missed(work: Work, contact: Contact, person_id: UUID) -> None:
    """A phone rang in vain: a pause, longer each time; in the end its owner is asked whether they are there."""
    line = work.line(contact.line_version_id)
    policy, first = line.protection, line.queue(contact.queue).pause_after_missed_seconds
    if policy is None:
        return
    person = work.session.get_one(Person, person_id, with_for_update=True)
    person.missed_in_row += 1
    pause = work.now + policy.pause_after(person.missed_in_row, first)
    person.paused_until = max(person.paused_until or pause, pause)
    if person.missed_in_row < policy.presence_after_missed or person.absent_since is not None:
        return
    person.absent_since = work.now
    journal.note(work, "presence.asked", contact=contact.id, person=person.id, missed=person.missed_in_row)
    outbox.text_person(
        work, person.id, line.words("presence_asked", count=person.missed_in_row), urgency=outbox.Urgency.OFFER
    )
    words = line.words("supervisor_absent", name=person.name, count=person.missed_in_row)
    for supervisor in supervisors_on_shift(work):
        outbox.text_person(work, supervisor.id, words, urgency=outbox.Urgency.NOTICE)


def seen(work: Work, person_id: UUID, *, at_work: bool = False) -> None:
    """Somebody has shown to be there, by whatever they did: missed rings are forgotten.

    Whoever is `at_work`, since they take a contact, need not check in for their shift as well.
    """
    if work.session.execute(SEEN.where(Person.id == person_id)).first() is not None:
        journal.note(work, "presence.shown", person=person_id)
        look_again(work)
    presence.shown(work, person_id, at_work=at_work)


def idle(work: Work, person_id: UUID) -> Person:
    """From now on the person counts as idle."""
    person = work.session.get_one(Person, person_id, with_for_update=True)
    person.idle_since = work.now
    return person


def rest(work: Work, contact: Contact, person_id: UUID) -> None:
    """The person is done with a contact. After a hard one they are left in peace for as long as the line says."""
    person = idle(work, person_id)
    policy = work.line(contact.line_version_id).protection
    if policy is not None and policy.rest_after_hard_seconds and contact.risk >= Tier.parse(policy.hard_from):
        person.resting_until = work.now + timedelta(seconds=policy.rest_after_hard_seconds)


def pause(work: Work, person: Person, minutes: int) -> None:
    """The person wants not to be asked for so many minutes; no reason is asked for."""
    person.paused_until = work.now + timedelta(minutes=minutes)
    journal.note(work, "person.paused", person=person.id, minutes=minutes)


def is_spared(work: Work, person: Person) -> bool:
    """Whether the person is not being asked for a while, or until they show to be there."""
    moments = (person.paused_until, person.resting_until)
    return person.absent_since is not None or any(until is not None and until > work.now for until in moments)


def back(work: Work, person: Person) -> None:
    """The person may be asked again at once."""
    person.paused_until = person.resting_until = None
    journal.note(work, "person.back", person=person.id)
    look_again(work)
