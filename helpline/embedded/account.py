"""The operating system's user that the servers run as: never root, because PostgreSQL refuses it."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from helpline.embedded.errors import NoAccount

PREFERRED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """A user by number and name; `drop` says whether a child must change to it before it starts."""

    uid: int
    gid: int
    name: str
    drop: bool

    def can_enter(self, folder: Path) -> bool:
        """Whether this user may pass through `folder`, itself and all its parents; it has to exist."""
        return all(self._may_execute(place) for place in (folder, *folder.parents))

    def can_run(self, program: Path) -> bool:
        """Whether this user may start `program`, which has to exist."""
        return self._may_execute(program) and self.can_enter(program.parent)

    def _may_execute(self, place: Path) -> bool:
        status = place.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def unprivileged(owned: Path) -> Account:
    """The user for the servers whose files are in `owned`: ourselves, or, if we are root, an existing ordinary user.

    A folder made earlier keeps its owner, so that installing the system's PostgreSQL (and with it a user
    `postgres`) does not lock a line out of its own database.
    """
    if os.geteuid() != 0:
        return _named(os.geteuid(), drop=False)
    if owned.exists() and owned.stat().st_uid != 0:
        return _named(owned.stat().st_uid, drop=True)
    for name in PREFERRED:
        try:
            return _named(pwd.getpwnam(name).pw_uid, drop=True)
        except KeyError:
            continue
    raise NoAccount(
        f"PostgreSQL refuses to run as root and there is no user {' or '.join(PREFERRED)} to run it as: "
        "add one (useradd --system postgres), run as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def _named(uid: int, *, drop: bool) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as unknown:
        raise NoAccount(
            f"User number {uid} has no name on this machine, which PostgreSQL needs: "
            "add it to /etc/passwd, or set DATABASE_URL and REDIS_URL."
        ) from unknown
    return Account(uid, entry.pw_gid, entry.pw_name, drop)
