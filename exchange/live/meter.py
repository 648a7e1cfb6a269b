"""Measures what passes between the line and the exchange, on a clock that never jumps, for the ticker and `/stats`."""

from __future__ import annotations

import itertools
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from exchange.wire import HttpReply, HttpRequest, Transport

MOST_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Webhook:
    """One request to the line, sent ``at``; ``ms`` from handing it over to having the whole reply."""

    id: int
    at: datetime
    kind: str
    path: str
    sid: str
    number: str
    status: int
    error: str | None
    ms: float
    said: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the line, arrived ``at``. ``to``, ``sender``, ``url`` only where it creates something."""

    id: int
    at: datetime
    method: str
    path: str
    status: int
    ms: float
    to: str = ""
    sender: str = ""
    url: str = ""

    @property
    def creates_call(self) -> bool:
        """Whether it asked for a phone to be rung."""
        return self.method == "POST" and self.path.endswith("/Calls.json")


@dataclass
class InboundCall:
    """A call to the line. Milliseconds count from the moment the phone dialled; None: not yet."""

    sid: str
    number: str
    to: str
    dialled_at: datetime
    dialled: float
    asked_ms: float | None = None
    first_twiml_ms: float | None = None
    first_twiml_status: int | None = None


@dataclass
class Meter:
    """The records, oldest dropped first once there are ``MOST_KEPT`` of a kind."""

    webhooks: deque[Webhook] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    requests: deque[Request] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    calls: OrderedDict[str, InboundCall] = field(default_factory=OrderedDict)
    _dialled: dict[str, tuple[datetime, float]] = field(default_factory=dict)
    _numbers: OrderedDict[str, str] = field(default_factory=OrderedDict)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def dialling(self, number: str) -> None:
        """A phone dials the line at this moment."""
        with self._lock:
            self._dialled[number] = (datetime.now(UTC), time.monotonic())

    def sending(self, form: dict[str, str]) -> None:
        """A webhook is about to be sent; the first about an inbound call opens that call's record."""
        sid = form.get("CallSid", "")
        if not sid or "Direction" not in form:
            return
        inbound = form["Direction"] == "inbound"
        with self._lock:
            if sid not in self._numbers:
                self._numbers[sid] = form["From"] if inbound else form["To"]
                _drop_oldest(self._numbers)
            if inbound and sid not in self.calls:
                self._open(sid, form)

    def _open(self, sid: str, form: dict[str, str]) -> None:
        now = time.monotonic()
        dialled_at, dialled = self._dialled.pop(form["From"], (datetime.now(UTC), now))
        self.calls[sid] = InboundCall(sid, form["From"], form["To"], dialled_at, dialled, asked_ms=_ms(now - dialled))
        _drop_oldest(self.calls)

    def answered(self, request: HttpRequest, form: dict[str, str], began: float, reply: HttpReply) -> None:
        """A webhook has its reply, or will never have one."""
        now = time.monotonic()
        sid, kind = form.get("CallSid", ""), kind_of(form)
        with self._lock:
            number = self._numbers.get(sid, "") or _texter(form, kind)
            call = self.calls.get(sid)
            if call is not None and kind == "twiml" and call.first_twiml_ms is None:
                call.first_twiml_ms = _ms(now - call.dialled)
                call.first_twiml_status = reply.status
            self.webhooks.append(
                Webhook(
                    id=next(self._ids),
                    at=_ago(now - began),
                    kind=kind,
                    path=urlsplit(request.url).path,
                    sid=sid or form.get("MessageSid", ""),
                    number=number,
                    status=reply.status,
                    error=reply.error,
                    ms=_ms(now - began),
                    said=_said(form, kind),
                )
            )

    def requested(self, method: str, path: str, form: dict[str, str], status: int, began: float) -> None:
        """The line asked the carrier for something and was answered."""
        took = time.monotonic() - began
        with self._lock:
            self.requests.append(
                Request(
                    id=next(self._ids),
                    at=_ago(took),
                    method=method,
                    path=path,
                    status=status,
                    ms=_ms(took),
                    to=form.get("To", ""),
                    sender=form.get("From", ""),
                    url=form.get("Url", ""),
                )
            )

    def latest(self, count: int) -> list[Webhook | Request]:
        """The last so many webhooks and requests together, oldest first."""
        with self._lock:
            both = [*_last(self.webhooks, count), *_last(self.requests, count)]
        return sorted(both, key=lambda record: record.id)[-count:]

    def report(self) -> dict[str, Any]:
        """Everything measured since the last ``clear``, as JSON."""
        with self._lock:
            calls = [_call_row(call) for call in self.calls.values()]
            webhooks = [_webhook_row(webhook) for webhook in self.webhooks]
            creates = [_create_row(request) for request in self.requests if request.creates_call]
        return {"now": stamp(datetime.now(UTC)), "calls": calls, "webhooks": webhooks, "creates": creates}

    def clear(self) -> None:
        """Forget what was measured."""
        with self._lock:
            self.webhooks.clear()
            self.requests.clear()
            self.calls.clear()
            self._dialled.clear()


class MeasuredTransport:
    """A transport that tells the meter what passes and calls ``on_passed`` when a reply has been dealt with."""

    def __init__(self, inner: Transport, meter: Meter, on_passed: Callable[[], None]) -> None:
        self._inner = inner
        self._meter = meter
        self._on_passed = on_passed

    def send(self, request: HttpRequest, on_reply: Callable[[HttpReply], None], timeout: float) -> None:
        """Send it on, and measure."""
        form = dict(request.form)
        self._meter.sending(form)
        began = time.monotonic()

        def take(reply: HttpReply) -> None:
            self._meter.answered(request, form, began, reply)
            try:
                on_reply(reply)
            finally:
                self._on_passed()

        self._inner.send(request, take, timeout)


def kind_of(form: dict[str, str]) -> str:
    """What a webhook is about: twiml, call, conference, transcription, message, message-status."""
    if "TranscriptionSid" in form:
        return "transcription"
    if "ConferenceSid" in form and "StatusCallbackEvent" in form:
        return "conference"
    if form.get("CallbackSource") == "call-progress-events":
        return "call"
    if "MessageSid" in form:
        return "message-status" if "Body" not in form else "message"
    return "twiml"


def stamp(moment: datetime) -> str:
    """A moment as JSON carries it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _said(form: dict[str, str], kind: str) -> str:
    if kind == "conference":
        return form["StatusCallbackEvent"]
    if kind == "message-status":
        return form.get("MessageStatus", "")
    if kind == "twiml" and form.get("Digits"):
        return form["Digits"]
    return form.get("CallStatus", "")


def _texter(form: dict[str, str], kind: str) -> str:
    return form.get("From" if kind == "message" else "To", "")


def _call_row(call: InboundCall) -> dict[str, Any]:
    return {
        "sid": call.sid,
        "from": call.number,
        "to": call.to,
        "dialled_at": stamp(call.dialled_at),
        "asked_ms": call.asked_ms,
        "first_twiml_ms": call.first_twiml_ms,
        "first_twiml_status": call.first_twiml_status,
    }


def _webhook_row(webhook: Webhook) -> dict[str, Any]:
    return {
        "at": stamp(webhook.at),
        "kind": webhook.kind,
        "said": webhook.said,
        "path": webhook.path,
        "sid": webhook.sid,
        "ms": webhook.ms,
        "status": webhook.status,
        "error": webhook.error,
    }


def _create_row(request: Request) -> dict[str, Any]:
    return {
        "at": stamp(request.at),
        "to": request.to,
        "from": request.sender,
        "url": request.url,
        "status": request.status,
        "ms": request.ms,
    }


def _last(records: deque[Any], count: int) -> list[Any]:
    return list(itertools.islice(reversed(records), count))


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


def _ago(seconds: float) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


def _drop_oldest(records: OrderedDict[str, Any]) -> None:
    if len(records) > MOST_KEPT:
        records.popitem(last=False)
