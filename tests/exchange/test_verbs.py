"""Say, Play, Pause, Gather, Redirect and Hangup on a call."""

from __future__ import annotations

import pytest
from stage import Stage

MENU = '<Gather numDigits="1" action="/menu" timeout="5"><Say>Press one now, or two, or wait.</Say></Gather>'


def test_each_sentence_is_heard_when_it_begins(stage: Stage) -> None:
    stage.answers(voice="<Say>You have reached the line. A peer will be with you soon.</Say>")
    stage.dials()
    assert stage.heard() == ["You have reached the line."]
    stage.passes(1.7)
    assert len(stage.heard()) == 1
    stage.passes(0.2)
    assert stage.heard()[1] == "A peer will be with you soon."
    began = stage.sam.heard[1].at - stage.sam.heard[0].at
    assert began.total_seconds() == pytest.approx(5 / 2.8, abs=0.001)


def test_a_clock_that_jumps_still_puts_every_sentence_at_its_moment(stage: Stage) -> None:
    stage.answers(voice='<Say>One two three four. Five.</Say><Pause length="10"/><Say>Six.</Say>')
    stage.dials()
    stage.clock.at = stage.clock.at.replace(hour=5)
    stage.exchange.run_due()
    times = [(heard.at - stage.sam.heard[0].at).total_seconds() for heard in stage.sam.heard]
    assert times == pytest.approx([0, 4 / 2.8, 5 / 2.8 + 10], abs=0.001)


def test_words_are_repeated_as_often_as_asked(stage: Stage) -> None:
    stage.answers(voice='<Say loop="3">Hello.</Say>')
    stage.dials()
    stage.passes(5)
    assert stage.heard() == ["Hello."] * 3


def test_words_repeated_without_end_stop_with_the_call(stage: Stage) -> None:
    stage.answers(voice='<Play loop="0">https://line.example/music.mp3</Play>')
    stage.dials()
    stage.passes(21)
    stage.sam.hang_up()
    stage.passes(60)
    assert stage.heard() == ["♪ https://line.example/music.mp3"] * 5


def test_a_key_during_the_prompt_silences_it_and_counts(stage: Stage) -> None:
    stage.answers(voice=MENU.replace("wait.", "wait. Or wait longer."), menu='<Say>Menu.</Say><Pause length="9"/>')
    stage.dials()
    stage.passes(0.5)
    stage.sam.press("2")
    stage.passes(9)
    assert stage.heard() == ["Press one now, or two, or wait.", "Menu."]
    [asked] = stage.app.asked_at("/menu")
    assert (asked["Digits"], asked["msg"], asked["CallStatus"]) == ("2", "Gather End", "in-progress")


def test_the_first_of_several_keys_silences_the_prompt(stage: Stage) -> None:
    stage.answers(
        voice='<Gather action="/menu" timeout="5"><Say>One moment please. Enter your code.</Say></Gather>',
        menu="<Hangup/>",
    )
    stage.dials()
    stage.sam.press("1")
    stage.passes(4)
    stage.sam.press("2")
    stage.passes(6)
    assert stage.heard() == ["One moment please."]
    assert [asked["Digits"] for asked in stage.app.asked_at("/menu")] == ["12"]


def test_keys_are_gathered_until_the_finishing_key(stage: Stage) -> None:
    stage.answers(voice='<Gather action="/menu" finishOnKey="*"/>', menu="<Hangup/>")
    stage.dials()
    stage.sam.press("12#4*9")
    stage.passes()
    [asked] = stage.app.asked_at("/menu")
    assert (asked["Digits"], asked["FinishedOnKey"]) == ("12#4", "*")


def test_each_key_gives_time_for_the_next(stage: Stage) -> None:
    stage.answers(voice='<Gather action="/menu" timeout="5"/>', menu="<Hangup/>")
    stage.dials()
    for _ in range(3):
        stage.passes(4)
        stage.sam.press("7")
    stage.passes(4.9)
    assert stage.app.asked_at("/menu") == []
    stage.passes(0.2)
    assert stage.app.asked_at("/menu")[0]["Digits"] == "777"


def test_no_key_at_all_goes_on_with_the_document(stage: Stage) -> None:
    stage.answers(voice=f"{MENU}<Say>Nobody there.</Say>")
    stage.dials()
    stage.passes(8)
    assert stage.heard()[-1] == "Nobody there."
    assert stage.app.asked_at("/menu") == []


def test_no_key_at_all_is_told_where_that_is_asked_for(stage: Stage) -> None:
    stage.answers(voice=MENU.replace("numDigits", 'actionOnEmptyResult="true" numDigits'), menu="<Hangup/>")
    stage.dials()
    stage.passes(8)
    assert stage.app.asked_at("/menu")[0]["Digits"] == ""


def test_a_gather_without_an_action_asks_for_its_own_document_again(stage: Stage) -> None:
    stage.answers(voice='<Gather numDigits="1"/>')
    stage.dials()
    stage.sam.press("5")
    stage.passes()
    assert [asked.get("Digits") for asked in stage.app.asked_at("/voice")] == [None, "5"]


def test_keys_pressed_where_nothing_listens_are_lost(stage: Stage) -> None:
    stage.answers(voice=f"<Say>Please listen to all of this first.</Say>{MENU}", menu="<Hangup/>")
    stage.dials()
    stage.sam.press("1")
    stage.passes(4)
    assert stage.app.asked_at("/menu") == []


def test_a_gather_asks_for_nothing_once_the_caller_has_hung_up(stage: Stage) -> None:
    stage.answers(voice=MENU)
    stage.dials()
    stage.sam.hang_up()
    stage.passes(30)
    assert stage.app.asked_at("/menu") == []
    assert len(stage.app.asked_at("/voice")) == 1


def test_hold_music_made_of_a_redirecting_gather_goes_round(stage: Stage) -> None:
    stage.answers(voice="<Redirect>/hold</Redirect>", hold='<Gather timeout="10"/><Redirect>/hold</Redirect>')
    stage.dials()
    stage.passes(65)
    assert len(stage.app.asked_at("/hold")) == 7


def test_hanging_up_ends_the_call_there(stage: Stage) -> None:
    stage.answers(voice="<Say>Bye.</Say><Hangup/><Say>Never.</Say>")
    stage.dials()
    stage.passes(10)
    assert stage.heard() == ["Bye."]
    assert stage.sam.state == "idle"


def test_urls_are_relative_to_the_document_they_stand_in(stage: Stage) -> None:
    stage.app.answers["/deep/down"] = "<Response><Redirect>further</Redirect></Response>"
    stage.app.answers["/deep/further"] = "<Response><Say>Here.</Say></Response>"
    stage.answers(voice="<Redirect>/deep/down</Redirect>")
    stage.dials()
    assert stage.heard() == ["Here."]
