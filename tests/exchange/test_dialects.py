"""The exchange plays SignalWire too: its signature, its ids and its words; and two exchanges reach one phone."""

from __future__ import annotations

from random import Random
from uuid import UUID

import pytest
from stage import ACCOUNT, ANA, LINE, OTHER_LINE, SAM, SITE, TOKEN, StillClock
from twilio.request_validator import RequestValidator

from exchange import SIGNALWIRE, Exchange, HttpReply, HttpRequest, PhoneError
from exchange.wire import Transport

PROJECT, SPACE_TOKEN, KEY = "b3877c40-da60-4998-90ad-b792e98472af", "PTx", "PSK_x"
ROOM = b"<Response><Dial><Conference>room</Conference></Dial></Response>"


class Listening(Transport):
    """An application that puts every caller into one conference and remembers who asked."""

    def __init__(self) -> None:
        self.asked: list[HttpRequest] = []

    def send(self, request, on_reply, timeout):
        del timeout
        self.asked.append(request)
        on_reply(HttpReply(200, {"Content-Type": "text/xml"}, ROOM if "voice" in request.url else b"<Response/>"))


@pytest.fixture
def application() -> Listening:
    return Listening()


@pytest.fixture
def first(application: Listening) -> Exchange:
    made = Exchange(clock=StillClock(), transport=application, account_sid=ACCOUNT, auth_token=TOKEN)
    made.number(LINE, voice_url=f"{SITE}/voice", sms_url=f"{SITE}/text", voice_status_url=f"{SITE}/status")
    return made


@pytest.fixture
def second(first: Exchange, application: Listening) -> Exchange:
    made = Exchange(
        clock=StillClock(),
        transport=application,
        account_sid=PROJECT,
        auth_token=SPACE_TOKEN,
        signing_key=KEY,
        rng=Random(2),
        dialect=SIGNALWIRE,
        beside=first,
    )
    made.number(OTHER_LINE, voice_url=f"{SITE}/voice", sms_url=f"{SITE}/text", voice_status_url=f"{SITE}/status")
    return made


def test_it_signs_with_its_signing_key_under_its_own_header(second: Exchange, application: Listening) -> None:
    second.phone(SAM).dial(OTHER_LINE)
    second.run_due()
    request = application.asked[0]
    assert "X-Twilio-Signature" not in request.headers
    signature = request.headers["X-SignalWire-Signature"]
    assert RequestValidator(KEY).validate(request.url, dict(request.form), signature)
    assert not RequestValidator(SPACE_TOKEN).validate(request.url, dict(request.form), signature)


def test_its_ids_are_uuids_and_it_leaves_out_what_it_does_not_send(second: Exchange, application: Listening) -> None:
    sam = second.phone(SAM)
    sam.dial(OTHER_LINE)
    second.run_due()
    form = dict(application.asked[0].form)
    assert str(UUID(form["CallSid"])) == form["CallSid"]
    assert (form["AccountSid"], form["From"], form["To"]) == (PROJECT, SAM, OTHER_LINE)
    assert not {"Caller", "Called", "FromCity", "StirVerstat"} & set(form)
    sam.hang_up()
    second.run_due()
    notice = dict(application.asked[-1].form)
    assert set(notice) == {"CallSid", "AccountSid", "From", "To", "Timestamp", "CallStatus", "CallDuration"}
    sam.text(OTHER_LINE, "hello")
    second.run_due()
    text = dict(application.asked[-1].form)
    assert text["Body"] == "hello"
    assert "SmsSid" not in text


def test_the_first_speaks_as_ever(first: Exchange, second: Exchange, application: Listening) -> None:
    del second
    first.phone(SAM).dial(LINE)
    first.run_due()
    request = application.asked[0]
    assert request.headers["I-Twilio-Idempotency-Token"]
    assert RequestValidator(TOKEN).validate(request.url, dict(request.form), request.headers["X-Twilio-Signature"])
    assert {"Caller", "FromCity", "StirVerstat"} <= set(dict(request.form))


def test_a_phone_belongs_to_the_world_and_has_one_line(first: Exchange, second: Exchange) -> None:
    sam = first.phone(SAM)
    assert second.phone(SAM) is sam
    sam.dial(OTHER_LINE)
    with pytest.raises(PhoneError):
        sam.dial(LINE)
    first.run_due()
    assert [call.network for call in second.live_calls()] == [second]
    assert not first.live_calls()


def test_a_conference_does_not_span_two_exchanges(first: Exchange, second: Exchange) -> None:
    first.phone(SAM).dial(LINE)
    second.phone(ANA).dial(OTHER_LINE)
    first.run_due()
    assert first.live_calls()
    assert second.live_calls()
    assert not first.talking(SAM, ANA)
    first.reset()
    assert not second.live_calls()
    assert set(second.numbers) == {OTHER_LINE}
