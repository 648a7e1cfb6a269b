"""`helpline up` with its real programs: from an empty folder to two people talking, and back to nothing running."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from entrypoints.bench.phones import until
from entrypoints.bench.stand import PROGRAMS, Stand
from helpline.embedded.account import Account
from helpline.embedded.tether import tethered
from helpline.settings import ROOT

SAM = "+16465550141"
PATIENCE = 60.0
pytestmark = pytest.mark.long

MakeStand = Callable[[], Stand]


def nobody() -> Account:
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, drop=True)


@pytest.fixture
def their_programs() -> Iterator[Path]:
    """The project's programs, installed where an ordinary user can reach a Python that runs them."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user; as an ordinary user, the other test is this one")
    python = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    folder = Path(tempfile.mkdtemp(prefix="helpline-programs-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        made = subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], capture_output=True, check=False)
    except FileNotFoundError:
        shutil.rmtree(folder)
        pytest.skip(f"there is no {python} that an ordinary user could run")
    packages = next(Path(place) for place in sys.path if place.endswith("site-packages"))
    if made.returncode == 0:
        _install(folder, packages)
    trial = tethered([str(folder / "bin" / "helpline"), "--help"], death_signal=signal.SIGKILL, user=nobody().uid,
                     group=nobody().gid)  # fmt: skip
    ran = subprocess.run(trial, cwd="/", capture_output=True, text=True, check=False)
    if ran.returncode:
        shutil.rmtree(folder)
        pytest.skip(f"an ordinary user cannot run {python} with this project's packages on this machine")
    yield folder / "bin"
    shutil.rmtree(folder)


def _install(folder: Path, packages: Path) -> None:
    own = next((folder / "lib").glob("python3*")) / "site-packages"
    (own / "project.pth").write_text(f"import site; site.addsitedir({str(packages)!r})\n{ROOT}\n")
    # Python 3.11.0 to 3.11.2 need this for redis-py, and the packages here may be installed for a later one.
    (own / "async_timeout.py").write_text("from asyncio import timeout\n")
    for name in ("helpline", "gunicorn"):
        script = (PROGRAMS / name).read_text().partition("\n")[2]
        (folder / "bin" / name).write_text(f"#!{folder}/bin/python3\n{script}")
        (folder / "bin" / name).chmod(0o755)


def test_from_an_empty_folder_and_again_after_kill_9_to_two_people_talking_and_back_to_nothing() -> None:
    with Stand() as stand:
        assert stand.end(signal.SIGKILL) == -signal.SIGKILL
        stand.start()
        _serves_and_stops(stand)


def test_an_ordinary_user_has_the_same(their_programs: Path) -> None:
    with Stand(programs=their_programs, user=nobody()) as stand:
        _serves_and_stops(stand)
        assert {Path(stand.environ["HELPLINE_DATA_DIR"]).stat().st_uid} == {nobody().uid}


def _serves_and_stops(stand: Stand) -> None:
    said = "\n".join(stand.said)
    assert f"http://{stand.exchange}/" in said
    assert f"http://{stand.web}/webhooks/voice/incoming" in said
    assert stand.environ["HELPLINE_DATA_DIR"] in said
    pids = [one.pid for own in stand.processes().values() for one in own]
    _two_people_talk(stand)
    assert stand.end(signal.SIGINT) == 0
    assert stand.said[-1] == "Everything is stopped."
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def _two_people_talk(stand: Stand) -> None:
    stand.phones.act(SAM, "call")
    until(lambda: _ringing(stand), PATIENCE, "a peer's phone rings")
    (peer,) = _ringing(stand)
    stand.phones.act(peer, "answer")
    until(lambda: stand.phones.shown()[peer]["heard"], PATIENCE, "the peer hears the announcement")
    stand.phones.act(peer, "press", keys="1")
    until(lambda: stand.phones.shown()[SAM]["with"] == [peer], PATIENCE, "the two talk")
    stand.phones.act(SAM, "hang-up")
    until(lambda: not stand.phones.busy(), PATIENCE, "both have hung up")


def _ringing(stand: Stand) -> list[str]:
    return [number for number, phone in stand.phones.shown().items() if phone["state"] == "ringing"]
