"""The journal: every transition with its reasons, in the commit that made it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from helpline.database import Work


def note(
    work: Work,
    what: str,
    *,
    contact: UUID | None = None,
    person: UUID | None = None,
    **reasons: Any,
) -> None:
    """Append what happened. `reasons` are ids, figures, states and rule names: never a number, never a text."""
    work.notes.append({"at": work.now, "what": what, "contact_id": contact, "person_id": person, "reasons": reasons})
