"""`steps A`, `tried A 2 no`, `send A why`, `approve 7 why`: what somebody of the roster texts about imminent danger.

A is the letter of a conversation of theirs, 7 the number of a rescue. In a text conversation the word and the letter
are written in capitals, or they are words for the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from escalation import company, helping, rescue_notices, rescues
from escalation.helping import Speaking
from helpline import outbox
from helpline.database import Work
from helpline.nouns import CONTACT_OVER, OFFER_HOLDS, HelpOutcome, PageState, RescueEnd, Role, Tier
from helpline.tables import Case, Contact, Guest, Offer, Page, Person
from routing import contacts, threads
from routing.moves import lock_contact

COMMAND = re.compile(
    r"^(?P<verb>danger|steps|tried|pass|consent|act|place|send|approve|decline|relay|sent|arrived|end)"
    r"\s+(?:#?(?P<number>\d{1,9})|(?P<tag>[A-Z]))(?:[\s,:]+(?P<rest>\S.*?))?\s*$",
    re.IGNORECASE | re.DOTALL,
)
TRIED = re.compile(r"^#?(?P<step>\d{1,2})\s+(?P<how>yes|worked|no|refused)[.!]?$", re.IGNORECASE)
PASSED = re.compile(r"^#?(?P<step>\d{1,2})\s+(?P<words>\S.*)$", re.DOTALL)
AGREED = re.compile(r"^(?P<how>yes|no)[.!]?$", re.IGNORECASE)
ENDED = re.compile(r"^(?P<how>safe|refused|lost)\s+(?P<words>\S.*)$", re.IGNORECASE | re.DOTALL)
HOW = {
    "yes": HelpOutcome.WORKED,
    "worked": HelpOutcome.WORKED,
    "no": HelpOutcome.NO,
    "refused": HelpOutcome.REFUSED,
}


@dataclass(frozen=True)
class Wish:
    """What a text asks for, about the contact of a letter or the rescue of a number."""

    verb: str
    tag: str | None
    number: int | None
    rest: str

    @property
    def handle(self) -> str:
        return self.tag or str(self.number)


def read(text: str, *, in_conversation: bool) -> Wish | None:
    """What `text` asks for, if it is about danger. In a conversation only capitals are a command."""
    found = COMMAND.match(text.strip())
    if found is None:
        return None
    verb, tag = found["verb"], found["tag"]
    if in_conversation and not (verb.isupper() and (tag is None or tag.isupper())):
        return None
    if verb.lower() == "decline" and tag is not None:
        return None  # an offer by text is declined so
    number = int(found["number"]) if found["number"] else None
    return Wish(verb.lower(), tag.upper() if tag else None, number, found["rest"] or "")


def obey(work: Work, person: Person, text: str) -> bool:
    """Do what `person` says about somebody in danger. False if it is something else, or no line here keeps rescues."""
    in_conversation = bool(threads.threads_of(work, person.id))
    wish = read(text, in_conversation=in_conversation)
    if wish is None:
        return False
    if wish.number is not None:
        return _by_number(work, person, wish, wish.number)
    found = _contact_of(work, person, wish.tag or "")
    if found is None:
        return not in_conversation and _nothing(work, person)
    contact = lock_contact(work, found)
    if rescues.policy_of(work, contact) is None:
        return False
    rescue = rescues.open_of(work, contact.id)
    if rescue is None and wish.verb == "danger":
        _begin(work, person, contact)
    elif rescue is None:
        _answer(work, person, contact, "danger_none_here", tag=wish.handle)
    else:
        _do(Speaking(work, contact, rescue, person, wish.handle), wish)
    return True


def _by_number(work: Work, person: Person, wish: Wish, number: int) -> bool:
    """What is said of a rescue by its number. Whoever it is none of the business of learns nothing, nor that it is."""
    found = rescues.by_number(work, number)
    may = found is not None and (company.knows(work, found[0], person) or person.role is Role.COORDINATOR)
    if found is None or not may:
        return _nothing(work, person)
    _do(Speaking(work, *found, person, wish.handle), wish)
    return True


def _begin(work: Work, person: Person, contact: Contact) -> None:
    """A person's word: the contact is in imminent danger, whatever was graded, and a clinician is paged."""
    contacts.raise_risk(work, contact, Tier.IMMINENT, "whoever is with them says so")
    rescue = rescues.begin(work, contact, person.id, "whoever is with them says so")
    rescue_notices.tell_those_there(work, contact, rescue)


def _do(one: Speaking, wish: Wish) -> None:
    if one.person.role is Role.COORDINATOR and wish.verb not in {"end", "steps"}:
        one.answer("danger_decide_not_yours")
    elif wish.verb in PLAIN:
        PLAIN[wish.verb](one)
    elif wish.verb in REASONED and wish.rest:
        REASONED[wish.verb](one, wish.rest)
    elif wish.verb not in PATTERNED or not PATTERNED[wish.verb](one, wish.rest):
        one.answer(f"danger_how_{wish.verb}")


def _tried(one: Speaking, rest: str) -> bool:
    found = TRIED.match(rest)
    if found is not None:
        helping.try_step(one, int(found["step"]), HOW[found["how"].lower()])
    return found is not None


def _pass(one: Speaking, rest: str) -> bool:
    found = PASSED.match(rest)
    if found is not None:
        helping.try_step(one, int(found["step"]), HelpOutcome.PASSED, found["words"])
    return found is not None


def _consent(one: Speaking, rest: str) -> bool:
    found = AGREED.match(rest)
    if found is not None:
        helping.set_consent(one, agreed=found["how"].lower() == "yes")
    return found is not None


def _end(one: Speaking, rest: str) -> bool:
    found = ENDED.match(rest)
    if found is not None:
        helping.end(one, RescueEnd(found["how"].lower()), found["words"])
    return found is not None


def _contact_of(work: Work, person: Person, tag: str) -> UUID | None:
    """The contact that `person` knows by that letter: one they hold, are a guest of, or were paged for and took."""
    held = select(Offer.contact_id).where(
        Offer.person_id == person.id, Offer.tag == tag, Offer.state.in_(OFFER_HOLDS), Offer.accepted_at.is_not(None)
    )
    visited = (
        select(Guest.contact_id)
        .join(Contact, Contact.id == Guest.contact_id)
        .where(Guest.person_id == person.id, Guest.tag == tag, Contact.state.not_in(CONTACT_OVER))
    )
    paged = (
        select(Case.contact_id)
        .join(Page, Page.case_id == Case.id)
        .join(Contact, Contact.id == Case.contact_id)
        .where(
            Page.person_id == person.id,
            Page.tag == tag,
            Page.state == PageState.ACKNOWLEDGED,
            Contact.state.not_in(CONTACT_OVER),
        )
        .order_by(Page.paged_at.desc())
    )
    found = (work.session.scalar(query.limit(1)) for query in (held, visited, paged))
    return next((contact for contact in found if contact is not None), None)


def _nothing(work: Work, person: Person) -> bool:
    """Say that there is nothing of theirs by that name, on a line that keeps rescues."""
    line = work.line()
    if line.danger is None:
        return False
    outbox.text_person(work, person.id, line.words("danger_none"), urgency=outbox.Urgency.NOTICE)
    return True


def _answer(work: Work, person: Person, contact: Contact, key: str, **facts: str) -> None:
    words = work.line(contact.line_version_id).words(key, None, **facts)
    outbox.text_person(work, person.id, words, urgency=outbox.Urgency.NOTICE)


PLAIN: dict[str, Callable[[Speaking], None]] = {
    "danger": helping.show_steps,
    "steps": helping.show_steps,
    "act": helping.state_act,
    "relay": helping.relay,
    "sent": helping.sent,
    "arrived": helping.arrived,
}
REASONED: dict[str, Callable[[Speaking, str], None]] = {
    "send": helping.ask_to_send,
    "place": helping.keep_place,
    "approve": helping.approve,
    "decline": helping.decline,
}
PATTERNED: dict[str, Callable[[Speaking, str], bool]] = {
    "tried": _tried,
    "pass": _pass,
    "consent": _consent,
    "end": _end,
}
