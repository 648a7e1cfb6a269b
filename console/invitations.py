"""Invitations: a link that is good once, for some days, by which somebody of the roster makes a passkey."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from console.tokens import hash_of
from helpline import journal
from helpline.database import Work
from helpline.tables import Invitation, Person

LASTS = timedelta(days=7)


def invite(work: Work, person: UUID, token: str) -> None:
    """Whoever has `token` may make a passkey for `person`. An earlier invitation of theirs is good no longer."""
    work.session.execute(
        update(Invitation)
        .where(Invitation.person_id == person, Invitation.used_at.is_(None))
        .values(used_at=work.now)
    )
    work.session.add(
        Invitation(
            id=work.new_id(),
            person_id=person,
            token_hash=hash_of(token),
            made_at=work.now,
            expires_at=work.now + LASTS,
        )
    )
    work.session.flush()
    journal.note(work, "console.invited", person=person)


def invited(work: Work, token: str, *, to_use: bool = False) -> Person | None:
    """Who was invited with it; None if it is good no longer. `to_use` locks it, so that it is used once."""
    open_one = select(Invitation).where(
        Invitation.token_hash == hash_of(token), Invitation.used_at.is_(None), Invitation.expires_at > work.now
    )
    row = work.session.scalar(open_one.with_for_update() if to_use else open_one)
    if row is None:
        return None
    person = work.session.get_one(Person, row.person_id)
    return person if person.active else None


def use(work: Work, token: str) -> None:
    """The invitation has served."""
    used = update(Invitation).where(Invitation.token_hash == hash_of(token))
    work.session.execute(used.values(used_at=work.now))
