"""Who is signed in: kept at the server, ended by signing out, by time, and by being off the roster."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from console.tokens import hash_of
from helpline import journal
from helpline.database import Work
from helpline.tables import Person, SignedIn

LASTS = timedelta(hours=14)
"""Longer than any shift."""
IDLE = timedelta(hours=4)
SEEN_EVERY = timedelta(minutes=1)
"""How often it is written down that somebody is still there: not with every request."""


def begin(work: Work, person: UUID, token: str) -> None:
    """Somebody has proven who they are: `token` is theirs from now on."""
    work.session.add(
        SignedIn(id=work.new_id(), person_id=person, token_hash=hash_of(token), made_at=work.now, seen_at=work.now)
    )
    journal.note(work, "console.signed_in", person=person)


def whose(work: Work, token: str) -> Person | None:
    """Who is signed in with it now."""
    row = work.session.scalar(select(SignedIn).where(SignedIn.token_hash == hash_of(token)))
    if row is None or row.ended_at is not None:
        return None
    if work.now - row.made_at > LASTS or work.now - row.seen_at > IDLE:
        return None
    person = work.session.get_one(Person, row.person_id)
    if not person.active:
        return None
    if work.now - row.seen_at > SEEN_EVERY:
        row.seen_at = work.now
    return person


def end(work: Work, token: str) -> None:
    """Whoever was signed in with it no longer is."""
    ended = update(SignedIn).where(SignedIn.token_hash == hash_of(token), SignedIn.ended_at.is_(None))
    person = work.session.scalar(ended.values(ended_at=work.now).returning(SignedIn.person_id))
    if person is not None:
        journal.note(work, "console.signed_out", person=person)


def end_all(work: Work, person: UUID) -> None:
    """Somebody is signed out everywhere."""
    work.session.execute(
        update(SignedIn).where(SignedIn.person_id == person, SignedIn.ended_at.is_(None)).values(ended_at=work.now)
    )
    journal.note(work, "console.signed_out", person=person)
