"""The commands for callers who come again: bounded, answered for by somebody, and no note where none belongs."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from entrypoints.drill.world import World
from entrypoints.people import Recruit
from entrypoints.rekey import rekey
from entrypoints.returning import somebody
from entrypoints.returning_commands import add_to
from helpline.line import LineError, read_line
from helpline.nouns import AskedBy, Channel, Role
from helpline.privacy import plan_notes
from helpline.returning import RETURNING_WORDS
from helpline.tables import Block, Caller, CarePlan, Continuity, Event
from routing import continuity, retention
from routing.callers import NoCaller, by_key, key_of
from routing.contacts import abandon, find_caller, receive
from tests.conftest import DEMO_LINE, MakeWorld

SAM, KIM = "+16465550141", "+16465550142"
NOTES = "likes to begin with tea"
DAY = 86_400.0
PLAN = ("--with", "Ana", "--hours", "18:00-20:00", "--review", "2026-04-01", "--by", "Sue")
BLOCK = ("--reason", "abuse", "--until", "2026-03-10", "--by", "Sue", "--reviewer", "Lee", "--review", "2026-03-09")


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    made = make_world(start=datetime(2026, 3, 7, 23, 30, tzinfo=ZoneInfo("America/New_York")))
    made.enlist(
        [
            Recruit("Ana", Role.PEER, ("en",), "+12125550121"),
            Recruit("Sue", Role.SUPERVISOR, ("en",), "+12125550122"),
            Recruit("Lee", Role.CLINICIAN, ("en",), "+12125550123"),
        ]
    )
    return made


def caller(world: World, number: str = SAM) -> str:
    """Somebody who called once; how they are named."""
    with world.database.work() as work:
        contact = receive(work, find_caller(work, number), Channel.VOICE)
        abandon(work, contact, "the caller hung up")
        return key_of(contact.caller_id)


def run(world: World, *words: str, typed: str | None = None) -> Result:
    main = click.Group()
    add_to(main, lambda: world.database)
    return CliRunner().invoke(main, list(words), input=typed)


def said(world: World, *words: str, typed: str | None = None) -> str:
    """What a command that is refused says: one sentence, exit code 1."""
    shown = run(world, *words, typed=typed)
    assert shown.exit_code == 1
    assert len(shown.output.strip().splitlines()) == 1
    return shown.output


def test_a_plan_is_made_shown_listed_and_ended(world: World) -> None:
    key = caller(world)
    assert run(world, "care", "set", key, *PLAN, "--notes", typed=NOTES + "\n").exit_code == 0
    plan = json.loads(run(world, "care", "show", key, "--json").output)
    assert plan == {
        "caller": key,
        "people": ["Ana"],
        "hours": "18:00-20:00",
        "notes": NOTES,
        "review_on": "2026-04-01",
        "review_due": False,
        "made_by": "Sue",
        "made_on": "2026-03-07",
    }
    listed = run(world, "care", "list", "--json").output
    assert key in listed
    assert NOTES not in listed
    assert "18:00-20:00" in run(world, "care", "show", key).output
    assert run(world, "care", "end", key).exit_code == 0
    assert "no care plan" in said(world, "care", "show", key)


def test_notes_are_sealed_and_stand_in_no_journal(world: World) -> None:
    key = caller(world)
    run(world, "care", "set", key, *PLAN, "--notes", typed=NOTES)
    with world.database.work() as work:
        plan = work.session.scalars(select(CarePlan)).one()
        assert plan.notes is not None and NOTES.encode() not in plan.notes
        assert work.vault.open(plan.notes, plan_notes(plan.id)) == NOTES
        assert not [one for one in work.session.scalars(select(Event.reasons)) if NOTES in str(one)]


def test_rekeying_seals_the_notes_anew(world: World) -> None:
    run(world, "care", "set", caller(world), *PLAN, "--notes", typed=NOTES)
    with world.database.work() as work:
        work.session.execute(update(CarePlan).values(notes=b"\x07 nobody knows"))
    assert rekey(world.database).unreadable == 1


@pytest.mark.parametrize(
    ("instead", "typed", "says"),
    [
        (("--hours", "evening"), None, "hours are written as"),
        (("--hours", "18:00-18:00"), None, "leave them out"),
        (("--with", "Zoe"), None, "nobody on the roster"),
        (("--by", "Zoe"), None, "nobody on the roster"),
        (("--review", "2026-01-01"), None, "has passed"),
        (("--notes",), "ring 646 555 0141 first", "no telephone number"),
        (("--notes",), "tea " * 200, "at most 600"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_quotes_nothing(
    world: World, instead: tuple[str, ...], typed: str | None, says: str
) -> None:
    refused = said(world, "care", "set", caller(world), *PLAN, *instead, typed=typed)
    assert says in refused
    assert "555" not in refused


def test_a_block_is_set_listed_and_lifted(world: World) -> None:
    key = caller(world)
    assert run(world, "block", "set", key, *BLOCK).exit_code == 0
    assert json.loads(run(world, "block", "list", "--json").output) == {
        "caller": key,
        "reason": "abuse",
        "decided_by": "Sue",
        "decided_on": "2026-03-07",
        "until": "2026-03-10",
        "reviewer": "Lee",
        "review_on": "2026-03-09",
        "review_due": False,
    }
    assert "blocked already" in said(world, "block", "set", key, *BLOCK)
    assert run(world, "block", "lift", key, "--by", "Lee").exit_code == 0
    assert "Nobody is blocked" in run(world, "block", "list").output
    assert "no block applies" in said(world, "block", "lift", key, "--by", "Lee")


@pytest.mark.parametrize(
    ("instead", "says"),
    [
        (("--until", "2026-04-07"), "at most 30 days"),
        (("--until", "2026-03-07", "--review", "2026-03-07"), "ends after now"),
        (("--reason", "because"), "the reason is one of abuse"),
        (("--reviewer", "Zoe"), "nobody on the roster"),
        (("--review", "2026-03-11"), "before it ends"),
        (("--review", "2026-03-01"), "has passed"),
    ],
)
def test_a_block_that_cannot_be_is_refused(world: World, instead: tuple[str, ...], says: str) -> None:
    assert says in said(world, "block", "set", caller(world), *BLOCK, *instead)


@pytest.mark.parametrize("left_out", ["--until", "--reason", "--by", "--reviewer", "--review"])
def test_a_block_needs_an_end_a_reason_and_somebody_to_answer_for_it(world: World, left_out: str) -> None:
    words = list(BLOCK)
    place = words.index(left_out)
    assert run(world, "block", "set", caller(world), *words[:place], *words[place + 2 :]).exit_code == 2


def test_a_caller_who_withheld_their_number_would_not_be_known_again(world: World) -> None:
    with world.database.work() as work:
        key = key_of(find_caller(work, None).id)
    assert "withheld" in said(world, "block", "set", key, *BLOCK)


def test_a_key_that_is_not_one_callers_is_refused(world: World) -> None:
    caller(world)
    for wrong, says in (
        ("nonsense", "8 letters"),
        ("abc", "8 letters"),
        ("%" * 8, "8 letters"),
        ("0" * 8, "no caller"),
    ):
        assert says in said(world, "care", "show", wrong)
    twins = [UUID("abcdef01-0000-4000-8000-000000000001"), UUID("abcdef01-0000-4000-8000-000000000002")]
    with world.database.work() as work:
        for number, twin in zip((b"one", b"two"), twins, strict=True):
            work.session.add(Caller(id=twin, number_key=number, first_seen=work.now))
        work.session.flush()
        with pytest.raises(NoCaller, match="more than one"):
            by_key(work, "abcdef01")
        assert by_key(work, twins[1].hex).id == twins[1]


def test_what_was_agreed_with_a_caller_is_forgotten_with_them_and_a_block_after_its_end(world: World) -> None:
    key, other = caller(world), caller(world, KIM)
    run(world, "care", "set", key, *PLAN, "--notes", typed=NOTES)
    run(world, "block", "set", other, *BLOCK)
    with world.database.work() as work:
        continuity.withdraw(work, by_key(work, key).id, None, AskedBy.CALLER)
    world.clock.advance(90 * DAY)
    assert kept(world) == {Continuity: 1, CarePlan: 1, Block: 1}
    world.clock.advance(1)
    assert kept(world) == {Continuity: 0, CarePlan: 0, Block: 1}
    world.clock.advance(3 * DAY)
    assert kept(world) == {Continuity: 0, CarePlan: 0, Block: 0}


def test_whom_somebody_asked_for_is_forgotten_after_the_stated_days_though_they_still_call(world: World) -> None:
    with world.database.work() as work:
        contact = receive(work, find_caller(work, SAM), Channel.VOICE)
        continuity.ask(work, contact, somebody(work, "Ana").id, AskedBy.PEER)
        abandon(work, contact, "the caller hung up")
    for _ in range(3):
        world.clock.advance(60 * DAY)
        caller(world)
        assert kept(world)[Continuity] == 1
    world.clock.advance(1)
    assert kept(world)[Continuity] == 0


def test_a_line_that_does_none_of_it_needs_no_words_for_it() -> None:
    text = DEMO_LINE.read_text(encoding="utf-8")
    for table in ("continuity", "care", "blocks"):
        head, _, rest = text.partition(f"[{table}]\n")
        text = head + rest[rest.index("\n[") + 1 :]
    words = [row for row in text.splitlines() if row.split(" = ")[0] not in RETURNING_WORDS]
    line = read_line("\n".join(words))
    assert line.continuity.first_for == timedelta()
    assert (line.care, line.blocks) == (None, None)
    for table, lacks in (
        ("continuity]\nfirst_for_seconds = 5", "again_noted"),
        ("care]", "hours"),
        ("blocks]", "blocked"),
    ):
        with pytest.raises(LineError, match=f"missing .*{lacks}"):
            read_line("\n".join(words).replace("[say.en]", f"[{table}\n[say.en]"))


def test_no_line_may_turn_somebody_away_for_longer_than_thirty_days() -> None:
    text = DEMO_LINE.read_text(encoding="utf-8").replace("longest_days = 30", "longest_days = 31")
    with pytest.raises(LineError, match=r"blocks\.longest_days"):
        read_line(text)


def kept(world: World) -> dict[type, int]:
    """How many rows of each there are once what is due has been forgotten."""
    with world.database.work() as work:
        retention.forget(work)
    with world.database.work() as work:
        return {table: len(work.session.scalars(select(table)).all()) for table in (Continuity, CarePlan, Block)}
