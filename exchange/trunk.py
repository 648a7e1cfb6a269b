"""Sets calls up and takes them down: the rate limit, the ringing, the answer, the end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from exchange.calls import Call, CallStatus, Direction, Notices
from exchange.documents import Source
from exchange.script import run_call, run_given

if TYPE_CHECKING:
    from exchange.network import Exchange
    from exchange.phones import Phone

SETUP_SECONDS = 0.5
RING_GRACE = 5.0
DETECTION_SECONDS = 3.5


class Trunk:
    """The way to and from the telephone network."""

    def __init__(self, network: Exchange, calls_per_second: float) -> None:
        self._network = network
        self._interval = timedelta(seconds=1 / calls_per_second)
        self._next_slot: datetime | None = None

    def place(self, call: Call) -> None:
        """Dial a call the application created, when its turn comes."""
        now = self._network.agenda.now()
        slot = max(now, self._next_slot) if self._next_slot else now
        self._next_slot = slot + self._interval
        self._network.begin_call(call)
        self._network.agenda.at(slot, lambda: self.ring(call))

    def ring(self, call: Call) -> None:
        """Dial a call now, whatever the rate."""
        if call.sid not in self._network.calls:
            self._network.begin_call(call)
        if call.status is CallStatus.QUEUED:
            call.move(CallStatus.INITIATED)
            call.timer = self._network.agenda.after(SETUP_SECONDS, lambda: self._reach(call))

    def _reach(self, call: Call) -> None:
        phone = call.phone
        if call.status is not CallStatus.INITIATED:
            return
        if phone.dead or call.to == call.from_:
            self.end(call, CallStatus.FAILED)
        elif call.to in self._network.numbers:
            self._loop(call)
        elif phone.call is not None:
            self.end(call, CallStatus.BUSY)
        else:
            call.move(CallStatus.RINGING)
            call.timer = self._network.agenda.after(call.ring_for, lambda: self.end(call, CallStatus.NO_ANSWER))
            phone.start_ringing(call)

    def _loop(self, call: Call) -> None:
        """One number of the account calls another: two calls, which are answered and end together."""
        call.move(CallStatus.RINGING)
        call.phone.call = call
        call.twin = self.arrive(self._network.phone(call.from_), call.to)
        call.twin.twin = call

    def pick_up(self, call: Call) -> None:
        """The called phone answers."""
        self._cancel_timer(call)
        call.phone.stop_ringing()
        self._in_progress(call)
        if call.on_answer is not None:
            call.on_answer()
        else:
            self._begin(call)

    def arrive(self, phone: Phone, to: str) -> Call:
        """A phone dials a number of the account."""
        network = self._network
        number = network.numbers.get(to)
        if number is None:
            raise network.not_ours(to)
        call = Call(
            network=network,
            sid=network.sids.new("CA"),
            from_=phone.number,
            to=to,
            direction=Direction.INBOUND,
            phone=phone,
            created=network.agenda.now(),
            status=CallStatus.RINGING,
            notices=Notices(number.status_callback, number.status_callback_method),
        )
        call.dialled = call.created
        network.begin_call(call)
        phone.call = call
        call.token = network.sids.token()
        fallback = Source(number.voice_fallback_url, number.voice_fallback_method)
        run_call(call, Source(number.voice_url, number.voice_method), fallback, ("CallToken", call.token))
        return call

    def answer(self, call: Call) -> None:
        """The exchange answers a call that came in; nothing if it has."""
        if call.direction is Direction.INBOUND and call.status is CallStatus.RINGING:
            self._in_progress(call)
            if call.twin is not None and call.twin.status is CallStatus.RINGING:
                self.pick_up(call.twin)

    def end(self, call: Call, status: CallStatus | None = None) -> None:
        """Take the call down; nothing if it is over. Without ``status``: completed, or canceled if unanswered."""
        if not call.live:
            return
        if status is None:
            status = CallStatus.COMPLETED if call.status is CallStatus.IN_PROGRESS else CallStatus.CANCELED
        self._cancel_timer(call)
        for transcription in call.transcriptions:
            transcription.stop()
        call.move(status)
        self._network.live.pop(call.sid, None)
        call.phone.released(call)
        partner_of, call.partner_of = call.partner_of, None
        if call.script is not None:
            call.script.call_over()
            call.script = None
        if partner_of is not None:
            partner_of.partner_left(call)
        if call.on_end is not None:
            call.on_end(call)
        if call.twin is not None:
            self.end(call.twin)

    def redirect(self, call: Call, source: Source | None, twiml: str = "") -> None:
        """Leave whatever the call is in and follow another document."""
        partner_of, call.partner_of = call.partner_of, None
        if call.script is not None:
            call.script.stop()
        if partner_of is not None:
            partner_of.partner_left(call)
        if source is not None:
            run_call(call, source, call.fallback)
        else:
            run_given(call, twiml)

    def forget(self) -> None:
        """Start counting the rate afresh."""
        self._next_slot = None

    def _in_progress(self, call: Call) -> None:
        call.move(CallStatus.IN_PROGRESS)
        call.timer = self._network.agenda.after(call.instructions.time_limit, lambda: self.end(call))
        call.phone.connected(call)

    def _begin(self, call: Call) -> None:
        instructions = call.instructions
        delay = 0.0
        if instructions.detect_machine:
            call.answered_by = "machine_start" if call.answered_by_machine else "human"
            delay = DETECTION_SECONDS
        if instructions.twiml:
            run_given(call, instructions.twiml, delay)
        else:
            fallback = Source(instructions.fallback_url, instructions.fallback_method)
            run_call(call, Source(instructions.url, instructions.method), fallback, delay=delay)

    @staticmethod
    def _cancel_timer(call: Call) -> None:
        if call.timer is not None:
            call.timer.cancel()
            call.timer = None
