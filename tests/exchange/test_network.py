"""The exchange as a whole: its clock, its phones that act by themselves, forgetting, keeping apart."""

from __future__ import annotations

import ast
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from time import process_time

import pytest
from stage import ACCOUNT, ANA, BO, LINE, SAM, SITE, TOKEN, Application, Stage, StillClock, twiml

import exchange as package
from exchange import Behaviour, Exchange, PhoneError, WsgiTransport


def test_nothing_happens_until_it_is_due(stage: Stage) -> None:
    assert stage.exchange.next_due() is None
    stage.twilio.calls.create(to=ANA, from_=LINE, url=f"{SITE}/ring")
    assert stage.exchange.next_due() == stage.clock.now()
    assert stage.exchange.run_due() == 1
    assert not stage.ana.ringing
    assert stage.exchange.next_due() == stage.clock.now() + timedelta(seconds=0.5)
    assert stage.exchange.run_due() == 0
    stage.clock.at += timedelta(seconds=0.5)
    assert stage.exchange.run_due() == 1
    assert stage.ana.ringing


def test_a_process_in_real_time_is_woken_by_new_events(stage: Stage) -> None:
    woken: list[int] = []
    stage.exchange.on_new_event(lambda: woken.append(1))
    stage.sam.text(LINE, "hi")
    assert woken


def test_phones_that_act_by_themselves_play_a_whole_call(stage: Stage) -> None:
    stage.answers(
        voice="<Dial><Conference>room</Conference></Dial>",
        ring='<Gather numDigits="1" action="/accept"/>',
        accept="<Dial><Conference>room</Conference></Dial>",
    )
    stage.sam.auto = Behaviour(hang_up_after=20)
    stage.ana.auto = Behaviour(answer_after=3, press=((1, "1"),), hang_up_after=30)
    stage.dials()
    stage.rings()
    stage.passes(5)
    assert stage.exchange.talking(SAM, ANA)
    stage.passes(60)
    assert stage.exchange.live_calls() == []
    assert stage.exchange.complaints == []


def test_a_behaviour_may_depend_on_the_ring(stage: Stage) -> None:
    stage.ana.auto = lambda phone: Behaviour(decline_after=1) if len(phone.rings) == 1 else Behaviour(answer_after=1)
    stage.answers(ring='<Pause length="60"/>')
    stage.rings()
    assert stage.ana.state == "idle"
    stage.rings()
    assert stage.ana.in_call


def test_a_phone_with_voicemail_lets_the_machine_answer(stage: Stage) -> None:
    stage.ana.auto = Behaviour(answer_after=5, press=((1, "1"),), voicemail=True)
    stage.answers(ring='<Gather numDigits="1" action="/accept" timeout="90"/>')
    stage.rings()
    stage.passes(60)
    assert stage.app.asked_at("/accept") == []
    assert stage.ana.state == "idle"


def test_live_calls_name_both_ends(stage: Stage) -> None:
    stage.answers(voice='<Say>x</Say><Pause length="60"/>')
    stage.dials()
    [call] = stage.exchange.live_calls()
    assert (call.from_, call.to, str(call.status), str(call.direction)) == (SAM, LINE, "in-progress", "inbound")


def test_reset_forgets_everything_but_the_numbers(stage: Stage) -> None:
    stage.answers(voice='<Say>x</Say><Pause length="60"/>')
    stage.dials()
    stage.sam.text(LINE, "STOP")
    stage.rings()
    stage.exchange.faults.refuse_calls = True
    stage.exchange.reset()
    assert stage.exchange.next_due() is None
    assert stage.exchange.live_calls() == []
    assert dict(stage.exchange.phones) == {}
    assert (list(stage.exchange.webhooks), list(stage.exchange.rest_log), stage.exchange.complaints) == ([], [], [])
    assert stage.exchange.faults.refuse_calls is False
    assert stage.sam.state == "idle"
    fresh = stage.exchange.phone(SAM)
    stage.dials(fresh)
    assert stage.heard(fresh) == ["x"]
    stage.twilio.messages.create(to=SAM, from_=LINE, body="taken again")


def test_an_impossible_number_has_no_phone(stage: Stage) -> None:
    with pytest.raises(PhoneError):
        stage.exchange.phone("555")


def test_nobody_is_talking_alone_or_with_a_stranger(stage: Stage) -> None:
    assert not stage.exchange.talking(SAM)
    assert not stage.exchange.talking(SAM, "+12125550199")
    assert stage.exchange.connected_to("+12125550199") == frozenset()


def test_many_threads_may_use_it_at_once(stage: Stage) -> None:
    stage.answers(voice='<Say>x</Say><Pause length="60"/>', text="<Message>Hello.</Message>")
    phones = [stage.exchange.phone(f"+1212555{number:04d}") for number in range(200, 240)]

    def use(phone: package.Phone) -> None:
        for _ in range(10):
            phone.dial(LINE)
            stage.exchange.run_due()
            phone.text(LINE, "hi")
            stage.exchange.run_due()
            phone.hang_up()

    threads = [threading.Thread(target=use, args=(phone,)) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stage.passes(500)
    assert len(stage.app.asked_at("/voice")) == len(stage.app.asked_at("/text")) == 400
    assert sum(len(phone.texts) for phone in phones) == 400
    assert stage.exchange.live_calls() == []


def test_a_simple_call_costs_about_a_millisecond() -> None:
    document = twiml('<Say>Hello there. You are heard.</Say><Pause length="9"/>').encode()

    def app(_environ: object, start_response: object) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/xml")])  # type: ignore[operator]
        return [document]

    began = process_time()
    for _ in range(200):
        clock = StillClock()
        exchange = Exchange(clock=clock, transport=WsgiTransport(lambda: app), account_sid=ACCOUNT, auth_token=TOKEN)
        exchange.number(LINE, voice_url=f"{SITE}/voice", sms_url=SITE, voice_status_url=f"{SITE}/status")
        caller = exchange.phone(SAM)
        caller.dial(LINE)
        exchange.run_due()
        clock.at += timedelta(seconds=5)
        exchange.run_due()
        caller.hang_up()
        exchange.run_due()
    assert (process_time() - began) / 200 < 0.005


def test_it_imports_nothing_of_the_rest_of_the_project_nor_twilio() -> None:
    apart = {"helpline", "routing", "shifts", "carrier", "escalation", "webhooks", "console", "entrypoints", "twilio"}
    for source in Path(package.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.partition(".")[0] for name in names} & apart, source


def test_it_reads_no_clock_and_starts_no_thread_by_itself() -> None:
    code = (
        "import sys, exchange, threading;"
        "assert threading.active_count() == 1;"
        "assert 'twilio' not in sys.modules and 'requests' not in sys.modules"
    )
    root = Path(package.__file__).parent.parent
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)


def test_an_application_of_answers_is_asked_in_order(stage: Stage) -> None:
    assert isinstance(stage.app, Application)
    stage.answers(voice='<Say>x</Say><Pause length="60"/>')
    stage.dials()
    stage.dials(stage.exchange.phone(BO))
    assert [asked.form["From"] for asked in stage.app.asked] == [SAM, BO]
