"""The REST side, asked by Twilio's own client."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from stage import ACCOUNT, ANA, BO, LINE, OTHER_LINE, SAM, SITE, TOKEN, InProcessHttp, Stage
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from exchange import HttpRequest, call_wsgi


def refusal(act: Any) -> TwilioRestException:
    with pytest.raises(TwilioRestException) as refused:
        act()
    return refused.value


@pytest.mark.parametrize(("account", "token"), [(ACCOUNT, "wrong"), ("AC" + "9" * 32, TOKEN)])
def test_a_wrong_account_or_token_is_refused(stage: Stage, account: str, token: str) -> None:
    stranger = Client(account, token, http_client=InProcessHttp(stage.rest))
    error = refusal(lambda: stranger.calls.create(to=ANA, from_=LINE, url=SITE))
    assert (error.status, error.code) == (401, 20003)


def test_no_authentication_at_all_is_refused(stage: Stage) -> None:
    request = HttpRequest("GET", f"https://api.example/2010-04-01/Accounts/{ACCOUNT}/Calls.json", {}, ())
    reply = call_wsgi(stage.rest, request)
    assert reply.status == 401
    assert json.loads(reply.body) == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"to": "", "from_": LINE, "url": SITE}, 21201),
        ({"to": ANA, "from_": "", "url": SITE}, 21213),
        ({"to": ANA, "from_": LINE, "url": "not a url"}, 21205),
        ({"to": ANA, "from_": LINE, "url": ""}, 21205),
        ({"to": "+1555", "from_": LINE, "url": SITE}, 21211),
        ({"to": ANA, "from_": "555", "url": SITE}, 21212),
        ({"to": ANA, "from_": BO, "url": SITE}, 21210),
        ({"to": ANA, "from_": LINE, "url": SITE, "status_callback_event": ["rang"]}, 21626),
        ({"to": ANA, "from_": LINE, "url": SITE, "status_callback": "nowhere"}, 21609),
        ({"to": ANA, "from_": LINE, "url": SITE, "method": "PUT"}, 21403),
        ({"to": ANA, "from_": LINE, "url": SITE, "timeout": 9999}, 20001),
    ],
)
def test_a_call_that_cannot_be_made_is_refused(stage: Stage, parameters: dict[str, Any], code: int) -> None:
    error = refusal(lambda: stage.twilio.calls.create(**parameters))
    assert (error.status, error.code) == (400, code)


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"to": "", "from_": LINE, "body": "x"}, 21604),
        ({"to": ANA, "body": "x"}, 21603),
        ({"to": "+1555", "from_": LINE, "body": "x"}, 21211),
        ({"to": ANA, "from_": "555", "body": "x"}, 21212),
        ({"to": ANA, "from_": BO, "body": "x"}, 21606),
        ({"to": ANA, "from_": LINE}, 21602),
        ({"to": ANA, "from_": LINE, "body": "x" * 1601}, 21617),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused(stage: Stage, parameters: dict[str, Any], code: int) -> None:
    error = refusal(lambda: stage.twilio.messages.create(**parameters))
    assert (error.status, error.code) == (400, code)


def test_what_does_not_exist_is_not_found(stage: Stage) -> None:
    for act in (
        stage.twilio.calls("CA" + "0" * 32).fetch,
        stage.twilio.messages("SM" + "0" * 32).fetch,
        stage.twilio.conferences("CF" + "0" * 32).fetch,
        stage.twilio.queues("QU" + "0" * 32).fetch,
        stage.twilio.incoming_phone_numbers("PN" + "0" * 32).fetch,
    ):
        error = refusal(act)
        assert (error.status, error.code) == (404, 20404)


def test_a_call_that_is_over_cannot_be_changed(stage: Stage) -> None:
    call = stage.rings()
    error = refusal(lambda: stage.twilio.calls(call.sid).update(url=SITE))
    assert error.code == 21220
    stage.ana.decline()
    assert refusal(lambda: stage.twilio.calls(call.sid).update(status="completed")).code == 21220


def test_a_call_is_described_in_full(stage: Stage) -> None:
    stage.answers(ring='<Pause length="60"/>')
    created = stage.rings()
    assert (created.status, created.direction, created.to, created._from) == ("queued", "outbound-api", ANA, LINE)
    assert created.to_formatted == "(212) 555-0143"
    stage.ana.answer()
    stage.passes(7)
    live = stage.twilio.calls(created.sid).fetch()
    assert (live.status, live.duration, live.end_time) == ("in-progress", None, None)
    stage.ana.hang_up()
    done = stage.twilio.calls(created.sid).fetch()
    assert (done.status, done.duration) == ("completed", "7")
    assert done.end_time - done.start_time == timedelta(seconds=9)
    assert done.queue_time == "0"


def test_calls_are_listed_newest_first_and_filtered(stage: Stage) -> None:
    stage.answers(voice='<Say>x</Say><Pause length="60"/>')
    stage.rings(ANA)
    stage.passes(60)
    stage.dials()
    stage.rings(BO)
    calls = stage.twilio.calls
    assert [call.to for call in calls.list()] == [BO, LINE, ANA]
    assert [call.to for call in calls.list(status="ringing")] == [BO, ANA]
    assert [call.to for call in calls.list(from_=SAM)] == [LINE]
    assert [call.to for call in calls.list(to=ANA)] == [ANA]
    recent = stage.clock.at - timedelta(seconds=30)
    assert [call.to for call in calls.list(start_time_after=recent)] == [BO, LINE]
    assert [call.to for call in calls.list(start_time_before=recent)] == [ANA]


def test_a_long_list_comes_in_pages(stage: Stage) -> None:
    for _ in range(7):
        stage.twilio.messages.create(to=ANA, from_=LINE, body="x")
    first = stage.twilio.messages.page(page_size=3)
    assert len(list(first)) == 3
    second = first.next_page()
    assert second is not None and second.previous_page_url is not None
    assert len(list(second)) == 3
    assert len(stage.twilio.messages.list(page_size=2)) == 7
    assert len({message.sid for message in stage.twilio.messages.list(page_size=2)}) == 7


def test_a_document_may_come_with_the_call(stage: Stage) -> None:
    stage.twilio.calls.create(to=ANA, from_=LINE, twiml="<Response><Say>Given.</Say></Response>")
    stage.passes(2)
    stage.ana.answer()
    stage.passes()
    assert stage.heard(stage.ana) == ["Given."]


def test_a_bad_document_that_comes_with_the_call_is_an_application_error(stage: Stage) -> None:
    stage.twilio.calls.create(to=ANA, from_=LINE, twiml="<Response><Shout/></Response>")
    stage.passes(2)
    stage.ana.answer()
    stage.passes(9)
    assert stage.heard(stage.ana)[0] == "We are sorry, an application error has occurred."
    assert stage.ana.state == "idle"


def test_the_callers_number_is_shown_only_with_the_token_of_their_call(stage: Stage) -> None:
    stage.answers(voice='<Say>x</Say><Pause length="60"/>')
    stage.dials()
    token = stage.app.asked_at("/voice")[0]["CallToken"]
    assert refusal(lambda: stage.rings(caller_id=SAM)).code == 21210
    assert refusal(lambda: stage.rings(caller_id=SAM, call_token="made up")).code == 21210
    stage.rings(caller_id=SAM, call_token=token)
    assert stage.ana.rings[0].caller_id == SAM


def test_numbers_are_listed_and_pointed_elsewhere(stage: Stage) -> None:
    stage.exchange.number(OTHER_LINE, voice_url="", sms_url="")
    assert [number.phone_number for number in stage.twilio.incoming_phone_numbers.list()] == [LINE, OTHER_LINE]
    [found] = stage.twilio.incoming_phone_numbers.list(phone_number=LINE)
    assert found.voice_url == f"{SITE}/voice"
    changed = stage.twilio.incoming_phone_numbers(found.sid).update(
        voice_url=f"{SITE}/elsewhere", status_callback=f"{SITE}/told", sms_url=f"{SITE}/texts"
    )
    assert (changed.voice_url, changed.sms_url) == (f"{SITE}/elsewhere", f"{SITE}/texts")
    stage.answers(elsewhere="<Say>Here.</Say>")
    stage.dials()
    assert stage.heard() == ["Here."]


def test_the_account_is_there(stage: Stage) -> None:
    account = stage.twilio.api.accounts(ACCOUNT).fetch()
    assert (account.sid, account.status, account.type) == (ACCOUNT, "active", "Full")
    assert stage.twilio.balance.fetch().currency == "USD"


def test_every_request_is_written_down(stage: Stage) -> None:
    stage.rings()
    refusal(lambda: stage.twilio.calls.create(to="", from_=LINE, url=SITE))
    made, refused = stage.exchange.rest_log
    assert (made.method, made.path, made.status) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json", 201)
    assert (refused.status, refused.code) == (400, 21201)
