"""`helpline up`: from an empty folder to a line that answers, and back to nothing running."""

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from helpline.settings import SettingsError, load_settings

REPOSITORY = Path(__file__).parents[1]
DOOR = """
import http.server, os, socket, sys
variable, = sys.argv[1:]
host, port = os.environ[variable].split(":")
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer((host, int(port)), Answer, bind_and_activate=False)
kept = os.environ.get("WEB_SOCKET", "") if variable == "HELPLINE_BIND" else ""
if kept:
    server.socket = socket.socket(fileno=int(kept.removeprefix("fd://")))
else:
    server.server_bind()
    server.server_activate()
print("pid", os.getpid(), flush=True)
server.serve_forever()
"""
KEEPS_AT_IT = """
import os, time
print("pid", os.getpid(), flush=True)
print("sees", *sorted(name for name in os.environ if name.endswith("_URL") or name.startswith("TWILIO")), flush=True)
time.sleep(600)
"""
UP = """
import os, sys
from pathlib import Path
from entrypoints import up
def note(settings):
    print("step", settings.database_url.split(":")[0], len(settings.secret_keys), flush=True)
    return {"SET_BY_A_STEP_URL": "yes"}
sys.exit(up.up(os.environ, steps=[note], procfile=Path(sys.argv[1])))
"""


def eventually(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never became true"
        threading.Event().wait(0.02)


def is_running(pid):
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def servers_in(folder):
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found += [int(entry.name)] if (entry / "cwd").readlink().is_relative_to(folder) else []
            except OSError:
                continue
    return found


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Line:
    """A line brought up in a process of its own, with small stand-ins for its programs."""

    def __init__(self, folder, **environ):
        self.folder = folder
        (folder / "door.py").write_text(DOOR)
        (folder / "at_it.py").write_text(KEEPS_AT_IT)
        (folder / "up.py").write_text(UP)
        procfile = folder / "Procfile"
        if not procfile.exists():
            procfile.write_text(
                f"web: python {folder}/door.py HELPLINE_BIND\n"
                f"exchange: python {folder}/door.py EXCHANGE_BIND\n"
                f"ticker: python {folder}/at_it.py\n"
            )
        self.bind = f"127.0.0.1:{free_port()}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HELPLINE", "TWILIO"))}
        self.process = subprocess.Popen(
            [sys.executable, str(folder / "up.py"), str(procfile)],
            cwd="/",
            env=kept
            | {
                "HELPLINE_DATA_DIR": str(folder / "kept"),
                "HELPLINE_BIND": self.bind,
                "HELPLINE_CONSOLE_BIND": f"127.0.0.1:{free_port()}",
                "HELPLINE_EXCHANGE_BIND": f"127.0.0.1:{free_port()}",
                "PYTHONPATH": str(REPOSITORY),
                "COLUMNS": "200",
            }
            | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.output += line

    def pids(self, name):
        return [int(pid) for pid in re.findall(rf"^ *{name} pid (\d+)$", self.output, re.MULTILINE)]

    def wait_until_up(self):
        eventually(lambda: "The line is up" in self.output or self.process.poll() is not None)
        assert "The line is up" in self.output, self.output
        eventually(lambda: self.pids("ticker"))

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        code = self.process.wait(60)
        self._reader.join(60)
        return code


@pytest.fixture
def folder():
    place = Path(tempfile.mkdtemp(prefix="helpline-test-", dir="/tmp"))
    place.chmod(0o711)
    yield place
    eventually(lambda: not servers_in(place))
    shutil.rmtree(place)


@pytest.fixture
def bring_up(folder):
    lines = []

    def start(**environ):
        lines.append(Line(folder, **environ))
        return lines[-1]

    yield start
    for line in lines:
        if line.process.poll() is None:
            line.end(signal.SIGKILL)


def test_from_an_empty_folder_to_a_line_and_back_to_nothing(bring_up, folder):
    line = bring_up()
    line.wait_until_up()
    assert "step postgresql+psycopg 1" in line.output
    assert f"http://{line.bind}/webhooks/voice/incoming" in line.output
    assert "Page of phones" in line.output
    assert str(folder / "kept") in line.output
    assert (
        "sees DATABASE_URL PUBLIC_URL REDIS_URL SET_BY_A_STEP_URL TWILIO_ACCOUNT_SID TWILIO_API_BASE TWILIO_AUTH_TOKEN"
        in line.output
    )
    assert stat.S_IMODE((folder / "kept" / "secret_key").stat().st_mode) == 0o600
    pids = [pid for name in ("web", "exchange", "ticker") for pid in line.pids(name)]
    assert len(pids) == 3
    assert len(servers_in(folder)) >= 2
    assert line.end() == 0
    assert "Everything is stopped." in line.output
    assert not any(is_running(pid) for pid in pids)
    assert not servers_in(folder)


def test_ctrl_c_in_the_middle_of_starting_leaves_nothing(bring_up, folder):
    line = bring_up()
    eventually(lambda: servers_in(folder))
    assert line.end(signal.SIGINT) == 0
    assert not servers_in(folder)


def test_a_door_that_crashes_comes_back_and_the_ticker_never_notices(bring_up):
    line = bring_up()
    line.wait_until_up()
    os.kill(line.pids("web")[0], signal.SIGKILL)
    eventually(lambda: len(line.pids("web")) == 2)
    assert "web ended unexpectedly (signal 9); it is started again in 0.5 s" in line.output
    assert len(line.pids("ticker")) == 1
    line.end()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties processes together")
def test_kill_9_leaves_nothing_and_the_next_start_finds_the_same_key(bring_up, folder):
    line = bring_up()
    line.wait_until_up()
    pids = [pid for name in ("web", "exchange", "ticker") for pid in line.pids(name)]
    key = (folder / "kept" / "secret_key").read_text()
    line.end(signal.SIGKILL)
    eventually(lambda: not any(is_running(pid) for pid in pids) and not servers_in(folder))
    again = bring_up()
    again.wait_until_up()
    assert (folder / "kept" / "secret_key").read_text() == key
    assert again.end() == 0


def test_a_second_terminal_finds_the_exchange_as_long_as_the_line_runs(bring_up, folder):
    line = bring_up()
    line.wait_until_up()
    beside = load_settings({"HELPLINE_DATA_DIR": str(folder / "kept")})
    assert beside.account_sid.startswith("AC")
    assert beside.public_url == f"http://{line.bind}"
    assert beside.api_base.startswith("http://127.0.0.1:")
    assert stat.S_IMODE((folder / "kept" / "carrier.json").stat().st_mode) == 0o600
    line.end()
    assert not (folder / "kept" / "carrier.json").exists()
    with pytest.raises(SettingsError):
        _ = beside.account_sid


def test_a_lost_key_is_not_replaced_without_a_word(bring_up, folder):
    line = bring_up()
    line.wait_until_up()
    line.end()
    (folder / "kept" / "secret_key").unlink()
    refused = bring_up()
    eventually(lambda: refused.process.poll() is not None)
    assert refused.end() == 1
    assert "holds a database and its key is gone: put the file secret_key back from your backup" in refused.output


def test_a_busy_port_stops_it_before_anything_is_started(bring_up, folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        line = bring_up(HELPLINE_BIND=f"127.0.0.1:{taken.getsockname()[1]}")
        assert line.process.wait(60) == 1
        line.end()
    assert "helpline up: HELPLINE_BIND: 127.0.0.1:" in line.output
    assert "Traceback" not in line.output
    assert not (folder / "kept").exists()


def test_a_wrong_environment_stops_it_in_a_sentence(bring_up, folder):
    line = bring_up(PUBLIC_URL="line.example.org")
    assert line.process.wait(60) == 1
    line.end()
    assert line.output.startswith("helpline up: PUBLIC_URL is not an http or https URL")
    assert not (folder / "kept").exists()


def test_a_program_that_ends_before_the_line_is_up_stops_it(bring_up, folder):
    (folder / "Procfile").write_text("web: python -c 'raise SystemExit(7)'\n")
    line = bring_up()
    assert line.process.wait(60) == 1
    line.end()
    assert "helpline up: web ended (exit code 7) before the line was up" in line.output
    assert not servers_in(folder)


def test_with_a_carrier_s_account_there_is_no_exchange(bring_up, folder):
    line = bring_up(
        TWILIO_ACCOUNT_SID="AC" + "0123456789abcdef" * 2,
        TWILIO_AUTH_TOKEN="fedcba9876543210" * 2,
        PUBLIC_URL="https://line.example.org",
    )
    line.wait_until_up()
    assert not line.pids("exchange")
    assert not (folder / "kept" / "carrier.json").exists()
    assert "Page of phones" not in line.output
    assert "https://line.example.org/webhooks/voice/incoming" in line.output
    line.end()
