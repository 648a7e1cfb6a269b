"""A line's policy for its rota: holidays, how many people it wants when, and who may serve as what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from helpline.hours import WHOLE_DAY, Hours, read_hours
from helpline.nouns import Role
from helpline.queue import Part
from helpline.rota_limits import Limits

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _stretch(value: Any) -> Any:
    return read_hours(value) if isinstance(value, str) else value


DayHours = Annotated[Hours, BeforeValidator(_stretch)]


class Holiday(Part):
    on: date
    name: Annotated[str, Field(min_length=1, max_length=60)]


class Cover(Part):
    """How many people the line wants on shift at these times: `minimum` at least, `target` if it can.

    With a `tier`, so many clinicians on call in that tier. With a `language` or `queue`, so many who speak or serve it.
    Without `days` every day, and without `hours` the whole of it; `hours` belong to the day on which they begin.
    """

    role: Role = Role.PEER
    minimum: Annotated[int, Field(ge=0, le=1000)] = 1
    target: Annotated[int, Field(ge=0, le=1000)] = 0
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] | None = None
    queue: str | None = None
    tier: Annotated[int, Field(ge=1, le=9)] | None = None
    days: tuple[Weekday, ...] = ()
    hours: DayHours = WHOLE_DAY
    holidays: bool | None = None

    @property
    def wanted(self) -> int:
        """How many are enough and to spare: the target, or the minimum if that is more."""
        return max(self.minimum, self.target)

    def is_wanted(self, wall: datetime, holidays: frozenset[date]) -> bool:
        """Whether it holds at `wall`, a moment on the line's wall clock."""
        if not self.hours.hold(wall.time()):
            return False
        began = wall.date() if self._began_today(wall.time()) else date.fromordinal(wall.toordinal() - 1)
        if self.holidays is not None and self.holidays is not (began in holidays):
            return False
        return not self.days or WEEKDAYS[began.weekday()] in self.days

    def _began_today(self, wall: time) -> bool:
        return self.hours.starts < self.hours.ends or self.hours == WHOLE_DAY or wall >= self.hours.starts

    @model_validator(mode="after")
    def _makes_sense(self) -> Cover:
        if self.tier is not None and self.role is not Role.CLINICIAN:
            raise ValueError("a tier is one of clinicians on call: add role = 'clinician'")
        if not self.wanted:
            raise ValueError("wants nobody; give it a minimum or a target")
        return self


def _serves(value: Mapping[Role, tuple[Role, ...]]) -> Mapping[Role, tuple[Role, ...]]:
    for role, others in value.items():
        if Role.CLINICIAN in others and role is not Role.CLINICIAN:
            raise ValueError("only a clinician serves as one")
    return value


class RotaPolicy(Part):
    """`serves` says as what else, beside their own role, people may take a shift."""

    holidays: tuple[Holiday, ...] = ()
    cover: tuple[Cover, ...] = ()
    limits: Limits = Limits()
    serves: Annotated[Mapping[Role, tuple[Role, ...]], AfterValidator(_serves)] = {
        Role.PEER: (Role.BACKUP,),
        Role.SUPERVISOR: (Role.PEER, Role.BACKUP),
    }

    @property
    def free_days(self) -> frozenset[date]:
        return frozenset(holiday.on for holiday in self.holidays)

    def may_serve(self, person: Role, role: Role) -> bool:
        """Whether somebody whose own role is `person` may take a shift as `role`."""
        return person is role or role in self.serves.get(person, ())


NO_POLICY = RotaPolicy()
