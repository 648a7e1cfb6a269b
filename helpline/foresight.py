"""A line's policy for looking ahead: the load it states for itself, what it aims at, and who is told of holes, when."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from helpline.hours import WHOLE_DAY, read_hours
from helpline.nouns import Channel
from helpline.queue import Minutes, Part
from helpline.weekdays import DayHours, Weekday

Share = Annotated[float, Field(ge=0, le=1)]
PerHour = Annotated[float, Field(ge=0, le=10_000)]


class BusyHours(Part):
    """Hours of some days, or of all, in which a stated load is so many times as high."""

    days: tuple[Weekday, ...] = ()
    hours: DayHours = WHOLE_DAY
    times: Annotated[float, Field(ge=0, le=100)]


class LoadPolicy(Part):
    """What a line expects to come in until `learn_from_weeks` of its own history say so, what it takes, its aim.

    The minutes are means: of a call and of a text conversation, wrap-up included, and of how long somebody waits before
    they give up. `languages` are the shares of those other than the line's first. Of what rings, `rings_taken` is taken
    and `rings_declined` declined, `pick_up_seconds` after it began; the rest is missed. It aims to answer
    `answered_share` within `within_seconds`. The figures are the line's own to set: those here are a beginning.
    """

    calls_per_hour: PerHour = 0
    texts_per_hour: PerHour = 0
    busy: tuple[BusyHours, ...] = ()
    languages: Mapping[Annotated[str, Field(pattern=r"^[a-z]{2}$")], Share] = {}
    learn_from_weeks: Annotated[float, Field(ge=0, le=520)] = 4
    call_minutes: Minutes = 25
    text_minutes: Minutes = 45
    patience_minutes: Minutes = 3
    rings_taken: Share = 0.9
    rings_declined: Share = 0.05
    pick_up_seconds: Annotated[float, Field(ge=0, le=120)] = 8
    answered_share: Annotated[float, Field(ge=0, lt=1)] = 0.95
    within_seconds: Annotated[float, Field(ge=0, le=3600)] = 20

    def minutes(self, channel: Channel) -> float:
        """How long a contact takes of somebody."""
        return self.call_minutes if channel is Channel.VOICE else self.text_minutes

    def per_hour(self, channel: Channel) -> float:
        return self.calls_per_hour if channel is Channel.VOICE else self.texts_per_hour

    @model_validator(mode="after")
    def _shares_fit(self) -> LoadPolicy:
        if sum(self.languages.values()) > 1:
            raise ValueError("the shares of the languages are more than everybody")
        if self.rings_taken + self.rings_declined > 1:
            raise ValueError("more rings are taken and declined than there are")
        return self


class Audience(StrEnum):
    """Who is told of a hole."""

    COORDINATORS = "coordinators"
    SUPERVISORS = "supervisors"
    EVERYBODY_WHO_FITS = "everybody_who_fits"


class Horizon(Part):
    """So many hours before a hole begins these are told of it; by night only if it says so."""

    hours: Annotated[float, Field(gt=0, le=2160)]
    tell: Annotated[tuple[Audience, ...], Field(min_length=1)]
    by_night: bool = False


def _earliest_first(horizons: tuple[Horizon, ...]) -> tuple[Horizon, ...]:
    hours = [one.hours for one in horizons]
    if len({*hours}) < len(hours):
        raise ValueError("two horizons are the same")
    return tuple(sorted(horizons, key=lambda one: -one.hours))


TWO_WEEKS, THREE_DAYS, ONE_DAY, ONE_HOUR = 336, 72, 24, 1
USUAL_HORIZONS = (
    Horizon(hours=TWO_WEEKS, tell=(Audience.COORDINATORS,)),
    Horizon(hours=THREE_DAYS, tell=(Audience.COORDINATORS,)),
    Horizon(hours=ONE_DAY, tell=(Audience.COORDINATORS, Audience.SUPERVISORS), by_night=True),
    Horizon(hours=ONE_HOUR, tell=tuple(Audience), by_night=True),
)


class Alarms(Part):
    """When the right people are told of a hole in the rota, each time once. `day` is when it is not night."""

    day: DayHours = read_hours("08:00-21:00")
    horizons: Annotated[tuple[Horizon, ...], Field(min_length=1), AfterValidator(_earliest_first)] = USUAL_HORIZONS


ALARM_WORDS = frozenset(
    """
cover_alarm cover_ask cover_backup cover_clinician cover_coordinator cover_hole cover_language cover_more
cover_on_call cover_peer cover_queue cover_supervisor
    """.split()  # noqa: SIM905 - a list of names reads best as one
)
"""What is said of holes: needed only by a line that has `rota.alarms`."""
