"""What every test shares: one PostgreSQL and one Redis for each worker, a world to play in, and no error unnoticed."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import Engine

from entrypoints.drill.world import World
from entrypoints.migrate import upgrade
from escalation.risk import Lexicon, load_lexicon
from helpline import log
from helpline.database import connect
from helpline.embedded import Embedded, Servers

ROOT = Path(__file__).resolve().parent.parent
DEMO_LINE = ROOT / "lines" / "demo.toml"

MakeWorld = Callable[..., World]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "expects_errors: the test makes something fail that is logged as an error")
    config.addinivalue_line("markers", "long: takes most of a minute, and is begun first")
    settings.register_profile("unhurried", deadline=None)  # how fast something is, bench/ says: the machine may be busy
    settings.load_profile("unhurried")
    gc.set_threshold(100_000, 20, 20)  # looking for garbage as often as usual takes a tenth of the time


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests come first with every worker, each of which takes an even share of the list, in order."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [item for item in items if item.get_closest_marker("long")]
    others = iter([item for item in items if not item.get_closest_marker("long")])
    shared: list[pytest.Item] = []
    for worker in range(workers):
        share = (len(items) - len(shared)) // (workers - worker)
        first = long[worker::workers]
        shared += [*first, *itertools.islice(others, share - len(first))]
    items[:] = shared


@pytest.fixture(scope="session", autouse=True)
def _logs() -> None:
    log.configure()


@pytest.fixture(autouse=True)
def logged_errors(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Every error logged while the test ran. One that nobody expected fails it.

    A test expects errors with the marker `expects_errors`, or by taking those it has looked at out of this list.
    """
    errors: list[str] = []
    with log.watch_errors(errors.append):
        yield errors
    if errors and request.node.get_closest_marker("expects_errors") is None:
        pytest.fail(f"{len(errors)} errors were logged, first: {errors[0]}", pytrace=False)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL and Redis of this worker alone, migrated; they forget everything at the end."""
    place = Path(tempfile.mkdtemp(prefix="helpline-tests-", dir="/tmp"))
    place.chmod(0o711)
    try:
        with Embedded(place, durable=False) as started:
            upgrade(started.database_url)
            yield started
    finally:
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def database_url(servers: Servers) -> str:
    return servers.database_url


@pytest.fixture(scope="session")
def redis_url(servers: Servers) -> str:
    return servers.redis_url


@pytest.fixture(scope="session")
def engine(servers: Servers) -> Iterator[Engine]:
    """The migrated database. A world empties it; whoever writes to it without one starts by emptying it too."""
    made = connect(servers.database_url, ping=False)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return load_lexicon()


@pytest.fixture
def make_world(engine: Engine, lexicon: Lexicon) -> MakeWorld:
    """Makes a world on the demonstration line: real door, ticker and database, an exchange, one virtual clock."""

    def make(line_path: Path = DEMO_LINE, start: datetime | None = None, **more: Any) -> World:
        begins = {} if start is None else {"start": start}
        return World(engine, more.pop("lexicon", lexicon), line_path, **begins, **more)

    return make
