"""A live call that is listened to: when, in which language, and that what is heard turn by turn is heard together."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from entrypoints.drill.hearing import TABLE
from entrypoints.drill.world import World
from escalation.listening import Tuning, tune
from escalation.risk import Lexicon, Seen, from_json, go_on, grade, last_of, to_json
from helpline.nouns import CarrierName, Tier
from helpline.tables import Table
from helpline.transcription_policy import Transcription
from tests.conftest import DEMO_LINE, ROOT, MakeWorld

CASES = ROOT / "tests" / "escalation" / "cases" / "dev.jsonl"
SECRET = "zanzibar"
LANGUAGE = st.one_of(st.none(), st.sampled_from(["en", "es"]))


@given(
    st.one_of(st.none(), st.builds(Transcription, while_waiting=st.booleans())),
    st.sampled_from(CarrierName),
    st.sampled_from(["en", "es"]),
    LANGUAGE,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_a_call_is_listened_to_only_where_everything_allows_it_and_told_to_the_carrier_once(
    policy: Transcription | None,
    carrier: CarrierName,
    spoken: str,
    running: str | None,
    knows: bool,
    waits: bool,
    has_somebody: bool,
    switched_off: bool,
) -> None:
    def told(now: str | None) -> Tuning:
        return tune(
            policy,
            carrier,
            spoken,
            now,
            told=knows,
            waits=waits,
            has_somebody=has_somebody,
            switched_off=switched_off,
        )

    change = told(running)
    after = change.start if change else running
    assert not told(after), "the same again tells the carrier nothing"
    if policy is None or not knows or switched_off or carrier is not CarrierName.TWILIO:
        assert after is None
    elif has_somebody or (waits and policy.while_waiting):
        assert after == spoken
    else:
        assert after is None


def _turn_by_turn(turns: list[str], lexicon: Lexicon) -> Tier:
    """As a call is graded: what was seen is kept as plain values from one turn to the next, and no word of it."""
    tier, kept = Tier.NONE, "[]"
    for turn in turns:
        earlier: tuple[Seen, ...] = from_json(json.loads(kept))
        risk, seen = go_on(turn, earlier, lexicon)
        tier = max(tier, risk.tier)
        kept = json.dumps(to_json(last_of([*earlier, seen], lexicon)))
    return tier


def test_what_is_heard_turn_by_turn_is_heard_together(lexicon: Lexicon) -> None:
    cases = [json.loads(line)["turns"] for line in CASES.read_text(encoding="utf-8").splitlines()]
    apart = [turn for turns in cases for turn in turns]
    several = [turns for turns in cases if len(turns) > 1]
    several += [[*three] for three in zip(apart[::9], apart[5::9], apart[7::9], strict=False)]
    assert len(several) > 300
    by_rule_alone = {"second_opinion"}
    for turns in several:
        whole = grade(turns, lexicon)
        heard = _turn_by_turn(turns, lexicon)
        assert heard <= whole.tier
        grave = {hit.rule for hit in whole.rules if hit.tier is whole.tier}
        if grave - by_rule_alone:
            assert heard is whole.tier, turns


@pytest.fixture
def world(make_world: MakeWorld, tmp_path: Path) -> World:
    path = tmp_path / "listening.toml"
    path.write_text(DEMO_LINE.read_text(encoding="utf-8") + TABLE, encoding="utf-8")
    return make_world(path, datetime(2026, 3, 10, 12, tzinfo=ZoneInfo("America/New_York")))


def _everything_kept(world: World) -> bytes:
    with world.database.work() as work:
        rows = [
            work.session.execute(text(f'SELECT row_to_json(t)::text FROM "{table.name}" t')).scalars().all()  # noqa: S608
            for table in Table.metadata.sorted_tables
        ]
    return "\n".join(row for found in rows for row in found).encode()


@pytest.mark.parametrize("final", [True, False])
def test_no_word_of_a_call_is_kept_anywhere_nor_written_to_a_log(
    world: World, capsys: pytest.CaptureFixture[str], *, final: bool
) -> None:
    sam = world.network.phone("+16465550101")
    sam.dial(world.line.line.number)
    world.run_for(5)
    sam.say(f"i want to kill myself {SECRET}", final=final)
    world.run_for(2)
    kept = _everything_kept(world)
    assert SECRET.encode() not in kept and SECRET.encode().hex().encode() not in kept
    if final:
        assert b'"risk":2' in kept, "it was heard"
    sam.hang_up()
    world.run_for(5)
    with world.database.work() as work:
        assert work.session.scalar(text("SELECT count(*) FROM listening")) == 0
    assert SECRET not in "".join(capsys.readouterr())


def test_a_line_without_the_table_never_asks_for_it(make_world: MakeWorld) -> None:
    world = make_world()
    sam = world.network.phone("+16465550101")
    sam.dial(world.line.line.number)
    world.run_for(30)
    assert sam.call is not None and sam.call.transcriptions == []


def test_a_carrier_that_cannot_write_it_down_ends_nothing(world: World) -> None:
    sam = world.network.phone("+16465550101")
    sam.dial(world.line.line.number)
    world.run_for(5)
    assert sam.call is not None
    (running,) = sam.call.transcriptions
    running._tell("transcription-error", ("TranscriptionErrorCode", "32655"))
    world.run_for(20)
    assert sam.in_call
