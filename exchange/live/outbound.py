"""Carries webhooks over real HTTP: many threads, so that one that hangs holds up no other."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from exchange.wire import HttpReply, HttpRequest

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
IDLE_SECONDS = 1.0
LARGEST_REPLY = 65_537
CHUNK = 16_384


@dataclass(frozen=True, slots=True)
class Errand:
    """A request under way, whom to tell, and by when (monotonic seconds)."""

    request: HttpRequest
    on_reply: Callable[[HttpReply], None]
    until: float


class HttpTransport:
    """Sends each request on one of up to ``threads`` threads, started as they are needed.

    A connection idle for a second is not used again: the other side may be closing it at that moment, and a
    request lost that way would look like a fault of the application.
    """

    def __init__(self, threads: int = 256) -> None:
        self._limit = threads
        self._errands: SimpleQueue[Errand | None] = SimpleQueue()
        self._count = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._free = 0
        self._closed = False

    def send(self, request: HttpRequest, on_reply: Callable[[HttpReply], None], timeout: float) -> None:
        """Queue the request; ``on_reply`` comes in another thread. Status 0 if there was no answer in time."""
        with self._count:
            if self._closed:
                return
            if self._free > 0 or len(self._threads) >= self._limit:
                self._free -= 1
            else:
                name = f"webhooks-{len(self._threads)}"
                thread = threading.Thread(target=self._carry, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
        self._errands.put(Errand(request, on_reply, time.monotonic() + timeout))

    def close(self, seconds: float = 1.0) -> None:
        """End the threads, waiting no longer than ``seconds`` altogether for requests that hang."""
        with self._count:
            self._closed = True
        for _ in self._threads:
            self._errands.put(None)
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _carry(self) -> None:
        session = _session()
        used = time.monotonic()
        while (errand := self._errands.get()) is not None:
            if time.monotonic() - used > IDLE_SECONDS:
                session.close()
            reply = fetch(session, errand.request, errand.until)
            used = time.monotonic()
            try:
                errand.on_reply(reply)
            except Exception:
                log.exception("the exchange could not take a reply from %s", errand.request.url)
            with self._count:
                self._free += 1
        session.close()


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.headers.clear()
    return session


def fetch(session: requests.Session, request: HttpRequest, until: float) -> HttpReply:
    """One request, its whole reply read by ``until`` (monotonic seconds); redirects are left to the exchange."""
    left = until - time.monotonic()
    if left <= 0:
        return HttpReply(0, {}, b"", error="timeout")
    try:
        with session.request(
            request.method,
            request.url,
            headers=request.headers,
            data=request.body() if request.method != "GET" else None,
            timeout=(min(CONNECT_SECONDS, left), left),
            allow_redirects=False,
            stream=True,
        ) as response:
            session.cookies.clear()
            return _read(response, until)
    except requests.RequestException as error:
        return HttpReply(0, {}, b"", error=_reason(error))


def _read(response: requests.Response, until: float) -> HttpReply:
    body = b""
    for chunk in response.iter_content(CHUNK):
        body += chunk
        if len(body) >= LARGEST_REPLY:
            break
        if time.monotonic() > until:
            return HttpReply(0, {}, b"", error="timeout")
    return HttpReply(response.status_code, dict(response.headers), body)


def _reason(error: requests.RequestException) -> str:
    cause = error.args[0] if error.args else None
    if isinstance(cause, MaxRetryError):
        cause = cause.reason
    if isinstance(error, requests.ConnectTimeout) or isinstance(cause, (NewConnectionError, ConnectTimeoutError)):
        return "connect"
    return "timeout" if isinstance(error, requests.Timeout) else "broken"
