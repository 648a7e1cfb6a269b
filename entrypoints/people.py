"""Puts people on the roster: from a CSV file, or from the table of a drill. Nothing is half done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import phonenumbers
from sqlalchemy import func, select, update

from entrypoints.spreadsheet import TableError, read_table
from helpline.database import Work
from helpline.hours import WHOLE_DAY, Hours, read_hours, read_zone
from helpline.nouns import Role
from helpline.privacy import person_number
from helpline.skills import read_skill
from helpline.tables import Person, ShiftRow

COLUMNS = (
    "name",
    "role",
    "languages",
    "skills",
    "excludes",
    "queues",
    "most texts",
    "on shift",
    "on call",
    "number",
    "time zone",
)
DAILY = "FREQ=DAILY"
LONG_AGO = date(2000, 1, 1)
"""Since when the hours of the table of people hold: since before anything the line knows of."""


class RosterError(Exception):
    """The roster cannot be used; one sentence a row that is wrong."""


@dataclass(frozen=True)
class Recruit:
    """One row of a roster, read and checked."""

    name: str
    role: Role
    languages: tuple[str, ...]
    number: str
    skills: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    hours: tuple[Hours, ...] = ()
    tier: int | None = None
    on_call: Hours = WHOLE_DAY
    queues: tuple[str, ...] = ()
    most_texts: int | None = None
    zone: str | None = None


def read_roster(path: Path) -> list[Recruit]:
    """Everybody in a CSV file with a header of COLUMNS. RosterError names each wrong row."""
    try:
        rows = read_table(path, COLUMNS)
    except TableError as problem:
        raise RosterError(str(problem)) from None
    return _read([(row.number, row.cells) for row in rows], path.name)


def recruits(rows: Iterable[Mapping[str, str]], source: str) -> list[Recruit]:
    """The rows, checked; they begin below a header. RosterError gathers every fault."""
    return _read(enumerate(rows, start=2), source)


def _read(rows: Iterable[tuple[int, Mapping[str, str]]], source: str) -> list[Recruit]:
    read: list[Recruit] = []
    faults: list[str] = []
    for number, row in rows:
        try:
            read.append(_recruit({key: (value or "").strip() for key, value in row.items()}))
        except ValueError as problem:
            faults.append(f"{source}, row {number}: {problem}")
    for field in ("name", "number"):
        values = [getattr(one, field) for one in read]
        faults += [
            f"{source}: {field} {value!r} stands twice" for value in sorted({v for v in values if values.count(v) > 1})
        ]
    if faults:
        raise RosterError("\n".join(faults))
    return read


def as_cells(one: Recruit) -> dict[str, str]:
    """The row of somebody; `recruits` reads the same person again."""
    whole_day = one.hours == (WHOLE_DAY,)
    return {
        "name": one.name,
        "role": one.role,
        "languages": ", ".join(one.languages),
        "skills": ", ".join(one.skills),
        "excludes": ", ".join(one.excludes),
        "queues": ", ".join(one.queues),
        "most texts": "" if one.most_texts is None else str(one.most_texts),
        "on shift": "yes" if whole_day else ", ".join(map(str, one.hours)) or "no",
        "on call": "" if one.tier is None else str(one.tier),
        "number": one.number,
        "time zone": one.zone or "",
    }


def enlisted(work: Work) -> list[Recruit]:
    """Everybody on the roster, with the shifts that stand in the table of people."""
    daily: dict[UUID, list[ShiftRow]] = {}
    for row in work.session.scalars(
        select(ShiftRow).where(ShiftRow.from_roster).order_by(ShiftRow.starts, ShiftRow.ends)
    ):
        if row.person_id is not None:
            daily.setdefault(row.person_id, []).append(row)
    people = work.session.scalars(select(Person).where(Person.active).order_by(Person.place))
    return [_enlisted(work, person, daily.get(person.id, ())) for person in people]


def _enlisted(work: Work, person: Person, daily: Sequence[ShiftRow]) -> Recruit:
    return Recruit(
        name=person.name,
        role=person.role,
        languages=tuple(person.languages),
        number=work.vault.open(person.number, person_number(person.id)),
        skills=tuple(person.skills),
        excludes=tuple(person.excludes),
        hours=tuple(Hours(row.starts, row.ends) for row in daily if row.tier is None),
        tier=next((row.tier for row in daily if row.tier is not None), None),
        queues=tuple(person.queues),
        most_texts=person.most_texts,
        zone=person.timezone,
    )


def enlist(work: Work, people: Sequence[Recruit]) -> None:
    """Make these people the roster. Whoever is not among them any more is off it; nobody's history is lost.

    RosterError if somebody is to serve a queue that the line does not have.
    """
    _check_queues(work, people)
    freed = func.uuid_send(Person.id)  # a number may pass to somebody else: no key stands in the way of another
    work.session.execute(update(Person).values(active=False, number_key=freed))
    before = {_terms(row): row for row in work.session.scalars(select(ShiftRow).where(ShiftRow.from_roster))}
    for place, one in enumerate(people):
        person = _person(work, one, place)
        daily = [_daily(work, person, hours) for hours in one.hours]
        if one.tier is not None:
            daily.append(_daily(work, person, one.on_call, one.tier))
        work.session.add_all(row for row in daily if before.pop(_terms(row), None) is None)
    for row in before.values():
        work.session.delete(row)
    work.session.flush()


def _terms(row: ShiftRow) -> tuple[object, ...]:
    """What makes a shift of the table the same when it is loaded anew: whatever was changed on single days stays."""
    return row.person_id, row.role, row.tier, row.starts, row.ends


def _daily(work: Work, person: Person, hours: Hours, tier: int | None = None) -> ShiftRow:
    """Hours that come round every day, on shift or on call."""
    return ShiftRow(
        id=work.new_id(),
        person_id=person.id,
        role=person.role,
        tier=tier,
        starts=hours.starts,
        ends=hours.ends,
        first_on=LONG_AGO,
        repeats=DAILY,
        from_roster=True,
    )


def _check_queues(work: Work, people: Sequence[Recruit]) -> None:
    named = [(row, queue) for row, one in enumerate(people, start=2) for queue in one.queues]
    known = work.line().queues if named else {}
    strange = [f"row {row}: the line has no queue called {queue!r}" for row, queue in named if queue not in known]
    if strange:
        raise RosterError("\n".join(strange))


def _person(work: Work, one: Recruit, place: int) -> Person:
    person = work.session.scalar(select(Person).where(Person.name == one.name))
    if person is None:
        person = Person(id=work.new_id(), name=one.name, idle_since=work.now)
        work.session.add(person)
    person.place, person.role, person.active = place, one.role, True
    person.languages, person.skills, person.excludes = list(one.languages), list(one.skills), list(one.excludes)
    person.queues, person.most_texts, person.timezone = list(one.queues), one.most_texts, one.zone
    person.number = work.vault.seal(one.number, person_number(person.id))
    person.number_key = work.vault.fingerprint(one.number)
    work.session.flush()
    return person


def _recruit(row: Mapping[str, str]) -> Recruit:
    if not row.get("name"):
        raise ValueError("a person needs a name")
    most_texts = row.get("most texts", "")
    tier, on_call = _on_call(row.get("on call", ""))
    if most_texts and not (most_texts.isdecimal() and 1 <= int(most_texts) <= 100):
        raise ValueError(f"most texts is a number from 1 to 100, not {most_texts!r}")
    return Recruit(
        name=row["name"],
        role=_role(row.get("role", "")),
        languages=_words(row.get("languages", "")) or ("en",),
        number=_number(row.get("number", "")),
        skills=_skills(row.get("skills", "")),
        excludes=tuple(topic.lower() for topic in _words(row.get("excludes", ""))),
        hours=_hours(row.get("on shift", "")),
        tier=tier,
        on_call=on_call,
        queues=_words(row.get("queues", "")),
        most_texts=int(most_texts) if most_texts else None,
        zone=read_zone(zone) if (zone := row.get("time zone", "")) else None,
    )


def _on_call(text: str) -> tuple[int | None, Hours]:
    """The tier, and the hours of each day, which are all of them unless they are given: 1, or 1 09:00-21:00."""
    tier, _, hours = text.partition(" ")
    if tier and not (tier.isdecimal() and 1 <= int(tier) <= 9):
        raise ValueError(f"on call is a tier from 1 to 9, with hours if not always: 1 09:00-21:00, not {text!r}")
    return int(tier) if tier else None, read_hours(hours) if hours.strip() else WHOLE_DAY


def _skills(text: str) -> tuple[str, ...]:
    skills = _words(text)
    for skill in skills:
        read_skill(skill)
    return skills


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError:
        raise ValueError(f"role is {', '.join(Role)}, not {word!r}") from None


def _number(text: str) -> str:
    try:
        parsed = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        raise ValueError("the number is not a telephone number such as +12125550142") from None
    if not phonenumbers.is_possible_number(parsed):
        raise ValueError("the number is not a possible telephone number")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _hours(text: str) -> tuple[Hours, ...]:
    if text in {"", "no"}:
        return ()
    if text == "yes":
        return (WHOLE_DAY,)
    return tuple(_stretch(part) for part in text.split(","))


def _stretch(text: str) -> Hours:
    try:
        return read_hours(text)
    except ValueError:
        raise ValueError(f"on shift is yes, no, or hours such as 22:00-06:00, not {text!r}") from None


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
