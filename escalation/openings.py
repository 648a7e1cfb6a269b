"""What two people open of a caller: their number, and the place where they are. Each opening is a row, and journalled.

Every function expects the rescue's contact locked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from helpline import journal
from helpline.database import Work
from helpline.nouns import Secret
from helpline.privacy import caller_number, opening_approved_words, opening_asked_words, rescue_place
from helpline.tables import Caller, Contact, Opening, Rescue


@dataclass(frozen=True)
class Agreeing:
    """One of the two, and their own words."""

    person: UUID
    words: str


def ask(work: Work, rescue: Rescue, person: UUID, words: str, whats: Sequence[Secret] = tuple(Secret)) -> None:
    """`person` asks, in their own words, that these be opened."""
    for what in whats:
        row_id = work.new_id()
        sealed = work.vault.seal(words, opening_asked_words(row_id))
        work.session.add(
            Opening(
                id=row_id,
                rescue_id=rescue.id,
                what=what,
                asked_by=person,
                asked_at=work.now,
                asked_words=sealed,
            )
        )
    work.session.flush()


def approve(work: Work, rescue: Rescue, person: UUID, words: str) -> None:
    """Somebody else agrees, in their own words, to what is asked."""
    for row in _asked(work, rescue):
        row.approved_by, row.approved_at = person, work.now
        row.approved_words = work.vault.seal(words, opening_approved_words(row.id))
    work.session.flush()


def agree(work: Work, rescue: Rescue, what: Secret, asked: Agreeing, approved: Agreeing) -> None:
    """Two people agree at once, beside whatever is asked by text."""
    row_id = work.new_id()
    work.session.add(
        Opening(
            id=row_id,
            rescue_id=rescue.id,
            what=what,
            asked_by=asked.person,
            asked_at=work.now,
            asked_words=work.vault.seal(asked.words, opening_asked_words(row_id)),
            approved_by=approved.person,
            approved_at=work.now,
            approved_words=work.vault.seal(approved.words, opening_approved_words(row_id)),
        )
    )
    work.session.flush()


def take_back(work: Work, rescue: Rescue) -> None:
    """What was asked and not approved is not asked any more."""
    for row in _asked(work, rescue):
        work.session.delete(row)
    work.session.flush()


def show(
    work: Work, contact: Contact, rescue: Rescue, what: Secret, reader: UUID, *, by: tuple[UUID, UUID]
) -> str | None:
    """Open it for `reader`, as the two of `by`, who asked and who approved, have agreed.

    None, and nothing is opened, if the line does not have it.
    """
    value = _value(work, contact, rescue, what)
    if value is None:
        return None
    row = _agreed(work, rescue, what, by)
    row.opened_at, row.seen_by = work.now, reader
    work.session.flush()
    journal.note(
        work,
        f"opening.{what}",
        contact=contact.id,
        person=reader,
        why="two people agreed to it",
        rescue=str(rescue.id),
        opening=str(row.id),
        asked_by=str(row.asked_by),
        approved_by=str(row.approved_by),
    )
    return value


def _value(work: Work, contact: Contact, rescue: Rescue, what: Secret) -> str | None:
    if what is Secret.PLACE:
        return work.vault.open(rescue.place, rescue_place(rescue.id)) if rescue.place is not None else None
    caller = work.session.get_one(Caller, contact.caller_id)
    return work.vault.open(caller.number, caller_number(caller.id)) if caller.number is not None else None


def _asked(work: Work, rescue: Rescue) -> Sequence[Opening]:
    return work.session.scalars(
        select(Opening).where(Opening.rescue_id == rescue.id, Opening.approved_at.is_(None)).order_by(Opening.id)
    ).all()


def _agreed(work: Work, rescue: Rescue, what: Secret, by: tuple[UUID, UUID]) -> Opening:
    """The latest agreement of these two to open it; a row like it where that one has been used. Raises if none is."""
    agreed = select(Opening).where(
        Opening.rescue_id == rescue.id, Opening.what == what, Opening.asked_by == by[0], Opening.approved_by == by[1]
    )
    last = work.session.scalars(agreed.order_by(Opening.approved_at.desc(), Opening.asked_at.desc()).limit(1)).one()
    return last if last.opened_at is None else _again(work, last)


def _again(work: Work, used: Opening) -> Opening:
    """Each time something is shown has a row of its own."""
    row_id = work.new_id()
    row = Opening(
        id=row_id,
        rescue_id=used.rescue_id,
        what=used.what,
        asked_by=used.asked_by,
        asked_at=used.asked_at,
        approved_by=used.approved_by,
        approved_at=used.approved_at,
    )
    if used.asked_words is not None:
        words = work.vault.open(used.asked_words, opening_asked_words(used.id))
        row.asked_words = work.vault.seal(words, opening_asked_words(row_id))
    if used.approved_words is not None:
        words = work.vault.open(used.approved_words, opening_approved_words(used.id))
        row.approved_words = work.vault.seal(words, opening_approved_words(row_id))
    work.session.add(row)
    return row
