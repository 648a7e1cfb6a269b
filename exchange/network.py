"""The exchange itself: one account, its numbers, every phone, and everything between them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random
from types import MappingProxyType
from typing import TypeVar

from exchange.agenda import Agenda, Clock
from exchange.calls import Call
from exchange.conference import Conference
from exchange.conferring import Confer
from exchange.courier import Courier
from exchange.dialects import TWILIO, Dialect
from exchange.enqueuing import CallQueue, Enqueue
from exchange.faults import Faults
from exchange.hearing import hears, live_calls_of
from exchange.messages import Messages
from exchange.numbers import OwnNumber, is_valid
from exchange.phones import Phone, PhoneError
from exchange.records import RestRecord, WebhookRecord
from exchange.sids import Sids
from exchange.speech import speaking_time
from exchange.trunk import Trunk
from exchange.wire import Transport

HISTORY = 50_000
Kept = TypeVar("Kept")


class Exchange:
    """A telephone exchange that speaks Twilio's protocol.

    Nothing happens by itself: ``run_due`` does what is due by the clock. Everything that happens is decided
    here, from the phones and the documents, and never from what the application believes.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        transport: Transport,
        account_sid: str,
        auth_token: str,
        signing_key: str = "",
        rng: Random | None = None,
        calls_per_second: float = 1.0,
        messages_per_second: float = 1.0,
        dialect: Dialect = TWILIO,
        beside: Exchange | None = None,
    ) -> None:
        """`signing_key` signs what is sent, if the dialect has another secret for that than the `auth_token`.

        `beside` another exchange it reaches the same phones, on the same agenda: running either runs both.
        """
        rng = rng or Random(0)  # noqa: S311
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.dialect = dialect
        self.agenda: Agenda = beside.agenda if beside else Agenda(clock)
        self.all: list[Exchange] = beside.all if beside else []
        self.all.append(self)
        self.lock = self.agenda.lock
        self.opened = clock.now()
        self.faults = Faults()
        self.sids = Sids(rng, uuids=dialect.uuids)
        self.courier = Courier(self.agenda, transport, self.faults, signing_key or auth_token, rng, self.sids, dialect)
        self.trunk = Trunk(self, calls_per_second)
        self.messages = Messages(self, messages_per_second)
        self.numbers: dict[str, OwnNumber] = {}
        self.calls: dict[str, Call] = {}
        self.live: dict[str, Call] = {}
        self.conferences: dict[str, Conference] = {}
        self.queues: dict[str, CallQueue] = {}
        self.rest_log: deque[RestRecord] = deque(maxlen=20_000)
        self._phones: dict[str, Phone] = beside._phones if beside else {}
        self._rooms: dict[str, Conference] = {}

    def next_due(self) -> datetime | None:
        """When the next event is due; None when nothing is to come."""
        with self.lock:
            return self.agenda.next_due()

    def run_due(self) -> int:
        """Run everything due by the clock, in order of due time. Returns how many events ran."""
        return self.agenda.run_due()

    def on_new_event(self, wake: Callable[[], None] | None) -> None:
        """Have ``wake`` called whenever an event is entered, so that a process in real time need not poll."""
        self.agenda.on_new = wake

    def number(
        self,
        e164: str,
        *,
        voice_url: str,
        sms_url: str,
        voice_fallback_url: str | None = None,
        voice_status_url: str | None = None,
        sms_fallback_url: str | None = None,
    ) -> None:
        """Give the account a number, or change where its calls and texts are taken."""
        with self.lock:
            old = self.numbers.get(e164)
            self.numbers[e164] = OwnNumber(
                e164,
                old.sid if old else self.sids.new("PN"),
                old.created if old else self.agenda.now(),
                voice_url=voice_url,
                voice_fallback_url=voice_fallback_url or "",
                status_callback=voice_status_url or "",
                sms_url=sms_url,
                sms_fallback_url=sms_fallback_url or "",
                friendly_name=e164,
            )

    def phone(self, e164: str, *, name: str = "") -> Phone:
        """The phone of that number, made if there is none yet. Raises PhoneError for an impossible number."""
        with self.lock:
            phone = self._phones.get(e164)
            if phone is None:
                if not is_valid(e164):
                    raise PhoneError(f"not a telephone number: {e164}")
                phone = self._phones[e164] = Phone(self, e164, name)
            elif name:
                phone.name = name
            return phone

    def holder(self, e164: str) -> Exchange:
        """The exchange whose account has that number: this one, if none has."""
        return next((one for one in self.all if e164 in one.numbers), self)

    @property
    def phones(self) -> Mapping[str, Phone]:
        """Every phone there is, by number."""
        return MappingProxyType(self._phones)

    @property
    def webhooks(self) -> deque[WebhookRecord]:
        """The requests made to the application, oldest first."""
        return self.courier.webhooks

    @property
    def complaints(self) -> list[str]:
        """What a strict carrier would complain of, each with its error code first."""
        return self.courier.complaints

    @property
    def callbacks_lost(self) -> int:
        """How many callbacks the faults have swallowed."""
        return self.courier.callbacks_lost

    def talking(self, *numbers: str) -> bool:
        """Whether each of these hears every other now. Mute, hold and coaching count."""
        with self.lock:
            legs = [live_calls_of(self, number) for number in numbers]
            pairs = ((a, b) for i, a in enumerate(legs) for b in legs[i + 1 :])
            return len(numbers) > 1 and all(self._both_hear(a, b) for a, b in pairs)

    def connected_to(self, number: str) -> frozenset[str]:
        """The numbers of all who hear this phone and are heard by it now."""
        with self.lock:
            mine = live_calls_of(self, number)
            return frozenset(
                phone.number
                for phone in self._phones.values()
                if phone.number != number and phone.call and self._both_hear(mine, [phone.call])
            )

    def heard_by(self, number: str) -> frozenset[str]:
        """The numbers of all whom this phone hears now, whether or not they hear it."""
        with self.lock:
            mine = live_calls_of(self, number)
            return frozenset(
                phone.number
                for phone in self._phones.values()
                if phone.number != number and phone.call and any(hears(self, leg, phone.call) for leg in mine)
            )

    def live_calls(self) -> list[Call]:
        """Every call that is not over, oldest first."""
        with self.lock:
            return list(self.live.values())

    def reset(self) -> None:
        """Forget calls, messages, phones, faults and records, here and at the exchanges beside it; keep the numbers."""
        with self.lock:
            for one in self.all:
                one._forget()

    def _forget(self) -> None:
        self.agenda.clear()
        self.courier.forget()
        for call in self.live.values():
            if call.script is not None:
                call.script.forget()
        for phone in self._phones.values():
            phone.call = None
        self.calls.clear()
        self.live.clear()
        self._rooms.clear()
        self.conferences.clear()
        self.queues.clear()
        self._phones.clear()
        self.trunk.forget()
        self.messages.forget()
        self.rest_log.clear()
        self.faults.clear()
        self.agenda.clear()

    def begin_call(self, call: Call) -> None:
        """Put a new call on the books."""
        self.calls[call.sid] = self.live[call.sid] = call
        _forget_oldest(self.calls, lambda old: not old.live)

    def conference(self, name: str) -> Conference:
        """The live conference of that name, made if there is none."""
        room = self._rooms.get(name)
        if room is None or not room.live:
            room = self._rooms[name] = Conference(self, self.sids.new("CF"), name, self.agenda.now())
            self.conferences[room.sid] = room
            _forget_oldest(self.conferences, lambda old: not old.live)
        return room

    def queue(self, name: str) -> CallQueue:
        """The queue of that name, made if there is none."""
        for queue in self.queues.values():
            if queue.name == name:
                return queue
        made = CallQueue(self, self.sids.new("QU"), name, self.agenda.now())
        self.queues[made.sid] = made
        return made

    def leave_queue(self, call: Call) -> None:
        """Leave was met in the document a queued call listens to."""
        if call.script is not None and isinstance(call.script.step, Enqueue):
            call.script.step.walk_out()

    def conference_of(self, call: Call) -> Conference | None:
        """The conference a call is in."""
        step = call.script.step if call.script is not None else None
        return step.conference if isinstance(step, Confer) else None

    def spoken(self, call: Call, words: str, final: bool) -> None:
        """Somebody speaks on a call: whoever hears them does, and transcriptions on it and on theirs take it down."""
        for transcription in call.transcriptions:
            transcription.hear(words, "inbound_track", final)
        for other in list(self.live.values()):
            if not hears(self, other, call):
                continue
            if final:
                other.phone.hear(words)
            for transcription in other.transcriptions:
                transcription.hear(words, "outbound_track", final)
        conference = self.conference_of(call)
        participant = conference.participants.get(call.sid) if conference is not None else None
        if conference is not None and participant is not None:
            conference.tell("speaker", "participant-speech-start", participant)
            self.agenda.after(
                speaking_time(words),
                lambda: conference.tell("speaker", "participant-speech-stop", participant),
            )

    def not_ours(self, number: str) -> PhoneError:
        """The complaint about a number this exchange does not serve."""
        return PhoneError(f"{number} is not a number of the account")

    def _both_hear(self, mine: list[Call], theirs: list[Call]) -> bool:
        return any(hears(self, a, b) and hears(self, b, a) for a in mine for b in theirs)


def _forget_oldest(kept: dict[str, Kept], done: Callable[[Kept], bool]) -> None:
    if len(kept) > HISTORY:
        sid, oldest = next(iter(kept.items()))
        if done(oldest):
            del kept[sid]
