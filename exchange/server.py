"""The exchange as a process of its own, in real time: REST side, page of phones, control and live stream."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import SystemRandom
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from exchange import Exchange, ReplyLost, rest_app
from exchange.dialects import TWILIO, Dialect
from exchange.live.desk import Desk
from exchange.live.directory import Directory
from exchange.live.meter import MeasuredTransport, Meter
from exchange.live.outbound import HttpTransport
from exchange.live.panel import panel
from exchange.live.pump import Pump, WallClock
from exchange.live.snapshot import snapshot
from exchange.live.stream import Fanout
from exchange.live.ticker import Ticker

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REST_PREFIX = "/2010-04-01"
THREADS = 96
STOP_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Setup:
    """What one exchange needs to know. ``application``: the public address the line's webhooks go to."""

    account_sid: str
    auth_token: str
    application: str
    directory: Directory
    calls_per_second: float = 1.0
    messages_per_second: float = 1.0
    allowed_hosts: frozenset[str] = frozenset()
    dialect: Dialect = TWILIO
    signing_key: str = ""


class Process:
    """One running exchange as a WSGI application. ``start`` begins its threads, ``close`` ends them."""

    def __init__(self, setup: Setup) -> None:
        clock = WallClock()
        self.meter = Meter()
        self._outbound = HttpTransport()
        self.exchange = Exchange(
            clock=clock,
            transport=MeasuredTransport(self._outbound, self.meter, self.changed),
            account_sid=setup.account_sid,
            auth_token=setup.auth_token,
            rng=SystemRandom(),
            calls_per_second=setup.calls_per_second,
            messages_per_second=setup.messages_per_second,
            dialect=setup.dialect,
            signing_key=setup.signing_key,
        )
        self._rest_root = setup.dialect.root + REST_PREFIX
        _connect_line(self.exchange, setup)
        self.desk = Desk(self.exchange, setup.directory, self.meter)
        ticker = Ticker(self.meter, lambda: self.exchange.complaints)
        self._fanout = Fanout(lambda: snapshot(self.desk, ticker))
        self._pump = Pump(self.exchange, clock, self._fanout.mark)
        self._rest = _measured(rest_app(self.exchange), self.meter, self.changed)
        self._panel = panel(self.desk, ticker, self._fanout, self.changed, setup.allowed_hosts)
        self.exchange.on_new_event(self._pump.nudge)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        app = self._rest if environ.get("PATH_INFO", "").startswith(self._rest_root) else self._panel
        return app(environ, start_response)

    def changed(self) -> None:
        """Something moved: look for due events and tell the watchers."""
        self._pump.nudge()
        self._fanout.mark()

    def start(self) -> None:
        """Begin. Must happen in the process that serves, after any fork."""
        self._fanout.start()
        self._pump.start()

    def end_streams(self) -> None:
        """Let every live stream end, so that a stopping server need not wait for its watchers."""
        self._fanout.end_streams()

    def close(self) -> None:
        """Stop every thread. Calls that were under way are simply gone."""
        self._pump.stop()
        self._fanout.stop()
        self._outbound.close()


def create_app(setup: Setup) -> Process:
    """A started exchange; the caller closes it."""
    process = Process(setup)
    process.start()
    return process


def serve(bind: str, setup: Setup, *, threads: int = THREADS, on_ready: Callable[[str], None] | None = None) -> None:
    """Run until told to stop (SIGTERM, SIGINT), in one worker process. ``on_ready`` is told the page's address."""
    _Gunicorn(bind, setup, threads, on_ready).run()


def _connect_line(exchange: Exchange, setup: Setup) -> None:
    line = setup.directory.line
    urls = line.urls_at(setup.application)
    for number in (line.number, *line.others):
        exchange.number(
            number,
            voice_url=urls["voice_url"] or "",
            sms_url=urls["sms_url"] or "",
            voice_fallback_url=urls["voice_fallback_url"],
            voice_status_url=urls["voice_status_url"],
            sms_fallback_url=urls["sms_fallback_url"],
        )


def _measured(app: WSGIApplication, meter: Meter, changed: Callable[[], None]) -> WSGIApplication:
    def measured(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = time.monotonic()
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        seen: list[int] = []

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            seen.append(int(status[:3]))
            return start_response(status, headers, *rest)

        try:
            return app(environ, start)
        except ReplyLost:
            return _hang_up_on(environ, start_response)
        finally:
            form = dict(parse_qsl(body.decode("utf-8", "replace")))
            meter.requested(environ["REQUEST_METHOD"], environ["PATH_INFO"], form, seen[-1] if seen else 0, began)
            changed()

    return measured


def _hang_up_on(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Break the connection, so that the client cannot tell whether its request was carried out."""
    connection = environ.get("gunicorn.socket") or environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    start_response("504 Gateway Timeout", [("Content-Length", "0"), ("Connection", "close")])
    return []


class _Worker(ThreadWorker):  # type: ignore[misc]
    """Ends the live streams before gunicorn waits for its requests."""

    wsgi: Process

    def handle_exit(self, sig: int, frame: Any) -> None:
        self.wsgi.end_streams()
        super().handle_exit(sig, frame)

    def handle_quit(self, sig: int, frame: Any) -> None:
        self.wsgi.end_streams()
        super().handle_quit(sig, frame)


class _Gunicorn(BaseApplication):  # type: ignore[misc]
    def __init__(self, bind: str, setup: Setup, threads: int, on_ready: Callable[[str], None] | None) -> None:
        self._bind = bind
        self._setup = setup
        self._threads = threads
        self._on_ready = on_ready
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": self._bind,
            "workers": 1,
            "threads": self._threads,
            "worker_class": _Worker,
            "graceful_timeout": STOP_SECONDS,
            "keepalive": 15,
            "loglevel": "warning",
            "control_socket_disable": True,
            "when_ready": self._say_ready,
            "worker_exit": _close_worker,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Process:
        return create_app(self._setup)

    def _say_ready(self, server: Any) -> None:
        if self._on_ready is not None:
            host, port = server.LISTENERS[0].getsockname()[:2]
            self._on_ready(f"http://{_in_url(host)}:{port}/")


def _close_worker(_server: Any, worker: Any) -> None:
    process = getattr(worker, "wsgi", None)
    if isinstance(process, Process):
        process.close()


def _in_url(host: str) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    return f"[{shown}]" if ":" in shown else shown


def is_loopback(bind: str) -> bool:
    """Whether only this machine can reach an address such as ``127.0.0.1:8040``."""
    host = urlsplit(f"//{bind}").hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
