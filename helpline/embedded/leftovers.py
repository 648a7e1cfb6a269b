"""Ends what an earlier run left behind in a server's folder, so that two servers never write the same files."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from helpline.embedded.errors import FolderInUse

SERVERS = ("postgres", "redis-server", "valkey-server")
PATIENCE = 10.0
"""Seconds that a server gets to stop by itself before it is killed."""


def clear_out(folder: Path, recorded: Path, ask: signal.Signals) -> None:
    """Stops every process that works in `folder`; only for the holder of its lock, or it would stop a rival's.

    `recorded` is the file whose first line is the server's process number, for systems without /proc.
    """
    for how in (ask, signal.SIGKILL):
        for pid in working_in(folder, recorded):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
        if _until(lambda: not working_in(folder, recorded), PATIENCE):
            return
    raise FolderInUse(
        f"A server from an earlier run is still using {folder} and cannot be stopped: "
        f"stop process {working_in(folder, recorded)[0]} by hand, then start again."
    )


def working_in(folder: Path, recorded: Path) -> Sequence[int]:
    """The servers whose current folder is `folder`: PostgreSQL and Redis both move into theirs.

    By name too, because the shell of somebody who looks around in there is none of our business.
    """
    if not Path("/proc/self/cwd").exists():
        return _recorded_server(recorded)
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                name = (entry / "comm").read_text(errors="replace").strip()
                if name in SERVERS and (entry / "cwd").readlink() == folder:
                    found.append(int(entry.name))
    return found


def _recorded_server(recorded: Path) -> Sequence[int]:
    try:
        pid = int(recorded.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return []
    command = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return [pid] if any(name in command.stdout for name in SERVERS) else []


def _until(done: Callable[[], bool], patience: float) -> bool:
    deadline = time.monotonic() + patience
    while not done():
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.01)
    return True
