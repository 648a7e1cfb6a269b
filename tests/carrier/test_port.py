"""What the carrier answers, and what it means: done, refused, not taken, or nobody knows. Nothing is asked twice."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import exchange as telephone
from carrier import port
from carrier.port import Busy, NewCall, PooledHttp, Refused, Twilio, Unclear
from entrypoints.drill.world import SID, TOKEN, URL, WsgiHttp
from helpline.clock import VirtualClock

LINE, PEER, SAM = "+12125550100", "+12125550121", "+16465550141"
LEG = f"{URL}/webhooks/voice/some-leg"
RING = NewCall(PEER, LINE, f"{LEG}/screen?step=0", f"{LEG}/status", f"{LEG}/screen?step=1", 20)
NOON = datetime(2026, 3, 7, 12, tzinfo=UTC)
ASKING: dict[str, Callable[[Twilio], Any]] = {
    "ring": lambda carrier: carrier.ring(RING),
    "text": lambda carrier: carrier.text(SAM, LINE, "hello", f"{URL}/status"),
    "hang_up": lambda carrier: carrier.hang_up("CA" + "1" * 32),
    "redirect": lambda carrier: carrier.redirect("CA" + "1" * 32, LEG),
    "call": lambda carrier: carrier.call("CA" + "1" * 32),
    "find_call": lambda carrier: carrier.find_call(PEER, NOON),
    "find_text": lambda carrier: carrier.find_text(SAM, "hello", NOON),
    "conference": lambda carrier: carrier.conference("contact-x"),
}
CREATING = ("ring", "text")
LISTING = ("find_call", "find_text", "conference")


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOON)


@pytest.fixture
def network(clock: VirtualClock) -> telephone.Exchange:
    made = telephone.Exchange(
        clock=clock,
        transport=telephone.WsgiTransport(lambda: None),
        account_sid=SID,
        auth_token=TOKEN,
    )
    made.number(LINE, voice_url=f"{URL}/voice", sms_url=f"{URL}/text")
    return made


@pytest.fixture
def carrier(network: telephone.Exchange) -> Twilio:
    return Twilio(SID, TOKEN, WsgiHttp(telephone.rest_app(network)))


@pytest.fixture
def answering() -> Iterator[Callable[[Callable[[BaseHTTPRequestHandler], None]], tuple[Twilio, list[str]]]]:
    """A carrier over real sockets that answers each request as told, and the list of the requests it saw."""
    running: list[ThreadingHTTPServer] = []

    def serve(answer: Callable[[BaseHTTPRequestHandler], None]) -> tuple[Twilio, list[str]]:
        seen: list[str] = []

        class Answering(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                seen.append(f"{self.command} {self.path}")
                answer(self)

            do_GET = do_POST = handle_any

            def log_message(self, *_: Any) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        running.append(server)
        return Twilio(SID, TOKEN, PooledHttp(f"http://127.0.0.1:{server.server_port}")), seen

    yield serve
    for server in running:
        server.shutdown()
        server.server_close()


def reply(status: int, body: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_a_call_is_placed_with_the_addresses_and_the_patience_we_gave(
    carrier: Twilio, network: telephone.Exchange
) -> None:
    sid = carrier.ring(RING)
    call = network.calls[sid]
    assert (call.to, call.from_, call.ring_for) == (PEER, LINE, 25)
    assert (call.instructions.url, call.instructions.fallback_url) == (RING.url, RING.fallback_url)
    assert call.notices.events == {"ringing", "completed"}
    assert carrier.call(sid).status == "queued"


def test_a_call_that_was_placed_is_found_again_by_number_and_time(carrier: Twilio, network: telephone.Exchange) -> None:
    assert carrier.find_call(PEER, NOON - timedelta(seconds=2)) is None
    sid = carrier.ring(RING)
    found = carrier.find_call(PEER, NOON - timedelta(seconds=2))
    assert found is not None and found.sid == sid
    assert carrier.find_call(SAM, NOON - timedelta(seconds=2)) is None
    assert carrier.find_call(PEER, NOON + timedelta(seconds=2)) is None


def test_a_text_that_was_sent_is_found_again_by_its_words(
    carrier: Twilio, network: telephone.Exchange, clock: VirtualClock
) -> None:
    carrier.text(SAM, LINE, "hello", f"{URL}/status")
    sid = carrier.text(SAM, LINE, "are you there", f"{URL}/status")
    assert carrier.find_text(SAM, "are you there", NOON - timedelta(seconds=2)) is None
    clock.advance(1)
    network.run_due()
    assert carrier.find_text(SAM, "are you there", NOON - timedelta(seconds=2)) == sid
    assert carrier.find_text(SAM, "goodbye", NOON - timedelta(seconds=2)) is None


def test_a_conference_that_does_not_exist_has_nobody_in_it(carrier: Twilio) -> None:
    assert carrier.conference("contact-nobody") == ()


@pytest.mark.parametrize(
    ("asking", "code"),
    [
        (lambda carrier: carrier.ring(NewCall("not a number", LINE, LEG, LEG, LEG, 20)), 21211),
        (lambda carrier: carrier.ring(NewCall(PEER, "+12125550199", LEG, LEG, LEG, 20)), 21210),
        (lambda carrier: carrier.text("12", LINE, "hello", LEG), 21211),
        (lambda carrier: carrier.text(SAM, LINE, "", LEG), 21602),
        (lambda carrier: carrier.call("CA" + "0" * 32), 20404),
        (lambda carrier: carrier.hang_up("CA" + "0" * 32), 20404),
    ],
)
def test_a_refusal_carries_the_carriers_own_code_and_nothing_of_the_person(
    carrier: Twilio, network: telephone.Exchange, asking: Callable[[Twilio], Any], code: int
) -> None:
    with pytest.raises(Refused) as refused:
        asking(carrier)
    assert refused.value.code == code
    assert str(refused.value) == f"the carrier refused with code {code}"
    assert len(network.rest_log) == 1


def test_hanging_up_a_call_that_is_over_is_refused_with_the_code_for_that(
    carrier: Twilio, network: telephone.Exchange
) -> None:
    sid = carrier.ring(RING)
    carrier.hang_up(sid)
    with pytest.raises(Refused) as refused:
        carrier.hang_up(sid)
    assert refused.value.code == 21220


def test_the_wrong_token_is_a_refusal(network: telephone.Exchange) -> None:
    with pytest.raises(Refused) as refused:
        Twilio(SID, "wrong", WsgiHttp(telephone.rest_app(network))).ring(RING)
    assert (refused.value.code, refused.value.status) == (20003, 401)


@pytest.mark.parametrize("name", CREATING)
@pytest.mark.parametrize(
    ("status", "meaning"), [(429, Busy), (500, Unclear), (502, Unclear), (503, Unclear), (504, Unclear)]
)
def test_too_many_requests_may_be_sent_again_and_a_failing_carrier_leaves_it_open(
    carrier: Twilio, network: telephone.Exchange, name: str, status: int, meaning: type[Exception]
) -> None:
    network.faults.refuse_calls = network.faults.refuse_messages = True
    network.faults.refuse_with = status
    with pytest.raises(meaning):
        ASKING[name](carrier)
    assert len(network.rest_log) == 1
    assert not network.calls


@pytest.mark.parametrize("name", CREATING)
def test_a_reply_that_is_lost_leaves_it_open_and_the_call_is_made_once(
    carrier: Twilio, network: telephone.Exchange, name: str
) -> None:
    network.faults.lose_create_replies = True
    with pytest.raises(Unclear):
        ASKING[name](carrier)
    assert len(network.calls) + len(network.messages.all) == 1


@pytest.mark.parametrize("name", ASKING)
@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (429, b"slow down", Busy),
        (500, b"<html>oops</html>", Unclear),
        (503, b"", Unclear),
        (400, b"<html>a proxy's own page</html>", Refused),
        (302, b"", Unclear),
        (200, b"<html>log in to this network</html>", Unclear),
        (201, b"", Unclear),
        (201, b"[]", Unclear),
        (201, b"\xff\xfe", Unclear),
    ],
)
def test_whatever_comes_back_it_means_one_of_three_things_and_is_never_asked_again(
    answering: Any, name: str, status: int, body: bytes, meaning: type[Exception]
) -> None:
    carrier, seen = answering(reply(status, body))
    if name in LISTING:
        meaning = Unclear
    with pytest.raises(meaning):
        ASKING[name](carrier)
    assert len(seen) == 1


def test_a_made_call_without_an_id_leaves_it_open(answering: Any) -> None:
    for name in CREATING:
        carrier, seen = answering(reply(201, json.dumps({"sid": None, "status": "queued"}).encode()))
        with pytest.raises(Unclear):
            ASKING[name](carrier)
        assert len(seen) == 1


def hang_up_on(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


@pytest.mark.parametrize("name", ASKING)
def test_a_connection_that_breaks_before_the_reply_leaves_it_open(answering: Any, name: str) -> None:
    carrier, seen = answering(hang_up_on)
    with pytest.raises(Unclear):
        ASKING[name](carrier)
    assert len(seen) == 1


@pytest.mark.parametrize("name", ASKING)
def test_a_reply_that_never_comes_leaves_it_open(answering: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port, "TIMEOUT", 0.05)
    over = threading.Event()
    carrier, seen = answering(lambda _: over.wait(5) and None)
    try:
        with pytest.raises(Unclear):
            ASKING[name](carrier)
    finally:
        over.set()
    assert len(seen) == 1


@pytest.mark.parametrize("name", ASKING)
def test_a_connection_that_was_never_made_may_be_tried_again(name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        free_port = taken.getsockname()[1]
    with pytest.raises(Busy):
        ASKING[name](Twilio(SID, TOKEN, PooledHttp(f"http://127.0.0.1:{free_port}")))


def test_a_name_that_cannot_be_found_may_be_tried_again() -> None:
    with pytest.raises(Busy):
        Twilio(SID, TOKEN, PooledHttp("http://carrier.invalid")).ring(RING)


def test_every_request_has_a_limit_of_time(carrier: Twilio, monkeypatch: pytest.MonkeyPatch) -> None:
    pooled = PooledHttp("http://carrier.invalid")
    limits: list[tuple[float, float]] = []

    def request(*_: Any, timeout: tuple[float, float], **__: Any) -> Any:
        limits.append(timeout)
        raise port.requests.ConnectTimeout

    monkeypatch.setattr(pooled._session, "request", request)
    for ask in ASKING.values():
        with pytest.raises(Busy):
            ask(Twilio(SID, TOKEN, pooled))
    assert limits == [(port.CONNECT_TIMEOUT, port.TIMEOUT)] * len(ASKING)


def test_the_addresses_we_give_the_carrier_name_nobody(carrier: Twilio, network: telephone.Exchange) -> None:
    carrier.ring(RING)
    (call,) = network.calls.values()
    for address in (call.instructions.url, call.instructions.fallback_url):
        assert PEER[1:] not in address and SAM[1:] not in address
