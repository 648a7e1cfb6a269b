"""A process of the line that ends is started again, alone; stopping goes in order and leaves nothing running."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from entrypoints import supervisor
from entrypoints.doors import PortBusy, answers, check_free
from entrypoints.supervisor import Job, Supervisor, read_procfile
from helpline.settings import Address

SLEEPER = (sys.executable, "-c", "import time; print('at work', flush=True); time.sleep(600)")
SLOW_TO_STOP = """
import pathlib, signal, sys, time
def stop(*_):
    pathlib.Path(sys.argv[1]).open("a").write(sys.argv[2] + " stopped\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print("at work", flush=True)
time.sleep(600)
"""
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('at work', flush=True); time.sleep(600)"
)
LEAVES_A_CHILD = """
import subprocess, time
child = subprocess.Popen(["/bin/sleep", "600"])
print("child", child.pid, flush=True)
time.sleep(600)
"""
HOLDER = """
import sys, threading
from pathlib import Path
from entrypoints.supervisor import Job, Supervisor
line = Supervisor([Job(n, (sys.executable, "-c", "import time; time.sleep(600)")) for n in "ab"], {}, Path("/"), print)
line.start()
while not all(minder.pid for minder in line.minders): pass
print(*(minder.pid for minder in line.minders), flush=True)
threading.Event().wait()
"""


class Heard(list):
    """What the processes wrote, as (name, line)."""

    def __call__(self, name, line):
        self.append((name, line))

    def times(self, name, part):
        return sum(1 for who, line in self if who == name and part in line)


def eventually(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it never became true"
        threading.Event().wait(0.01)


def is_running(pid):
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def supervise(heard, tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.02)
    started = []

    def start(*jobs):
        line = Supervisor(jobs, {"PATH": os.environ["PATH"]}, tmp_path, heard)
        line.start()
        started.append(line)
        return line

    yield start
    for line in started:
        line.stop()


def test_a_procfile_names_the_processes_and_no_shell_reads_it(tmp_path):
    (tmp_path / "Procfile").write_text("# doors\nweb: gunicorn -c 'a b' app:app\n\nticker: helpline ticker\n")
    assert read_procfile(tmp_path / "Procfile", {"ticker": 1}) == [
        Job("web", ["gunicorn", "-c", "a b", "app:app"], 0),
        Job("ticker", ["helpline", "ticker"], 1),
    ]


def test_a_killed_process_is_started_again_and_the_others_never_notice(supervise, heard):
    line = supervise(Job("web", SLEEPER), Job("ticker", SLEEPER))
    eventually(lambda: heard.times("web", "at work") == 1 and heard.times("ticker", "at work") == 1)
    web, ticker = line.minders
    untouched = ticker.pid
    os.kill(web.pid, signal.SIGKILL)
    eventually(lambda: heard.times("web", "at work") == 2)
    assert heard.times("web", "ended unexpectedly (signal 9); it is started again in") == 1
    assert ticker.pid == untouched
    assert ticker.ends == []


def test_a_process_that_keeps_ending_is_started_later_each_time(supervise, heard):
    line = supervise(Job("worker", (sys.executable, "-c", "raise SystemExit(3)")))
    eventually(lambda: heard.times("worker", "ended unexpectedly (exit code 3)") >= 4)
    pauses = [text.rsplit(" in ", 1)[1] for _, text in heard if "again in" in text][:4]
    assert pauses == ["0.02 s", "0.04 s", "0.08 s", "0.16 s"]
    assert line.minders[0].ends[:3] == [3, 3, 3]


def test_a_command_that_is_not_there_says_so(supervise, heard):
    supervise(Job("web", ("no-such-program",)))
    eventually(lambda: heard.times("web", "no-such-program: No such file or directory"))


def test_what_a_killed_process_left_behind_is_ended_before_it_starts_again(supervise, heard):
    line = supervise(Job("web", (sys.executable, "-c", LEAVES_A_CHILD)))
    eventually(lambda: heard.times("web", "child") == 1)
    orphan = int(next(text for _, text in heard if "child" in text).split()[1])
    os.kill(line.minders[0].pid, signal.SIGKILL)
    eventually(lambda: heard.times("web", "child") == 2)
    assert not is_running(orphan)


def test_the_doors_are_stopped_first_then_the_ticker(supervise, heard, tmp_path):
    order = tmp_path / "order"
    names = ("ticker", "web", "worker", "console")
    jobs = [
        Job(name, (sys.executable, "-c", SLOW_TO_STOP, str(order), name), {"ticker": 1, "worker": 1}.get(name, 0))
        for name in names
    ]
    line = supervise(*jobs)
    eventually(lambda: all(heard.times(name, "at work") for name in names))
    pids = [minder.pid for minder in line.minders]
    line.stop()
    stopped = [text.split()[0] for text in order.read_text().splitlines()]
    assert set(stopped[:2]) == {"web", "console"}
    assert set(stopped[2:]) == {"ticker", "worker"}
    assert not any(is_running(pid) for pid in pids)
    assert not any("ended unexpectedly" in text for _, text in heard)


def test_a_process_that_does_not_stop_when_asked_is_killed(supervise, heard, monkeypatch):
    monkeypatch.setattr(supervisor, "STOP_PATIENCE", 0.3)
    line = supervise(Job("web", (sys.executable, "-c", DEAF)))
    eventually(lambda: heard.times("web", "at work"))
    pid = line.minders[0].pid
    line.stop()
    assert not is_running(pid)


def test_stopping_while_a_process_waits_to_be_started_again_does_not_start_it(supervise, heard, monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 60.0)
    line = supervise(Job("web", (sys.executable, "-c", "raise SystemExit(1)")))
    eventually(lambda: heard.times("web", "ended unexpectedly"))
    line.stop()
    assert line.minders[0].ends == [1]
    assert line.minders[0].pid is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties processes together")
def test_killing_the_supervisor_leaves_no_process():
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True) as holder:
        pids = [int(pid) for pid in holder.stdout.readline().split()]
        assert len(pids) == 2
        holder.kill()
    eventually(lambda: not any(is_running(pid) for pid in pids))


def test_a_busy_port_is_told_in_one_sentence_that_names_the_variable():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = Address("127.0.0.1", taken.getsockname()[1])
        with pytest.raises(PortBusy, match=r"^HELPLINE_BIND: .*another program listens there\): set HELPLINE_BIND to"):
            check_free("HELPLINE_BIND", address)
    check_free("HELPLINE_BIND", address)


def test_an_address_of_another_machine_is_told_too():
    with pytest.raises(PortBusy, match=r"^HELPLINE_BIND: 192\.0\.2\.1:8000 cannot be used"):
        check_free("HELPLINE_BIND", Address("192.0.2.1", 8000))


def test_a_door_that_is_closed_or_does_not_speak_http_does_not_answer():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address("127.0.0.1", listener.getsockname()[1])
        threading.Thread(target=lambda: listener.accept()[0].sendall(b"hello\r\n\r\n"), daemon=True).start()
        assert not answers(address, "/")
    assert not answers(address, "/")
