"""What the shared drills are proved to notice can still be broken, and every one of their scenarios is among it."""

from __future__ import annotations

import pytest

from bench.break_on_purpose import BREAKS, Break
from entrypoints.drill.runner import scenarios
from tests.conftest import ROOT


@pytest.mark.parametrize("one", BREAKS, ids=lambda one: one.scenario)
def test_what_is_to_be_broken_stands_where_it_is_said_to_stand(one: Break) -> None:
    assert (ROOT / one.file).read_text(encoding="utf-8").count(one.text) == 1


@pytest.mark.parametrize("name", ["voice", "text", "faults"])
def test_every_scenario_is_broken_by_something(name: str) -> None:
    here = {pickle["name"] for pickle in scenarios(ROOT / "drills" / f"{name}.feature")}
    assert here == {one.scenario for one in BREAKS if one.drill == name}
