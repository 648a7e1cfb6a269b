"""A line's policy for its rota: holidays, how many people it wants when, and who may serve as what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from helpline.hours import WHOLE_DAY, Hours, read_hours
from helpline.nouns import Role
from helpline.queue import Part
from helpline.skills import Skill, read_skill

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


class Limits(Part):
    """What holds for a change of the rota that somebody asks for; it is never held against the rota as it stands.

    Hours are counted on the line's wall clock: a night is as long when the clocks change as any other. Shifts parted
    by less than `break_minutes` are one unbroken time; with `night_takes_hours` of `night` in it, that is a night.
    A change that would leave less than a minimum of `rota.cover` needs a coordinator, and is refused within
    `hole_refused_within_hours` of the shift. `cover_people` are asked at once to step in for somebody.
    """

    longest_shift_hours: Annotated[float, Field(gt=0, le=24)] = 8
    break_minutes: Annotated[float, Field(ge=0, le=720)] = 30
    week_hours: Annotated[float, Field(gt=0, le=168)] = 40
    rest_after_night_hours: Annotated[float, Field(ge=0, le=72)] = 11
    night: DayHours = Hours(time(23), time(6))
    night_takes_hours: Annotated[float, Field(gt=0, le=12)] = 3
    hole_refused_within_hours: Annotated[float, Field(ge=0, le=720)] = 48
    cover_people: Annotated[int, Field(ge=1, le=50)] = 5
    undo_minutes: Annotated[float, Field(ge=0, le=1440)] = 10
    open_days: Annotated[int, Field(ge=1, le=90)] = 28

    @property
    def longest(self) -> timedelta:
        return timedelta(hours=self.longest_shift_hours)

    @property
    def week(self) -> timedelta:
        return timedelta(hours=self.week_hours)

    @property
    def shortest_break(self) -> timedelta:
        return timedelta(minutes=self.break_minutes)

    @property
    def rest(self) -> timedelta:
        return timedelta(hours=self.rest_after_night_hours)


def _required(value: Mapping[Role, tuple[str, ...]]) -> Mapping[Role, tuple[str, ...]]:
    for text in (skill for skills in value.values() for skill in skills):
        if read_skill(text).until is not None:
            raise ValueError(f"{text!r}: what a role requires has no last day; leave the day out")
    return value


class RotaPolicy(Part):
    """`serves` says as what else, beside their own role, people may take a shift; `required` which skills a role takes.

    Without `limits` nobody changes the rota by text.
    """

    holidays: tuple[Holiday, ...] = ()
    cover: tuple[Cover, ...] = ()
    limits: Limits | None = None
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
        theirs = [read_skill(text) for text in skills]
        for wanted in map(read_skill, self.required.get(role, ())):
            known = [one for one in theirs if one.name == wanted.name and one.level >= wanted.level]
            if not any(one.holds(day) for one in known):
                return max(known, key=lambda one: one.until or day, default=wanted)
        return None


NO_POLICY = RotaPolicy()

ROTA_WORDS = frozenset(
    """
rota_asked rota_coordinator rota_coordinator_none rota_cover_asked rota_cover_nobody rota_cover_offer rota_decided
rota_denied rota_given rota_handed_over rota_handover_offer rota_help rota_lapsed rota_mine rota_name_unknown
rota_name_which rota_no_request rota_none rota_not_coordinator rota_not_yours rota_nothing_to_undo rota_open
rota_open_none rota_received rota_refused rota_request_refused rota_swap_choice rota_swap_how rota_swap_offer
rota_swapped rota_taken rota_undone rota_unknown rota_waiting rota_waiting_none rota_waits
rota_withdrawn rota_you_refused
    """.split()  # noqa: SIM905 - a list of names reads best as one
)
"""What is said when people change the rota by text: needed only by a line that lets them."""
