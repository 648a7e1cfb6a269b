"""Rule 6 on scripts that nobody wrote: whatever becomes of the notices, every contact ends where it would have."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from same_end import SCRIPT, assert_the_same_end

SCRIPTS = 40


@pytest.mark.soak
@pytest.mark.expects_errors
def test_any_script_ends_the_same_whatever_becomes_of_the_notices(make_world: Callable[..., Any]) -> None:
    @seed(int(time.time()))
    @settings(
        max_examples=SCRIPTS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(SCRIPT)
    def play(script: Any) -> None:
        assert_the_same_end(make_world, script)

    play()
