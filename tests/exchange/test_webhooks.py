"""How the application is asked, asked again, and given up on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stage import LINE, SITE, Stage, twiml

from exchange import HttpReply, HttpRequest, WsgiTransport

APPLICATION_ERROR = ["We are sorry, an application error has occurred.", "Goodbye."]
XML = {"Content-Type": "text/xml"}


class SlowTransport:
    """Keeps every reply until it is let go."""

    def __init__(self) -> None:
        self.waiting: list[tuple[HttpRequest, Callable[[HttpReply], None], float]] = []

    def send(self, request: HttpRequest, on_reply: Callable[[HttpReply], None], timeout: float) -> None:
        self.waiting.append((request, on_reply, timeout))

    def answer(self, document: str) -> str:
        request, on_reply, _ = self.waiting.pop(0)
        on_reply(HttpReply(200, XML, twiml(document).encode()))
        return request.url


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ((500, {}, "oops"), "11200"),
        ((404, XML, twiml("")), "11200"),
        ((200, XML, "<Response><Say>"), "12100"),
        ((200, XML, twiml("<Shout>Hello</Shout>")), "12200"),
        ((200, {"Content-Type": "application/json"}, "{}"), "12300"),
        ((200, XML, twiml(f"<Say>{'x' * 70_000}</Say>")), "11750"),
    ],
)
def test_a_bad_reply_goes_to_the_fallback_url_with_the_error(stage: Stage, reply: tuple, code: str) -> None:
    stage.answers(voice=reply, voice_fallback='<Say>Fallback.</Say><Pause length="9"/>')
    stage.dials()
    [asked] = stage.app.asked_at("/voice-fallback")
    assert asked["ErrorCode"] == code
    assert asked["ErrorUrl"] == f"{SITE}/voice"
    assert asked["CallSid"]
    assert stage.heard() == ["Fallback."]
    assert any(complaint.startswith(code) for complaint in stage.exchange.complaints)


def test_when_the_fallback_fails_too_the_caller_hears_an_application_error(stage: Stage) -> None:
    stage.answers(voice=(500, {}, ""), voice_fallback=(500, {}, ""))
    stage.dials()
    stage.passes(10)
    assert stage.heard() == APPLICATION_ERROR
    assert stage.sam.state == "idle"
    assert stage.statuses("/voice-status") == ["completed"]


def test_a_failure_in_the_middle_of_a_call_goes_to_the_fallback_too(stage: Stage) -> None:
    stage.answers(voice="<Redirect>/next</Redirect>", next=(503, {}, ""), voice_fallback="<Say>Fallback.</Say>")
    stage.dials()
    assert stage.app.asked_at("/voice-fallback")[0]["ErrorUrl"] == f"{SITE}/next"


def test_a_server_that_is_down_is_tried_twice_and_then_the_fallback(stage: Stage) -> None:
    stage.up = False
    stage.dials()
    assert [record.error for record in stage.exchange.webhooks] == ["connect", "connect"]
    assert stage.exchange.complaints == [
        f"11205 no connection: {SITE}/voice",
        f"11205 no connection: {SITE}/voice-fallback",
    ]
    assert stage.heard() == APPLICATION_ERROR[:1]


def test_retries_follow_the_fragment_of_the_url(stage: Stage) -> None:
    stage.exchange.number(LINE, voice_url=f"{SITE}/voice#rc=3&rp=5xx", sms_url="")
    replies = iter([(500, {}, ""), (502, {}, ""), (200, XML, twiml("<Say>At last.</Say>"))])
    stage.answers(voice=lambda _form: next(replies))
    stage.dials()
    assert stage.heard() == ["At last."]
    tokens = {asked.headers["I_TWILIO_IDEMPOTENCY_TOKEN"] for asked in stage.app.asked}
    assert len(tokens) == 1


def test_a_server_error_is_not_retried_unless_asked_for(stage: Stage) -> None:
    stage.answers(voice=(500, {}, ""))
    stage.dials()
    assert len(stage.app.asked_at("/voice")) == 1


def test_an_invalid_retry_policy_is_complained_of(stage: Stage) -> None:
    stage.exchange.number(LINE, voice_url=f"{SITE}/voice#rc=1&rp=often", sms_url="")
    stage.answers(voice="<Pause/>")
    stage.dials()
    assert stage.exchange.complaints[0].startswith("11243")


@pytest.mark.parametrize(("status", "method", "kept"), [(301, "GET", False), (302, "GET", False), (307, "POST", True)])
def test_a_redirect_loses_the_parameters_unless_it_is_307(stage: Stage, status: int, method: str, kept: bool) -> None:
    stage.answers(voice=(status, {"Location": "/moved?x=1"}, ""), moved="<Say>Moved.</Say>")
    stage.dials()
    asked = stage.app.asked[1]
    assert (asked.path, asked.method) == ("/moved", method)
    assert ("CallSid" in asked.form) is kept
    assert stage.heard() == ["Moved."]


def test_no_reply_within_fifteen_seconds_is_a_failure() -> None:
    transport = SlowTransport()
    stage = Stage(transport=transport)
    stage.dials()
    assert transport.waiting[0][2] == 15.0
    stage.passes(14.9)
    assert len(transport.waiting) == 1
    stage.passes(0.2)
    assert [request.url for request, _, _ in transport.waiting] == [f"{SITE}/voice", f"{SITE}/voice-fallback"]
    assert stage.exchange.complaints == [f"11200 no reply (timeout): {SITE}/voice"]


def test_a_reply_that_comes_too_late_changes_nothing() -> None:
    transport = SlowTransport()
    stage = Stage(transport=transport)
    stage.dials()
    stage.passes(16)
    transport.answer("<Say>Too late.</Say>")
    assert transport.answer("<Say>Fallback.</Say>") == f"{SITE}/voice-fallback"
    assert stage.heard() == ["Fallback."]


def test_a_reply_to_a_call_that_has_ended_is_not_followed() -> None:
    transport = SlowTransport()
    stage = Stage(transport=transport)
    stage.dials()
    stage.sam.hang_up()
    transport.answer("<Say>Anybody?</Say>")
    assert stage.heard() == []


def test_a_reply_from_before_a_reset_is_forgotten() -> None:
    transport = SlowTransport()
    stage = Stage(transport=transport)
    stage.dials()
    stage.exchange.reset()
    transport.answer("<Say>Anybody?</Say>")
    assert stage.exchange.live_calls() == []
    assert list(stage.exchange.webhooks) == []


def test_a_failed_callback_is_written_down_and_nothing_else(stage: Stage) -> None:
    stage.answers(voice='<Say>x</Say><Pause length="9"/>', voice_status=(500, {}, ""))
    stage.dials()
    stage.sam.hang_up()
    stage.passes(60)
    assert stage.statuses("/voice-status") == ["completed"]
    assert stage.exchange.complaints == [f"11200 HTTP 500: {SITE}/voice-status"]


def test_a_document_that_redirects_to_itself_for_ever_is_stopped(stage: Stage) -> None:
    stage.answers(voice="<Redirect/>")
    stage.dials()
    stage.passes(10)
    assert stage.sam.state == "idle"
    assert "goes round in circles" in stage.exchange.complaints[0]


def test_the_record_holds_what_was_asked_and_answered(stage: Stage) -> None:
    stage.answers(voice="<Say>Hello.</Say>")
    stage.dials()
    record = stage.exchange.webhooks[0]
    assert (record.kind, record.url, record.status) == ("twiml", f"{SITE}/voice", 200)
    assert record.form["From"] == stage.sam.number
    assert record.at == stage.clock.now()


def test_a_server_that_is_down_for_a_moment_is_asked_again_at_once() -> None:
    open_at = iter([False, True])
    stage = Stage(transport=WsgiTransport(lambda: stage.app if next(open_at) else None))
    stage.answers(voice="<Say>Hello.</Say>")
    stage.dials()
    assert stage.heard() == ["Hello."]
    assert [record.status for record in stage.exchange.webhooks] == [200]
    assert stage.exchange.complaints == []


def test_a_failure_that_comes_after_the_caller_has_gone_is_not_spoken() -> None:
    transport = SlowTransport()
    stage = Stage(transport=transport)
    stage.dials()
    stage.sam.hang_up()
    stage.passes(60)
    assert stage.heard() == []
    assert stage.exchange.live_calls() == []


def test_a_reply_to_a_document_since_replaced_is_not_followed() -> None:
    transport = SlowTransport()
    stage = Stage(transport=transport)
    stage.dials()
    transport.answer("<Say>Hello.</Say><Redirect>/slow</Redirect>")
    stage.passes(1)
    [call] = stage.exchange.live_calls()
    stage.twilio.calls(call.sid).update(url=f"{SITE}/moved")
    stage.passes()
    assert transport.answer("<Say>Slow.</Say>") == f"{SITE}/slow"
    assert transport.answer("<Say>Moved.</Say>") == f"{SITE}/moved"
    assert stage.heard() == ["Hello.", "Moved."]
