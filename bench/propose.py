"""How long it takes to propose four weeks for forty people, and how good the proposal is.

    .venv/bin/python bench/propose.py [--seconds 15] [--people 40] [--days 28] [--json]

Six shifts of four hours a day, at least one person on each and rather two, one of whom speaks Spanish by day. Everybody
can at some hours of some weekdays only, and wishes for some and against others; every run has the same people.
"""

from __future__ import annotations

import json
import random
import time as clock
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import click

from helpline.nouns import Role
from shifts.proposal import Proposal, Rules, Slot, Span, Volunteer, Wish, propose

ZONE = ZoneInfo("America/New_York")
FIRST = date(2026, 3, 2)  # the clock goes forward within these weeks
HOURS = (0, 4, 8, 12, 16, 20)


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day + timedelta(days=hour // 24), time(hour % 24), ZONE).astimezone(UTC)


def slots(days: int) -> list[Slot]:
    """Six shifts of every day."""
    return [
        Slot(
            id=f"{day.isoformat()} {hour:02}:00",
            starts=at(day, hour),
            ends=at(day, hour + 4),
            role=Role.PEER,
            minimum=1,
            target=2,
            languages={"es": 1} if 8 <= hour < 20 else {},
        )
        for day in (FIRST + timedelta(days=n) for n in range(days))
        for hour in HOURS
    ]


def people(count: int, days: int, seed: int = 7) -> list[Volunteer]:
    """So many people, each with hours, languages and wishes of their own."""
    chance = random.Random(seed)  # noqa: S311 - the same people every time
    return [_person(n, days, chance) for n in range(count)]


def _person(number: int, days: int, chance: random.Random) -> Volunteer:
    can = {weekday: _hours_of_a_day(chance) for weekday in chance.sample(range(7), chance.randint(3, 6))}
    liked, unliked = chance.sample(sorted(can), 2)
    spans = list(_spans(can, days))
    return Volunteer(
        id=UUID(int=number + 1),
        name=f"Person {number + 1}",
        roles=frozenset({Role.PEER}),
        languages=frozenset({"en", "es"} if number % 4 == 0 else {"en"}),
        available=spans,
        wishes=[
            Wish(span, 2 if weekday == liked else -2)
            for weekday, span in ((span.starts.astimezone(ZONE).weekday(), span) for span in spans)
            if weekday in {liked, unliked}
        ],
        most_hours_a_week=chance.choice([12, 16, 20]),
    )


def _hours_of_a_day(chance: random.Random) -> tuple[int, int]:
    if chance.random() < 0.4:
        return 20, 32  # the evening and the night
    begins = chance.choice([8, 12, 16])
    return begins, begins + 8


def _spans(can: dict[int, tuple[int, int]], days: int) -> Iterator[Span]:
    for day in (FIRST + timedelta(days=n) for n in range(days)):
        if day.weekday() in can:
            begins, ends = can[day.weekday()]
            yield Span(at(day, begins), at(day, ends))


def figures(found: Proposal, wall: float, slot_count: int) -> dict[str, object]:
    """What the run came to."""
    far = (
        [
            max(abs(has - fair) for has, fair in [(one.has[place], one.fair[place]) for one in found.accounts])
            for place in range(3)
        ]
        if found.accounts
        else [0.0] * 3
    )
    return {
        "slots": slot_count,
        "people": len(found.accounts),
        "wall_s": round(wall, 1),
        "solver_s": found.seconds,
        "assignments": len(found.assignments),
        "below_minimum": sum(one.minimum > 0 for one in found.unfilled),
        "below_target": sum(one.target > 0 for one in found.unfilled),
        "without_language": sum(bool(one.languages) for one in found.unfilled),
        "furthest_from_fair_nights": round(far[0], 1),
        "furthest_from_fair_weekends": round(far[1], 1),
        "furthest_from_fair_hours": round(far[2], 1),
        "liked": sum(one.liked for one in found.accounts),
        "unliked": sum(one.unliked for one in found.accounts),
        "layers": {
            layer.name: {"value": layer.value, "bound": layer.bound, "proven": layer.proven} for layer in found.layers
        },
    }


@click.command()
@click.option("--seconds", default=15.0, show_default=True)
@click.option("--people", "count", default=40, show_default=True)
@click.option("--days", default=28, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(seconds: float, count: int, days: int, *, as_json: bool) -> None:
    """Propose a rota and say how long it took."""
    wanted = slots(days)
    begun = clock.monotonic()
    found = propose(wanted, people(count, days), Rules(ZONE), seconds=seconds)
    told = figures(found, clock.monotonic() - begun, len(wanted))
    if as_json:
        click.echo(json.dumps(told))
        return
    for name, figure in told.items():
        click.echo(f"{name:>28}  {figure}")


if __name__ == "__main__":
    main()
