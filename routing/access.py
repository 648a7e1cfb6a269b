"""Whether a caller is received at once, or first told of what was agreed with them or decided about them.

A pure function of values. Danger is asked for before everything else: it sets aside a plan and a block alike, and
whoever is told of one keeps a way past it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from helpline.hours import Hours
from helpline.nouns import Tier


class Ground(StrEnum):
    """Why somebody is received, or told something first; as a coordinator would say it."""

    NOTHING_SET = "nothing is set for this caller"
    BLOCK_OVER = "a block has ended by itself"
    BLOCK_LIFTED = "a block was lifted"
    BLOCK_SET_ASIDE = "a block applies, and danger sets it aside"
    BLOCK_APPLIES = "a block applies"
    NO_HOURS = "the care plan has no hours"
    WITHIN_HOURS = "it is within the agreed hours"
    HOURS_SET_ASIDE = "it is outside the agreed hours, and danger sets them aside"
    WENT_ON = "it is outside the agreed hours, and the caller chose to go on"
    OUTSIDE_HOURS = "it is outside the agreed hours"


SET_ASIDE = frozenset({Ground.BLOCK_SET_ASIDE, Ground.HOURS_SET_ASIDE})


@dataclass(frozen=True, slots=True)
class Plan:
    """What of a care plan bears on access. Risk of `overridden_from` or graver sets its hours aside."""

    hours: Hours | None
    overridden_from: Tier = Tier.HIGH


@dataclass(frozen=True, slots=True)
class Block:
    """A decision to turn somebody away, until then at the latest."""

    until: datetime
    is_lifted: bool = False


@dataclass(frozen=True, slots=True)
class Approach:
    """One approach. `open_risk` is the gravest of what the caller has open; `goes_on`: told of hours, they went on."""

    open_risk: Tier = Tier.NONE
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Admit:
    """Receive them as anybody else."""

    reasons: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class AgreedHours:
    """Tell them of the agreed hours; going on is their choice."""

    hours: Hours
    reasons: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Blocked:
    """Tell them plainly, and what to do in danger."""

    until: datetime
    reasons: tuple[Ground, ...]


Access = Admit | AgreedHours | Blocked


def admit(approach: Approach, plan: Plan | None, block: Block | None, risk: Tier, now: datetime) -> Access:
    """The verdict for one approach. `now` is in the line's time zone; `risk` is what this approach has shown so far."""
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    grave = max(risk, approach.open_risk)
    of_block = _of_block(block, grave, now)
    if block is not None and of_block == (Ground.BLOCK_APPLIES,):
        return Blocked(block.until, of_block)
    of_plan = _of_plan(plan, approach, grave, now)
    reasons = of_block + of_plan
    if plan is not None and plan.hours is not None and of_plan == (Ground.OUTSIDE_HOURS,):
        return AgreedHours(plan.hours, reasons)
    return Admit(reasons or (Ground.NOTHING_SET,))


def _of_block(block: Block | None, grave: Tier, now: datetime) -> tuple[Ground, ...]:
    if block is None:
        return ()
    if block.is_lifted:
        return (Ground.BLOCK_LIFTED,)
    if block.until <= now:
        return (Ground.BLOCK_OVER,)
    return (Ground.BLOCK_SET_ASIDE if grave > Tier.NONE else Ground.BLOCK_APPLIES,)


def _of_plan(plan: Plan | None, approach: Approach, grave: Tier, now: datetime) -> tuple[Ground, ...]:
    if plan is None:
        return ()
    if plan.hours is None:
        return (Ground.NO_HOURS,)
    if plan.hours.hold(now.time()):
        return (Ground.WITHIN_HOURS,)
    if grave >= plan.overridden_from:
        return (Ground.HOURS_SET_ASIDE,)
    return (Ground.WENT_ON if approach.goes_on else Ground.OUTSIDE_HOURS,)
