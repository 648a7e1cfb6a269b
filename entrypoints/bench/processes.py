"""Processes as the kernel counts them: who started whom, and how much of the processor each has used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Process:
    """One process. `cpu_ms` is its own time and that of its children who have ended."""

    pid: int
    parent: int
    command: str
    cpu_ms: float


def family(root: int) -> Iterator[tuple[Process, Process]]:
    """`root` and everything below it, each with the child of `root` that it descends from; `root` with itself."""
    everybody = {process.pid: process for process in _all()}
    if root not in everybody:
        return
    children: dict[int, list[Process]] = {}
    for process in everybody.values():
        children.setdefault(process.parent, []).append(process)
    yield everybody[root], everybody[root]
    for top in children.get(root, []):
        below = [top]
        while below:
            one = below.pop()
            yield one, top
            below += children.get(one.pid, [])


def _all() -> Iterator[Process]:
    for entry in PROC.iterdir() if PROC.exists() else ():
        if entry.name.isdigit():
            process = _read(entry)
            if process is not None:
                yield process


def _read(entry: Path) -> Process | None:
    """None if it has ended meanwhile, or has ended and waits to be asked how."""
    try:
        fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
        command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return None
    if fields[0] == "Z":
        return None
    used = sum(int(field) for field in fields[11:15])
    return Process(int(entry.name), int(fields[1]), command, used * 1000 / TICKS)
