"""Locks that are taken in one order by everybody: whoever keeps to it waits, and never forever."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, text

from helpline.database import Work
from helpline.tables import Contact, Leg

CONTACT_AND_LEG = (
    select(Contact, Leg)
    .join(Leg, Leg.contact_id == Contact.id)
    .with_for_update(of=(Contact, Leg), key_share=True)
    .execution_options(populate_existing=True)
)
ROTA = text("SELECT pg_advisory_xact_lock(hashtext('rota'))")
RESCUE_NUMBERS = text("SELECT pg_advisory_xact_lock(hashtext('rescue'))")


def lock_rota(work: Work) -> None:
    """Let nobody else change the rota by text or by a table, or what is asked about it, until this transaction ends."""
    work.session.execute(ROTA)


def lock_rescue_numbers(work: Work) -> None:
    """Let nobody else give a rescue its number until this transaction ends. Its contact is locked before."""
    work.session.execute(RESCUE_NUMBERS)


def lock_leg(work: Work, which: ColumnElement[bool]) -> tuple[Contact, Leg] | None:
    """The leg that `which` names and its contact, locked and read anew; None if there is no such leg.

    A leg that went on to another contact while its lock was waited for is found there by looking again.
    """
    query = CONTACT_AND_LEG.where(which)
    found = work.session.execute(query).first() or work.session.execute(query).first()
    return None if found is None else (found[0], found[1])
