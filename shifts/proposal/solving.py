"""Finds the assignments with CP-SAT, in two layers: the second keeps what the first has found.

1. **Cover**. A slot with nobody at all is worst, then each person missing to a minimum, then to a target, then each
   missing speaker of a language. The weights make one of a kind worse than all of the kinds after it together.
2. **Fairness**, with that cover. Nobody is to be further from their fair share of nights, weekends and hours than
   rounding makes them: one night, one shift of the weekend, the length of a usual shift. The first of these beyond
   counts 1, the second 4, each further one 13, so that the furthest comes first. All that counts `SPREAD_COUNTS` times
   as much as a wish: a liked shift counts its weight for the proposal, an unliked one against it, and thrice once
   somebody has several.

A layer that time cuts short is still a proposal: the best that was found. Two workers search, so that two runs which
end by time may differ; one that is proven is equally good every time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from shifts.proposal.fairness import Burden, given, shares
from shifts.proposal.model import Model
from shifts.proposal.values import Assignment, Rules, Slot, Volunteer

WORKERS = 2
SPREAD_COUNTS = 50
PART_FOR_COVER = 0.4
"""Of the time; what it does not need goes to fairness."""


class SolverMissing(Exception):
    """OR-tools is not installed: nothing can be proposed."""


@dataclass(frozen=True, slots=True)
class Layer:
    """How a layer came out. Less is better; nothing better than `bound` exists."""

    name: str
    value: float
    bound: float
    proven: bool

    @property
    def gap(self) -> float:
        """How much better it could still be at most, as a part of what it is; 0 if it is proven."""
        return 0.0 if self.proven else (self.value - self.bound) / max(1.0, abs(self.value))


@dataclass(frozen=True, slots=True)
class Solution:
    """What was found, and in how many seconds. There are fewer layers if there was no time for all."""

    assignments: tuple[Assignment, ...]
    layers: tuple[Layer, ...]
    seconds: float


def solve(
    slots: Sequence[Slot], volunteers: Sequence[Volunteer], rules: Rules, *, seconds: float, seed: int
) -> Solution:
    """The best assignments found in about so many seconds. SolverMissing if OR-tools is not installed."""
    cp = solver_module()
    model = Model(cp, slots, volunteers, rules)
    search = _Search(cp, model, seed)
    if _cover(model, search, seconds * PART_FOR_COVER):
        _fairness(model, search, seconds - search.spent)
    return Solution(search.assignments, tuple(search.layers), round(search.spent, 2))


def solver_module() -> ModuleType:
    """OR-tools' CP-SAT, which takes a moment to load. SolverMissing if it is not installed."""
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        raise SolverMissing(
            "a rota is proposed by OR-tools, which is not installed here: pip install 'helpline[rota]'"
        ) from None
    found: ModuleType = cp_model
    return found


def _cover(model: Model, search: _Search, seconds: float) -> bool:
    missing = model.cover()
    objective, weight = 0, 1
    for one, most in reversed(missing):
        objective, weight = objective + weight * one, weight * (most + 1)
    if not search.run("cover", objective, seconds):
        return False
    for one, _ in missing:
        model.keep(one, search.value(one))
    return True


def _fairness(model: Model, search: _Search, seconds: float) -> None:
    by_id = {slot.id: slot for slot in model.slots}
    done = [by_id[one.slot] for one in search.assignments]
    fair = {
        burden: shares(burden, given(burden, done, model.rules), model.could, model.volunteers, model.rules)
        for burden in Burden
    }
    search.run("fairness", SPREAD_COUNTS * model.spread(fair) + model.wishes(), seconds)


class _Search:
    """Runs one layer after another, each from where the one before ended."""

    def __init__(self, cp: ModuleType, model: Model, seed: int) -> None:
        self._cp, self._of, self._seed = cp, model, seed
        self._solver: Any = None
        self.spent = 0.0
        self.layers: list[Layer] = []
        self.assignments: tuple[Assignment, ...] = ()

    def run(self, name: str, objective: Any, seconds: float) -> bool:
        """Minimise, in at most so many seconds. False if nothing was found in that time."""
        model = self._of.model
        model.minimize(objective)
        solver = self._cp.CpSolver()
        solver.parameters.num_workers = WORKERS
        solver.parameters.random_seed = self._seed
        solver.parameters.max_time_in_seconds = max(0.1, seconds)
        status = solver.solve(model)
        self.spent += solver.wall_time
        if status not in {self._cp.OPTIMAL, self._cp.FEASIBLE}:
            return False
        self._solver = solver
        self.assignments = tuple(
            Assignment(slot, person) for (slot, person), taken in self._of.taken.items() if solver.value(taken)
        )
        proven = status == self._cp.OPTIMAL
        self.layers.append(Layer(name, solver.objective_value, solver.best_objective_bound, proven))
        self._begin_here()
        return True

    def value(self, expression: Any) -> int:
        """What an expression came to in the layer that ran last."""
        return int(self._solver.value(expression)) if not isinstance(expression, int) else expression

    def _begin_here(self) -> None:
        """The next layer begins with what this one found."""
        self._of.model.clear_hints()
        for variable in self._of.variables:
            self._of.model.add_hint(variable, self._solver.value(variable))
