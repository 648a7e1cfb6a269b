"""How long the rota takes to say who is on duty: 2,000 people, five years of rules and of what was changed since.

    .venv/bin/python bench/on_duty.py [--people N] [--questions N]

It asks at moments strewn over a day, as a line does, and once at the first moment of each of a year's days, when the
day has to be worked out; the rota itself is made anew before the first question, as after every change.
"""

from __future__ import annotations

import argparse
import json
import statistics
from datetime import UTC, date, datetime, timedelta
from random import Random
from time import perf_counter
from uuid import UUID
from zoneinfo import ZoneInfo

from helpline.hours import read_hours
from helpline.nouns import Role
from shifts.recurrence import read_recurrence
from shifts.rota import Leave, Override, Rota, Shift, on_duty

ZONE = ZoneInfo("America/New_York")
FIRST, TODAY = date(2021, 11, 25), date(2026, 11, 25)
RULES = ("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU", "FREQ=MONTHLY;BYDAY=-1FR")
SPANS = ("22:00-06:00", "06:00-10:00", "10:00-14:00", "14:00-18:00", "18:00-22:00")


def make(people: int, rng: Random) -> Rota:
    """Two rules a person, and for five years a change a month and a leave a year of each."""
    shifts = []
    for number in range(2 * people):
        hours, first = read_hours(rng.choice(SPANS)), FIRST + timedelta(days=rng.randrange(365))
        tier = rng.choice([1, 2]) if number % 50 == 0 else None
        recurs = read_recurrence(first, rng.choice(RULES))
        shifts.append(Shift(UUID(int=number), UUID(int=number // 2), Role.PEER, hours, recurs, ZONE, tier))
    days = (TODAY - FIRST).days + 365
    overrides = {}
    for _ in range(people * 60):
        shift = rng.choice(shifts)
        on = FIRST + timedelta(days=rng.randrange(days))
        overrides[shift.id, on] = Override(shift.id, on, UUID(int=rng.randrange(people)))
    leaves = []
    for person in range(people):
        for year in range(5):
            first = FIRST + timedelta(days=365 * year + rng.randrange(350))
            leaves.append(Leave(UUID(int=person), first, first + timedelta(days=14)))
    return Rota(ZONE, shifts, list(overrides.values()), leaves)


def timed(rota: Rota, moments: list[datetime]) -> list[float]:
    """Milliseconds that each question took."""
    took = []
    for at in moments:
        start = perf_counter()
        on_duty(rota, at)
        took.append((perf_counter() - start) * 1000)
    return took


def percentile(values: list[float], share: int) -> float:
    return round(statistics.quantiles(values, n=100)[share - 1], 3)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, default=2000)
    asked.add_argument("--questions", type=int, default=20_000)
    wanted = asked.parse_args()
    rng = Random(1)  # noqa: S311 - the same rota every time
    rota = make(wanted.people, rng)
    midnight = datetime.combine(TODAY, datetime.min.time(), UTC)
    through_the_day = [midnight + timedelta(seconds=rng.uniform(0, 86_400)) for _ in range(wanted.questions)]
    day = timed(rota, through_the_day)
    mornings = timed(rota, [midnight + timedelta(days=n) for n in range(1, 366)])
    found = {
        "people": wanted.people,
        "rules": len(rota.shifts),
        "overrides": len(rota.overrides),
        "questions": len(day),
        "p50_ms": percentile(day, 50),
        "p99_ms": percentile(day, 99),
        "first_ms": round(day[0], 1),
        "new_day_p50_ms": percentile(mornings, 50),
        "new_day_p99_ms": percentile(mornings, 99),
    }
    print(json.dumps(found))  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
