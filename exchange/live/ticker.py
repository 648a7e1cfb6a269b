"""Puts what passes between the exchange and the line into words, for the list below the phones."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from exchange.live.meter import Meter, Request, Webhook, stamp

SHOWN = 40

_ACCOUNT = re.compile(r"^/2010-04-01/Accounts/\w+/")
_STEPS = {"ringing": "Incoming call", "in-progress": "Next step"}


class Ticker:
    """The last lines, complaints among them; a complaint bears the time at which it was first seen."""

    def __init__(self, meter: Meter, complaints: Callable[[], Sequence[str]]) -> None:
        self._meter = meter
        self._complaints = complaints
        self._seen = 0
        self._lines: deque[dict[str, Any]] = deque(maxlen=SHOWN)

    def lines(self) -> list[dict[str, Any]]:
        """The newest last, as JSON for the page."""
        self._catch_up()
        passed = [line_of(record) for record in self._meter.latest(SHOWN)]
        return sorted([*passed, *self._lines], key=lambda line: str(line["at"]))[-SHOWN:]

    def _catch_up(self) -> None:
        complaints = list(self._complaints())
        if len(complaints) < self._seen:
            self._seen = 0
            self._lines.clear()
        now = stamp(datetime.now(UTC))
        for index in range(self._seen, len(complaints)):
            self._lines.append(
                {
                    "id": f"complaint-{index}",
                    "at": now,
                    "what": "The exchange complains",
                    "detail": complaints[index],
                    "number": "",
                    "answer": "",
                    "ms": None,
                    "mood": "bad",
                }
            )
        self._seen = len(complaints)


def line_of(record: Webhook | Request) -> dict[str, Any]:
    """One line of the ticker as JSON."""
    ours = isinstance(record, Webhook)
    good = 200 <= record.status < 300
    return {
        "id": str(record.id),
        "at": stamp(record.at),
        "what": webhook_words(record) if isinstance(record, Webhook) else request_words(record),
        "detail": _ACCOUNT.sub("/…/", record.path),
        "number": record.number if isinstance(record, Webhook) else record.to,
        "answer": str(record.status) if record.status else (getattr(record, "error", "") or "no answer"),
        "ms": round(record.ms),
        "mood": ("good" if ours else "asked") if good else "bad",
    }


def webhook_words(webhook: Webhook) -> str:
    """What the exchange told or asked the line."""
    said = webhook.said.replace("-", " ")
    known = {
        "call": "Call is answered" if said == "in progress" else f"Call is {said}",
        "conference": f"Conference {said.removeprefix('conference ')}",
        "transcription": "Words heard",
        "message": "Text to the line",
        "message-status": f"Text is {said}",
    }
    if webhook.kind in known:
        return known[webhook.kind]
    if said and set(said) <= set("0123456789*#"):
        return f"Pressed {said}"
    return _STEPS.get(webhook.said, f"Step, call {said}")


def request_words(request: Request) -> str:
    """What the line asked of the exchange."""
    name = request.path.rpartition("/")[2].removesuffix(".json")
    if request.method != "POST":
        return "The line looks something up"
    if request.creates_call:
        return "The line rings a phone"
    if name == "Messages":
        return "The line sends a text"
    return "The line changes a call"
