"""SignalWire behind the port: the same requests in its dialect; what its lists do not sort out is sorted out here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

import exchange as telephone
from carrier.account import CarrierAccount
from carrier.port import NewCall, PooledHttp, Refused, Unclear
from carrier.signalwire import LAML, SignalWire
from entrypoints.drill.world import PROJECT, SIGNING_KEY, SPACE_TOKEN, URL, WsgiHttp
from helpline.clock import VirtualClock

LINE, PEER, SAM = "+12125550170", "+12125550121", "+16465550141"
LEG = f"{URL}/webhooks/voice/some-leg"
RING = NewCall(PEER, LINE, f"{LEG}/screen?step=0", f"{LEG}/status", f"{LEG}/screen?step=1", 20)
NOON = datetime(2026, 3, 7, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOON)


@pytest.fixture
def network(clock: VirtualClock) -> telephone.Exchange:
    made = telephone.Exchange(
        clock=clock,
        transport=telephone.WsgiTransport(lambda: None),
        account_sid=PROJECT,
        auth_token=SPACE_TOKEN,
        signing_key=SIGNING_KEY,
        dialect=telephone.SIGNALWIRE,
    )
    made.number(LINE, voice_url=f"{URL}/voice", sms_url=f"{URL}/text")
    return made


@pytest.fixture
def carrier(network: telephone.Exchange) -> SignalWire:
    return SignalWire(PROJECT, SPACE_TOKEN, WsgiHttp(telephone.rest_app(network), root=LAML))


def test_requests_go_to_the_space_under_its_own_path_and_ids_are_uuids(
    carrier: SignalWire, network: telephone.Exchange
) -> None:
    sid = carrier.ring(RING)
    assert str(UUID(sid)) == sid
    assert carrier.call(sid).status == "queued"
    carrier.hang_up(sid)
    assert carrier.conference("contact-x") == ()
    carrier.answers()
    assert all(record.path.startswith(f"/api/laml/2010-04-01/Accounts/{PROJECT}") for record in network.rest_log)


def test_over_the_network_they_go_to_the_space_too(monkeypatch: pytest.MonkeyPatch) -> None:
    http = PooledHttp(f"https://example.signalwire.com{LAML}")
    asked = http._elsewhere(f"https://api.twilio.com/2010-04-01/Accounts/{PROJECT}/Calls.json?To=1")
    assert asked == f"https://example.signalwire.com/api/laml/2010-04-01/Accounts/{PROJECT}/Calls.json?To=1"
    assert http._elsewhere(asked) == asked


def test_a_call_of_an_hour_ago_is_not_taken_for_the_one_that_is_asked_for(
    carrier: SignalWire, clock: VirtualClock
) -> None:
    earlier = carrier.ring(RING)
    clock.advance(3600)
    since = clock.now() - timedelta(seconds=2)
    assert carrier.find_call(PEER, since) is None
    later = carrier.ring(RING)
    found = carrier.find_call(PEER, since)
    assert found is not None
    assert found.sid == later != earlier


def test_a_text_that_is_still_queued_is_found_and_one_of_an_hour_ago_is_not(
    carrier: SignalWire, clock: VirtualClock
) -> None:
    carrier.text(SAM, LINE, "hello", f"{URL}/status")
    clock.advance(3600)
    since = clock.now() - timedelta(seconds=2)
    assert carrier.find_text(SAM, "hello", since) is None
    sid = carrier.text(SAM, LINE, "hello", f"{URL}/status")
    assert carrier.find_text(SAM, "hello", since) == sid
    assert carrier.find_text(SAM, "goodbye", since) is None


def test_the_wrong_token_is_a_refusal_and_a_failing_space_leaves_it_open(network: telephone.Exchange) -> None:
    with pytest.raises(Refused) as refused:
        SignalWire(PROJECT, "PTwrong", WsgiHttp(telephone.rest_app(network), root=LAML)).answers()
    assert refused.value.status == 401
    network.faults.refuse_calls = True
    with pytest.raises(Unclear):
        SignalWire(PROJECT, SPACE_TOKEN, WsgiHttp(telephone.rest_app(network), root=LAML)).ring(RING)


def test_what_a_number_can_do_is_understood_and_a_balance_that_is_not_told_is_none(network: telephone.Exchange) -> None:
    account = CarrierAccount(PROJECT, SPACE_TOKEN, WsgiHttp(telephone.rest_app(network), root=LAML))
    assert account.account().status == "active"
    assert account.balance() is None
    number = account.number(LINE)
    assert number is not None
    assert (number.has_voice, number.has_texts) == (True, True)
