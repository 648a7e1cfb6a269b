"""The people of the line as they stand at a moment, read from the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from helpline.database import Work
from helpline.nouns import LEG_UP, OFFER_HOLDS, Channel, Role
from helpline.tables import Leg, Offer, OnCall, Person, Shift
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
class Member:
    """What a decision has to know of somebody of the roster."""

    id: UUID
    ordinal: int
    place: int
    name: str
    role: Role
    languages: Sequence[str]
    excludes: Sequence[str]
    paused_until: datetime | None
    idle_since: datetime


COLUMNS = [getattr(Person, field.name) for field in fields(Member)]
PEOPLE = select(*COLUMNS).where(Person.active).order_by(Person.place)
HELD = select(Offer.person_id, Offer.id, Offer.channel, Offer.share_from, Offer.share_to, Offer.tag).where(
    Offer.state.in_(OFFER_HOLDS)
)
ON_THE_PHONE = select(Leg.person_id).where(Leg.state.in_(LEG_UP), Leg.person_id.is_not(None))
SHIFTS = select(Shift.person_id, Shift.starts, Shift.ends)
ROTATION = (
    select(OnCall.person_id, OnCall.tier)
    .join(Person, Person.id == OnCall.person_id)
    .where(Person.active)
    .order_by(Person.place)
)


@dataclass(frozen=True)
class Roster:
    """Everybody, in the order of the coordinator's table; what each one holds; the rota, and who is on duty now.

    Somebody is on the phone while any call of ours to them is up, their voicemail's too: another would find it busy.
    """

    people: Sequence[Member]
    held: Mapping[UUID, Sequence[Held]]
    rota: Rota
    coverage: Coverage
    on_the_phone: frozenset[UUID]

    def person(self, person: UUID) -> Member:
        return next(one for one in self.people if one.id == person)


def roster(work: Work) -> Roster:
    """The roster now. Read as plain rows: a matching pass reads everybody, several times a second."""
    people = [Member(*row) for row in work.session.execute(PEOPLE)]
    held: dict[UUID, list[Held]] = {}
    for person, offer, channel, first, end, tag in work.session.execute(HELD):
        held.setdefault(person, []).append(Held(offer, channel, first, end, tag))
    rota = _rota(work, people)
    return Roster(people, held, rota, on_duty(rota, work.now), frozenset(work.session.scalars(ON_THE_PHONE)))


def on_call(work: Work) -> Mapping[int, tuple[UUID, ...]]:
    """Who is on call now, by tier, in the order of the roster."""
    return on_duty(Rota(work.line().zone, [], _tiers(work)), work.now).on_call


def supervisors_on_shift(work: Work) -> list[Member]:
    """Supervisors whose hours hold now; every supervisor, if none of them is on shift."""
    now = roster(work)
    everyone = [person for person in now.people if person.role == "supervisor"]
    return [person for person in everyone if person.id in now.coverage.on_shift] or everyone


def person_by_number(work: Work, number: str) -> Person | None:
    return work.session.scalar(
        select(Person).where(Person.number_key.in_(work.vault.fingerprints(number)), Person.active)
    )


def _rota(work: Work, people: Sequence[Member]) -> Rota:
    known = {person.id for person in people}
    rows = work.session.execute(SHIFTS)
    return Rota(work.line().zone, [DailyHours(*row) for row in rows if row.person_id in known], _tiers(work))


def _tiers(work: Work) -> dict[UUID, int]:
    return {row.person_id: row.tier for row in work.session.execute(ROTATION)}
