"""The rota and the people as they stand when a change is asked for, and the change itself: values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from shifts.colleagues import Colleague
from shifts.rota import Occurrence, Rota


@dataclass(frozen=True, slots=True)
class Step:
    """`occurrence`, as whoever asks knows it, becomes that of the person `to`, or open."""

    occurrence: Occurrence
    to: UUID | None


@dataclass(frozen=True, slots=True)
class Change:
    """What is asked for at once. `by` is who asks and reads the answer; `number` is how they call the shift."""

    steps: tuple[Step, ...]
    by: UUID | None = None
    number: int | None = None

    @property
    def removes(self) -> bool:
        """Whether somebody who has a shift loses it."""
        return any(step.occurrence.person is not None for step in self.steps)


@dataclass(frozen=True)
class Standing:
    """The rota, everybody of the roster, and the wall clock on which whoever reads the answer reads times."""

    rota: Rota
    people: Mapping[UUID, Colleague]
    reader: ZoneInfo

    def between(self, starts: datetime, ends: datetime, change: Change | None = None) -> list[Occurrence]:
        """What overlaps that time, as it would be after `change`."""
        found = self.rota.between(starts, ends)
        if change is None:
            return found
        to = {step.occurrence.key: step.to for step in change.steps}
        return [replace(one, person=to[one.key]) if one.key in to else one for one in found]
