"""Nothing of a number or a text ever leaves its sealed place: not into a log, the journal, a job or an address."""

from __future__ import annotations

import ast
import io
import json
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from entrypoints import ticker, worker
from entrypoints.drill.world import World
from entrypoints.people import Recruit
from helpline import bus, log
from helpline.database import connect
from helpline.hours import WHOLE_DAY
from helpline.log import ALLOWED
from helpline.nouns import Process, Role
from helpline.tables import CommandRow, Person, Table

ROOT = Path(__file__).resolve().parents[2]
SAM, ANA, LEE = "+16465550141", "+12125550121", "+12125550123"
SAID = ("nobody at home listens to me", "the bridge on 5th street", "I am with you, tell me more")
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}


@pytest.fixture
def lines() -> Iterator[Callable[[], list[str]]]:
    """What is logged from now on, line by line."""
    out = io.StringIO()
    real, sys.stderr = sys.stderr, out
    try:
        log.configure(machine=True)
    finally:
        sys.stderr = real
    yield lambda: out.getvalue().splitlines()
    log.configure()


def fault_of(break_something: Callable[[], Any]) -> Exception:
    try:
        break_something()
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is logged
        return fault
    raise AssertionError("nothing broke")


def test_a_field_that_is_not_on_the_list_is_dropped_and_counted(lines: Callable[[], list[str]]) -> None:
    log.logger("webhooks.gate").warning("webhook.turned_away", status=403, number=SAM, body=SAID[0], From=SAM)
    (line,) = map(json.loads, lines())
    assert (line["event"], line["room"], line["status"], line["withheld"]) == (
        "webhook.turned_away",
        "webhooks",
        403,
        3,
    )
    assert SAM not in lines()[0] and SAID[0] not in lines()[0]


@pytest.mark.expects_errors
@pytest.mark.parametrize(
    "break_something",
    [
        lambda: {}[SAID[0]],
        lambda: int(SAM + SAID[0]),
        lambda: (_ for _ in ()).throw(ExceptionGroup(SAID[0], [ValueError(SAM)])),
        lambda: getattr(SimpleNamespace(), SAID[0]),
        lambda: SAID[0].encode(SAM),
    ],
)
def test_a_fault_is_logged_by_its_kind_and_place_and_not_by_its_words(
    lines: Callable[[], list[str]], break_something: Callable[[], Any]
) -> None:
    fault = fault_of(break_something)
    log.logger("escalation").error("risk.failed", fault=fault)
    (line,) = lines()
    assert json.loads(line)["problem"] == type(fault).__name__
    assert "test_log.py:" in json.loads(line)["where"]
    assert SAM[1:] not in line and not [said for said in SAID if said in line]


@pytest.mark.expects_errors
def test_a_database_that_refuses_a_row_quotes_none_of_it(database_url: str, lines: Callable[[], list[str]]) -> None:
    engine = connect(database_url)
    statements = (
        "INSERT INTO person (id, name, number, place) VALUES (gen_random_uuid(), :a, :b, 1)",
        "SELECT CAST(:a AS integer), :b",
        "SELECT nothing_there, :a, :b",
    )
    for statement in statements:
        with engine.connect() as connection, pytest.raises(DBAPIError) as refused:
            connection.execute(text(statement), {"a": SAID[0], "b": SAM.encode()})
        log.logger("routing").error("timer.failed", fault=refused.value)
    engine.dispose()
    assert len(lines()) == len(statements)
    assert not [line for line in lines() if SAM[1:] in line or SAID[0] in line]


def calls_to_the_log() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(ROOT.glob("*/**/*.py")):
        if path.relative_to(ROOT).parts[0] in {"tests", "exchange", ".venv", "bench", "migrations"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=level)) if level in LEVELS:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_every_line_of_log_in_the_code_says_only_what_may_be_said() -> None:
    found = list(calls_to_the_log())
    wrong = [
        place
        for place, call in found
        if len(call.args) != 1
        or not isinstance(call.args[0], ast.Constant)
        or not {keyword.arg for keyword in call.keywords} <= ALLOWED | {"fault"}
    ]
    assert len(found) > 10
    assert not wrong


def test_the_doorbell_is_a_job_that_carries_nothing(redis_url: str) -> None:
    client = redis.Redis.from_url(redis_url)
    client.flushdb()
    bus.Doorbell(bus.connect(redis_url))()
    (job_id,) = bus.Queue(bus.QUEUE, connection=client).job_ids
    job = bus.Queue(bus.QUEUE, connection=client).fetch_job(job_id)
    assert job is not None
    assert (job.func_name, job.args, job.kwargs, job.meta) == (bus.JOB, (), {}, {})
    client.flushdb()


@pytest.mark.expects_errors
def test_a_fault_in_the_worker_goes_into_the_log_by_its_kind_and_never_into_redis(
    lines: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    def tick(_: Process) -> None:
        raise KeyError(SAM)

    stack = SimpleNamespace(ticker=SimpleNamespace(tick=tick))
    monkeypatch.setattr(worker, "_stack", [(stack, bus.connect(redis_url))])
    worker.answer_doorbell()
    (line,) = map(json.loads, lines())
    assert (line["event"], line["problem"]) == ("worker.failed", "KeyError")
    assert SAM not in json.dumps(line)


@pytest.mark.expects_errors
def test_a_fault_in_one_tick_is_logged_by_its_kind_and_the_next_tick_comes(
    lines: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks: list[str] = []

    def tick() -> None:
        ticks.append("tick")
        if len(ticks) == 1:
            raise KeyError(SAM)
        signal.raise_signal(signal.SIGTERM)

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(ticker, "PERIOD", 0.0)
    monkeypatch.setattr(ticker, "AFTER_A_FAULT", 0.0)
    try:
        ticker.run(SimpleNamespace(ticker=SimpleNamespace(tick=tick)))  # type: ignore[arg-type]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert len(ticks) == 2
    (line,) = map(json.loads, lines())
    assert (line["event"], line["problem"]) == ("ticker.failed", "KeyError")


@pytest.fixture
def evening(make_world: Callable[[], World], lines: Callable[[], list[str]]) -> World:
    """A caller and a texter are with a peer each, a clinician was paged, and things went wrong on the way."""
    world = make_world()
    whole_day = (WHOLE_DAY,)
    world.enlist(
        [
            Recruit("Ana", Role.PEER, ("en",), ANA, hours=whole_day),
            Recruit("Bo", Role.PEER, ("en",), "+12125550122", hours=whole_day),
            Recruit("Lee", Role.CLINICIAN, ("en",), LEE, tier=1),
        ]
    )
    line = world.line.line.number
    sam, ana, bo = (world.network.phone(number) for number in (SAM, ANA, "+12125550122"))
    sam.text(line, SAID[0])
    world.run_for(5)
    ana.text(line, "1")
    bo.text(line, "1")
    world.run_for(2)
    sam.text(line, SAID[1])
    for peer in (ana, bo):
        peer.text(line, SAID[2])
    kim = world.network.phone("+16465550142")
    kim.dial(line)
    world.run_for(3)
    kim.press("9")
    world.network.faults.refuse_calls, world.network.faults.refuse_with = True, 503
    world.run_for(8)
    world.network.faults.clear()
    world.run_for(120)
    sam.text(line, "STOP")
    world.run_for(2)
    kim.hang_up()
    world.run_for(5)
    return world


def secrets_of(world: World) -> list[str]:
    numbers = [phone.number for phone in world.network.phones.values()]
    public = {world.line.line.number, world.line.divert.partner_number}
    return [*SAID, *(number[1:] for number in numbers if number not in public)]


def test_a_whole_evening_leaves_no_number_and_no_word_in_the_log(
    evening: World, lines: Callable[[], list[str]]
) -> None:
    assert lines()
    for line in lines():
        assert not [secret for secret in secrets_of(evening) if secret in line]
        assert set(json.loads(line)) <= ALLOWED | {"withheld"}


def test_a_whole_evening_leaves_no_number_and_no_word_readable_in_any_table(evening: World, engine: Engine) -> None:
    with engine.connect() as connection:
        for table in Table.metadata.sorted_tables:
            rows = " ".join(connection.scalars(text(f'SELECT t::text FROM "{table.name}" t')))  # noqa: S608
            for secret in secrets_of(evening):
                assert secret not in rows, table.name
                assert secret.encode().hex() not in rows, table.name


def test_a_whole_evening_leaves_nothing_in_the_addresses_we_gave_the_carrier(evening: World) -> None:
    asked = [record.url for record in evening.network.webhooks] + [record.path for record in evening.network.rest_log]
    rooms = [room.name for room in evening.network.conferences.values()]
    assert asked
    assert not [place for place in asked + rooms for secret in secrets_of(evening) if secret in place]


def test_what_was_texted_is_erased_from_the_outbox_once_it_has_left(evening: World) -> None:
    with evening.database.work() as work:
        assert not work.session.scalars(select(CommandRow.id).where(CommandRow.words.is_not(None))).all()
        assert all(person.number[0] != ord("+") for person in work.session.scalars(select(Person)))
