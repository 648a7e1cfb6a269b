"""`take over A`, `A> words`, `whisper A words`: what somebody in another's text conversation texts."""

from __future__ import annotations

import re

from sqlalchemy import select

from helpline import journal, outbox
from helpline.database import Work
from helpline.nouns import ContactState
from helpline.tables import Contact, Guest, Person
from routing import threads, transfers
from routing.moves import lock_contact, taken_offer
from routing.threads import Thread

TAKE_OVER = re.compile(r"^take\s*over(?:\s+(?P<tag>[A-Z]))?\s*[.!]?$", re.IGNORECASE)
WHISPER = re.compile(
    r"^(?:(?P<tag>[A-Z])\s*>|whisper(?:\s+(?P<named>(?-i:[A-Z]))(?=[\s:]))?\s*[:\s])\s*(?P<words>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
"""Whatever begins like this is never said to the caller, whichever letter stands there."""


def obey(work: Work, person: Person, text: str) -> bool:
    """Do what `person` texts about a conversation that is another's, or that another is in. False if it is neither."""
    if work.line().guests is None:
        return False
    words = text.strip()
    taking, whispering = TAKE_OVER.match(words), WHISPER.match(words)
    if taking is not None:
        visited = [one for one in threads.threads_of(work, person.id) if one.offer is None]
        _take_over(work, person, visited, taking["tag"])
        return True
    if whispering is None:
        return False
    here = threads.threads_of(work, person.id)
    tag = whispering["tag"] or whispering["named"]
    _whisper(work, person, here, tag, whispering["words"])
    return True


def _take_over(work: Work, person: Person, visited: list[Thread], tag: str | None) -> None:
    """The peer is let go, kindly, and files; the caller stays with whoever was beside them."""
    thread = _meant(work, person, visited, tag)
    if thread is None:
        return
    contact = lock_contact(work, thread.contact)
    offer = taken_offer(work, contact.id)
    line = work.line(contact.line_version_id)
    if offer is None or contact.state is not ContactState.CONNECTED or transfers.is_open(work, contact.id):
        _tell(work, person, line.words("guest_not"), contact)
    elif threads.hand_to(work, contact, offer, person, "the guest took it over", "guest_here"):
        peer = work.session.get_one(Person, offer.person_id)
        _tell(work, peer, line.words("guest_took_text", name=person.name, tag=offer.tag), contact)
    else:
        _tell(work, person, line.words("clinician_busy"), contact)


def _whisper(work: Work, person: Person, here: list[Thread], tag: str | None, words: str) -> None:
    """Words for the others of us in a conversation. The caller never sees them, and they are not kept."""
    thread = _meant(work, person, here, tag)
    if thread is None:
        return
    contact = lock_contact(work, thread.contact)
    offer = taken_offer(work, contact.id)
    others = [(offer.person_id, offer.tag)] if offer is not None else []
    guests = work.session.scalars(select(Guest).where(Guest.contact_id == contact.id))
    others += [(guest.person_id, guest.tag) for guest in guests]
    line = work.line(contact.line_version_id)
    for other, letter in others:
        if other != person.id:
            said = line.words("guest_whispers", tag=letter, name=person.name, what=words)
            outbox.text_person(work, other, said, urgency=outbox.Urgency.LIVE, contact=contact.id)
    journal.note(work, "guest.whispers", contact=contact.id, person=person.id, why="speaks to the others of us alone")


def _meant(work: Work, person: Person, here: list[Thread], tag: str | None) -> Thread | None:
    meant = [one for one in here if tag is None or one.tag == tag.upper()]
    if len(meant) == 1:
        return meant[0]
    line = work.line()
    tags = ", ".join(one.tag for one in meant)
    words = line.words("which", None, count=len(meant), tags=tags) if meant else line.words("nothing_open")
    outbox.text_person(work, person.id, words, urgency=outbox.Urgency.NOTICE)
    return None


def _tell(work: Work, person: Person, words: str, contact: Contact) -> None:
    outbox.text_person(work, person.id, words, urgency=outbox.Urgency.LIVE, contact=contact.id)
