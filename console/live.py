"""What is new, told to every open page: one thread of each process looks, and all of its pages hear it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from helpline.database import Database, NoLine
from helpline.log import logger
from helpline.tables import Event

LOOK_EVERY = 0.1
"""Seconds. An event reaches every page within so much, and the time it takes to render one."""
RENEW_EVERY = 2.0
"""Seconds after which a page is told again though nothing happened: what it shows counts seconds, and a page that
hears nothing for longer than twice that knows that its stream is lost."""
LAST_EVENT = select(func.max(Event.id))
log = logger(__name__)


@dataclass(frozen=True)
class News:
    """What pages show now, and the number of the last event it was made from."""

    event: int
    html: str
    turn: int


NOTHING_YET = News(0, "", 0)


class Stream:
    """Renders once for all pages that show the same. Looks only while somebody listens."""

    def __init__(self, database: Database, render: Callable[[], str]) -> None:
        self._database, self._render = database, render
        self._changed = threading.Condition()
        self._news = NOTHING_YET
        self._listeners, self._looking = 0, False

    def listen(self, may_listen: Callable[[], bool]) -> Iterator[str]:
        """Server-sent events, from what is true now on. A page that comes back misses nothing: each is the whole.

        Before each it is asked whether whoever listens may still: they may have signed out, or be off the roster.
        """
        self._begin()
        seen = NOTHING_YET.turn
        try:
            while True:
                news = self._after(seen)
                if not may_listen():
                    return
                if news.turn not in {seen, NOTHING_YET.turn}:
                    seen = news.turn
                    yield _as_event(news)
                else:
                    yield ": nothing new\n\n"
        finally:
            with self._changed:
                self._listeners -= 1

    def _begin(self) -> None:
        """One more listens. Whoever is first has the thread look, if it does not still."""
        with self._changed:
            self._listeners += 1
            if not self._looking:
                self._looking, self._news = True, NOTHING_YET
                threading.Thread(target=self._look, daemon=True, name="board").start()

    def _is_wanted(self) -> bool:
        """Whether anybody listens; if not, nobody looks from now on."""
        with self._changed:
            self._looking = self._listeners > 0
            return self._looking

    def _after(self, seen: int) -> News:
        """What is news after the turn `seen`; what was known, if nothing is for a while."""
        with self._changed:
            self._changed.wait_for(lambda: self._news.turn not in {seen, NOTHING_YET.turn}, RENEW_EVERY * 2)
            return self._news

    def _look(self) -> None:
        quiet, last = RENEW_EVERY, -1
        while self._is_wanted():
            try:
                (event,) = self._database.look(LAST_EVENT)
                if event != last or quiet >= RENEW_EVERY:
                    html, quiet, last = self._render(), 0.0, event
                    self._tell(News(event or 0, html, self._news.turn + 1))
            except (SQLAlchemyError, NoLine) as fault:
                log.warning("board.unseen", fault=fault)  # pages hear nothing, and say so by themselves
            except Exception as fault:  # noqa: BLE001 - a board that cannot be shown once is tried again
                log.error("board.failed", fault=fault)
            quiet += LOOK_EVERY
            PAUSE.wait(LOOK_EVERY)

    def _tell(self, news: News) -> None:
        with self._changed:
            self._news = news
            self._changed.notify_all()


PAUSE = threading.Event()
"""Never set: to wait for it is to pause."""


def _as_event(news: News) -> str:
    lines = "".join(f"data: {line}\n" for line in news.html.splitlines() if line.strip())
    return f"event: board\nid: {news.event}\n{lines}\n"
