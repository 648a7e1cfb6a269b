"""A dress rehearsal: before a process serves anybody it plays one call, in a transaction that is taken back.

Whoever calls first after a start then finds every statement compiled. Nothing is committed and no request leaves. It
is left out while anybody is on the line, since it holds what it has locked for its whole second.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select

from carrier.dispatch import Dispatcher, Pace
from carrier.port import CallSeen, NewCall
from entrypoints.outcomes import AFTER
from entrypoints.tick import Ticker
from helpline import inbox
from helpline.database import Database
from helpline.log import logger
from helpline.nouns import CONTACT_OVER
from helpline.tables import Contact, Leg
from routing import match
from routing.choose import Offer
from webhooks import voice
from webhooks.gate import SILENCE, Form, Handler

ONE_AT_A_TIME = 7420112
CALLER = "+12125550199"
log = logger(__name__)


class NoCarrier:
    """Takes every request and does nothing."""

    def ring(self, call: NewCall) -> str:
        del call
        return f"CA{uuid4().hex}"

    def hang_up(self, sid: str) -> None:
        del sid

    def redirect(self, sid: str, url: str) -> None:
        del sid, url

    def text(self, to: str, sender: str, body: str, status_url: str) -> str:
        del to, sender, body, status_url
        return f"SM{uuid4().hex}"

    def call(self, sid: str) -> CallSeen:
        return CallSeen(sid, "in-progress")

    def find_call(self, to: str, since: datetime) -> CallSeen | None:
        del to, since
        return None

    def find_text(self, to: str, body: str, since: datetime) -> str | None:
        del to, body, since
        return None

    def conference(self, name: str) -> Sequence[str]:
        del name
        return ()

    def answers(self) -> None:
        """There is nobody to answer."""


def rehearse(database: Database) -> bool:
    """Play one call and take it back. Whether it came to a conversation; a fault is logged and stops nothing."""
    try:
        with database.rehearsing() as stage:
            return _may_begin(stage) and _Rehearsal(stage).play()
    except Exception as fault:  # noqa: BLE001 - a start must never fail for want of a rehearsal
        log.warning("rehearsal.failed", fault=fault)
        return False


def _may_begin(stage: Database) -> bool:
    with stage.work() as work:
        work.session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
        somebody = select(Contact.id).where(Contact.state.not_in(CONTACT_OVER)).limit(1)
        return work.session.scalar(somebody) is None


class _Rehearsal:
    """A caller, whoever is on shift, and a conversation of no length."""

    def __init__(self, stage: Database) -> None:
        self._stage = stage
        dispatcher = Dispatcher(stage, NoCarrier(), public_url="", after=AFTER, pace=Pace())
        self._ticker = Ticker(stage, dispatcher)
        self._requests = 0

    def play(self) -> bool:
        """True if somebody could be rung."""
        sid = f"CA{uuid4().hex}"
        with self._stage.work() as work:
            line_number = work.line().line.number
        self._ask(voice.incoming, CallSid=sid, From=CALLER, To=line_number, CallStatus="ringing")
        caller = self._leg(Leg.sid == sid)
        if caller is None:
            return False
        self._ask_of(caller, "hold", sid)
        if not self._is_somebody_free(caller.contact_id):
            return False
        self._ticker.tick(None)
        theirs = self._leg((Leg.contact_id == caller.contact_id) & Leg.offer_id.is_not(None))
        if theirs is None or theirs.sid is None:
            return False
        self._ask_of(theirs, "status", theirs.sid, CallStatus="ringing")
        self._ask_of(theirs, "screen", theirs.sid)
        self._ask_of(theirs, "answer", theirs.sid, Digits="1")
        self._enter(theirs.contact_id, theirs.sid)
        self._ticker.tick(None)
        self._ask_of(caller, "bridge", sid)
        self._enter(caller.contact_id, sid)
        self._ask_of(caller, "after", sid, CallStatus="completed")
        self._ask(voice.caller_status, CallSid=sid, CallStatus="completed")
        self._ticker.tick(None)
        self._ask_of(theirs, "after", theirs.sid, CallStatus="completed")
        return True

    def _is_somebody_free(self, contact: UUID) -> bool:
        """Without anybody the ladder would tell the log of a danger that there is not."""
        with self._stage.work() as work:
            return isinstance(match.verdict_for(work, work.session.get_one(Contact, contact)), Offer)

    def _enter(self, contact: UUID, sid: str) -> None:
        room = partial(voice.room, contact_id=str(contact))
        self._ask(room, CallSid=sid, StatusCallbackEvent="participant-join")

    def _ask_of(self, leg: Leg, name: str, sid: str, **more: str) -> None:
        request = partial(voice.leg_request, name=name, leg_id=str(leg.id))
        self._ask(request, **{"CallSid": sid, "CallStatus": "in-progress", **more})

    def _ask(self, handler: Handler, **fields: str) -> None:
        """What the gate does with a request that it has verified."""
        self._requests += 1
        key = inbox.key_of(f"rehearsal {self._requests}", list(fields.items()))
        with self._stage.work() as work:
            inbox.claim(work, key, SILENCE)
            reply = handler(work, Form(list(fields.items())))
            if reply != SILENCE:
                inbox.keep_reply(work, key, reply)

    def _leg(self, which: ColumnElement[bool]) -> Leg | None:
        with self._stage.work() as work:
            return work.session.scalar(select(Leg).where(which).order_by(Leg.id).limit(1))
