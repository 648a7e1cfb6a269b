"""A doctor's visit to a line in this process: everything real but the network, and each part can be broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from rq import Queue, SimpleWorker
from sqlalchemy import text

import exchange as telephone
from carrier.account import CarrierAccount
from entrypoints.bootstrap import Account
from entrypoints.doctor.examination import Wishes, examine
from entrypoints.doctor.findings import Finding, Verdict
from entrypoints.doctor.front_door import Answered, Reply, Silent
from entrypoints.doctor.ground import Ground
from entrypoints.doctor.knocking import Knock
from entrypoints.drill.world import SID, TOKEN, URL, World, WsgiHttp
from entrypoints.people import read_roster, recruits
from helpline import bus
from helpline.clock import Clock, SystemClock
from helpline.database import Database
from helpline.privacy import Vault
from helpline.settings import TWILIO
from helpline.tables import Table

LINE = "+12125550100"
EXCHANGE = "http://127.0.0.1:8040"
DEMO_PEOPLE = Path(__file__).resolve().parents[2] / "lines" / "demo.people.csv"
SECRET = b"drill" * 8


@dataclass
class Visit:
    """What the doctor finds on this ground. Change a field to break something first."""

    world: World
    redis_url: str
    worker: bool = True
    api_base: str = EXCHANGE
    token: str = TOKEN
    http: Any = None
    machine: Clock = field(default_factory=SystemClock)
    secret: bytes = SECRET
    knock: Knock | None = None
    database: Database | None = None
    calls_per_second: float = 1.0
    second: CarrierAccount | None = None
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world.enlist(read_roster(DEMO_PEOPLE))

    def find(self, wishes: Wishes | None = None) -> list[Finding]:
        return list(examine(self._ground(), wishes or Wishes()))

    def one(self, check: str, wishes: Wishes | None = None) -> Finding:
        """What is found of that check, which must be found once."""
        found = [finding for finding in self.find(wishes) if finding.check == check]
        assert len(found) == 1, found
        return found[0]

    def wrong(self, wishes: Wishes | None = None) -> dict[str, Verdict]:
        """The checks that are not well, each with its verdict."""
        return {one.check: one.verdict for one in self.find(wishes) if one.verdict in {Verdict.FAULT, Verdict.WARNING}}

    def employ(self, *rows: Mapping[str, str]) -> None:
        """Make these the roster; everybody else is off it."""
        self.world.enlist(recruits(rows, "these people"))

    def phone(self, name: str) -> telephone.Phone:
        number = next(one.number for one in read_roster(DEMO_PEOPLE) if one.name == name)
        return self.world.network.phone(number, name=name)

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that the database holds."""
        with self.world.engine.connect() as connection:
            names = [table.name for table in Table.metadata.sorted_tables]
            return {
                name: sorted(map(tuple, connection.execute(text(f'SELECT * FROM "{name}"'))), key=repr)  # noqa: S608
                for name in names
            }

    def execute(self, statement: str) -> None:
        with self.world.engine.begin() as connection:
            connection.execute(text(statement))

    def _ground(self) -> Ground:
        world = self.world
        http = self.http or WsgiHttp(telephone.rest_app(world.network))
        database = self.database or Database(
            world.engine, clock=world.clock, vault=Vault([self.secret]), new_id=_never, doorbell=lambda: None
        )
        return Ground(
            account=Account(SID, (self.token,), URL),
            carrier=CarrierAccount(SID, self.token, http),
            database=database,
            redis_url=self.redis_url,
            api_base=self.api_base,
            calls_per_second=self.calls_per_second,
            texts_per_second=1.0,
            machine=self.machine,
            pause=self._pause,
            knock=self.knock or through(lambda: world.app),
            second=self.second,
        )

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if self.worker and self.redis_url:
            answer_the_doorbell(self.redis_url)
        self.world.run_for(seconds)


def answer_the_doorbell(url: str) -> None:
    """As a worker does: do what was rung for, if somebody rang."""
    client = bus.connect(url)
    queue = Queue(bus.QUEUE, connection=client)
    if queue.count:
        SimpleWorker([queue], connection=client).work(burst=True, logging_level="ERROR")


def through(app: Callable[[], Flask | None], rewrite: Callable[[str], str] = lambda url: url) -> Knock:
    """A way to the application, by a proxy that rewrites the address."""

    def knock(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        served = app()
        if served is None:
            return Silent("nobody listens there")
        sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        request = telephone.HttpRequest("POST", rewrite(url), sent, tuple(form.items()))
        return Answered(telephone.call_wsgi(served, request).status)

    return knock


def _never() -> Any:
    raise AssertionError("the doctor makes nothing")


def at_twilio(visit: Visit) -> Visit:
    """The same line, with the exchange taken for the real carrier."""
    visit.api_base = TWILIO
    return visit
