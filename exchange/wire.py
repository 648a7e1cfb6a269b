"""The line between the exchange and an application's webhooks: what is sent, what comes back, who carries it."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote, urlencode, urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Form = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request to a webhook. ``url`` carries its query and no fragment; ``form`` is empty for GET."""

    method: str
    url: str
    headers: dict[str, str]
    form: Form

    def body(self) -> bytes:
        """The form as it goes over the wire."""
        return urlencode(self.form).encode("ascii")


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What came back. Status 0: nothing came, and ``error`` says why: ``connect``, ``timeout`` or ``broken``."""

    status: int
    headers: dict[str, str]
    body: bytes
    error: str | None = None

    def header(self, name: str) -> str:
        """A header by its name in any case; empty if absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), "")


class Transport(Protocol):
    """Carries a request. Calls ``on_reply`` exactly once, in this thread or another, at once or later."""

    def send(self, request: HttpRequest, on_reply: Callable[[HttpReply], None], timeout: float) -> None: ...


class WsgiTransport:
    """Calls a WSGI application in this process and answers before ``send`` returns.

    The application is looked up at each request; ``None`` stands for a server that is down.
    """

    def __init__(self, app: Callable[[], WSGIApplication | None]) -> None:
        self._app = app

    def send(self, request: HttpRequest, on_reply: Callable[[HttpReply], None], timeout: float) -> None:
        """Run the request through the application. ``timeout`` cannot pass: no time does."""
        del timeout
        app = self._app()
        if app is None:
            on_reply(HttpReply(0, {}, b"", error="connect"))
        else:
            on_reply(call_wsgi(app, request))


def call_wsgi(app: WSGIApplication, request: HttpRequest) -> HttpReply:
    """One request through a WSGI application, the reply collected. An exception of the application passes."""
    started: list[tuple[int, dict[str, str]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], object]:
        started.append((int(status.split(" ", 1)[0]), dict(headers)))
        return lambda _chunk: None

    chunks: Iterable[bytes] = app(_environ(request), start_response)
    try:
        body = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    status, headers = started[-1]
    return HttpReply(status, headers, body)


def _environ(request: HttpRequest) -> dict[str, Any]:
    parts = urlsplit(request.url)
    body = request.body() if request.method != "GET" else b""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path or "/", "latin-1"),
        "RAW_URI": (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "localhost",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": parts.netloc.rpartition("@")[2],
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    environ["REQUEST_URI"] = environ["RAW_URI"]
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return environ
