"""Kills parts of the running line while people call it, and looks at what became of them."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event

from sqlalchemy import select

from entrypoints.bench.crowd import answering, fictional
from entrypoints.bench.phones import until
from entrypoints.bench.stand import Stand
from entrypoints.people import WHOLE_DAY, Recruit
from escalation.rules import broken
from helpline.nouns import Role
from helpline.settings import ROOT
from helpline.tables import Contact

PEERS = 10
TALK = 9.0
SETTLING = 90.0
PARTS = ("web", "ticker", "worker")


@dataclass(frozen=True)
class Aftermath:
    """What was found when everybody had hung up: `told` of the callers were served or heard what happens instead."""

    kills: Sequence[str]
    contacts: int
    connected: int
    open: int
    broken: Sequence[str]
    busy: int


def quick_line() -> Path:
    """The demonstration line with a wrap-up so short that a few peers are enough."""
    text = (ROOT / "lines" / "demo.toml").read_text(encoding="utf-8")
    path = Path(tempfile.mkdtemp(prefix="helpline-line-", dir="/tmp")) / "quick.toml"
    path.parent.chmod(0o755)
    path.write_text(text.replace("[wrap_up]\nseconds = 120", "[wrap_up]\nseconds = 2"), encoding="utf-8")
    return path


def kill_during_calls(stand: Stand, kills: int, rng: Random) -> Aftermath:
    """Two callers dial, and at a random moment of their call a random part is killed; so many times over."""
    numbers = fictional(300)
    peers = [next(numbers) for _ in range(PEERS)]
    stand.enlist([Recruit(f"Peer {one[-6:]}", Role.PEER, ("en",), one, hours=(WHOLE_DAY,)) for one in peers])
    stand.phones.add([answering(one) for one in peers])
    callers = fictional(600)
    done = []
    for _ in range(kills):
        part, moment = rng.choice(PARTS), rng.uniform(0.0, 4.0)
        stand.phones.add([_caller(next(callers), 0.0), _caller(next(callers), rng.uniform(0.0, 1.5))])
        Event().wait(moment)
        _kill(stand, part)
        done.append(f"{part} after {moment:.2f} s")
        until(lambda part=part: stand.leader(part) is not None, SETTLING, f"{part} is back")  # type: ignore[misc]
    until(lambda: stand.phones.busy() == 0, SETTLING, "everybody has hung up")
    return look(stand, done)


def look(stand: Stand, kills: Sequence[str]) -> Aftermath:
    """Wait for every contact to end, and count."""
    with stand.database() as database:

        def contacts() -> list[Contact]:
            with database.work() as work:
                return list(work.session.scalars(select(Contact)))

        until(lambda: all(one.ended_at for one in contacts()), SETTLING, "every contact has ended")
        with database.work() as work:
            problems = broken(work)
        every = contacts()
    recent = datetime.now(UTC) - timedelta(hours=1)
    return Aftermath(
        kills=kills,
        contacts=len([one for one in every if one.arrived_at > recent]),
        connected=sum(one.connected_at is not None for one in every),
        open=sum(one.ended_at is None for one in every),
        broken=problems,
        busy=stand.phones.busy(),
    )


def _caller(number: str, after: float) -> dict[str, object]:
    return {"number": number, "behaviour": {"hang_up_after": TALK}, "dial_after": round(after, 3)}


def _kill(stand: Stand, part: str) -> None:
    until(lambda: stand.leader(part) is not None, SETTLING, f"{part} runs")
    leader = stand.leader(part)
    if leader is not None:
        os.kill(leader, signal.SIGKILL)
