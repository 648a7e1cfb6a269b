"""What the line stands on beside its database: whether Redis answers, and how much of the disk is free."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import redis

from escalation.audit import Ground


@dataclass(frozen=True)
class GroundFloor:
    """Looks at both. It takes at most as long as `client` waits, a quarter of a second."""

    client: redis.Redis
    folder: Path

    def __call__(self) -> Ground:
        return Ground(redis_answers=self._redis_answers(), disk_free_percent=self._disk_free_percent())

    def _redis_answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False

    def _disk_free_percent(self) -> float | None:
        """Of the disk that holds the data folder; None if there is no such folder here."""
        try:
            usage = shutil.disk_usage(self.folder)
        except OSError:
            return None
        return 100 * usage.free / usage.total if usage.total else None
