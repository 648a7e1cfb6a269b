"""What a caller at risk agrees to before they part: one call or text, in a day or two, in their safe hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from helpline import journal, outbox, timers
from helpline.closing_policy import FollowUpPolicy
from helpline.database import Work
from helpline.hours import Hours
from helpline.nouns import OFFER_TAKEN, Channel, Discretion, FollowUpState, Tier, TimerKind
from helpline.tables import Caller, Contact, FollowUp, Offer
from routing.moves import move_follow_up
from shifts import wording

DISPOSITION = "follow_up"
"""Of a contact that was made to call somebody as agreed, and that nobody of us took."""


def next_moment(opens: datetime, closes: datetime, safe: Hours, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The first moment from `now` on, within both ends, at which the `safe` hours hold; None if none is left."""
    earliest = max(opens, now)
    day = earliest.astimezone(zone).date() - timedelta(days=1)
    while True:
        begins, ends = safe.on(day, zone)
        if begins >= closes:
            return None
        at = max(begins, earliest)
        if at < min(ends, closes):
            return at
        day += timedelta(days=1)


def remind_to_ask(work: Work, contact: Contact) -> None:
    """Remind whoever holds a grave contact to ask whether they would like to be called again."""
    line = work.line(contact.line_version_id)
    if line.follow_up is None or contact.risk < Tier.HIGH or contact.outbound:
        return
    held = select(Offer).where(Offer.contact_id == contact.id, Offer.state.in_(OFFER_TAKEN))
    holder = work.session.scalar(held)
    if holder is not None:
        words = line.words("follow_up_ask", None, tag=holder.tag, have=line.follow_up.hours)
        outbox.text_person(work, holder.person_id, words, urgency=outbox.Urgency.NOTICE, contact=contact.id)


def agree(work: Work, contact: Contact, person: UUID, hours: Hours | None, said: Discretion) -> FollowUp | None:
    """The caller has agreed, as `person` says, instead of whatever was before. None if they cannot be reached."""
    policy = policy_of(work, contact)
    caller = work.session.get_one(Caller, contact.caller_id)
    if caller.number is None or (contact.channel is Channel.TEXT and caller.opted_out):
        return None
    withdraw(work, contact, "agreed anew")
    safe = hours or policy.daily
    row = FollowUp(
        id=work.new_id(),
        contact_id=contact.id,
        caller_id=contact.caller_id,
        channel=contact.channel,
        state=FollowUpState.AGREED,
        agreed_by=person,
        agreed_at=work.now,
        opens_at=work.now + policy.earliest,
        closes_at=work.now + policy.latest,
        safe_from=safe.starts,
        safe_until=safe.ends,
        discretion=said,
        tries=0,
    )
    work.session.add(row)
    work.session.flush()
    journal.note(work, "follow_up.agreed", contact=contact.id, person=person, why="the caller agreed", said=said)
    timers.schedule(work, TimerKind.FOLLOW_UP, row.id, moment_of(work, row) or row.closes_at)
    return row


def withdraw(work: Work, contact: Contact, why: str) -> None:
    """Nothing is agreed with the caller any more, if anything was."""
    row = agreed_with(work, contact.caller_id)
    if row is not None:
        move_follow_up(work, row, FollowUpState.WITHDRAWN, why)
        work.session.flush()


def agreed_with(work: Work, caller: UUID) -> FollowUp | None:
    found = select(FollowUp).where(FollowUp.caller_id == caller, FollowUp.state == FollowUpState.AGREED)
    return work.session.scalar(found)


def of_made(work: Work, contact: Contact) -> FollowUp | None:
    """What was agreed, if `contact` is the call that was made for it."""
    if not contact.outbound:
        return None
    return work.session.scalar(select(FollowUp).where(FollowUp.made_id == contact.id))


def moment_of(work: Work, row: FollowUp) -> datetime | None:
    """When it is to be made next; None if the time for it is over."""
    safe = Hours(row.safe_from, row.safe_until)
    return next_moment(row.opens_at, row.closes_at, safe, work.line().zone, work.now)


def when(work: Work, row: FollowUp) -> str:
    """When it is due, in a few words, on the line's wall clock."""
    zone, at = work.line().zone, moment_of(work, row) or row.closes_at
    return f"{wording.day(at.astimezone(zone).date())}, {Hours(row.safe_from, row.safe_until)}"


def policy_of(work: Work, contact: Contact) -> FollowUpPolicy:
    return work.line(contact.line_version_id).follow_up or FollowUpPolicy()
