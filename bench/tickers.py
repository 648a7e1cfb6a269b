"""How many offers a second one ticker makes, and four: as processes, on one database, with nobody dialled.

    .venv/bin/python bench/tickers.py

Each run opens 200 contacts over four queues with 200 peers, and counts until everybody has been asked.
"""

from __future__ import annotations

import multiprocessing
import shutil
import statistics
import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy import func, select

from carrier.dispatch import Dispatcher
from entrypoints.bench.crowd import fictional
from entrypoints.line import apply
from entrypoints.migrate import upgrade
from entrypoints.people import Recruit, enlist
from entrypoints.tick import Ticker
from helpline import timers
from helpline.clock import SystemClock
from helpline.database import Database, connect
from helpline.embedded import Embedded
from helpline.hours import WHOLE_DAY
from helpline.nouns import Channel, Role, TimerKind
from helpline.privacy import Vault
from helpline.settings import ROOT
from helpline.tables import Offer
from routing.contacts import find_caller, receive

QUEUES = ("support", "north", "south", "west")
CONTACTS, RUNS = 200, 3
DEMO = ROOT / "lines" / "demo.toml"


class NoOutbox(Dispatcher):
    """Rings are left in the outbox: only the matching is measured."""

    def __init__(self) -> None:
        pass

    def drain(self) -> int:
        return 0


def four_queues() -> str:
    """The demonstration line with its queue three times more."""
    text = DEMO.read_text(encoding="utf-8")
    start, end = text.index("[queues.support]"), text.index("[capacity]")
    more = "".join(text[start:end].replace("queues.support", f"queues.{name}") for name in QUEUES[1:])
    return text[:end] + more + text[end:]


def database_at(url: str) -> Database:
    return Database(
        connect(url), clock=SystemClock(), vault=Vault([b"bench" * 7]), new_id=uuid.uuid4, doorbell=lambda: None
    )


def keep_ticking(url: str, begin: multiprocessing.synchronize.Event) -> None:
    ticker = Ticker(database_at(url), NoOutbox())
    begin.wait()
    while True:
        if not ticker.tick():
            time.sleep(0.005)


def offers_per_second(url: str, tickers: int) -> float:
    """Open the contacts, let so many tickers run, and count until each is offered. Raises if one is offered twice."""
    database = database_at(url)
    numbers = fictional(600)
    with database.work() as work:
        for number in range(CONTACTS):
            contact = receive(work, find_caller(work, next(numbers)), Channel.VOICE)
            contact.queue = QUEUES[number % len(QUEUES)]
        for queue in QUEUES:
            timers.bring_forward(work, TimerKind.MATCH, queue, work.now)
    begin = multiprocessing.Event()
    crowd = [multiprocessing.Process(target=keep_ticking, args=(url, begin), daemon=True) for _ in range(tickers)]
    for one in crowd:
        one.start()
    time.sleep(3)  # they import and connect before the clock starts
    began = time.perf_counter()
    begin.set()
    made = 0
    while made < CONTACTS:
        time.sleep(0.005)
        with database.work() as work:
            made = work.session.scalar(select(func.count()).select_from(Offer)) or 0
    took = time.perf_counter() - began
    with database.work() as work:
        if work.session.scalar(select(func.count(func.distinct(Offer.contact_id)))) != made:
            raise AssertionError("a contact was offered twice")
    for one in crowd:
        one.terminate()
        one.join()
    return CONTACTS / took


def fresh(folder: Path, tickers: int) -> float:
    with Embedded(folder, durable=False) as servers:
        upgrade(servers.database_url)
        line = folder / "four.toml"
        line.write_text(four_queues(), encoding="utf-8")
        with database_at(servers.database_url).work() as work:
            apply(work, line)
            enlist(work, _peers())
        return offers_per_second(servers.database_url, tickers)


def _peers() -> Sequence[Recruit]:
    numbers = zip(fictional(300), range(CONTACTS), strict=False)
    return [Recruit(f"Peer {n}", Role.PEER, ("en",), number, hours=(WHOLE_DAY,)) for number, n in numbers]


def main() -> None:
    for tickers in (1, 2, 4):
        rates = []
        for _ in range(RUNS):
            folder = Path(tempfile.mkdtemp(prefix="helpline-tickers-", dir="/tmp"))
            folder.chmod(0o711)
            try:
                rates.append(fresh(folder, tickers))
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        click.echo(f"{tickers} tickers: {statistics.median(rates):.0f} offers a second, no contact offered twice")


if __name__ == "__main__":
    main()
