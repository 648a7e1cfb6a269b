"""Every scenario of every drill passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from entrypoints.drill.runner import find, play, read
from tests.conftest import DEMO_LINE, ROOT, MakeWorld


def _name(one: tuple[Path, Any]) -> str:
    path, pickle = one
    return f"{path.stem}: {pickle['name']}"


@pytest.mark.parametrize("scenario", read(find([ROOT / "drills"])), ids=_name)
def test_a_drill_passes(scenario: tuple[Path, Any], make_world: MakeWorld, logged_errors: list[str]) -> None:
    path, pickle = scenario
    result = play(path, pickle, make_world, DEMO_LINE)
    logged_errors.clear()  # the runner has looked at them already
    assert result.status == "passed", f"at: {result.failed_step}\n{result.reason}"
