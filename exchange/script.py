"""Follows a TwiML document on a call, verb by verb, and fetches the next one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import urljoin

from exchange.calls import Call, CallStatus
from exchange.conferring import Confer
from exchange.dialling import Dialling
from exchange.documents import Fetched, Source, fetch
from exchange.enqueuing import DialQueue, Enqueue
from exchange.gather import Gather
from exchange.speech import Speech
from exchange.step import Step
from exchange.transcription import StartTranscriptions, StopTranscriptions
from exchange.twiml import Purpose, TwimlError, Verb, parse
from exchange.wire import Form

APPLICATION_ERROR = "We are sorry, an application error has occurred. Goodbye."
DOCUMENTS_AT_ONCE = 100


class Script:
    """One flow of documents on one call.

    A call has one of its own; a leg being screened, a call waiting in a queue and a participant waiting for a
    conference each have one with fewer verbs. ``on_end`` is called when a document runs out.
    """

    def __init__(
        self,
        call: Call,
        purpose: Purpose,
        on_end: Callable[[], None],
        on_error: Callable[[int], None],
        context: Callable[[], Form] = tuple,
    ) -> None:
        self.call = call
        self.purpose = purpose
        self.at = Source("")
        self._on_end = on_end
        self._on_error = on_error
        self._context = context
        self._rest: list[Verb] = []
        self._step: Step | None = None
        self._turn = 0
        self._over = False
        self._fetched_at = (call.created, 0)

    @property
    def step(self) -> Step | None:
        """What is being done now; None while a document is on its way."""
        return self._step

    def fetch(self, source: Source, *extra: tuple[str, str]) -> None:
        """Ask for a document and follow it, leaving nothing of this one."""
        self._step = None
        self._turn += 1
        if not source.url:
            self._on_error(11100)
            return
        if self._too_many():
            self.call.network.courier.complain(f"12200 {self.call.sid} goes round in circles: {source.url}")
            self._on_error(12200)
            return
        form = self.call.form(*self._context(), *extra)
        arrived = partial(self._arrived, self._turn)
        fallback = self.call.fallback if self.purpose is Purpose.CALL else None
        fetch(self.call.network.courier, source, form, self.purpose, arrived, fallback)

    def follow(self, verbs: tuple[Verb, ...], source: Source) -> None:
        """Carry out a document."""
        self.at = source
        self._rest = list(verbs)
        self.go_on()

    def go_on(self) -> None:
        """On to the next verb; at the end of the document, to whatever follows it."""
        while not self._over:
            self._step = None
            if not self._rest:
                self._on_end()
                return
            verb = self._rest.pop(0)
            turn = self._turn
            self._step = self._make(verb)
            done = self._step.begin()
            if not done or turn != self._turn:
                return

    def another(
        self,
        call: Call,
        purpose: Purpose,
        on_end: Callable[[], None],
        on_error: Callable[[int], None],
        context: Callable[[], Form] = tuple,
    ) -> Script:
        """A flow with fewer verbs, beside this one, relative to the same document."""
        script = Script(call, purpose, on_end, on_error, context)
        script.at = self.at
        return script

    def key(self, key: str) -> None:
        """A key was pressed on this call."""
        if self._step is not None and not self._over:
            self._step.key(key)

    def stop(self) -> None:
        """Leave what is being done, for good."""
        step, self._step = self._step, None
        self._over = True
        self._turn += 1
        if step is not None:
            step.leave()

    def call_over(self) -> None:
        """The call has ended: nothing more is followed, though a step may still tell its action URL."""
        step, self._step = self._step, None
        self._over = True
        self._turn += 1
        if step is not None:
            step.hung_up()

    def forget(self) -> None:
        """Stop without a word to anybody: the exchange has been reset."""
        self._step = None
        self._over = True
        self._turn += 1

    def source(self, verb: Verb, attribute: str, method: str = "method") -> Source:
        """The URL a verb names, resolved against the document's own."""
        return Source(urljoin(self.at.url, verb.get(attribute)), verb.get(method, "POST"))

    def last_word(self, source: Source, *extra: tuple[str, str]) -> None:
        """Ask an action URL although the call is over; its answer is not followed."""
        form = self.call.form(*self._context(), *extra)
        self.call.network.courier.ask(source.url, source.method, form, "twiml", lambda _reply: None)

    def _too_many(self) -> bool:
        now = self.call.network.agenda.now()
        at, times = self._fetched_at
        self._fetched_at = (now, times + 1 if at == now else 1)
        return self._fetched_at[1] > DOCUMENTS_AT_ONCE

    def _arrived(self, turn: int, fetched: Fetched) -> None:
        if turn != self._turn or self._over:
            return
        if fetched.error:
            self._on_error(fetched.error)
        else:
            self.follow(fetched.verbs, fetched.source)

    def _make(self, verb: Verb) -> Step:
        if verb.name == "Dial":
            nouns = {child.name for child in verb.children}
            if "Conference" in nouns:
                return Confer(self, verb)
            return DialQueue(self, verb) if "Queue" in nouns else Dialling(self, verb)
        return _STEPS[verb.name](self, verb)


class Redirect(Step):
    """On to another document."""

    def begin(self) -> bool:
        self.script.fetch(Source(urljoin(self.script.at.url, self.verb.text), self.verb.get("method", "POST")))
        return False


class Hangup(Step):
    """The end of the call."""

    def begin(self) -> bool:
        self.network.trunk.answer(self.call)
        self.network.trunk.end(self.call)
        return False


class Reject(Step):
    """A call that came in is turned away; one already answered is hung up."""

    def begin(self) -> bool:
        busy = self.verb.get("reason", "rejected") == "busy"
        status = CallStatus.BUSY if busy else CallStatus.NO_ANSWER
        self.network.trunk.end(self.call, status if self.call.status is CallStatus.RINGING else None)
        return False


class Leave(Step):
    """Out of the queue; outside one, nothing."""

    def begin(self) -> bool:
        if self.script.purpose is Purpose.QUEUE_WAIT:
            self.network.leave_queue(self.call)
            return False
        return True


_STEPS: dict[str, type[Step]] = {
    "Say": Speech,
    "Play": Speech,
    "Pause": Speech,
    "Gather": Gather,
    "Redirect": Redirect,
    "Hangup": Hangup,
    "Reject": Reject,
    "Leave": Leave,
    "Enqueue": Enqueue,
    "Start": StartTranscriptions,
    "Stop": StopTranscriptions,
}


def run_call(call: Call, source: Source, fallback: Source | None, *extra: tuple[str, str], delay: float = 0.0) -> None:
    """Give a call a flow of its own that begins with a document fetched."""
    call.fallback = fallback
    script = call.script = _own_script(call)
    if not delay:
        script.fetch(source, *extra)
        return
    call.network.agenda.after(delay, lambda: script.fetch(source) if _still(call, script) else None)


def run_given(call: Call, twiml: str, delay: float = 0.0) -> None:
    """Give a call a flow of its own that begins with a document already here."""
    script = call.script = _own_script(call)
    courier = call.network.courier

    def begin() -> None:
        if not _still(call, script):
            return
        try:
            verbs = parse(twiml, Purpose.CALL, courier.complain)
        except TwimlError as error:
            courier.complain(f"{error}: given with the request")
            fail(call, error.code)
        else:
            script.follow(verbs, Source(""))

    call.network.agenda.after(delay, begin)


def fail(call: Call, code: int) -> None:
    """No document can be had: say so and hang up."""
    call.error_code = str(code)
    if call.script is not None:
        call.script.stop()
    script = call.script = _own_script(call)
    script.follow((Verb("Say", {}, APPLICATION_ERROR, ()), Verb("Hangup", {}, "", ())), Source(""))


def _still(call: Call, script: Script) -> bool:
    return call.script is script and call.live


def _own_script(call: Call) -> Script:
    trunk = call.network.trunk

    def ran_out() -> None:
        trunk.answer(call)
        trunk.end(call)

    return Script(call, Purpose.CALL, ran_out, partial(fail, call))
