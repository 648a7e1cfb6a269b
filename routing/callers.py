"""The short name by which a caller is spoken of without their number: the first letters of their row's id."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy import String, cast, func, select

from helpline.database import Work
from helpline.tables import Caller

LENGTH = 8
KEY = re.compile(rf"^[0-9a-f]{{{LENGTH},32}}$")


class NoCaller(Exception):
    """The key does not name exactly one caller; the text says what is wrong with it."""


def key_of(caller: UUID) -> str:
    """How `helpline explain` and the other commands name a caller."""
    return caller.hex[:LENGTH]


def by_key(work: Work, key: str) -> Caller:
    """The caller whom `key` names. NoCaller if it names nobody, or more than one; then a longer key decides."""
    wanted = key.strip().lower().replace("-", "")
    if not KEY.match(wanted):
        raise NoCaller(f"a caller is named by {LENGTH} letters from 0 to f, as `helpline explain` shows them")
    row = func.replace(cast(Caller.id, String), "-", "")
    found = work.session.scalars(select(Caller).where(row.startswith(wanted)).limit(2)).all()
    if not found:
        raise NoCaller(f"there is no caller {wanted}")
    if len(found) > 1:
        raise NoCaller(f"{wanted} names more than one caller; give more letters of the id")
    return found[0]
