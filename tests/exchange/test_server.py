"""The exchange as a process: phones dial through JSON, states stream out, and one slow webhook holds up nobody."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from xml.sax.saxutils import escape

import pytest
import requests
from flask import Flask, request
from werkzeug.serving import make_server

from exchange.live.directory import Directory, Line, Person
from exchange.server import Process, Setup, create_app

LINE, SAM, KIM, ANA = "+12125550100", "+12125550141", "+12125550142", "+12125550101"
ACCOUNT, TOKEN = "AC" + "1" * 32, "test-token"
DIRECTORY = Directory(
    Line(LINE, "A line"), (Person(ANA, "Ana", "Peer"), Person(SAM, "Sam", "Caller"), Person(KIM, "Kim", "Caller"))
)
WAIT = 10


class Application:
    """A tiny line: whoever calls is put through to Ana; a number in ``hold_up`` gets no reply until released."""

    def __init__(self) -> None:
        self.hold_up: set[str] = set()
        self.release = threading.Event()
        self.wsgi = Flask("application")
        self.wsgi.add_url_rule("/webhooks/voice/incoming", view_func=self.incoming, methods=["POST"])
        self.wsgi.add_url_rule("/webhooks/messages/incoming", view_func=self.message, methods=["POST"])
        self.wsgi.add_url_rule("/say", view_func=lambda: _twiml("<Say>Press 1 to accept.</Say>"), methods=["POST"])

    def incoming(self) -> tuple[str, int, dict[str, str]]:
        if request.form["From"] in self.hold_up:
            self.release.wait(WAIT)
        return _twiml(f"<Say>Welcome.</Say><Dial><Number>{ANA}</Number></Dial>")

    def message(self) -> tuple[str, int, dict[str, str]]:
        return _twiml(f"<Message>You wrote: {escape(request.form['Body'])}</Message>")


class Client:
    """The page, as far as HTTP goes."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.http = requests.Session()

    def post(self, path: str, body: Any = None, **headers: str) -> requests.Response:
        return self.http.post(self.root + path, json=body if body is not None else {}, headers=headers, timeout=WAIT)

    def get(self, path: str) -> Any:
        return self.http.get(self.root + path, timeout=WAIT).json()

    def move(self, number: str, action: str, **body: Any) -> requests.Response:
        return self.post(f"/phones/{number}/{action}", body)

    def ring(self, to: str, application: str) -> requests.Response:
        return self.http.post(
            f"{self.root}/2010-04-01/Accounts/{ACCOUNT}/Calls.json",
            data={"To": to, "From": LINE, "Url": application + "/say"},
            auth=(ACCOUNT, TOKEN),
            timeout=WAIT,
        )

    def states(self) -> Iterator[dict[str, Any]]:
        with self.http.get(self.root + "/events", stream=True, timeout=WAIT) as stream:
            for line in stream.iter_lines():
                if line.startswith(b"data: {") and line != b"data: {}":
                    yield json.loads(line.removeprefix(b"data: "))

    def until(self, holds: Callable[[dict[str, dict[str, Any]]], bool]) -> dict[str, dict[str, Any]]:
        """The phones by number in the first streamed state for which this holds."""
        for state in self.states():
            phones = {phone["number"]: phone for phone in state["phones"]}
            if holds(phones):
                return phones
        raise AssertionError("the stream ended first")


@contextmanager
def listening(wsgi: Any) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, wsgi, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def exchange_for(application: str) -> Iterator[tuple[Process, Client]]:
    process = create_app(Setup(ACCOUNT, TOKEN, application, DIRECTORY, calls_per_second=100.0))
    try:
        with listening(process) as root:
            yield process, Client(root)
            process.end_streams()
    finally:
        process.close()


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
def running(application: Application) -> Iterator[tuple[str, Client]]:
    with ExitStack() as stack:
        address = stack.enter_context(listening(application.wsgi))
        _, client = stack.enter_context(exchange_for(address))
        yield address, client
        application.release.set()


@pytest.fixture
def page(running: tuple[str, Client]) -> Client:
    return running[1]


def _twiml(verbs: str) -> tuple[str, int, dict[str, str]]:
    return f"<Response>{verbs}</Response>", 200, {"Content-Type": "text/xml"}


def test_a_caller_rings_the_line_and_a_peer_answers(page: Client) -> None:
    assert page.move(SAM, "call").json() == {"number": SAM, "state": "dialling"}
    page.until(lambda phones: phones[ANA]["state"] == "ringing")
    assert page.move(ANA, "answer").status_code == 200
    phones = page.until(lambda phones: phones[ANA]["with"] == [SAM])
    assert phones[SAM]["with"] == [ANA]
    assert phones[SAM]["heard"][0]["text"] == "Welcome."
    assert page.get("/phones")["conversations"] == [[SAM, ANA]]


def test_a_text_and_its_reply_stand_in_one_thread(page: Client) -> None:
    assert page.move(SAM, "text", body="is anybody there").status_code == 200
    phones = page.until(lambda phones: len(phones[SAM]["texts"]) == 2)
    assert [(text["sent"], text["body"]) for text in phones[SAM]["texts"]] == [
        (True, "is anybody there"),
        (False, "You wrote: is anybody there"),
    ]


def test_the_application_rings_a_phone_through_the_rest_side(running: tuple[str, Client]) -> None:
    address, page = running
    assert page.ring(ANA, address).status_code == 201
    page.until(lambda phones: phones[ANA]["state"] == "ringing")
    assert page.move(ANA, "decline").status_code == 200
    page.until(lambda phones: phones[ANA]["state"] == "idle")


def test_a_lost_reply_breaks_the_connection_though_the_phone_rings(running: tuple[str, Client]) -> None:
    address, page = running
    page.post("/faults", {"lose_create_replies": True})
    with pytest.raises(requests.ConnectionError):
        page.ring(ANA, address)
    page.until(lambda phones: phones[ANA]["state"] == "ringing")


def test_a_phone_the_line_rings_that_no_directory_knows_is_shown(running: tuple[str, Client]) -> None:
    address, page = running
    page.ring("+12125550177", address)
    phones = page.until(lambda phones: "+12125550177" in phones)
    assert phones["+12125550177"]["role"] == "Not in the directory"


def test_a_webhook_that_hangs_stalls_no_other_call(application: Application, page: Client) -> None:
    application.hold_up = {SAM}
    page.move(SAM, "call")
    page.move(KIM, "call")
    phones = page.until(lambda phones: phones[ANA]["state"] == "ringing")
    assert phones[SAM]["state"] == "dialling"
    application.release.set()
    page.until(lambda phones: phones[SAM]["state"] == "connected")


def test_the_stats_tell_when_a_call_was_dialled_asked_and_answered(running: tuple[str, Client]) -> None:
    address, page = running
    page.move(SAM, "call")
    page.ring(KIM, address)
    page.until(lambda phones: phones[ANA]["state"] == "ringing")
    stats = page.get("/stats")
    (call,) = stats["calls"]
    assert call["from"] == SAM
    assert call["to"] == LINE
    assert 0 <= call["asked_ms"] <= call["first_twiml_ms"] < WAIT * 1000
    assert call["first_twiml_status"] == 200
    (create,) = stats["creates"]
    assert (create["to"], create["from"], create["url"]) == (KIM, LINE, address + "/say")
    assert call["dialled_at"] <= create["at"] <= stats["now"]
    (webhook,) = stats["webhooks"]
    assert (webhook["kind"], webhook["path"], webhook["sid"]) == ("twiml", "/webhooks/voice/incoming", call["sid"])
    page.post("/stats/clear")
    assert page.get("/stats")["calls"] == []


def test_simulated_phones_act_by_themselves_and_are_only_counted(page: Client) -> None:
    crowd = [
        {"number": f"+164655501{last:02d}", "behaviour": {"hang_up_after": 0.2}, "dial_after": 0.01 * last}
        for last in range(20)
    ]
    assert len(page.post("/phones", crowd).json()["numbers"]) == 20
    state = next(state for state in page.states() if len(page.get("/stats")["calls"]) == 20)
    assert state["crowd"]["phones"] == 20
    assert {phone["number"] for phone in state["phones"]} == {SAM, KIM, ANA}


def test_a_new_caller_gets_a_free_fictional_number(page: Client) -> None:
    first = page.post("/phones", {"name": "Noor"}).json()["number"]
    second = page.post("/phones", {}).json()["number"]
    assert first == "+12125550143"
    assert second == "+12125550144"


def test_starting_over_keeps_the_directory_only(page: Client) -> None:
    page.post("/phones", {"name": "Noor"})
    page.post("/faults", {"refuse_calls": True})
    page.post("/reset")
    state = page.get("/phones")
    assert {phone["name"] for phone in state["phones"]} == {"Sam", "Kim", "Ana"}
    assert state["faults"]["refuse_calls"] is False


def test_faults_are_thrown_by_name_and_a_wrong_one_sets_nothing(page: Client) -> None:
    assert page.post("/faults", {"callbacks_copies": 2}).json()["callbacks_copies"] == 2
    refused = page.post("/faults", {"refuse_calls": True, "callbacks_copies": "many"})
    assert refused.status_code == 400
    assert "callbacks_copies" in refused.json()["error"]
    assert page.get("/faults")["refuse_calls"] is False


def test_what_a_phone_cannot_do_now_is_refused_in_words(page: Client) -> None:
    refused = page.move(ANA, "answer")
    assert refused.status_code == 409
    assert "does not ring" in refused.json()["error"]
    assert page.move("+12125550199", "call").status_code == 404
    assert page.move(SAM, "press").status_code == 400


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "application/x-www-form-urlencoded"}, "keys=1"),
        ({"Content-Type": "text/plain"}, "{}"),
        ({"Content-Type": "application/json", "Origin": "https://elsewhere.example"}, "{}"),
        ({"Content-Type": "application/json", "Origin": "null"}, "{}"),
        ({"Content-Type": "application/json", "Host": "rebound.example"}, "{}"),
    ],
    ids=["form", "plain text", "other origin", "no origin of its own", "other host name"],
)
def test_another_web_site_cannot_move_a_phone(page: Client, headers: dict[str, str], body: str) -> None:
    reply = requests.post(f"{page.root}/phones/{SAM}/call", data=body, headers=headers, timeout=WAIT)
    assert reply.status_code == 403
    assert page.get("/phones")["phones"][0]["state"] == "idle"


def test_the_page_itself_may_move_a_phone(page: Client) -> None:
    assert page.post(f"/phones/{SAM}/call", Origin=page.root).status_code == 200


def test_a_name_pointed_at_this_machine_may_not_read_either(page: Client) -> None:
    assert requests.get(page.root + "/phones", headers={"Host": "rebound.example"}, timeout=WAIT).status_code == 403


def test_closing_leaves_no_thread_behind(application: Application) -> None:
    before = set(threading.enumerate())
    with listening(application.wsgi) as address, exchange_for(address) as (_, page):
        page.move(SAM, "call")
        page.until(lambda phones: phones[ANA]["state"] == "ringing")
    left = [thread for thread in set(threading.enumerate()) - before if "process_request" not in thread.name]
    assert left == []
