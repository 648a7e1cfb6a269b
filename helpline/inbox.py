"""Webhooks already handled: a retry gets the same bytes and changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from enum import Enum
from typing import cast

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from helpline.database import Work
from helpline.tables import Received

RETRY_WINDOW = timedelta(minutes=10)
RECEIVED = cast(Table, Received.__table__)
CLAIM = (
    insert(RECEIVED)
    .values(key=bindparam("key"), at=bindparam("at"), reply=bindparam("reply"))
    .on_conflict_do_nothing()
    .returning(RECEIVED.c.key)
)
KEEP = update(RECEIVED).where(RECEIVED.c.key == bindparam("of")).values(reply=bindparam("reply"))


class Replayed(Exception):
    """A signed request came again long after a carrier would have retried it."""


class First(Enum):
    """Nobody has handled this request before."""

    TIME = "first time"


def key_of(path: str, form: Iterable[tuple[str, str]]) -> bytes:
    """The key of a request: a hash of what the carrier signed, joined as it joins it.

    Fields that are doubled, reordered or cut in another place have the same signature, and so the same key.
    """
    signed = path + "".join(name + value for name, value in sorted(set(form)))
    return hashlib.sha256(signed.encode()).digest()


def claim(work: Work, key: bytes, usual: str = "") -> str | First:
    """First.TIME if the request is new, else the reply it got. A second copy waits here for the first to commit.

    The `usual` reply, which most requests get, is kept at once; any other with `keep_reply`.
    Raises Replayed when the first was handled more than ten minutes ago.
    """
    new = work.session.connection().execute(CLAIM, {"key": key, "at": work.now, "reply": usual})
    if new.first():
        return First.TIME
    row = work.session.execute(select(Received.at, Received.reply).where(Received.key == key)).one()
    if work.now - row.at > RETRY_WINDOW:
        raise Replayed
    return str(row.reply)


def keep_reply(work: Work, key: bytes, reply: str) -> None:
    work.session.connection().execute(KEEP, {"of": key, "reply": reply})


def forget(work: Work, older_than: timedelta) -> None:
    work.session.execute(delete(Received).where(Received.at < work.now - older_than))
