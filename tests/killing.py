"""Kills parts of the running line while people call it, and looks at what became of them."""

from __future__ import annotations

import contextlib
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
from entrypoints.bench.phones import PhonesRefused, until
from entrypoints.bench.stand import Stand
from entrypoints.bench.tally import Identities, served, tally
from entrypoints.people import Recruit
from escalation.rules import broken
from helpline.hours import WHOLE_DAY
from helpline.nouns import Role
from helpline.settings import ROOT
from helpline.tables import Contact

PEERS = 24
CALLERS_A_KILL = 2
PRESSES = (1.0, 3.0, 4.0, 5.0)
"""Seconds between the times a peer presses 1: whoever hears the announcement again presses again."""
SETTLING = 90.0
PARTS = ("web", "ticker", "worker")
SERVERS = ("postgres", "redis")


@dataclass(frozen=True)
class Aftermath:
    """What was found when everybody had hung up; `lost` callers talked to nobody and were told nothing instead."""

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
    path = Path(tempfile.mkdtemp(prefix="helpline-line-", dir="/tmp")) / "quick.toml"
    path.parent.chmod(0o755)
    path.write_text(text.replace("[wrap_up]\nseconds = 120", "[wrap_up]\nseconds = 2"), encoding="utf-8")
    return path


class Siege:
    """A running line with peers enough, that people go on calling while parts of it are killed."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._numbers = fictional(600)
        self._callers = 0
        self._done: list[str] = []
        peers = [number for number, _ in zip(fictional(300), range(PEERS), strict=False)]
        stand.enlist([Recruit(f"Peer {one[-6:]}", Role.PEER, ("en",), one, hours=(WHOLE_DAY,)) for one in peers])
        stand.phones.add([answering(one, PRESSES) for one in peers])

    def kill(self, parts: Sequence[str], rng: Random) -> Aftermath:
        """For each of `parts`: two callers dial, and at a random moment of their calls it is killed."""
        waiting: set[str] = set()
        for part in parts:
            moment = rng.uniform(0.0, 4.0)
            waiting |= self._call(rng)
            Event().wait(moment)
            self._done.append(f"{part} after {moment:.2f} s")
            _kill(self._stand, part, rng)
            _thank(self._stand, waiting)
        until(lambda: not _thank(self._stand, waiting), SETTLING, "every caller has talked to somebody", every=0.5)
        until(lambda: self._stand.phones.busy() == 0, SETTLING, "everybody has hung up")
        return look(self._stand, self._done, self._callers)

    def _call(self, rng: Random) -> set[str]:
        new = [next(self._numbers) for _ in range(CALLERS_A_KILL)]
        self._callers += len(new)
        self._stand.phones.add([{"number": one, "dial_after": round(rng.uniform(0.0, 1.5), 3)} for one in new])
        return set(new)


def _thank(stand: Stand, waiting: set[str]) -> set[str]:
    """Whoever has talked to somebody hangs up; returns who still waits."""
    for number in served(stand.phones.stats(), datetime.now(UTC)) & waiting:
        waiting.discard(number)
        with contextlib.suppress(PhonesRefused):
            stand.phones.act(number, "hang-up")
    return waiting


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
