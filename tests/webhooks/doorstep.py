"""What stands before the carrier's door: requests of every make, what they changed, and what was written of them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from flask import Flask
from sqlalchemy import Engine, text
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.test import EnvironBuilder, run_wsgi_app

from entrypoints.drill.world import SID, TOKEN, URL, World
from entrypoints.people import recruits
from helpline.tables import Table

LINE = "+12125550100"
CALLER = "+16465550141"
PEER = "+12125550121"
FORM = "application/x-www-form-urlencoded"
Fields = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Reply:
    """What the door answered."""

    status: int
    body: str


class Doorstep:
    """Knocks at the door of a world as the carrier does, or as nobody should."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def post(self, target: str, form: Fields, *, token: str = TOKEN, signed_for: str | None = None) -> Reply:
        """A request as the carrier makes it: signed over the address and the fields."""
        fields = list(form)
        signature = sign(target if signed_for is None else signed_for, fields, token)
        return self.knock(target, urlencode(fields).encode(), {"X-Twilio-Signature": signature})

    def knock(
        self,
        target: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "POST",
        kind: str = FORM,
        chunked: bool = False,
        raw: str | None = None,
    ) -> Reply:
        """Any request at all, its target passed on raw, as gunicorn does."""
        parts = urlsplit(target)
        environ = EnvironBuilder(method=method, base_url=URL, headers=dict(headers or {})).get_environ()
        environ |= {
            "PATH_INFO": unquote(parts.path, "latin-1"),
            "QUERY_STRING": parts.query,
            "RAW_URI": raw or target,
            "REQUEST_URI": raw or target,
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        if chunked:
            environ |= {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
        chunks, status, _ = run_wsgi_app(self.app, environ, buffered=True)
        return Reply(int(status.split(" ", 1)[0]), b"".join(chunks).decode())


def sign(target: str, fields: Fields, token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(URL + target, MultiDict(list(fields))))


def call(**more: str) -> list[tuple[str, str]]:
    """The fields of somebody's call."""
    usual = {
        "AccountSid": SID,
        "ApiVersion": "2010-04-01",
        "CallSid": "CA" + "1" * 32,
        "CallStatus": "ringing",
        "Direction": "inbound",
        "From": CALLER,
        "To": LINE,
    }
    return list({**usual, **more}.items())


def message(words: str = "is anyone there", **more: str) -> list[tuple[str, str]]:
    """The fields of somebody's text."""
    usual = {
        "AccountSid": SID,
        "MessageSid": "SM" + "1" * 32,
        "NumMedia": "0",
        "Body": words,
        "From": CALLER,
        "To": LINE,
    }
    return list({**usual, **more}.items())


def enlist(world: World) -> None:
    """Ana is on shift, Lee on call."""
    rows = [
        {"name": "Ana", "role": "peer", "languages": "en", "on shift": "yes", "number": PEER},
        {"name": "Lee", "role": "clinician", "languages": "en", "on call": "1", "number": "+12125550122"},
    ]
    world.enlist(recruits(rows, "these people"))


def contents(engine: Engine) -> dict[str, tuple[int, str]]:
    """For every table how many rows it has, and a checksum of all of them."""
    each = " UNION ALL ".join(
        f"SELECT '{table.name}', count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) "  # noqa: S608
        f'FROM "{table.name}" t'
        for table in Table.metadata.sorted_tables
    )
    with engine.connect() as connection:
        return {name: (count, checksum) for name, count, checksum in connection.execute(text(each))}


class Notebook(logging.Handler):
    """Every line of log: our own, and whatever any library would have written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.out = io.StringIO()
        self.strangers: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.strangers.append(f"{record.name}: {record.getMessage()} {record.exc_info or ''}")

    @property
    def text(self) -> str:
        return self.out.getvalue() + "\n".join(self.strangers)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.getvalue().splitlines()]

    def clear(self) -> None:
        self.out.seek(0)
        self.out.truncate()
        self.strangers.clear()
