"""The WSGI application: who asks, what for, and what it is answered."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from exchange.calls import API_VERSION
from exchange.faults import ReplyLost
from exchange.network import Exchange
from exchange.records import RestRecord
from exchange.rest import account, calls, conferences, messages, queues
from exchange.rest.errors import RestError, not_found, unauthorized
from exchange.rest.request import Request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Handler = Callable[..., Any]
_REASONS = {
    200: "OK",
    201: "Created",
    204: "No Content",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_SID = r"([^/]+)"
_ROUTES: list[tuple[str, re.Pattern[str], int, Handler]] = [
    ("POST", re.compile("Calls"), 201, calls.create),
    ("GET", re.compile("Calls"), 200, calls.listing),
    ("GET", re.compile(f"Calls/{_SID}"), 200, calls.fetch),
    ("POST", re.compile(f"Calls/{_SID}"), 200, calls.update),
    ("POST", re.compile("Messages"), 201, messages.create),
    ("GET", re.compile("Messages"), 200, messages.listing),
    ("GET", re.compile(f"Messages/{_SID}"), 200, messages.fetch),
    ("GET", re.compile("Conferences"), 200, conferences.listing),
    ("GET", re.compile(f"Conferences/{_SID}"), 200, conferences.fetch),
    ("POST", re.compile(f"Conferences/{_SID}"), 200, conferences.update),
    ("GET", re.compile(f"Conferences/{_SID}/Participants"), 200, conferences.participants),
    ("POST", re.compile(f"Conferences/{_SID}/Participants"), 201, conferences.add),
    ("GET", re.compile(f"Conferences/{_SID}/Participants/{_SID}"), 200, conferences.participant),
    ("POST", re.compile(f"Conferences/{_SID}/Participants/{_SID}"), 200, conferences.change),
    ("DELETE", re.compile(f"Conferences/{_SID}/Participants/{_SID}"), 204, conferences.remove),
    ("GET", re.compile("Queues"), 200, queues.listing),
    ("GET", re.compile(f"Queues/{_SID}"), 200, queues.fetch),
    ("GET", re.compile(f"Queues/{_SID}/Members"), 200, queues.members),
    ("GET", re.compile(f"Queues/{_SID}/Members/{_SID}"), 200, queues.member),
    ("POST", re.compile(f"Queues/{_SID}/Members/{_SID}"), 200, queues.take_out),
    ("GET", re.compile("IncomingPhoneNumbers"), 200, account.numbers),
    ("GET", re.compile(f"IncomingPhoneNumbers/{_SID}"), 200, account.number),
    ("POST", re.compile(f"IncomingPhoneNumbers/{_SID}"), 200, account.change_number),
    ("GET", re.compile("Balance"), 200, account.balance),
    ("GET", re.compile(""), 200, account.account),
]


def rest_app(exchange: Exchange) -> WSGIApplication:
    """The REST side of an exchange.

    Raises ReplyLost out of the call when the fault ``lose_create_replies`` is on: the request has been carried
    out, and whoever drives the application must let the client see a timeout.
    """

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with exchange.lock:
            status, body = _answer(exchange, environ)
        payload = b"" if body is None else json.dumps(body).encode()
        headers = [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", str(len(payload)))]
        if status == 401:
            headers.append(("WWW-Authenticate", 'Basic realm="Twilio API"'))
        start_response(f"{status} {_REASONS.get(status, 'Error')}", headers)
        return [payload]

    return app


def _answer(exchange: Exchange, environ: WSGIEnvironment) -> tuple[int, dict[str, object] | None]:
    method = environ["REQUEST_METHOD"]
    path = environ.get("PATH_INFO", "")
    code: int | None = None
    body: dict[str, object] | None
    try:
        _authenticate(exchange, environ)
        status, body = _route(exchange, _request(exchange, environ, method, path))
    except RestError as error:
        status, body, code = error.status, error.body(), error.code
    exchange.rest_log.append(RestRecord(exchange.agenda.now(), method, path, status, code))
    if status == 201 and exchange.faults.lose_create_replies:
        raise ReplyLost(f"{method} {path}")
    return status, body


def _route(exchange: Exchange, request: Request) -> tuple[int, dict[str, object] | None]:
    known = False
    for method, pattern, status, handler in _ROUTES:
        match = pattern.fullmatch(request.path)
        if match is None:
            continue
        known = True
        if method == request.method:
            return status, handler(exchange, request, *(unquote(group) for group in match.groups()))
    if known:
        raise RestError(405, 20004, "Method not allowed")
    raise not_found(f"/{request.path}")


def _request(exchange: Exchange, environ: WSGIEnvironment, method: str, path: str) -> Request:
    root = f"{exchange.dialect.root}/{API_VERSION}/Accounts/{exchange.account_sid}"
    tail = path.removesuffix(".json")
    if tail != root and not tail.startswith(f"{root}/"):
        raise not_found(path)
    length = int(environ.get("CONTENT_LENGTH") or 0)
    raw = environ["wsgi.input"].read(length).decode("utf-8") if length else ""
    return Request(
        method,
        tail.removeprefix(root).strip("/"),
        parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True),
        parse_qsl(raw, keep_blank_values=True),
        exchange.dialect.days_only,
    )


def _authenticate(exchange: Exchange, environ: WSGIEnvironment) -> None:
    scheme, _, given = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    try:
        user, _, secret = base64.b64decode(given).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise unauthorized() from None
    right = hmac.compare_digest(secret.encode(), exchange.auth_token.encode())
    if scheme.lower() != "basic" or user != exchange.account_sid or not right:
        raise unauthorized()
