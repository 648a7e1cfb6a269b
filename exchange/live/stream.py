"""Server-sent events: one state, worked out at most ten times a second, for everyone who watches."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

log = logging.getLogger(__name__)

SPACING_SECONDS = 0.1
BEAT_SECONDS = 2.0
MOST_WATCHERS = 24


class Fanout:
    """Turns "something changed" into a state for every watcher; slow watchers skip states, never queue them."""

    def __init__(self, state: Callable[[], Mapping[str, Any]]) -> None:
        self._state = state
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._news = threading.Condition()
        self._latest = ""
        self._version = 0
        self._watchers = 0
        self._thread = threading.Thread(target=self._run, name="fanout", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def mark(self) -> None:
        """Something may have changed. Cheap, and safe from any thread."""
        self._changed.set()

    def end_streams(self) -> None:
        """Let every watcher's stream come to its end; no new one begins."""
        self._stopping.set()
        self._changed.set()
        with self._news:
            self._news.notify_all()

    def stop(self) -> None:
        """End the streams and the thread."""
        self.end_streams()
        self._thread.join()

    def watcher(self) -> Watcher | None:
        """A new watcher's stream; None when all places are taken or the exchange is stopping."""
        with self._news:
            if self._watchers >= MOST_WATCHERS or self._stopping.is_set():
                return None
            self._watchers += 1
        self._changed.set()
        return Watcher(self)

    def leave(self) -> None:
        """A watcher has gone."""
        with self._news:
            self._watchers -= 1

    def wait(self, seen: int) -> tuple[int, str] | None:
        """A state newer than version ``seen``; an empty one after two seconds of nothing new; None: the end."""
        with self._news:
            self._news.wait_for(lambda: self._version > seen or self._stopping.is_set(), BEAT_SECONDS)
            if self._stopping.is_set():
                return None
            return (self._version, self._latest) if self._version > seen else (seen, "")

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._changed.wait()
            self._changed.clear()
            if self._watchers and not self._stopping.is_set():
                self._publish()
            self._stopping.wait(SPACING_SECONDS)

    def _publish(self) -> None:
        try:
            latest = json.dumps(self._state(), separators=(",", ":"))
        except Exception:
            log.exception("the state of the phones could not be shown")
            return
        with self._news:
            if latest != self._latest:
                self._latest = latest
                self._version += 1
                self._news.notify_all()


class Watcher:
    """The stream of one watcher: each new state, or a beat when nothing changes. ``close`` gives up its place."""

    def __init__(self, fanout: Fanout) -> None:
        self._fanout = fanout
        self._seen = 0
        self._begun = False
        self._gone = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if not self._begun:
            self._begun = True
            return b"retry: 1000\n\n"
        news = self._fanout.wait(self._seen)
        if news is None:
            raise StopIteration
        self._seen, state = news
        return f"event: state\ndata: {state}\n\n".encode() if state else b"event: beat\ndata: {}\n\n"

    def close(self) -> None:
        """The watcher has gone, however far its stream had come."""
        if not self._gone:
            self._gone = True
            self._fanout.leave()
