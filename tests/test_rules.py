"""The rules that may never break, played against on nights nobody would think of."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator

import pytest
from worst_night import play

from entrypoints.drill.world import World

SEED = int(os.environ.get("HELPLINE_SEED", "20261122"))
SHARDS = 4
NIGHTS = int(os.environ.get("HELPLINE_EXAMPLES", "75"))
"""Of at least thirty steps each, for every shard."""


@pytest.fixture
def rare_collection() -> Iterator[None]:
    """The garbage of a night is collected between nights and seldom within one: it costs a tenth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    yield
    gc.set_threshold(*usual)


@pytest.mark.long
@pytest.mark.expects_errors
@pytest.mark.usefixtures("rare_collection")
@pytest.mark.parametrize("shard", range(SHARDS))
def test_whatever_happens_no_rule_breaks(shard: int, make_world: Callable[..., World]) -> None:
    assert play(make_world, NIGHTS, SEED + 1000 * shard) >= NIGHTS
