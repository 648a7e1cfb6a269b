"""Kill -9 at any moment, followed by a start, strands no contact: on real processes, with calls under way."""

from collections.abc import Iterator
from random import Random

import pytest

from entrypoints.bench.stand import Stand
from tests.killing import PARTS, SERVERS, Siege, quick_line

SEED = 20261122
KILLS = 8

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def siege() -> Iterator[Siege]:
    with Stand(per_second=20.0, line=quick_line()) as stand:
        yield Siege(stand)


@pytest.mark.timeout(280)
def test_every_caller_is_answered_though_parts_are_killed_during_calls(siege: Siege) -> None:
    rng = Random(SEED)
    print(f"seed {SEED}")
    after = siege.kill([rng.choice(PARTS) for _ in range(KILLS)], rng)
    assert after.is_harmless, after


@pytest.mark.timeout(280)
def test_every_caller_is_answered_though_the_database_and_redis_are_killed_during_calls(siege: Siege) -> None:
    after = siege.kill(SERVERS, Random(SEED))
    assert after.is_harmless, after
