"""Presence where two things happen at once, where processes are killed between, and as the command tells it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from entrypoints.drill.policy import amended
from entrypoints.drill.world import World
from entrypoints.people import Recruit
from entrypoints.presence import add_to
from entrypoints.tick import HANDLERS
from escalation.rules import broken
from helpline import timers
from helpline.hours import read_hours
from helpline.nouns import DutyState, Role, TimerKind
from helpline.tables import CommandRow, DutyRow, Event, OverrideRow, Person, ShiftRow, TimerRow
from routing.attendance import duties, presence, stand_ins
from shifts.roster import current_rota
from shifts.single import add_single, cut_short
from tests.conftest import DEMO_LINE, MakeWorld

NEW_YORK = ZoneInfo("America/New_York")
NIGHT = (read_hours("22:00-06:00"),)
ANA, BO, CAL = "+12125550121", "+12125550122", "+12125550123"


@pytest.fixture
def world(make_world: MakeWorld, tmp_path: Path) -> World:
    """Half past nine in the evening, before Ana's night; the line wants presence proven."""
    path = tmp_path / "strict.toml"
    path.write_text(amended(DEMO_LINE.read_text("utf-8"), "presence.check_in", "'required'"), "utf-8")
    made = make_world(path, start=datetime(2026, 3, 5, 21, 30, tzinfo=NEW_YORK))
    made.enlist(
        [
            Recruit("Ana", Role.PEER, ("en",), ANA, hours=NIGHT),
            Recruit("Bo", Role.BACKUP, ("en",), BO),
            Recruit("Cal", Role.BACKUP, ("en",), CAL),
        ]
    )
    return made


def run_until(world: World, hour: int, minute: int) -> None:
    """Let the clock run to that time of the night."""
    now = world.clock.now().astimezone(NEW_YORK)
    then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    world.run_for((then + timedelta(days=then < now) - now).total_seconds())


def person(world: World, name: str) -> Person:
    with world.database.work() as work:
        return work.session.scalars(select(Person).where(Person.name == name)).one()


def the_duty(world: World) -> DutyRow:
    with world.database.work() as work:
        return work.session.scalars(select(DutyRow)).one()


def texts_to(world: World, number: str) -> list[str]:
    return [one.body for one in world.network.phone(number).texts]


def at_once(world: World, waiting: int, *acts: Callable[[], object]) -> list[object]:
    """Do all of these while somebody holds Ana's row, so that they come to it together; then let go."""
    with ThreadPoolExecutor(len(acts)) as pool:
        with world.database.work() as work:
            duties.lock_person(work, person(world, "Ana").id)
            doing = [pool.submit(act) for act in acts]
            _until_blocked(world, waiting)
        return [one.result(timeout=20) for one in doing]


def _until_blocked(world: World, waiting: int) -> None:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    for _ in range(3000):
        with world.engine.connect() as connection:
            if (connection.scalar(text(asked)) or 0) >= waiting:
                return
        threading.Event().wait(0.003)
    raise AssertionError("nobody ever waited")


def test_two_backups_who_step_in_at_the_same_moment_are_told_apart(world: World) -> None:
    run_until(world, 22, 12)
    duty = the_duty(world).id
    people = [person(world, name).id for name in ("Bo", "Cal")]

    def step_in(who: int) -> bool:
        with world.database.work() as work:
            return stand_ins.step_in(work, work.session.get_one(DutyRow, duty), people[who]) is not None

    stepped = at_once(world, 2, lambda: step_in(0), lambda: step_in(1))
    assert sorted(map(bool, stepped)) == [False, True]
    with world.database.work() as work:
        shifts = work.session.scalars(select(ShiftRow).where(ShiftRow.from_roster.is_(False))).all()
        assert [one.person_id for one in shifts] == [people[stepped.index(True)]]


def test_two_tickers_that_look_at_one_duty_at_once_tell_it_once(world: World) -> None:
    world.run_for(60)
    world.away.ticker_until = world.clock.now() + timedelta(days=1)
    world.clock.advance_to(datetime(2026, 3, 5, 22, 30, tzinfo=NEW_YORK).astimezone(UTC))
    duty = the_duty(world).id

    def look() -> None:
        with world.database.work(awake=True) as work:
            presence.duty_due(work, str(duty))

    at_once(world, 2, look, look)
    with world.database.work() as work:
        told = [one.reasons["notice"] for one in work.session.scalars(select(Event).where(Event.what == "duty.told"))]
        assert sorted(told) == ["backups", "coordinators", "late"]
        assert len(work.session.scalars(select(CommandRow).where(CommandRow.kind == "text")).all()) == 3


def test_two_looks_at_the_rota_at_once_make_one_duty(world: World) -> None:
    def look() -> None:
        with world.database.work(awake=True) as work:
            presence.watch(work, "line")

    at_once(world, 2, look, look)
    assert the_duty(world).state is DutyState.EXPECTED


def test_a_line_that_asks_for_nothing_looks_seldom_and_keeps_no_duties(make_world: MakeWorld) -> None:
    trusting = make_world(start=datetime(2026, 3, 5, 21, 30, tzinfo=NEW_YORK))
    trusting.enlist([Recruit("Ana", Role.PEER, ("en",), ANA, hours=NIGHT)])
    trusting.run_for(7200)
    with trusting.database.work() as work:
        assert work.session.scalars(select(DutyRow)).all() == []
        due = work.session.scalar(select(TimerRow.due_at).where(TimerRow.kind == TimerKind.ROTA))
        assert due is not None and due > work.now


def test_the_rota_is_watched_again_should_its_timer_be_lost(world: World) -> None:
    with world.database.work() as work:
        timers.cancel(work, "line", TimerKind.ROTA)
        HANDLERS[TimerKind.SWEEP](work, "line")
    world.run_for(1)
    assert the_duty(world).person_id == person(world, "Ana").id


def test_a_shift_that_is_no_longer_theirs_ends_their_duty_and_nobody_is_missed(world: World) -> None:
    world.run_for(61)
    world.enlist(
        [
            Recruit("Ana", Role.PEER, ("en",), ANA),
            Recruit("Bo", Role.BACKUP, ("en",), BO),
        ]
    )
    world.run_for(3600)
    assert the_duty(world).state is DutyState.ENDED
    assert texts_to(world, BO) == []


def test_a_duty_without_its_timer_breaks_a_rule(world: World) -> None:
    world.run_for(61)
    with world.database.work() as work:
        timers.cancel(work, the_duty(world).id, TimerKind.DUTY)
        assert any("no timer will move it" in one for one in broken(work))


@pytest.mark.parametrize(
    "starts",
    [
        datetime(2026, 3, 8, 1, 13, 27, tzinfo=NEW_YORK),
        datetime(2026, 11, 1, 1, 40, 5, tzinfo=NEW_YORK, fold=1),
        datetime(2026, 6, 1, 23, 59, 59, tzinfo=NEW_YORK),
    ],
    ids=str,
)
@pytest.mark.parametrize("hours", [0.5, 7, 15])
def test_a_single_shift_lasts_exactly_from_one_moment_to_the_other(
    world: World, starts: datetime, hours: float
) -> None:
    begins = starts.astimezone(UTC)
    ends = begins + timedelta(hours=hours)
    with world.database.work() as work:
        row = add_single(work, person(world, "Bo").id, Role.PEER, begins, ends)
        one = current_rota(work).occurrence(row.id, row.first_on)
        assert one is not None and (one.starts, one.ends) == (begins, ends)
        assert current_rota(work).between(begins - timedelta(days=3), ends + timedelta(days=3)).count(one) == 1


def test_the_rota_read_between_two_changes_of_one_transaction_is_not_kept(world: World) -> None:
    bo = person(world, "Bo").id
    with world.database.work() as work:
        row = add_single(work, bo, Role.PEER, work.now - timedelta(hours=1), work.now + timedelta(hours=1))
        one = current_rota(work).occurrence(row.id, row.first_on)
        assert one is not None
        cut_short(work, one, bo)
        assert not any(each.person == bo for each in current_rota(work).at(work.now))
    with world.database.work() as work:
        assert not any(each.person == bo for each in current_rota(work).at(work.now))
        assert work.session.scalars(select(OverrideRow)).one().ends_at == work.now


def told_by(world: World, *words: str) -> tuple[int, str]:
    main = click.Group()
    add_to(main, lambda: world.database)
    shown = CliRunner().invoke(main, ["presence", *words])
    return shown.exit_code, shown.stdout


def test_the_command_says_who_is_there_and_who_is_not(world: World) -> None:
    assert told_by(world)[1].startswith("Nobody is on shift or on call.")
    run_until(world, 22, 1)
    code, shown = told_by(world, "--json")
    found = json.loads(shown)
    assert (code, found["nobody_there"]) == (1, True)
    assert [(one["name"], one["state"], one["why"]) for one in found["people"]] == [
        ("Ana", "expected", "has not checked in for this shift")
    ]
    world.network.phone(ANA).text(world.line.line.number, "here")
    world.settle()
    code, shown = told_by(world, "--json")
    (ana,) = json.loads(shown)["people"]
    assert (code, ana["state"], ana["why"]) == (0, "present", "")
    assert ana["since"].startswith("2026-03-05T22:01")
    assert ana["until"].startswith("2026-03-06T06:00")
    world.network.phone(ANA).text(world.line.line.number, "break 20")
    world.settle()
    assert "on break since 22:01, until 06:00 (is on a break until 22:21)" in told_by(world)[1]


def test_a_call_about_being_ready_is_asked_for_once_and_told_of_at_an_address_of_its_own(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    path = tmp_path / "asked.toml"
    path.write_text(amended(DEMO_LINE.read_text("utf-8"), "presence.on_call.ask_minutes", "60"), "utf-8")
    world = make_world(path, start=datetime(2026, 3, 5, 19, 30, tzinfo=NEW_YORK))
    world.enlist([Recruit("Max", Role.CLINICIAN, ("en",), ANA, tier=1, on_call=read_hours("21:00-09:00"))])
    run_until(world, 20, 17)
    assert steps_of_ready_calls(world) == ["status"] * len(steps_of_ready_calls(world)) != [], "nobody picked up"
    run_until(world, 20, 29)
    assert world.run_until(lambda: world.network.phone(ANA).ringing, 120)
    world.network.phone(ANA).answer()
    world.settle()
    assert [step for step in steps_of_ready_calls(world) if step != "status"] == ["ask"]


def steps_of_ready_calls(world: World) -> list[str]:
    """For what the carrier came to the addresses of calls about being ready, in that order."""
    paths = [urlsplit(record.url).path for record in world.network.webhooks]
    return [path.rpartition("/")[2] for path in paths if "/voice/ready/" in path]
