"""Texts in both directions, and the words that stop them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stage import ANA, BO, LINE, SAM, SITE, Stage
from twilio.base.exceptions import TwilioRestException

from exchange import Behaviour, Phone
from exchange.messages import segments


def bodies(phone: Phone) -> list[str]:
    return [text.body for text in phone.texts]


def sends(stage: Stage, body: str = "Hello.", to: str = SAM, **parameters: object) -> str:
    return str(stage.twilio.messages.create(to=to, from_=LINE, body=body, **parameters).sid)


def test_a_text_to_the_line_reaches_the_application(stage: Stage) -> None:
    stage.sam.text(LINE, "is anyone there")
    stage.passes()
    [asked] = stage.app.asked_at("/text")
    assert (asked["From"], asked["To"], asked["Body"]) == (SAM, LINE, "is anyone there")
    assert asked["MessageSid"] == asked["SmsSid"] == asked["SmsMessageSid"]
    assert (asked["NumMedia"], asked["NumSegments"], asked["SmsStatus"]) == ("0", "1", "received")
    assert asked["FromState"] == "NY"
    assert "OptOutType" not in asked
    assert "MessagingServiceSid" not in asked


def test_the_reply_is_sent_back(stage: Stage) -> None:
    stage.answers(text='<Message statusCallback="/status"><Body>A peer will read this.</Body></Message>')
    stage.sam.text(LINE, "hi")
    stage.passes(2)
    [text] = stage.sam.texts
    assert (text.sender, text.body) == (LINE, "A peer will read this.")
    assert stage.statuses("/status", "MessageStatus") == ["queued", "sent", "delivered"]


def test_a_reply_may_be_empty(stage: Stage) -> None:
    stage.answers(text="")
    stage.sam.text(LINE, "hi")
    stage.passes(2)
    assert stage.sam.texts == []
    assert stage.exchange.complaints == []


def test_a_failed_message_webhook_goes_to_its_fallback_and_is_then_dropped(stage: Stage) -> None:
    stage.answers(text=(500, {}, ""), text_fallback=(500, {}, ""))
    stage.sam.text(LINE, "hi")
    stage.passes(60)
    assert stage.app.asked_at("/text-fallback")[0]["ErrorCode"] == "11200"
    assert len(stage.app.asked) == 2
    [found] = stage.twilio.messages.list(to=LINE)
    assert (found.body, found.direction, found.status) == ("hi", "inbound", "received")


def test_a_text_is_queued_sent_and_delivered(stage: Stage) -> None:
    sid = sends(stage, status_callback=f"{SITE}/status")
    assert stage.twilio.messages(sid).fetch().status == "queued"
    stage.passes(2)
    assert bodies(stage.sam) == ["Hello."]
    assert stage.statuses("/status", "MessageStatus") == ["queued", "sent", "delivered"]
    notice = stage.app.asked_at("/status")[-1]
    assert (notice["MessageSid"], notice["SmsStatus"], notice["To"]) == (sid, "delivered", SAM)
    assert stage.twilio.messages(sid).fetch().status == "delivered"


def test_a_text_to_a_dead_phone_is_not_delivered(stage: Stage) -> None:
    stage.sam.dead = True
    sid = sends(stage, status_callback=f"{SITE}/status")
    stage.passes(2)
    assert stage.statuses("/status", "MessageStatus")[-1] == "undelivered"
    assert stage.app.asked_at("/status")[-1]["ErrorCode"] == "30005"
    found = stage.twilio.messages(sid).fetch()
    assert (found.status, found.error_code) == ("undelivered", 30005)


def test_a_number_sends_one_segment_a_second_in_order(stage: Stage) -> None:
    sends(stage, "first")
    sends(stage, "x" * 200)
    sends(stage, "last")
    stage.passes(10)
    times = [(text.at - stage.sam.texts[0].at).total_seconds() for text in stage.sam.texts]
    assert [body[:5] for body in bodies(stage.sam)] == ["first", "xxxxx", "last"]
    assert times == [0, 1, 3]


def test_each_number_has_a_queue_of_its_own(stage: Stage) -> None:
    stage.exchange.number("+12125550101", voice_url="", sms_url="")
    sends(stage)
    stage.twilio.messages.create(to=SAM, from_="+12125550101", body="Hello.")
    stage.passes(0.6)
    assert len(stage.sam.texts) == 2


@pytest.mark.parametrize("word", ["STOP", "stopall", " Unsubscribe ", "CANCEL", "End", "quit", "REVOKE", "optout"])
def test_a_word_alone_stops_the_texts_and_still_reaches_the_application(stage: Stage, word: str) -> None:
    stage.sam.text(LINE, word)
    stage.passes(2)
    assert stage.app.asked_at("/text")[0]["OptOutType"] == "STOP"
    assert "unsubscribed" in bodies(stage.sam)[0]
    with pytest.raises(TwilioRestException) as refused:
        sends(stage)
    assert refused.value.code == 21610
    sends(stage, to=ANA)


@pytest.mark.parametrize("words", ["please stop", "STOP!", "this has to end", "i want to quit"])
def test_a_word_among_others_stops_nothing(stage: Stage, words: str) -> None:
    stage.sam.text(LINE, words)
    sends(stage)
    stage.passes(2)
    assert bodies(stage.sam) == ["Hello."]


def test_a_reply_to_one_who_has_stopped_fails_quietly(stage: Stage) -> None:
    stage.answers(text="<Message>Sorry to see you go.</Message>")
    stage.sam.text(LINE, "STOP")
    stage.passes(3)
    assert len(stage.sam.texts) == 1
    [failed] = stage.twilio.messages.list(to=SAM)
    assert (failed.status, failed.error_code) == ("failed", 21610)


def test_start_takes_texts_again(stage: Stage) -> None:
    stage.sam.text(LINE, "STOP")
    stage.sam.text(LINE, "yes")
    stage.passes(2)
    assert stage.app.asked_at("/text")[1]["OptOutType"] == "START"
    sends(stage)
    stage.passes(2)
    assert bodies(stage.sam)[-1] == "Hello."


def test_yes_is_a_word_like_any_other_to_one_who_has_not_stopped(stage: Stage) -> None:
    stage.sam.text(LINE, "yes")
    stage.passes(2)
    assert "OptOutType" not in stage.app.asked_at("/text")[0]
    assert stage.sam.texts == []


@pytest.mark.parametrize("word", ["HELP", "info"])
def test_help_has_the_carriers_own_answer_and_reaches_the_application(stage: Stage, word: str) -> None:
    stage.answers(text="<Message>A peer will read this.</Message>")
    stage.sam.text(LINE, word)
    stage.passes(3)
    assert stage.app.asked_at("/text")[0]["OptOutType"] == "HELP"
    assert "STOP" in bodies(stage.sam)[0]
    assert bodies(stage.sam)[1] == "A peer will read this."


def test_a_phone_that_answers_by_itself(stage: Stage) -> None:
    stage.ana.auto = Behaviour(reply_to_text="1")
    sends(stage, "new contact", to=ANA)
    stage.passes(3)
    assert stage.app.asked_at("/text")[0]["Body"] == "1"


def test_texts_are_listed_by_number_and_day(stage: Stage) -> None:
    sends(stage)
    sends(stage, to=BO)
    stage.passes(3)
    assert len(stage.twilio.messages.list()) == 2
    assert [message.to for message in stage.twilio.messages.list(to=BO)] == [BO]
    assert len(stage.twilio.messages.list(date_sent=stage.clock.at.date())) == 2
    assert len(stage.twilio.messages.list(date_sent_after=stage.clock.at)) == 0
    assert len(stage.twilio.messages.list(date_sent_before=stage.clock.at)) == 2


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("é" * 160, 1),
        ("ç" * 70, 1),
        ("ç" * 71, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
    ],
)
def test_how_many_texts_a_body_takes(body: str, count: int) -> None:
    assert segments(body) == count


@given(st.text(max_size=1600))
def test_a_longer_body_never_takes_fewer_texts(body: str) -> None:
    assert segments(body + "x") >= segments(body) >= 1


def test_one_number_of_the_account_may_text_another_but_not_itself(stage: Stage) -> None:
    other = "+12125550109"
    stage.exchange.number(other, voice_url=f"{SITE}/voice", sms_url=f"{SITE}/text")
    stage.twilio.messages.create(to=LINE, from_=other, body="hello")
    stage.passes(3)
    [asked] = stage.app.asked_at("/text")
    assert (asked["From"], asked["To"], asked["Body"]) == (other, LINE, "hello")
    with pytest.raises(TwilioRestException) as refusal:
        stage.twilio.messages.create(to=LINE, from_=LINE, body="hello")
    assert refusal.value.code == 21266
