"""The rota in a drill: shifts with dates, who is away, what the line wants at least, and whose a shift is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from entrypoints.drill.scene import Drill, NotSo, Row
from entrypoints.drill.vocabulary import step
from helpline.database import Work
from helpline.hours import read_hours
from helpline.nouns import Role
from helpline.tables import LeaveRow, Person, ShiftRow
from shifts.recurrence import read_recurrence
from shifts.roster import current_rota
from shifts.rota import Occurrence

REPEATS = {"": "", "once": "", "daily": "FREQ=DAILY", "weekly": "FREQ=WEEKLY"}


@step("these shifts:")
def _shifts(drill: Drill, table: Sequence[Row]) -> None:
    """Written into the rota beside the hours of the table of people."""
    with drill.world.database.work() as work:
        people = {person.name: person for person in work.session.scalars(select(Person).where(Person.active))}
        for row in table:
            work.session.add(_shift(work, row, people))


def _shift(work: Work, row: Row, people: Mapping[str, Person]) -> ShiftRow:
    person = _named(row.get("person", ""), people)
    try:
        first, hours = date.fromisoformat(row["first day"]), read_hours(row["hours"])
        repeats = row.get("repeats", "")
        rule = REPEATS.get(repeats, repeats)
        read_recurrence(first, rule)
        role = Role(row.get("role") or (person.role if person is not None else Role.PEER))
    except (KeyError, ValueError) as problem:
        raise NotSo(f"not a shift: {problem}") from None
    return ShiftRow(
        id=work.new_id(),
        person_id=person.id if person is not None else None,
        role=role,
        tier=int(row["tier"]) if row.get("tier") else None,
        starts=hours.starts,
        ends=hours.ends,
        first_on=first,
        repeats=rule,
        queues=[queue for queue in row.get("queues", "").split(",") if queue],
    )


def _named(name: str, people: Mapping[str, Person]) -> Person | None:
    """Whose a shift is; without a name it is open."""
    if not name:
        return None
    if name not in people:
        raise NotSo(f"nobody of these people is called {name}")
    return people[name]


@step("the line wants {n} {role}")
def _wants(drill: Drill, n: str, role: str) -> None:
    _require(drill, f'role = "{role}"\nminimum = {n}')


@step("the line wants {n} {role} from {hour} to {hour}")
def _wants_then(drill: Drill, n: str, role: str, opens: str, closes: str) -> None:
    _require(drill, f'role = "{role}"\nminimum = {n}\nhours = "{opens}-{closes}"')


@step("the line wants {n} {role} who {speak} {words}")
def _wants_language(drill: Drill, n: str, role: str, language: str) -> None:
    _require(drill, f'role = "{role}"\nminimum = {n}\nlanguage = "{language}"')


@step("the line wants {n} clinician on call in tier {n}")
def _wants_on_call(drill: Drill, n: str, tier: str) -> None:
    _require(drill, f'role = "clinician"\nminimum = {n}\ntier = {tier}')


@step("whoever serves as {role} needs {words}")
def _requires(drill: Drill, role: str, skill: str) -> None:
    _add(drill, f'[rota.required]\n{role} = ["{skill}"]')


@step("{name} is away from {day} to {day}")
def _away(drill: Drill, name: str, first: str, last: str) -> None:
    with drill.world.database.work() as work:
        person = _person(work, name)
        days = date.fromisoformat(first), date.fromisoformat(last)
        work.session.add(LeaveRow(id=work.new_id(), person_id=person, first_on=days[0], last_on=days[1]))


@step("{both} text {words} at the same moment", acts=True)
def _both_text(drill: Drill, first: str, second: str, words: str) -> None:
    """Both are under way before the line hears of either; its door hears of the first one first."""
    phones = [drill.staff(first), drill.staff(second)]
    for phone in phones:
        phone.text(drill.world.line.line.number, words)


@step("{name} has the shift that begins {when}")
def _has(drill: Drill, name: str, when: str) -> None:
    with drill.world.database.work() as work:
        whose = {one.person for one in _beginning(drill, work, when)}
        if _person(work, name) not in whose:
            raise NotSo(f"{name} does not have the shift that begins {when}")


@step("{name} does not have the shift that begins {when}")
def _has_not(drill: Drill, name: str, when: str) -> None:
    with drill.world.database.work() as work:
        if _person(work, name) in {one.person for one in _beginning(drill, work, when)}:
            raise NotSo(f"{name} has the shift that begins {when}")


@step("the shift that begins {when} is open")
def _is_open(drill: Drill, when: str) -> None:
    with drill.world.database.work() as work:
        if all(one.person is not None for one in _beginning(drill, work, when)):
            raise NotSo(f"no shift that begins {when} is open")


def _beginning(drill: Drill, work: Work, when: str) -> list[Occurrence]:
    """The shifts that begin at that moment of the line's wall clock; NotSo if there is none."""
    wall = datetime.strptime(when, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the line's zone is added here
    moment = wall.replace(tzinfo=drill.world.line.zone)
    found = [one for one in current_rota(work).beginning_on(wall.date()) if one.starts == moment]
    if not found:
        raise NotSo(f"no shift begins {when}")
    return found


def _person(work: Work, name: str) -> UUID:
    found = work.session.scalar(select(Person.id).where(Person.name == name, Person.active))
    if found is None:
        raise NotSo(f"nobody of these people is called {name}")
    return found


def _require(drill: Drill, requirement: str) -> None:
    _add(drill, f"[[rota.cover]]\n{requirement}")


def _add(drill: Drill, table: str) -> None:
    """Another table of the line file, for this drill."""
    if drill.begun:
        raise NotSo("what the line wants must be given before anything happens")
    text = drill.line_text or drill.line_path.read_text(encoding="utf-8")
    drill.line_text = f"{text}\n{table}\n"
