"""A line's policy for its rota: holidays, how many people it wants when, and who may serve as what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from helpline.foresight import Alarms, LoadPolicy
from helpline.hours import WHOLE_DAY
from helpline.nouns import Role
from helpline.queue import Part
from helpline.rota_limits import Limits, Proposing
from helpline.skills import Skill, read_skill
from helpline.weekdays import WEEKDAYS, DayHours, Weekday


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
        began = self.hours.began_on(wall)
        if began is None:
            return False
        if self.holidays is not None and self.holidays is not (began in holidays):
            return False
        return not self.days or WEEKDAYS[began.weekday()] in self.days

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


def _required(value: Mapping[Role, tuple[str, ...]]) -> Mapping[Role, tuple[str, ...]]:
    for text in (skill for skills in value.values() for skill in skills):
        if read_skill(text).until is not None:
            raise ValueError(f"{text!r}: what a role requires has no last day; leave the day out")
    return value


class RotaPolicy(Part):
    """`serves` says as what else, beside their own role, people may take a shift; `required` which skills a role takes.

    `load` is what the line expects to come in. Without `alarms` nobody is told of holes in the rota, and without
    `limits` nobody changes it by text; `proposal` says how one is proposed.
    """

    holidays: tuple[Holiday, ...] = ()
    cover: tuple[Cover, ...] = ()
    load: LoadPolicy = LoadPolicy()
    alarms: Alarms | None = None
    limits: Limits | None = None
    proposal: Proposing = Proposing()
    required: Annotated[Mapping[Role, tuple[str, ...]], AfterValidator(_required)] = {}
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

    def lacks(self, skills: Sequence[str], role: Role, day: date) -> Skill | None:
        """The first skill that `role` requires and is not among `skills`, valid on `day`; None if they are all there.

        It is returned with the last day on which it was valid, if it has lapsed.
        """
        required = self.required.get(role, ())
        theirs = [read_skill(text) for text in skills] if required else []
        for wanted in map(read_skill, required):
            known = [one for one in theirs if one.name == wanted.name and one.level >= wanted.level]
            if not any(one.holds(day) for one in known):
                return max(known, key=lambda one: one.until or day, default=wanted)
        return None


NO_POLICY = RotaPolicy()
