"""Queues: a call waits in one with Enqueue, another takes it out with Dial and Queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from exchange.agenda import Entry
from exchange.calls import Call
from exchange.dialling import RING_GRACE, RING_SECONDS, TIME_LIMIT
from exchange.documents import Source
from exchange.speech import MUSIC
from exchange.step import Step
from exchange.twiml import Purpose
from exchange.wire import Form

if TYPE_CHECKING:
    from exchange.network import Exchange
    from exchange.script import Script

MAX_SIZE = 100


@dataclass(eq=False)
class CallQueue:
    """Calls waiting in line, the longest first, and calls that wait for one to come."""

    network: Exchange
    sid: str
    name: str
    created: datetime
    max_size: int = MAX_SIZE
    waiting: list[Enqueue] = field(default_factory=list)
    takers: list[DialQueue] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    @property
    def average_wait(self) -> int:
        """Seconds that calls have waited here, on average."""
        return round(sum(self.waits) / len(self.waits)) if self.waits else 0


class Enqueue(Step):
    """A call waits in a queue, listening to a document that is asked for again and again."""

    _music: Script | None = None
    _taker: DialQueue | None = None

    def begin(self) -> bool:
        self.network.trunk.answer(self.call)
        self.queue = self.network.queue(self.verb.text or "default")
        self.since = self.network.agenda.now()
        limit = self.verb.number("maxQueueSize", self.queue.max_size)
        if len(self.queue.waiting) >= limit:
            self._go_on("queue-full")
            return False
        self.queue.waiting.append(self)
        self._listen()
        if self.queue.takers and self.queue.waiting[0] is self:
            self.queue.takers.pop(0).take(self)
        return False

    @property
    def position(self) -> int:
        """The place in line, from 1."""
        return self.queue.waiting.index(self) + 1

    @property
    def waited(self) -> int:
        """Seconds in the queue."""
        return round((self.network.agenda.now() - self.since).total_seconds())

    def key(self, key: str) -> None:
        if self._music is not None:
            self._music.key(key)

    def leave(self) -> None:
        taker = self._out()
        if taker is not None:
            taker.partner_left(self.call)
        elif self.verb.get("action"):
            self._last_word("redirected")

    def hung_up(self) -> None:
        taker = self._out()
        if taker is not None:
            taker.partner_left(self.call)
        if self.verb.get("action"):
            self._last_word("bridged" if taker is not None else "hangup")

    def taken_by(self, taker: DialQueue) -> None:
        """Out of the line and into a conversation."""
        self._out()
        self._taker = taker

    def whisper(self, script: Script | None) -> None:
        """A document played to this call alone before the conversation; None ends it."""
        self._music = script

    def partner_left(self, partner: Call) -> None:
        """The call that took this one out has gone."""
        del partner
        if self._taker is not None:
            self._taker = None
            self._go_on("bridged")

    def walk_out(self) -> None:
        """Leave was met in the waiting document."""
        self._out()
        self._go_on("leave")

    def _listen(self) -> None:
        url = self.verb.attributes.get("waitUrl")
        if url is None:
            self.call.phone.hear(MUSIC)
        elif url:
            self._play(self.script.source(self.verb, "waitUrl", "waitUrlMethod"))

    def _play(self, source: Source) -> None:
        self._music = self.script.another(
            self.call,
            Purpose.QUEUE_WAIT,
            on_end=lambda: self._again(source),
            on_error=lambda _code: self.call.phone.hear(MUSIC),
            context=self._context,
        )
        self._music.fetch(source)

    def _again(self, source: Source) -> None:
        if self._music is not None:
            self._music.fetch(source)

    def _context(self) -> Form:
        return (
            ("QueueSid", self.queue.sid),
            ("QueuePosition", str(self.position)),
            ("QueueTime", str(self.waited)),
            ("AvgQueueTime", str(self.queue.average_wait)),
            ("CurrentQueueSize", str(len(self.queue.waiting))),
        )

    def _out(self) -> DialQueue | None:
        if self._music is not None:
            self._music.stop()
            self._music = None
        if self in self.queue.waiting:
            self.queue.waiting.remove(self)
            self.queue.waits.append(self.waited)
        taker, self._taker = self._taker, None
        return taker

    def _outcome(self, result: str) -> list[tuple[str, str]]:
        return [("QueueResult", result), ("QueueSid", self.queue.sid), ("QueueTime", str(self.waited))]

    def _last_word(self, result: str) -> None:
        self.script.last_word(self.script.source(self.verb, "action"), *self._outcome(result))

    def _go_on(self, result: str) -> None:
        if self.verb.get("action"):
            self.script.fetch(self.script.source(self.verb, "action"), *self._outcome(result))
        else:
            self.network.agenda.soon(lambda: self.script.go_on() if self.script.step is self else None)


class DialQueue(Step):
    """A call takes the first of a queue, waiting for one if there is none."""

    _partner: Enqueue | None = None
    _timer: Entry | None = None

    def begin(self) -> bool:
        self.network.trunk.answer(self.call)
        self.queue = self.network.queue(self.verb.children[0].text)
        if self.queue.waiting:
            self.take(self.queue.waiting[0])
        else:
            self.queue.takers.append(self)
            timeout = self.verb.number("timeout", RING_SECONDS) + RING_GRACE
            self._timer = self.network.agenda.after(timeout, lambda: self._finish("no-answer"))
        return False

    def take(self, waiting: Enqueue) -> None:
        """Out of the queue: first the document meant for the other's ear, then the conversation."""
        self._cancel_timer()
        self._partner = waiting
        queue_time = waiting.waited
        waiting.taken_by(self)
        noun = self.verb.children[0]
        if not noun.get("url"):
            self._bridge()
            return
        whisper = self.script.another(
            waiting.call,
            Purpose.SCREEN,
            on_end=self._bridge,
            on_error=lambda _code: self._bridge(),
            context=lambda: (
                ("QueueSid", self.queue.sid),
                ("QueueTime", str(queue_time)),
                ("DequeingCallSid", self.call.sid),
            ),
        )
        waiting.whisper(whisper)
        whisper.fetch(self.script.source(noun, "url"))

    def key(self, key: str) -> None:
        if key == "*" and self.verb.flag("hangupOnStar") and self._partner is not None:
            self._part()
            self._finish("completed")

    def leave(self) -> None:
        self._part()

    def hung_up(self) -> None:
        talked = self._partner is not None
        self._part()
        if self.verb.get("action"):
            status = "completed" if talked else "no-answer"
            self.script.last_word(self.script.source(self.verb, "action"), *self._outcome(status))

    def partner_left(self, partner: Call) -> None:
        """The call taken out of the queue has gone."""
        if self._partner is not None and self._partner.call is partner:
            self._unbridge()
            self._finish("completed")

    def _bridge(self) -> None:
        if self._partner is None or not self._partner.call.live or self.script.step is not self:
            return
        self._partner.whisper(None)
        other = self._partner.call
        other.bridge, self.call.bridge = self.call, other
        limit = self.verb.number("timeLimit", TIME_LIMIT)
        self._timer = self.network.agenda.after(limit, self._time_up)

    def _time_up(self) -> None:
        self._part()
        self._finish("completed")

    def _part(self) -> None:
        self._cancel_timer()
        if self in self.queue.takers:
            self.queue.takers.remove(self)
        partner = self._partner
        self._unbridge()
        if partner is not None:
            partner.partner_left(self.call)

    def _unbridge(self) -> None:
        partner, self._partner = self._partner, None
        self._cancel_timer()
        if partner is not None:
            partner.call.bridge = None
        self.call.bridge = None

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _finish(self, status: str) -> None:
        if self in self.queue.takers:
            self.queue.takers.remove(self)
        if self.verb.get("action"):
            self.script.fetch(self.script.source(self.verb, "action"), *self._outcome(status))
        else:
            self.network.agenda.soon(lambda: self.script.go_on() if self.script.step is self else None)

    def _outcome(self, status: str) -> list[tuple[str, str]]:
        return [("DialCallStatus", status), ("QueueSid", self.queue.sid)]
