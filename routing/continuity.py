"""Whom a caller would like to have again: asked for, taken back, and what it means for who is asked first.

A caller asks themself, by text, or says so to the peer, who notes it. Taken back, nothing of it is kept but that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select

from helpline import journal, timers
from helpline.database import Work
from helpline.nouns import WAITING, AskedBy, Channel, ContactState, OfferState, Tier, TimerKind
from helpline.returning import Continuity as Policy
from helpline.tables import Caller, CarePlan, Contact, Continuity, Offer
from routing.moves import lock_contact

HELD = (OfferState.BRIDGED, OfferState.WRAPPING, OfferState.COMPLETED)
PEER_NOTES_WITHIN = timedelta(hours=1)
WISHES = (
    select(
        Caller.id,
        Continuity.person_id,
        Continuity.asked_at,
        Continuity.withdrawn_at,
        CarePlan.people,
        CarePlan.made_at,
    )
    .outerjoin(Continuity, Continuity.caller_id == Caller.id)
    .outerjoin(CarePlan, CarePlan.caller_id == Caller.id)
    .where(Caller.id.in_(bindparam("callers", expanding=True)))
)


@dataclass(frozen=True)
class Wish:
    """What is kept of whom a caller would like: the person they asked for, and those their care plan prefers."""

    person: UUID | None = None
    asked_at: datetime | None = None
    withdrawn_at: datetime | None = None
    plan: tuple[UUID, ...] = ()
    plan_at: datetime | None = None


def known(wish: Wish, policy: Policy, now: datetime) -> frozenset[UUID]:
    """Who is asked first. A plan made before the caller took their wish back has no say in it either."""
    people = set[UUID]()
    if wish.person is not None and wish.asked_at is not None and now - wish.asked_at <= policy.forget_after:
        people.add(wish.person)
    if wish.plan_at is not None and (wish.withdrawn_at is None or wish.plan_at > wish.withdrawn_at):
        people |= set(wish.plan)
    return frozenset(people)


def known_until(policy: Policy, risk: Tier, arrived_at: datetime) -> datetime | None:
    """Until when those who are known come first; None for somebody at risk, who waits for nobody."""
    return arrived_at + policy.first_for if policy.first_for_seconds and risk < Tier.HIGH else None


def wishes(work: Work, contacts: Sequence[Contact]) -> Mapping[UUID, Wish]:
    """By caller; nothing is asked of the database for lines that do not keep to it."""
    callers = {one.caller_id for one in contacts if work.line(one.line_version_id).continuity.first_for_seconds}
    if not callers:
        return {}
    rows = work.session.execute(WISHES, {"callers": list(callers)})
    return {row[0]: Wish(row[1], row[2], row[3], tuple(row[4] or ()), row[5]) for row in rows}


def set_aside(work: Work, contact: Contact) -> None:
    """The contact has become grave: nobody waits for those the caller knows any more, and the journal says so."""
    wish = wishes(work, [contact]).get(contact.caller_id)
    policy = work.line(contact.line_version_id).continuity
    in_time = work.now < contact.arrived_at + policy.first_for
    if wish is not None and in_time and known(wish, policy, work.now):
        journal.note(work, "continuity.danger", contact=contact.id, why="in danger nobody waits for those they know")


def ask(work: Work, contact: Contact, person: UUID, by: AskedBy) -> bool:
    """The caller of `contact` would like `person` again. False if they have taken that back since it began.

    A peer's note of what was said earlier never undoes what the caller has said since.
    """
    row = _row(work, contact.caller_id)
    withdrawn = row.withdrawn_at if row is not None else None
    if by is AskedBy.PEER and withdrawn is not None and withdrawn >= contact.arrived_at:
        journal.note(work, "continuity.refused", contact=contact.id, why="the caller has taken it back since", by=by)
        return False
    if row is None:
        row = Continuity(caller_id=contact.caller_id)
        work.session.add(row)
    row.person_id, row.asked_at, row.asked_by, row.withdrawn_at = person, work.now, by, None
    work.session.flush()
    journal.note(work, "continuity.asked", contact=contact.id, why="the caller would like the same person again", by=by)
    return True


def ask_for_last(work: Work, caller: Caller, within: timedelta) -> bool:
    """The caller asks for whoever they last texted with. False if there was no such conversation within that time."""
    last = (
        select(Contact.id, Offer.person_id)
        .join(Offer, Offer.contact_id == Contact.id)
        .where(
            Contact.caller_id == caller.id,
            Contact.channel == Channel.TEXT,
            Contact.state.in_((ContactState.WRAP_UP, ContactState.CLOSED)),
            Offer.state.in_(HELD),
            Contact.last_heard_at >= work.now - within,
        )
        .order_by(Offer.accepted_at.desc())
        .limit(1)
    )
    found = work.session.execute(last).first()
    return found is not None and ask(work, lock_contact(work, found[0]), found[1], AskedBy.CALLER)


def has_wish(work: Work, caller: Caller) -> bool:
    """Whether there is, or was, anything for the caller to take back."""
    planned = select(CarePlan.id).where(CarePlan.caller_id == caller.id)
    return work.session.get(Continuity, caller.id) is not None or work.session.scalar(planned) is not None


def withdraw(work: Work, caller: UUID, contact: Contact | None, by: AskedBy) -> None:
    """Anybody may answer the caller from now on. Whom they had asked for is forgotten."""
    row = _row(work, caller)
    if row is None:
        row = Continuity(caller_id=caller)
        work.session.add(row)
    row.person_id = row.asked_at = row.asked_by = None
    row.withdrawn_at = work.now
    work.session.flush()
    journal.note(
        work, "continuity.withdrawn", contact=contact.id if contact else None, why="anybody may answer them", by=by
    )
    if contact is not None and contact.state in WAITING:
        timers.bring_forward(work, TimerKind.MATCH, contact.queue, work.now)


def lately_held(work: Work, person: UUID) -> Sequence[Offer]:
    """What `person` holds, files, or filed a short while ago: those the caller of which they may note a wish for."""
    recent = (Offer.state != OfferState.COMPLETED) | (Offer.ended_at >= work.now - PEER_NOTES_WITHIN)
    return work.session.scalars(
        select(Offer).where(Offer.person_id == person, Offer.state.in_(HELD), recent).order_by(Offer.accepted_at.desc())
    ).all()


def _row(work: Work, caller: UUID) -> Continuity | None:
    return work.session.get(Continuity, caller, with_for_update=True)
