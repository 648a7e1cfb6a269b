"""What `helpline cover` shows: who is on, what is missing, and what callers are to expect, hour by hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from entrypoints.cover_simulation import Simulator
from helpline.database import Work
from helpline.line import Line
from helpline.rota_policy import Cover
from routing.findings import Figure, Findings
from shifts.foresight import history
from shifts.foresight.cover import Check, Hole, Span, cover, holes
from shifts.foresight.expectation import Expectation, Expecting, answering
from shifts.roster import PEOPLE, Member, colleagues, current_rota


@dataclass(frozen=True)
class Hour:
    """A span of the cover with what is to be expected of it."""

    span: Span
    expected: Expectation
    simulated: Findings | None


@dataclass(frozen=True)
class Forecast:
    """The cover of a time, and what it rests on."""

    line: Line
    starts: datetime
    ends: datetime
    hours: Sequence[Hour]
    people: Mapping[UUID, str]
    outlook: history.Outlook

    @property
    def zone(self) -> ZoneInfo:
        return self.line.zone

    @cached_property
    def holes(self) -> Sequence[Hole]:
        return holes(hour.span for hour in self.hours)

    def name(self, person: UUID) -> str:
        return self.people.get(person, "somebody")

    def names(self, people: Iterable[UUID]) -> list[str]:
        return [self.name(one) for one in people]


def forecast(work: Work, starts: datetime, weeks: float, simulator: Simulator | None = None) -> Forecast:
    """The cover of so many weeks from a moment on. With a simulator what callers meet is simulated as well."""
    line = work.line()
    ends = starts.astimezone(line.zone) + timedelta(weeks=weeks)  # of the wall clock: whole days stay whole
    people = [Member(*row) for row in work.session.execute(PEOPLE)]
    spans = cover(current_rota(work), colleagues(work), line.rota, starts, ends)
    outlook = history.outlook(work)
    expecting = Expecting(outlook.load, outlook.seconds, line.capacity, line.rota.load)
    hours = [
        Hour(
            span,
            expecting.of(span.starts, answering(span, line.queues)),
            None if simulator is None else simulator.findings(line, people, span, outlook),
        )
        for span in spans
    ]
    return Forecast(line, starts, ends, hours, {one.id: one.name for one in people}, outlook)


def who(line: Line, wanted: Cover) -> str:
    """Whom a requirement wants, such as peers who speak Spanish."""
    words = f"{wanted.role}s"
    if wanted.tier is not None:
        words = f"{words} on call in tier {wanted.tier}"
    if wanted.language is not None:
        words = f"{words} who speak {line.spoken_name(wanted.language)}"
    return f"{words} for {wanted.queue}" if wanted.queue is not None else words


def told(seen: Forecast, check: Check) -> str:
    """How far a requirement is met, in words: thin: 1 of 1-2 peers, only Ana."""
    wanted = check.wanted
    figures = f"{wanted.minimum}-{wanted.wanted}" if wanted.wanted > wanted.minimum else f"{wanted.minimum}"
    grade = "HOLE: " if check.is_hole else "thin: " if check.is_thin else ""
    only = "" if check.only is None else f", only {seen.name(check.only)}"
    return f"{grade}{len(check.people)} of {figures} {who(seen.line, wanted)}{only}"


def basis(seen: Forecast) -> str:
    """What the expected load rests on, in words."""
    load = seen.outlook.load
    if load.is_stated:
        return "the load that the line states"
    if not load.contacts:
        return "nothing: there is no history, and the line states no load"
    return f"{load.contacts} contacts of {load.weeks:.1f} weeks"


def as_json(seen: Forecast, *, holes_only: bool = False) -> dict[str, Any]:
    """The same as the table, a span at a time, for programs."""
    load = seen.outlook.load
    return {
        "zone": str(seen.zone),
        "from": _wall(seen, seen.starts),
        "until": _wall(seen, seen.ends),
        "load": {"stated": load.is_stated, "weeks": round(load.weeks, 2), "contacts": load.contacts},
        "aim": {
            "answered_share": seen.line.rota.load.answered_share,
            "within_seconds": seen.line.rota.load.within_seconds,
        },
        "holes": [_hole_as_json(seen, hole) for hole in seen.holes],
        "spans": [_hour_as_json(seen, hour) for hour in seen.hours if hour.span.has_hole or not holes_only],
    }


def _wall(seen: Forecast, at: datetime) -> str:
    return at.astimezone(seen.zone).isoformat()


def _wanted_as_json(seen: Forecast, wanted: Cover) -> dict[str, Any]:
    return {
        "who": who(seen.line, wanted),
        "role": wanted.role,
        "language": wanted.language,
        "queue": wanted.queue,
        "tier": wanted.tier,
        "minimum": wanted.minimum,
        "target": wanted.wanted,
    }


def _hole_as_json(seen: Forecast, hole: Hole) -> dict[str, Any]:
    times = {"starts": _wall(seen, hole.starts), "ends": _wall(seen, hole.ends), "have": hole.have}
    return times | _wanted_as_json(seen, hole.wanted)


def _hour_as_json(seen: Forecast, hour: Hour) -> dict[str, Any]:
    span = hour.span
    return {
        "starts": _wall(seen, span.starts),
        "ends": _wall(seen, span.ends),
        "on_shift": {role.value: seen.names(people) for role, people in span.serving.items()},
        "on_call": {str(tier): seen.names(people) for tier, people in span.on_call.items()},
        "requirements": [_check_as_json(seen, check) for check in span.checks],
        "expected": {name: _figure(getattr(hour.expected, name)) for name in Expectation.__dataclass_fields__},
        "simulated": None if hour.simulated is None else _findings_as_json(hour.simulated),
    }


def _check_as_json(seen: Forecast, check: Check) -> dict[str, Any]:
    found = {"people": seen.names(check.people), "hole": check.is_hole, "thin": check.is_thin}
    only = None if check.only is None else seen.name(check.only)
    return _wanted_as_json(seen, check.wanted) | found | {"only": only}


def _findings_as_json(found: Findings) -> dict[str, Any]:
    def figure(found: Figure) -> dict[str, float]:
        return {"value": round(found.value, 4), "within": round(found.within, 4)}

    names = ("mean_wait_seconds", "answered_within", "gives_up", "reaches_limit")
    return {
        **{name: figure(getattr(found, name)) for name in names},
        "percentiles": {f"{share:g}": figure(seconds) for share, seconds in found.waits_longer_than},
        "confidence": found.confidence,
        "contacts": found.contacts,
    }


def _figure(value: float) -> float:
    return round(value, 4)
