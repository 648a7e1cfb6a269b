"""What the doctor's tests share: a line in good health, with a doctor at hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from visit import Visit

from entrypoints.drill.world import World
from helpline import bus


@pytest.fixture
def visit(make_world: Callable[[], World], redis_url: str) -> Visit:
    bus.connect(redis_url).flushdb()
    return Visit(make_world(), redis_url)
