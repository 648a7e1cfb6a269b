"""What becomes of an approach by somebody a care plan or a block speaks of: received, or told first and never dropped.

Whoever is told something first has a contact of their own for it, diverted; going on, or danger, receives them anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import and_, bindparam, func, select, update

from helpline import journal
from helpline.database import Work
from helpline.line import Line
from helpline.nouns import CONTACT_OVER, Channel, ContactState, Tier
from helpline.tables import Block as BlockRow
from helpline.tables import Caller, CarePlan, Contact, Message
from routing import care, contacts, threads
from routing.access import SET_ASIDE, Access, Admit, AgreedHours, Approach, Block, Ground, Plan, admit

AGREED_HOURS = "agreed_hours"
BLOCKED = "blocked"
CHECK_IN = "check_in"
TOLD = frozenset({AGREED_HOURS, BLOCKED, CHECK_IN})
"""The dispositions of contacts whose caller was told something instead of being received."""
STILL_THE_SAME = timedelta(hours=1)
PLAN_AND_BLOCK = (
    select(CarePlan, BlockRow)
    .select_from(Caller)
    .outerjoin(CarePlan, CarePlan.caller_id == Caller.id)
    .outerjoin(BlockRow, and_(BlockRow.caller_id == Caller.id, BlockRow.lifted_at.is_(None)))
    .where(Caller.id == bindparam("caller"))
    .order_by(BlockRow.until.desc().nulls_last())
    .limit(1)
)
"""The caller's plan, and the block of theirs that lasts longest, in one question: every call asks it."""
NOTHING_SET = Admit((Ground.NOTHING_SET,))


def at_the_door(work: Work, caller: Caller, risk: Tier = Tier.NONE, *, goes_on: bool = False) -> Access:
    """The verdict for an approach by `caller` now, under the policy in force."""
    line = work.line()
    if line.care is None and line.blocks is None:
        return NOTHING_SET
    found = work.session.execute(PLAN_AND_BLOCK, {"caller": caller.id}).one()
    plan: CarePlan | None = found[0] if line.care is not None else None
    block: BlockRow | None = found[1] if line.blocks is not None else None
    if plan is None and block is None:
        return NOTHING_SET
    approach = Approach(open_risk=_open_risk(work, caller), goes_on=goes_on)
    return admit(approach, _as_plan(plan, line), _as_block(block), risk, work.now.astimezone(line.zone))


def tell_first(work: Work, caller: Caller, channel: Channel, access: Access, number: str) -> Contact:
    """A contact for what the caller is told instead of being received: diverted, and never in a queue to be seen."""
    disposition = AGREED_HOURS if isinstance(access, AgreedHours) else BLOCKED
    return _diverted(work, caller, channel, number, access.reasons[-1], disposition)


def ask_whether_on_duty(work: Work, caller: Caller, number: str) -> Contact:
    """A contact for somebody of the roster who has still to check in: they are asked whether they call for that."""
    return _diverted(work, caller, Channel.VOICE, number, "may be calling to check in", CHECK_IN)


def _diverted(work: Work, caller: Caller, channel: Channel, number: str, why: str, disposition: str) -> Contact:
    contact = contacts.receive(work, caller, channel, number=number)
    contacts.divert(work, contact, why, disposition)
    return contact


def was_told(contact: Contact) -> bool:
    """Whether the caller of this contact was told something instead of being received."""
    return contact.state is ContactState.DIVERTED and contact.disposition in TOLD


def told_lately(work: Work, caller: Caller) -> Contact | None:
    """The texter's contact in which they were told something first, if it is their latest and not long ago."""
    last = threads.last_contact(work, caller.id)
    if last is None or not was_told(last) or work.now - last.last_heard_at >= STILL_THE_SAME:
        return None
    return last


def received(work: Work, contact: Contact, access: Access, told: Contact | None = None) -> None:
    """Note why somebody a plan or a block speaks of was received; what they wrote before comes with them."""
    if told is not None:
        work.session.execute(update(Message).where(Message.contact_id == told.id).values(contact_id=contact.id))
    if access == NOTHING_SET:
        return
    danger = [ground for ground in access.reasons if ground in SET_ASIDE]
    what = "access.danger" if danger else "access.admitted"
    reasons = [ground.name.lower() for ground in access.reasons]
    journal.note(work, what, contact=contact.id, why="; ".join(danger or access.reasons), rules=reasons)


def receive_anew(work: Work, told: Contact, why: str) -> Contact:
    """Somebody who was told something first pressed a key that leads on: received as anybody else."""
    caller = work.session.get_one(Caller, told.caller_id)
    contact = contacts.receive(work, caller, Channel.VOICE, number=told.called)
    journal.note(work, "access.went_on", contact=contact.id, why=why, told=str(told.id), limit=told.disposition)
    return contact


def speak(work: Work, told: Contact, language: str) -> None:
    """The caller chose a language while they were being told something."""
    told.language = language
    work.session.get_one(Caller, told.caller_id).language = language
    journal.note(work, "contact.language", contact=told.id, language=language)


def facts(work: Work, told: Contact) -> Mapping[str, str]:
    """What the words for it may name: the agreed hours."""
    plan = care.plan_of(work, told.caller_id)
    hours = care.hours_of(plan) if plan is not None else None
    return {} if hours is None else {"opens": f"{hours.starts:%H:%M}", "closes": f"{hours.ends:%H:%M}"}


def _open_risk(work: Work, caller: Caller) -> Tier:
    """The gravest of the contacts the caller has open."""
    theirs = select(func.max(Contact.risk)).where(Contact.caller_id == caller.id, Contact.state.not_in(CONTACT_OVER))
    return Tier(work.session.scalar(theirs) or 0)


def _as_plan(plan: CarePlan | None, line: Line) -> Plan | None:
    if plan is None or line.care is None:
        return None
    return Plan(care.hours_of(plan), line.care.overridden_from_tier)


def _as_block(block: BlockRow | None) -> Block | None:
    return None if block is None else Block(block.until, block.lifted_at is not None)
