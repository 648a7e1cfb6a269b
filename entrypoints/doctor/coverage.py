"""Judges who is there during the next day: peers, supervisors, and the clinician on call. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from entrypoints.doctor.findings import Finding, fault, listed, ok, warning

PEERS, SUPERVISORS, ON_CALL = "peers on shift", "supervisor on shift", "on call"
QUARTER = timedelta(minutes=15)
QUARTERS = 96


@dataclass(frozen=True)
class Quarter:
    """How many are on shift during the quarter of an hour that begins at `at`."""

    at: datetime
    peers: int
    supervisors: int


def next_day(now: datetime) -> list[datetime]:
    """The beginnings of the 96 quarters of an hour of the next day; the first is the one that `now` is in."""
    passed = timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
    return [now - passed + n * QUARTER for n in range(QUARTERS)]


def judge_shifts(quarters: Sequence[Quarter], zone: ZoneInfo) -> Iterator[Finding]:
    """Whether a peer and a supervisor are on shift at every hour of the next day; the hours when not."""
    gaps = _hours(quarters, zone, lambda quarter: quarter.peers == 0)
    if gaps and all(quarter.peers == 0 for quarter in quarters):
        yield fault(PEERS, "No peer is on shift during the next 24 hours.", "Give peers hours, and load the roster.")
    elif gaps:
        do = "Find somebody for these hours: until then the clinician on call is paged at once."
        yield warning(PEERS, f"No peer is on shift {listed(gaps)}.", do)
    else:
        yield ok(PEERS, "A peer is on shift at every hour of the next 24.")
    gaps = _hours(quarters, zone, lambda quarter: quarter.supervisors == 0)
    if gaps:
        do = "Find somebody for these hours: until then every supervisor is told when something is wrong."
        yield warning(SUPERVISORS, f"No supervisor is on shift {listed(gaps)}.", do)
    else:
        yield ok(SUPERVISORS, "A supervisor is on shift at every hour of the next 24.")


def judge_on_call(people: dict[int, int], tiers: Sequence[int]) -> Finding:
    """`people` is how many are on call in each tier; `tiers` are those that the line's ladder pages."""
    if not any(people.get(tier) for tier in tiers):
        do = "Put a clinician on call in the roster: without one, danger reaches a supervisor only."
        return fault(ON_CALL, "Nobody is on call.", do)
    empty = [f"tier {tier}" for tier in tiers if not people.get(tier)]
    if empty:
        do = "Put somebody on call there: an empty tier is passed over."
        return warning(ON_CALL, f"Nobody is on call in {listed(empty)}.", do)
    return ok(ON_CALL, "Somebody is on call in every tier that is paged.")


def _hours(quarters: Sequence[Quarter], zone: ZoneInfo, missing: Callable[[Quarter], bool]) -> list[str]:
    """The stretches in which something is missing, in the line's own time, such as "from Sat 02:00 to 06:15"."""
    stretches: list[list[datetime]] = []
    for quarter in quarters:
        if not missing(quarter):
            continue
        if stretches and stretches[-1][1] == quarter.at:
            stretches[-1][1] = quarter.at + QUARTER
        else:
            stretches.append([quarter.at, quarter.at + QUARTER])
    if len(stretches) == 1 and stretches[0][1] - stretches[0][0] == QUARTERS * QUARTER:
        return ["during the next 24 hours"]
    return [f"from {starts.astimezone(zone):%a %H:%M} to {ends.astimezone(zone):%H:%M}" for starts, ends in stretches]
