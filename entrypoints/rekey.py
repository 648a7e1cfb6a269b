"""Seals everything anew with the current key, so that the old one can be thrown away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from helpline.database import Database, Work
from helpline.log import logger
from helpline.privacy import (
    Place,
    SealBroken,
    caller_number,
    command_words,
    message_words,
    opening_approved_words,
    opening_asked_words,
    person_number,
    plan_notes,
    rescue_end_words,
    rescue_place,
    step_words,
    withheld,
)
from helpline.tables import Caller, CarePlan, CommandRow, Message, Opening, Person, Rescue, RescueStep

BATCH = 200
FIRST = UUID(int=0)
log = logger(__name__)


@dataclass(frozen=True)
class Resealed:
    """How many values were sealed anew, and how many no key opens; those are left alone."""

    done: int = 0
    unreadable: int = 0

    def __add__(self, other: Resealed) -> Resealed:
        return Resealed(self.done + other.done, self.unreadable + other.unreadable)


@dataclass(frozen=True)
class Sealed:
    """A column of sealed values, and whether its row is looked up by what was sealed."""

    table: Any
    column: str
    place: Callable[[UUID], Place]
    has_key: bool = False

    @property
    def value(self) -> Any:
        return getattr(self.table, self.column)


EVERYTHING = (
    Sealed(Person, "number", person_number, has_key=True),
    Sealed(Caller, "number", caller_number, has_key=True),
    Sealed(Message, "words", message_words),
    Sealed(CommandRow, "words", command_words),
    Sealed(CarePlan, "notes", plan_notes),
    Sealed(Rescue, "place", rescue_place),
    Sealed(Rescue, "end_words", rescue_end_words),
    Sealed(RescueStep, "words", step_words),
    Sealed(Opening, "asked_words", opening_asked_words),
    Sealed(Opening, "approved_words", opening_approved_words),
)


def rekey(database: Database) -> Resealed:
    """Seal every number and every text with the first key, and look numbers up by it. Doing it twice is harmless.

    The line goes on working: few rows are locked at a time, and what somebody changes meanwhile stays as they wrote it.
    """
    total = Resealed()
    for sealed in EVERYTHING:
        last: UUID | None = FIRST
        while last is not None:
            with database.work() as work:
                found, last = _batch(work, sealed, last)
            total += found
    with database.work() as work:
        _look_up_withheld(work)
    return total


def _batch(work: Work, sealed: Sealed, after: UUID) -> tuple[Resealed, UUID | None]:
    """Seal some rows anew. Returns the last row looked at, None if there are no more."""
    rows = work.session.execute(
        select(sealed.table.id, sealed.value)
        .where(sealed.value.is_not(None), sealed.table.id > after)
        .order_by(sealed.table.id)
        .limit(BATCH)
    ).all()
    total = Resealed()
    for row, value in rows:
        if not work.vault.is_current(value):
            total += _anew(work, sealed, row, value)
    return total, rows[-1][0] if rows else None


def _anew(work: Work, sealed: Sealed, row: UUID, value: bytes) -> Resealed:
    place = sealed.place(row)
    try:
        words = work.vault.open(value, place)
    except SealBroken as fault:
        log.warning("rekey.unreadable", fault=fault)
        return Resealed(unreadable=1)
    mine = update(sealed.table).where(sealed.table.id == row, sealed.value == value).returning(sealed.table.id)
    anew = {sealed.column: work.vault.seal(words, place)}
    key = {"number_key": work.vault.fingerprint(words)} if sealed.has_key else {}
    try:
        with work.session.begin_nested():
            changed = work.session.execute(mine.values({**anew, **key})).first()
    except IntegrityError:
        # The same number came in again under the new key alone: that row is the one to be found from now on.
        changed = work.session.execute(mine.values(anew)).first()
    return Resealed(done=1 if changed else 0)


def _look_up_withheld(work: Work) -> None:
    """Callers without a number have a key of their own making, which can be made again."""
    for row, key in work.session.execute(select(Caller.id, Caller.number_key).where(Caller.number.is_(None))).all():
        if key in work.vault.fingerprints(withheld(row)):
            anew = work.vault.fingerprint(withheld(row))
            work.session.execute(update(Caller).where(Caller.id == row).values(number_key=anew))
