"""Rescues: what is sealed stays sealed, two people open it, and the database refuses what must not be."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from entrypoints.danger_commands import add_to
from entrypoints.drill.runner import leaks, play, read
from entrypoints.drill.world import World
from entrypoints.people import recruits
from entrypoints.rekey import rekey
from escalation import rescues
from escalation.rules import broken
from helpline.nouns import TimerKind
from helpline.tables import Contact, Event, Opening, Person, Rescue, RescueStep, TimerRow
from routing import retention
from tests.conftest import DEMO_LINE, MakeWorld

SAM, ANA, LEE, SUE, MAX = "+16465550141", "+12125550121", "+12125550122", "+12125550123", "+12125550124"
PLACE = "12 Elm Street in Brooklyn"
ASKED, APPROVED, PASSED = "they grow quieter", "I heard it too", "there is nobody"
SECRETS = (SAM, PLACE, ASKED, APPROVED, PASSED)
REASONS = "she told me to look\nI agree with Lee\n"
DAY = 86_400.0


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    made = make_world(start=datetime(2026, 3, 7, 23, 30, tzinfo=ZoneInfo("America/New_York")))
    made.enlist(
        recruits(
            [
                {"name": "Ana", "role": "peer", "languages": "en", "on shift": "yes", "number": ANA},
                {"name": "Lee", "role": "clinician", "languages": "en", "on call": "1", "number": LEE},
                {"name": "Sue", "role": "supervisor", "languages": "en", "on shift": "yes", "number": SUE},
                {"name": "Max", "role": "clinician", "languages": "en", "number": MAX},
            ],
            "these people",
        )
    )
    return made


def say(world: World, number: str, *texts: str) -> None:
    """What somebody texts, one after the other; whatever follows has followed."""
    for words in texts:
        world.network.phone(number).text(world.line.line.number, words)
        world.run_for(12)


def with_ana(world: World) -> None:
    """Sam is in danger, and Ana is with them by text."""
    say(world, SAM, "i took all of my pills")
    say(world, ANA, "1", "CONSENT A YES")


def asked_for(world: World) -> None:
    with_ana(world)
    say(world, ANA, f"PLACE A {PLACE}", "TRIED A 1 NO", "TRIED A 2 NO", f"PASS A 3 {PASSED}", f"SEND A {ASKED}")


def sent_for(world: World) -> None:
    asked_for(world)
    say(world, LEE, f"approve 1 {APPROVED}")


def rows(world: World, table: Any) -> list[Any]:
    with world.database.work() as work:
        return list(work.session.scalars(select(table)))


def run(world: World, *words: str, typed: str | None = None) -> Result:
    main = click.Group()
    add_to(main, lambda: world.database)
    return CliRunner().invoke(main, ["danger", *words], input=typed)


def refused(world: World, *words: str, typed: str | None = REASONS) -> str:
    """What a command that is refused says: one sentence, exit code 1."""
    shown = run(world, *words, typed=typed)
    assert shown.exit_code == 1
    assert len(shown.output.strip().splitlines()) == 1
    return shown.output


def received(world: World, number: str) -> str:
    return " ".join(one.body for one in world.network.phone(number).texts)


def test_no_place_no_number_and_no_word_of_anybody_stands_outside_of_what_is_sealed(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    sent_for(world)
    say(world, LEE, "sent 1", "arrived 1")
    with world.engine.connect() as connection:
        tables = connection.execute(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        )
        for (name,) in tables.all():
            kept = connection.execute(text(f'SELECT coalesce(string_agg(t::text, chr(10)), $$$$) FROM "{name}" t'))  # noqa: S608
            whole = kept.scalar_one()
            assert not [secret for secret in SECRETS if secret in whole or secret.encode().hex() in whole], name
    logged = capfd.readouterr()
    assert not [secret for secret in SECRETS if secret in logged.out + logged.err]


def test_each_opening_is_journalled_with_the_two_who_agreed_and_whoever_saw_it(world: World) -> None:
    sent_for(world)
    with world.database.work() as work:
        ids = dict(work.session.execute(select(Person.name, Person.id)).all())  # type: ignore[arg-type]
        for what in ("number", "place"):
            event = work.session.scalars(select(Event).where(Event.what == f"opening.{what}")).one()
            assert event.person_id == ids["Lee"]
            assert (event.reasons["asked_by"], event.reasons["approved_by"]) == (str(ids["Ana"]), str(ids["Lee"]))
    assert {row.what for row in rows(world, Opening) if row.opened_at is not None} == {"number", "place"}


def test_every_change_of_a_rescue_is_journalled_with_its_reason(world: World) -> None:
    sent_for(world)
    say(world, LEE, "sent 1", "arrived 1")
    told = [event for event in sorted(rows(world, Event), key=lambda row: row.id) if event.what.startswith("rescue.")]
    states = [event.what for event in told if event.what.split(".")[1] in Rescue.__table__.c.state.type.enums]
    assert states == ["rescue.open", "rescue.requested", "rescue.approved", "rescue.under_way", "rescue.confirmed"]
    assert all(event.reasons.get("why") for event in told if event.what != "rescue.told")
    assert not [row for row in rows(world, TimerRow) if row.kind == TimerKind.RESCUE]


def test_the_command_line_lists_and_shows_without_what_is_sealed(world: World) -> None:
    sent_for(world)
    listed = run(world, "list", "--json").output
    (one,) = [json.loads(line) for line in listed.splitlines()]
    assert (one["rescue"], one["state"], one["with"], one["consent"]) == (1, "approved", ["Ana"], "yes")
    assert (one["step"], one["asked_by"], one["approved_by"], one["relayed_by"]) == ("crisis team", "Ana", "Lee", "Lee")
    assert one["place_is_kept"]
    shown = run(world, "show", "1", "--json").output
    assert json.loads(shown)["openings"][0] == "number, asked by Ana, approved by Lee, seen by Lee"
    assert "somebody passed, Ana" in json.loads(shown)["steps"][2]
    assert "crisis team" in run(world, "show", "1").output
    assert not [secret for secret in SECRETS if secret in listed + shown]
    assert "no rescue 2" in refused(world, "show", "2")
    assert "no rescue" in refused(world, "show", str(10**12))


def test_nothing_to_list_is_said(world: World) -> None:
    assert "No rescue is open" in run(world, "list").output
    assert run(world, "list", "--json").output == ""


def test_two_people_open_on_the_command_line_and_that_is_kept(world: World) -> None:
    asked_for(world)
    pair = ("--asked-by", "Lee", "--approved-by", "Max")
    assert run(world, "open", "1", "--what", "place", *pair, typed=REASONS).output.strip() == PLACE
    number = run(world, "open", "1", "--what", "number", *pair, "--json", typed=REASONS).output
    assert json.loads(number) == {"number": SAM}
    opened = [row for row in rows(world, Opening) if row.opened_at is not None]
    with world.database.work() as work:
        assert {work.session.get_one(Person, row.seen_by).name for row in opened} == {"Lee"}
    assert len([one for one in rows(world, Event) if one.what.startswith("opening.")]) == 2


@pytest.mark.parametrize(
    ("asker", "approver", "typed", "says"),
    [
        ("Lee", "Lee", REASONS, "the second is another"),
        ("Lee", "Ana", REASONS, "the second is another"),
        ("Zoe", "Lee", REASONS, "nobody on the roster"),
        ("Ana", "Lee", "only one\n", "each of the two gives a reason"),
        ("Ana", "Lee", "", "each of the two gives a reason"),
    ],
)
def test_nothing_is_opened_by_less_than_two_with_their_reasons(
    world: World, asker: str, approver: str, typed: str, says: str
) -> None:
    asked_for(world)
    told = refused(
        world, "open", "1", "--what", "place", "--asked-by", asker, "--approved-by", approver, typed=typed
    )
    assert says in told
    assert PLACE not in told
    assert not [row for row in rows(world, Opening) if row.opened_at is not None]


def test_what_the_line_does_not_have_cannot_be_opened_nor_for_a_rescue_that_is_over(world: World) -> None:
    with_ana(world)
    pair = ("--asked-by", "Lee", "--approved-by", "Max")
    assert "does not have their place" in refused(world, "open", "1", "--what", "place", *pair)
    say(world, SUE, "end 1 lost nobody answers")
    assert "no open rescue" in refused(world, "open", "1", "--what", "number", *pair)


def test_a_caller_who_withheld_their_number_has_none_to_relay(world: World) -> None:
    asked_for(world)
    with world.database.work() as work:
        work.session.execute(text("UPDATE caller SET number = NULL"))
    say(world, LEE, f"approve 1 {APPROVED}")
    assert "We do not have their number" in received(world, LEE)
    assert PLACE in received(world, LEE)


def test_a_runner_excepts_the_recipient_of_an_opening_and_nobody_else(world: World) -> None:
    sent_for(world)
    assert SAM in received(world, LEE)
    assert leaks(world) == []
    shown = world.network.phone(MAX, name="Max")
    shown.deliver(world.line.line.number, f"call {SAM}")
    assert leaks(world) == ["Max was shown somebody's number"]


@pytest.mark.parametrize(
    "weaker",
    [
        "UPDATE opening SET opened_at = NULL, seen_by = NULL",
        "UPDATE opening SET what = 'place'",
        "UPDATE opening SET seen_by = asked_by",
        "DELETE FROM opening",
    ],
)
def test_without_the_row_of_an_opening_the_runner_calls_it_a_leak(world: World, weaker: str) -> None:
    sent_for(world)
    with world.engine.begin() as connection:
        connection.execute(text(weaker))
    assert len(leaks(world)) == 1


@pytest.mark.parametrize(
    "forbidden",
    [
        "UPDATE rescue SET state = 'confirmed'",
        "UPDATE rescue SET state = 'nowhere'",
        "UPDATE rescue SET state = 'approved', approved_by = asked_by, relay_id = asked_by",
        "UPDATE rescue SET state = 'approved'",
        "UPDATE rescue SET state = 'open'",
        "UPDATE rescue SET ended_at = opened_at",
        "UPDATE rescue SET act_at = opened_at",
        "UPDATE opening SET approved_by = asked_by, approved_at = asked_at",
        "UPDATE opening SET opened_at = asked_at, seen_by = asked_by",
        "INSERT INTO rescue (id, number, contact_id, state, opened_at)"
        " SELECT gen_random_uuid(), 9, contact_id, 'open', opened_at FROM rescue",
    ],
)
def test_the_database_refuses_what_must_not_be(world: World, forbidden: str) -> None:
    asked_for(world)
    with pytest.raises(IntegrityError), world.engine.begin() as connection:
        connection.execute(text(forbidden))


def test_a_rescue_without_its_timer_breaks_a_rule(world: World) -> None:
    with_ana(world)
    with world.database.work() as work:
        assert broken(work) == []
        work.session.execute(text("DELETE FROM timer WHERE kind = 'rescue'"))
        assert len(broken(work)) == 1


def test_places_and_reasons_are_erased_with_the_words_of_the_contact_and_not_before(world: World) -> None:
    sent_for(world)
    say(world, LEE, "sent 1")
    say(world, SUE, "end 1 safe a friend came")
    say(world, ANA, "done supported", "file 1 plan")
    say(world, SUE, "sign 1")
    assert kept(world) == 2 + 1 + 2 + 2
    world.clock.advance(90 * DAY - 60)
    forget(world)
    assert kept(world) == 2 + 1 + 2 + 2
    world.clock.advance(120)
    forget(world)
    assert kept(world) == 0
    assert len(rows(world, Rescue)) == 1


def test_rekeying_seals_every_word_of_a_rescue_anew(world: World) -> None:
    sent_for(world)
    say(world, SUE, "end 1 safe a friend came")
    unknown = b"\x07 nobody knows"
    with world.database.work() as work:
        work.session.execute(update(Rescue).values(place=unknown, end_words=unknown))
        work.session.execute(update(RescueStep).where(RescueStep.words.is_not(None)).values(words=unknown))
        work.session.execute(update(Opening).values(asked_words=unknown, approved_words=unknown))
    assert rekey(world.database).unreadable == 2 + 1 + 2 + 2


def test_a_line_without_the_table_keeps_no_rescue_and_reads_no_text_about_one(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    whole = DEMO_LINE.read_text(encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text(whole[: whole.index("[danger]")] + whole[whole.index("[retention]") :], encoding="utf-8")
    drill = tmp_path / "a.feature"
    drill.write_text(
        """Feature: a
  Scenario: b
    Given the line file "other.toml"
    And these people:
      | name | on shift |
      | Ana  | yes      |
    When "Sam" texts "i took all of my pills"
    And Ana texts "1"
    And Ana texts "STEPS A"
    Then "Sam" receives a text containing "STEPS A" within 20 seconds
    And "Sam" has received 0 texts containing "agree"
    And there is no rescue
""",
        encoding="utf-8",
    )
    result = play(drill, read([drill])[0][1], make_world, DEMO_LINE)
    assert result.status == "passed", (result.failed_step, result.reason)


def test_two_rescues_at_once_have_numbers_of_their_own(world: World) -> None:
    for number in (SAM, "+16465550142"):
        say(world, number, "i took all of my pills")
        say(world, ANA, "1")
    assert sorted(row.number for row in rows(world, Rescue)) == [1, 2]
    with world.database.work() as work:
        assert rescues.by_number(work, 3) is None
        assert rescues.by_number(work, 10**12) is None


def kept(world: World) -> int:
    """How many sealed values of rescues there are."""
    columns: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (Rescue, ("place", "end_words")),
        (RescueStep, ("words",)),
        (Opening, ("asked_words", "approved_words")),
    )
    return sum(
        getattr(row, column) is not None for table, names in columns for row in rows(world, table) for column in names
    )


def forget(world: World) -> None:
    with world.database.work() as work:
        assert work.session.scalar(select(Contact.ended_at)) is not None
        retention.forget(work)
