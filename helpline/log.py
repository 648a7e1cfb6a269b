"""Logs with an allow-list of fields: no number, no text and no name ever reaches one."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog

ALLOWED = frozenset(
    """
event level room timestamp contact offer leg person page case command timer kind state status problem where
attempts seconds count line version webhook code pid process queue due reason
    """.split()  # noqa: SIM905 - a list of names reads best as one
)


_watchers: list[Callable[[str], None]] = []


def configure(*, machine: bool = False) -> None:
    """Log to standard error: a readable line each, or JSON for a machine."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            _place_of_fault,
            only_allowed,
            _tell_watchers,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer()
            if machine
            else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=24),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    for noisy in ("twilio", "urllib3", "werkzeug", "sqlalchemy", "rq", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


@contextmanager
def watch_errors(tell: Callable[[str], None]) -> Iterator[None]:
    """While this lasts, tell of every error that is logged: its event and where it came from."""
    _watchers.append(tell)
    try:
        yield
    finally:
        _watchers.remove(tell)


def _tell_watchers(_: Any, level: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if level in {"error", "critical"}:
        for tell in _watchers:
            tell(f"{fields.get('event')} {fields.get('problem', '')} {fields.get('where', '')}".strip())
    return fields


def logger(name: str) -> Any:
    return structlog.get_logger(room=name.split(".", maxsplit=1)[0])


def only_allowed(_: Any, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not on the list, and say how many were dropped."""
    kept = {name: value for name, value in fields.items() if name in ALLOWED}
    if len(kept) < len(fields):
        kept["withheld"] = len(fields) - len(kept)
    return kept


def _place_of_fault(_: Any, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its type and the places it passed: its message may quote somebody."""
    fault = fields.pop("fault", None)
    if isinstance(fault, BaseException):
        frames = traceback.extract_tb(fault.__traceback__)[-6:]
        fields["problem"] = type(fault).__name__
        fields["where"] = " < ".join(
            f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}" for frame in reversed(frames)
        )
    return fields
