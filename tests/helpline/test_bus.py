"""The doorbell: many rings are one job until it is heard, and a Redis that is away costs nobody anything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from rq import Queue

from helpline import bus


@pytest.fixture
def client(redis_url: str) -> Iterator[redis.Redis]:
    made = bus.connect(redis_url)
    made.flushdb()
    yield made
    made.flushdb()
    made.close()


def waiting(client: redis.Redis) -> int:
    return int(Queue(bus.QUEUE, connection=client).count)


def test_rings_that_nobody_has_heard_yet_are_one_job(client: redis.Redis) -> None:
    ring = bus.Doorbell(client)
    for _ in range(20):
        ring()
    assert waiting(client) == 1


def test_a_ring_after_one_was_heard_is_a_new_job(client: redis.Redis) -> None:
    ring = bus.Doorbell(client)
    ring()
    bus.heard(client)
    ring()
    assert waiting(client) == 2


def test_a_ring_that_was_never_heard_silences_the_next_for_a_second_at_most(client: redis.Redis) -> None:
    bus.Doorbell(client)()
    assert 0 < client.pttl(bus.RUNG) <= bus.UNHEARD_SECONDS * 1000


def test_a_redis_that_is_away_is_left_alone_for_a_second() -> None:
    now = [100.0]
    asked = []

    class Away(redis.Redis):
        def set(self, *_: object, **__: object) -> None:  # type: ignore[override]
            asked.append(now[0])
            raise redis.ConnectionError

    ring = bus.Doorbell(Away(), lambda: now[0])
    ring()
    ring()
    now[0] += 1.0
    ring()
    assert asked == [100.0, 101.0]
