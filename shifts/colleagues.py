"""Somebody of the roster as the rota looks at them, and whether they count for what a line wants: values, pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from helpline.nouns import Role
from helpline.rota_policy import Cover, RotaPolicy
from shifts.rota import Occurrence


@dataclass(frozen=True, slots=True)
class Colleague:
    """Without `queues` they serve every queue, and without a `zone` theirs is the line's. `place` is in the roster."""

    id: UUID
    name: str
    role: Role
    languages: Sequence[str] = ()
    skills: Sequence[str] = ()
    queues: Sequence[str] = ()
    zone: ZoneInfo | None = None
    place: int = 0


class Serving(Protocol):
    """Whoever speaks languages and serves queues, or every queue if none is named."""

    @property
    def languages(self) -> Collection[str]: ...
    @property
    def queues(self) -> Collection[str]: ...


def meets(person: Serving, wanted: Cover) -> bool:
    """Whether somebody speaks and serves what is wanted, whatever their shift."""
    if wanted.language is not None and wanted.language not in person.languages:
        return False
    return wanted.queue is None or not person.queues or wanted.queue in person.queues


def is_for(one: Occurrence, wanted: Cover) -> bool:
    """Whether a shift is one of those that are wanted, whoever has it."""
    in_queue = wanted.queue is None or not one.queues or wanted.queue in one.queues
    return (one.role, one.tier) == (wanted.role, wanted.tier) and in_queue


def counts(one: Occurrence, person: Colleague, wanted: Cover, policy: RotaPolicy) -> bool:
    """Whether somebody on the shift `one` is among those that are wanted. Whose certification has run out is not."""
    return is_for(one, wanted) and meets(person, wanted) and policy.lacks(person.skills, one.role, one.on) is None


class Holding(Protocol):
    """Whoever has a role."""

    @property
    def role(self) -> Role: ...


Somebody = TypeVar("Somebody", bound=Holding)


def answering(people: Iterable[Somebody]) -> list[Somebody]:
    """Whoever answers for the rota: coordinators; where there is none, every supervisor."""
    known = list(people)
    return [one for one in known if one.role is Role.COORDINATOR] or [
        one for one in known if one.role is Role.SUPERVISOR
    ]
