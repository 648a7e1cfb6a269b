"""Live transcription: what is said on a call is told as it is said."""

from __future__ import annotations

import json

from stage import ANA, Stage

START = '<Start><Transcription statusCallbackUrl="/words" name="one" {}/></Start>'


def told(stage: Stage) -> list[tuple[str, str]]:
    return [(form["TranscriptionEvent"], form["SequenceId"]) for form in stage.app.asked_at("/words")]


def said(stage: Stage) -> list[tuple[str, str, str]]:
    return [
        (json.loads(form["TranscriptionData"])["transcript"], form["Track"], form["Final"])
        for form in stage.app.asked_at("/words")
        if form["TranscriptionEvent"] == "transcription-content"
    ]


def test_the_callers_words_are_told(stage: Stage) -> None:
    stage.answers(voice=START.format('track="inbound_track" languageCode="en-GB"') + '<Pause length="60"/>')
    stage.dials()
    stage.sam.say("I feel alone tonight")
    stage.passes()
    stage.sam.hang_up()
    stage.passes()
    assert told(stage) == [
        ("transcription-started", "1"),
        ("transcription-content", "2"),
        ("transcription-stopped", "3"),
    ]
    content = stage.app.asked_at("/words")[1]
    assert said(stage) == [("I feel alone tonight", "inbound_track", "true")]
    assert content["TranscriptionSid"].startswith("GT")
    assert content["LanguageCode"] == "en-GB"
    assert content["Timestamp"].endswith("Z")
    assert 0 < json.loads(content["TranscriptionData"])["confidence"] <= 1


def test_unfinished_words_are_told_only_where_asked_for(stage: Stage) -> None:
    stage.answers(voice=START.format("") + '<Pause length="60"/>')
    stage.dials()
    stage.sam.say("I feel", final=False)
    stage.passes()
    assert said(stage) == []
    stage.answers(voice=START.format('partialResults="true"') + '<Pause length="60"/>')
    stage.dials(stage.ana)
    stage.ana.say("I feel", final=False)
    stage.passes()
    assert said(stage) == [("I feel", "inbound_track", "false")]


def test_a_transcription_that_was_stopped_hears_no_more(stage: Stage) -> None:
    stage.answers(
        voice=START.format("") + '<Gather numDigits="1" action="/stop"/>',
        stop='<Stop><Transcription name="one"/></Stop><Pause length="60"/>',
    )
    stage.dials()
    stage.sam.press("1")
    stage.passes()
    stage.sam.say("unheard")
    stage.passes()
    assert told(stage) == [("transcription-started", "1"), ("transcription-stopped", "2")]


def test_what_a_caller_hears_is_the_other_track(stage: Stage) -> None:
    stage.answers(
        voice=START.format('track="both_tracks"') + "<Dial><Conference>room</Conference></Dial>",
        ring="<Dial><Conference>room</Conference></Dial>",
    )
    stage.dials()
    stage.rings(ANA)
    stage.ana.answer()
    stage.passes()
    stage.ana.say("I am here")
    stage.passes()
    assert said(stage) == [("I am here", "outbound_track", "true")]


def test_nothing_is_told_where_nothing_was_started(stage: Stage) -> None:
    stage.answers(voice='<Say>Hello.</Say><Pause length="60"/>')
    stage.dials()
    stage.sam.say("hello")
    stage.passes()
    assert told(stage) == []
