"""What we ask of a telephone network, and what it may answer; Twilio's client stands behind it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

CONNECT_TIMEOUT = 3.0
TIMEOUT = 8.0
CALL_OVER = 21220
in_webhook: ContextVar[bool] = ContextVar("in_webhook", default=False)
"""True while a webhook waits for its reply: no request is made then."""


class AskedInWebhook(Exception):
    """A webhook would have made a request to the carrier while somebody waited for its reply."""


class Refused(Exception):
    """The carrier did not do it and never will; `code` is the carrier's own."""

    def __init__(self, code: int, status: int) -> None:
        super().__init__(f"the carrier refused with code {code}")
        self.code, self.status = code, status


class Busy(Exception):
    """The carrier did not take the request; it may be sent again."""


class Unreachable(Busy):
    """Not even a connection was made."""


class Unclear(Exception):
    """Nobody knows whether the carrier did it: ask, never resend."""


@dataclass(frozen=True)
class CallSeen:
    """A call as the carrier reports it; `status` is one of Twilio's words."""

    sid: str
    status: str


@dataclass(frozen=True)
class NewCall:
    to: str
    sender: str
    url: str
    status_url: str
    fallback_url: str
    ring_seconds: int


class Carrier(Protocol):
    """All the requests this system makes. Each may raise Refused, Busy or Unclear."""

    def ring(self, call: NewCall) -> str: ...
    def hang_up(self, sid: str) -> None: ...
    def redirect(self, sid: str, url: str) -> None: ...
    def text(self, to: str, sender: str, body: str, status_url: str) -> str: ...
    def call(self, sid: str) -> CallSeen: ...
    def find_call(self, to: str, since: datetime) -> CallSeen | None: ...
    def find_text(self, to: str, body: str, since: datetime) -> str | None: ...
    def conference(self, name: str) -> Sequence[str]: ...
    def answers(self) -> None: ...


class Twilio:
    """The network behind Twilio's REST protocol. Every request has a timeout and is made once."""

    def __init__(self, account: str, token: str, http: HttpClient) -> None:
        self._client: Any = Client(account, token, http_client=http)
        self._account = account

    def ring(self, call: NewCall) -> str:
        with translated():
            made = self._client.calls.create(
                to=call.to,
                from_=call.sender,
                url=call.url,
                fallback_url=call.fallback_url,
                status_callback=call.status_url,
                status_callback_event=["ringing", "completed"],
                timeout=call.ring_seconds,
            )
        return _sid_of(made)

    def hang_up(self, sid: str) -> None:
        with translated():
            self._client.calls(sid).update(status="completed")

    def redirect(self, sid: str, url: str) -> None:
        with translated():
            self._client.calls(sid).update(url=url, method="POST")

    def text(self, to: str, sender: str, body: str, status_url: str) -> str:
        with translated():
            made = self._client.messages.create(to=to, from_=sender, body=body, status_callback=status_url)
        return _sid_of(made)

    def call(self, sid: str) -> CallSeen:
        with translated():
            seen = self._client.calls(sid).fetch()
        return CallSeen(str(seen.sid), str(seen.status))

    def find_call(self, to: str, since: datetime) -> CallSeen | None:
        with translated():
            made = self._client.calls.list(to=to, start_time_after=since, limit=5)
        outbound = [one for one in made if str(one.direction).startswith("outbound")]
        return CallSeen(str(outbound[0].sid), str(outbound[0].status)) if outbound else None

    def find_text(self, to: str, body: str, since: datetime) -> str | None:
        with translated():
            made = self._client.messages.list(to=to, date_sent_after=since, limit=20)
        return next((str(one.sid) for one in made if one.body == body), None)

    def conference(self, name: str) -> Sequence[str]:
        with translated():
            rooms = self._client.conferences.list(friendly_name=name, limit=5)
            live = next((room for room in rooms if str(room.status) != "completed"), None)
            if live is None:
                return ()
            return [str(one.call_sid) for one in self._client.conferences(live.sid).participants.list(limit=20)]

    def answers(self) -> None:
        """Ask for the account: whoever gets a reply knows that the carrier is there, and nothing has been done."""
        with translated():
            self._client.api.v2010.accounts(self._account).fetch()


class translated:
    """Turn what the library raises into what this port promises."""

    def __enter__(self) -> None:
        if in_webhook.get():
            raise AskedInWebhook

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        if isinstance(fault, TwilioRestException):
            _raise_refusal(int(fault.status), int(fault.code or 0))
        if isinstance(fault, TwilioServiceException):
            _raise_refusal(int(getattr(fault, "status", 500) or 500), int(getattr(fault, "code", 0) or 0))
        if isinstance(fault, requests.ConnectionError) and _never_connected(fault):
            raise Unreachable("no connection") from None
        if isinstance(fault, (requests.RequestException, TwilioException)):
            raise Unclear(type(fault).__name__) from None


def _never_connected(fault: requests.ConnectionError) -> bool:
    """Whether not even a connection was made, so that nothing can have been sent."""
    cause = fault.args[0] if fault.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(fault, requests.ConnectTimeout) or isinstance(reason, (NewConnectionError, ConnectTimeoutError))


def _sid_of(made: Any) -> str:
    if not made.sid:
        raise Unclear("the reply gives no id")
    return str(made.sid)


def _is_an_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _raise_refusal(status: int, code: int) -> None:
    if status == 429:
        raise Busy("too many requests") from None
    if status >= 500:
        raise Unclear(f"status {status}") from None
    raise Refused(code, status) from None


class PooledHttp(HttpClient):  # type: ignore[misc]
    """Twilio's requests over kept connections, a timeout on each, never a retry.

    They go to `base` if one is given, under its path if it has one.
    """

    def __init__(self, base: str | None = None, connections: int = 16) -> None:
        self._base = urlsplit(base) if base else None
        self._session = requests.Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=4, pool_maxsize=connections, max_retries=0))

    def request(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        reply = self._session.request(
            method,
            self._elsewhere(url),
            params=params,
            data=data,
            headers=headers,
            auth=auth,
            timeout=(CONNECT_TIMEOUT, timeout or TIMEOUT),
            allow_redirects=allow_redirects,
        )
        if reply.status_code < 400 and not _is_an_object(reply.text):
            raise Unclear("the reply is not the carrier's")
        return Response(int(reply.status_code), reply.text, reply.headers)

    def _elsewhere(self, url: str) -> str:
        if self._base is None:
            return url
        asked, under = urlsplit(url), self._base.path.rstrip("/")
        path = asked.path if asked.path.startswith(f"{under}/") else under + asked.path
        return urlunsplit(asked._replace(scheme=self._base.scheme, netloc=self._base.netloc, path=path))
