"""What falls due while somebody waits: the wait limit, the line's own decision, and whether they are still there."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from helpline import journal, outbox, timers
from helpline.database import Work
from helpline.nouns import CONTACT_OVER, WAITING, Channel, ContactState, LegState, TimerKind
from helpline.tables import Contact, Leg
from routing import callbacks
from routing.contacts import LOOK_AGAIN, close_if_filed, divert
from routing.moves import caller_leg, is_taken, lock_contact, move_leg

SILENT = timedelta(seconds=30)
FILED_LATE = timedelta(minutes=1)
"""A text conversation has no legs to ask for: all that can be found is that it was filed and left open."""


def limit_reached(work: Work, subject: str) -> datetime | None:
    """Timer: the wait limit. The caller is told, and has a moment to choose."""
    contact = lock_contact(work, UUID(subject))
    if contact.state not in WAITING or is_taken(work, contact.id):
        return None
    if contact.limit_at > work.now:
        return contact.limit_at
    tell_limit(work, contact)
    return None


def tell_limit(work: Work, contact: Contact) -> None:
    """Tell the caller plainly that the wait limit is reached. Phones keep ringing meanwhile."""
    if contact.limit_told_at is not None:
        return
    line = work.line(contact.line_version_id)
    contact.limit_told_at = work.now
    journal.note(work, "contact.limit", contact=contact.id, why="the wait limit is reached")
    if contact.outbound:
        callbacks.try_later(work, contact)
        return
    timers.schedule(work, TimerKind.DECIDE, contact.id, work.now + timedelta(seconds=line.divert.decide_seconds))
    if contact.channel is Channel.TEXT:
        outbox.text_caller(work, contact.caller_id, line.words("text_limit", contact.language), contact=contact.id)


def decide(work: Work, subject: str) -> datetime | None:
    """Timer: the caller was told and did not choose, or never heard it. The line decides."""
    contact = lock_contact(work, UUID(subject))
    if contact.state not in WAITING or contact.limit_told_at is None or is_taken(work, contact.id):
        return None
    leg = caller_leg(work, contact.id)
    divert(work, contact, "the wait limit is reached and no other choice was made", "partner")
    if leg is not None:
        outbox.redirect(work, leg, f"/webhooks/voice/{leg.id}/partner")
        move_leg(work, leg, LegState.PASSED_ON)
    return None


def look_for_caller(work: Work, subject: str) -> datetime | None:
    """Timer: is everybody still there? Asks the carrier when nothing was heard, whatever notices were lost."""
    contact = lock_contact(work, UUID(subject))
    if contact.state in CONTACT_OVER:
        return None
    if contact.state is ContactState.WRAP_UP:
        close_if_filed(work, contact)
    elif contact.channel is Channel.VOICE:
        _ask_the_carrier(work, contact)
    if contact.state in CONTACT_OVER:
        return None
    return work.now + (LOOK_AGAIN if contact.channel is Channel.VOICE else FILED_LATE)


def _ask_the_carrier(work: Work, contact: Contact) -> None:
    if contact.state is ContactState.CONNECTED:
        outbox.ask_conference(work, contact.id)
        return
    leg = caller_leg(work, contact.id)
    if leg is None or leg.sid is None or work.now - contact.last_heard_at <= SILENT:
        return
    outbox.ask_call(work, leg)
    if _hears_nobody(work, contact, leg):
        outbox.bring_back(work, leg, f"/webhooks/voice/{leg.id}/hold")


def _hears_nobody(work: Work, contact: Contact, leg: Leg) -> bool:
    """Who lost somebody, waits and asks for nothing sits in an empty room: the carrier could not be told in time."""
    waits = contact.state in WAITING and leg.state is LegState.LIVE
    return waits and contact.front and not is_taken(work, contact.id)
