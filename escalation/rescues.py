"""A rescue: help for somebody in immediate danger, open until it is confirmed or somebody else ends it with a reason.

It begins by itself once a contact whose risk is imminent has somebody, or by a person's text. No timeout ends it, nor
the contact's end. Every function expects the contact locked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from escalation import rescue_notices
from escalation.help import Sending, Situation, Verdict, may_send, next_help
from helpline import journal, timers
from helpline.danger_policy import Danger
from helpline.database import Work
from helpline.line import Line
from helpline.locks import lock_rescue_numbers
from helpline.nouns import RESCUE_MOVES, RESCUE_OPEN, HelpOutcome, RescueState, Role, Tier, TimerKind, check
from helpline.tables import Contact, Offer, Rescue, RescueStep
from routing.moves import lock_contact

UNANSWERED = frozenset({RescueState.REQUESTED, RescueState.APPROVED})
"""Somebody waits for the word of one person, and not for what help does."""
LARGEST = 2**31 - 1
"""No number is larger: the database could not hold it."""


def look(work: Work, contact: Contact) -> None:
    """See that whoever has a contact in imminent danger has a rescue beside them, and knows what the line may do."""
    if policy_of(work, contact) is None or contact.risk < Tier.IMMINENT:
        return
    rescue = open_of(work, contact.id)
    if rescue is None and _was_taken(work, contact.id) and not _had_one(work, contact.id):
        rescue = begin(work, contact, None, "the risk is imminent and somebody has taken the contact")
    if rescue is not None:
        rescue_notices.tell_those_there(work, contact, rescue)


def begin(work: Work, contact: Contact, person: UUID | None, why: str) -> Rescue:
    """Open a rescue; `person` is who asked for it. The contact has none that is open."""
    lock_rescue_numbers(work)
    last = work.session.scalar(select(Rescue.number).order_by(Rescue.number.desc()).limit(1)) or 0
    rescue = Rescue(
        id=work.new_id(),
        number=last + 1,
        contact_id=contact.id,
        state=RescueState.OPEN,
        opened_at=work.now,
        opened_by=person,
        told_people=[],
        reminders=0,
    )
    work.session.add(rescue)
    work.session.flush()
    journal.note(work, "rescue.open", contact=contact.id, person=person, rescue=str(rescue.id), why=why)
    _watch(work, contact, rescue)
    return rescue


def move(work: Work, contact: Contact, rescue: Rescue, to: RescueState, why: str, person: UUID) -> None:
    """Move a rescue, or raise IllegalMove. Whoever was to be reminded of the old state is reminded of the new one."""
    before = rescue.state
    rescue.state = check(RESCUE_MOVES, before, to)
    rescue.reminders = 0
    if to is RescueState.OPEN:
        rescue.step = rescue.asked_by = rescue.approved_by = rescue.relay_id = None
    if to not in RESCUE_OPEN:
        rescue.ended_at, rescue.ended_by = work.now, person
    told = {"rescue": str(rescue.id), "why": why, "before": before}
    journal.note(work, f"rescue.{to}", contact=contact.id, person=person, **told)
    if to in RESCUE_OPEN:
        _watch(work, contact, rescue)
    else:
        timers.cancel(work, rescue.id, TimerKind.RESCUE)
    work.session.flush()


def rescue_due(work: Work, subject: str) -> datetime | None:
    """Timer: the rescue is open still; whoever is responsible is reminded, and each time more people beside them."""
    found = work.session.get(Rescue, UUID(subject))
    if found is None:
        return None
    contact = lock_contact(work, found.contact_id)
    work.session.refresh(found)
    if found.state not in RESCUE_OPEN:
        return None
    told = rescue_notices.remind(work, contact, found)
    found.reminders += 1
    why = f"it is {found.state}"
    journal.note(work, "rescue.reminded", contact=contact.id, rescue=str(found.id), why=why, told=told)
    return work.now + _patience(work, contact, found)


def by_number(work: Work, number: int) -> tuple[Contact, Rescue] | None:
    """The open rescue of that number, its contact locked."""
    found = work.session.scalar(select(Rescue).where(Rescue.number == number)) if number <= LARGEST else None
    if found is None:
        return None
    contact = lock_contact(work, found.contact_id)
    work.session.refresh(found)
    return (contact, found) if found.state in RESCUE_OPEN else None


def open_of(work: Work, contact: UUID) -> Rescue | None:
    """The open rescue of a contact."""
    asked = select(Rescue).where(Rescue.contact_id == contact, Rescue.state.in_(RESCUE_OPEN))
    return work.session.scalar(asked.execution_options(populate_existing=True))


def policy_of(work: Work, contact: Contact) -> Danger | None:
    """How the line that governs the contact helps in danger; None if it keeps no rescues."""
    return work.line(contact.line_version_id).danger


def told_caller(line: Line, contact: Contact) -> str:
    """Whom the line may send, as the caller is told it; empty if it keeps no rescues."""
    return line.words(f"rescue_{line.line.rescue}", contact.language) if line.danger is not None else ""


def tried(work: Work, rescue: Rescue) -> Mapping[int, HelpOutcome]:
    """How each step went that was tried or passed over last, by its number."""
    rows = select(RescueStep).where(RescueStep.rescue_id == rescue.id).order_by(RescueStep.at, RescueStep.id)
    return {row.step: row.outcome for row in work.session.scalars(rows)}


def verdict(work: Work, contact: Contact, rescue: Rescue, asker: Role) -> Verdict:
    """What comes next, as the engine says."""
    return next_help(_situation(work, contact, rescue), asker)


def sending(work: Work, contact: Contact, rescue: Rescue, asker: Role) -> Sending:
    """Whether somebody may be sent, as the engine says."""
    return may_send(_situation(work, contact, rescue), asker)


def _situation(work: Work, contact: Contact, rescue: Rescue) -> Situation:
    return Situation(
        steps=_policy(work, contact).help,
        policy=work.line(contact.line_version_id).line.rescue,
        tried=tried(work, rescue),
        consent=rescue.consent,
        act=rescue.act_at is not None,
    )


def _policy(work: Work, contact: Contact) -> Danger:
    policy = policy_of(work, contact)
    if policy is None:
        raise LookupError("a contact has a rescue, and its line keeps none")
    return policy


def _watch(work: Work, contact: Contact, rescue: Rescue) -> None:
    timers.schedule(work, TimerKind.RESCUE, rescue.id, work.now + _patience(work, contact, rescue))


def _patience(work: Work, contact: Contact, rescue: Rescue) -> timedelta:
    policy = _policy(work, contact)
    return policy.answer if rescue.state in UNANSWERED else policy.remind


def _was_taken(work: Work, contact: UUID) -> bool:
    taken = select(Offer.id).where(Offer.contact_id == contact, Offer.accepted_at.is_not(None)).limit(1)
    return work.session.scalar(taken) is not None


def _had_one(work: Work, contact: UUID) -> bool:
    return work.session.scalar(select(Rescue.id).where(Rescue.contact_id == contact).limit(1)) is not None
