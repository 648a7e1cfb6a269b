"""The rules that may never break, played against on nights nobody would think of."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from worst_night import NightOfTransfers, play

from entrypoints.drill.world import World

SEED = int(os.environ.get("HELPLINE_SEED", "20261122"))
SHARDS = 6
NIGHTS = int(os.environ.get("HELPLINE_EXAMPLES", "50"))
"""Of at least thirty steps each, for every shard."""


@pytest.mark.long
@pytest.mark.expects_errors
@pytest.mark.parametrize("shard", range(SHARDS))
def test_whatever_happens_no_rule_breaks(shard: int, make_world: Callable[..., World]) -> None:
    assert play(make_world, NIGHTS, SEED + 1000 * shard) >= NIGHTS


@pytest.mark.long
@pytest.mark.expects_errors
@pytest.mark.parametrize("shard", range(2))
def test_whatever_happens_while_somebody_is_passed_on_no_rule_breaks(
    shard: int, make_world: Callable[..., World]
) -> None:
    wanted = NIGHTS // 2
    assert play(make_world, wanted, SEED + 9000 + 1000 * shard, NightOfTransfers) >= wanted
