"""Who is told of risk: the supervisors who are there; where there is none, whoever is on call, else the coordinators.

The field's rule: the peer never decides alone. A supervisor or clinician is within reach during all open hours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

from escalation.ladder import OnCall


class As(StrEnum):
    """As what somebody is told."""

    SUPERVISOR = "supervisor"
    ON_CALL = "on_call"
    COORDINATOR = "coordinator"


@dataclass(frozen=True)
class Told:
    """These people are told; with `paged` they are paged as well, until one acknowledges."""

    people: tuple[UUID, ...]
    told_as: As
    reason: str
    paged: bool = False


def whom(
    supervisors: Sequence[UUID],
    there: frozenset[UUID],
    on_call: OnCall,
    coordinators: Sequence[UUID],
    how: Literal["text", "page"] | None,
) -> Told:
    """Who is told. `supervisors` are those on shift, or all if none is; `there` are those of them who are present.

    `how` is the line's `ladder.without_supervisor`; without it the supervisors are told wherever they are.
    """
    present = tuple(one for one in supervisors if one in there)
    if present:
        return Told(present, As.SUPERVISOR, "supervisors are on shift")
    if how is None:
        return Told(tuple(supervisors), As.SUPERVISOR, "no supervisor is on shift; they are told nevertheless")
    first = _first_tier(on_call)
    if first:
        return Told(first, As.ON_CALL, "no supervisor is on shift: whoever is on call is told", how == "page")
    return Told(tuple(coordinators), As.COORDINATOR, "no supervisor is on shift and nobody is on call")


def _first_tier(on_call: Mapping[int, Sequence[UUID]]) -> tuple[UUID, ...]:
    return next((tuple(on_call[tier]) for tier in sorted(on_call) if on_call[tier]), ())
