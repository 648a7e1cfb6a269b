"""The worker: wakes when the doorbell rings and does what is due at once, instead of at the next tick.

Should no ticker be alive, it ticks by itself every few seconds: late, but nobody is forgotten, and somebody is told.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time

import redis
from rq import Queue, SimpleWorker
from sqlalchemy.exc import SQLAlchemyError

from entrypoints.bootstrap import Stack
from helpline import bus, vital_signs
from helpline.log import logger
from helpline.nouns import Process

AWAY = 1.0
STAND_IN_EVERY = 5.0
log = logger(__name__)
_stack: list[tuple[Stack, redis.Redis]] = []
_one_tick = threading.Lock()
"""Whoever answers the doorbell and whoever stands in for the ticker share one dispatcher."""


def run(stack: Stack, redis_url: str) -> None:
    """Answer the doorbell until told to stop. While Redis is away the tickers do everything; this one waits for it."""
    _stack[:] = [(stack, bus.connect(redis_url))]
    logging.getLogger("rq.worker").setLevel(logging.ERROR)
    threading.Thread(target=_stand_in, args=(stack, threading.Event()), name="stand-in", daemon=True).start()
    while True:
        try:
            client = redis.Redis.from_url(redis_url)
            worker = SimpleWorker([Queue(bus.QUEUE, connection=client)], connection=client)
            worker.work(logging_level="ERROR")
        except redis.RedisError as fault:
            log.warning("worker.redis_away", problem=type(fault).__name__)
            time.sleep(AWAY)
        else:
            return


def answer_doorbell() -> None:
    """The job that the doorbell enqueues. It carries nothing: what is due stands in the database."""
    for stack, client in _stack:
        with contextlib.suppress(redis.RedisError):
            bus.heard(client)
        _tick(stack)


def stand_in(stack: Stack) -> bool:
    """Tick, if no ticker has shown to be alive for a while. Returns whether that was so."""
    with stack.database.work() as work:
        silent = vital_signs.ticker_is_silent(work)
    if silent:
        log.warning("worker.stands_in")
        _tick(stack)
    return silent


def _stand_in(stack: Stack, stop: threading.Event) -> None:
    while not stop.wait(STAND_IN_EVERY):
        try:
            stand_in(stack)
        except SQLAlchemyError as fault:
            log.error("worker.database_away", fault=fault)
        except Exception as fault:  # noqa: BLE001 - whatever it was, the next time may well do
            log.error("worker.failed", fault=fault)


def _tick(stack: Stack) -> None:
    with _one_tick:
        try:
            stack.ticker.tick(Process.WORKER)
        except SQLAlchemyError as fault:
            log.error("worker.database_away", fault=fault)
        except Exception as fault:  # noqa: BLE001 - left to RQ, its words would be kept in Redis
            log.error("worker.failed", fault=fault)
