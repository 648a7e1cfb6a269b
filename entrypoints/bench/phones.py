"""The exchange's control side, seen from a test: moves its phones and reads what it measured."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from helpline.settings import Address

BATCH = 500
PATIENCE = 30.0


class NotSo(Exception):
    """Something that had to become true did not, in the time it was given."""


class PhonesRefused(Exception):
    """The exchange would not do it."""


class Phones:
    """Requests to the control side at `address`, one at a time."""

    def __init__(self, address: Address) -> None:
        self._address = address

    def add(self, crowd: Sequence[dict[str, Any]]) -> None:
        """Simulated phones. Those with `dial_after` count it from now."""
        for start in range(0, len(crowd), BATCH):
            self._ask("POST", "/phones", list(crowd[start : start + BATCH]))

    def act(self, number: str, action: str, **body: Any) -> None:
        self._ask("POST", f"/phones/{number}/{action}", body)

    def stats(self) -> dict[str, Any]:
        return dict(self._ask("GET", "/stats"))

    def clear(self) -> None:
        self._ask("POST", "/stats/clear", {})

    def shown(self) -> dict[str, dict[str, Any]]:
        """The phones that are shown one by one, by their number."""
        return {phone["number"]: phone for phone in self._ask("GET", "/phones")["phones"]}

    def busy(self) -> int:
        """How many phones are dialling, ringing or connected, shown or simulated."""
        found = self._ask("GET", "/phones")
        crowd = found["crowd"]
        own = sum(phone["state"] != "idle" for phone in found["phones"])
        return int(own + crowd["ringing"] + crowd["dialling"] + crowd["connected"])

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        connection = http.client.HTTPConnection(self._address.host, self._address.port, timeout=PATIENCE)
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, path, sent, {"Content-Type": "application/json"})
            reply = connection.getresponse()
            found = json.loads(reply.read())
        finally:
            connection.close()
        if reply.status >= 300:
            raise PhonesRefused(f"{method} {path}: {reply.status} {found.get('error')}")
        return found


def until(condition: Callable[[], object], patience: float, what: str, *, every: float = 0.05) -> None:
    """Looks again and again until `condition` holds; NotSo after `patience` seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() >= deadline:
            raise NotSo(f"after {patience:.0f} s, still not: {what}")
        time.sleep(every)
