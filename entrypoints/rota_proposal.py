"""Reads what a proposal is made from, has it made, and tells it: in sentences, as JSON, or as a table of shifts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from entrypoints.spreadsheet import TableError, read_table
from helpline.database import Work
from helpline.hours import zone_named
from helpline.nouns import Role
from helpline.rota_limits import Limits
from helpline.rota_policy import RotaPolicy
from helpline.tables import Person
from shifts import wording
from shifts.entries import Entry, as_cells
from shifts.proposal import Proposal, Rules, Span, Unfilled, Volunteer, propose
from shifts.proposal.availability import COLUMNS, Statement, read_statement, time_of
from shifts.proposal.needs import Need, needs
from shifts.roster import current_rota
from shifts.rota import Occurrence, Rota

DAY = timedelta(days=1)
NEAR = timedelta(days=8)
"""How far around the weeks it is looked for shifts that the rules join to those within."""
MOST_NAMES = 6


@dataclass(frozen=True)
class Task:
    """What is to be proposed: the needs of these weeks, and who may fill them under which rules."""

    first: date
    last: date
    zone: ZoneInfo
    needs: Sequence[Need]
    volunteers: Sequence[Volunteer]
    rules: Rules


@dataclass(frozen=True)
class Told:
    """A proposal with what it was asked for."""

    task: Task
    proposal: Proposal

    @property
    def entries(self) -> list[Entry]:
        """The assignments as rows of a table of shifts."""
        by_slot = {need.slot.id: need.entry for need in self.task.needs}
        names = {one.id: one.name for one in self.task.volunteers}
        return [replace(by_slot[one.slot], person=names[one.person]) for one in self.proposal.assignments]


def coming_monday(work: Work) -> date:
    """The first Monday after today, by the line's day."""
    today = work.now.astimezone(work.line().zone).date()
    return today + (7 - today.weekday()) * DAY


def read_statements(path: Path) -> list[tuple[int, Statement]]:
    """What people say of their time, by row. TableError names each wrong row."""
    found, faults = [], []
    for row in read_table(path, COLUMNS):
        try:
            found.append((row.number, read_statement(row.cells)))
        except ValueError as problem:
            faults.append(f"{path.name}, row {row.number}: {problem}")
    if faults:
        raise TableError("\n".join(faults))
    return found


def task_of(work: Work, first: date, weeks: int, availability: Path | None) -> Task:
    """What is wanted in so many weeks from the day `first` on.

    With a file of availability whoever is not in it is asked for nothing; without one everybody can at any time, in
    their own role. TableError names each row of somebody who is not on the roster.
    """
    line, rota = work.line(), current_rota(work)
    last = first + weeks * 7 * DAY - DAY
    starts, ends = (datetime.combine(day, time(0), line.zone).astimezone(UTC) for day in (first, last + DAY))
    people = work.session.scalars(select(Person).where(Person.active).order_by(Person.place)).all()
    said = _said(people, availability)
    everybody = [_volunteer(person, said, rota, line.rota, Span(starts, ends)) for person in people]
    asked = [one for one in everybody if said is None or one.name in said]
    return Task(
        first,
        last,
        line.zone,
        needs(rota, line.rota, {one.id: one for one in everybody}, starts, ends),
        asked,
        _rules(line.rota, line.zone),
    )


def solve(task: Task, seconds: float) -> Told:
    """The proposal. It asks nothing of the database, so nobody waits for it."""
    return Told(task, propose([need.slot for need in task.needs], task.volunteers, task.rules, seconds=seconds))


def _said(people: Sequence[Person], path: Path | None) -> dict[str, list[Statement]] | None:
    if path is None:
        return None
    names = {person.name for person in people}
    said: dict[str, list[Statement]] = {}
    faults: list[str] = []
    for number, one in read_statements(path):
        if one.person not in names:
            faults.append(f"{path.name}, row {number}: nobody on the roster is called {one.person!r}")
        said.setdefault(one.person, []).append(one)
    if faults:
        raise TableError("\n".join(faults))
    return said


def _volunteer(
    person: Person, said: Mapping[str, list[Statement]] | None, rota: Rota, policy: RotaPolicy, weeks: Span
) -> Volunteer:
    zone = zone_named(person.timezone, rota.zone)
    days = [moment.astimezone(zone).date() for moment in (weeks.starts, weeks.ends)]
    away = [_days_away(one.first, one.last, rota.zone) for one in rota.leaves if one.person == person.id]
    available, wishes = time_of((said or {}).get(person.name, ()), away, days[0], days[1], zone)
    near = rota.between(weeks.starts - NEAR, weeks.ends + NEAR)
    held = [Span(one.starts, one.ends) for one in near if one.person == person.id and one.tier is None]
    roles = _roles(person.role, policy, is_asked=said is not None)
    return Volunteer(
        id=person.id,
        name=person.name,
        roles=roles,
        certified_until={role: until for role in roles if (until := _runs_out(person, role, policy, weeks, rota.zone))},
        available=available,
        languages=frozenset(person.languages),
        queues=frozenset(person.queues),
        wishes=wishes,
        assigned=[span for span in held if weeks.starts <= span.starts < weeks.ends],
        around=[span for span in held if not weeks.starts <= span.starts < weeks.ends],
    )


def _roles(own: Role, policy: RotaPolicy, *, is_asked: bool) -> frozenset[Role]:
    return frozenset(role for role in Role if policy.may_serve(own, role)) if is_asked else frozenset({own})


def _runs_out(person: Person, role: Role, policy: RotaPolicy, weeks: Span, zone: ZoneInfo) -> datetime | None:
    """From when on, within the weeks, they lack what the role requires; None if they never do."""
    day, last = (moment.astimezone(zone).date() for moment in (weeks.starts, weeks.ends))
    while day <= last:
        if policy.lacks(person.skills, role, day) is not None:
            return datetime.combine(day, time(0), zone)
        day += DAY
    return None


def _days_away(first: date, last: date, zone: ZoneInfo) -> Span:
    return Span(datetime.combine(first, time(0), zone), datetime.combine(last + DAY, time(0), zone))


def _rules(policy: RotaPolicy, zone: ZoneInfo) -> Rules:
    limits, proposal = policy.limits or Limits(), policy.proposal
    return Rules(
        zone=zone,
        longest_shift_hours=limits.longest_shift_hours,
        most_hours_a_week=limits.week_hours,
        rest_after_night_hours=limits.rest_after_night_hours,
        most_nights_in_a_row=proposal.most_nights_in_a_row,
        never_alone=proposal.never_alone,
        night=limits.night,
        night_takes_hours=limits.night_takes_hours,
    )


def as_json(told: Told) -> dict[str, Any]:
    """Everything, for a program."""
    found = told.proposal
    return {
        "first": told.task.first.isoformat(),
        "last": told.task.last.isoformat(),
        "shifts": [as_cells(entry) for entry in told.entries],
        "unfilled": [
            {
                "starts": one.slot.starts.isoformat(),
                "ends": one.slot.ends.isoformat(),
                "role": one.slot.role,
                "queues": sorted(one.slot.queues),
                "missing_to_minimum": one.minimum,
                "missing_to_target": one.target,
                "missing_languages": dict(one.languages),
                "could": one.could,
                "kept": list(one.kept),
            }
            for one in found.unfilled
        ],
        "people": [
            {
                "name": one.name,
                "new_shifts": one.shifts,
                **{
                    name: {"has": one.has[place], "fair": one.fair[place]}
                    for place, name in enumerate(("nights", "weekends", "hours"))
                },
                "liked": one.liked,
                "unliked": one.unliked,
            }
            for one in found.accounts
        ],
        "layers": [
            {"name": one.name, "value": one.value, "bound": one.bound, "proven": one.proven} for one in found.layers
        ],
        "proven": found.proven,
        "seconds": found.seconds,
    }


def as_sentences(told: Told) -> Iterator[str]:
    """The proposal for whoever decides on it."""
    task, found = told.task, told.proposal
    wanted = sum(need.slot.target for need in task.needs)
    days = f"{wording.day(task.first)} to {wording.day(task.last)} {task.last.year}"
    yield f"Proposed for {days}: {len(found.assignments)} of {wanted} places filled."
    yield from _fairness(told)
    if found.unfilled:
        yield ""
        yield "What is missing, and what kept the others:"
    for one in found.unfilled:
        yield f"  {wording.span(one.slot.starts, one.slot.ends, task.zone)} {one.slot.role}: {_lack(one)}"
    yield ""
    yield from _quality(found)


def _fairness(told: Told) -> Iterator[str]:
    accounts = [one for one in told.proposal.accounts if one.shifts or any(one.has)]
    if not accounts:
        return
    wide = max(len(one.name) for one in accounts)
    yield ""
    yield f"  {'':{wide}}  new shifts   nights (fair)  weekends (fair)    hours (fair)   liked  unliked"
    for one in accounts:
        parts = [f"{has:>6g} ({fair:>5.1f})" for has, fair in zip(one.has, one.fair, strict=True)]
        nights, weekends, hours = parts
        yield (
            f"  {one.name:{wide}}  {one.shifts:>10}  {nights:>14}  {weekends:>15}  {hours:>14}"
            f"  {one.liked:>6}  {one.unliked:>7}"
        )


def _lack(one: Unfilled) -> str:
    lack = [f"{one.minimum} short of the minimum"] if one.minimum else []
    if one.target > one.minimum:
        lack.append(f"{one.target} short of the target")
    lack += [f"{n} more who speak {language}" for language, n in one.languages]
    named = "; ".join(one.kept[:MOST_NAMES])
    more = f"; and {len(one.kept) - MOST_NAMES} more (--json has all)" if len(one.kept) > MOST_NAMES else ""
    return f"{', '.join(lack)}. {one.could} could at that time. {named}{more}".rstrip()


def _quality(found: Proposal) -> Iterator[str]:
    layers = {layer.name: layer for layer in found.layers}
    cover, fairness = layers.get("cover"), layers.get("fairness")
    if cover is None:
        yield f"Nothing was found in {found.seconds:g} s: give it more with --seconds."
        return
    if cover.proven:
        yield "No rota that keeps the rules fills more."
    else:
        yield "The best that was found in the time; one that fills more may exist. Give it more with --seconds."
    if fairness is not None and fairness.proven:
        yield "Nor does one that fills as much spread it more evenly and meet more wishes."
    elif fairness is not None:
        yield (
            f"The spread and the wishes are the best found in {found.seconds:g} s: {fairness.value:g} points,"
            f" of which at most {fairness.value - fairness.bound:g} could still go."
        )


def shown(rota: Rota, names: Mapping[UUID, str], starts: datetime, ends: datetime) -> list[dict[str, Any]]:
    """Who has which shift from `starts` until before `ends`."""
    return [_shown(one, rota, names) for one in rota.between(starts, ends) if one.starts >= starts]


def _shown(one: Occurrence, rota: Rota, names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "day": one.starts.astimezone(rota.zone).date().isoformat(),
        "starts": one.starts.isoformat(),
        "ends": one.ends.isoformat(),
        "person": None if one.person is None else names.get(one.person),
        "role": one.role,
        "tier": one.tier,
        "queues": sorted(one.queues),
        "told": wording.shift(one, rota.zone),
    }
