"""When somebody is called who agreed to it: only between both ends, only in their safe hours, and as soon as that."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from helpline.hours import Hours
from routing.follow_up import next_moment

ZONES = st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "UTC"])
CLOCK = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
STEP = timedelta(minutes=15)
MOMENT = st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 10)).map(  # noqa: DTZ001 - given its zone in the next line
    lambda at: at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0, tzinfo=UTC)
)


@given(MOMENT, st.integers(4, 300), CLOCK, CLOCK, ZONES, st.integers(-100, 400))
def test_it_is_the_first_quarter_of_an_hour_that_somebody_walking_the_clock_finds(
    opens: datetime, quarters: int, starts: time, ends: time, zone_name: str, late: int
) -> None:
    zone, safe, closes = ZoneInfo(zone_name), Hours(starts, ends), opens + quarters * STEP
    now = opens + late * STEP
    found = next_moment(opens, closes, safe, zone, now)
    walked, at = None, max(opens, now)
    while at < closes and walked is None:
        if safe.hold(at.astimezone(zone).time()):
            walked = at
        at += STEP
    assert found == walked or (found is not None and walked is not None and _is_the_hour_that_comes_twice(found, zone))


def _is_the_hour_that_comes_twice(at: datetime, zone: ZoneInfo) -> bool:
    """Hours that begin or end within it are read as its first coming (`Hours.on`)."""
    day = timedelta(hours=26)
    return (at - day).astimezone(zone).utcoffset() != (at + day).astimezone(zone).utcoffset()
