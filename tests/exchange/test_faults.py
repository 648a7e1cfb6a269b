"""What may be made to go wrong, and that it does."""

from __future__ import annotations

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from stage import ANA, LINE, SAM, SITE, Stage
from twilio.base.exceptions import TwilioRestException

EVENTS = ["initiated", "ringing", "answered", "completed"]


def one_call(stage: Stage) -> None:
    stage.answers(ring='<Pause length="60"/>')
    stage.rings(status_callback=f"{SITE}/status", status_callback_event=EVENTS)
    stage.ana.answer()
    stage.passes(5)
    stage.ana.hang_up()
    stage.passes(30)


def test_every_callback_arrives_twice(stage: Stage) -> None:
    stage.exchange.faults.callbacks_copies = 2
    one_call(stage)
    assert stage.statuses("/status") == [
        status for status in ("initiated", "ringing", "in-progress", "completed") for _ in range(2)
    ]
    assert len(stage.app.asked_at("/ring")) == 1
    tokens = [asked.headers["I_TWILIO_IDEMPOTENCY_TOKEN"] for asked in stage.app.asked if asked.path == "/status"]
    assert tokens[0] == tokens[1] != tokens[2]


def test_every_webhook_arrives_twice_and_the_second_answer_counts_for_nothing(stage: Stage) -> None:
    stage.exchange.faults.webhooks_copies = 2
    answers = iter(["<Say>First.</Say>", "<Say>Second.</Say>"])
    stage.answers(voice=lambda _form: f"<Response>{next(answers)}</Response>", text="<Message>Hello.</Message>")
    stage.dials()
    stage.passes(5)
    assert len(stage.app.asked_at("/voice")) == 2
    assert stage.heard() == ["First."]
    stage.sam.text(LINE, "hi")
    stage.passes(5)
    assert len(stage.app.asked_at("/text")) == 2
    assert [text.body for text in stage.sam.texts] == ["Hello."]
    assert stage.statuses("/voice-status") == ["completed"] * 2


def test_callbacks_arrive_out_of_order() -> None:
    orders = set()
    for seed in range(12):
        stage = Stage(seed=seed)
        stage.exchange.faults.callbacks_out_of_order = True
        one_call(stage)
        assert sorted(stage.statuses("/status")) == sorted(["initiated", "ringing", "in-progress", "completed"])
        orders.add(tuple(stage.statuses("/status")))
    assert len(orders) > 1


def test_the_same_seed_goes_wrong_the_same_way() -> None:
    def order(seed: int) -> list[str]:
        stage = Stage(seed=seed)
        stage.exchange.faults.callbacks_out_of_order = True
        one_call(stage)
        return stage.statuses("/status")

    assert order(3) == order(3)


def test_every_third_callback_is_lost(stage: Stage) -> None:
    stage.exchange.faults.lose_every_nth_callback = 3
    one_call(stage)
    assert stage.statuses("/status") == ["initiated", "ringing", "completed"]
    assert stage.exchange.callbacks_lost == 1


def test_no_callback_arrives_at_all_and_calls_go_on(stage: Stage) -> None:
    stage.exchange.faults.lose_all_callbacks = True
    one_call(stage)
    assert stage.statuses("/status") == []
    assert len(stage.app.asked_at("/ring")) == 1


def test_callbacks_are_late(stage: Stage) -> None:
    stage.exchange.faults.delay_callbacks = (4, 6)
    stage.rings(status_callback=f"{SITE}/status", status_callback_event=["initiated"])
    assert stage.statuses("/status") == []
    stage.passes(5)
    assert stage.statuses("/status") == ["initiated"]


@pytest.mark.parametrize(("status", "code"), [(503, 20503), (429, 20429)])
def test_calls_are_refused_and_everything_else_is_not(stage: Stage, status: int, code: int) -> None:
    stage.exchange.faults.refuse_calls = True
    stage.exchange.faults.refuse_with = status
    with pytest.raises(TwilioRestException) as refused:
        stage.rings()
    assert (refused.value.status, refused.value.code) == (status, code)
    with pytest.raises(TwilioRestException):
        stage.twilio.conferences("room").participants.create(to=ANA, from_=LINE)
    assert stage.twilio.calls.list() == []
    stage.twilio.messages.create(to=SAM, from_=LINE, body="Hello.")


def test_texts_are_refused_and_calls_are_not(stage: Stage) -> None:
    stage.exchange.faults.refuse_messages = True
    with pytest.raises(TwilioRestException) as refused:
        stage.twilio.messages.create(to=SAM, from_=LINE, body="Hello.")
    assert refused.value.status == 503
    stage.rings()
    assert stage.ana.ringing


def test_a_call_whose_reply_is_lost_rings_all_the_same(stage: Stage) -> None:
    stage.exchange.faults.lose_create_replies = True
    with pytest.raises(requests.Timeout):
        stage.rings()
    stage.passes(2)
    assert stage.ana.ringing
    [found] = stage.twilio.calls.list(to=ANA)
    assert found.status == "ringing"


def test_faults_are_thrown_and_cleared_while_it_runs(stage: Stage) -> None:
    stage.exchange.faults.refuse_calls = True
    stage.exchange.faults.callbacks_copies = 2
    stage.exchange.faults.clear()
    one_call(stage)
    assert len(stage.statuses("/status")) == 4


@settings(max_examples=60, deadline=None)
@given(
    copies=st.integers(1, 3),
    shuffled=st.booleans(),
    nth=st.integers(0, 4),
    late=st.none() | st.tuples(st.floats(0, 2), st.floats(2, 5)),
)
def test_no_fault_of_callbacks_changes_the_call_itself(
    copies: int, shuffled: bool, nth: int, late: tuple[float, float] | None
) -> None:
    stage = Stage()
    faults = stage.exchange.faults
    faults.webhooks_copies = copies
    faults.callbacks_out_of_order = shuffled
    faults.lose_every_nth_callback = nth
    faults.delay_callbacks = late
    one_call(stage)
    [call] = stage.exchange.calls.values()
    assert (call.status, call.seconds) == ("completed", 5)
    expected = {0: 4, 1: 0}.get(nth, 4 - 4 // max(nth, 1))
    assert len(stage.statuses("/status")) == expected * copies
