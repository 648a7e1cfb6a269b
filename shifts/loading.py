"""A table of shifts becomes the rota: what changes is found first, then done in one commit, or nothing is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import select

from helpline import journal
from helpline.database import Work
from helpline.hours import Hours
from helpline.line import Line
from helpline.locks import lock_rota
from helpline.nouns import Role
from helpline.tables import OverrideRow, Person, ShiftRow
from shifts.entries import Entry
from shifts.roster import current_rota
from shifts.rota import Occurrence


@dataclass(frozen=True, slots=True)
class Numbered:
    """An entry and the row of the table in which it stands."""

    number: int
    entry: Entry


@dataclass(frozen=True)
class Changes:
    """What loading a table does: shifts that come, that go, that stay, and single open ones that somebody takes."""

    added: Sequence[Entry] = ()
    removed: Sequence[tuple[UUID, Entry]] = ()
    unchanged: Sequence[Entry] = ()
    taken: Sequence[tuple[Entry, Occurrence]] = field(default=())


class EntriesWrong(Exception):
    """Some rows cannot be loaded, so none is: their numbers, each with something that is wrong about it."""

    def __init__(self, faults: Sequence[tuple[int, str]]) -> None:
        super().__init__(f"{len(faults)} things are wrong")
        self.faults = faults


def entries(work: Work) -> list[tuple[UUID, Entry]]:
    """Every shift that is written in a table of shifts, in the order of the roster, open ones last."""
    rows = work.session.execute(
        select(ShiftRow, Person.name, Person.active)
        .outerjoin(Person, Person.id == ShiftRow.person_id)
        .where(~ShiftRow.from_roster, ~ShiftRow.stands_in)
        .order_by(Person.place.nulls_last(), ShiftRow.first_on, ShiftRow.starts, ShiftRow.ends, ShiftRow.id)
    )
    return [(row.id, _entry(row, name or "")) for row, name, _ in rows]


def changes(work: Work, found: Iterable[Numbered], *, add: bool = False) -> Changes:
    """What loading these rows would do: instead of the present shifts, or with `add` beside them.

    With `add`, a row for one day that is the same as an open shift's of that day takes it. EntriesWrong names each row
    that cannot be: of somebody who is not on the roster, or may not serve so; of a queue that the line lacks; or one
    that stands twice.
    """
    lock_rota(work)
    found = list(found)
    _check(work, found)
    present = entries(work)
    known = Counter(entry for _, entry in present)
    added: list[Entry] = []
    unchanged: list[Entry] = []
    taken: list[tuple[Entry, Occurrence]] = []
    people = _people(work)
    for entry in (one.entry for one in found):
        opening = _opening(work, entry, people, [one.key for _, one in taken]) if add else None
        if known[entry]:
            known[entry] -= 1
            unchanged.append(entry)
        elif opening is None:
            added.append(entry)
        elif opening.person is None:
            taken.append((entry, opening))
        else:
            unchanged.append(entry)
    left = known.copy()
    removed = [] if add else [(row, entry) for row, entry in reversed(present) if _is_left(left, entry)]
    return Changes(added, removed[::-1], unchanged, taken)


def carry_out(work: Work, what: Changes) -> None:
    """Make the changes. An unchanged shift keeps its row, and so whatever is different about single days of it."""
    people = _people(work)
    for row, _ in what.removed:
        work.session.delete(work.session.get_one(ShiftRow, row))
    work.session.add_all(_row(work, entry, people) for entry in what.added)
    for entry, opening in what.taken:
        _take(work, people[entry.person].id, opening)
    work.session.flush()
    journal.note(
        work,
        "rota.loaded",
        added=len(what.added),
        removed=len(what.removed),
        unchanged=len(what.unchanged),
        taken=len(what.taken),
    )


def _is_left(left: Counter[Entry], entry: Entry) -> bool:
    """Whether one more such entry is to go."""
    left[entry] -= 1
    return left[entry] >= 0


def _entry(row: ShiftRow, person: str) -> Entry:
    return Entry(
        person=person,
        role=row.role,
        first=row.first_on,
        hours=Hours(row.starts, row.ends),
        repeats=row.repeats,
        tier=row.tier,
        queues=tuple(sorted(row.queues)),
        zone=row.timezone,
        on_holidays=row.on_holidays,
    )


def _row(work: Work, entry: Entry, people: Mapping[str, Person]) -> ShiftRow:
    return ShiftRow(
        id=work.new_id(),
        person_id=people[entry.person].id if entry.person else None,
        role=entry.role,
        tier=entry.tier,
        starts=entry.hours.starts,
        ends=entry.hours.ends,
        first_on=entry.first,
        repeats=entry.repeats,
        timezone=entry.zone,
        queues=list(entry.queues),
        on_holidays=entry.on_holidays,
    )


def _take(work: Work, person: UUID, opening: Occurrence) -> None:
    """Somebody does an open occurrence. What was different about it stays: hours may have been cut before."""
    row = work.session.get(OverrideRow, opening.key, with_for_update=True)
    if row is None:
        row = OverrideRow(shift_id=opening.shift, on_day=opening.on)
        work.session.add(row)
    row.person_id, row.decided_at = person, work.now
    journal.note(work, "shift.taken", person=person, shift=str(opening.shift), day=opening.on.isoformat())


def _opening(
    work: Work, entry: Entry, people: Mapping[str, Person], gone: Sequence[tuple[UUID, date]]
) -> Occurrence | None:
    """The occurrence of an open shift that a row for one day is the same as: theirs already, or still to be had."""
    if entry.repeats or not entry.person:
        return None
    rota = current_rota(work)
    zone = entry.zone or str(rota.zone)
    same = {
        shift.id
        for shift in rota.shifts
        if shift.person is None
        and (shift.role, shift.tier, shift.hours, str(shift.zone)) == (entry.role, entry.tier, entry.hours, zone)
        and shift.queues == frozenset(entry.queues)
    }
    found = [one for one in rota.beginning_on(entry.first) if one.shift in same]
    theirs = [one for one in found if one.person == people[entry.person].id]
    free = [one for one in found if one.person is None and one.key not in gone]
    return next(iter([*theirs, *free]), None)


def _people(work: Work) -> dict[str, Person]:
    return {one.name: one for one in work.session.scalars(select(Person).where(Person.active))}


def _check(work: Work, found: Sequence[Numbered]) -> None:
    people, line = _people(work), work.line()
    first: dict[Entry, int] = {}
    wrong: list[tuple[int, str]] = []
    for one in found:
        twice = first.setdefault(one.entry, one.number)
        if twice != one.number and one.entry.person:
            wrong.append((one.number, f"is the same shift as row {twice}"))
        wrong += [(one.number, why) for why in _faults(one.entry, people, line)]
    if wrong:
        raise EntriesWrong(wrong)


def _faults(entry: Entry, people: Mapping[str, Person], line: Line) -> Iterator[str]:
    if entry.tier is not None and entry.role is not Role.CLINICIAN:
        yield "only a clinician is on call: with a tier, the role is clinician"
    yield from (f"the line has no queue called {queue!r}" for queue in entry.queues if queue not in line.queues)
    if not entry.person:
        return
    person = people.get(entry.person)
    if person is None:
        yield f"nobody on the roster is called {entry.person!r}"
        return
    if not line.rota.may_serve(person.role, entry.role):
        yield f"{person.name} is a {person.role} and may not serve as {entry.role}"
    if person.queues:
        yield from (
            f"{person.name} does not serve the queue {queue!r}" for queue in entry.queues if queue not in person.queues
        )
