"""Builds the whole from its settings: every dependency is handed in here, once."""

from __future__ import annotations

import gc
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

from flask import Flask
from twilio.http import HttpClient

from carrier.dialect import SIGNALWIRE, Trusted
from carrier.dispatch import LANES, Dispatcher, Pace
from carrier.port import Carrier, PooledHttp, Twilio
from carrier.signalwire import LAML, SignalWire
from entrypoints.groundwork import GroundFloor
from entrypoints.outcomes import AFTER
from entrypoints.tick import Ticker
from escalation.audit import Ground
from escalation.risk import Lexicon, load_lexicon
from helpline import bus
from helpline.clock import Clock, SystemClock
from helpline.database import Database, connect
from helpline.privacy import Vault
from helpline.settings import Settings, Space
from webhooks.app import create_app
from webhooks.gate import Door

COLLECT_AFTER = 20_000


@dataclass(frozen=True)
class Stack:
    """The running parts of one process."""

    database: Database
    ticker: Ticker
    door: Callable[[], Door]
    look_at_ground: Callable[[], Ground]

    def web(self) -> Flask:
        return create_app(self.door())


@dataclass(frozen=True)
class Account:
    """How the carrier knows us, and how we know it."""

    sid: str
    tokens: tuple[str, ...]
    public_url: str


@dataclass(frozen=True)
class Second:
    """Another carrier beside the first, and the account whose requests are taken from it."""

    carrier: Carrier
    trusted: Trusted


def assemble(
    database: Database,
    carrier: Carrier,
    account: Account,
    *,
    lexicon: Callable[[], Lexicon],
    pace: Pace,
    executor: Executor | None = None,
    second: Second | None = None,
    look_at_ground: Callable[[], Ground] = Ground,
    stopwatch: Callable[[], float] = time.perf_counter,
) -> Stack:
    """Put the parts together. Without an executor the outbox is drained one request after another.

    `lexicon` is loaded by the process that has the door, since it takes two seconds and much memory.
    """
    beside = (second.trusted.dialect.carrier, second.carrier) if second else None
    dispatcher = Dispatcher(
        database, carrier, public_url=account.public_url, after=AFTER, pace=pace, executor=executor, second=beside
    )
    ticker = Ticker(database, dispatcher, look_at_ground, stopwatch)
    trusted = second.trusted if second else None

    def door() -> Door:
        return Door(database, account.public_url, account.sid, account.tokens, lexicon(), second=trusted)

    return Stack(database, ticker, door, look_at_ground)


def from_settings(settings: Settings, *, clock: Clock | None = None, http: HttpClient | None = None) -> Stack:
    """The stack of a real process."""
    account = Account(settings.account_sid, settings.auth_tokens, settings.public_url)
    database = Database(
        connect(settings.database_url),
        clock=clock or SystemClock(),
        vault=Vault(settings.secret_keys),
        new_id=uuid.uuid4,
        doorbell=_doorbell(settings.redis_url),
    )
    carrier = Twilio(account.sid, account.tokens[0], http or PooledHttp(settings.api_base))
    return assemble(
        database,
        carrier,
        account,
        lexicon=load_lexicon,
        pace=Pace(settings.calls_per_second, settings.texts_per_second),
        executor=ThreadPoolExecutor(LANES, thread_name_prefix="carrier"),
        second=_second(settings.second),
        look_at_ground=GroundFloor(bus.connect(settings.redis_url), settings.data_dir),
    )


def _second(space: Space | None) -> Second | None:
    if space is None:
        return None
    carrier = SignalWire(space.project, space.token.get_secret_value(), PooledHttp(space.url + LAML))
    return Second(carrier, Trusted(SIGNALWIRE, space.project, (space.signing_key.get_secret_value(),)))


def spare_callers_the_collector() -> None:
    """What a process was built of stays: to look through it all for garbage would hold up a webhook now and then."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


def _doorbell(url: str) -> Callable[[], None]:
    return bus.Doorbell(bus.connect(url))
