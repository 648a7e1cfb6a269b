"""Starts a program that is told to stop when the process that started it dies, kill -9 included.

It runs as a small program of its own, between fork and exec, because code that runs in a forked child of a process
with threads may deadlock. Linux keeps the promise (`PR_SET_PDEATHSIG`); elsewhere the next start clears up.
"""

import ctypes
import os
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def tethered(
    command: Sequence[str], *, death_signal: int, user: int | None = None, group: int | None = None
) -> list[str]:
    """The command line that starts `command`, as `user` if one is given, tied to the calling process.

    The kernel watches the *thread* that forks: start it from one that lives as long as the child should.
    """
    numbers = (os.getpid(), death_signal, -1 if user is None else user, -1 if group is None else group)
    return [sys.executable, "-I", "-S", __file__, *map(str, numbers), *command]


def _become(user: int, group: int) -> None:
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)


def _main(arguments: Sequence[str]) -> None:
    parent, death_signal, user, group = map(int, arguments[:4])
    command = arguments[4:]
    if user >= 0:
        _become(user, group)
        os.umask(0o077)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        sys.exit("the process that started this one is gone")
    try:
        os.execvp(command[0], list(command))  # noqa: S606 (no shell is the point)
    except OSError as refused:
        sys.exit(f"{command[0]}: {refused.strerror}")


if __name__ == "__main__":
    _main(sys.argv[1:])
