"""Duties as rows: found or made for a stretch of somebody's rota, kept to it, and read as values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from helpline import timers
from helpline.database import Work
from helpline.line import Line
from helpline.nouns import OFFER_ASKING, OFFER_HOLDS, DutyState, Role, TimerKind
from helpline.presence_policy import Presence
from helpline.tables import DutyRow, Offer, Person
from routing.moves import move_duty
from shifts.presence import NEVER_BEGINS, Duty, Notice
from shifts.roster import current_rota
from shifts.stretches import Stretch, stretches

EVERY = timedelta(minutes=1)
"""How often the rota is looked at."""
SOON = timedelta(hours=12)
"""How far ahead somebody may speak of their next shift."""
TOO_SHORT_TO_REMIND = timedelta(hours=1)
"""A break so short between two shifts of somebody's needs no reminder of the second."""
HOLDING = (
    select(Offer.id).where(Offer.person_id == bindparam("person"), Offer.state.in_(OFFER_HOLDS - OFFER_ASKING)).limit(1)
)


def asked_roles(line: Line) -> frozenset[Role]:
    """The roles that any queue asks: presence is about those who may be rung."""
    return frozenset(role for queue in line.queues.values() for role in queue.openings[-1].roles)


def is_looked_after(line: Line, policy: Presence, stretch: Stretch) -> bool:
    """Whether a stretch is one of a duty: of a role that is asked; on call, only where it begins and is asked for."""
    if stretch.tier is not None:
        return bool(policy.on_call.ask_minutes) and stretch.begins
    return stretch.role in asked_roles(line)


def lock_person(work: Work, person: UUID) -> Person:
    """The person, locked until the end of the transaction and read anew: so are all their duties."""
    query = select(Person).where(Person.id == person).with_for_update().execution_options(populate_existing=True)
    return work.session.scalars(query).one()


def open_of(work: Work, person: UUID) -> Sequence[DutyRow]:
    """Their duties that are not over, earliest first. The person is locked."""
    return work.session.scalars(_open().where(DutyRow.person_id == person)).all()


def every_open(work: Work) -> Sequence[DutyRow]:
    """Everybody's duties that are not over, earliest first, as anybody may see them."""
    return work.session.scalars(_open()).all()


def _open() -> Select[DutyRow]:
    query = select(DutyRow).where(DutyRow.state != DutyState.ENDED).order_by(DutyRow.starts_at, DutyRow.id)
    return query.execution_options(populate_existing=True)


def on_now(work: Work, person: UUID, ahead: timedelta = timedelta()) -> DutyRow | None:
    """The duty of somebody who is on shift, or whose shift begins by `ahead` from now; made, if it is not known yet.

    They are locked if there is one.
    """
    policy, mine = work.line().presence, next_stretch(work, person, ahead)
    if policy is None or mine is None:
        return None
    lock_person(work, person)
    return of_stretch(work, mine, policy)


def next_stretch(work: Work, person: UUID, ahead: timedelta) -> Stretch | None:
    """The stretch of shifts that somebody is in, or that begins by `ahead` from now."""
    line = work.line()
    policy = line.presence
    if policy is None:
        return None
    theirs = stretches(current_rota(work), work.now, ahead, person)
    return next((one for one in theirs if one.tier is None and is_looked_after(line, policy, one)), None)


def of_stretch(work: Work, stretch: Stretch, policy: Presence) -> DutyRow:
    """The duty of this stretch, made if there is none. Its person must be locked: so nobody else makes it as well."""
    known = covering(open_of(work, stretch.person), stretch)
    if known is not None:
        keep_to(work, known, stretch, policy)
        return known
    row = _new(work, stretch, policy)
    work.session.add(row)
    work.session.flush()
    timers.schedule(work, TimerKind.DUTY, row.id, work.now)
    return row


def _new(work: Work, stretch: Stretch, policy: Presence) -> DutyRow:
    told = set() if stretch.begins else set(NEVER_BEGINS)
    if stretch.rested is not None and stretch.rested < TOO_SHORT_TO_REMIND:
        told.add(Notice.REMINDER)
    return DutyRow(
        id=work.new_id(),
        person_id=stretch.person,
        role=stretch.role,
        tier=stretch.tier,
        state=DutyState.EXPECTED,
        starts_at=stretch.starts if stretch.begins else work.now,
        ends_at=stretch.ends,
        expected_at=_expected(stretch, policy, work.now),
        told=sorted(told),
        times_asked=0,
    )


def _expected(stretch: Stretch, policy: Presence, now: datetime) -> datetime:
    """When the first sign of somebody is expected: at the start of their shift, or long before their time on call."""
    before = timedelta(minutes=policy.on_call.ask_minutes) if stretch.tier is not None else timedelta()
    return max(stretch.starts - before, now)


def covering(rows: Sequence[DutyRow], stretch: Stretch) -> DutyRow | None:
    """Which of the rows is of this stretch, whose ends may have been moved since it was made."""
    theirs = (row for row in rows if (row.person_id, row.tier) == (stretch.person, stretch.tier))
    return next((row for row in theirs if stretch.overlaps(row.starts_at, row.ends_at)), None)


def keep_to(work: Work, row: DutyRow, stretch: Stretch, policy: Presence) -> None:
    """The duty begins and ends as the rota says by now."""
    moved = row.ends_at != stretch.ends
    if stretch.begins and row.starts_at != stretch.starts:
        if row.state is DutyState.EXPECTED and row.late_minutes is None:
            row.expected_at = _expected(stretch, policy, work.now)
        row.starts_at, moved = stretch.starts, True
    row.ends_at, row.role = stretch.ends, stretch.role
    if moved:
        timers.bring_forward(work, TimerKind.DUTY, row.id, work.now, wake=False)


def end(work: Work, row: DutyRow, why: str) -> None:
    """The duty is over. Nobody is wanted in their place for it any longer."""
    move_duty(work, row, DutyState.ENDED, why)
    row.wanted_until = None
    timers.cancel(work, row.id, TimerKind.DUTY)


def as_duty(row: DutyRow) -> Duty:
    return Duty(
        state=row.state,
        starts=row.starts_at,
        ends=row.ends_at,
        expected=row.expected_at,
        leased_until=row.leased_until,
        break_until=row.break_until,
        late=row.late_minutes is not None,
        tier=row.tier,
        told=frozenset(map(Notice, row.told)),
        times_asked=row.times_asked,
    )


def is_holding(work: Work, person: UUID) -> bool:
    """Whether somebody is with somebody, or files: that they are there goes without saying."""
    return work.session.scalar(HOLDING, {"person": person}) is not None


def look_again(work: Work) -> None:
    """Somebody may be asked who could not be before, or cannot any more: every queue looks."""
    for queue in work.line().queues:
        timers.bring_forward(work, TimerKind.MATCH, queue, work.now)
