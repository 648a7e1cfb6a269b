"""Kill -9 at any moment, followed by a start, strands no contact: on real processes, with calls under way."""

from collections.abc import Iterator
from random import Random

import pytest

from entrypoints.bench.stand import Stand
from tests.killing import PARTS, SERVERS, kill_during_calls, quick_line

SEED = 20261122
KILLS = 8


@pytest.fixture
def stand() -> Iterator[Stand]:
    with Stand(per_second=20.0, line=quick_line()) as running:
        yield running


@pytest.mark.timeout(280)
def test_nobody_is_lost_when_parts_are_killed_during_calls(stand: Stand) -> None:
    rng = Random(SEED)
    print(f"seed {SEED}")
    after = kill_during_calls(stand, [rng.choice(PARTS) for _ in range(KILLS)], rng)
    assert after.is_harmless, after


@pytest.mark.timeout(280)
def test_nobody_is_lost_when_the_database_and_redis_are_killed_during_calls(stand: Stand) -> None:
    rng = Random(SEED)
    print(f"seed {SEED}")
    after = kill_during_calls(stand, SERVERS, rng)
    assert after.is_harmless, after
