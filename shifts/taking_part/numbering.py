"""Short numbers for single shifts, by which people speak of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, tuple_

from helpline.database import Work
from helpline.tables import ShiftNumber

Key = tuple[UUID, date]
LARGEST = 2**31 - 1
"""No number is larger: the database could not hold it."""


def numbers_of(work: Work, shifts: Iterable[Key]) -> Mapping[Key, int]:
    """The number of each of these shifts; whichever has none yet is given the next, in this order.

    The rota's lock must be held: numbers are given by one transaction at a time.
    """
    wanted = list(dict.fromkeys(shifts))
    known = _known(work, wanted)
    last = work.session.scalar(select(func.max(ShiftNumber.number))) or 0
    for number, (shift, day) in enumerate((key for key in wanted if key not in known), start=last + 1):
        work.session.add(ShiftNumber(number=number, shift_id=shift, on_day=day))
        known[shift, day] = number
    work.session.flush()
    return known


def shift_of(work: Work, number: int) -> Key | None:
    """The shift that was listed under this number, if it is still in the rota."""
    found = work.session.get(ShiftNumber, number) if number <= LARGEST else None
    return None if found is None or found.shift_id is None else (found.shift_id, found.on_day)


def _known(work: Work, wanted: list[Key]) -> dict[Key, int]:
    rows = select(ShiftNumber.shift_id, ShiftNumber.on_day, ShiftNumber.number).where(
        tuple_(ShiftNumber.shift_id, ShiftNumber.on_day).in_(wanted)
    )
    return {(shift, day): number for shift, day, number in work.session.execute(rows) if shift is not None}
