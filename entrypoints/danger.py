"""Rescues from the words of a coordinator to their rows, and back into words; nothing sealed but by two people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from entrypoints.returning import Refused, somebody
from escalation import company, openings, rescues
from escalation.help import who_relays, why_not_approve
from escalation.openings import Agreeing
from helpline.database import Work
from helpline.nouns import RESCUE_OPEN, Secret
from helpline.tables import Contact, Opening, Person, Rescue, RescueStep
from routing.callers import key_of


@dataclass(frozen=True)
class OpeningWords:
    """What two people want opened, each in their own words."""

    what: Secret
    asked_by: str
    asked_words: str
    approved_by: str
    approved_words: str


def rescues_as_json(work: Work) -> Iterator[dict[str, Any]]:
    """Every open rescue, the oldest first, without what is sealed."""
    waiting = select(Rescue).where(Rescue.state.in_(RESCUE_OPEN)).order_by(Rescue.opened_at, Rescue.number)
    for rescue in work.session.scalars(waiting):
        yield _shown(work, rescue)


def rescue_as_json(work: Work, number: int) -> dict[str, Any]:
    """One rescue, open or over: how it went, and what was opened for whom; nothing sealed. Raises Refused."""
    rescue = work.session.scalar(select(Rescue).where(Rescue.number == number)) if number <= rescues.LARGEST else None
    if rescue is None:
        raise Refused(f"there is no rescue {number}")
    contact = work.session.get_one(Contact, rescue.contact_id)
    steps = select(RescueStep).where(RescueStep.rescue_id == rescue.id).order_by(RescueStep.at, RescueStep.id)
    opened = select(Opening).where(Opening.rescue_id == rescue.id).order_by(Opening.asked_at, Opening.what)
    return {
        **_shown(work, rescue),
        "ended_as": rescue.ended_as,
        "ended_by": _name(work, rescue.ended_by),
        "steps": [
            f"{_step(work, contact, row.step)} {row.outcome}, {_name(work, row.person_id)}, {_moment(work, row)}"
            for row in work.session.scalars(steps)
        ],
        "openings": [
            f"{row.what}, asked by {_somebody(work, row.asked_by)}, approved by {_somebody(work, row.approved_by)}, "
            f"seen by {_somebody(work, row.seen_by)}"
            for row in work.session.scalars(opened)
        ],
    }


def open_sealed(work: Work, number: int, words: OpeningWords) -> str:
    """What is sealed, opened for the one of the two who may see it; the opening is kept and journalled.

    Raises Refused.
    """
    asker, approver = somebody(work, words.asked_by), somebody(work, words.approved_by)
    bar = why_not_approve(asker.id, asker.role, approver.id, approver.role)
    if bar is not None:
        raise Refused(
            "two people open it, and the second is another: a clinician or supervisor; of two supervisors neither"
        )
    found = rescues.by_number(work, number)
    if found is None:
        raise Refused(f"there is no open rescue {number}")
    contact, rescue = found
    if not company.knows(work, contact, asker):
        raise Refused("whoever asks has or had the caller, or is a clinician or supervisor")
    if not (words.asked_words and words.approved_words):
        raise Refused("each of the two gives a reason, in their own words")
    asked, approved = Agreeing(asker.id, words.asked_words), Agreeing(approver.id, words.approved_words)
    openings.agree(work, rescue, words.what, asked, approved)
    shown = openings.show(
        work, contact, rescue, words.what, who_relays(asker.id, asker.role, approver.id), by=(asker.id, approver.id)
    )
    if shown is None:
        raise Refused(f"the line does not have their {words.what}")
    return shown


def _shown(work: Work, rescue: Rescue) -> dict[str, Any]:
    contact = work.session.get_one(Contact, rescue.contact_id)
    step = _step(work, contact, rescue.step) if rescue.step is not None else None
    there = [_name(work, person) for person in company.holders(work, contact)]
    return {
        "rescue": rescue.number,
        "state": rescue.state.replace("_", " "),
        "opened_at": rescue.opened_at.astimezone(work.line().zone).isoformat(timespec="minutes"),
        "contact": str(contact.id),
        "caller": key_of(contact.caller_id),
        "with": sorted(name for name in there if name),
        "consent": {True: "yes", False: "no", None: None}[rescue.consent],
        "act_under_way": rescue.act_at is not None,
        "place_is_kept": rescue.place is not None,
        "step": step,
        "asked_by": _name(work, rescue.asked_by),
        "approved_by": _name(work, rescue.approved_by),
        "relayed_by": _name(work, rescue.relay_id),
    }


def _step(work: Work, contact: Contact, number: int) -> str:
    policy = rescues.policy_of(work, contact)
    return policy.step(number).name if policy is not None else str(number)


def _moment(work: Work, row: RescueStep) -> str:
    return f"{row.at.astimezone(work.line().zone):%H:%M}"


def _somebody(work: Work, person: UUID | None) -> str:
    return _name(work, person) or "nobody"


def _name(work: Work, person: UUID | None) -> str | None:
    return None if person is None else work.session.get_one(Person, person).name
