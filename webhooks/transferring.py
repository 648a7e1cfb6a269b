"""`transfer Bo`, `transfer to youth`, `transfer clinician`: what whoever holds a contact texts to pass it on."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from escalation import cases
from helpline import journal, outbox
from helpline.database import Work
from helpline.line import Line
from helpline.nouns import OFFER_TAKEN, OfferState
from helpline.tables import Contact, Offer, Person
from routing import takeover, transfers
from routing.moves import lock_contact, offers_of

TRANSFER = re.compile(r"^transfer(?:\s+(?P<rest>\S.{0,80}?))?(?:\s+(?P<how>cold|warm))?\s*[.!]?$", re.IGNORECASE)
LETTER = re.compile(r"^([A-Z])\s+(\S.*)$", re.IGNORECASE)
TO = re.compile(r"^to\s+(\S.*)$", re.IGNORECASE)


@dataclass(frozen=True)
class Wish:
    """What a text asks for. `tag` is the letter of a conversation; of queue, name and clinician at most one."""

    tag: str | None = None
    name: str = ""
    queue: str = ""
    clinician: bool = False
    warm: bool = True


def read(text: str, tags: Collection[str]) -> Wish | None:
    """What `text` asks for, if it begins like a transfer; a letter in front counts only if it is one of `tags`."""
    found = TRANSFER.match(text.strip())
    if found is None:
        return None
    warm, rest, tag = (found["how"] or "").lower() != "cold", found["rest"] or "", None
    lettered = LETTER.match(rest)
    if lettered and lettered[1].upper() in tags:
        tag, rest = lettered[1].upper(), lettered[2]
    if rest.lower() == "clinician":
        return Wish(tag=tag, clinician=True, warm=warm)
    queue = TO.match(rest)
    return Wish(tag=tag, queue=queue[1], warm=warm) if queue else Wish(tag=tag, name=rest, warm=warm)


def obey(work: Work, person: Person, text: str) -> bool:
    """Pass on what `person` holds, if the line lets them and `text` asks for it. False if it is something else."""
    if work.line().transfer is None:
        return False
    held = _held(work, person.id)
    wish = read(text, {offer.tag for offer in held})
    if wish is None:
        return False
    meant = [offer for offer in held if wish.tag in {None, offer.tag}]
    if len(meant) > 1:
        tags = [offer.tag for offer in meant]
        _tell(work, person, "transfer_which_contact", count=len(meant), tags=", ".join(tags), tag=tags[0])
    elif not meant:
        _tell(work, person, "nothing_open")
    else:
        contact = lock_contact(work, meant[0].contact_id)
        holder = next(offer for offer in offers_of(work, contact.id) if offer.id == meant[0].id)
        if holder.state is OfferState.ACCEPTED:
            _tell(work, person, "transfer_early", tag=holder.tag)
        elif holder.state is not OfferState.BRIDGED:
            _tell(work, person, "nothing_open")
        else:
            _pass_on(work, person, contact, holder, wish)
    return True


def _pass_on(work: Work, person: Person, contact: Contact, holder: Offer, wish: Wish) -> None:
    line = work.line(contact.line_version_id)
    if line.transfer is None:
        _tell(work, person, "nothing_open")
    elif transfers.is_open(work, contact.id):
        _tell(work, person, "transfer_open", tag=holder.tag)
    elif wish.clinician:
        _to_clinician(work, person, contact, holder, wish)
    elif wish.queue:
        _to_queue(work, person, contact, holder, wish)
    else:
        _to_person(work, person, contact, holder, wish)


def _to_clinician(work: Work, person: Person, contact: Contact, holder: Offer, wish: Wish) -> None:
    """The clinician on call is paged, and keeps the caller when the peer leaves, or takes them as they wait."""
    journal.note(work, "transfer.clinician", contact=contact.id, person=person.id, warm=wish.warm)
    cases.ask_for_clinician(work, contact, person.id)
    if wish.warm:
        _tell(work, person, "clinician_called")
        return
    transfers.release(work, contact, holder)
    _tell(work, person, "transfer_to_queue", tag=holder.tag, what=contact.queue)


def _to_queue(work: Work, person: Person, contact: Contact, holder: Offer, wish: Wish) -> None:
    line = work.line(contact.line_version_id)
    queue = next((name for name in line.queues if name.casefold() == wish.queue.casefold()), None)
    if queue is None:
        _unknown(work, person, line, holder)
    elif not wish.warm:
        transfers.into_queue(work, contact, holder, queue)
        _tell(work, person, "transfer_to_queue", tag=holder.tag, what=queue)
    else:
        asked = transfers.to_queue(work, contact, holder, queue)
        if asked is None:
            _tell(work, person, "transfer_nobody", tag=holder.tag, what=queue)
        else:
            _tell(work, person, "transfer_asking", tag=holder.tag, name=transfers.name_of(work, asked))


def _to_person(work: Work, person: Person, contact: Contact, holder: Offer, wish: Wish) -> None:
    others = select(Person.id, Person.name).where(Person.active, Person.id != person.id)
    people = {row.id: row.name for row in work.session.execute(others)}
    meant = takeover.called(people, wish.name)
    if not meant:
        _unknown(work, person, work.line(contact.line_version_id), holder)
        return
    if len(meant) > 1:
        _tell(work, person, "transfer_which", count=len(meant))
        return
    why = transfers.to_person(work, contact, holder, meant[0], warm=wish.warm)
    key = "transfer_not" if why else "transfer_asking" if wish.warm else "transfer_released"
    _tell(work, person, key, tag=holder.tag, name=transfers.name_of(work, meant[0]), why=why)


def _unknown(work: Work, person: Person, line: Line, holder: Offer) -> None:
    _tell(work, person, "transfer_unknown", tag=holder.tag, what=", ".join(line.queues))


def _held(work: Work, person: UUID) -> list[Offer]:
    """The conversations `person` holds now, by telephone or text, in the order of their letters."""
    held = select(Offer).where(Offer.person_id == person, Offer.state.in_(OFFER_TAKEN))
    return list(work.session.scalars(held.order_by(Offer.tag)))


def _tell(work: Work, person: Person, key: str, **facts: str | int) -> None:
    outbox.text_person(work, person.id, work.line().words(key, None, **facts), urgency=outbox.Urgency.NOTICE)
