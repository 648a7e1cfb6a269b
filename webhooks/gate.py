"""The gate of every webhook: verified, bounded, deduplicated, handled in one transaction, and answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from flask import Request, Response
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from carrier import dialect, twiml
from carrier.dialect import Trusted
from carrier.port import in_webhook
from escalation.risk import Lexicon
from helpline import inbox, vital_signs
from helpline.database import Database, Work
from helpline.log import logger
from helpline.nouns import CarrierName

LARGEST = 64 * 1024
MOST_FIELDS = 500
LONGEST_ID = 80
TRIES = 3
AWAY_TRIES, AWAY_PAUSE = 16, 0.25
"""A database that is being started again is waited for: four seconds of silence are better than a call that ends."""
GONE = ("08", "57P")
SILENCE = twiml.silence()
LOST_A_RACE = frozenset({"23505", "23P01", "40001", "40P01"})
log = logger(__name__)


class TurnedAway(Exception):
    """The request is not to be handled; `status` is what the carrier is told."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@dataclass(frozen=True)
class Form:
    """What a carrier signed: the fields of a request, and the step in the address we gave for it."""

    fields: Sequence[tuple[str, str]]
    step: int = 0
    carrier: CarrierName = CarrierName.TWILIO

    def get(self, name: str) -> str:
        return next((value for field, value in self.fields if field == name), "")

    def need(self, name: str) -> str:
        value = self.get(name)
        if not value:
            raise TurnedAway(400, f"no {name}")
        return value


class Handler(Protocol):
    def __call__(self, work: Work, form: Form) -> str: ...


@dataclass(frozen=True)
class Door:
    """What the door needs to know: where it is, whom it trusts, and the words of danger."""

    database: Database
    public_url: str
    account: str
    tokens: Sequence[str]
    lexicon: Lexicon
    pause: Callable[[float], None] = time.sleep
    second: Trusted | None = None

    @property
    def trusted(self) -> Sequence[Trusted]:
        """The accounts whose requests are taken."""
        first = Trusted(dialect.TWILIO, self.account, tuple(self.tokens))
        return [first] if self.second is None else [first, self.second]


def pass_gate(door: Door, request: Request, handler: Handler, *, key: Callable[[Form], str] | None = None) -> Response:
    """Run `handler` for a request that deserves it. 403, 400 or 404 otherwise, with one line of log."""
    marker = in_webhook.set(True)
    try:
        form, whose = _verified(door, request)
        reply = _once(door, request, form, handler, key)
        return Response(whose.dialect.spoken(reply, door.public_url), mimetype="text/xml")
    except TurnedAway as turned:
        log.warning("webhook.turned_away", status=turned.status, reason=turned.reason, webhook=_shape(request))
        return Response("", status=turned.status)
    except inbox.Replayed:
        log.warning("webhook.turned_away", status=403, reason="replayed", webhook=_shape(request))
        return Response("", status=403)
    except Exception as fault:  # noqa: BLE001 - the carrier is told 500 and turns to the fallback
        log.error("webhook.failed", fault=fault, webhook=_shape(request))
        _count_failure(door, fault)
        return Response("", status=500)
    finally:
        in_webhook.reset(marker)


def _count_failure(door: Door, fault: Exception) -> None:
    """Let the auditor know. A database that is away is not waited for again: the carrier waits for us."""
    if isinstance(fault, DBAPIError) and _is_away(fault):
        return
    try:
        with door.database.work() as work:
            vital_signs.webhook_failed(work)
    except SQLAlchemyError as second:
        log.warning("webhook.uncounted", fault=second)


def wrong_address(problem: Exception) -> Response:
    """The answer to a request for an address or with a method that the door does not have."""
    status = getattr(problem, "code", None) or 500
    log.warning("webhook.turned_away", status=status, reason="no such address or method")
    return Response("", status=status)


def identity(text: str) -> UUID:
    """The id in an address; TurnedAway with 404 if it is none."""
    try:
        return UUID(text)
    except ValueError:
        raise TurnedAway(404, "no such address") from None


def _once(door: Door, request: Request, form: Form, handler: Handler, key: Callable[[Form], str] | None) -> str:
    signed = [("key", key(form))] if key else form.fields
    path = request.path if key else _target(request)
    fingerprint = inbox.key_of(path, signed)
    races, away = 0, 0
    while True:
        try:
            return _in_one_transaction(door, fingerprint, form, handler)
        except DBAPIError as fault:
            if _is_away(fault) and away < AWAY_TRIES:
                away += 1
                door.pause(AWAY_PAUSE)
            elif getattr(fault.orig, "sqlstate", None) in LOST_A_RACE and races < TRIES - 1:
                races += 1
            else:
                raise


def _is_away(fault: DBAPIError) -> bool:
    """Whether the database went away, or is starting: what was begun is undone, and a second try finds it undone."""
    state = getattr(fault.orig, "sqlstate", None)
    return isinstance(fault, OperationalError) and (state is None or state.startswith(GONE))


def _in_one_transaction(door: Door, fingerprint: bytes, form: Form, handler: Handler) -> str:
    """Handle the request, all or nothing. Where another was first, the next try sees what it did."""
    with door.database.work() as work:
        earlier = inbox.claim(work, fingerprint, SILENCE)
        if not isinstance(earlier, inbox.First):
            return earlier
        reply = handler(work, form)
        if reply != SILENCE:
            inbox.keep_reply(work, fingerprint, reply)
        return reply


def _verified(door: Door, request: Request) -> tuple[Form, Trusted]:
    if request.content_length is None or request.content_length > LARGEST:
        raise TurnedAway(400, "too large, or of unknown length")
    if request.mimetype != "application/x-www-form-urlencoded":
        raise TurnedAway(400, "not a form")
    form = Form([(name, value) for name, values in request.form.lists() for value in values], _step(request))
    if len(form.fields) > MOST_FIELDS:
        raise TurnedAway(400, "too many fields")
    whose = _signer(door, request)
    if form.need("AccountSid") != whose.account:
        raise TurnedAway(403, "another account")
    if any(_is_malformed(name, value) for name, value in form.fields):
        raise TurnedAway(400, "malformed")
    return replace(form, carrier=whose.dialect.carrier), whose


def _signer(door: Door, request: Request) -> Trusted:
    """The account whose signature it bears: the key alone tells, not what the request says of itself."""
    signatures = {name: request.headers.get(name, "") for one in door.trusted for name in one.dialect.headers}
    if not any(signatures.values()):
        raise TurnedAway(403, "unsigned")
    url = door.public_url + _target(request)
    for one in door.trusted:
        if one.has_signed(url, request.form, signatures):
            return one
    raise TurnedAway(403, "badly signed")


def _is_malformed(name: str, value: str) -> bool:
    return "\x00" in name + value or (name.endswith("Sid") and len(value) > LONGEST_ID)


def _step(request: Request) -> int:
    try:
        step = request.args.get("step", "0")
    except UnicodeDecodeError:
        raise TurnedAway(400, "malformed") from None
    if not step.isdecimal() or len(step) > 15:
        raise TurnedAway(400, "malformed")
    return int(step)


def _target(request: Request) -> str:
    """Path and query exactly as they were sent: the signature is over these bytes, not over a rebuilt address."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if raw and not raw.startswith("/"):
        raise TurnedAway(400, "malformed")
    if raw:
        return str(raw)
    query = request.query_string.decode("latin-1")
    return f"{request.path}?{query}" if query else request.path


def _shape(request: Request) -> str:
    """The route, without the ids in it."""
    return str(request.url_rule or "unknown")
