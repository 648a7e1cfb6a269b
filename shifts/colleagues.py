"""Somebody of the roster as the rota looks at them, and whether they count for what a line wants: values, pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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

    def could_meet(self, wanted: Cover) -> bool:
        """Whether they speak and serve what is wanted, whatever their shift."""
        if wanted.language is not None and wanted.language not in self.languages:
            return False
        return wanted.queue is None or not self.queues or wanted.queue in self.queues


def counts(one: Occurrence, person: Colleague, wanted: Cover, policy: RotaPolicy) -> bool:
    """Whether somebody on the shift `one` is among those that are wanted. Whose certification has run out is not."""
    if (one.role, one.tier) != (wanted.role, wanted.tier) or not person.could_meet(wanted):
        return False
    if wanted.queue is not None and one.queues and wanted.queue not in one.queues:
        return False
    return policy.lacks(person.skills, one.role, one.on) is None
