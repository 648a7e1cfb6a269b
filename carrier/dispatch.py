"""The outbox, drained: each command is sent once, and what became of it is written down with what follows from it.

`pending → sending → sent | uncertain | failed`. A command whose fate nobody knows is settled by asking the carrier,
never by sending it again: a second ring or text would be a fault. No row is locked while the network is waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from carrier.port import Busy, CallSeen, Carrier, NewCall, Refused, Unclear
from carrier.throttle import Admitted, admit
from helpline import outbox
from helpline.database import Database, Work
from helpline.locks import lock_leg
from helpline.log import logger
from helpline.nouns import CommandState, LegState
from helpline.outbox import Kind
from helpline.privacy import SealBroken, caller_number, command_words, person_number
from helpline.tables import Caller, CommandRow, Contact, Leg, Person, Throttle

CLOCK_SKEW = timedelta(seconds=2)
DEADLINE = timedelta(seconds=15)
LEAVE_WITHIN = timedelta(seconds=3)
SETTLE_AFTER = timedelta(seconds=2)
GIVE_UP_AFTER = timedelta(seconds=30)
RETRY = timedelta(seconds=1)
SLOWEST = timedelta(seconds=8)
"""A carrier that is away is not asked ever and again for everything, and not noticed late when it is back."""
LOST_SIGHT = timedelta(seconds=30)
BATCH = 20
PACED_AS = {Kind.TEST_CALL: Kind.RING, Kind.TEST_TEXT: Kind.TEXT}
"""Tests of the line by itself share the pace of calls and texts to people, and come last."""
TEST_RING_SECONDS = 15
LANES = 8
"""Requests to the carrier that one process makes at once."""
DUE = (
    select(CommandRow)
    .where(outbox.IS_DUE)
    .order_by(CommandRow.priority, CommandRow.ordinal)
    .limit(bindparam("most", type_=Integer()))
    .with_for_update(skip_locked=True)
)
"""What can be sent now, the most urgent first, without what another process is taking up."""
log = logger(__name__)


@dataclass(frozen=True)
class Pace:
    """How many requests a second the account may make."""

    calls: float = 1.0
    texts: float = 1.0


@dataclass(frozen=True)
class Sent:
    """The carrier did it; `sid` is the id it gave, `seen` what it answered to a question."""

    sid: str | None = None
    call: CallSeen | None = None
    room: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Failed:
    code: int


@dataclass(frozen=True)
class Again:
    """The carrier did not take it; nothing was done."""


@dataclass(frozen=True)
class Unknown:
    """Nobody knows whether it was done."""


Outcome = Sent | Failed | Again | Unknown
After = Callable[[Work, CommandRow, Sent | Failed], None]


@dataclass(frozen=True)
class Errand:
    """A command as it is carried outside a transaction; numbers and words are in memory only."""

    command: UUID
    kind: Kind
    settling: bool
    since: datetime
    leave_by: datetime
    sender: str
    to: str = ""
    sid: str = ""
    words: str = ""
    path: str = ""
    seconds: int = 0
    contact: UUID | None = None
    leg: UUID | None = None
    readable: bool = True


class Dispatcher:
    """Sends what is due. `after` says, for each kind of command, what follows from its outcome."""

    def __init__(
        self,
        database: Database,
        carrier: Carrier,
        *,
        public_url: str,
        after: Mapping[Kind, After],
        pace: Pace,
        executor: Executor | None = None,
    ) -> None:
        self._database, self._carrier, self._executor = database, carrier, executor
        self._public_url, self._after, self._pace = public_url, after, pace
        self._under_way: set[Future[None]] = set()

    def drain(self) -> int:
        """Send what is due and admitted now, as far as lanes are free. Returns how many commands were taken up.

        With an executor nobody waits here for the carrier: a request that hangs holds its own lane and no other. A
        command is taken up only when a lane is free for it at once, since from then on its deadline runs.
        """
        free = self._free_lanes()
        if not free:
            return 0
        with self._database.work() as work:
            errands = self._take_up(work, free)
        for errand in errands:
            if self._executor is None:
                self._run(errand)
            else:
                self._under_way.add(self._executor.submit(self._run, errand))
        return len(errands)

    def _free_lanes(self) -> int:
        if self._executor is None:
            return BATCH
        self._under_way = {one for one in self._under_way if not one.done()}
        return LANES - len(self._under_way)

    def _run(self, errand: Errand) -> None:
        try:
            outcome = self._outcome(errand)
            with self._database.work() as work:
                self._write_down(work, errand, outcome)
        except Exception as fault:  # noqa: BLE001 - the command stays `sending` and is settled by asking
            log.error("command.outcome_failed", fault=fault, command=str(errand.command), kind=errand.kind)

    def _outcome(self, errand: Errand) -> Outcome:
        if not errand.readable:
            return Failed(0)
        return self._settle(errand) if errand.settling else self._send(errand)

    def _take_up(self, work: Work, most: int) -> list[Errand]:
        rows = work.session.scalars(DUE, {"now": work.now, "most": most}).all()
        gates: dict[str, Throttle] = {}
        taken = [self._take(work, row, gates) for row in rows]
        return [errand for errand in taken if errand is not None]

    def _take(self, work: Work, row: CommandRow, gates: dict[str, Throttle]) -> Errand | None:
        if row.state is not CommandState.PENDING:
            if row.state is CommandState.SENDING:
                outbox.move(row, CommandState.UNCERTAIN)
            row.due_at = work.now + SETTLE_AFTER
            return self._errand(work, row, settling=True)
        leg = work.session.get(Leg, row.leg_id) if row.leg_id else None
        if not _still_wanted(row, leg) or _opted_out(work, row) or _is_no_longer_tested(work, row):
            outbox.move(row, CommandState.DROPPED)
            row.words = None
            return None
        if row.kind != Kind.RING and leg is not None and leg.sid is None:
            _wait_for_sid(work, row, leg)
            return None
        if not self._admitted(work, row, gates):
            return None
        outbox.move(row, CommandState.SENDING)
        row.sent_at, row.deadline, row.attempts = work.now, work.now + DEADLINE, row.attempts + 1
        row.due_at = work.now + DEADLINE
        return self._errand(work, row, settling=False)

    def _admitted(self, work: Work, row: CommandRow, gates: dict[str, Throttle]) -> bool:
        """Whether it may leave now. `gates` has those that this transaction has locked already."""
        kind = PACED_AS.get(Kind(row.kind), Kind(row.kind))
        rate = {Kind.RING: self._pace.calls, Kind.TEXT: self._pace.texts}.get(kind)
        if rate is None:
            return True
        if kind not in gates:
            gates[kind] = self._gate(work, kind)
        gate = gates[kind]
        verdict = admit(gate.free_at, work.now, rate)
        if not isinstance(verdict, Admitted):
            row.due_at = verdict.free_at
            return False
        gate.free_at = verdict.free_at
        return True

    def _gate(self, work: Work, kind: str) -> Throttle:
        """The gate of this kind, locked; made when the first request of the kind is to leave."""
        gate = work.session.get(Throttle, kind, with_for_update=True, populate_existing=True)
        if gate is not None:
            return gate
        work.session.execute(insert(Throttle).values(name=kind, free_at=work.now).on_conflict_do_nothing())
        return work.session.get_one(Throttle, kind, with_for_update=True)

    def _errand(self, work: Work, row: CommandRow, *, settling: bool) -> Errand:
        leg = work.session.get(Leg, row.leg_id) if row.leg_id else None
        to, words, readable = "", "", True
        try:
            to = _number(work, row)
            words = work.vault.open(row.words, command_words(row.id)) if row.words else ""
        except SealBroken as fault:
            log.error("command.unreadable", fault=fault, command=str(row.id), kind=row.kind)
            readable = False
        return Errand(
            command=row.id,
            kind=Kind(row.kind),
            settling=settling,
            since=(row.sent_at or work.now) - CLOCK_SKEW,
            leave_by=work.now + LEAVE_WITHIN,
            sender=_sender(work, row),
            to=to,
            sid=leg.sid or "" if leg is not None else "",
            words=words,
            path=row.path or "",
            seconds=row.seconds or 0,
            contact=row.contact_id,
            leg=row.leg_id,
            readable=readable,
        )

    def _send(self, errand: Errand) -> Outcome:
        if self._database.now() > errand.leave_by:
            return Again()
        try:
            return self._ask_carrier(errand)
        except Refused as refusal:
            return Failed(refusal.code)
        except Busy:
            return Again()
        except Unclear:
            return Unknown()

    def _ask_carrier(self, errand: Errand) -> Outcome:
        carrier, base = self._carrier, self._public_url
        match errand.kind:
            case Kind.RING:
                return Sent(sid=carrier.ring(self._new_call(errand)))
            case Kind.TEST_CALL:
                return Sent(sid=carrier.ring(self._test_call(errand)))
            case Kind.TEST_TEXT:
                notices = f"{base}/webhooks/messages/{errand.command}/status"
                return Sent(sid=carrier.text(errand.to, errand.sender, errand.words, notices))
            case Kind.TEXT:
                notices = f"{base}/webhooks/messages/{errand.command}/status"
                return Sent(sid=carrier.text(errand.to, errand.sender, errand.words, notices))
            case Kind.HANG_UP:
                carrier.hang_up(errand.sid)
            case Kind.REDIRECT:
                carrier.redirect(errand.sid, base + errand.path)
            case Kind.ASK_CALL:
                return Sent(call=carrier.call(errand.sid))
            case Kind.ASK_CONFERENCE:
                name = f"contact-{errand.contact.hex}" if errand.contact else ""
                return Sent(room=tuple(carrier.conference(name)))
        return Sent()

    def _new_call(self, errand: Errand) -> NewCall:
        leg = f"{self._public_url}/webhooks/voice/{errand.leg}"
        return NewCall(
            to=errand.to,
            sender=errand.sender,
            url=f"{leg}/screen?step=0",
            fallback_url=f"{leg}/screen?step=1",
            status_url=f"{leg}/status",
            ring_seconds=errand.seconds,
        )

    def _test_call(self, errand: Errand) -> NewCall:
        at = f"{self._public_url}/webhooks/voice/test/{errand.path}"
        listen = f"{at}/listen"
        return NewCall(errand.to, errand.sender, listen, f"{at}/status", listen, TEST_RING_SECONDS)

    def _settle(self, errand: Errand) -> Outcome:
        """Find out what became of a command whose reply never came."""
        try:
            match errand.kind:
                case Kind.RING | Kind.TEST_CALL:
                    if errand.sid:
                        return Sent(sid=errand.sid)
                    call = self._carrier.find_call(errand.to, errand.since)
                    return Sent(sid=call.sid, call=call) if call else Failed(0)
                case Kind.TEXT | Kind.TEST_TEXT:
                    sid = self._carrier.find_text(errand.to, errand.words, errand.since)
                    return Sent(sid=sid) if sid else Failed(0)
                case _:
                    return self._ask_carrier(errand)
        except Refused as refusal:
            return Failed(refusal.code)
        except (Busy, Unclear):
            return Unknown()

    def _write_down(self, work: Work, errand: Errand, outcome: Outcome) -> None:
        _lock_contact(work, errand)
        row = work.session.get_one(CommandRow, errand.command, with_for_update=True, populate_existing=True)
        if row.state not in (CommandState.SENDING, CommandState.UNCERTAIN):
            return
        if isinstance(outcome, Again) and row.state is CommandState.SENDING:
            outbox.move(row, CommandState.PENDING)
            row.due_at = work.now + min(RETRY * row.attempts, SLOWEST)
            return
        if isinstance(outcome, (Unknown, Again)):
            self._keep_asking(work, row)
            return
        if errand.settling:
            outcome = _unless_anothers(work, row, outcome)
        outbox.move(row, CommandState.SENT if isinstance(outcome, Sent) else CommandState.FAILED)
        row.words = None
        if isinstance(outcome, Sent):
            row.sid = outcome.sid
        else:
            row.problem = f"carrier code {outcome.code}"
            log.warning("command.refused", kind=row.kind, code=outcome.code, command=str(row.id))
        self._after[Kind(row.kind)](work, row, outcome)

    def _keep_asking(self, work: Work, row: CommandRow) -> None:
        """Ask again soon, and give up in the end. A hang-up is never given up: a leg would stay up for hours."""
        if row.state is CommandState.SENDING:
            outbox.move(row, CommandState.UNCERTAIN)
        asked_for = work.now - (row.sent_at or work.now)
        row.due_at = work.now + min(max(SETTLE_AFTER, asked_for), SLOWEST)
        if row.kind == Kind.HANG_UP:
            return
        if row.sent_at is not None and work.now - row.sent_at > GIVE_UP_AFTER:
            outbox.move(row, CommandState.FAILED)
            row.words, row.problem = None, "the carrier could not be asked"
            self._after[Kind(row.kind)](work, row, Failed(0))


def _lock_contact(work: Work, errand: Errand) -> None:
    """Lock the contact first. A leg may have gone on to another since the command was written."""
    if errand.leg is not None:
        lock_leg(work, Leg.id == errand.leg)
    elif errand.contact is not None:
        work.session.get_one(Contact, errand.contact, with_for_update=True)


def _unless_anothers(work: Work, row: CommandRow, outcome: Sent | Failed) -> Sent | Failed:
    """A call or text that was found by asking, but belongs to another leg or command, is not ours."""
    if not isinstance(outcome, Sent) or outcome.sid is None:
        return outcome
    leg = work.session.scalar(select(Leg.id).where(Leg.sid == outcome.sid))
    other = work.session.scalar(
        select(CommandRow.id).where(CommandRow.sid == outcome.sid, CommandRow.id != row.id).limit(1)
    )
    return outcome if leg in (None, row.leg_id) and other is None else Failed(0)


def _still_wanted(row: CommandRow, leg: Leg | None) -> bool:
    if leg is None:
        return True
    if leg.state is LegState.ENDED:
        return False
    return row.kind != Kind.RING or leg.state is LegState.PLANNED


def _is_no_longer_tested(work: Work, row: CommandRow) -> bool:
    """Whether this is a test of a line that makes none any more."""
    return row.kind in PACED_AS and work.line().test_contacts is None


def _opted_out(work: Work, row: CommandRow) -> bool:
    """Whether this is a text to a caller who sent STOP, before or after it was written."""
    if row.kind != Kind.TEXT or row.caller_id is None:
        return False
    return work.session.get_one(Caller, row.caller_id).opted_out


def _wait_for_sid(work: Work, row: CommandRow, leg: Leg) -> None:
    """The leg's ring is still under way: come back when its id is known, or drop this when it never rang."""
    if work.now - row.written_at > LOST_SIGHT and not outbox.is_being_rung(work, leg):
        outbox.move(row, CommandState.DROPPED)
        leg.state, leg.ended_at = LegState.ENDED, work.now
    else:
        row.due_at = work.now + RETRY / 4


def _sender(work: Work, row: CommandRow) -> str:
    """The line's number that a call or text comes from: a caller's is the one they called, if the line has it still."""
    line = work.line().line
    tests = work.line().test_contacts
    if row.kind in PACED_AS and tests is not None:
        return tests.from_number
    if row.caller_id is None or row.contact_id is None or not line.numbers:
        return line.number
    called = work.session.get_one(Contact, row.contact_id).called
    return called if called in line.every_number else line.number


def _number(work: Work, row: CommandRow) -> str:
    if row.kind in PACED_AS:
        return work.line().line.number
    if row.person_id is not None and row.kind in (Kind.RING, Kind.TEXT):
        person = work.session.get_one(Person, row.person_id)
        return work.vault.open(person.number, person_number(person.id))
    if row.caller_id is not None:
        caller = work.session.get_one(Caller, row.caller_id)
        return work.vault.open(caller.number, caller_number(caller.id)) if caller.number else ""
    return ""
