"""Who is asked to step in for somebody: those who may, whoever has had the least first. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from helpline.rota_policy import RotaPolicy
from shifts.rota import Occurrence
from shifts.taking_part.rules import Allowed, consider
from shifts.taking_part.standing import Change, Standing, Step

FAIR = timedelta(days=14)
"""So long before and after now people's hours are compared."""


def who_fits(
    one: Occurrence, standing: Standing, policy: RotaPolicy, now: datetime, apart: Collection[UUID] = ()
) -> list[UUID]:
    """Everybody who may have the shift at once, whoever has the fewest hours about now first; `apart` are left out."""
    hours = _hours(standing, now)
    fit = [
        person
        for person in standing.people.values()
        if person.id not in {*apart, one.person}
        and isinstance(consider(Change((Step(one, person.id),)), standing, policy, now), Allowed)
    ]
    return [one.id for one in sorted(fit, key=lambda one: (hours.get(one.id, timedelta()), one.place))]


def _hours(standing: Standing, now: datetime) -> dict[UUID, timedelta]:
    """How long everybody is on shift in the four weeks about now."""
    found: dict[UUID, timedelta] = {}
    for one in standing.between(now - FAIR, now + FAIR):
        if one.person is not None and one.tier is None:
            found[one.person] = found.get(one.person, timedelta()) + one.length
    return found
