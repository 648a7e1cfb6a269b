"""Who is on duty at a moment: a pure function of the rota."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class DailyHours:
    """Hours that come round every day, in wall-clock time. Equal ends mean the whole day; hours may pass midnight."""

    person: UUID
    starts: time
    ends: time

    def hold(self, wall: time) -> bool:
        if self.starts == self.ends:
            return True
        if self.starts < self.ends:
            return self.starts <= wall < self.ends
        return wall >= self.starts or wall < self.ends


@dataclass(frozen=True)
class Rota:
    zone: ZoneInfo
    hours: Sequence[DailyHours]
    on_call: Mapping[UUID, int]


@dataclass(frozen=True)
class Coverage:
    """Who is on shift now, and who is on call, by tier."""

    on_shift: frozenset[UUID]
    on_call: Mapping[int, tuple[UUID, ...]]


def on_duty(rota: Rota, now: datetime) -> Coverage:
    """The coverage at `now`, which must be aware. Hours are read on the wall clock of the rota's zone."""
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    wall = now.astimezone(rota.zone).time()
    on_shift = frozenset(hours.person for hours in rota.hours if hours.hold(wall))
    tiers: dict[int, list[UUID]] = {}
    for person, tier in rota.on_call.items():
        tiers.setdefault(tier, []).append(person)
    return Coverage(on_shift, {tier: tuple(people) for tier, people in sorted(tiers.items())})


def began(rota: Rota, now: datetime) -> Mapping[UUID, datetime]:
    """When the shift of everybody who is on shift at `now` began; the earliest, where hours overlap."""
    here = now.astimezone(rota.zone)
    found: dict[UUID, datetime] = {}
    for hours in rota.hours:
        if hours.hold(here.time()):
            day = here.date() if hours.starts <= here.time() else here.date() - timedelta(days=1)
            start = datetime.combine(day, hours.starts, rota.zone).astimezone(UTC)
            found[hours.person] = min(start, found.get(hours.person, start))
    return found
