"""A caller who asked to be called back, or agreed to be called in a day or two: never rung unasked.

The request is a timer on the diverted contact. Whenever nobody else waits and somebody is free, it opens a contact of
its own, outbound: the peer is asked first, and only once they are on the line is the caller rung. What was agreed for
later is made the same way, in the hours that are safe for the caller; by text if they had written.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from helpline import journal, outbox, timers
from helpline.database import Work
from helpline.nouns import WAITING, Channel, Discretion, FollowUpState, LegRole, Tier, TimerKind
from helpline.tables import Caller, Contact, FollowUp, Leg
from routing import follow_up
from routing.choose import Offer
from routing.contacts import divert, receive
from routing.match import verdict_for
from routing.moves import lock_contact, move_follow_up
from shifts import wording
from shifts.roster import supervisors_on_shift

NEXT_TRY = timedelta(minutes=2)
UNDER_WAY = timedelta(minutes=1)
NOBODY_TOOK_IT = timedelta(minutes=15)


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
    if follow_up.of_made(work, contact) is not None:
        divert(work, contact, "nobody took the call that was agreed", follow_up.DISPOSITION)
        return
    divert(work, contact, "nobody took the callback", "callback")
    timers.schedule(work, TimerKind.CALLBACK, contact.id, work.now + NEXT_TRY)


def not_picked_up(work: Work, contact: Contact) -> None:
    """The caller was rung and has not picked up: supervisors hear of it, or it is tried again as was agreed."""
    if follow_up.of_made(work, contact) is None:
        tell(work, contact, "callback_missed")


def follow_up_due(work: Work, subject: str) -> datetime | None:
    """Timer: call or text somebody as they agreed to, in their safe hours, a few times at most."""
    row = work.session.get(FollowUp, UUID(subject))
    if row is None:
        return None
    agreed_in = lock_contact(work, row.contact_id)
    work.session.refresh(row)
    if row.state is not FollowUpState.AGREED:
        return None
    if row.made_id is not None:
        return _become_of(work, row, agreed_in)
    at = follow_up.moment_of(work, row)
    if at is None or row.tries >= follow_up.policy_of(work, agreed_in).tries:
        _missed(work, row, agreed_in, "it could not be made in the time that was agreed")
        return None
    if at > work.now:
        return at
    if row.channel is Channel.TEXT:
        _text(work, row, agreed_in)
        return None
    if _somebody_waits(work, agreed_in.queue):
        return work.now + _pause(work, agreed_in)
    caller = work.session.get_one(Caller, row.caller_id)
    made = receive(work, caller, Channel.VOICE, like=agreed_in, outbound=True)
    row.made_id = made.id
    journal.note(work, "follow_up.begun", contact=made.id, agreed_in=str(agreed_in.id))
    return work.now + UNDER_WAY


def _become_of(work: Work, row: FollowUp, agreed_in: Contact) -> datetime | None:
    """What has become of the call that was made last: done once the two have talked."""
    made = work.session.get_one(Contact, row.made_id)
    if made.connected_at is not None:
        move_follow_up(work, row, FollowUpState.DONE, "they have talked")
        return None
    if made.ended_at is None:
        return work.now + UNDER_WAY
    rung = select(Leg.id).where(Leg.contact_id == made.id, Leg.role == LegRole.CALLER).limit(1)
    was_rung = work.session.scalar(rung) is not None
    row.made_id = None
    row.tries += was_rung
    return work.now + (follow_up.policy_of(work, agreed_in).retry if was_rung else NOBODY_TOOK_IT)


def _text(work: Work, row: FollowUp, agreed_in: Contact) -> None:
    """Write to whoever agreed to be written to. Their answer opens a contact like any other."""
    if work.session.get_one(Caller, row.caller_id).opted_out:
        _missed(work, row, agreed_in, "they have sent STOP")
        return
    key = "follow_up_text_named" if row.discretion is Discretion.NAMED else "follow_up_text_quiet"
    words = work.line().words(key, agreed_in.language)
    outbox.text_caller(work, row.caller_id, words, contact=agreed_in.id)
    move_follow_up(work, row, FollowUpState.DONE, "they were written to")


def _missed(work: Work, row: FollowUp, agreed_in: Contact, why: str) -> None:
    move_follow_up(work, row, FollowUpState.MISSED, why)
    agreed_on = row.agreed_at.astimezone(work.line().zone).date()
    words = work.line().words("follow_up_missed", None, when=wording.day(agreed_on))
    for person in supervisors_on_shift(work):
        outbox.text_person(work, person.id, words, urgency=outbox.Urgency.NOTICE, contact=agreed_in.id)


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
