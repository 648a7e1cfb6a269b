"""Keeps the exchange's events on time: one thread that sleeps until the next is due or a new one comes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

log = logging.getLogger(__name__)


class WallClock:
    """The time as it is."""

    def now(self) -> datetime:
        """The present, in UTC."""
        return datetime.now(UTC)


class Due(Protocol):
    """The part of the exchange that the pump turns."""

    def next_due(self) -> datetime | None: ...

    def run_due(self) -> int: ...


class Pump:
    """Runs what is due, within a few milliseconds of its time, until stopped."""

    def __init__(self, exchange: Due, clock: WallClock, on_ran: Callable[[], None]) -> None:
        self._exchange = exchange
        self._clock = clock
        self._on_ran = on_ran
        self._nudged = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="pump", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def nudge(self) -> None:
        """There may be something due earlier than the pump thinks. Cheap, and safe from any thread."""
        self._nudged.set()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopped = True
        self._nudged.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped:
            self._nudged.clear()
            self._turn()
            due = self._exchange.next_due()
            self._nudged.wait(None if due is None else max(0.0, (due - self._clock.now()).total_seconds()))

    def _turn(self) -> None:
        try:
            if self._exchange.run_due():
                self._on_ran()
        except Exception:
            log.exception("an event of the exchange failed; the rest go on")
