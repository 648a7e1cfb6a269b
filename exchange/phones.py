"""A telephone outside every account: what its owner can do with it and what happened to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from exchange.calls import CallStatus, Direction

if TYPE_CHECKING:
    from exchange.calls import Call
    from exchange.network import Exchange

VOICEMAIL_SECONDS = 30.0
KEYS = frozenset("0123456789*#")


class PhoneError(Exception):
    """What was asked cannot be done with this phone now, for instance answering when it does not ring."""


@dataclass
class Ring:
    """One time the phone rang. ``caller_id`` is what its display showed."""

    at: datetime
    stopped_at: datetime | None
    caller_id: str


@dataclass(frozen=True, slots=True)
class Heard:
    """One sentence spoken to the phone, at the moment it began; ``♪`` stands for music."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """One text delivered to the phone."""

    at: datetime
    sender: str
    body: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a simulated phone does by itself, in seconds.

    ``press`` counts from the moment it is connected, each delay from the key before. A phone with
    ``voicemail`` lets a machine answer; one with ``decline_after`` turns the call away.
    """

    answer_after: float | None = None
    press: tuple[tuple[float, str], ...] = ()
    hang_up_after: float | None = None
    reply_to_text: str | None = None
    reply_after: float = 1.0
    decline_after: float | None = None
    voicemail: bool = False


Auto = Behaviour | Callable[["Phone"], Behaviour | None] | None


@dataclass(eq=False)
class Phone:
    """One phone, which every exchange beside its ``network`` reaches. What its owner cannot do raises PhoneError."""

    network: Exchange
    number: str
    name: str = ""
    dead: bool = False
    auto: Auto = None
    call: Call | None = None
    rings: list[Ring] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    _acting: Behaviour | None = None

    def __repr__(self) -> str:
        return f"Phone({self.number!r}, {self.name!r}, {self.state})"

    @property
    def state(self) -> str:
        """``idle``, ``ringing``, ``dialling`` or ``connected``."""
        if self.call is None:
            return "idle"
        if self.call.status is CallStatus.IN_PROGRESS:
            return "connected"
        return "dialling" if self.call.direction is Direction.INBOUND else "ringing"

    @property
    def ringing(self) -> bool:
        """Whether it rings now."""
        return self.state == "ringing"

    @property
    def in_call(self) -> bool:
        """Whether somebody or something is on the line."""
        return self.state == "connected"

    def dial(self, to: str) -> None:
        """Call a number of the account."""
        with self.network.lock:
            if self.call is not None:
                raise PhoneError(f"{self.number} cannot dial: it is {self.state}")
            if self.dead:
                raise PhoneError(f"{self.number} is out of service")
            self._acting = self._behaviour()
            self.network.holder(to).trunk.arrive(self, to)

    def answer(self) -> None:
        """Pick up."""
        with self.network.lock:
            call = self._ringing_call()
            call.network.trunk.pick_up(call)

    def answer_as_voicemail(self) -> None:
        """A machine picks up, speaks its greeting, presses nothing, records, and hangs up after half a minute."""
        with self.network.lock:
            call = self._ringing_call()
            call.answered_by_machine = True
            call.network.trunk.pick_up(call)
            self.network.agenda.after(VOICEMAIL_SECONDS, lambda: call.network.trunk.end(call))

    def decline(self) -> None:
        """Turn the ringing call away."""
        with self.network.lock:
            call = self._ringing_call()
            call.network.trunk.end(call, CallStatus.BUSY)

    def press(self, keys: str) -> None:
        """Press keys one after the other. Where nothing listens they are lost."""
        with self.network.lock:
            if not self.in_call or self.call is None:
                raise PhoneError(f"{self.number} cannot press {keys}: it is {self.state}")
            if not KEYS.issuperset(keys):
                raise PhoneError(f"a telephone has no keys {keys!r}")
            for key in keys:
                if self.call is not None and self.call.script is not None:
                    self.call.script.key(key)

    def hang_up(self) -> None:
        """Put the receiver down."""
        with self.network.lock:
            if self.call is None or self.ringing:
                raise PhoneError(f"{self.number} cannot hang up: it is {self.state}")
            self.call.network.trunk.end(self.call, self._how_it_ends())

    def text(self, to: str, body: str) -> None:
        """Send a text to a number of the account."""
        with self.network.lock:
            if self.dead:
                raise PhoneError(f"{self.number} is out of service")
            self.network.holder(to).messages.receive(self, to, body)

    def say(self, words: str, final: bool = True) -> None:
        """Speak on the line; a transcription running on it hears. ``final``: no more of this sentence follows."""
        with self.network.lock:
            if not self.in_call or self.call is None:
                raise PhoneError(f"{self.number} cannot speak: it is {self.state}")
            self.call.network.spoken(self.call, words, final)

    def hear(self, text: str) -> None:
        """Something is played to this phone. The exchange calls this, not the owner."""
        self.heard.append(Heard(self.network.agenda.now(), text))

    def start_ringing(self, call: Call) -> None:
        """A call arrives. The exchange calls this, not the owner."""
        self.call = call
        self.rings.append(Ring(self.network.agenda.now(), None, call.from_))
        behaviour = self._acting = self._behaviour()
        if behaviour is None:
            return
        if behaviour.decline_after is not None:
            self._later(behaviour.decline_after, call, self.decline)
        elif behaviour.answer_after is not None:
            pick_up = self.answer_as_voicemail if behaviour.voicemail else self.answer
            self._later(behaviour.answer_after, call, pick_up)

    def stop_ringing(self) -> None:
        """Answered or given up. The exchange calls this, not the owner."""
        if self.rings and self.rings[-1].stopped_at is None:
            self.rings[-1].stopped_at = self.network.agenda.now()

    def connected(self, call: Call) -> None:
        """The call is answered at one end or the other. The exchange calls this, not the owner."""
        behaviour = self._acting
        if behaviour is None or call.answered_by_machine:
            return
        delay = 0.0
        for pause, keys in behaviour.press:
            delay += pause
            self._later(delay, call, lambda keys=keys: self.press(keys))  # type: ignore[misc]
        if behaviour.hang_up_after is not None:
            self._later(behaviour.hang_up_after, call, self.hang_up)

    def released(self, call: Call) -> None:
        """The call is over. The exchange calls this, not the owner."""
        self.stop_ringing()
        if self.call is call:
            self.call = None

    def deliver(self, sender: str, body: str) -> None:
        """A text arrives. The exchange calls this, not the owner."""
        self.texts.append(Text(self.network.agenda.now(), sender, body))
        behaviour = self._behaviour()
        if behaviour is not None and behaviour.reply_to_text is not None:
            reply = behaviour.reply_to_text
            self.network.agenda.after(behaviour.reply_after, lambda: self.text(sender, reply))

    def _behaviour(self) -> Behaviour | None:
        return self.auto(self) if callable(self.auto) else self.auto

    def _later(self, seconds: float, call: Call, act: Callable[[], None]) -> None:
        def if_still_on() -> None:
            if self.call is call:
                act()

        self.network.agenda.after(seconds, if_still_on)

    def _ringing_call(self) -> Call:
        if self.call is None or not self.ringing:
            raise PhoneError(f"{self.number} does not ring: it is {self.state}")
        return self.call

    def _how_it_ends(self) -> CallStatus:
        return CallStatus.COMPLETED if self.in_call else CallStatus.NO_ANSWER
