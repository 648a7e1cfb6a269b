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


class Stream:
    """Renders once for all pages that show the same. Looks only while somebody listens."""

    def __init__(self, database: Database, render: Callable[[], str]) -> None:
        self._database, self._render = database, render
        self._changed = threading.Condition()
        self._news = News(0, "", 0)
        self._listeners = 0

    def listen(self) -> Iterator[str]:
        """Server-sent events, from what is true now on. A page that comes back misses nothing: each is the whole."""
        with self._changed:
            self._listeners += 1
            if self._listeners == 1:
                threading.Thread(target=self._look, daemon=True, name="board").start()
        seen = -1
        try:
            while True:
                news = self._after(seen)
                if news.turn not in {seen, 0}:
                    seen = news.turn
                    yield _as_event(news)
                else:
                    yield ": nothing new\n\n"
        finally:
            with self._changed:
                self._listeners -= 1

    def _after(self, seen: int) -> News:
        """What is news after the turn `seen`; what was known, if nothing is for a while."""
        with self._changed:
            self._changed.wait_for(lambda: self._news.turn not in {seen, 0}, RENEW_EVERY * 2)
            return self._news

    def _look(self) -> None:
        quiet, last = RENEW_EVERY, -1
        while self._listeners:
            try:
                (event,) = self._database.look(LAST_EVENT)
                if event != last or quiet >= RENEW_EVERY:
                    html, quiet, last = self._render(), 0.0, event
                    self._tell(News(event or 0, html, self._news.turn + 1))
            except (SQLAlchemyError, NoLine) as fault:
                log.warning("board.unseen", fault=fault)  # pages hear nothing, and say so by themselves
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
