"""Fetches a TwiML document, from the fallback URL if need be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exchange.courier import MAX_BODY, Courier
from exchange.records import Kind
from exchange.twiml import XML_TYPES, Purpose, TwimlError, Verb, parse
from exchange.wire import Form, HttpReply


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document is asked for."""

    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of it: verbs and the URL they came from, or the code of the error."""

    verbs: tuple[Verb, ...]
    source: Source
    error: int = 0


def fetch(
    courier: Courier,
    source: Source,
    form: Form,
    purpose: Purpose,
    then: Callable[[Fetched], None],
    fallback: Source | None = None,
) -> None:
    """Ask for a document. On any failure ask the fallback once, with ErrorCode and ErrorUrl."""

    def arrived(reply: HttpReply) -> None:
        verbs, error = _judge(reply, source, purpose, courier)
        if error and fallback is not None and fallback.url:
            blame = (("ErrorCode", str(error)), ("ErrorUrl", source.url))
            fetch(courier, fallback, (*form, *blame), purpose, then)
        else:
            then(Fetched(verbs, source, error))

    kind: Kind = "message" if purpose is Purpose.MESSAGE else "twiml"
    courier.ask(source.url, source.method, form, kind, arrived)


def _judge(reply: HttpReply, source: Source, purpose: Purpose, courier: Courier) -> tuple[tuple[Verb, ...], int]:
    error = _delivery_error(reply)
    if error or (purpose is Purpose.MESSAGE and not reply.body.strip()):
        return (), error
    content_type = reply.header("Content-Type").partition(";")[0].strip().lower()
    if content_type not in XML_TYPES:
        courier.complain(f"12300 content type {content_type or 'missing'}: {source.url}")
        return (), 12300
    try:
        return parse(reply.body, purpose, courier.complain), 0
    except TwimlError as fault:
        courier.complain(f"{fault}: {source.url}")
        return (), fault.code


def _delivery_error(reply: HttpReply) -> int:
    if reply.status == 0 and reply.error == "connect":
        return 11205
    if not 200 <= reply.status < 300:
        return 11200
    return 11750 if len(reply.body) > MAX_BODY else 0
