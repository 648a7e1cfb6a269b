"""A hundred kills, each at a random moment of a call. The figures go to docs/soak-kills.json."""

import json
import time
from random import Random

import pytest

from entrypoints.bench.stand import Stand
from helpline.settings import ROOT
from tests.killing import PARTS, SERVERS, Siege, quick_line

KILLS = 100


@pytest.mark.soak
def test_a_hundred_kills_strand_nobody() -> None:
    seed = int(time.time())
    rng = Random(seed)
    print(f"seed {seed}")
    began = time.monotonic()
    with Stand(per_second=20.0, line=quick_line()) as stand:
        after = Siege(stand).kill([rng.choice((*PARTS, *SERVERS)) for _ in range(KILLS)], rng)
    figures = {
        "kills": len(after.kills),
        "seed": seed,
        "callers": after.callers,
        "contacts": after.contacts,
        "connected": after.connected,
        "lost": after.lost,
        "double_offers": after.double_offers,
        "stranded": after.open + after.busy,
        "rules_broken": len(after.broken),
        "seconds": round(time.monotonic() - began),
    }
    (ROOT / "docs" / "soak-kills.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    assert after.is_harmless, after
