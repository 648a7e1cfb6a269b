"""Kill -9 at any moment, followed by a start, strands no contact: on real processes, with calls under way."""

from random import Random

import pytest

from entrypoints.bench.stand import Stand
from tests.killing import kill_during_calls, quick_line

SEED = 20261122
KILLS = 8


@pytest.mark.timeout(280)
def test_nobody_is_stranded_when_parts_are_killed_during_calls() -> None:
    with Stand(per_second=20.0, line=quick_line()) as stand:
        after = kill_during_calls(stand, KILLS, Random(SEED))
    assert (after.open, list(after.broken), after.busy) == (0, [], 0), after
    assert after.connected >= after.contacts // 2, after
