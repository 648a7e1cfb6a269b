"""Keeps the processes of a Procfile running, each by itself.

honcho stops everything as soon as one process ends, and systemd is not on every machine. On a crisis line a crash of
one door must not stop the ticker, which holds the promises made to people who already wait: here a process that ends
is started again, later each time, and the others never notice.
"""

import contextlib
import os
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpline.embedded.tether import tethered

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 3.0
"""Short: while a door is away, callers wait, and the carrier gives up on a request after fifteen seconds."""
STEADY = 30.0
"""Seconds after which a process counts as running well, so that its next crash is its first."""
STOP_PATIENCE = 15.0

Say = Callable[[str, str], None]


@dataclass(frozen=True)
class Job:
    """A process to keep running. The `stage` says when it is stopped: all of the lower stages first.

    It is handed the open files `keep`, by their numbers, each time it starts.
    """

    name: str
    command: Sequence[str]
    stage: int = 0
    keep: Sequence[int] = ()


def read_procfile(path: Path, stages: Mapping[str, int]) -> list[Job]:
    """The jobs of a Procfile: a name, a colon and a command in each line; no shell sees it."""
    jobs = []
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, command = line.partition(":")
            jobs.append(Job(name.strip(), shlex.split(command), stages.get(name.strip(), 0)))
    return jobs


class Minder:
    """Minds one job in a thread of its own, which is also the one that the kernel ties the process to."""

    def __init__(self, job: Job, environ: Mapping[str, str], folder: Path, say: Say) -> None:
        self.job = job
        self._environ = environ
        self._folder = folder
        self._say = say
        self._swap = threading.Lock()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._mind, name=f"minder of {job.name}", daemon=True)
        self.ends: list[int] = []
        """The exit codes of the times it ended without being asked to."""

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        with self._swap:
            self._stopping.set()
            process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)

    def wait(self, patience: float) -> bool:
        """Whether it is gone; after `patience` seconds it is killed, and then it is."""
        self._thread.join(max(patience, 0))
        if not self._thread.is_alive():
            return True
        if self._process is not None:
            _kill_group(self._process.pid)
        self._thread.join(STOP_PATIENCE)
        return not self._thread.is_alive()

    def _mind(self) -> None:
        pause = FIRST_PAUSE
        while (process := self._spawn()) is not None:
            began = time.monotonic()
            threading.Thread(target=self._relay, args=(process,), daemon=True).start()
            code = process.wait()
            _kill_group(process.pid)
            if self._stopping.is_set():
                return
            self.ends.append(code)
            if time.monotonic() - began > STEADY:
                pause = FIRST_PAUSE
            self._say(self.job.name, f"ended unexpectedly ({how(code)}); it is started again in {pause:g} s")
            self._stopping.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _spawn(self) -> "subprocess.Popen[str] | None":
        with self._swap:
            if self._stopping.is_set():
                return None
            self._process = subprocess.Popen(
                tethered(self.job.command, death_signal=signal.SIGTERM),
                cwd=self._folder,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
                pass_fds=self.job.keep,
            )
            return self._process

    def _relay(self, process: "subprocess.Popen[str]") -> None:
        if process.stdout is not None:
            with process.stdout:
                for line in process.stdout:
                    self._say(self.job.name, line.rstrip())


class Supervisor:
    """All the jobs together, from `start` to `stop`."""

    def __init__(self, jobs: Sequence[Job], environ: Mapping[str, str], folder: Path, say: Say) -> None:
        self.minders = [Minder(job, environ, folder, say) for job in jobs]

    def start(self) -> None:
        for minder in self.minders:
            minder.start()

    def stop(self) -> None:
        """Stops stage by stage, and returns when every process is gone."""
        for stage in sorted({minder.job.stage for minder in self.minders}):
            these = [minder for minder in self.minders if minder.job.stage == stage]
            for minder in these:
                minder.ask_to_stop()
            deadline = time.monotonic() + STOP_PATIENCE
            for minder in these:
                minder.wait(deadline - time.monotonic())


def how(code: int) -> str:
    """An exit code in words."""
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _kill_group(leader: int) -> None:
    """Ends whatever a process has left behind, such as a server's workers that would hold its port."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
