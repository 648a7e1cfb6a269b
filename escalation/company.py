"""Who is with somebody in danger, who is responsible for them, and who may decide about help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import Select, select

from escalation.help import DECIDING, why_not_approve
from helpline.database import Work
from helpline.nouns import CONTACT_OVER, OFFER_TAKEN, PageState, Role
from helpline.tables import Case, Contact, Guest, Offer, Page, Person, Rescue
from shifts.roster import coordinators, on_call, supervisors_on_shift


def those_there(work: Work, contact: Contact) -> Mapping[UUID, str]:
    """Whoever is with the caller now, each with the letter by which they know the contact."""
    held = select(Offer.person_id, Offer.tag).where(Offer.contact_id == contact.id, Offer.state.in_(OFFER_TAKEN))
    there = {person: tag for person, tag in work.session.execute(held)}
    if contact.state in CONTACT_OVER:
        return there
    guests = select(Guest.person_id, Guest.tag).where(Guest.contact_id == contact.id).order_by(Guest.joined_at)
    for person, tag in work.session.execute(guests):
        there.setdefault(person, tag)
    for page in work.session.scalars(_acknowledged(contact.id)):
        there.setdefault(page.person_id, page.tag)
    return there


def holders(work: Work, contact: Contact) -> frozenset[UUID]:
    """Whoever holds the contact; once nobody does, whoever was the last to."""
    mine = select(Offer.person_id).where(Offer.contact_id == contact.id, Offer.accepted_at.is_not(None))
    now = frozenset(work.session.scalars(mine.where(Offer.state.in_(OFFER_TAKEN))))
    return now or frozenset(work.session.scalars(mine.order_by(Offer.accepted_at.desc(), Offer.id).limit(1)))


def knows(work: Work, contact: Contact, person: Person) -> bool:
    """Whether somebody may speak of the contact's rescue: they have, or had, the caller, or decide about help."""
    if person.role in DECIDING:
        return True
    had = select(Offer.id).where(
        Offer.contact_id == contact.id, Offer.person_id == person.id, Offer.accepted_at.is_not(None)
    )
    return work.session.scalar(had.limit(1)) is not None


def responsible(work: Work, contact: Contact) -> list[UUID]:
    """The clinician who has the caller, or has said that they come; else those on call first."""
    roles = {one: work.session.get_one(Person, one).role for one in holders(work, contact)}
    holding = [one for one, role in roles.items() if role is Role.CLINICIAN]
    if holding:
        return holding
    latest = work.session.scalars(_acknowledged(contact.id).order_by(Page.ended_at.desc(), Page.id).limit(1)).first()
    if latest is not None:
        return [latest.person_id]
    tiers = on_call(work)
    return list(next((tiers[tier] for tier in sorted(tiers) if tiers[tier]), ()))


def watching(work: Work, contact: Contact, roles: Iterable[Role]) -> list[UUID]:
    """Whoever of these roles is to be reminded of a rescue: clinicians, supervisors and coordinators."""
    found: list[UUID] = []
    for role in roles:
        if role is Role.CLINICIAN:
            found += responsible(work, contact)
        elif role is Role.SUPERVISOR:
            found += [one.id for one in supervisors_on_shift(work)]
        else:
            found += [one.id for one in coordinators(work) if one.role is Role.COORDINATOR]
    return list(dict.fromkeys(found))


def deciders(work: Work, contact: Contact, rescue: Rescue) -> list[UUID]:
    """Whoever may answer what is asked for: who is responsible, everybody on call, and supervisors on shift."""
    asker = work.session.get_one(Person, rescue.asked_by)
    everyone = [*responsible(work, contact), *(one for tier in on_call(work).values() for one in tier)]
    everyone += [one.id for one in supervisors_on_shift(work)]
    roles = {one: work.session.get_one(Person, one).role for one in dict.fromkeys(everyone)}
    return [one for one, role in roles.items() if why_not_approve(asker.id, asker.role, one, role) is None]


def _acknowledged(contact: UUID) -> Select[Page]:
    """Pages of clinicians who said that they come."""
    return (
        select(Page)
        .join(Case, Case.id == Page.case_id)
        .where(Case.contact_id == contact, Page.state == PageState.ACKNOWLEDGED)
    )
