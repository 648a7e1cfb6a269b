"""Care plans: what is agreed with a caller who comes often, and who should know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from helpline import journal, outbox
from helpline.database import Work
from helpline.hours import Hours
from helpline.privacy import plan_notes
from helpline.tables import CarePlan, Contact, Offer


@dataclass(frozen=True)
class Agreed:
    """A plan as somebody made it; `notes` are for whoever takes the contact, and for nobody else."""

    people: Sequence[UUID]
    hours: Hours | None
    notes: str | None
    review_on: date
    made_by: UUID


def plan_of(work: Work, caller: UUID) -> CarePlan | None:
    return work.session.scalar(select(CarePlan).where(CarePlan.caller_id == caller))


def hours_of(plan: CarePlan) -> Hours | None:
    return Hours(plan.opens, plan.closes) if plan.opens is not None and plan.closes is not None else None


def notes_of(work: Work, plan: CarePlan) -> str:
    """The notes, opened; nothing if there are none."""
    return work.vault.open(plan.notes, plan_notes(plan.id)) if plan.notes is not None else ""


def agree(work: Work, caller: UUID, agreed: Agreed) -> CarePlan:
    """Make this the caller's plan; an earlier one is replaced whole."""
    plan = plan_of(work, caller)
    if plan is None:
        plan = CarePlan(id=work.new_id(), caller_id=caller)
        work.session.add(plan)
    plan.people = list(agreed.people)
    plan.opens, plan.closes = (agreed.hours.starts, agreed.hours.ends) if agreed.hours else (None, None)
    plan.notes = work.vault.seal(agreed.notes, plan_notes(plan.id)) if agreed.notes else None
    plan.review_on, plan.made_by, plan.made_at = agreed.review_on, agreed.made_by, work.now
    work.session.flush()
    journal.note(work, "care.agreed", person=agreed.made_by, caller=str(caller), review_on=agreed.review_on.isoformat())
    return plan


def end(work: Work, plan: CarePlan) -> None:
    """The plan is over, and nothing of it is kept."""
    work.session.delete(plan)
    work.session.flush()
    journal.note(work, "care.ended", caller=str(plan.caller_id))


def tell_notes(work: Work, contact: Contact, offer: Offer) -> None:
    """Whoever has just taken the contact is texted the notes of the caller's plan."""
    line = work.line(contact.line_version_id)
    plan = plan_of(work, contact.caller_id) if line.care is not None else None
    notes = notes_of(work, plan) if plan is not None else ""
    if not notes:
        return
    words = line.words("care_notes", tag=offer.tag, what=notes)
    outbox.text_person(work, offer.person_id, words, urgency=outbox.Urgency.LIVE, contact=contact.id)
    journal.note(work, "care.told", contact=contact.id, person=offer.person_id)
