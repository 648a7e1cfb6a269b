"""What is due when: one queue of events on an injected clock, with no threads and no sleeping."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Protocol


class Clock(Protocol):
    """Anything that knows the time."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        ...


class Entry:
    """One thing to be done at one time. ``cancel`` makes it never happen."""

    __slots__ = ("act", "due", "order")

    def __init__(self, due: datetime, order: int, act: Callable[[], None] | None) -> None:
        self.due = due
        self.order = order
        self.act = act

    def cancel(self) -> None:
        """Strike the entry out; harmless if it has happened."""
        self.act = None

    def __lt__(self, other: Entry) -> bool:
        return (self.due, self.order) < (other.due, other.order)


class Agenda:
    """Events in order of their due time, and of their entry among equals.

    While an event runs, ``now`` is the time it was due, so a clock that jumps an hour still sees every event
    at its own moment. Outside events ``now`` is the clock's. ``on_new`` is called when an event is entered, so
    that a process in real time can wake up.
    """

    def __init__(self, clock: Clock) -> None:
        self.lock = threading.RLock()
        self.on_new: Callable[[], None] | None = None
        self._clock = clock
        self._heap: list[Entry] = []
        self._orders = count()
        self._moment: datetime | None = None

    def now(self) -> datetime:
        """The time as the event under way sees it."""
        return self._moment or self._clock.now()

    def at(self, due: datetime, act: Callable[[], None]) -> Entry:
        """Do it at a time; a time in the past means as soon as possible."""
        entry = Entry(due, next(self._orders), act)
        heapq.heappush(self._heap, entry)
        if self.on_new is not None:
            self.on_new()
        return entry

    def after(self, seconds: float, act: Callable[[], None]) -> Entry:
        """Do it so many seconds from now."""
        return self.at(self.now() + timedelta(seconds=seconds), act)

    def soon(self, act: Callable[[], None]) -> Entry:
        """Do it now, after everything already due now."""
        return self.at(self.now(), act)

    def next_due(self) -> datetime | None:
        """When the next event is due; None when nothing is."""
        while self._heap and self._heap[0].act is None:
            heapq.heappop(self._heap)
        return self._heap[0].due if self._heap else None

    def run_due(self) -> int:
        """Run everything due by the clock, in order, including what that brings about. Returns how many ran."""
        ran = 0
        while self._run_next():
            ran += 1
        return ran

    def _run_next(self) -> bool:
        with self.lock:
            due = self.next_due()
            if self._moment is not None or due is None or due > self._clock.now():
                return False
            entry = heapq.heappop(self._heap)
            act, entry.act = entry.act, None
            self._moment = entry.due
            try:
                if act is not None:
                    act()
            finally:
                self._moment = None
            return True

    def clear(self) -> None:
        """Forget every event."""
        for entry in self._heap:
            entry.cancel()
        self._heap.clear()
