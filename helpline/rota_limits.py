"""What no change of the rota may ask of anybody: a line's policy for those who take, give and swap their shifts."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated

from pydantic import Field

from helpline.hours import Hours
from helpline.queue import Part
from helpline.weekdays import DayHours


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


class Proposing(Part):
    """How a rota is proposed, beside the limits that hold for everybody.

    `usual_shifts` are how time is cut where the line wants people for longer than one of them. With `never_alone`
    nobody is given a shift that they would have to themself.
    """

    usual_shifts: Annotated[tuple[DayHours, ...], Field(min_length=1)] = (
        Hours(time(6), time(14)),
        Hours(time(14), time(22)),
        Hours(time(22), time(6)),
    )
    most_nights_in_a_row: Annotated[int, Field(ge=1, le=31)] = 3
    never_alone: bool = False


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
