"""A test call or text to everybody: one at a time, never at night, never twice, and giving way to callers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from visit import LINE, Visit

from entrypoints.doctor.examination import Wishes
from entrypoints.doctor.findings import Finding, Verdict
from entrypoints.doctor.reach import is_night
from entrypoints.drill.world import World
from exchange import Behaviour

NEW_YORK = ZoneInfo("America/New_York")
RING, TEXT = Wishes(ring=True), Wishes(text=True)
PICKS_UP = Behaviour(answer_after=3)


def of(visit: Visit, wishes: Wishes, verb: str) -> dict[str, Finding]:
    return {one.check.removeprefix(f"{verb} "): one for one in visit.find(wishes) if one.check.startswith(f"{verb} ")}


def everybody(visit: Visit, auto: Behaviour) -> None:
    for name in ("Ana", "Bo", "Cal", "Lee", "Max", "Sue"):
        visit.phone(name).auto = auto


def test_everybody_is_texted_once_and_the_delivery_told(visit: Visit) -> None:
    visit.phone("Bo").dead = True
    found = of(visit, TEXT, "text")
    assert {name: one.verdict for name, one in found.items()} == {
        **dict.fromkeys(("Ana", "Cal", "Lee", "Max", "Sue"), Verdict.OK),
        "Bo": Verdict.FAULT,
    }
    assert found["Bo"].found == "Bo cannot be reached: there is no such phone (30005)."
    (text,) = visit.phone("Ana").texts
    assert text.body.startswith("This is a test of the demonstration line. Nobody is waiting for you")
    assert not visit.world.network.calls


def test_somebody_who_sent_stop_is_found(visit: Visit) -> None:
    visit.phone("Ana").text(LINE, "STOP")
    visit.world.settle()
    found = of(visit, TEXT, "text")["Ana"]
    assert found.found == "Ana cannot be reached: they have sent STOP to this number (21610)."
    assert found.do == "Ask them to text START to it."


def test_everybody_is_rung_once_one_after_another_and_hears_who_it_is(visit: Visit) -> None:
    everybody(visit, PICKS_UP)
    found = of(visit, RING, "ring")
    assert {one.verdict for one in found.values()} == {Verdict.OK}
    calls = list(visit.world.network.calls.values())
    assert len(calls) == 6
    for earlier, later in pairwise(calls):
        assert (later.created - earlier.ended).total_seconds() >= 1
    heard = " ".join(one.text for one in visit.phone("Ana").heard)
    assert heard.startswith("This is a test of the demonstration line.")
    assert not visit.world.network.live_calls()


@pytest.mark.parametrize(
    ("auto", "verdict", "words"),
    [
        (None, Verdict.WARNING, "phone was not answered"),
        (Behaviour(decline_after=2), Verdict.WARNING, "phone was busy, or they declined"),
        (Behaviour(voicemail=True, answer_after=4), Verdict.OK, "by them or by a voicemail"),
    ],
)
def test_what_became_of_the_call_is_told(visit: Visit, auto: Behaviour | None, verdict: Verdict, words: str) -> None:
    everybody(visit, PICKS_UP)
    visit.phone("Bo").auto = auto
    found = of(visit, RING, "ring")["Bo"]
    assert found.verdict is verdict
    assert words in found.found


def test_a_phone_that_is_out_of_service_is_a_fault(visit: Visit) -> None:
    everybody(visit, PICKS_UP)
    visit.phone("Lee").dead = True
    assert of(visit, RING, "ring")["Lee"].found == "The carrier could not reach Lee's phone."


def test_a_call_whose_fate_is_unknown_is_not_made_again(visit: Visit) -> None:
    everybody(visit, PICKS_UP)
    visit.world.network.faults.lose_create_replies = True
    found = of(visit, RING, "ring")
    assert {one.verdict for one in found.values()} == {Verdict.WARNING}
    visit.world.run_for(60)
    assert len(visit.phone("Ana").rings) == 1


def test_a_carrier_that_takes_nothing_is_told_of(visit: Visit) -> None:
    visit.world.network.faults.refuse_calls = True
    visit.world.network.faults.refuse_with = 429
    assert {one.verdict for one in of(visit, RING, "ring").values()} == {Verdict.SKIPPED}


def test_nobody_is_disturbed_at_night_unless_asked_for(make_world: Callable[..., World], redis_url: str) -> None:
    visit = Visit(make_world(start=datetime(2026, 3, 7, 23, 30, tzinfo=NEW_YORK)), redis_url)
    found = of(visit, Wishes(ring=True, text=True), "ring") | of(visit, TEXT, "text")
    assert {one.verdict for one in found.values()} == {Verdict.SKIPPED}
    assert "--at-night" in found["Ana"].do
    assert not visit.world.network.calls
    assert not visit.world.network.messages.all
    assert of(visit, Wishes(text=True, at_night=True), "text")["Ana"].verdict is Verdict.OK


@pytest.mark.parametrize(
    ("hour", "night"), [(0, True), (7, True), (8, False), (12, False), (21, False), (22, True), (23, True)]
)
def test_night_is_from_22_to_8_where_the_line_is(hour: int, night: bool) -> None:
    assert is_night(datetime(2026, 7, 1, hour, 59, tzinfo=NEW_YORK), NEW_YORK) is night


def test_a_test_gives_way_to_somebody_who_waits(visit: Visit) -> None:
    visit.world.network.phone("+16465550141").dial(LINE)
    visit.world.run_for(5)
    found = of(visit, TEXT, "text")
    assert {one.verdict for one in found.values()} == {Verdict.SKIPPED}
    assert found["Ana"].found == "Ana was not tried: somebody is waiting on the line."


def test_whoever_is_with_a_caller_is_left_in_peace(visit: Visit) -> None:
    visit.phone("Ana").auto = Behaviour(answer_after=1, press=((6, "1"),))
    visit.world.network.phone("+16465550141").dial(LINE)
    assert visit.world.run_until(lambda: visit.world.network.talking("+16465550141", "+12125550121"), 60)
    found = of(visit, TEXT, "text")
    assert found["Ana"].found == "Ana was not tried: they are with somebody, or being asked."
    assert found["Bo"].verdict is Verdict.OK
