"""Texts in both directions: the queue of each number, the way to a phone, and what the application is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from exchange.calls import API_VERSION
from exchange.documents import Fetched, Source, fetch
from exchange.numbers import is_valid, place
from exchange.optout import OptOuts
from exchange.twiml import Purpose, Verb
from exchange.wire import Form

if TYPE_CHECKING:
    from exchange.network import Exchange
    from exchange.phones import Phone

DELIVERY_SECONDS = 0.5
MAX_LENGTH = 1600
HISTORY = 50_000
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€\f")


class MessageStatus(StrEnum):
    """Where a text is, in the carrier's words."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    RECEIVED = "received"


MOVES: dict[MessageStatus, frozenset[MessageStatus]] = {
    MessageStatus.QUEUED: frozenset({MessageStatus.SENT, MessageStatus.FAILED}),
    MessageStatus.SENT: frozenset({MessageStatus.DELIVERED, MessageStatus.UNDELIVERED}),
}


@dataclass(eq=False)
class Message:
    """One text."""

    sid: str
    from_: str
    to: str
    body: str
    direction: str
    created: datetime
    status: MessageStatus
    status_callback: str = ""
    updated: datetime | None = None
    sent: datetime | None = None
    error_code: int | None = None


class Messages:
    """Every text of the account."""

    def __init__(self, network: Exchange, per_second: float) -> None:
        self.all: dict[str, Message] = {}
        self.opt_outs = OptOuts()
        self._network = network
        self._interval = timedelta(seconds=1 / per_second)
        self._next_slot: dict[str, datetime] = {}

    def send(self, from_: str, to: str, body: str, callback: str = "", reply: bool = False) -> Message:
        """Queue a text to a phone behind the others of the same number; a segment takes a turn each."""
        now = self._network.agenda.now()
        direction = "outbound-reply" if reply else "outbound-api"
        message = self._new(from_, to, body, direction, MessageStatus.QUEUED, callback)
        if self.opt_outs.refuses(from_, to):
            message.error_code = 21610
            self._network.agenda.soon(lambda: self._move(message, MessageStatus.FAILED))
            return message
        slot = max(now, self._next_slot.get(from_, now))
        self._next_slot[from_] = slot + self._interval * segments(body)
        self._tell(message)
        self._network.agenda.at(slot, lambda: self._transmit(message))
        return message

    def receive(self, phone: Phone, to: str, body: str) -> Message:
        """A phone texts one of the account's numbers."""
        number = self._network.numbers.get(to)
        if number is None:
            raise self._network.not_ours(to)
        message = self._new(phone.number, to, body, "inbound", MessageStatus.RECEIVED)
        message.sent = message.created
        keyword = self.opt_outs.read(to, phone.number, body)
        extra: tuple[tuple[str, str], ...] = ()
        if keyword is not None:
            extra = (("OptOutType", keyword.type),)
            if keyword.reply:
                self._network.agenda.after(DELIVERY_SECONDS, lambda: phone.deliver(to, keyword.reply))
        if number.sms_url:
            source = Source(number.sms_url, number.sms_method)
            fallback = Source(number.sms_fallback_url, number.sms_fallback_method)
            form = (*self._received_form(message), *extra)
            self._fetch_reply(message, source, form, fallback)
        return message

    def forget(self) -> None:
        """Drop every text, every place in a queue and every opt-out."""
        self.all.clear()
        self.opt_outs.clear()
        self._next_slot.clear()

    def _fetch_reply(self, message: Message, source: Source, form: Form, fallback: Source | None) -> None:
        def arrived(fetched: Fetched) -> None:
            self._reply(message, fetched, form)

        fetch(self._network.courier, source, form, Purpose.MESSAGE, arrived, fallback)

    def _reply(self, message: Message, fetched: Fetched, form: Form) -> None:
        for verb in fetched.verbs:
            target = urljoin(fetched.source.url, verb.text)
            if verb.name == "Redirect":
                self._fetch_reply(message, Source(target, verb.get("method", "POST")), form, None)
                return
            self._answer(message, verb, fetched.source.url)

    def _answer(self, message: Message, verb: Verb, at: str) -> None:
        body = next((child.text for child in verb.children if child.name == "Body"), verb.text)
        to = verb.get("to", message.from_)
        callback = urljoin(at, verb.get("statusCallback")) if verb.get("statusCallback") else ""
        if not body or len(body) > MAX_LENGTH or not is_valid(to):
            self._network.courier.complain(f"14107 <Message> cannot be sent to {to}: {len(body)} characters")
            return
        self.send(verb.get("from", message.to), to, body, callback, reply=True)

    def _transmit(self, message: Message) -> None:
        message.sent = self._network.agenda.now()
        self._move(message, MessageStatus.SENT)
        self._network.agenda.after(DELIVERY_SECONDS, lambda: self._arrive(message))

    def _arrive(self, message: Message) -> None:
        phone = self._network.phone(message.to)
        if phone.dead:
            message.error_code = 30005
            self._move(message, MessageStatus.UNDELIVERED)
        else:
            self._move(message, MessageStatus.DELIVERED)
            if message.to in self._network.numbers:
                self.receive(self._network.phone(message.from_), message.to, message.body)
            else:
                phone.deliver(message.from_, message.body)

    def _move(self, message: Message, status: MessageStatus) -> None:
        if status not in MOVES.get(message.status, ()):
            raise ValueError(f"{message.sid}: {message.status} -> {status}")
        message.status = status
        message.updated = self._network.agenda.now()
        self._tell(message)

    def _tell(self, message: Message) -> None:
        if not message.status_callback:
            return
        form = [
            ("SmsSid", message.sid),
            ("SmsStatus", str(message.status)),
            ("MessageStatus", str(message.status)),
            ("To", message.to),
            ("MessageSid", message.sid),
            ("AccountSid", self._network.account_sid),
            ("From", message.from_),
            ("ApiVersion", API_VERSION),
        ]
        if message.error_code is not None:
            form.append(("ErrorCode", str(message.error_code)))
        self._network.courier.notify(message.status_callback, "POST", tuple(form))

    def _new(
        self, from_: str, to: str, body: str, direction: str, status: MessageStatus, callback: str = ""
    ) -> Message:
        now = self._network.agenda.now()
        sid = self._network.sids.new("SM")
        message = Message(sid, from_, to, body, direction, now, status, callback, updated=now)
        self.all[sid] = message
        if len(self.all) > HISTORY:
            self.all.pop(next(iter(self.all)))
        return message

    def _received_form(self, message: Message) -> Form:
        return (
            ("ToCountry", dict(place("To", message.to))["ToCountry"]),
            *place("To", message.to)[:3],
            ("SmsMessageSid", message.sid),
            ("NumMedia", "0"),
            *place("From", message.from_),
            ("SmsSid", message.sid),
            ("SmsStatus", "received"),
            ("Body", message.body),
            ("To", message.to),
            ("NumSegments", str(segments(message.body))),
            ("MessageSid", message.sid),
            ("AccountSid", self._network.account_sid),
            ("From", message.from_),
            ("ApiVersion", API_VERSION),
        )


def segments(body: str) -> int:
    """How many texts it takes on the air: 160 characters of the GSM alphabet or 70 others, fewer when joined."""
    if all(letter in _GSM or letter in _GSM_TWICE for letter in body):
        length = sum(2 if letter in _GSM_TWICE else 1 for letter in body)
        single, joined = 160, 153
    else:
        length = len(body.encode("utf-16-be")) // 2
        single, joined = 70, 67
    return 1 if length <= single else -(-length // joined)
