"""The auditor: looks every few seconds for what is wrong, repairs what it can, and tells people of the rest.

An audit is one transaction, locks what it repairs and nothing else, and is harmless to repeat. What it knows stands in
the table `fault`: one row for each thing that is wrong, kept for a while after it is over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from escalation import audit
from escalation.audit import Finding, Ground, Known, Repair, Treatment
from escalation.evidence import facts
from helpline import journal, outbox, timers, vital_signs
from helpline.audit_policy import Audit
from helpline.database import Work
from helpline.log import logger
from helpline.nouns import CONTACT_OVER, LEG_UP, FaultKind, Process, Role, TimerKind
from helpline.tables import Contact, Fault, Leg, TimerRow
from routing.moves import lock_contact
from shifts.roster import coordinators, supervisors_on_shift

log = logger(__name__)
ENDS_SOMETHING = frozenset({TimerKind.OFFER, TimerKind.PAGE, TimerKind.DECIDE})
"""Timers that are a deadline: a phone may still be ringing, or a caller choosing."""
RESPITE = timedelta(seconds=30)
"""At least as long as a phone rings and a caller has to choose, as lines usually have it."""
WATCHED = select(TimerRow.id).where(TimerRow.kind == TimerKind.AUDIT, TimerRow.subject == audit.LINE)
Key = tuple[FaultKind, str]


@dataclass(frozen=True)
class Auditor:
    """Audits the line. `ground` is what it stands on, looked at beforehand; `stopwatch` gives seconds."""

    ground: Ground
    stopwatch: Callable[[], float]

    def audit(self, work: Work, subject: str) -> datetime | None:
        """Timer: look, repair and tell. A line without the table `audit` is not audited."""
        del subject
        policy = work.line().audit
        if policy is None:
            return None
        found = audit.judge(facts(work, policy, self.ground, self.stopwatch), policy, work.now)
        known = {(FaultKind(row.kind), row.subject): row for row in work.session.scalars(select(Fault))}
        counts = audit.by_kind(found)
        for finding in sorted(found, key=lambda one: (one.kind, one.subject)):
            _attend(work, finding, known, policy, counts[finding.kind])
        _bury(work, {(one.kind, one.subject) for one in found}, known, policy)
        vital_signs.beat(work, Process.AUDITOR)
        vital_signs.forget(work)
        work.want_doorbell()  # whoever answers it shows that workers answer
        return work.now + timedelta(seconds=policy.every_seconds)


def begin(work: Work) -> None:
    """See that the line is audited from now on, whatever became of its timer, if its policy has it audited at all."""
    if work.session.scalar(WATCHED) is None and work.line().audit is not None:
        timers.bring_forward(work, TimerKind.AUDIT, audit.LINE, work.now)


def _attend(work: Work, finding: Finding, known: dict[Key, Fault], policy: Audit, count: int) -> None:
    key = (finding.kind, finding.subject)
    before = _known(known[key]) if key in known else None
    treatment = audit.treat(finding, before, policy, work.now)
    row = known[key] = _noted(work, finding, known.get(key))
    if treatment is Treatment.REPAIR:
        row.repairs = audit.lately_repaired(before, policy, work.now) + 1
        row.repaired_at = work.now
        _repair(work, finding, row.repairs)
    elif treatment is Treatment.TELL:
        if not _is_told(finding.kind, known):
            _tell(work, finding.kind, count, "audit_found")
        row.told_at = work.now


def _noted(work: Work, finding: Finding, row: Fault | None) -> Fault:
    if row is None:
        row = Fault(kind=finding.kind, subject=finding.subject, first_at=work.now, repairs=0)
        work.session.add(row)
        journal.note(work, "audit.found", kind=finding.kind, subject=finding.subject, why=finding.why)
    elif row.gone_at is not None and row.told_at is None:
        row.first_at = work.now
    row.count, row.seen_at, row.gone_at = finding.count, work.now, None
    return row


def _bury(work: Work, found: set[Key], known: Mapping[Key, Fault], policy: Audit) -> None:
    """What is no longer wrong: told once as over, when all of its kind is; and forgotten after a while."""
    for key in sorted(known.keys() - found):
        row = known[key]
        if row.gone_at is None:
            row.gone_at = work.now
            journal.note(work, "audit.over", kind=row.kind, subject=row.subject, why="it was not found again")
        if audit.is_over(_known(row), policy, work.now):
            row.told_at = None
            if not _is_told(key[0], known):
                _tell(work, key[0], row.count, "audit_over")
        elif audit.is_forgotten(_known(row), policy, work.now):
            work.session.delete(row)


def _known(row: Fault) -> Known:
    return Known(row.first_at, row.repairs, row.repaired_at, row.told_at, row.gone_at)


def _is_told(kind: FaultKind, known: Mapping[Key, Fault]) -> bool:
    """Whether people know of something of this kind that they have not been told is over."""
    return any(row.told_at is not None for (other, _), row in known.items() if other is kind)


def _repair(work: Work, finding: Finding, times: int) -> None:
    """Put it right. That it was needed is a fault of ours: it is journalled, counted and logged as an error.

    A repair that fails is taken back alone: it must not blind the auditor to everything else.
    """
    try:
        with work.session.begin_nested():
            _put_right(work, finding)
    except Exception as fault:  # noqa: BLE001 - what cannot be repaired is found again, and told to people
        log.error("audit.repair_failed", fault=fault, kind=finding.kind)
        return
    journal.note(
        work,
        "audit.repaired",
        subject=finding.subject,
        kind=finding.kind,
        why=finding.why,
        repair=finding.repair,
        times=times,
    )
    log.error("audit.repaired", kind=finding.kind, count=times)


def _put_right(work: Work, finding: Finding) -> None:
    ident = finding.subject.rpartition(":")[2]
    if finding.repair is Repair.SET_TIMER and finding.timer is not None:
        wait = RESPITE if finding.timer in ENDS_SOMETHING else timedelta()
        timers.bring_forward(work, finding.timer, ident, work.now + wait)
    elif finding.repair is Repair.HANG_UP:
        _hang_up(work, UUID(ident))
    elif finding.repair is Repair.FREE_TIMER:
        held = TimerRow.leased_until > work.now + timers.LEASE
        work.session.execute(update(TimerRow).where(TimerRow.id == int(ident), held).values(leased_until=None))


def _hang_up(work: Work, leg_id: UUID) -> None:
    """Hang up a leg, if its contact is over still. Nobody is waited for who is at work on it at this moment."""
    over = select(Contact.id).join(Leg, Leg.contact_id == Contact.id).where(Leg.id == leg_id)
    contact_id = work.session.scalar(over.with_for_update(of=Contact, skip_locked=True))
    if contact_id is None:
        return
    contact = lock_contact(work, contact_id)
    leg = work.session.get_one(Leg, leg_id, populate_existing=True)
    if contact.state in CONTACT_OVER and leg.state in LEG_UP and leg.contact_id == contact.id:
        outbox.hang_up(work, leg)


def _tell(work: Work, kind: FaultKind, count: int, key: str) -> None:
    line = work.line()
    why = line.words(audit.what_to_do(kind)) if key == "audit_found" else ""
    words = line.words(key, what=line.words(f"audit_{kind}", count=count), why=why)
    grave = audit.urgency(kind) is audit.Urgent.GRAVE
    for person in _whom_to_tell(work):
        urgent = outbox.Urgency.PAGE if grave else outbox.Urgency.NOTICE
        outbox.text_person(work, person, words, urgency=urgent)
    journal.note(work, "audit.told", kind=kind, why=key, count=count)


def _whom_to_tell(work: Work) -> Sequence[UUID]:
    """Supervisors on shift, or every one of them if none is; and whoever coordinates."""
    people = [*supervisors_on_shift(work), *(one for one in coordinators(work) if one.role is Role.COORDINATOR)]
    return list(dict.fromkeys(one.id for one in people))
