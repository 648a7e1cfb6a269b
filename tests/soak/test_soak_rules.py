"""Ten thousand nights: the machine of the rules for hours, on seeds nobody has seen; its figures go into the docs."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import SystemRandom

import pytest
from worst_night import FULL, play

from entrypoints.drill.world import World

FIGURES = Path(__file__).resolve().parents[2] / "docs" / "soak.json"
WANTED = int(os.environ.get("HELPLINE_SOAK_EXAMPLES", "10000"))
LONGEST = float(os.environ.get("HELPLINE_SOAK_SECONDS", "inf"))
BATCH = 50


@dataclass
class Figures:
    """What was measured. Written after every batch, so that a soak that is stopped has still told what it saw."""

    seed: int
    examples: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)

    def told(self) -> str:
        return (
            f"seed {self.seed}: {self.examples} of {WANTED} nights of {FULL} steps, {self.seconds:.0f} s, "
            f"{len(self.failures)} breaches"
        )

    def write(self) -> None:
        FIGURES.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")


def one_batch(make_world: Callable[..., World], number: int, figures: Figures) -> None:
    try:
        figures.examples += play(make_world, BATCH, number)
    except AssertionError as breach:
        figures.failures.append(f"seed {number}: {str(breach).splitlines()[0]}")


@pytest.mark.soak
@pytest.mark.expects_errors
def test_ten_thousand_nights_break_no_rule(
    make_world: Callable[..., World], capsys: pytest.CaptureFixture[str]
) -> None:
    first = int(os.environ.get("HELPLINE_SOAK_SEED", SystemRandom().randrange(10**9)))
    figures = Figures(first)
    began = time.monotonic()
    batch = 0
    while figures.examples < WANTED and figures.seconds < LONGEST:
        one_batch(make_world, first + 1000 * batch, figures)
        batch += 1
        figures.seconds = round(time.monotonic() - began, 1)
        figures.write()
        with capsys.disabled():
            print(figures.told(), flush=True)
    assert figures.failures == []
