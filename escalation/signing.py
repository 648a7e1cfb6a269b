"""Signing grave contacts: whoever held one says how it ended, and a supervisor or clinician who did not signs it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from escalation import cases, rescues
from helpline import outbox, timers
from helpline.closing_policy import Closing
from helpline.database import Work
from helpline.line import Line
from helpline.nouns import ContactState, OfferState, SignOffState, Tier, TimerKind
from helpline.tables import Contact, Person, SignOff
from routing import closing, offers, sign_off
from routing.closing import Filing
from routing.contacts import close_if_filed, let_ladder_look
from routing.moves import lock_contact, move_sign_off, offers_of
from shifts.roster import coordinators, roster, supervisors_on_shift


class Refused(Exception):
    """It cannot be done; `key` is the line's words for why, `lacks` what would have to be said first."""

    def __init__(self, key: str, lacks: str = "") -> None:
        super().__init__(key)
        self.key, self.lacks = key, lacks


def unsigned(work: Work) -> Sequence[SignOff]:
    """Everything that is not signed yet, the longest open first."""
    open_ones = select(SignOff).where(SignOff.state != SignOffState.SIGNED)
    return work.session.scalars(open_ones.order_by(SignOff.opened_at, SignOff.number)).all()


def file(work: Work, person: Person, number: int, words: Sequence[str]) -> SignOff:
    """Say how contact `number` ended. Raises Refused unless they held it, or may sign for others."""
    contact, row = _open(work, number)
    if person.id not in sign_off.had_by(work, contact.id) and person.role not in closing.SIGNERS:
        raise Refused("file_unknown")
    filing = closing.read_filing(words, _policy(work, contact))
    _note(contact, row, person, filing)
    if filing.disposition:
        for offer in offers_of(work, contact.id):
            if offer.person_id == person.id and offer.state is OfferState.WRAPPING:
                offers.complete(work, contact, offer, "filed")
        let_ladder_look(work, contact)
    sign_off.settle(work, contact)
    return row


def sign(work: Work, person: Person, number: int, words: Sequence[str] = ()) -> SignOff:
    """Sign contact `number`, filing with `words` what may be lacking. Raises Refused, and then files nothing.

    Earlier contacts of the same caller that nobody had are signed with it: whoever looked at this one knows of them.
    """
    contact, row = _open(work, number)
    filing = closing.read_filing(words, _policy(work, contact))
    held = sign_off.had_by(work, contact.id)
    lacks = closing.lacking(
        disposition=contact.disposition or filing.disposition, safety=row.safety or filing.safety, was_held=bool(held)
    )
    in_rescue = rescues.open_of(work, contact.id) is not None
    objection = closing.may_sign(person.role, person.id, held, lacks, in_rescue=in_rescue)
    if objection is not None:
        raise Refused(f"sign_{objection}", _lacking(work.line(contact.line_version_id), lacks))
    _note(contact, row, person, filing)
    _sign(work, contact, row, person, "signed")
    close_if_filed(work, contact)
    for other in (one for one in _earlier(work, contact) if rescues.open_of(work, one.id) is None):
        _note(other, _row(work, other), person, Filing(safety=row.safety))
        _sign(work, other, _row(work, other), person, "signed with the caller's later contact")
    return row


def give_back(work: Work, person: Person, number: int, question: str) -> None:
    """Ask whoever held contact `number` before signing it. Raises Refused."""
    contact, row = _open(work, number)
    held = sign_off.had_by(work, contact.id)
    objection = closing.may_sign(person.role, person.id, held, ())
    if objection is not None:
        raise Refused(f"sign_{objection}")
    if not held:
        raise Refused("sign_unheld")
    if row.state is SignOffState.READY:
        move_sign_off(work, row, SignOffState.LACKING, "whoever signs has a question", person.id)
    words = work.line().words("sign_returned", None, number=number, name=person.name, what=question)
    outbox.text_person(work, held[0], words, urgency=outbox.Urgency.NOTICE, contact=contact.id)
    timers.schedule(work, TimerKind.SIGN_OFF, row.id, work.now + _policy(work, contact).remind)


def due(work: Work, subject: str) -> datetime | None:
    """Timer: whoever has to file or sign is asked, again and again; after the stated time coordinators hear of it."""
    row = work.session.get(SignOff, UUID(subject))
    if row is None:
        return None
    contact = lock_contact(work, row.contact_id)
    work.session.refresh(row)
    if row.state is SignOffState.SIGNED:
        return None
    policy = _policy(work, contact)
    _ask(work, contact, row)
    if row.alarmed_at is None and work.now - row.opened_at >= policy.alarm:
        row.alarmed_at = work.now
        _tell(work, [one.id for one in coordinators(work)], contact, "sign_alarm", number=row.number)
    if row.alarmed_at is not None:
        return work.now + policy.remind
    return min(work.now + policy.remind, row.opened_at + policy.alarm)


def told(work: Work, contact: Contact, row: SignOff) -> str:
    """The contact in a few words, for whoever signs: nothing of what was said, and no number of a caller."""
    line = work.line(contact.line_version_id)
    risk = line.words_of_risk(Tier(contact.risk))
    parts = (contact.disposition or ("" if sign_off.had_by(work, contact.id) else contact.state), row.safety or "")
    held = [work.session.get_one(Person, one).name for one in sign_off.had_by(work, contact.id)]
    return f"{row.number}: {risk} {', '.join(part for part in (*parts, *held) if part)}".strip()


def _ask(work: Work, contact: Contact, row: SignOff) -> None:
    line, held = work.line(contact.line_version_id), sign_off.had_by(work, contact.id)
    lacks = sign_off.lacks_of(work, contact, row)
    facts: dict[str, str | int] = {
        "number": row.number,
        "risk": line.words_of_risk(Tier(contact.risk)),
        "what": _lacking(line, lacks),
        "have": ", ".join(_policy(work, contact).safety),
    }
    signers = _signers(work, row, held)
    if row.state is SignOffState.READY:
        _tell(work, signers, contact, "sign_asked", number=row.number, what=told(work, contact, row))
    elif not held:
        _tell(work, signers, contact, "sign_unheld", **facts)
    elif lacks:
        _tell(work, held[:1], contact, "file_asked", **facts)
    else:
        _tell(work, held[:1], contact, "sign_asked_back", **facts)


def _signers(work: Work, row: SignOff, held: Collection[UUID]) -> list[UUID]:
    """Supervisors on shift who did not hold it. Nobody is woken for a signature before it is an alarm."""
    now = roster(work)
    awake = [one for one in supervisors_on_shift(work) if one.id in now.coverage.on_shift or row.alarmed_at]
    return [one.id for one in awake if one.id not in held]


def _note(contact: Contact, row: SignOff, person: Person, filing: Filing) -> None:
    """What is filed later stands instead, until it is signed. How a contact left the line by itself is not filed."""
    if filing.disposition and contact.state in {ContactState.WRAP_UP, ContactState.CLOSED}:
        contact.disposition = filing.disposition
    if filing.safety:
        row.safety, row.checked_by = filing.safety, person.id


def _sign(work: Work, contact: Contact, row: SignOff, person: Person, why: str) -> None:
    if row.state is SignOffState.LACKING:
        move_sign_off(work, row, SignOffState.READY, "filed, with a safety check", person.id)
        work.session.flush()
    row.signed_by, row.signed_at = person.id, work.now
    move_sign_off(work, row, SignOffState.SIGNED, why, person.id)
    cases.decided(work, contact, "somebody has signed how it ended")
    timers.cancel(work, row.id, TimerKind.SIGN_OFF)
    work.session.flush()


def _earlier(work: Work, contact: Contact) -> Sequence[Contact]:
    """Contacts of the same caller that left the line before anybody had them, and are not signed."""
    over = (ContactState.ABANDONED, ContactState.DIVERTED)
    earlier = (
        select(Contact)
        .join(SignOff, SignOff.contact_id == Contact.id)
        .where(
            Contact.caller_id == contact.caller_id,
            Contact.state.in_(over),
            Contact.arrived_at <= contact.arrived_at,
            Contact.id != contact.id,
            SignOff.state != SignOffState.SIGNED,
        )
    )
    return work.session.scalars(earlier.order_by(Contact.id).with_for_update(of=Contact, skip_locked=True)).all()


def _open(work: Work, number: int) -> tuple[Contact, SignOff]:
    """The contact, locked, and its sign-off, which is not signed. Raises Refused."""
    row = work.session.scalar(select(SignOff).where(SignOff.number == number))
    if row is None:
        raise Refused("sign_unknown")
    contact = lock_contact(work, row.contact_id)
    work.session.refresh(row)
    if row.state is SignOffState.SIGNED:
        raise Refused("sign_unknown")
    return contact, row


def _row(work: Work, contact: Contact) -> SignOff:
    return work.session.scalars(select(SignOff).where(SignOff.contact_id == contact.id)).one()


def _policy(work: Work, contact: Contact) -> Closing:
    return work.line(contact.line_version_id).closing or Closing()


def _lacking(line: Line, lacks: Sequence[closing.Lack]) -> str:
    return ", ".join(line.words(f"lack_{lack}", None) for lack in lacks)


def _tell(work: Work, people: Sequence[UUID], contact: Contact, key: str, **facts: str | int) -> None:
    words = work.line(contact.line_version_id).words(key, None, **facts)
    for person in people:
        outbox.text_person(work, person, words, urgency=outbox.Urgency.NOTICE, contact=contact.id)
