"""Care plans and blocks, from the words of a coordinator to the rows of the line, and back into words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import select

from helpline.database import Work
from helpline.hours import Hours, read_hours
from helpline.tables import Block, Caller, CarePlan, Person
from routing import blocks, care
from routing.callers import key_of

NUMBER = re.compile(r"\+?\d(?:[\s().-]*\d){6,}")
LONGEST_NOTES = 600


class Refused(Exception):
    """The plan or block cannot be; the text says why, and quotes nothing that is sealed."""


@dataclass(frozen=True)
class PlanWords:
    """A care plan as it was typed."""

    people: Sequence[str]
    hours: str | None
    notes: str | None
    review_on: date
    made_by: str


@dataclass(frozen=True)
class BlockWords:
    """A block as it was typed. It ends when the day `until` begins, in the line's time zone."""

    reason: str
    until: date
    decided_by: str
    reviewer: str
    review_on: date


def make_plan(work: Work, caller: Caller, words: PlanWords) -> CarePlan:
    """Agree on the plan. Raises Refused."""
    if work.line().care is None:
        raise Refused("this line keeps no care plans: its line file has no [care]")
    _check(work, caller, words.review_on)
    agreed = care.Agreed(
        people=[somebody(work, name).id for name in words.people],
        hours=agreed_hours(words.hours) if words.hours else None,
        notes=_notes(words.notes),
        review_on=words.review_on,
        made_by=somebody(work, words.made_by).id,
    )
    if not (agreed.people or agreed.hours or agreed.notes):
        raise Refused("a plan says something: preferred people, hours or notes")
    return care.agree(work, caller.id, agreed)


def end_plan(work: Work, caller: Caller) -> None:
    """End the caller's plan. Raises Refused if there is none."""
    care.end(work, _plan(work, caller))


def plan_as_json(work: Work, caller: Caller) -> dict[str, Any]:
    """The caller's plan, its notes opened for whoever runs the command. Raises Refused if there is none."""
    plan = _plan(work, caller)
    return {**_shown(work, plan), "notes": care.notes_of(work, plan) or None}


def plans_as_json(work: Work) -> Iterator[dict[str, Any]]:
    """Every plan without its notes, soonest to be looked at again first."""
    for plan in work.session.scalars(select(CarePlan).order_by(CarePlan.review_on, CarePlan.id)):
        yield _shown(work, plan)


def _shown(work: Work, plan: CarePlan) -> dict[str, Any]:
    hours = care.hours_of(plan)
    return {
        "caller": key_of(plan.caller_id),
        "people": [_name(work, one) for one in plan.people],
        "hours": f"{hours.starts:%H:%M}-{hours.ends:%H:%M}" if hours else None,
        "review_on": plan.review_on.isoformat(),
        "review_due": plan.review_on <= _today(work),
        "made_by": _name(work, plan.made_by),
        "made_on": _day(work, plan.made_at),
    }


def make_block(work: Work, caller: Caller, words: BlockWords) -> Block:
    """Block the caller. Raises Refused."""
    _check(work, caller, words.review_on)
    decision = blocks.Decision(
        reason=words.reason,
        until=datetime.combine(words.until, time(0), work.line().zone),
        decided_by=somebody(work, words.decided_by).id,
        reviewer=somebody(work, words.reviewer).id,
        review_on=words.review_on,
    )
    try:
        return blocks.decide(work, caller.id, decision)
    except blocks.CannotBlock as fault:
        raise Refused(str(fault)) from None


def lift_block(work: Work, caller: Caller, by: str) -> None:
    """Lift the caller's block. Raises Refused if none applies."""
    block = blocks.block_of(work, caller.id)
    if block is None or block.until <= work.now:
        raise Refused("no block applies to that caller")
    blocks.lift(work, block, somebody(work, by).id)


def blocks_as_json(work: Work) -> Iterator[dict[str, Any]]:
    """Every block that applies now, soonest to be looked at again first."""
    for block in blocks.in_force(work):
        yield {
            "caller": key_of(block.caller_id),
            "reason": block.reason,
            "decided_by": _name(work, block.decided_by),
            "decided_on": _day(work, block.decided_at),
            "until": _day(work, block.until),
            "reviewer": _name(work, block.reviewer_id),
            "review_on": block.review_on.isoformat(),
            "review_due": block.review_on <= _today(work),
        }


def somebody(work: Work, name: str) -> Person:
    """The person of the roster with that name. Raises Refused if nobody is called that."""
    found = work.session.scalar(select(Person).where(Person.name == name, Person.active))
    if found is None:
        raise Refused("nobody on the roster is called that")
    return found


def agreed_hours(text: str) -> Hours:
    """Hours such as 18:00-20:00. Raises Refused."""
    try:
        found = read_hours(text)
    except ValueError:
        raise Refused("hours are written as 18:00-20:00") from None
    if found.starts == found.ends:
        raise Refused("hours that end as they begin are the whole day: leave them out")
    return found


def _check(work: Work, caller: Caller, review_on: date) -> None:
    if caller.number is None:
        raise Refused("that caller withheld their number, or it has been erased: they would not be known again")
    if review_on < _today(work):
        raise Refused("the day of the review has passed")


def _notes(text: str | None) -> str | None:
    """Notes go out as a text, so they are short; and no number of one party may reach another."""
    notes = (text or "").strip()
    if len(notes) > LONGEST_NOTES:
        raise Refused(f"notes have at most {LONGEST_NOTES} letters")
    if NUMBER.search(notes):
        raise Refused("notes hold no telephone number")
    return notes or None


def _plan(work: Work, caller: Caller) -> CarePlan:
    plan = care.plan_of(work, caller.id)
    if plan is None:
        raise Refused("that caller has no care plan")
    return plan


def _name(work: Work, person: UUID) -> str:
    return work.session.get_one(Person, person).name


def _today(work: Work) -> date:
    return work.now.astimezone(work.line().zone).date()


def _day(work: Work, moment: datetime) -> str:
    return moment.astimezone(work.line().zone).date().isoformat()
