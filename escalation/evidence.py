"""What an audit goes by, read from the database in a few questions: none of them reads what is long over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import Text, and_, bindparam, cast, func, or_, select, text
from sqlalchemy.dialects.postgresql import TIMESTAMP

from escalation import probes
from escalation.audit import Facts, Ground
from escalation.rules import breaches
from helpline import vital_signs
from helpline.audit_policy import Audit
from helpline.database import Work
from helpline.nouns import CONTACT_OVER, CaseState, CommandState, PageState, Process, TimerKind
from helpline.outbox import Kind
from helpline.tables import COMMAND_TO_DO, Case, CommandRow, Contact, Page, Received, Rescue, TimerRow
from helpline.timers import LEASE
from shifts.roster import on_call

TRIES_THAT_WORRY = 3
MOMENT = TIMESTAMP(timezone=True)
LATE = bindparam("late", type_=MOMENT)
SINCE = bindparam("since", type_=MOMENT)
TIMERS = select(
    func.count().filter(TimerRow.due_at < LATE, TimerRow.kind != TimerKind.AUDIT),
    func.count().filter(TimerRow.attempts >= TRIES_THAT_WORRY),
    func.array_agg(cast(TimerRow.id, Text)).filter(TimerRow.leased_until > bindparam("longest", type_=MOMENT)),
)
COMMANDS = select(
    func.count().filter(
        or_(
            and_(CommandRow.state == CommandState.PENDING, CommandRow.due_at < LATE),
            and_(CommandRow.state == CommandState.SENDING, CommandRow.deadline < LATE),
        )
    ),
    func.count().filter(
        CommandRow.state == CommandState.UNCERTAIN, CommandRow.sent_at < bindparam("uncertain", type_=MOMENT)
    ),
).where(text(COMMAND_TO_DO))
CALLS = select(
    func.count().filter(CommandRow.state.in_((CommandState.SENT, CommandState.FAILED))),
    func.count().filter(CommandRow.state == CommandState.FAILED),
).where(CommandRow.kind == Kind.RING, CommandRow.written_at >= SINCE)
UNANSWERED = or_(Case.acknowledged_at.is_(None), Page.paged_at > Case.acknowledged_at)
PAGES = (
    select(cast(Contact.id, Text))
    .join(Case, Case.contact_id == Contact.id)
    .join(Page, Page.case_id == Case.id)
    .where(Contact.state.not_in(CONTACT_OVER), Case.state == CaseState.OPEN, UNANSWERED)
    .group_by(Contact.id)
    .having(func.bool_or(Page.state == PageState.OPEN), func.min(Page.paged_at) < bindparam("unheard", type_=MOMENT))
)
RESCUES = select(cast(Rescue.id, Text)).where(Rescue.ended_at.is_(None), Rescue.opened_at <= SINCE)
WEBHOOKS = select(func.count()).select_from(Received).where(Received.at >= SINCE)


def facts(work: Work, policy: Audit, ground: Ground, stopwatch: Callable[[], float]) -> Facts:
    """How the line stands now. `stopwatch` gives seconds; the questions themselves are what it measures."""
    now, since, began = work.now, work.now - policy.lately, stopwatch()
    session = work.session
    late = {"late": now - policy.overdue}
    overdue, failing, held = session.execute(TIMERS, {**late, "longest": now + 2 * LEASE}).one()
    uncertain = {"uncertain": now - timedelta(seconds=policy.uncertain_seconds)}
    commands_overdue, commands_uncertain = session.execute(COMMANDS, {**late, **uncertain}).one()
    placed, refused = session.execute(CALLS, {"since": since}).one()
    seen = vital_signs.last_seen(work)
    tests = work.line().test_contacts
    return Facts(
        breaches=breaches(work, since),
        timers_overdue=overdue,
        timers_failing=failing,
        timers_held=sorted(held or ()),
        commands_overdue=commands_overdue,
        commands_uncertain=commands_uncertain,
        calls_placed=placed,
        calls_refused=refused,
        pages_unheard=session.scalars(PAGES, {"unheard": now - timedelta(seconds=policy.page_seconds)}).all(),
        rescues_open_long=_rescues_open_long(work),
        webhooks=session.scalar(WEBHOOKS, {"since": since}) or 0,
        webhooks_failed=vital_signs.webhooks_failed(work, since),
        ticker_at=seen.get(Process.TICKER),
        worker_at=seen.get(Process.WORKER),
        on_call=sum(len(people) for people in on_call(work).values()),
        tests_failed=probes.failed_in_row(work, work.line()),
        tests_allowed_to_fail=tests.failures - 1 if tests is not None else 0,
        took=timedelta(seconds=stopwatch() - began),
        ground=ground,
    )


def _rescues_open_long(work: Work) -> Sequence[str]:
    """Rescues that are open for longer than the line finds usual."""
    danger = work.line().danger
    return [] if danger is None else work.session.scalars(RESCUES, {"since": work.now - danger.long_open}).all()
