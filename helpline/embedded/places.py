"""Where the servers keep their files, without changing the mode of anything that is not ours."""

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
import tempfile
import time
from pathlib import Path

from helpline.embedded.account import Account
from helpline.embedded.errors import FolderInUse, FolderUnusable

LONGEST_SOCKET = 103
"""Bytes in a unix socket's path: 107 on Linux, 103 on macOS."""

SYSTEM_FOLDER = Path("/var/lib/helpline")
LOCK_PATIENCE = 0.5


def mark_of(folder: Path) -> str:
    """A short name that is the same for the same folder, for places outside it."""
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]


def home_for(folder: Path, account: Account, *, durable: bool) -> Path:
    """The folder that holds the servers: `folder` itself, or, if `account` cannot get into it, one that it can.

    Root's own home is closed to everyone else, and stays so: a line kept in there has its servers in
    /var/lib/helpline, and a test's in the temporary folder.
    """
    folder = folder.absolute()
    try:
        if not account.drop:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return _ours(folder.resolve())
        if account.can_enter(_nearest(folder)):
            _make_passable(folder)
            return _ours(folder.resolve())
        base = SYSTEM_FOLDER if durable else Path(tempfile.gettempdir()).resolve()
        home = base / f"helpline-{mark_of(folder.resolve())}"
        _make_passable(home)
        (home / "made-for").write_text(f"{folder}\n")
    except OSError as refused:
        raise FolderUnusable(
            f"The servers' files cannot be kept in {folder} ({refused.strerror}): "
            "set HELPLINE_DATA_DIR to a folder that this user may write in."
        ) from refused
    if not account.can_enter(home):
        raise FolderUnusable(
            f"User {account.name} cannot get into {home}: set HELPLINE_DATA_DIR to a folder open to that user."
        )
    return _ours(home)


def open_folder(folder: Path) -> None:
    """Makes a line's data folder if it is missing: our own to write in, and passable for the servers' user."""
    try:
        if os.geteuid() == 0:
            _make_passable(folder)
        else:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as refused:
        raise FolderUnusable(
            f"{folder} cannot be made ({refused.strerror}): "
            "set HELPLINE_DATA_DIR to a folder that this user may write in."
        ) from refused


def holds_database(folder: Path) -> bool:
    """Whether a database was made for `folder` before, in it or elsewhere."""
    elsewhere = SYSTEM_FOLDER / f"helpline-{mark_of(folder.resolve())}"
    return any((home / "postgres").is_dir() for home in (folder, elsewhere))


def private_folder(place: Path, account: Account) -> Path:
    """`place` as a folder that only `account` may use, made if need be, refused if it is anyone else's."""
    with contextlib.suppress(FileExistsError):
        place.mkdir(mode=0o700)
    if account.drop and place.lstat().st_uid == os.geteuid():
        os.chown(place, account.uid, account.gid, follow_symlinks=False)
    status = place.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != account.uid or status.st_mode & 0o077:
        raise FolderUnusable(
            f"{place} is not a folder that only {account.name} may use: remove it, "
            "or set HELPLINE_DATA_DIR to another folder."
        )
    return place


def socket_folder(home: Path, account: Account, longest_name: str) -> Path:
    """The folder for the sockets: in `home`, or in a short place if the path would be too long or hard to quote."""
    inside = home / "run"
    plain = str(inside).isascii() and all(sign.isalnum() or sign in "/._-+@" for sign in str(inside))
    if plain and len(os.fsencode(inside / longest_name)) <= LONGEST_SOCKET:
        return private_folder(inside, account)
    return private_folder(Path("/tmp") / f"helpline-run-{mark_of(home)}-{account.uid}", account)  # noqa: S108 (checked to be ours)


def hold(home: Path) -> int:
    """Takes the folder for this process, and returns the open lock; the system lets go of it when we die."""
    try:
        lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as refused:
        raise FolderUnusable(
            f"{home} cannot be written in by this user ({refused.strerror}): "
            "run as its owner, or set HELPLINE_DATA_DIR to another folder."
        ) from refused
    deadline = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except BlockingIOError as held:
            if time.monotonic() >= deadline:
                os.close(lock)
                raise FolderInUse(
                    f"Another helpline is already running its servers in {home}: "
                    "stop it first, or set HELPLINE_DATA_DIR to another folder."
                ) from held
            time.sleep(0.02)


def _nearest(folder: Path) -> Path:
    """The folder itself, or its closest parent that exists."""
    place = folder
    while not place.exists():
        place = place.parent
    if not place.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(place))
    return place.resolve()


def _make_passable(folder: Path) -> None:
    """Makes what is missing of `folder`, each part open to pass through and closed to look into."""
    missing = []
    place = folder
    while not place.exists():
        missing.append(place)
        place = place.parent
    for part in reversed(missing):
        part.mkdir(mode=0o711)
        part.chmod(0o711)


def _ours(home: Path) -> Path:
    status = home.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise FolderUnusable(
            f"{home} belongs to another user: run as its owner, or set HELPLINE_DATA_DIR to a folder of your own."
        )
    if status.st_mode & stat.S_IWOTH:
        raise FolderUnusable(
            f"{home} can be written in by everyone: close it (chmod o-w {home}), "
            "or set HELPLINE_DATA_DIR to another folder."
        )
    return home
