"""Rule 6: notices that come twice, late, out of order or never change nothing about where a contact ends up."""

from collections.abc import Callable
from typing import Any

import pytest
from same_end import assert_the_same_end


@pytest.mark.long
@pytest.mark.expects_errors
def test_two_callers_and_a_texter_end_the_same_whatever_becomes_of_the_notices(make_world: Callable[..., Any]) -> None:
    takers = {"Ana": "takes it", "Bo": "takes it slowly"}
    assert_the_same_end(make_world, (takers, ("is left by the peer", "talks"), True))
