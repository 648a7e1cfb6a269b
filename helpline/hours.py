"""Wall clocks: daily hours, which may pass midnight, the moments at which they begin and end on a day, time zones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Hours:
    """From `starts` until `ends`, which is no longer within them. Equal ends mean the whole day."""

    starts: time
    ends: time

    def hold(self, wall: time) -> bool:
        """Whether `wall` lies within the hours, on whatever day they began."""
        if self.starts == self.ends:
            return True
        if self.starts < self.ends:
            return self.starts <= wall < self.ends
        return wall >= self.starts or wall < self.ends

    def began_on(self, wall: datetime) -> date | None:
        """The day on which the hours that hold at `wall`, a moment of the wall clock, began; None if they do not."""
        if not self.hold(wall.time()):
            return None
        return wall.date() if wall.time() >= self.starts else wall.date() - timedelta(days=1)

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When the hours that begin on `day` begin and end, in UTC, on the wall clock of `zone`.

        A moment the clock leaps over counts as the moment of the leap or later, one that comes twice as its first
        coming: hours that meet on the wall clock meet in truth. Hours wholly within a leap have no length.
        """
        starts = datetime.combine(day, self.starts, zone).astimezone(UTC)
        last = day if self.starts < self.ends else day + timedelta(days=1)
        return starts, max(starts, datetime.combine(last, self.ends, zone).astimezone(UTC))

    def within(self, starts: datetime, ends: datetime, zone: ZoneInfo) -> timedelta:
        """How much of these hours, whatever the day they begin on, lies from `starts` until before `ends`."""
        found, day = timedelta(), starts.astimezone(zone).date() - timedelta(days=1)
        while day <= ends.astimezone(zone).date():
            begins, closes = self.on(day, zone)
            found += max(timedelta(), min(closes, ends) - max(begins, starts))
            day += timedelta(days=1)
        return found

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}-{self.ends:%H:%M}"


WHOLE_DAY = Hours(time(0), time(0))


def read_hours(text: str) -> Hours:
    """The hours written as 22:00-06:00; ValueError if they are not."""
    try:
        starts, ends = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except (AttributeError, ValueError):
        raise ValueError("not hours; write them as 22:00-06:00") from None
    if starts.tzinfo or ends.tzinfo or starts.second or ends.second or starts.microsecond or ends.microsecond:
        raise ValueError("not whole minutes of the wall clock; write hours as 22:00-06:00")
    return Hours(starts, ends)


def read_zone(text: str) -> str:
    """The name of a time zone, checked; ValueError if there is none of that name."""
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError("not a time zone; write it as America/New_York") from None
    return text


def zone_named(name: str | None, otherwise: ZoneInfo) -> ZoneInfo:
    """The zone of that name; `otherwise`, if none is named."""
    return otherwise if name is None else ZoneInfo(name)
