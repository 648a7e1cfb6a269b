"""`helpline cover`: what it shows, what its figures rest on, and that an alarm is given once, whoever gives it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from entrypoints import cover_command
from entrypoints.cover import Forecast, forecast
from entrypoints.cover_simulation import Simulator
from entrypoints.drill.world import World
from entrypoints.people import recruits
from helpline.nouns import Channel, ContactState, OfferState
from helpline.tables import Caller, CommandRow, Contact, CoverAlarm, Offer, Person
from routing.findings import Effort
from shifts.foresight import alarms
from shifts.foresight.history import Outlook, outlook
from tests.conftest import ROOT

NEW_YORK = ZoneInfo("America/New_York")
LINE = ROOT / "drills" / "lines" / "cover.toml"
FRIDAY = datetime(2026, 3, 6, 12, tzinfo=NEW_YORK)
STAFF = (
    ("Kim", "coordinator", "en", "no", ""),
    ("Sue", "supervisor", "en", "09:00-17:00", ""),
    ("Ana", "peer", "en, es", "18:00-02:00", ""),
    ("Bo", "peer", "en", "20:00-08:00", ""),
    ("Cal", "backup", "en", "18:00-06:00", ""),
    ("Lee", "clinician", "en", "no", "1"),
)
EFFORT = Effort(replications=10, counted=60, warm_up=10)


def world_with(make_world: Callable[..., World], *staff: tuple[str, ...], start: datetime = FRIDAY) -> World:
    world = make_world(LINE, start)
    columns = ("name", "role", "languages", "on shift", "on call", "number")
    rows = [dict(zip(columns, (*one, f"+121255501{20 + at}"), strict=True)) for at, one in enumerate(staff)]
    world.enlist(recruits(rows, "the staff"))
    return world


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return world_with(make_world, *STAFF)


def seen(world: World, weeks: float = 0.5, simulator: Simulator | None = None) -> Forecast:
    with world.database.work() as work:
        return forecast(work, work.now, weeks, simulator)


def run(world: World, *arguments: str) -> Result:
    @click.group()
    def main() -> None:
        """The command line."""

    cover_command.add_to(main, lambda: world.database)
    return CliRunner().invoke(main, ["cover", *arguments])


def of_hours(shown: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for span in shown["spans"]:
        yield span["starts"][:16], span


def test_each_hour_says_who_is_on_what_is_wanted_and_what_hangs_on_one_person(world: World) -> None:
    shown = json.loads(run(world, "--weeks", "0.5", "--json").output)
    hours = dict(of_hours(shown))
    evening = hours["2026-03-07T19:00"]
    assert evening["on_shift"] == {"peer": ["Ana"], "backup": ["Cal"]}
    assert evening["on_call"] == {"1": ["Lee"]}
    [spanish] = evening["requirements"]
    assert (spanish["who"], spanish["minimum"], spanish["people"]) == ("peers who speak Spanish", 1, ["Ana"])
    assert (spanish["hole"], spanish["only"]) == (False, "Ana")
    assert hours["2026-03-07T23:00"]["requirements"][0]["only"] is None
    assert hours["2026-03-08T04:00"]["requirements"][0]["thin"] is True
    assert shown["holes"] == []


def test_the_night_the_clock_goes_forward_has_no_hour_from_two_to_three(world: World) -> None:
    shown = json.loads(run(world, "--weeks", "0.5", "--json").output)
    night = [starts for starts, _ in of_hours(shown) if starts.startswith("2026-03-08T0")]
    assert night[:3] == ["2026-03-08T00:00", "2026-03-08T01:00", "2026-03-08T03:00"]


def test_the_hour_that_comes_twice_is_shown_twice_with_its_zone(make_world: Callable[..., World]) -> None:
    world = world_with(
        make_world, ("Ana", "peer", "en", "22:00-01:00", ""), start=datetime(2026, 10, 31, 12, tzinfo=NEW_YORK)
    )
    shown = run(world, "--weeks", "0.2", "--holes", "--json")
    spans = [span["starts"] for span in json.loads(shown.output)["spans"]]
    assert [starts for starts in spans if "T01:" in starts] == [
        "2026-11-01T01:00:00-04:00",
        "2026-11-01T01:00:00-05:00",
    ]
    assert "Sun 1 Nov 01:00-06:00 EDT" in run(world, "--weeks", "0.2", "--holes").output


def test_a_hole_is_exit_code_1_and_in_words(make_world: Callable[..., World]) -> None:
    world = world_with(make_world, *(one for one in STAFF if one[0] not in {"Ana", "Lee"}))
    shown = run(world, "--weeks", "1", "--holes")
    assert shown.exit_code == 1
    assert "HOLE: 0 of 1 peers who speak Spanish" in shown.output
    assert "HOLE: 0 of 1 clinicians on call in tier 1" in shown.output
    assert "Fri 6 Mar" not in shown.output
    assert "2 holes below the minimum" in shown.output
    assert run(world, "--weeks", "0.1").exit_code == 0


def test_from_begins_with_a_day_on_the_lines_wall_clock(world: World) -> None:
    shown = json.loads(run(world, "--from", "2026-03-08", "--weeks", "1", "--json").output)
    assert (shown["from"], shown["until"]) == ("2026-03-08T00:00:00-05:00", "2026-03-15T00:00:00-04:00")
    assert len({span["starts"] for span in shown["spans"]}) == 167


def test_a_new_line_expects_what_it_states(world: World) -> None:
    found = seen(world)
    assert found.outlook.load.is_stated
    hour = found.hours[0].expected
    assert (hour.calls_per_hour, hour.texts_per_hour) == (1, 0.5)
    assert found.outlook.mix[Channel.VOICE, "support", "es"] == pytest.approx(0.2)
    assert "the load that the line states" in run(world, "--weeks", "0.1").output


def test_more_people_are_expected_to_be_a_shorter_wait(world: World) -> None:
    by_people = {hour.expected.people: hour.expected for hour in seen(world).hours}
    assert sorted(by_people) == [0, 1, 2]
    assert by_people[0].mean_wait_seconds > by_people[1].mean_wait_seconds > by_people[2].mean_wait_seconds
    assert by_people[0].answered_share == 0
    assert by_people[2].needed > 2


def contact(world: World, at: datetime, channel: Channel = Channel.VOICE, **more: Any) -> Contact:
    """Somebody who came, a while ago, and was not helped."""
    facts = {"queue": "support", "language": "en", "state": ContactState.ABANDONED, "outbound": False, **more}
    with world.database.work() as work:
        caller = work.session.scalar(select(Caller).limit(1))
        if caller is None:
            caller = Caller(id=work.new_id(), number_key=b"somebody", first_seen=at)
            work.session.add(caller)
            work.session.flush()
        one = Contact(
            id=work.new_id(),
            line_version_id=work.line_version,
            caller_id=caller.id,
            channel=channel,
            arrived_at=at,
            waiting_since=at,
            limit_at=at,
            last_heard_at=at,
            ended_at=at,
            **facts,
        )
        work.session.add(one)
    return one


def learnt(world: World) -> Outlook:
    with world.database.work() as work:
        return outlook(work)


def test_after_some_weeks_the_lines_own_past_is_expected(world: World) -> None:
    for week in range(1, 6):
        for day in range(7):
            evening = datetime(2026, 3, 6, 20, 20, tzinfo=NEW_YORK) - timedelta(weeks=week, days=-day)
            contact(world, evening)
            contact(world, evening + timedelta(minutes=1), language="es")
            contact(world, evening, outbound=True)
        contact(world, datetime(2026, 3, 6, 3, tzinfo=NEW_YORK) - timedelta(weeks=week), Channel.TEXT)
    found = learnt(world)
    assert not found.load.is_stated
    assert found.load.weeks == pytest.approx(5, abs=0.1)
    evening = datetime(2026, 3, 10, 20, 30, tzinfo=NEW_YORK)
    assert found.load.at(evening, Channel.VOICE) == pytest.approx(2, rel=0.1)
    assert found.load.at(evening + timedelta(hours=5), Channel.VOICE) < 0.1
    assert 0 < found.load.at(datetime(2026, 3, 13, 3, tzinfo=NEW_YORK), Channel.TEXT) < 1
    assert found.mix[Channel.VOICE, "support", "es"] == pytest.approx(0.5)
    assert found.mix[Channel.TEXT, "support", "en"] == 1
    assert "75 contacts of 5" in run(world, "--weeks", "0.1").output


def test_a_short_past_does_not_yet_outweigh_what_the_line_states(world: World) -> None:
    contact(world, FRIDAY.astimezone(UTC) - timedelta(weeks=3))
    assert learnt(world).load.is_stated


def test_how_long_a_conversation_takes_is_learnt_from_enough_of_them(world: World) -> None:
    assert learnt(world).seconds == {Channel.VOICE: 1500, Channel.TEXT: 2700}
    for number in range(30):
        at = FRIDAY.astimezone(UTC) - timedelta(days=1, minutes=20 * number)
        had = contact(world, at, state=ContactState.CLOSED)
        with world.database.work() as work:
            ana = work.session.scalars(select(Person).where(Person.name == "Ana")).one()
            work.session.add(
                Offer(
                    id=work.new_id(),
                    contact_id=had.id,
                    person_id=ana.id,
                    person_ordinal=ana.ordinal,
                    channel=Channel.VOICE,
                    state=OfferState.COMPLETED,
                    tag="A",
                    share_from=0,
                    share_to=2,
                    offered_at=at,
                    accepted_at=at,
                    ended_at=at + timedelta(minutes=10 if number % 2 else 20),
                )
            )
    assert learnt(world).seconds == {Channel.VOICE: pytest.approx(900), Channel.TEXT: 2700}


def test_the_simulation_says_how_far_it_can_be_trusted_and_repeats_itself(world: World) -> None:
    found, again = (seen(world, 0.1, Simulator(lambda: Random(1), EFFORT)) for _ in range(2))
    told = [hour.simulated for hour in found.hours]
    assert told == [hour.simulated for hour in again.hours]
    by_people = {hour.expected.people: hour.simulated for hour in found.hours}
    assert by_people[0] is not None
    assert by_people[0].answered_within.value == 0
    assert by_people[2] is not None
    assert by_people[2].answered_within.value > 0.5
    assert by_people[2].answered_within.within > 0


def texts(world: World) -> int:
    with world.database.work() as work:
        return work.session.scalar(select(func.count()).where(CommandRow.kind == "text")) or 0


def test_of_two_who_look_at_the_same_moment_one_tells(make_world: Callable[..., World]) -> None:
    world = world_with(make_world, *(one for one in STAFF if one[0] != "Lee"))
    before, both = texts(world), threading.Barrier(2)

    def look() -> None:
        with world.database.work() as work:
            both.wait()
            alarms.look(work, "line")

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts(world) - before == 1
    with world.database.work() as work:
        assert work.session.scalar(select(func.count()).select_from(CoverAlarm)) == 2, "this Monday's and the next"


def test_a_hole_that_nobody_can_be_told_of_waits_until_somebody_can(make_world: Callable[..., World]) -> None:
    world = world_with(make_world, ("Ana", "peer", "en, es", "18:00-06:00", ""))
    with world.database.work() as work:
        alarms.look(work, "line")
        assert work.session.scalar(select(func.count()).select_from(CoverAlarm)) == 0


def test_the_demonstration_line_looks_for_no_holes(make_world: Callable[..., World]) -> None:
    world = make_world()
    with world.database.work() as work:
        assert alarms.look(work, "line") is None
