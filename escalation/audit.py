"""What is wrong with the line, and what is to be done about it: functions of the facts, the policy and the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum

from helpline.audit_policy import Audit
from helpline.nouns import FaultKind, TimerKind

SLOWER = timedelta(minutes=1)
LINE = "line"
"""The subject of what is wrong with the line as a whole."""


class Repair(StrEnum):
    """What the auditor may put right by itself. Each is harmless if it was not needed."""

    SET_TIMER = "set the timer"
    HANG_UP = "hang up"
    FREE_TIMER = "free the timer"


class Urgent(Enum):
    """Whether callers may wait in vain for it, or only longer."""

    GRAVE = "grave"
    MINOR = "minor"


@dataclass(frozen=True)
class Breach:
    """A rule that does not hold of `subject`, told in ids and states; `missing` is the timer that is not there."""

    kind: FaultKind
    rule: str
    subject: str
    told: str
    missing: TimerKind | None


@dataclass(frozen=True)
class Ground:
    """What the line stands on, as found just before the audit. None: it cannot be known here."""

    redis_answers: bool | None = None
    disk_free_percent: float | None = None


@dataclass(frozen=True)
class Facts:
    """Everything an audit goes by."""

    breaches: Sequence[Breach] = ()
    timers_overdue: int = 0
    timers_failing: int = 0
    timers_held: Sequence[str] = ()
    commands_overdue: int = 0
    commands_uncertain: int = 0
    calls_placed: int = 0
    calls_refused: int = 0
    pages_unheard: Sequence[str] = ()
    rescues_open_long: Sequence[str] = ()
    webhooks: int = 0
    webhooks_failed: int = 0
    ticker_at: datetime | None = None
    worker_at: datetime | None = None
    on_call: int = 1
    tests_failed: int = 0
    tests_allowed_to_fail: int = 1
    took: timedelta = timedelta()
    ground: Ground = Ground()


@dataclass(frozen=True)
class Finding:
    """Something wrong: what, of what, how much, why we say so in ids and figures, and what would put it right."""

    kind: FaultKind
    subject: str
    count: int
    why: str
    repair: Repair | None = None
    timer: TimerKind | None = None


@dataclass(frozen=True)
class Known:
    """What is remembered of a finding: since when, how often it was repaired, and whether anybody was told."""

    first_at: datetime
    repairs: int = 0
    repaired_at: datetime | None = None
    told_at: datetime | None = None
    gone_at: datetime | None = None


class Treatment(Enum):
    REPAIR = "repair"
    TELL = "tell"
    WAIT = "wait"


REPAIRED_BY: Mapping[FaultKind, Repair] = {
    FaultKind.STRANDED: Repair.SET_TIMER,
    FaultKind.LIMIT_PASSED: Repair.SET_TIMER,
    FaultKind.LEG_LEFT: Repair.HANG_UP,
}
MINOR = frozenset(
    {FaultKind.NO_WORKER, FaultKind.REDIS_AWAY, FaultKind.NOBODY_ON_CALL, FaultKind.DISK_FULL, FaultKind.DATABASE_SLOW}
    | {FaultKind.RESCUE_OPEN}
)
"""What makes the line slower, or may become grave: people are told, and the line still counts as healthy."""
DO: Mapping[FaultKind, str] = {
    FaultKind.TIMER_OVERDUE: "audit_do_restart",
    FaultKind.TIMER_HELD: "audit_do_restart",
    FaultKind.NO_TICKER: "audit_do_restart",
    FaultKind.NO_WORKER: "audit_do_restart",
    FaultKind.COMMAND_OVERDUE: "audit_do_carrier",
    FaultKind.COMMAND_UNCERTAIN: "audit_do_carrier",
    FaultKind.CALLS_REFUSED: "audit_do_carrier",
    FaultKind.TEST_FAILED: "audit_do_carrier",
    FaultKind.PAGE_UNHEARD: "audit_do_rota",
    FaultKind.NOBODY_ON_CALL: "audit_do_rota",
    FaultKind.REDIS_AWAY: "audit_do_machine",
    FaultKind.DATABASE_SLOW: "audit_do_machine",
    FaultKind.DISK_FULL: "audit_do_machine",
    FaultKind.RESCUE_OPEN: "audit_do_rescue",
}


def judge(facts: Facts, policy: Audit, now: datetime) -> tuple[Finding, ...]:
    """Everything that is wrong, each with its reason; empty when nothing is."""
    return (*_of_rules(facts), *_of_machinery(facts, policy, now), *_of_work(facts, policy), *_of_ground(facts, policy))


def urgency(kind: FaultKind) -> Urgent:
    return Urgent.MINOR if kind in MINOR else Urgent.GRAVE


def what_to_do(kind: FaultKind) -> str:
    """The key of the words that say what whoever is told should do."""
    return DO.get(kind, "audit_do_report")


def treat(finding: Finding, known: Known | None, policy: Audit, now: datetime) -> Treatment:
    """Repair it, unless that was done too often lately; else tell somebody, once, when it has lasted a moment.

    What is repaired ever again is told to people and from then on repaired once a minute: somebody may be stranded.
    """
    told = known is not None and known.told_at is not None
    if finding.repair is not None:
        rested = known is None or known.repaired_at is None or now - known.repaired_at >= SLOWER
        if lately_repaired(known, policy, now) < policy.repairs or (told and rested):
            return Treatment.REPAIR
        return Treatment.WAIT if told else Treatment.TELL
    if told:
        return Treatment.WAIT
    since = known.first_at if known is not None and known.gone_at is None else now
    return Treatment.TELL if (now - since).total_seconds() >= policy.tell_after_seconds else Treatment.WAIT


def lately_repaired(known: Known | None, policy: Audit, now: datetime) -> int:
    """How often it was repaired so shortly ago that it counts against the next repair."""
    if known is None or known.repaired_at is None or now - known.repaired_at > policy.memory:
        return 0
    return known.repairs


def is_over(known: Known, policy: Audit, now: datetime) -> bool:
    """Whether what people were told of has been gone for so long that they are told so."""
    gone = known.gone_at is not None and (now - known.gone_at).total_seconds() >= policy.tell_after_seconds
    return gone and known.told_at is not None


def is_forgotten(known: Known, policy: Audit, now: datetime) -> bool:
    """Whether nothing has to be known any more of what is over."""
    last = max((at for at in (known.gone_at, known.repaired_at) if at is not None), default=now)
    return known.gone_at is not None and known.told_at is None and now - last > policy.memory


def _of_rules(facts: Facts) -> Iterator[Finding]:
    for one in facts.breaches:
        yield Finding(one.kind, one.subject, 1, one.told, REPAIRED_BY.get(one.kind), one.missing)


def _of_machinery(facts: Facts, policy: Audit, now: datetime) -> Iterator[Finding]:
    for timer in facts.timers_held:
        yield Finding(FaultKind.TIMER_HELD, timer, 1, "its lease ends later than any ticker's", Repair.FREE_TIMER)
    counted = (
        (FaultKind.TIMER_OVERDUE, facts.timers_overdue, f"due for more than {policy.overdue_seconds:g} s"),
        (FaultKind.TIMER_FAILING, facts.timers_failing, "failed three times or more"),
        (FaultKind.COMMAND_OVERDUE, facts.commands_overdue, f"due for more than {policy.overdue_seconds:g} s"),
        (FaultKind.COMMAND_UNCERTAIN, facts.commands_uncertain, f"for more than {policy.uncertain_seconds:g} s"),
    )
    yield from (_of_line(kind, count, why) for kind, count, why in counted if count)
    for kind, at in ((FaultKind.NO_TICKER, facts.ticker_at), (FaultKind.NO_WORKER, facts.worker_at)):
        if at is None or now - at > policy.fresh:
            yield _of_line(kind, 1, f"last seen {at.isoformat(timespec='seconds') if at else 'never'}")


def _of_work(facts: Facts, policy: Audit) -> Iterator[Finding]:
    refused, failed = facts.calls_refused, facts.webhooks_failed
    enough = refused >= policy.refused_calls_least
    if enough and percent(refused, facts.calls_placed) >= policy.refused_calls_percent:
        yield _of_line(FaultKind.CALLS_REFUSED, refused, f"of {facts.calls_placed} calls")
    if failed and percent(failed, facts.webhooks + failed) >= policy.webhook_faults_percent:
        yield _of_line(FaultKind.WEBHOOKS_FAIL, failed, f"of {facts.webhooks + failed} requests")
    if facts.pages_unheard:
        why = f"for more than {policy.page_seconds:g} s: contacts {', '.join(sorted(facts.pages_unheard))}"
        yield _of_line(FaultKind.PAGE_UNHEARD, len(facts.pages_unheard), why)
    if facts.rescues_open_long:
        why = f"nobody has confirmed help or ended it: rescues {', '.join(sorted(facts.rescues_open_long))}"
        yield _of_line(FaultKind.RESCUE_OPEN, len(facts.rescues_open_long), why)
    if facts.tests_failed > facts.tests_allowed_to_fail:
        yield _of_line(FaultKind.TEST_FAILED, facts.tests_failed, "one after the other")
    if not facts.on_call:
        yield _of_line(FaultKind.NOBODY_ON_CALL, 1, "no tier of the rota has anybody")


def _of_ground(facts: Facts, policy: Audit) -> Iterator[Finding]:
    ground, took = facts.ground, round(facts.took.total_seconds() * 1000)
    if ground.redis_answers is False:
        yield _of_line(FaultKind.REDIS_AWAY, 1, "it does not answer")
    if took > policy.slow_milliseconds:
        yield _of_line(FaultKind.DATABASE_SLOW, took, f"the audit's own questions took {took} ms")
    free = ground.disk_free_percent
    if free is not None and free < policy.disk_free_percent:
        yield _of_line(FaultKind.DISK_FULL, int(free), "free on the disk of the data folder")


def percent(part: int, whole: int) -> float:
    """How many of a hundred; none of none is none."""
    return 100 * part / whole if whole else 0.0


def _of_line(kind: FaultKind, count: int, why: str) -> Finding:
    return Finding(kind, LINE, count, why)


def by_kind(findings: Iterable[Finding], which: Callable[[Finding], bool] = lambda _: True) -> Mapping[FaultKind, int]:
    """How many there are of each kind."""
    counts: dict[FaultKind, int] = {}
    for one in findings:
        if which(one):
            counts[one.kind] = counts.get(one.kind, 0) + one.count
    return counts
