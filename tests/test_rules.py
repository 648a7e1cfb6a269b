"""The rules that may never break, played against on nights nobody would think of."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from worst_night import WorstNight

EXAMPLES = int(os.environ.get("HELPLINE_EXAMPLES", "75"))
SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=30,
    deadline=None,
    database=None,
    print_blob=False,
    phases=(Phase.generate,) if not os.environ.get("HELPLINE_SHRINK") else (Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)


@pytest.mark.expects_errors
@pytest.mark.parametrize("shard", range(4))
def test_whatever_happens_no_rule_breaks(shard: int, make_world: Any) -> None:
    class Here(WorstNight):
        pass

    Here.make_world = staticmethod(make_world)
    run_state_machine_as_test(seed(int(os.environ.get("HELPLINE_SEED", "20261122")) + shard)(Here), settings=SETTINGS)
