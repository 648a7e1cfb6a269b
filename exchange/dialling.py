"""Dial with numbers: rings them all at once, screens who picks up, bridges the first who passes."""

from __future__ import annotations

from functools import partial

from exchange.agenda import Entry
from exchange.calls import Call, CallStatus, Direction, Notices
from exchange.numbers import is_valid
from exchange.step import Step
from exchange.twiml import Purpose, Verb

RING_SECONDS = 30
RING_GRACE = 5.0
TIME_LIMIT = 14_400


class Dialling(Step):
    """The call waits, then talks, until the other side leaves, ``*`` is pressed or time is up."""

    def begin(self) -> bool:
        self._legs: dict[Call, Verb] = {}
        self._bridged: Call | None = None
        self._last: Call | None = None
        self._limit: Entry | None = None
        self._done = False
        if not self.verb.flag("answerOnBridge"):
            self.network.trunk.answer(self.call)
        caller_id = self.verb.get("callerId") or self.call.from_
        if not self._may_show(caller_id):
            self.network.courier.complain(f"13214 <Dial callerId> is not the account's: {caller_id}")
            self._finish("failed")
            return False
        nouns = self.verb.children or (Verb("Number", {}, self.verb.text, ()),)
        for noun in nouns:
            self._ring(noun, caller_id)
        if not self._legs:
            self._finish("failed")
        return False

    def key(self, key: str) -> None:
        if key == "*" and self.verb.flag("hangupOnStar"):
            status = "completed" if self._bridged is not None else "canceled"
            self._release()
            self._finish(status)

    def leave(self) -> None:
        self._done = True
        self._release()

    def hung_up(self) -> None:
        if self._done:
            return
        self._done = True
        extra = self._outcome("completed" if self._bridged is not None else "canceled")
        self._release()
        if self.verb.get("action"):
            self.script.last_word(self.script.source(self.verb, "action"), *extra)

    def partner_left(self, partner: Call) -> None:
        """The bridged leg is gone."""
        if self._bridged is partner and not self._done:
            self._legs.pop(partner, None)
            self._finish("completed")

    def _may_show(self, caller_id: str) -> bool:
        return caller_id in self.network.numbers or caller_id in (self.call.from_, self.call.to)

    def _ring(self, noun: Verb, caller_id: str) -> None:
        to = noun.text.replace(" ", "").replace("-", "")
        if not is_valid(to):
            self.network.courier.complain(f"13224 <Dial> invalid phone number: {noun.text}")
            return
        events = noun.get("statusCallbackEvent", "completed").split()
        url = self.script.source(noun, "statusCallback").url if noun.get("statusCallback") else ""
        leg = Call(
            network=self.network,
            sid=self.network.sids.new("CA"),
            from_=caller_id,
            to=to,
            direction=Direction.OUTBOUND_DIAL,
            phone=self.network.phone(to),
            created=self.network.agenda.now(),
            status=CallStatus.QUEUED,
            notices=Notices(url, noun.get("statusCallbackMethod", "POST"), frozenset(events)),
            parent=self.call,
            ring_for=self.verb.number("timeout", RING_SECONDS) + RING_GRACE,
        )
        self._legs[leg] = noun
        leg.on_answer = partial(self._picked_up, leg)
        leg.on_end = self._leg_over
        self.network.trunk.ring(leg)

    def _picked_up(self, leg: Call) -> None:
        noun = self._legs[leg]
        if not noun.get("url"):
            self._bridge(leg)
            return
        screen = self.script.another(
            leg,
            Purpose.SCREEN,
            on_end=partial(self._bridge, leg),
            on_error=lambda _code: self.network.trunk.end(leg),
        )
        leg.script = screen
        screen.fetch(self.script.source(noun, "url"))

    def _bridge(self, leg: Call) -> None:
        if self._done or self._bridged is not None or not leg.live:
            return
        leg.script = None
        self._bridged = leg
        for other in [other for other in self._legs if other is not leg]:
            self.network.trunk.end(other)
        self.network.trunk.answer(self.call)
        leg.partner_of = self
        leg.bridge, self.call.bridge = self.call, leg
        limit = self.verb.number("timeLimit", TIME_LIMIT)
        self._limit = self.network.agenda.after(limit, lambda: self.network.trunk.end(leg))

    def _leg_over(self, leg: Call) -> None:
        self._legs.pop(leg, None)
        self._last = leg
        if not self._done and self._bridged is None and not self._legs:
            self._finish(str(leg.status))

    def _release(self) -> None:
        for leg in list(self._legs):
            leg.on_end = None
            leg.partner_of = None
            leg.bridge = None
            self.network.trunk.end(leg)
        self._legs.clear()
        self._unbridge()

    def _unbridge(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
        if self._bridged is not None:
            self._bridged.bridge = None
        self.call.bridge = None

    def _finish(self, status: str) -> None:
        self._done = True
        extra = self._outcome(status)
        self._unbridge()
        if self.verb.get("action"):
            self.script.fetch(self.script.source(self.verb, "action"), *extra)
        else:
            self.network.agenda.soon(self._go_on)

    def _go_on(self) -> None:
        if self.script.step is self:
            self.script.go_on()

    def _outcome(self, status: str) -> list[tuple[str, str]]:
        leg = self._bridged or self._last or next(iter(self._legs), None)
        extra = [("DialCallStatus", status), ("DialBridged", "true" if self._bridged is not None else "false")]
        if leg is not None:
            extra.append(("DialCallSid", leg.sid))
        if self._bridged is not None:
            extra.append(("DialCallDuration", str(self._bridged.seconds)))
        return extra
