"""A stage for the exchange: a clock that stands still, an application made of answers, and Twilio's own client."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from exchange import (
    Exchange,
    HttpRequest,
    Phone,
    ReplyLost,
    Transport,
    WsgiTransport,
    call_wsgi,
    rest_app,
)

LINE = "+12125550100"
OTHER_LINE = "+12125550101"
SAM = "+12125550142"
ANA = "+12125550143"
BO = "+12125550144"
LEE = "+12125550145"
ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "f" * 32
SITE = "https://line.example"


class StillClock:
    """A clock that moves when told to."""

    def __init__(self, at: datetime = datetime(2026, 3, 8, 4, 30, tzinfo=UTC)) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass
class Asked:
    """A request the application received."""

    path: str
    form: dict[str, str]
    headers: dict[str, str]
    url: str
    method: str
    at: datetime


Answer = str | tuple[int, dict[str, str], str] | Callable[[dict[str, str]], Any]


@dataclass
class Application:
    """Answers by path. Anything not listed is answered with an empty 204."""

    clock: StillClock
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        raw = environ["wsgi.input"].read(length).decode()
        pairs = parse_qsl(raw or environ["QUERY_STRING"], keep_blank_values=True)
        form = dict(pairs)
        url = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ['RAW_URI']}"
        headers = {key[5:]: value for key, value in environ.items() if key.startswith("HTTP_")}
        path = environ["PATH_INFO"]
        self.asked.append(Asked(path, form, headers, url, environ["REQUEST_METHOD"], self.clock.now()))
        answer: Any = self.answers.get(path, (204, {}, ""))
        if callable(answer):
            answer = answer(form)
        if isinstance(answer, str):
            answer = (200, {"Content-Type": "text/xml"}, answer)
        status, extra, body = answer
        start_response(f"{status} X", list(extra.items()))
        return [body.encode()]

    def asked_at(self, path: str) -> list[dict[str, str]]:
        """The forms received at a path, in order."""
        return [asked.form for asked in self.asked if asked.path == path]


class InProcessHttp(TwilioHttpClient):
    """Twilio's client, speaking to the WSGI application of the exchange."""

    def __init__(self, app: Any) -> None:
        super().__init__(timeout=10)
        self.app = app

    def request(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: Any = None,
        allow_redirects: bool = False,
    ) -> Response:
        del timeout, allow_redirects
        prepared = requests.Request(method, url, params=params, data=data, headers=headers, auth=auth).prepare()
        body = prepared.body or ""
        text = body.decode() if isinstance(body, bytes) else body
        request = HttpRequest(
            method, str(prepared.url), dict(prepared.headers), tuple(parse_qsl(text, keep_blank_values=True))
        )
        try:
            reply = call_wsgi(self.app, request)
        except ReplyLost as lost:
            raise requests.Timeout(str(lost)) from lost
        return Response(reply.status, reply.body.decode(), reply.headers)


class Stage:
    """An exchange with a line, a few phones and an application behind it."""

    def __init__(self, seed: int = 1, transport: Transport | None = None, **options: Any) -> None:
        self.clock = StillClock()
        self.app = Application(self.clock)
        self.up = True
        self.exchange = Exchange(
            clock=self.clock,
            transport=transport or WsgiTransport(lambda: self.app if self.up else None),
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            rng=Random(seed),
            **options,
        )
        self.exchange.number(
            LINE,
            voice_url=f"{SITE}/voice",
            voice_fallback_url=f"{SITE}/voice-fallback",
            voice_status_url=f"{SITE}/voice-status",
            sms_url=f"{SITE}/text",
            sms_fallback_url=f"{SITE}/text-fallback",
        )
        self.sam = self.exchange.phone(SAM, name="Sam")
        self.ana = self.exchange.phone(ANA, name="Ana")
        self.bo = self.exchange.phone(BO, name="Bo")
        self.lee = self.exchange.phone(LEE, name="Lee")
        self.rest = rest_app(self.exchange)
        self.twilio = Client(ACCOUNT, TOKEN, http_client=InProcessHttp(self.rest))

    def answers(self, **documents: Answer) -> None:
        """What the application says at ``/name``: TwiML without its Response, or a whole reply."""
        for name, answer in documents.items():
            path = "/" + name.replace("_", "-")
            self.app.answers[path] = twiml(answer) if isinstance(answer, str) else answer

    def passes(self, seconds: float = 0.0) -> None:
        """Let so much time pass, each event at its own moment."""
        until = self.clock.at + timedelta(seconds=seconds)
        self.exchange.run_due()
        while (due := self.exchange.next_due()) is not None and due <= until:
            self.clock.at = max(due, self.clock.at)
            self.exchange.run_due()
        self.clock.at = until
        self.exchange.run_due()

    def dials(self, phone: Phone | None = None) -> Phone:
        """A phone calls the line."""
        phone = phone or self.sam
        phone.dial(LINE)
        self.passes()
        return phone

    def rings(self, to: str = ANA, document: str = "/ring", **parameters: Any) -> Any:
        """The application calls a phone; it rings when this returns, unless it cannot."""
        call = self.twilio.calls.create(to=to, from_=LINE, url=f"{SITE}{document}", **parameters)
        self.passes(2)
        return call

    def heard(self, phone: Phone | None = None) -> list[str]:
        """What was spoken to a phone."""
        return [heard.text for heard in (phone or self.sam).heard]

    def statuses(self, path: str, key: str = "CallStatus") -> list[str]:
        """The statuses told at a path, in the order told."""
        return [form[key] for form in self.app.asked_at(path)]


def twiml(inside: str) -> str:
    """A document around its verbs."""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>'


def with_query(url: str, form: dict[str, str]) -> str:
    """A URL with parameters added."""
    return url + ("&" if urlsplit(url).query else "?") + urlencode(form)
