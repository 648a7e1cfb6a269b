"""The people of the line as they stand at a moment, read from the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, String, bindparam, cast, func, or_, select

from helpline.database import Work
from helpline.hours import Hours, zone_named
from helpline.nouns import LEG_UP, OFFER_HOLDS, Channel, Role
from helpline.tables import Contact, LeaveRow, Leg, Offer, OverrideRow, Person, RotaRevision, ShiftRow
from shifts.colleagues import Colleague, answering
from shifts.recurrence import read_recurrence
from shifts.rota import Coverage, Leave, Override, Rota, Shift, on_duty


@dataclass(frozen=True)
class Held:
    """An offer that takes shares of somebody now."""

    offer: UUID
    channel: Channel
    share_from: int
    share_to: int
    tag: str
    risk: int = 0


@dataclass(frozen=True)
class Today:
    """What somebody has done since the day began in the line's time zone, and since their shift began."""

    contacts: int = 0
    last_asked: datetime | None = None
    shift_contacts: int = 0
    shift_hours: float = 0.0


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
    skills: Sequence[str]
    queues: Sequence[str]
    most_texts: int | None
    resting_until: datetime | None
    absent_since: datetime | None


COLUMNS = [getattr(Person, field.name) for field in fields(Member)]
PEOPLE = select(*COLUMNS).where(Person.active).order_by(Person.place)
HELD = (
    select(Offer.person_id, Offer.id, Offer.channel, Offer.share_from, Offer.share_to, Offer.tag, Contact.risk)
    .join(Contact, Contact.id == Offer.contact_id)
    .where(Offer.state.in_(OFFER_HOLDS))
)
SINCE = (
    select(Offer.person_id, func.max(Offer.offered_at), func.array_agg(Offer.accepted_at))
    .where(Offer.offered_at >= bindparam("since", type_=Offer.offered_at.type))
    .group_by(Offer.person_id)
)
ON_THE_PHONE = select(Leg.person_id).where(Leg.state.in_(LEG_UP), Leg.person_id.is_not(None))
COLLEAGUES = (
    select(
        Person.id,
        Person.name,
        Person.role,
        Person.languages,
        Person.skills,
        Person.queues,
        Person.timezone,
        Person.place,
    )
    .where(Person.active)
    .order_by(Person.place)
)
OURS = cast(cast(func.pg_current_xact_id_if_assigned(), String), BigInteger)
REVISION = select(RotaRevision.number, RotaRevision.number == OURS)
"""The revision, and whether this transaction made it."""
SHIFTS = (
    select(ShiftRow)
    .outerjoin(Person, Person.id == ShiftRow.person_id)
    .where(or_(ShiftRow.person_id.is_(None), Person.active))
    .order_by(Person.place.nulls_last(), ShiftRow.first_on, ShiftRow.starts, ShiftRow.id)
)
SINCE_DAY = bindparam("day", type_=OverrideRow.on_day.type)
CHANGED = select(
    OverrideRow.shift_id,
    OverrideRow.on_day,
    OverrideRow.person_id,
    OverrideRow.cancelled,
    OverrideRow.starts_at,
    OverrideRow.ends_at,
).where(OverrideRow.on_day >= SINCE_DAY)
AWAY = select(LeaveRow.person_id, LeaveRow.first_on, LeaveRow.last_on).where(LeaveRow.last_on >= SINCE_DAY)
LOOKING_BACK = timedelta(days=31)
"""How far back the rota knows what was different: far longer than any shift."""


@dataclass(frozen=True)
class Roster:
    """Everybody, in the order of the coordinator's table; what each one holds; the rota, and who is on duty now.

    Somebody is on the phone while any call of ours to them is up, their voicemail's too: another would find it busy.
    """

    at: datetime
    people: Sequence[Member]
    held: Mapping[UUID, Sequence[Held]]
    rota: Rota
    coverage: Coverage
    on_the_phone: frozenset[UUID]

    @property
    def shifts(self) -> Mapping[UUID, datetime]:
        """When the shift of everybody who is on shift now began."""
        return self.coverage.began

    def person(self, person: UUID) -> Member:
        return self._by_id[person]

    @cached_property
    def _by_id(self) -> Mapping[UUID, Member]:
        return {one.id: one for one in self.people}


def roster(work: Work) -> Roster:
    """The roster now. Read as plain rows: a matching pass reads everybody, several times a second."""
    people = [Member(*row) for row in work.session.execute(PEOPLE)]
    held: dict[UUID, list[Held]] = {}
    for row in work.session.execute(HELD):
        held.setdefault(row[0], []).append(Held(*row[1:]))
    rota = current_rota(work)
    return Roster(work.now, people, held, rota, on_duty(rota, work.now), frozenset(work.session.scalars(ON_THE_PHONE)))


def today(work: Work, now: Roster) -> Mapping[UUID, Today]:
    """How much everybody who was asked, or is on shift, has had so far."""
    midnight = work.now.astimezone(now.rota.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = work.session.execute(SINCE, {"since": min([midnight, *now.shifts.values()])})
    asked = {person: (last, [at for at in accepted if at]) for person, last, accepted in rows}
    found = {}
    for person in asked.keys() | now.shifts.keys():
        last, accepted = asked.get(person, (None, []))
        start = now.shifts.get(person, work.now)
        found[person] = Today(
            contacts=sum(at >= midnight for at in accepted),
            last_asked=last,
            shift_contacts=sum(at >= start for at in accepted),
            shift_hours=(work.now - start).total_seconds() / 3600,
        )
    return found


def on_call(work: Work) -> Mapping[int, tuple[UUID, ...]]:
    """Who is on call now, by tier, in the order of the roster."""
    return on_duty(current_rota(work), work.now).on_call


def supervisors_on_shift(work: Work) -> list[Member]:
    """Supervisors whose hours hold now; every supervisor, if none of them is on shift."""
    now = roster(work)
    everyone = [person for person in now.people if person.role == "supervisor"]
    return [person for person in everyone if person.id in now.coverage.on_shift] or everyone


def coordinators(work: Work) -> list[Member]:
    """Whoever answers for the rota; where a line has no coordinator, every supervisor."""
    return answering(roster(work).people)


def person_by_number(work: Work, number: str) -> Person | None:
    return work.session.scalar(
        select(Person).where(Person.number_key.in_(work.vault.fingerprints(number)), Person.active)
    )


def colleagues(work: Work) -> dict[UUID, Colleague]:
    """Everybody of the roster as the rota looks at them, in its order."""
    return {row.id: Colleague(*row[:6], _zone(row.timezone), row.place) for row in work.session.execute(COLLEAGUES)}


def _zone(name: str | None) -> ZoneInfo | None:
    return None if name is None else ZoneInfo(name)


def current_rota(work: Work) -> Rota:
    """The rota as it stands. It is made anew only when it has changed, or the line's days have.

    A transaction that has changed it may do so again under the same revision: what it reads is not kept.
    """
    revision, is_ours = work.session.execute(REVISION).first() or (None, False)
    if is_ours:
        return _rota(work)
    return work.kept.get("rota", (revision, work.line_version), lambda: _rota(work))


def _rota(work: Work) -> Rota:
    line = work.line()
    shifts = [_shift(row, line.zone) for row in work.session.scalars(SHIFTS)]
    since = {"day": (work.now - LOOKING_BACK).astimezone(line.zone).date()}
    known = {shift.id for shift in shifts}
    active = frozenset(work.session.scalars(select(Person.id).where(Person.active)))
    rows = (Override(*row) for row in work.session.execute(CHANGED, since))
    overrides = [_still(one, active) for one in rows if one.shift in known]
    leaves = [Leave(*row) for row in work.session.execute(AWAY, since)]
    return Rota(line.zone, shifts, overrides, leaves, line.holidays)


def _shift(row: ShiftRow, zone: ZoneInfo) -> Shift:
    return Shift(
        id=row.id,
        person=row.person_id,
        role=row.role,
        hours=Hours(row.starts, row.ends),
        recurs=read_recurrence(row.first_on, row.repeats),
        zone=zone_named(row.timezone, zone),
        tier=row.tier,
        queues=frozenset(row.queues),
        on_holidays=row.on_holidays,
    )


def _still(one: Override, active: frozenset[UUID]) -> Override:
    """What somebody had taken who is off the roster is open again."""
    return one if one.person in active else replace(one, person=None)
