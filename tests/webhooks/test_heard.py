"""What the carrier tells of a caller's words, at the door: in any order, twice, late, or not at all."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from doorstep import Doorstep, call, enlist
from sqlalchemy import select

from entrypoints.drill.hearing import TABLE
from entrypoints.drill.world import SID, World
from helpline.nouns import Tier
from helpline.tables import Contact, Event, Listening
from tests.conftest import DEMO_LINE, MakeWorld

CALL = "CA" + "1" * 32
PILLS = "i took all of my pills"
BILLS = "i took all of my bills to the post office"


@pytest.fixture
def world(make_world: MakeWorld, tmp_path: Path) -> World:
    path = tmp_path / "listening.toml"
    path.write_text(DEMO_LINE.read_text(encoding="utf-8") + TABLE, encoding="utf-8")
    made = make_world(path, datetime(2026, 3, 10, 12, tzinfo=ZoneInfo("America/New_York")))
    enlist(made)
    return made


@pytest.fixture
def doorstep(world: World) -> Doorstep:
    assert world.app is not None
    return Doorstep(world.app)


class Ear:
    """The carrier's speech engine, told where to tell by our own document."""

    def __init__(self, doorstep: Doorstep) -> None:
        self.doorstep = doorstep
        self.document = doorstep.post("/webhooks/voice/incoming", call()).body
        self.listen(self.document)

    def listen(self, document: str) -> None:
        self.notices = re.findall(r'statusCallbackUrl="([^"]+)"', document)[0]

    def tell(
        self, words: str, number: int, *, final: bool = True, more: str = "0", track: str = "inbound_track"
    ) -> int:
        sure = {"Final": "true"} if final else {"Final": "false", "Stability": "0.9"}
        form = {
            "AccountSid": SID,
            "CallSid": CALL,
            "TranscriptionSid": "GT" + "1" * 32,
            "TranscriptionEvent": "transcription-content",
            "TranscriptionData": json.dumps({"transcript": words}),
            "SequenceId": str(number),
            "Track": track,
            "Timestamp": f"2026-03-10T16:00:0{more}.000000Z",
            **sure,
        }
        return self.doorstep.post(self.notices, list(form.items())).status

    def hang_up(self) -> None:
        self.doorstep.post("/webhooks/voice/status", call(CallStatus="completed"))


@pytest.fixture
def ear(doorstep: Doorstep) -> Ear:
    return Ear(doorstep)


def risk(world: World) -> Tier:
    with world.database.work() as work:
        return Tier(work.session.scalars(select(Contact)).one().risk)


def journalled(world: World, what: str) -> int:
    with world.database.work() as work:
        return len(work.session.scalars(select(Event).where(Event.what == what)).all())


def test_what_is_said_is_graded(world: World, ear: Ear) -> None:
    assert ear.tell(PILLS, 2) == 200
    assert risk(world) is Tier.IMMINENT


def test_the_other_track_is_not(world: World, ear: Ear) -> None:
    assert ear.tell(PILLS, 2, track="outbound_track") == 200
    assert risk(world) is Tier.NONE


def test_what_was_not_final_counts_no_more_once_the_final_result_is_there(world: World, ear: Ear) -> None:
    ear.tell(BILLS, 3)
    ear.tell(PILLS, 2, final=False)
    assert risk(world) is Tier.NONE


def test_the_final_result_of_another_sentence_revises_nothing(world: World, ear: Ear) -> None:
    ear.tell(PILLS, 4, final=False)
    ear.tell("hello", 3)
    assert journalled(world, "call.revised") == 0
    ear.tell(BILLS, 5)
    assert journalled(world, "call.revised") == 1


def test_a_result_that_is_told_twice_is_seen_once(world: World, ear: Ear) -> None:
    ear.tell("i want to die", 2)
    ear.tell("i want to die", 2, more="1")
    with world.database.work() as work:
        (row,) = work.session.scalars(select(Listening)).all()
        assert len(row.seen) == 1


def test_final_results_in_another_order_come_to_the_same(world: World, ear: Ear) -> None:
    ear.tell("tonight", 3)
    ear.tell("i want to die", 2)
    assert risk(world) is Tier.IMMINENT


def test_the_last_words_of_a_call_come_after_its_end_and_count(world: World, ear: Ear) -> None:
    ear.hang_up()
    assert ear.tell(PILLS, 2) == 200
    world.settle()
    assert risk(world) is Tier.IMMINENT
    with world.database.work() as work:
        assert work.session.scalars(select(Listening)).all() == []


def test_words_long_after_the_end_count_for_nothing(world: World, ear: Ear) -> None:
    ear.hang_up()
    world.run_for(60)
    ear.tell(PILLS, 2)
    assert risk(world) is Tier.NONE


def test_who_switched_it_off_is_not_heard_after_the_end_either(world: World, ear: Ear) -> None:
    hold = re.findall(r'action="([^"]+)"', ear.document)[0]
    assert "<Stop>" in ear.doorstep.post(hold, call(Digits="8", CallStatus="in-progress")).body
    ear.tell(PILLS, 2)
    ear.hang_up()
    ear.tell(PILLS, 3)
    assert risk(world) is Tier.NONE


def test_a_caller_who_never_heard_our_first_reply_is_told_and_listened_to_anew(world: World, ear: Ear) -> None:
    again = ear.doorstep.post("/webhooks/voice/fallback", call(ErrorCode="11200")).body
    assert "A computer listens" in again
    assert again.index("<Stop>") < again.index("<Start>"), "whether it ever began is not known"
    ear.listen(again)
    ear.tell(PILLS, 2)
    assert risk(world) is Tier.IMMINENT


@pytest.mark.parametrize("ends", ["completed", "failed"])
def test_what_was_seen_goes_with_the_call_however_that_ends(world: World, ear: Ear, ends: str) -> None:
    ear.tell("i want to die", 2)
    ear.doorstep.post("/webhooks/voice/status", call(CallStatus=ends))
    with world.database.work() as work:
        assert work.session.scalars(select(Listening)).all() == []


@pytest.mark.parametrize("data", ["", "no json", "[]", "{}", "null", '{"transcript"', "[" * 20_000])
def test_what_cannot_be_read_is_turned_away_and_not_quoted(
    world: World, ear: Ear, data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    form = {
        "AccountSid": SID,
        "CallSid": CALL,
        "TranscriptionEvent": "transcription-content",
        "TranscriptionData": data,
        "SequenceId": "2",
        "Track": "inbound_track",
        "Final": "true",
    }
    assert ear.doorstep.post(ear.notices, list(form.items())).status == 400
    assert "no json" not in "".join(capsys.readouterr())


def test_a_result_without_a_number_is_graded_too(world: World, ear: Ear) -> None:
    form = {
        "AccountSid": SID,
        "CallSid": CALL,
        "TranscriptionEvent": "transcription-content",
        "TranscriptionData": json.dumps({"transcript": PILLS}),
        "Track": "inbound_track",
        "Final": "true",
    }
    assert ear.doorstep.post(ear.notices, list(form.items())).status == 200
    assert risk(world) is Tier.IMMINENT


def test_a_line_that_waits_for_final_results_asks_for_no_others(make_world: MakeWorld, tmp_path: Path) -> None:
    path = tmp_path / "final.toml"
    told = (DEMO_LINE.read_text(encoding="utf-8") + TABLE).replace("stable_from = 0.8", "stable_from = 1")
    path.write_text(told, encoding="utf-8")
    world = make_world(path)
    assert world.app is not None
    ear = Ear(Doorstep(world.app))
    assert 'partialResults="false"' in ear.document
    ear.tell(PILLS, 2, final=False)
    assert risk(world) is Tier.NONE


def test_only_the_languages_of_the_policy_are_listened_to(make_world: MakeWorld, tmp_path: Path) -> None:
    path = tmp_path / "languages.toml"
    told = DEMO_LINE.read_text(encoding="utf-8") + TABLE
    told = told.replace("\n[transcription]\n", '\n[transcription]\nlanguages = { es = "es-US" }\n')
    path.write_text(told, encoding="utf-8")
    world = make_world(path)
    assert world.app is not None
    doorstep = Doorstep(world.app)
    first = doorstep.post("/webhooks/voice/incoming", call()).body
    assert "<Start>" not in first and "A computer listens" not in first
    hold = re.findall(r'action="([^"]+)"', first)[0]
    second = doorstep.post(hold, call(Digits="2", CallStatus="in-progress")).body
    assert 'languageCode="es-US"' in second and "Una computadora escucha" in second


def test_who_is_connected_before_they_were_told_to_the_end_is_told_in_short(
    make_world: MakeWorld, tmp_path: Path
) -> None:
    path = tmp_path / "short.toml"
    told = DEMO_LINE.read_text(encoding="utf-8") + TABLE
    short = '\n[say.en]\ntranscribed_short = "A computer listens for danger."\n'
    path.write_text(told.replace("\n[say.en]\n", short, 1), encoding="utf-8")
    world = make_world(path)
    enlist(world)
    sam, ana = (world.network.phone(number) for number in ("+16465550141", "+12125550121"))
    sam.dial(world.line.line.number)
    assert world.run_until(lambda: ana.ringing, 3)
    ana.answer()
    world.settle()
    ana.press("1")
    assert world.run_until(lambda: world.network.talking(sam.number, ana.number), 10)
    assert "A computer listens for danger." in [one.text for one in sam.heard]
