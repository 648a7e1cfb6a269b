"""The worker: wakes when the doorbell rings and does what is due at once, instead of at the next tick."""

from __future__ import annotations

import contextlib
import logging
import time

import redis
from rq import Queue, SimpleWorker
from sqlalchemy.exc import SQLAlchemyError

from entrypoints.bootstrap import Stack
from helpline import bus
from helpline.log import logger
from helpline.nouns import Process

AWAY = 1.0
log = logger(__name__)
_stack: list[tuple[Stack, redis.Redis]] = []


def run(stack: Stack, redis_url: str) -> None:
    """Answer the doorbell until told to stop. While Redis is away the tickers do everything; this one waits for it."""
    _stack[:] = [(stack, bus.connect(redis_url))]
    logging.getLogger("rq.worker").setLevel(logging.ERROR)
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
        try:
            stack.ticker.tick(Process.WORKER)
        except SQLAlchemyError as fault:
            log.error("worker.database_away", fault=fault)
        except Exception as fault:  # noqa: BLE001 - left to RQ, its words would be kept in Redis
            log.error("worker.failed", fault=fault)
