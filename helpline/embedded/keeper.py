"""Keeps one server process running: starts it, waits for it, and starts it again if it dies."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from helpline.embedded.account import Account
from helpline.embedded.errors import StartFailed
from helpline.embedded.leftovers import clear_out
from helpline.embedded.tether import tethered

START_PATIENCE = 120.0
"""Seconds from start to first answer: replaying the log after a crash can take most of them."""
STOP_PATIENCE = 20.0
LONGEST_PAUSE = 5.0
LARGEST_LOG = 1_000_000


@dataclass(frozen=True)
class Recipe:
    """How one server is started, stopped and recognised."""

    name: str
    command: Sequence[str]
    account: Account
    folder: Path
    recorded: Path
    log: Path
    stop_signal: signal.Signals
    remove_first: Sequence[Path] = field(default=())


class Keeper:
    """One server, from `start` to `stop`.

    A thread of its own starts the process and waits for it. It has to be that thread: the kernel ties the child to
    the thread that forked it, and a server must not die because some short-lived thread began it.
    """

    def __init__(self, recipe: Recipe, say: Callable[[str], None]) -> None:
        self._recipe = recipe
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._swap = threading.Lock()
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._answered = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._keep, name=f"keeper of {recipe.name}", daemon=True)

    @property
    def pid(self) -> int | None:
        """The process number of the server that runs now."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    def start(self, answers: Callable[[], bool]) -> None:
        """Starts the server and returns once it answers; raises `StartFailed` if it ends first or never does."""
        self._thread.start()
        deadline = time.monotonic() + START_PATIENCE
        while not (self._process and answers()):
            if self._ended.is_set():
                raise self._failure or self._start_failed("ended at once")
            if time.monotonic() >= deadline:
                self.stop()
                raise self._start_failed(f"did not answer within {START_PATIENCE:.0f} seconds")
            time.sleep(0.01)
        self._answered.set()

    def stop(self) -> None:
        """Stops the server and returns when it is gone."""
        with self._swap:
            self._stopping.set()
            process = self._process
        for how in (self._recipe.stop_signal, signal.SIGQUIT, signal.SIGKILL):
            if process is not None and process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, how)
            if self._thread.ident is not None:
                self._thread.join(STOP_PATIENCE)
            if not self._thread.is_alive():
                return

    def _keep(self) -> None:
        pause = 0.05
        try:
            while (process := self._spawn()) is not None:
                began = time.monotonic()
                code = process.wait()
                if self._stopping.is_set() or not self._answered.is_set():
                    return
                pause = 0.05 if time.monotonic() - began > LONGEST_PAUSE else min(2 * pause, LONGEST_PAUSE)
                self._say(f"{self._recipe.name} ended unexpectedly ({_how(code)}); starting it again")
                self._stopping.wait(pause)
        except Exception as failure:  # noqa: BLE001 (told to whoever waits in start, or said)
            self._failure = failure
            self._say(f"{self._recipe.name} cannot be started again: {failure}")
        finally:
            self._ended.set()

    def _spawn(self) -> subprocess.Popen[bytes] | None:
        recipe = self._recipe
        if self._stopping.is_set():
            return None
        clear_out(recipe.folder, recipe.recorded, recipe.stop_signal)
        for stale in recipe.remove_first:
            stale.unlink(missing_ok=True)
        with self._swap, _log(recipe.log) as log:
            if self._stopping.is_set():
                return None
            self._process = subprocess.Popen(
                run_as(recipe.account, recipe.command, recipe.stop_signal),
                cwd=recipe.folder,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            return self._process

    def _start_failed(self, how: str) -> StartFailed:
        return StartFailed(
            f"{self._recipe.name} {how} ({last_words(self._recipe.log)}): see {self._recipe.log} for the reason."
        )


def run_as(account: Account, command: Sequence[str], death_signal: signal.Signals) -> list[str]:
    """The command line that runs `command` as `account`, tied to us."""
    if account.drop:
        return tethered(command, death_signal=death_signal, user=account.uid, group=account.gid)
    return tethered(command, death_signal=death_signal)


def environment() -> Mapping[str, str]:
    """What the servers see: no locale and no PG* variable of the surroundings."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def last_words(log: Path) -> str:
    """The last line of a log that gives a reason, without its time."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    grave = [line for line in lines if "FATAL" in line or "PANIC" in line or "Fatal" in line]
    return (grave or lines or ["it wrote nothing"])[-1]


def _log(path: Path) -> BinaryIO:
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_name(f"{path.name}.1"))
    return path.open("ab")


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
