"""A database for drills: one of its own, empty, and gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from entrypoints.migrate import upgrade
from helpline.database import connect
from helpline.embedded import Embedded


@contextmanager
def drill_database(folder: Path) -> Iterator[Engine]:
    """A migrated database on a server started for it, which forgets everything at the end."""
    with Embedded(folder, redis=False, durable=False) as servers:
        upgrade(servers.database_url)
        engine = connect(servers.database_url, ping=False)
        try:
            yield engine
        finally:
            engine.dispose()
