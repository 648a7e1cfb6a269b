"""Seals everything anew with the current key, so that the old one can be thrown away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from helpline.database import Work
from helpline.log import logger
from helpline.privacy import (
    Place,
    SealBroken,
    caller_number,
    command_words,
    message_words,
    person_number,
    withheld,
)
from helpline.tables import Caller, CommandRow, Message, Person

log = logger(__name__)


@dataclass(frozen=True)
class Resealed:
    """How many values were sealed anew, and how many could not be opened with any key and were left alone."""

    done: int = 0
    unreadable: int = 0

    def __add__(self, other: Resealed) -> Resealed:
        return Resealed(self.done + other.done, self.unreadable + other.unreadable)


def rekey(work: Work) -> Resealed:
    """Seal every number and every text with the first key, and look numbers up by it. Doing it twice is harmless.

    Calls and texts go on meanwhile: a value that somebody changed since it was read is left as they wrote it.
    """
    numbers = _reseal(work, Person, "number", person_number, _by_number)
    numbers += _reseal(work, Caller, "number", caller_number, _by_number)
    _look_up_withheld(work)
    words = _reseal(work, Message, "words", message_words) + _reseal(work, CommandRow, "words", command_words)
    return numbers + words


def _by_number(work: Work, number: str) -> dict[str, bytes]:
    return {"number_key": work.vault.fingerprint(number)}


def _reseal(
    work: Work,
    table: Any,
    column: str,
    place: Callable[[UUID], Place],
    more: Callable[[Work, str], dict[str, bytes]] = lambda _, __: {},
) -> Resealed:
    sealed_in = getattr(table, column)
    total = Resealed()
    rows = work.session.execute(select(table.id, sealed_in).where(sealed_in.is_not(None)).order_by(table.id)).all()
    for row, sealed in rows:
        if work.vault.is_current(sealed):
            continue
        try:
            words = work.vault.open(sealed, place(row))
        except SealBroken as fault:
            log.warning("rekey.unreadable", fault=fault)
            total += Resealed(unreadable=1)
            continue
        anew = {column: work.vault.seal(words, place(row)), **more(work, words)}
        changed = work.session.execute(
            update(table).where(table.id == row, sealed_in == sealed).values(anew).returning(table.id)
        ).first()
        total += Resealed(done=1 if changed else 0)
    return total


def _look_up_withheld(work: Work) -> None:
    """Callers without a number have a key of their own making, which can be made again."""
    for row, key in work.session.execute(select(Caller.id, Caller.number_key).where(Caller.number.is_(None))).all():
        if key in work.vault.fingerprints(withheld(row)):
            anew = work.vault.fingerprint(withheld(row))
            work.session.execute(update(Caller).where(Caller.id == row).values(number_key=anew))
