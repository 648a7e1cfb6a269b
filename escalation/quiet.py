"""Silence that is listened to, and what is done about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from escalation import cases
from escalation.ladder import Why
from escalation.silence import Act, Conversation, Deed, listen
from helpline import journal, outbox
from helpline.database import Work
from helpline.nouns import Channel, ContactState, Role, Tier
from helpline.tables import Contact, Guest, Message, Offer, Person, Silence
from routing import offers, threads
from routing.moves import lock_contact, taken_offer


def silent(work: Work, subject: str) -> datetime | None:
    """Timer: nothing was said for the stated time. Closed, unless somebody may be in danger: then it is told of."""
    contact = lock_contact(work, UUID(subject))
    if contact.state is not ContactState.CONNECTED or contact.channel is not Channel.TEXT:
        return None
    if contact.risk < Tier.HIGH:
        threads.end_in_silence(work, contact)
        return None
    line = work.line(contact.line_version_id)
    journal.note(work, "thread.silent_at_risk", contact=contact.id)
    threads.relay_to_people(work, contact, line.words("silent_at_risk"))
    cases.tell_supervisors(work, contact, "supervisor_silent")
    return work.now + timedelta(minutes=line.text.silence_minutes)


def quiet_due(work: Work, subject: str) -> datetime | None:
    """Timer: is somebody silent in this conversation, and what is to be done about it?"""
    contact = lock_contact(work, UUID(subject))
    policy = work.line(contact.line_version_id).silence
    row = work.session.get(Silence, contact.id)
    offer = taken_offer(work, contact.id)
    if row is None or policy is None or offer is None or contact.state is not ContactState.CONNECTED:
        _stop_listening(work, row)
        return None
    verdict = listen(_conversation(work, contact, offer, row), policy, work.now)
    if isinstance(verdict, Act):
        row.steps = verdict.done
        _do(work, contact, offer, verdict)
    if verdict.until is None or contact.state is not ContactState.CONNECTED:
        _stop_listening(work, row)
        return None
    return verdict.until


def _stop_listening(work: Work, row: Silence | None) -> None:
    if row is not None:
        work.session.delete(row)


def _conversation(work: Work, contact: Contact, offer: Offer, row: Silence) -> Conversation:
    """The conversation as it stands. Steps that were taken about an earlier silence count for nothing."""
    said = select(func.max(Message.at)).where(Message.contact_id == contact.id, Message.person_id.is_(None))
    came = offer.accepted_at or contact.arrived_at
    asked_at = max(work.session.scalar(said) or came, came)
    answers = select(func.min(Message.at)).where(
        Message.contact_id == contact.id, Message.person_id.is_not(None), Message.at >= asked_at
    )
    guests = select(Guest.person_id).where(Guest.contact_id == contact.id)
    here = [offer.person_id, *work.session.scalars(guests)]
    clinicians = select(func.count()).where(Person.id.in_(here), Person.role == Role.CLINICIAN)
    found = Conversation(
        risk=Tier(contact.risk),
        asked_at=asked_at,
        answered_at=work.session.scalar(answers),
        clinician_there=bool(work.session.scalar(clinicians)),
    )
    if (row.whose, row.since) != (found.whose, found.since):
        row.whose, row.since, row.steps = found.whose, found.since, 0
    return Conversation(found.risk, found.asked_at, found.answered_at, found.clinician_there, row.steps)


def _do(work: Work, contact: Contact, offer: Offer, verdict: Act) -> None:
    """Each deed of the verdict, and one line in the journal for all."""
    journal.note(
        work, "thread.quiet", contact=contact.id, why=verdict.reason, deeds=sorted(verdict.deeds), step=verdict.done
    )
    row = work.session.get_one(Silence, contact.id)
    of_peer = row.whose == "peer"
    if Deed.OFFER in verdict.deeds:
        _offer_again(work, contact, offer, verdict.reason)
        return
    if Deed.REMIND in verdict.deeds:
        _tell_holder(work, contact, offer, "quiet_peer" if of_peer else "quiet_texter")
    if Deed.TELL in verdict.deeds:
        cases.tell_supervisors(work, contact, "supervisor_unanswered" if of_peer else "supervisor_quiet")
    if Deed.PAGE in verdict.deeds:
        cases.call(work, contact, Why.SILENCE, verdict.reason)


def _offer_again(work: Work, contact: Contact, offer: Offer, why: str) -> None:
    """Whoever does not answer is let go, not blamed: the texter is told plainly, and stands in front."""
    _tell_holder(work, contact, offer, "quiet_taken")
    if threads.left_to_guest(work, contact, offer, why):
        return
    line = work.line(contact.line_version_id)
    person = work.session.get_one(Person, offer.person_id, with_for_update=True)
    pause = work.now + timedelta(seconds=line.queue(contact.queue).pause_after_decline_seconds)
    person.paused_until = max(person.paused_until or pause, pause)
    offers.step_out(work, contact, offer, why)
    words = line.words("quiet_returned", contact.language)
    outbox.text_caller(work, contact.caller_id, words, contact=contact.id)


def _tell_holder(work: Work, contact: Contact, offer: Offer, key: str) -> None:
    words = work.line(contact.line_version_id).words(key, tag=offer.tag)
    outbox.text_person(work, offer.person_id, words, urgency=outbox.Urgency.LIVE, contact=contact.id)
