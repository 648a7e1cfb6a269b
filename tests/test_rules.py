"""The rules that may never break, played against on nights nobody would think of."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from worst_night import WorstNight

from entrypoints.drill.world import World

SEED = int(os.environ.get("HELPLINE_SEED", "20261122"))
SHARDS = 4
SETTINGS = settings(
    max_examples=int(os.environ.get("HELPLINE_EXAMPLES", "75")),
    stateful_step_count=33,
    deadline=None,
    database=None,
    print_blob=False,
    phases=[Phase.generate, *([Phase.shrink] if os.environ.get("HELPLINE_SHRINK") else [])],
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)


@pytest.fixture
def rare_collection() -> Iterator[None]:
    """The garbage of a night is collected between nights and seldom within one: it costs a tenth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    yield
    gc.set_threshold(*usual)


@pytest.mark.expects_errors
@pytest.mark.usefixtures("rare_collection")
@pytest.mark.soak
@pytest.mark.parametrize("shard", range(SHARDS))
def test_whatever_happens_no_rule_breaks(shard: int, make_world: Callable[..., World]) -> None:
    class Here(WorstNight):
        pass

    Here.make_world = staticmethod(make_world)
    run_state_machine_as_test(seed(SEED + shard)(Here), settings=SETTINGS)
    assert Here.steps >= 30 * SETTINGS.max_examples or SETTINGS.max_examples < 10
