"""The partner line, to which a caller is passed on whom nobody could answer: a phone that a drill can pick up."""

from __future__ import annotations

from entrypoints.drill.scene import Drill
from entrypoints.drill.vocabulary import step

PARTNER = "the partner line"


@step("the partner line rings within {n} seconds")
def _rings(drill: Drill, n: str) -> None:
    phone = drill.partner()
    drill.expect(lambda: drill.rang(phone), float(n), f"the partner line did not ring within {n} seconds")


@step("the partner line does not ring within {n} seconds")
def _does_not_ring(drill: Drill, n: str) -> None:
    phone = drill.partner()
    before = len(phone.rings)
    drill.never(lambda: len(phone.rings) > before, float(n), "the partner line rang")


@step("the partner line answers", acts=True)
def _answers(drill: Drill) -> None:
    phone = drill.partner()
    drill.wait_for_ring(phone)
    phone.answer()


@step("the partner line hangs up", acts=True)
def _hangs_up(drill: Drill) -> None:
    drill.partner().hang_up()


@step("the partner line is dead")
def _dead(drill: Drill) -> None:
    drill.partner().dead = True
