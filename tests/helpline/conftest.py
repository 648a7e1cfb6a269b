"""What the tests of the foundation share: a folder for servers, and waiting without sleeping through it."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from helpline.embedded import Servers

HOLDER = """
import sys
from pathlib import Path
from helpline.embedded import Embedded
embedded = Embedded(Path(sys.argv[1]), say=lambda text: print(text, file=sys.stderr))
servers = embedded.start()
print(servers.database_url, servers.redis_url, *embedded.pids.values(), sep="\\n", flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Held:
    """Servers that another process has started."""

    process: "subprocess.Popen[str]"
    servers: Servers
    pids: list[int]

    def kill_holder(self) -> None:
        self.process.kill()
        self.process.wait()


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it never became true"
        threading.Event().wait(0.01)


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        if Path("/proc/self").exists():
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
    return True


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], None]:
    """Waits until a condition holds, and fails after 30 seconds if it never does."""
    return wait_until


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for servers that their user can reach; pytest's own are closed to everyone but us."""
    place = Path(tempfile.mkdtemp(prefix="helpline-test-", dir="/tmp"))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def connect() -> "Callable[[Servers], psycopg.Connection[tuple[object, ...]]]":
    def enter(servers: Servers) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(servers.database_url.replace("+psycopg", ""), autocommit=True)

    return enter


@pytest.fixture
def is_running() -> Callable[[int], bool]:
    """Whether a process runs; one that has ended and was not yet asked how does not."""
    return runs


@pytest.fixture
def held() -> Callable[..., AbstractContextManager[Held]]:
    """Servers started by another process, which lives until the block ends or it is killed."""

    @contextlib.contextmanager
    def start(
        folder: Path, before: tuple[str, ...] = (), python: str = sys.executable, path: str = ""
    ) -> Iterator[Held]:
        command = [*before, python, "-c", f"import sys; sys.path[:0] = {path.split(':')!r}\n{HOLDER}", str(folder)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline().strip() for _ in range(4)]
            pids = [int(line) for line in lines[2:] if line]
            try:
                yield Held(process, Servers(lines[0], lines[1]), pids)
            finally:
                process.kill()
        wait_until(lambda: not any(runs(pid) for pid in pids))

    return start
