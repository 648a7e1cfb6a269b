"""A caller who asked to be called back: rung as soon as somebody is free for them, and never unasked.

The request is a timer on the diverted contact. Whenever nobody else waits and somebody is free, it opens a contact of
its own, outbound: the peer is asked first, and only once they are on the line is the caller rung.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from helpline import journal, outbox, timers
from helpline.database import Work
from helpline.nouns import WAITING, Channel, Tier, TimerKind
from helpline.tables import Caller, Contact
from routing.choose import Offer
from routing.contacts import divert, receive
from routing.match import verdict_for
from routing.moves import lock_contact
from shifts.roster import supervisors_on_shift

NEXT_TRY = timedelta(minutes=2)


def ask(work: Work, contact: Contact) -> None:
    """The caller of `contact`, which is being diverted, asked to be called back."""
    timers.schedule(work, TimerKind.CALLBACK, contact.id, work.now + _pause(work, contact))
    tell(work, contact, "callback_asked")


def callback_due(work: Work, subject: str) -> datetime | None:
    """Timer: ring somebody for the caller, if nobody who is on the line now would wait longer for it."""
    asked = lock_contact(work, UUID(subject))
    within = timedelta(hours=work.line(asked.line_version_id).callback.within_hours)
    if work.now - (asked.ended_at or asked.arrived_at) > within:
        journal.note(work, "callback.late", contact=asked.id, why="nobody was free in time")
        tell(work, asked, "callback_late")
        return None
    if _somebody_waits(work, asked.queue) or not isinstance(verdict_for(work, asked), Offer):
        return work.now + _pause(work, asked)
    caller = work.session.get_one(Caller, asked.caller_id)
    made = receive(work, caller, Channel.VOICE, like=asked, risk=Tier(asked.risk), outbound=True)
    journal.note(work, "callback.begun", contact=made.id, asked=str(asked.id))
    return None


def try_later(work: Work, contact: Contact) -> None:
    """Nobody took the callback: the caller heard nothing of it yet, and it is tried again."""
    divert(work, contact, "nobody took the callback", "callback")
    timers.schedule(work, TimerKind.CALLBACK, contact.id, work.now + NEXT_TRY)


def tell(work: Work, contact: Contact, key: str) -> None:
    """Tell the supervisors how it stands with a callback."""
    line = work.line(contact.line_version_id)
    words = line.words("supervisor_callback", what=line.words(key))
    for person in supervisors_on_shift(work):
        outbox.text_person(work, person.id, words, urgency=outbox.Urgency.NOTICE, contact=contact.id)


def _somebody_waits(work: Work, queue: str) -> bool:
    return work.session.scalar(select(Contact.id).where(Contact.queue == queue, Contact.state.in_(WAITING))) is not None


def _pause(work: Work, contact: Contact) -> timedelta:
    return timedelta(seconds=work.line(contact.line_version_id).callback.look_every_seconds)
