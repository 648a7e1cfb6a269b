"""The stage every test of the exchange plays on."""

from __future__ import annotations

import pytest
from stage import Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()
