"""The parts of the process on their own: the web client, the pump, the live stream."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from exchange import HttpReply, HttpRequest
from exchange.live import stream
from exchange.live.outbound import HttpTransport
from exchange.live.pump import Pump, WallClock
from exchange.live.stream import Fanout

WAIT = 10


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that takes one connection and does this with it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                answer(connection)

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/webhook"
        thread.join(WAIT)


def send(url: str, timeout: float = WAIT) -> HttpReply:
    transport = HttpTransport(threads=2)
    replies: list[HttpReply] = []
    arrived = threading.Event()

    def take(reply: HttpReply) -> None:
        replies.append(reply)
        arrived.set()

    transport.send(HttpRequest("POST", url, {"X-Test": "1"}, (("Body", "a b"),)), take, timeout)
    assert arrived.wait(WAIT)
    transport.close()
    return replies[0]


def test_nobody_listening_is_told_from_a_connection_that_breaks() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        unused = server.getsockname()[1]
    assert send(f"http://127.0.0.1:{unused}/").error == "connect"
    with answering(lambda connection: connection.close()) as url:
        assert send(url).error == "broken"


def test_a_reply_that_never_comes_times_out() -> None:
    over = threading.Event()
    with answering(lambda _connection: over.wait(WAIT) and None) as url:  # type: ignore[func-returns-value]
        reply = send(url, timeout=0.2)
        over.set()
    assert (reply.status, reply.error) == (0, "timeout")


def test_a_redirect_is_left_to_the_exchange() -> None:
    redirect = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with answering(lambda connection: connection.sendall(redirect)) as url:
        reply = send(url)
    assert reply.status == 302
    assert reply.header("location") == "/elsewhere"


def test_a_boundless_reply_is_cut_off() -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n")
        try:
            while True:
                connection.sendall(b"x" * 65_536)
        except OSError:
            return

    with answering(flood) as url:
        assert len(send(url).body) < 200_000


class Agenda:
    """One event, due at a time; says when it ran."""

    def __init__(self) -> None:
        self.due: datetime | None = None
        self.ran = threading.Event()
        self.late = timedelta()
        self.fails = 0

    def next_due(self) -> datetime | None:
        return self.due

    def run_due(self) -> int:
        now = datetime.now(UTC)
        if self.due is None or self.due > now:
            return 0
        self.late, self.due = now - self.due, None
        if self.fails:
            self.fails -= 1
            self.due = now
            raise ValueError("an event failed")
        self.ran.set()
        return 1


@pytest.fixture
def pumped() -> Iterator[tuple[Agenda, Pump]]:
    agenda = Agenda()
    pump = Pump(agenda, WallClock(), lambda: None)
    pump.start()
    yield agenda, pump
    pump.stop()


def test_an_event_runs_when_it_is_due(pumped: tuple[Agenda, Pump]) -> None:
    agenda, pump = pumped
    agenda.due = datetime.now(UTC) + timedelta(seconds=0.05)
    pump.nudge()
    assert agenda.ran.wait(WAIT)
    assert timedelta() <= agenda.late < timedelta(seconds=1)


def test_an_event_that_fails_does_not_stop_the_pump(pumped: tuple[Agenda, Pump]) -> None:
    agenda, pump = pumped
    agenda.fails = 1
    agenda.due = datetime.now(UTC)
    pump.nudge()
    assert agenda.ran.wait(WAIT)


@pytest.fixture
def counted() -> Iterator[tuple[Fanout, list[int]]]:
    looked: list[int] = []

    def state() -> dict[str, int]:
        looked.append(len(looked))
        return {"seen": len(looked)}

    fanout = Fanout(state)
    fanout.start()
    yield fanout, looked
    fanout.stop()


def test_a_burst_of_changes_becomes_few_states(counted: tuple[Fanout, list[int]]) -> None:
    fanout, looked = counted
    watcher = fanout.watcher()
    assert watcher is not None
    began = time.monotonic()
    next(watcher)
    for _ in range(5):
        for _ in range(1000):
            fanout.mark()
        assert next(watcher).startswith(b"event: state")
    assert len(looked) <= (time.monotonic() - began) / stream.SPACING_SECONDS + 2


def test_nothing_is_worked_out_while_nobody_watches(counted: tuple[Fanout, list[int]]) -> None:
    fanout, looked = counted
    fanout.mark()
    fanout.stop()
    assert looked == []


def test_a_quiet_stream_beats(counted: tuple[Fanout, list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BEAT_SECONDS", 0.01)
    watcher = counted[0].watcher()
    assert watcher is not None
    assert any(news.startswith(b"event: beat") for news in watcher)


def test_a_watcher_that_leaves_makes_room(counted: tuple[Fanout, list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_WATCHERS", 1)
    first = counted[0].watcher()
    assert first is not None
    assert counted[0].watcher() is None
    first.close()
    first.close()
    assert counted[0].watcher() is not None
