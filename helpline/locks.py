"""The order in which rows are locked: the contact first, then its leg. Whoever keeps to it waits, and never forever."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from helpline.database import Work
from helpline.tables import Contact, Leg

CONTACT_AND_LEG = (
    select(Contact, Leg)
    .join(Leg, Leg.contact_id == Contact.id)
    .with_for_update(of=(Contact, Leg), key_share=True)
    .execution_options(populate_existing=True)
)


def lock_leg(work: Work, which: ColumnElement[bool]) -> tuple[Contact, Leg] | None:
    """The leg that `which` names and its contact, locked and read anew; None if there is no such leg.

    A leg that went on to another contact while its lock was waited for is found there by looking again.
    """
    query = CONTACT_AND_LEG.where(which)
    found = work.session.execute(query).first() or work.session.execute(query).first()
    return None if found is None else (found[0], found[1])
