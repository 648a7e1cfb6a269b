"""The life of a call."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stage import ANA, BO, LEE, LINE, SAM, SITE, Stage
from twilio.base.exceptions import TwilioRestException

from exchange import Behaviour, CallStatus, IllegalMove, PhoneError
from exchange.calls import MOVES

EVENTS = ["initiated", "ringing", "answered", "completed"]


def ring_and_tell(stage: Stage, to: str = ANA, **parameters: object) -> str:
    call = stage.rings(to, status_callback=f"{SITE}/status", status_callback_event=EVENTS, **parameters)
    return str(call.sid)


def test_an_answered_call_is_told_from_initiated_to_completed(stage: Stage) -> None:
    stage.answers(ring='<Pause length="60"/>')
    ring_and_tell(stage)
    stage.ana.answer()
    stage.passes(9)
    stage.ana.hang_up()
    stage.passes()
    assert stage.statuses("/status") == ["initiated", "ringing", "in-progress", "completed"]
    notices = stage.app.asked_at("/status")
    assert [notice["SequenceNumber"] for notice in notices] == ["0", "1", "2", "3"]
    assert {notice["CallbackSource"] for notice in notices} == {"call-progress-events"}
    assert notices[-1]["CallDuration"] == "9"
    assert notices[-1]["Timestamp"] == "Sun, 08 Mar 2026 04:30:11 +0000"
    assert notices[-1]["Direction"] == "outbound-api"


def test_only_the_end_is_told_unless_more_is_asked_for(stage: Stage) -> None:
    stage.rings(status_callback=f"{SITE}/status")
    stage.ana.decline()
    stage.passes()
    assert stage.statuses("/status") == ["busy"]


def test_a_declined_call_is_busy(stage: Stage) -> None:
    ring_and_tell(stage)
    stage.ana.decline()
    stage.passes()
    assert stage.statuses("/status") == ["initiated", "ringing", "busy"]


def test_a_phone_that_nobody_answers_rings_for_its_timeout_and_five_seconds(stage: Stage) -> None:
    ring_and_tell(stage, timeout=20)
    stage.passes(60)
    [ring] = stage.ana.rings
    assert ring.stopped_at is not None
    assert (ring.stopped_at - ring.at).total_seconds() == 25
    assert stage.statuses("/status")[-1] == "no-answer"


def test_a_dead_number_fails_quickly(stage: Stage) -> None:
    stage.ana.dead = True
    ring_and_tell(stage)
    assert stage.statuses("/status") == ["initiated", "failed"]
    assert stage.ana.rings == []


def test_a_phone_in_a_call_is_busy(stage: Stage) -> None:
    stage.answers(voice='<Pause/><Say>x</Say><Pause length="60"/>')
    stage.dials(stage.ana)
    ring_and_tell(stage)
    assert stage.statuses("/status") == ["initiated", "busy"]


def test_a_voicemail_picks_up_and_presses_nothing(stage: Stage) -> None:
    stage.answers(ring='<Gather numDigits="1" action="/accept" timeout="60"><Say>Press one.</Say></Gather>')
    ring_and_tell(stage)
    stage.ana.answer_as_voicemail()
    stage.passes(29)
    assert stage.ana.in_call
    stage.passes(2)
    assert stage.ana.state == "idle"
    assert stage.statuses("/status")[-1] == "completed"
    assert stage.app.asked_at("/accept") == []


def test_machine_detection_names_a_voicemail(stage: Stage) -> None:
    stage.answers(ring="<Pause/>")
    stage.rings(machine_detection="Enable")
    stage.ana.answer_as_voicemail()
    stage.passes(5)
    assert stage.app.asked_at("/ring")[0]["AnsweredBy"] == "machine_start"


def test_what_a_call_does_is_asked_for_when_it_is_answered(stage: Stage) -> None:
    stage.answers(ring='<Say>Hello Ana.</Say><Pause length="9"/>')
    sid = ring_and_tell(stage)
    assert stage.app.asked_at("/ring") == []
    stage.ana.answer()
    stage.passes()
    [asked] = stage.app.asked_at("/ring")
    assert (asked["CallSid"], asked["CallStatus"]) == (sid, "in-progress")
    assert stage.heard(stage.ana) == ["Hello Ana."]


def test_created_calls_leave_one_a_second(stage: Stage) -> None:
    for to in (ANA, BO, LEE):
        stage.twilio.calls.create(to=to, from_=LINE, url=f"{SITE}/ring")
    stage.passes(5)
    first, second, third = (phone.rings[0].at for phone in (stage.ana, stage.bo, stage.lee))
    assert (second - first).total_seconds() == 1
    assert (third - second).total_seconds() == 1


def test_a_call_waiting_its_turn_is_queued_and_can_be_canceled() -> None:
    stage = Stage(calls_per_second=0.1)
    stage.twilio.calls.create(to=ANA, from_=LINE, url=f"{SITE}/ring")
    call = stage.twilio.calls.create(to=BO, from_=LINE, url=f"{SITE}/ring")
    stage.passes(2)
    assert stage.twilio.calls(call.sid).fetch().status == "queued"
    assert stage.twilio.calls(call.sid).update(status="canceled").status == "canceled"
    stage.passes(30)
    assert stage.bo.rings == []


def test_dial_legs_and_calls_that_come_in_do_not_wait_their_turn(stage: Stage) -> None:
    stage.answers(voice=f"<Dial><Number>{ANA}</Number><Number>{BO}</Number></Dial>")
    stage.dials()
    stage.dials(stage.lee)
    stage.passes(1)
    assert stage.ana.ringing and stage.bo.ringing


def test_a_ringing_call_that_is_canceled_stops_ringing(stage: Stage) -> None:
    sid = ring_and_tell(stage)
    stage.twilio.calls(sid).update(status="canceled")
    stage.passes()
    assert not stage.ana.ringing
    assert stage.ana.rings[0].stopped_at is not None
    assert stage.statuses("/status")[-1] == "canceled"


def test_canceling_does_nothing_to_a_call_in_progress(stage: Stage) -> None:
    stage.answers(ring='<Pause length="60"/>')
    sid = ring_and_tell(stage)
    stage.ana.answer()
    stage.passes()
    assert stage.twilio.calls(sid).update(status="canceled").status == "in-progress"
    assert stage.twilio.calls(sid).update(status="completed").status == "completed"
    assert stage.ana.state == "idle"


def test_a_call_that_comes_in_is_ringing_until_the_document_answers_it(stage: Stage) -> None:
    stage.answers(voice='<Pause length="3"/><Say>Hello.</Say><Pause length="30"/>')
    stage.dials()
    [asked] = stage.app.asked_at("/voice")
    assert asked["CallStatus"] == "ringing"
    assert asked["Direction"] == "inbound"
    assert asked["StirVerstat"] == "TN-Validation-Passed-A"
    assert asked["CallToken"]
    assert (asked["FromCity"], asked["ToState"]) == ("NEW YORK", "NY")
    assert stage.sam.state == "dialling"
    stage.passes(3)
    assert stage.sam.in_call


def test_the_number_is_told_when_a_call_that_came_in_ends(stage: Stage) -> None:
    stage.answers(voice='<Say>Hello.</Say><Pause length="30"/>')
    stage.dials()
    stage.passes(5)
    stage.sam.hang_up()
    stage.passes()
    assert stage.statuses("/voice-status") == ["completed"]


def test_a_caller_who_hangs_up_before_the_answer_was_not_answered(stage: Stage) -> None:
    stage.answers(voice='<Pause length="30"/>')
    stage.dials()
    stage.sam.hang_up()
    stage.passes()
    assert stage.statuses("/voice-status") == ["no-answer"]


def test_a_rejected_call_is_never_answered(stage: Stage) -> None:
    stage.answers(voice='<Reject reason="busy"/>')
    stage.dials()
    assert stage.sam.state == "idle"
    assert stage.statuses("/voice-status") == ["busy"]


def test_a_call_ends_when_its_document_does(stage: Stage) -> None:
    stage.answers(voice="<Say>Goodbye.</Say>")
    stage.dials()
    stage.passes(1)
    assert stage.sam.state == "idle"


def test_a_call_ends_at_its_time_limit(stage: Stage) -> None:
    stage.answers(ring='<Pause length="600"/>')
    stage.rings(time_limit=30)
    stage.ana.answer()
    stage.passes(31)
    assert stage.ana.state == "idle"


def test_a_live_call_is_sent_to_another_document(stage: Stage) -> None:
    stage.answers(voice='<Gather action="/never" timeout="60"><Say>Wait.</Say></Gather>', moved="<Say>Moved.</Say>")
    stage.dials()
    stage.passes(2)
    [call] = stage.exchange.live_calls()
    stage.twilio.calls(call.sid).update(url=f"{SITE}/moved")
    stage.passes(1)
    assert stage.heard() == ["Wait.", "Moved."]
    assert stage.app.asked_at("/never") == []


def test_a_live_call_is_given_another_document(stage: Stage) -> None:
    stage.answers(voice='<Say>Wait.</Say><Pause length="60"/>')
    stage.dials()
    [call] = stage.exchange.live_calls()
    stage.twilio.calls(call.sid).update(twiml="<Response><Say>Given.</Say></Response>")
    stage.passes(1)
    assert stage.heard() == ["Wait.", "Given."]


@pytest.mark.parametrize("act", ["answer", "answer_as_voicemail", "decline", "hang_up"])
def test_an_idle_phone_can_do_nothing_of_the_kind(stage: Stage, act: str) -> None:
    with pytest.raises(PhoneError):
        getattr(stage.sam, act)()


def test_impossible_acts_are_refused(stage: Stage) -> None:
    stage.answers(voice='<Say>x</Say><Pause length="60"/>')
    with pytest.raises(PhoneError):
        stage.sam.press("1")
    with pytest.raises(PhoneError):
        stage.sam.say("hello")
    with pytest.raises(PhoneError):
        stage.sam.dial(ANA)
    with pytest.raises(PhoneError):
        stage.sam.text(ANA, "hello")
    stage.dials()
    with pytest.raises(PhoneError):
        stage.sam.dial(LINE)
    with pytest.raises(PhoneError):
        stage.sam.press("A")
    stage.ana.dead = True
    with pytest.raises(PhoneError):
        stage.ana.dial(LINE)


@pytest.mark.parametrize("status", [status for status in CallStatus if status not in MOVES])
def test_nothing_follows_the_end_of_a_call(stage: Stage, status: CallStatus) -> None:
    stage.rings()
    [call] = stage.exchange.live_calls()
    call.status = status
    for following in CallStatus:
        with pytest.raises(IllegalMove):
            call.move(following)


_behaviours = st.builds(
    Behaviour,
    answer_after=st.none() | st.floats(0, 40),
    press=st.lists(st.tuples(st.floats(0, 9), st.sampled_from("0123456789*#")), max_size=4).map(tuple),
    hang_up_after=st.none() | st.floats(0, 20),
    decline_after=st.none() | st.floats(0, 40),
    voicemail=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(_behaviours, st.booleans(), st.integers(0, 40))
def test_whatever_a_phone_does_its_call_is_told_in_order_and_ends_once(
    behaviour: Behaviour, dead: bool, canceled_after: int
) -> None:
    stage = Stage()
    stage.answers(ring='<Gather numDigits="1" action="/next" timeout="9"/>', next='<Pause length="9"/>')
    stage.ana.auto = behaviour
    stage.ana.dead = dead
    sid = stage.twilio.calls.create(
        to=ANA,
        from_=LINE,
        url=f"{SITE}/ring",
        timeout=20,
        status_callback=f"{SITE}/status",
        status_callback_event=EVENTS,
    ).sid
    stage.passes(canceled_after)
    if stage.exchange.calls[sid].live:
        stage.twilio.calls(sid).update(status="completed")
    stage.passes(120)
    told = [CallStatus(status) for status in stage.statuses("/status")]
    assert told[-1].over
    assert all(later in MOVES[earlier] for earlier, later in pairwise(told))
    assert stage.ana.state == "idle"
    assert stage.exchange.live_calls() == []
    assert [ring for ring in stage.ana.rings if ring.stopped_at is None] == []
    assert stage.exchange.complaints == []


def test_two_phones_of_one_number_are_one_phone(stage: Stage) -> None:
    assert stage.exchange.phone(SAM) is stage.sam
    assert stage.exchange.phones[SAM] is stage.sam


def test_one_number_of_the_account_may_call_another_and_both_sides_end_together(stage: Stage) -> None:
    other = "+12125550109"
    stage.exchange.number(other, voice_url=f"{SITE}/voice", sms_url=f"{SITE}/text")
    stage.answers(ring='<Pause length="30"/>', voice="<Say>hello</Say><Pause length='4'/><Hangup/>")
    stage.twilio.calls.create(to=LINE, from_=other, url=f"{SITE}/ring")
    stage.passes(2)
    assert [(call.from_, call.to) for call in stage.exchange.live_calls()] == [(other, LINE), (other, LINE)]
    [asked] = stage.app.asked_at("/voice")
    assert (asked["From"], asked["To"], asked["Direction"]) == (other, LINE, "inbound")
    stage.passes(10)
    assert stage.exchange.live_calls() == []
    assert {call.status for call in stage.exchange.calls.values()} == {CallStatus.COMPLETED}


def test_a_number_cannot_call_itself(stage: Stage) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        stage.twilio.calls.create(to=LINE, from_=LINE, url=f"{SITE}/ring")
    assert refusal.value.code == 21211
