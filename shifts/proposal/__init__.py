"""A fair rota proposed: pure, but for the solver, which only the extra `rota` installs."""

from shifts.proposal.hard_rules import broken_rules, why_not
from shifts.proposal.proposing import Account, Proposal, RulesBroken, Unfilled, propose
from shifts.proposal.solving import Layer, SolverMissing, solver_module
from shifts.proposal.values import Assignment, Rules, Slot, Span, Volunteer, Wish

__all__ = [
    "Account",
    "Assignment",
    "Layer",
    "Proposal",
    "Rules",
    "RulesBroken",
    "Slot",
    "SolverMissing",
    "Span",
    "Unfilled",
    "Volunteer",
    "Wish",
    "broken_rules",
    "propose",
    "solver_module",
    "why_not",
]
