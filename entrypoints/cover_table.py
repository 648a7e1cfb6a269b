"""The cover as a table for people: a line a stretch throughout which the same people meet the same requirements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from rich import box
from rich.table import Table

from entrypoints.cover import Forecast, Hour, basis, told
from shifts import wording

NOBODY = "nobody"


def table(seen: Forecast, *, holes_only: bool) -> Table:
    """The cover, gravest things in colour. Of the figures of a stretch those of its worst hour are shown."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    made.add_column("when", no_wrap=True)
    made.add_column("on shift")
    made.add_column("on call")
    made.add_column("cover")
    for figure in ("calls/h", "texts/h", "needed", "wait", f"in {seen.line.rota.load.within_seconds:g} s"):
        made.add_column(figure, justify="right", no_wrap=True)
    for hours in _stretches(seen.hours):
        if hours[0].span.has_hole or not holes_only:
            made.add_row(*_row(seen, hours), style=_style(hours[0]))
    return made


def sums(seen: Forecast) -> list[str]:
    """What the table comes to, and what its figures rest on."""
    thin = sum(_hours(hour) for hour in seen.hours if any(one.is_thin for one in hour.span.checks))
    alone = sum(_hours(hour) for hour in seen.hours if any(one.only for one in hour.span.checks))
    count = len(seen.holes)
    said = [
        f"{count} {'hole' if count == 1 else 'holes'} below the minimum, {thin:g} hours below the target, "
        f"{alone:g} hours that hang on one person.",
        f"Expected from {basis(seen)}; "
        + ("waits by simulation." if any(hour.simulated for hour in seen.hours) else "waits by Erlang A."),
    ]
    if not seen.line.rota.cover:
        said.insert(0, "The line states no [[rota.cover]]: nothing is wanted, so nothing is missing.")
    return said


def _stretches(hours: Sequence[Hour]) -> Iterator[list[Hour]]:
    def alike(hour: Hour) -> tuple[object, ...]:
        return hour.span.serving, hour.span.on_call, hour.span.checks

    for _, together in groupby(hours, key=alike):
        yield list(together)


def _row(seen: Forecast, hours: Sequence[Hour]) -> list[str]:
    span = hours[0].span
    on_shift = [
        f"{role}: {', '.join(seen.names(people))}" if role != "peer" else ", ".join(seen.names(people))
        for role, people in span.serving.items()
    ]
    on_call = [f"{tier}: {', '.join(seen.names(people))}" for tier, people in span.on_call.items()]
    return [
        _when(seen, span.starts, hours[-1].span.ends),
        "; ".join(on_shift) or NOBODY,
        "; ".join(on_call) or NOBODY,
        "\n".join(told(seen, check) for check in span.checks),
        f"{max(hour.expected.calls_per_hour for hour in hours):.1f}",
        f"{max(hour.expected.texts_per_hour for hour in hours):.1f}",
        str(max(hour.expected.needed for hour in hours)),
        _seconds(max(_wait(hour) for hour in hours)),
        f"{min(_answered(hour) for hour in hours):.0%}",
    ]


def _wait(hour: Hour) -> float:
    found = hour.simulated
    return hour.expected.mean_wait_seconds if found is None else found.mean_wait_seconds.value


def _answered(hour: Hour) -> float:
    found = hour.simulated
    return hour.expected.answered_share if found is None else found.answered_within.value


def _hours(hour: Hour) -> float:
    return hour.span.length.total_seconds() / 3600


def _style(hour: Hour) -> str | None:
    if hour.span.has_hole:
        return "red"
    return None if hour.span.is_sound else "yellow"


def _seconds(value: float) -> str:
    return f"{value:.0f} s" if value < 100 else f"{value / 60:.0f} min"


def _when(seen: Forecast, starts: datetime, ends: datetime) -> str:
    """The time on the line's wall clock; with the zone, where the clock shows the same time twice."""
    zones = [at.astimezone(seen.zone) for at in (starts, ends)]
    twice = any(at.utcoffset() != at.replace(fold=1 - at.fold).utcoffset() for at in zones)
    told = wording.span(starts, ends, seen.zone)
    return f"{told} {zones[0].tzname()}" if twice else told
