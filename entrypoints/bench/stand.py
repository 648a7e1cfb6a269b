"""The real stack in a temporary folder on free ports, as `helpline up` starts it: for load, and for kill tests."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from entrypoints.bench.phones import Phones, until
from entrypoints.bench.processes import Process, family
from entrypoints.people import Recruit, enlist
from helpline.clock import SystemClock
from helpline.database import Database, connect
from helpline.embedded.account import Account
from helpline.embedded.tether import tethered
from helpline.privacy import Vault
from helpline.settings import Address, Settings, load_settings

OWN = ("HELPLINE_", "EXCHANGE_", "TWILIO_", "SIGNALWIRE_", "DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "PG")
PROGRAMS = Path(sys.prefix) / "bin"
UP_PATIENCE = 120.0
STOP_PATIENCE = 60.0
LINES_KEPT = 400
LINES_SHOWN = 20
PARTS = {
    "gunicorn_web": "web",
    "gunicorn_console": "console",
    "helpline ticker": "ticker",
    "helpline worker": "worker",
    "-m exchange": "exchange",
    "redis": "redis",
    "postgres": "postgres",
}


class StandFailed(Exception):
    """The stack did not come up; the text has its last lines."""


class Stand:
    """`helpline up` as a child, and everything a test does to it. Stopping it leaves no process and no file."""

    def __init__(
        self,
        *,
        redis: bool = True,
        per_second: float = 1.0,
        line: Path | None = None,
        programs: Path = PROGRAMS,
        user: Account | None = None,
    ) -> None:
        """`programs` has the `helpline` to start, as `user` if one is given, which only root can."""
        self.folder = Path(tempfile.mkdtemp(prefix="helpline-stand-", dir="/tmp"))  # reached by the servers' user
        self.folder.chmod(0o711)
        self.web, self.console, self.exchange = (Address("127.0.0.1", port) for port in free_ports(3))
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith(OWN)} | {
            "HELPLINE_DATA_DIR": str(self.folder / "kept"),
            "HELPLINE_BIND": str(self.web),
            "HELPLINE_CONSOLE_BIND": str(self.console),
            "HELPLINE_EXCHANGE_BIND": str(self.exchange),
            "HELPLINE_CALLS_PER_SECOND": str(per_second),
            "HELPLINE_TEXTS_PER_SECOND": str(per_second),
            "EXCHANGE_CALLS_PER_SECOND": str(per_second),
            "EXCHANGE_MESSAGES_PER_SECOND": str(per_second),
        }
        self._programs, self._user = programs, user
        if user is not None:
            os.chown(self.folder, user.uid, user.gid)
            self.environ["HOME"] = str(self.folder)
        if line is not None:
            self.environ["HELPLINE_LINE"] = str(line)
        if not redis:
            self.environ["REDIS_URL"] = f"unix://{self.folder}/no-redis-here"
        self.phones = Phones(self.exchange)
        self.said: deque[str] = deque(maxlen=LINES_KEPT)
        self._up: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Brings the line up and returns once it says that it is. Raises StandFailed."""
        self.said.clear()
        who = {"user": self._user.uid, "group": self._user.gid} if self._user is not None else {}
        up = self._up = subprocess.Popen(  # noqa: S603 - our own command
            tethered([str(self._programs / "helpline"), "up"], death_signal=signal.SIGTERM, **who),
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._listen, args=(up,), daemon=True)
        self._reader.start()
        until(lambda: self._is_up() or up.poll() is not None, UP_PATIENCE, "the line is up")
        if not self._is_up():
            raise StandFailed("helpline up ended:\n" + "\n".join([*self.said][-LINES_SHOWN:]))

    @property
    def pid(self) -> int:
        """The process number of `helpline up`."""
        if self._up is None:
            raise StandFailed("the stack was not started")
        return self._up.pid

    def processes(self) -> dict[str, list[Process]]:
        """Every process of the stack by its part; `up` is the supervisor's own."""
        found: dict[str, list[Process]] = {"up": []}
        for process, top in family(self.pid):
            found.setdefault(_part_of(top), []).append(process)
        return found

    def leader(self, part: str) -> int | None:
        """The process number of that part's first process, or None while it is away."""
        running = self.processes()
        return next((one.pid for one in running.get(part, []) if one.parent == self.pid), None)

    def settings(self) -> Settings:
        return load_settings({"HELPLINE_DATA_DIR": self.environ["HELPLINE_DATA_DIR"]})

    @contextlib.contextmanager
    def database(self) -> Iterator[Database]:
        """The stack's database, to look at what its processes wrote."""
        settings = self.settings()
        engine = connect(settings.database_url)
        vault = Vault(settings.secret_keys)
        try:
            yield Database(engine, clock=SystemClock(), vault=vault, new_id=uuid.uuid4, doorbell=lambda: None)
        finally:
            engine.dispose()

    def enlist(self, people: Sequence[Recruit]) -> None:
        """Make these people the roster."""
        with self.database() as database, database.work() as work:
            enlist(work, people)

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        """Ends `helpline up` and returns its exit code; after `SIGKILL` its children may live a moment longer."""
        if self._up is None:
            return 0
        if self._up.poll() is None:
            self._up.send_signal(how)
        code = self._up.wait(STOP_PATIENCE)
        if self._reader is not None:
            self._reader.join(STOP_PATIENCE)
        self._up = None
        return code

    def close(self) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.end()
        if self._up is not None:
            self.end(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_up(self) -> bool:
        return any("The line is up" in line for line in tuple(self.said))

    def _listen(self, up: subprocess.Popen[str]) -> None:
        if up.stdout is not None:
            with up.stdout:
                for line in up.stdout:
                    self.said.append(line.rstrip())


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens at now."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(probe.getsockname()[1]) for probe in probes]


def _part_of(top: Process) -> str:
    return next((part for words, part in PARTS.items() if words in top.command), "up")
