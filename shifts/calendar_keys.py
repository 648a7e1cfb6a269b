"""The secret addresses of people's own calendars: one each, known to nobody but them, and ended at any time."""

from __future__ import annotations

import hashlib
import re
from uuid import UUID

from sqlalchemy import delete, select

from helpline import journal
from helpline.database import Work
from helpline.tables import CalendarKey, Person

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
"""32 random bytes, as they stand in an address."""


def renew(work: Work, person: UUID, token: str) -> None:
    """From now on `token` (32 random bytes, urlsafe) is the address of their calendar; an older one has ended.

    Only its hash is kept: whoever reads the database cannot tell the address.
    """
    if not TOKEN.fullmatch(token):
        raise ValueError("a token is 32 bytes, urlsafe")
    work.session.execute(delete(CalendarKey).where(CalendarKey.person_id == person))
    work.session.add(CalendarKey(person_id=person, hash=_hash(token), made_at=work.now))
    work.session.flush()
    journal.note(work, "calendar.renewed", person=person)


def revoke(work: Work, person: UUID) -> bool:
    """End the address of their calendar. False if there was none."""
    ended = work.session.scalar(
        delete(CalendarKey).where(CalendarKey.person_id == person).returning(CalendarKey.person_id)
    )
    if ended is not None:
        journal.note(work, "calendar.revoked", person=person)
    return ended is not None


def owner(work: Work, token: str) -> UUID | None:
    """Whose calendar it is: somebody of the roster, or nobody.

    Every token costs the same: it is hashed and looked up once, whatever it looks like. How far a guess agrees with a
    hash tells nothing about the token of that hash.
    """
    found = select(CalendarKey.person_id).join(Person, Person.id == CalendarKey.person_id)
    return work.session.scalar(found.where(CalendarKey.hash == _hash(token), Person.active))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
