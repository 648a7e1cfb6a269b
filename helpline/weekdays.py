"""Days of the week and hours of a day, as a line file writes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from helpline.hours import Hours, read_hours

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _stretch(value: Any) -> Any:
    return read_hours(value) if isinstance(value, str) else value


DayHours = Annotated[Hours, BeforeValidator(_stretch)]
