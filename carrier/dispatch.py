"""The outbox, drained: each command is sent once, and what became of it is written down with what follows from it.

`pending → sending → sent | uncertain | failed`. A command whose fate nobody knows is settled by asking the carrier,
never by sending it again: a second ring or text would be a fault. No row is locked while the network is waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from carrier import standing
from carrier.choice import choose
from carrier.errands import PACED_AS, TESTS, Errand, errand_of
from carrier.health import Finding, Heard
from carrier.port import Busy, CallSeen, Carrier, NewCall, Refused, Unclear, Unreachable
from carrier.throttle import Admitted, admit
from helpline import outbox
from helpline.database import Database, Work
from helpline.locks import lock_leg
from helpline.log import logger
from helpline.nouns import CarrierName, Channel, CommandState, LegState
from helpline.outbox import Kind
from helpline.tables import Caller, CommandRow, Contact, Leg, Throttle

DEADLINE = timedelta(seconds=15)
SETTLE_AFTER = timedelta(seconds=2)
GIVE_UP_AFTER = timedelta(seconds=30)
RETRY = timedelta(seconds=1)
SLOWEST = timedelta(seconds=8)
"""A carrier that is away is not asked ever and again for everything, and not noticed late when it is back."""
LOST_SIGHT = timedelta(seconds=30)
BATCH = 20
ACCOUNT_REFUSED = frozenset({401, 403})
"""Refusals that are about us and not about what was asked."""
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
        second: tuple[CarrierName, Carrier] | None = None,
    ) -> None:
        """`carrier` is the first, Twilio; a `second` stands beside it under its own name."""
        self._database, self._carrier, self._executor = database, carrier, executor
        self._others = dict([second] if second else [])
        self._public_url, self._after, self._pace = public_url, after, pace
        self._under_way: set[Future[None]] = set()

    @property
    def _names(self) -> Collection[CarrierName]:
        """The carriers that we have an account with, the preferred first."""
        return (CarrierName.TWILIO, *self._others)

    def _at(self, name: CarrierName) -> Carrier:
        return self._others.get(name, self._carrier)

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
            outcome, heard = self._outcome(errand)
            with self._database.work() as work:
                self._write_down(work, errand, outcome)
                self._note(work, errand.carrier, heard)
        except Exception as fault:  # noqa: BLE001 - the command stays `sending` and is settled by asking
            log.error("command.outcome_failed", fault=fault, command=str(errand.command), kind=errand.kind)

    def _note(self, work: Work, carrier: CarrierName, heard: Heard) -> None:
        """One carrier alone is asked whatever its health."""
        policy = work.line().carriers
        if policy is not None and self._others:
            standing.note(work, carrier, heard, policy)

    def _outcome(self, errand: Errand) -> tuple[Outcome, Heard]:
        """What became of it, and what that says about the carrier. A trial that fails is over; the next is written."""
        outcome, heard = self._tried(errand)
        if errand.kind is Kind.ASK_CARRIER and heard is Heard.FAULT:
            return Failed(0), heard
        return outcome, heard

    def _tried(self, errand: Errand) -> tuple[Outcome, Heard]:
        if not errand.readable:
            return Failed(0), Heard.NOTHING
        if not errand.settling and self._database.now() > errand.leave_by:
            return Again(), Heard.NOTHING
        try:
            return (self._find_out(errand) if errand.settling else self._ask_carrier(errand)), Heard.ANSWER
        except Refused as refusal:
            return Failed(refusal.code), Heard.FAULT if refusal.status in ACCOUNT_REFUSED else Heard.ANSWER
        except Busy as busy:
            heard = Heard.FAULT if isinstance(busy, Unreachable) else Heard.NOTHING
            return Unknown() if errand.settling else Again(), heard
        except Unclear:
            return Unknown(), Heard.FAULT

    def _take_up(self, work: Work, most: int) -> list[Errand]:
        rows = work.session.scalars(DUE, {"now": work.now, "most": most}).all()
        gates: dict[str, Throttle] = {}
        found = standing.standings(work) if rows and self._others else {}
        taken = [self._take(work, row, gates, found) for row in rows]
        return [errand for errand in taken if errand is not None]

    def _take(
        self, work: Work, row: CommandRow, gates: dict[str, Throttle], found: Mapping[CarrierName, Finding]
    ) -> Errand | None:
        if row.state is not CommandState.PENDING:
            if row.state is CommandState.SENDING:
                outbox.move(row, CommandState.UNCERTAIN)
            row.due_at = work.now + SETTLE_AFTER
            return errand_of(work, row, row.carrier or CarrierName.TWILIO, settling=True)
        leg = work.session.get(Leg, row.leg_id) if row.leg_id else None
        if not _still_wanted(row, leg) or _opted_out(work, row) or _is_no_longer_tested(work, row):
            outbox.move(row, CommandState.DROPPED)
            row.words = None
            return None
        if row.kind != Kind.RING and leg is not None and leg.sid is None:
            _wait_for_sid(work, row, leg)
            return None
        carrier = self._carrier_of(work, row, leg, found)
        if carrier in self._names and not self._admitted(work, row, carrier, gates):
            return None
        outbox.move(row, CommandState.SENDING)
        row.carrier = carrier
        row.sent_at, row.deadline, row.attempts = work.now, work.now + DEADLINE, row.attempts + 1
        row.due_at = work.now + DEADLINE
        errand = errand_of(work, row, carrier, settling=False)
        return errand if carrier in self._names else replace(errand, readable=False)

    def _carrier_of(
        self, work: Work, row: CommandRow, leg: Leg | None, found: Mapping[CarrierName, Finding]
    ) -> CarrierName:
        """The carrier that a command is bound to by its leg or its caller; else one that is well."""
        bound = _bond(work, row, leg)
        if bound is not None:
            return bound
        line = work.line()
        able = [name for name in self._names if line.numbers_of(name)]
        first = _wish(work, row)
        return choose(sorted(able, key=lambda name: name is not first), found).carrier

    def _admitted(self, work: Work, row: CommandRow, carrier: CarrierName, gates: dict[str, Throttle]) -> bool:
        """Whether it may leave now. `gates` has those that this transaction has locked already."""
        kind = PACED_AS.get(Kind(row.kind), Kind(row.kind))
        rate = {Kind.RING: self._pace.calls, Kind.TEXT: self._pace.texts}.get(kind)
        if rate is None:
            return True
        name = str(kind) if carrier is CarrierName.TWILIO else f"{kind} {carrier}"
        if name not in gates:
            gates[name] = self._gate(work, name)
        gate = gates[name]
        verdict = admit(gate.free_at, work.now, rate)
        if not isinstance(verdict, Admitted):
            row.due_at = verdict.free_at
            return False
        gate.free_at = verdict.free_at
        return True

    def _gate(self, work: Work, name: str) -> Throttle:
        """The gate of a kind at a carrier, locked; made when the first request of the kind is to leave."""
        gate = work.session.get(Throttle, name, with_for_update=True, populate_existing=True)
        if gate is not None:
            return gate
        work.session.execute(insert(Throttle).values(name=name, free_at=work.now).on_conflict_do_nothing())
        return work.session.get_one(Throttle, name, with_for_update=True)

    def _ask_carrier(self, errand: Errand) -> Outcome:
        carrier, base = self._at(errand.carrier), self._public_url
        match errand.kind:
            case Kind.RING:
                return Sent(sid=carrier.ring(self._new_call(errand)))
            case Kind.READY_CALL:
                return Sent(sid=carrier.ring(self._ready_call(errand)))
            case Kind.TEST_CALL:
                return Sent(sid=carrier.ring(self._test_call(errand)))
            case Kind.TEXT | Kind.TEST_TEXT:
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
            case Kind.ASK_CARRIER:
                carrier.answers()
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

    def _ready_call(self, errand: Errand) -> NewCall:
        at = f"{self._public_url}/webhooks/voice/ready/{errand.path}"
        return NewCall(
            to=errand.to,
            sender=errand.sender,
            url=f"{at}/ask?step=0",
            status_url=f"{at}/status",
            fallback_url=f"{at}/ask?step=1",
            ring_seconds=errand.seconds,
        )

    def _test_call(self, errand: Errand) -> NewCall:
        at = f"{self._public_url}/webhooks/voice/test/{errand.path}"
        return NewCall(
            to=errand.to,
            sender=errand.sender,
            url=f"{at}/listen",
            status_url=f"{at}/status",
            fallback_url=f"{at}/listen",
            ring_seconds=TEST_RING_SECONDS,
        )

    def _find_out(self, errand: Errand) -> Outcome:
        """Find out what became of a command whose reply never came, from the carrier it was taken to."""
        carrier = self._at(errand.carrier)
        match errand.kind:
            case Kind.RING | Kind.READY_CALL | Kind.TEST_CALL:
                if errand.sid:
                    return Sent(sid=errand.sid)
                call = carrier.find_call(errand.to, errand.since)
                return Sent(sid=call.sid, call=call) if call else Failed(0)
            case Kind.TEXT | Kind.TEST_TEXT:
                sid = carrier.find_text(errand.to, errand.words, errand.since)
                return Sent(sid=sid) if sid else Failed(0)
            case _:
                return self._ask_carrier(errand)

    def _write_down(self, work: Work, errand: Errand, outcome: Outcome) -> None:
        _lock_contact(work, errand)
        row = work.session.get_one(CommandRow, errand.command, with_for_update=True, populate_existing=True)
        if row.state not in (CommandState.SENDING, CommandState.UNCERTAIN):
            return
        if isinstance(outcome, Again) and row.state is CommandState.SENDING:
            outbox.move(row, CommandState.PENDING)
            row.carrier = errand.carrier if row.kind == Kind.ASK_CARRIER else None  # another may take the next try
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
    return row.kind in TESTS and work.line().test_contacts is None


def _opted_out(work: Work, row: CommandRow) -> bool:
    """Whether this is a text to a caller who sent STOP, before or after it was written."""
    if row.kind != Kind.TEXT or row.caller_id is None:
        return False
    return work.session.get_one(Caller, row.caller_id).opted_out


def _bond(work: Work, row: CommandRow, leg: Leg | None) -> CarrierName | None:
    """The one carrier that can do this: where the leg lives, or whose number the caller wrote to; tests, the first."""
    if row.kind == Kind.ASK_CARRIER:
        return row.carrier
    if row.kind in TESTS:
        return CarrierName.TWILIO  # it proves the line's own number, which the first carrier holds
    if leg is not None:
        return leg.carrier
    if row.contact_id is not None and (row.caller_id is not None or row.kind == Kind.ASK_CONFERENCE):
        return work.session.get_one(Contact, row.contact_id).carrier
    return None


def _wish(work: Work, row: CommandRow) -> CarrierName:
    """The carrier to be preferred: for a call about a caller who is in one, theirs."""
    if row.kind == Kind.RING and row.contact_id is not None:
        contact = work.session.get_one(Contact, row.contact_id)
        if contact.channel is Channel.VOICE:
            return contact.carrier
    return CarrierName.TWILIO


def _wait_for_sid(work: Work, row: CommandRow, leg: Leg) -> None:
    """The leg's ring is still under way: come back when its id is known, or drop this when it never rang."""
    if work.now - row.written_at > LOST_SIGHT and not outbox.is_being_rung(work, leg):
        outbox.move(row, CommandState.DROPPED)
        leg.state, leg.ended_at = LegState.ENDED, work.now
    else:
        row.due_at = work.now + RETRY / 4
