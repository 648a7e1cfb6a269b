"""Presence as it happens: looked ahead for, proven, renewed, asked for, lapsed. Timers, and what people do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from helpline import journal, timers
from helpline.database import Work
from helpline.nouns import DutyState, TimerKind
from helpline.presence_policy import Presence
from helpline.tables import DutyRow
from routing.attendance import duties, notices, stand_ins
from routing.moves import move_duty
from shifts.presence import AGAIN_AND_AGAIN, OF_A_LEASE, Move, Notice, assess
from shifts.roster import current_rota
from shifts.stretches import Stretch, stretches

SELDOM = timedelta(hours=1)
MARGIN = timedelta(minutes=2)


def watch(work: Work, subject: str) -> datetime | None:
    """Timer, every minute: a duty for everybody whose time comes, and none for whoever the rota no longer names."""
    del subject
    policy = work.line().presence
    ahead = looks_ahead(policy)
    known = duties.every_open(work)
    if policy is None or not (ahead or known):
        return work.now + SELDOM
    coming = _looked_after(work, policy, max(ahead, duties.SOON))
    soon = [one for one in coming if _is_near(one, work.now, ahead)]
    wanted = {one.person for one in soon if not _is_kept(known, one)}
    wanted |= {row.person_id for row in known if not any(_is_kept([row], one) for one in coming)}
    for person in sorted(wanted):
        duties.lock_person(work, person)
    for person in wanted:
        _keep(work, person, policy, [one for one in coming if one.person == person], ahead)
    return work.now + duties.EVERY


def looks_ahead(policy: Presence | None) -> timedelta:
    """How long before somebody's time there is something to do for it; zero if the line asks for nothing."""
    if policy is None:
        return timedelta()
    most = max(policy.looks_ahead, timedelta(minutes=policy.on_call.ask_minutes))
    return most + MARGIN if most else most


def _looked_after(work: Work, policy: Presence, ahead: timedelta, person: UUID | None = None) -> list[Stretch]:
    found = stretches(current_rota(work), work.now, ahead, person)
    return [one for one in found if duties.is_looked_after(work.line(), policy, one)]


def _is_near(one: Stretch, now: datetime, ahead: timedelta) -> bool:
    """Whether a duty is made for it by now. Nobody is asked to be ready for what has begun already."""
    return one.starts <= now + ahead and (one.tier is None or now < one.starts)


def _is_of(row: DutyRow, one: Stretch) -> bool:
    return duties.covering([row], one) is not None


def _is_kept(known: Iterable[DutyRow], one: Stretch) -> bool:
    """Whether there is a duty of this stretch already, that begins and ends with it."""
    return any(
        _is_of(row, one) and row.ends_at == one.ends and (row.starts_at == one.starts or not one.begins)
        for row in known
    )


def _keep(work: Work, person: UUID, policy: Presence, coming: list[Stretch], ahead: timedelta) -> None:
    """What the rota says of one person is what their duties say. They are locked."""
    for row in duties.open_of(work, person):
        if not any(_is_of(row, one) for one in coming):
            _leave_rota(work, row)
    known = duties.open_of(work, person)
    for one in coming:
        if _is_near(one, work.now, ahead) or duties.covering(known, one) is not None:
            duties.of_stretch(work, one, policy)


def _leave_rota(work: Work, row: DutyRow) -> None:
    """The rota does not name them for this time any more, or does so no longer than until now."""
    if row.ends_at is None or row.ends_at > work.now:
        stand_ins.relieve(work, row)
        duties.end(work, row, "the rota no longer has them then")
    else:
        duties.end(work, row, "its time is over")


def duty_due(work: Work, subject: str) -> datetime | None:
    """Timer: a duty is looked at, moved, and what is due is told, each once."""
    row = work.session.get(DutyRow, UUID(subject))
    if row is None:
        return None
    duties.lock_person(work, row.person_id)
    work.session.refresh(row)
    policy = work.line().presence
    if row.state is DutyState.ENDED:
        return None
    if policy is None:
        duties.end(work, row, "the line does not ask for presence")
        return None
    theirs = _looked_after(work, policy, max(looks_ahead(policy), duties.SOON), row.person_id)
    mine = next((one for one in theirs if _is_of(row, one)), None)
    if mine is None:
        _leave_rota(work, row)
        return None
    duties.keep_to(work, row, mine, policy)
    if row.state is DutyState.PRESENT and row.tier is None and duties.is_holding(work, row.person_id):
        _renew(work, row, policy)
    return _settle(work, row, policy)


def _settle(work: Work, row: DutyRow, policy: Presence) -> datetime | None:
    """Make moves until the duty stays where it is; the next moment to look."""
    while True:
        move = assess(duties.as_duty(row), policy, work.now)
        _make(work, row, move)
        if move.until is None or move.until > work.now:
            return move.until


def _make(work: Work, row: DutyRow, move: Move) -> None:
    row.times_asked = max(row.times_asked, move.times_asked)
    row.told = sorted({*row.told, *(notice for notice in move.notices if notice not in AGAIN_AND_AGAIN)})
    if move.state is DutyState.ENDED:
        duties.end(work, row, move.reason)
        return
    if move.state is not row.state:
        move_duty(work, row, move.state, move.reason)
        if move.state is DutyState.PRESENT:
            duties.look_again(work)
    if move.leased_until is not None:
        row.leased_until, row.break_until = move.leased_until, None
        _forget_lease(row)
    work.session.flush()
    for notice in move.notices:
        journal.note(work, "duty.told", person=row.person_id, duty=str(row.id), notice=notice)
        notices.tell(work, row, notice)


def shown(work: Work, person: UUID, *, at_work: bool = False) -> None:
    """Somebody has shown to be there, by whatever they did: who had lapsed is back, and a lease is renewed.

    Only taking a contact, or `at_work` otherwise, checks somebody in who has not yet: a text may come from a bus.
    """
    policy = work.line().presence
    if policy is None or not (policy.is_required or at_work):
        return
    known = select(DutyRow.id).where(DutyRow.person_id == person, DutyRow.state != DutyState.ENDED).limit(1)
    if work.session.scalar(known) is None:
        return
    duties.lock_person(work, person)
    for row in duties.open_of(work, person):
        if row.state is DutyState.EXPECTED and at_work and _may_check_in(work, row, policy):
            come(work, row, policy, "took part")
        elif row.state is DutyState.LAPSED:
            come(work, row, policy, "showed to be there")
        elif row.state is DutyState.PRESENT and row.tier is None:
            _renew(work, row, policy)


def _may_check_in(work: Work, row: DutyRow, policy: Presence) -> bool:
    early = policy.early if row.tier is None else looks_ahead(policy)
    return row.starts_at - early <= work.now


def check_in(work: Work, person: UUID) -> DutyRow | None:
    """Somebody says that they are there, for the shift that is or begins soon; None if there is none."""
    policy = work.line().presence
    if policy is None:
        return None
    row = duties.on_now(work, person, policy.early)
    if row is None:
        return None
    if row.state is DutyState.PRESENT and row.checked_in_at is not None:
        _renew(work, row, policy)
    else:
        come(work, row, policy, "checked in")
    return row


def is_due(work: Work, person: UUID) -> bool:
    """Whether somebody has still to check in for the shift that is or begins soon. Nothing is written."""
    policy = work.line().presence
    if policy is None or not policy.is_required:
        return False
    mine = duties.next_stretch(work, person, policy.early)
    row = duties.covering(duties.open_of(work, person), mine) if mine is not None else None
    return mine is not None and (row is None or row.state in {DutyState.EXPECTED, DutyState.LAPSED})


def is_away(work: Work, person: UUID) -> bool:
    """Whether somebody is on a break, or late for a shift that is or begins soon. Nothing is written."""
    policy = work.line().presence
    if policy is None:
        return False
    theirs = [row for row in duties.open_of(work, person) if row.tier is None and _may_check_in(work, row, policy)]
    return any(
        row.state is DutyState.ON_BREAK or (row.state is DutyState.EXPECTED and row.late_minutes is not None)
        for row in theirs
    )


def ready(work: Work, person: UUID) -> DutyRow | None:
    """Somebody answers that they can be reached when they are on call; None if nobody asked them."""
    policy = work.line().presence
    if policy is None:
        return None
    if not any(row.tier is not None for row in duties.open_of(work, person)):
        return None
    duties.lock_person(work, person)
    asked = [row for row in duties.open_of(work, person) if row.tier is not None]
    row = next((row for row in asked if row.state is DutyState.EXPECTED), asked[0] if asked else None)
    if row is not None and row.state is DutyState.EXPECTED:
        come(work, row, policy, "answered")
    return row


def come(work: Work, row: DutyRow, policy: Presence, why: str) -> None:
    """They are there: whoever stood in for them is relieved. The person is locked."""
    if row.state is not DutyState.PRESENT:
        move_duty(work, row, DutyState.PRESENT, why)
    row.checked_in_at = row.checked_in_at or work.now
    row.late_minutes = row.break_until = None
    _renew(work, row, policy)
    stand_ins.relieve(work, row)
    timers.bring_forward(work, TimerKind.DUTY, row.id, work.now)
    duties.look_again(work)


def _renew(work: Work, row: DutyRow, policy: Presence) -> None:
    """Proven until a lease from now, or from the start of a shift that has not begun."""
    row.leased_until = max(row.starts_at, work.now) + policy.lease
    _forget_lease(row)


def _forget_lease(row: DutyRow) -> None:
    row.told = [notice for notice in row.told if Notice(notice) not in OF_A_LEASE]


def be_late(work: Work, row: DutyRow, minutes: int) -> None:
    """They come so many minutes from now, or after the start of their shift. The person is locked."""
    if row.state is DutyState.PRESENT:
        move_duty(work, row, DutyState.EXPECTED, "comes later than they said")
    row.checked_in_at = row.leased_until = None
    row.expected_at = max(row.starts_at, work.now) + timedelta(minutes=minutes)
    row.late_minutes = round((row.expected_at - row.starts_at).total_seconds() / 60)
    journal.note(work, "duty.late", person=row.person_id, duty=str(row.id), minutes=row.late_minutes)
    timers.schedule(work, TimerKind.DUTY, row.id, work.now)
    duties.look_again(work)


def take_break(work: Work, row: DutyRow, policy: Presence, minutes: int) -> None:
    """They are not asked for so many minutes, and then are again. The person is locked."""
    if row.state not in {DutyState.PRESENT, DutyState.ON_BREAK}:
        come(work, row, policy, "takes a break")
    if row.state is DutyState.PRESENT:
        move_duty(work, row, DutyState.ON_BREAK, "asked for a break")
    row.break_until = work.now + timedelta(minutes=minutes)
    journal.note(work, "duty.break", person=row.person_id, duty=str(row.id), minutes=minutes)
    timers.schedule(work, TimerKind.DUTY, row.id, row.break_until)
    duties.look_again(work)
