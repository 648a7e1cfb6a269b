"""The people of the line as they stand at a moment, read from the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from helpline.database import Work
from helpline.nouns import OFFER_HOLDS, Channel
from helpline.tables import Offer, OnCall, Person, Shift
from shifts.rota import Coverage, DailyHours, Rota, on_duty


@dataclass(frozen=True)
class Held:
    """An offer that takes shares of somebody now."""

    offer: UUID
    channel: Channel
    share_from: int
    share_to: int
    tag: str


@dataclass(frozen=True)
class Roster:
    """Everybody, in the order of the coordinator's table; what each one holds; and who is on duty."""

    people: Sequence[Person]
    held: Mapping[UUID, Sequence[Held]]
    coverage: Coverage

    def person(self, person: UUID) -> Person:
        return next(one for one in self.people if one.id == person)


def roster(work: Work) -> Roster:
    """The roster now."""
    people = work.session.scalars(select(Person).where(Person.active).order_by(Person.place)).all()
    held: dict[UUID, list[Held]] = {}
    for offer in work.session.scalars(select(Offer).where(Offer.state.in_(OFFER_HOLDS))):
        held.setdefault(offer.person_id, []).append(
            Held(offer.id, offer.channel, offer.share_from, offer.share_to, offer.tag)
        )
    return Roster(people, held, _coverage(work, people))


def supervisors_on_shift(work: Work) -> list[Person]:
    """Supervisors whose hours hold now; every supervisor, if none of them is on shift."""
    now = roster(work)
    everyone = [person for person in now.people if person.role == "supervisor"]
    return [person for person in everyone if person.id in now.coverage.on_shift] or everyone


def person_by_number(work: Work, number: str) -> Person | None:
    return work.session.scalar(
        select(Person).where(Person.number_key.in_(work.vault.fingerprints(number)), Person.active)
    )


def _coverage(work: Work, people: Sequence[Person]) -> Coverage:
    known = {person.id for person in people}
    hours = [
        DailyHours(row.person_id, row.starts, row.ends)
        for row in work.session.scalars(select(Shift))
        if row.person_id in known
    ]
    tiers = {row.person_id: row.tier for row in work.session.scalars(select(OnCall))}
    ordered = {person.id: tiers[person.id] for person in people if person.id in tiers}
    return on_duty(Rota(work.line().zone, hours, ordered), work.now)
