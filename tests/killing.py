"""Kills parts of the running line while people call it, and looks at what became of them."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from threading import Event

from sqlalchemy import select

from entrypoints.bench.crowd import answering, fictional
from entrypoints.bench.phones import until
from entrypoints.bench.stand import Stand
from entrypoints.bench.tally import Identities, tally
from entrypoints.people import WHOLE_DAY, Recruit
from escalation.rules import broken
from helpline.nouns import Role
from helpline.settings import ROOT
from helpline.tables import Contact

PEERS = 12
CALLERS_A_KILL = 2
TALK = 12.0
PRESSES = (1.0, 3.0, 4.0, 5.0)
"""Seconds between the times a peer presses 1: whoever hears the announcement again presses again."""
SETTLING = 90.0
PARTS = ("web", "ticker", "worker")
SERVERS = ("postgres", "redis")


@dataclass(frozen=True)
class Aftermath:
    """What was found when everybody had hung up. `lost` neither talked to anybody nor were told what happens instead."""

    kills: Sequence[str]
    callers: int
    contacts: int
    connected: int
    lost: int
    double_offers: int
    open: int
    broken: Sequence[str]
    busy: int

    @property
    def is_harmless(self) -> bool:
        """Whether nobody was lost or rung twice, nothing was left open, and every rule holds."""
        return not (self.lost or self.double_offers or self.open or self.broken or self.busy)


def quick_line() -> Path:
    """The demonstration line with a wrap-up so short that a few peers are enough."""
    text = (ROOT / "lines" / "demo.toml").read_text(encoding="utf-8")
    path = Path(tempfile.mkdtemp(prefix="helpline-line-", dir="/tmp")) / "quick.toml"  # noqa: S108
    path.parent.chmod(0o755)
    path.write_text(text.replace("[wrap_up]\nseconds = 120", "[wrap_up]\nseconds = 2"), encoding="utf-8")
    return path


def kill_during_calls(stand: Stand, kills: Sequence[str], rng: Random) -> Aftermath:
    """For each of `kills`, the name of a part: two callers dial, and at a random moment of their calls it is killed."""
    numbers = fictional(300)
    peers = [next(numbers) for _ in range(PEERS)]
    stand.enlist([Recruit(f"Peer {one[-6:]}", Role.PEER, ("en",), one, hours=(WHOLE_DAY,)) for one in peers])
    stand.phones.add([answering(one, PRESSES) for one in peers])
    callers = fictional(600)
    done = []
    for part in kills:
        moment = rng.uniform(0.0, 4.0)
        stand.phones.add([_caller(next(callers), rng.uniform(0.0, 1.5)) for _ in range(CALLERS_A_KILL)])
        Event().wait(moment)
        _kill(stand, part, rng)
        done.append(f"{part} after {moment:.2f} s")
    until(lambda: stand.phones.busy() == 0, SETTLING, "everybody has hung up")
    return look(stand, done, CALLERS_A_KILL * len(kills))


def look(stand: Stand, kills: Sequence[str], callers: int) -> Aftermath:
    """Wait for every contact to end, and count."""
    with stand.database() as database:

        def contacts() -> list[Contact]:
            with database.work() as work:
                return list(work.session.scalars(select(Contact)))

        until(lambda: all(one.ended_at for one in contacts()), SETTLING, "every contact has ended")
        with database.work() as work:
            problems = broken(work)
        every = contacts()
    counted = tally(callers, stand.phones.stats(), Identities(), datetime.now(UTC))
    return Aftermath(
        kills=kills,
        callers=callers,
        contacts=len(every),
        connected=sum(one.connected_at is not None for one in every),
        lost=counted.lost,
        double_offers=counted.double_offers,
        open=sum(one.ended_at is None for one in every),
        broken=problems,
        busy=stand.phones.busy(),
    )


def _caller(number: str, after: float) -> dict[str, object]:
    return {"number": number, "behaviour": {"hang_up_after": TALK}, "dial_after": round(after, 3)}


def _kill(stand: Stand, part: str, rng: Random) -> None:
    """Kill the part's first process, or one of its children; return once the part has a first process again."""
    until(lambda: stand.leader(part) is not None, SETTLING, f"{part} runs")
    victim = stand.leader(part)
    others = [one.pid for one in stand.processes()[part] if one.pid != victim]
    if part == "web" and others and rng.random() < 0.5:
        victim = rng.choice(sorted(others))
    if victim is not None:
        os.kill(victim, signal.SIGKILL)
    until(lambda: stand.leader(part) not in (None, victim), SETTLING, f"{part} is back")
