"""The world of a drill: a real database, the real door and ticker, an exchange, and one clock that moves when told."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import requests
from flask import Flask
from sqlalchemy import Engine, select, text
from twilio.http import HttpClient
from twilio.http.response import Response

import exchange as telephone
from carrier.dialect import SIGNALWIRE, Trusted
from carrier.dispatch import Pace
from carrier.port import Twilio
from carrier.signalwire import LAML, SignalWire
from entrypoints import line as line_file
from entrypoints.bootstrap import Account, Second, Stack, assemble
from entrypoints.people import Recruit, enlist
from entrypoints.worker import stand_in
from escalation.audit import Ground
from escalation.risk import Lexicon
from helpline import outbox, timers
from helpline.clock import VirtualClock
from helpline.database import Database
from helpline.line import load_line
from helpline.nouns import CarrierName, Process
from helpline.privacy import Vault
from helpline.tables import Table

SID = "AC" + "d" * 32
TOKEN = "drill"  # noqa: S105 - a made-up token for a made-up account
PROJECT = "dddddddd-dddd-4ddd-8ddd-dddddddddddd"
SPACE_TOKEN, SIGNING_KEY = "PTdrill", "PSK_drill"
URL = "https://line.example"
TICK = timedelta(seconds=0.2)
RESTART = timedelta(seconds=5)
NEXT_DUE = select(timers.NEXT_DUE.scalar_subquery(), outbox.NEXT_DUE.scalar_subquery())
EPOCH = datetime(2026, 3, 1, tzinfo=UTC)


class WsgiHttp(HttpClient):  # type: ignore[misc]
    """Twilio's client, speaking to an exchange in this process whose paths begin with `root`."""

    def __init__(self, app: Callable[..., Any], root: str = "") -> None:
        self._app, self._root = app, root

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
        del timeout, allow_redirects
        prepared = requests.Request(method, url, params=params, data=data, headers=headers, auth=auth).prepare()
        try:
            reply = self._call(prepared)
        except telephone.ReplyLost as lost:
            raise requests.Timeout from lost
        return Response(reply.status, reply.body.decode(), reply.headers)

    def _call(self, prepared: requests.PreparedRequest) -> telephone.HttpReply:
        body = prepared.body or b""
        content = body.encode() if isinstance(body, str) else body
        parts = urlsplit(str(prepared.url))
        environ = {
            "REQUEST_METHOD": prepared.method,
            "PATH_INFO": self._root + parts.path,
            "QUERY_STRING": parts.query,
            "CONTENT_TYPE": prepared.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(content)),
            "HTTP_AUTHORIZATION": prepared.headers.get("Authorization", ""),
            "SERVER_NAME": parts.hostname,
            "SERVER_PORT": "443",
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(content),
        }
        begun: list[tuple[int, dict[str, str]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            begun.append((int(status.split(" ", 1)[0]), dict(headers)))

        chunks = b"".join(self._app(environ, start_response))
        status, answered = begun[-1]
        return telephone.HttpReply(status, answered, chunks)


@dataclass
class Away:
    """Which parts are down, and until when."""

    redis: bool = False
    worker: bool = False
    ticker_until: datetime | None = None
    carrier: bool = False
    second: bool = False
    disk_free_percent: float = 50.0


@dataclass
class World:
    """Everything a drill plays with."""

    engine: Engine
    lexicon: Lexicon
    line_path: Path
    start: datetime = EPOCH
    seed: int = 0
    away: Away = field(default_factory=Away)
    clock: VirtualClock = field(init=False)
    network: telephone.Exchange = field(init=False)
    second: telephone.Exchange | None = field(default=None, init=False)
    database: Database = field(init=False)
    stack: Stack = field(init=False)
    rung: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.start = self.start.astimezone(UTC)  # sums of times are right there alone, on the nights the clocks change
        self.clock = VirtualClock(self.start)
        self.ids = Random(self.seed)  # noqa: S311 - ids that repeat are wanted here
        self.app: Flask | None = None
        self.network = telephone.Exchange(
            clock=self.clock,
            transport=telephone.WsgiTransport(lambda: self.app),
            account_sid=SID,
            auth_token=TOKEN,
            rng=Random(self.seed),  # noqa: S311 - likewise
        )
        self.line = load_line(self.line_path)
        if self.line.carriers is not None:
            self.second = self._second_exchange()
        self._empty_database()
        self.start_up()
        with self.database.work() as work:
            line_file.apply(work, self.line_path)
            self.line = work.line()
        tests = self.line.test_contacts
        for number in (*self.line.line.every_number, *([tests.from_number] if tests is not None else [])):
            self.holder(number).number(
                number,
                voice_url=f"{URL}/webhooks/voice/incoming",
                voice_fallback_url=f"{URL}/webhooks/voice/fallback",
                voice_status_url=f"{URL}/webhooks/voice/status",
                sms_url=f"{URL}/webhooks/messages/incoming",
                sms_fallback_url=f"{URL}/webhooks/messages/incoming",
            )
        self.settle()

    @property
    def networks(self) -> list[telephone.Exchange]:
        """Every exchange of this world. They reach the same phones, and running one runs all."""
        return [self.network] if self.second is None else [self.network, self.second]

    def holder(self, number: str) -> telephone.Exchange:
        """The exchange that holds this number of the line."""
        held = self.line.carrier_of(number) is CarrierName.SIGNALWIRE
        return self.second if held and self.second is not None else self.network

    def _second_exchange(self) -> telephone.Exchange:
        return telephone.Exchange(
            clock=self.clock,
            transport=telephone.WsgiTransport(lambda: self.app),
            account_sid=PROJECT,
            auth_token=SPACE_TOKEN,
            signing_key=SIGNING_KEY,
            rng=Random(self.seed + 1),  # noqa: S311 - likewise
            dialect=telephone.SIGNALWIRE,
            beside=self.network,
        )

    def start_up(self) -> None:
        """Build every part of the system anew, as a start of all its processes does; only the database remains."""
        self.rung = False
        self.database = Database(
            self.engine,
            clock=self.clock,
            vault=Vault([b"drill" * 8]),
            new_id=lambda: UUID(int=self.ids.getrandbits(128), version=4),
            doorbell=self._ring_doorbell,
        )
        app = self._unless(lambda: self.away.carrier, telephone.rest_app(self.network))
        carrier = Twilio(SID, TOKEN, WsgiHttp(app))
        account = Account(SID, (TOKEN,), URL)
        self.stack = assemble(
            self.database,
            carrier,
            account,
            lexicon=lambda: self.lexicon,
            pace=Pace(),
            second=self._second(),
            look_at_ground=self._ground,
            stopwatch=lambda: 0.0,
        )
        self.app = self.stack.web()

    def _second(self) -> Second | None:
        if self.second is None:
            return None
        app = self._unless(lambda: self.away.second, telephone.rest_app(self.second))
        carrier = SignalWire(PROJECT, SPACE_TOKEN, WsgiHttp(app, root=LAML))
        return Second(carrier, Trusted(SIGNALWIRE, PROJECT, (SIGNING_KEY,)))

    def _ground(self) -> Ground:
        return Ground(redis_answers=not self.away.redis, disk_free_percent=self.away.disk_free_percent)

    def _unless(self, is_away: Callable[[], bool], app: Callable[..., Any]) -> Callable[..., Any]:
        """A carrier's REST side; while it is away a request is never answered, and nothing is done."""

        def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            if is_away():
                raise telephone.ReplyLost
            return app(environ, start_response)

        return answer

    def enlist(self, people: list[Recruit]) -> None:
        """Make these people the roster."""
        with self.database.work() as work:
            enlist(work, people)

    def settle(self) -> None:
        """Let happen what is due now."""
        while True:
            ran = self.network.run_due()
            if self._wake() + ran == 0:
                return

    def run_for(self, seconds: float) -> None:
        """Let the clock run."""
        self.run_until(lambda: False, seconds)

    def run_until(self, reached: Callable[[], bool], seconds: float) -> bool:
        """Let the clock run until `reached`, at most so long. Returns whether it was."""
        end = self.clock.now() + timedelta(seconds=seconds)
        self.settle()
        while not reached():
            moment = self._next_moment(end)
            if moment is None:
                self.clock.advance_to(end)
                self.settle()
                return reached()
            self.clock.advance_to(moment)
            if self._ticker_runs() and self._on_grid(moment):
                self.stack.ticker.tick()
                if self.rung and not self.away.worker:
                    self.stack.ticker.show_life(Process.WORKER)  # it was woken, and found nothing left to do
                self.rung = False  # what rang has just been done
            elif self._worker_watches():
                stand_in(self.stack)
            self.settle()
        return True

    def _next_moment(self, end: datetime) -> datetime | None:
        moments = [self.network.next_due()]
        if self._ticker_runs():
            due = self.database.look(NEXT_DUE)
            moments += [self._tick_after(moment) for moment in due if moment is not None]
        elif self.away.ticker_until is not None:
            moments.append(self.away.ticker_until)
            if self._worker_watches():
                moments.append(self._next_look())
        soonest = min((moment for moment in moments if moment is not None), default=None)
        if soonest is None or soonest > end:
            return None
        return max(soonest, self.clock.now())

    def _tick_after(self, moment: datetime) -> datetime:
        """The first tick at or after `moment`, and after now."""
        earliest = max(moment, self.clock.now() + timedelta(microseconds=1))
        steps = -((earliest - self.start) // -TICK)
        return self.start + steps * TICK

    def _on_grid(self, moment: datetime) -> bool:
        return (moment - self.start) % TICK == timedelta()

    def _ticker_runs(self) -> bool:
        until = self.away.ticker_until
        return until is None or self.clock.now() >= until

    def _worker_watches(self) -> bool:
        """A worker looks whether a ticker lives; it is of no use in a drill in which one comes back in a moment."""
        until = self.away.ticker_until
        gone = until is not None and until - self.clock.now() > 4 * RESTART
        return gone and not self.away.worker

    def _next_look(self) -> datetime:
        since = self.clock.now() - self.start
        return self.start + (since // RESTART + 1) * RESTART

    def _ring_doorbell(self) -> None:
        if not self.away.redis:
            self.rung = True

    def _wake(self) -> int:
        """The worker answers the doorbell."""
        if not self.rung or self.away.worker:
            return 0
        self.rung = False
        return 1 + self.stack.ticker.tick(Process.WORKER)

    def _empty_database(self) -> None:
        """Delete every row, children before parents: on small tables several times as fast as truncating them.

        Numbers by which people speak of things begin at one again.
        """
        statements = [f'DELETE FROM "{table.name}"' for table in reversed(Table.metadata.sorted_tables)]  # noqa: S608
        statements += [
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'number'), 1, false)"
            for table in Table.metadata.sorted_tables
            if "number" in table.c and table.c.number.identity is not None
        ]
        with self.engine.begin() as connection:
            connection.execute(text("; ".join(statements)))
