"""What no rota of a line may ask of anybody, and the shifts it usually has: policy for whoever proposes one."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from helpline.hours import Hours, read_hours
from helpline.queue import Part


def _hours(value: Any) -> Any:
    return read_hours(value) if isinstance(value, str) else value


class Limits(Part):
    """Hours and counts for one person. A night is a shift with three hours of it, or all, between 23:00 and 6:00.

    `usual_shifts` are how time is cut where the line wants people for longer than one of them. With `never_alone`
    nobody is given a shift that they would have to themself.
    """

    usual_shifts: Annotated[tuple[Annotated[Hours, BeforeValidator(_hours)], ...], Field(min_length=1)] = (
        Hours(time(6), time(14)),
        Hours(time(14), time(22)),
        Hours(time(22), time(6)),
    )
    longest_shift_hours: Annotated[float, Field(gt=0, le=24)] = 12
    most_hours_a_week: Annotated[float, Field(gt=0, le=168)] = 40
    rest_after_night_hours: Annotated[float, Field(ge=0, le=48)] = 11
    most_nights_in_a_row: Annotated[int, Field(ge=1, le=31)] = 3
    never_alone: bool = False
