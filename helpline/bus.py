"""The doorbell: wakes the workers through Redis. Losing it costs at most one tick."""

from __future__ import annotations

import time
from collections.abc import Callable

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue

from helpline.log import logger

QUEUE = "doorbell"
RUNG = "doorbell:rung"
"""Set while a ring waits to be heard. It goes by itself, should whoever was to hear it be killed."""
UNHEARD_SECONDS = 1
JOB = "entrypoints.worker.answer_doorbell"
log = logger(__name__)


def connect(url: str) -> redis.Redis:
    """A client that gives up at once: nobody waits for a doorbell."""
    return redis.Redis.from_url(url, socket_timeout=0.25, socket_connect_timeout=0.1, retry=Retry(NoBackoff(), 0))


def heard(client: redis.Redis) -> None:
    """From now on a ring enqueues anew. To be called before the database is read, or a ring may go unheard."""
    client.delete(RUNG)


class Doorbell:
    """Rings by enqueuing a job that carries nothing, unless one waits already. After a failure it rests a second."""

    def __init__(self, client: redis.Redis, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._queue = Queue(QUEUE, connection=client)
        self._monotonic = monotonic
        self._silent_until = 0.0

    def __call__(self) -> None:
        if self._monotonic() < self._silent_until:
            return
        try:
            if self._client.set(RUNG, 1, nx=True, ex=UNHEARD_SECONDS):
                self._queue.enqueue(JOB, result_ttl=0, failure_ttl=60, job_timeout=30)
        except redis.RedisError as problem:
            self._silent_until = self._monotonic() + 1.0
            log.warning("doorbell.silent", problem=type(problem).__name__)
