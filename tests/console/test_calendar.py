"""Everybody's own calendar: read by programmes we did not write, told to nobody else, and ended at any time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from console.app import create_app
from entrypoints.drill.world import World
from entrypoints.people import Recruit
from entrypoints.shift_commands import add_to
from helpline.nouns import Role
from helpline.tables import CalendarKey, Event, OverrideRow, Person, ShiftRow
from shifts.calendar import as_calendar
from shifts.rota import Occurrence
from tests.conftest import MakeWorld

ZONE = ZoneInfo("America/New_York")
SHIFTS = """person,role,first day,hours,repeats,tier
Ana,peer,2026-03-07,22:00-06:00,weekly,
Ana,backup,2026-03-11,09:00-12:00,,
Bo,peer,2026-03-07,22:00-06:00,daily,
Lee,clinician,2026-03-07,00:00-00:00,weekly,2
"""
NOBODYS = "A" * 43


@pytest.fixture
def world(make_world: MakeWorld, tmp_path: Path) -> World:
    made = make_world(start=datetime(2026, 3, 6, 12, tzinfo=ZONE))
    made.enlist(
        [
            Recruit("Ana", Role.PEER, ("en",), "+12125550121"),
            Recruit("Bo", Role.PEER, ("en",), "+12125550122"),
            Recruit("Lee", Role.CLINICIAN, ("en",), "+12125550123"),
        ]
    )
    (tmp_path / "shifts.csv").write_text(SHIFTS, encoding="utf-8")
    run(made, "shifts", "load", str(tmp_path / "shifts.csv"))
    return made


def run(world: World, *words: str) -> str:
    main = click.Group()
    add_to(main, lambda: world.database, lambda: "http://127.0.0.1:8010")
    shown = CliRunner().invoke(main, list(words))
    assert shown.exit_code == 0, shown.output
    return shown.output.strip()


def token_of(world: World, name: str) -> str:
    found = re.fullmatch(
        r"https://rota\.example\.org/calendar/([\w-]{43})\.ics",
        run(world, "calendar", "new", name, "--at", "https://rota.example.org/"),
    )
    assert found is not None
    return found[1]


def fetch(world: World, token: str) -> TestResponse:
    return create_app(world.database, "http://localhost:8010").test_client().get(f"/calendar/{token}.ics")


def events(world: World, token: str) -> dict[str, tuple[datetime, datetime, str]]:
    """Every event by its UID, as the library reads it."""
    calendar = Calendar.from_ical(fetch(world, token).get_data())
    return {
        str(event["uid"]): (event.decoded("dtstart"), event.decoded("dtend"), str(event["summary"]))
        for event in calendar.walk("VEVENT")
    }


def test_a_peer_sees_their_own_shifts_of_the_next_twelve_weeks(world: World) -> None:
    found = sorted(events(world, token_of(world, "Ana")).values())
    assert found[0] == (
        datetime(2026, 3, 8, 3, tzinfo=UTC),
        datetime(2026, 3, 8, 10, tzinfo=UTC),  # the night in which the clock goes forward
        "Shift: peer",
    )
    assert found[1] == (datetime(2026, 3, 11, 13, tzinfo=UTC), datetime(2026, 3, 11, 16, tzinfo=UTC), "Shift: backup")
    assert len(found) == 12 + 1
    assert [summary for _, _, summary in events(world, token_of(world, "Lee")).values()] == ["On call, tier 2"] * 12


def test_another_programme_reads_the_same(world: World) -> None:
    token = token_of(world, "Ana")
    read = IcsCalendarStream.calendar_from_ics(fetch(world, token).get_data(as_text=True))
    shown = list(
        read.timeline_tz(ZONE).overlapping(datetime(2026, 3, 6, tzinfo=ZONE), datetime(2026, 3, 16, tzinfo=ZONE))
    )
    assert [(one.dtstart, one.dtend, one.summary) for one in shown] == sorted(events(world, token).values())[:3]
    assert str(shown[0].dtstart.astimezone(ZONE)) == "2026-03-07 22:00:00-05:00"
    assert str(shown[0].dtend.astimezone(ZONE)) == "2026-03-08 06:00:00-04:00"


def test_it_holds_nobody_else_and_no_number(world: World) -> None:
    text = fetch(world, token_of(world, "Ana")).get_data(as_text=True)
    assert not re.search(r"Ana|Bo|Lee|555|demonstration", text)


def test_a_shift_keeps_its_uid_and_one_that_is_cancelled_or_another_s_is_gone(world: World) -> None:
    token = token_of(world, "Ana")
    before = events(world, token)
    world.clock.advance(3600)
    assert events(world, token) == before
    with world.database.work() as work:
        weekly = work.session.scalars(
            select(ShiftRow.id).where(ShiftRow.repeats == "FREQ=WEEKLY", ShiftRow.tier.is_(None))
        ).one()
        bo = work.session.scalars(select(Person.id).where(Person.name == "Bo")).one()
        for day, person in ((7, None), (14, bo)):
            on = datetime(2026, 3, day).date()  # noqa: DTZ001 - a day
            work.session.add(
                OverrideRow(shift_id=weekly, on_day=on, person_id=person, cancelled=person is None, decided_at=work.now)
            )
    after = events(world, token)
    gone = {f"{weekly}.2026-03-{day:02}@shifts.helpline.invalid" for day in (7, 14)}
    assert before.keys() - after.keys() == gone
    assert {uid: before[uid] for uid in after} == after


def test_a_calendar_is_found_by_its_address_alone(world: World) -> None:
    token = token_of(world, "Ana")
    reply = fetch(world, token)
    assert (reply.status_code, reply.mimetype) == (200, "text/calendar")
    assert reply.headers["Cache-Control"] == "private, no-store"
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    wrong = [fetch(world, other) for other in (NOBODYS, token[:-1], token + "A", token.swapcase(), "é", "x" * 5000)]
    assert {(one.status_code, one.get_data(as_text=True)) for one in wrong} == {(404, "There is no such calendar.\n")}


def test_the_database_does_not_hold_the_address(world: World) -> None:
    token = token_of(world, "Ana")
    with world.database.work() as work:
        (key,) = work.session.scalars(select(CalendarKey))
        assert token.encode() not in key.hash and len(key.hash) == 32
        assert token not in str(work.session.scalars(select(Event.reasons)).all())


def test_a_new_address_ends_the_old_one_and_revoking_ends_it_for_good(world: World) -> None:
    old = token_of(world, "Ana")
    new = token_of(world, "Ana")
    assert [fetch(world, token).status_code for token in (old, new)] == [404, 200]
    assert run(world, "calendar", "revoke", "Ana") == "The address has ended."
    assert run(world, "calendar", "revoke", "Ana") == "There was no address."
    assert fetch(world, new).status_code == 404


def test_whoever_is_off_the_roster_has_no_calendar(world: World) -> None:
    token = token_of(world, "Ana")
    with world.database.work() as work:
        work.session.execute(update(Person).where(Person.name == "Ana").values(active=False))
    assert fetch(world, token).status_code == 404


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(  # noqa: DTZ001 - made UTC below
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
)


@given(st.lists(st.tuples(moments, st.integers(1, 2000), st.sampled_from(Role)), max_size=5), moments)
def test_whatever_the_shifts_both_libraries_read_what_was_written(
    some: list[tuple[datetime, int, Role]], now: datetime
) -> None:
    shifts = [
        Occurrence(UUID(int=n), at.date(), UUID(int=9), role, at, at + timedelta(minutes=minutes))
        for n, (at, minutes, role) in enumerate(some)
    ]
    text = as_calendar(shifts, now).decode()
    ours = [(e.decoded("dtstart"), e.decoded("dtend")) for e in Calendar.from_ical(text).walk("VEVENT")]
    theirs = [(e.dtstart, e.dtend) for e in IcsCalendarStream.calendar_from_ics(text).events]
    assert ours == theirs == [(one.starts, one.ends) for one in shifts]
