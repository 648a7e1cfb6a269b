"""What somebody of the roster texts: a command to the line, or words for the caller they are with."""

from __future__ import annotations

import re

from escalation import cases
from helpline import outbox
from helpline.database import Work
from helpline.nouns import AskedBy, OfferState
from helpline.tables import Caller, Offer, Person
from routing import continuity, offers, protection, threads
from routing.moves import lock_contact, offers_of
from routing.threads import Thread
from webhooks import (
    closing_commands,
    danger_commands,
    guest_commands,
    paging_commands,
    presence_commands,
    rota_commands,
    transferring,
)

YES = re.compile(r"^(?:1|accept|yes)\s*([A-Z])?$", re.IGNORECASE)
NO = re.compile(r"^(?:2|decline|no)\s*([A-Z])?$", re.IGNORECASE)
BUSY = re.compile(r"^busy$", re.IGNORECASE)
DONE = re.compile(r"^done(?:\s+([A-Z])(?=\s|$))?(?:\s+(?!again$)([\w-]{2,40}))?(?:\s+(again))?$", re.IGNORECASE)
AGAIN = re.compile(r"^(not\s+)?again(?:\s+([A-Z]))?$", re.IGNORECASE)
LEAVE = re.compile(r"^leave(?:\s+([A-Z]))?$", re.IGNORECASE)
PAUSE = re.compile(r"^pause(?:\s+(\d{1,3}))?$", re.IGNORECASE)
BACK = re.compile(r"^(?:back|here)$", re.IGNORECASE)
LONGEST_PAUSE = 240
ROOMS = (
    *(danger_commands, paging_commands, guest_commands, transferring),
    *(closing_commands, presence_commands, rota_commands),
)
"""Rooms with commands of their own, which are asked first."""
CLINICIAN = re.compile(r"^clinician(?:\s+([A-Z]))?$", re.IGNORECASE)
ADDRESSED = re.compile(r"^([A-Z]):\s*(.*)$", re.IGNORECASE | re.DOTALL)


def obey(work: Work, person: Person, text: str) -> None:
    """Do what `person` texted, and tell them what was done if they cannot see it otherwise."""
    words = text.strip()
    if any(room.obey(work, person, words) for room in ROOMS):
        return
    act: object = None
    for pattern, act in (
        (YES, _yes),
        (NO, _no),
        (BUSY, _busy),
        (DONE, _done),
        (AGAIN, _again),
        (LEAVE, _leave),
        (CLINICIAN, _clinician),
        (PAUSE, _pause),
        (BACK, _back),
    ):
        match = pattern.match(words)
        if match and _is_meant_for_us(work, person, act):
            act(work, person, *(part and part.strip() for part in match.groups()))
            break
    else:
        _say(work, person, words)
    protection.seen(work, person.id, at_work=act is _yes)  # last, so that nobody is locked before a contact


def _yes(work: Work, person: Person, tag: str | None = None) -> None:
    pending = [one for one in threads.pending_offers(work, person.id) if tag is None or one.tag == _upper(tag)]
    if not pending:
        _tell(work, person, "offer_over")
        return
    answer = threads.accept(work, pending[0])
    if answer is not offers.Answer.YOURS:
        _tell(work, person, "offer_lost")


def _no(work: Work, person: Person, tag: str | None = None) -> None:
    meant = [one for one in threads.pending_offers(work, person.id) if tag is None or one.tag == _upper(tag)]
    for contact in sorted({one.contact_id for one in meant}):
        lock_contact(work, contact)
    for offer in meant:
        _decline(work, offer)
    _tell(work, person, "paused")


def _busy(work: Work, person: Person) -> None:
    _no(work, person)


def _done(
    work: Work, person: Person, tag: str | None = None, word: str | None = None, again: str | None = None
) -> None:
    open_threads = [thread for thread in threads.threads_of(work, person.id) if thread.offer is not None]
    held = [*threads.wrapping_offers(work, person.id)]
    held += [work.session.get_one(Offer, thread.offer) for thread in open_threads]
    meant = [offer for offer in held if tag is None or offer.tag == _upper(tag)]
    if not meant:
        _tell(work, person, "nothing_open")
        return
    if tag is None and len(open_threads) > 1:
        _ask_which(work, person, open_threads)
        return
    threads.file(work, meant[0], word.lower() if word else None)
    if word:
        _tell(work, person, "filed")
    if again:
        _note_wish(work, person, meant[0])


def _again(work: Work, person: Person, never: str | None = None, tag: str | None = None) -> None:
    """The caller told the peer whether they would like the same person next time."""
    if not work.line().continuity.first_for_seconds:
        _say(work, person, " ".join(part for part in (never, "again", tag) if part))
        return
    lately = continuity.lately_held(work, person.id)
    here = [offer for offer in lately if offer.state is not OfferState.COMPLETED]
    meant = [offer for offer in here or lately[:1] if tag is None or offer.tag == _upper(tag)]
    if not meant:
        _tell(work, person, "nothing_open")
    elif len(meant) > 1:
        _tell(work, person, "which", count=len(meant), tags=", ".join(sorted(offer.tag for offer in meant)))
    elif never:
        contact = lock_contact(work, meant[0].contact_id)
        continuity.withdraw(work, contact.caller_id, contact, AskedBy.PEER)
        _tell(work, person, "again_ended")
    else:
        _note_wish(work, person, meant[0])


def _note_wish(work: Work, person: Person, offer: Offer) -> None:
    if work.line().continuity.first_for_seconds:
        asked = continuity.ask(work, lock_contact(work, offer.contact_id), person.id, AskedBy.PEER)
        _tell(work, person, "again_noted" if asked else "again_withdrawn")


def _leave(work: Work, person: Person, tag: str | None = None) -> None:
    thread = _meant(work, person, tag)
    if thread is not None:
        threads.leave(work, thread, person.id)


def _clinician(work: Work, person: Person, tag: str | None = None) -> None:
    thread = _meant(work, person, tag)
    if thread is not None:
        cases.ask_for_clinician(work, lock_contact(work, thread.contact), person.id)
        _tell(work, person, "clinician_called")


def _is_meant_for_us(work: Work, person: Person, act: object) -> bool:
    """Whether a word is a command: `here` is one only from somebody who is not asked, or who is with nobody."""
    if act not in (_pause, _back):
        return True
    if work.line().protection is None:
        return False
    return act is _pause or protection.is_spared(work, person) or not threads.threads_of(work, person.id)


def _pause(work: Work, person: Person, minutes: str | None = None) -> None:
    wanted = min(int(minutes or 15), LONGEST_PAUSE)
    protection.pause(work, person, wanted)
    _tell(work, person, "pausing", count=wanted)


def _back(work: Work, person: Person) -> None:
    protection.back(work, person)
    _tell(work, person, "back")


def _say(work: Work, person: Person, words: str) -> None:
    """Words for the caller. With several conversations the letter must say which: nothing is ever guessed."""
    here = threads.threads_of(work, person.id)
    addressed = ADDRESSED.match(words)
    named = next((one for one in here if addressed and one.tag == addressed.group(1).upper()), None)
    if addressed and named is not None:
        thread, said = named, addressed.group(2)
    elif len(here) == 1:
        thread, said = here[0], words
    else:
        if here:
            _ask_which(work, person, here)
        else:
            _tell(work, person, "nothing_open")
        return
    if said:
        contact = lock_contact(work, thread.contact)
        threads.relay_to_caller(work, contact, person.id, said)
        if work.session.get_one(Caller, contact.caller_id).opted_out:
            _tell(work, person, "text_stopped", tag=thread.tag)


def _meant(work: Work, person: Person, tag: str | None) -> Thread | None:
    here = threads.threads_of(work, person.id)
    meant = [thread for thread in here if tag is None or thread.tag == _upper(tag)]
    if len(meant) == 1:
        return meant[0]
    if meant:
        _ask_which(work, person, meant)
    else:
        _tell(work, person, "nothing_open")
    return None


def _decline(work: Work, offer: Offer) -> None:
    contact = lock_contact(work, offer.contact_id)
    fresh = next(one for one in offers_of(work, contact.id) if one.id == offer.id)
    if fresh.state in (OfferState.PENDING, OfferState.RINGING):
        offers.decline(work, contact, fresh, "declined by text")


def _ask_which(work: Work, person: Person, here: list[Thread]) -> None:
    _tell(work, person, "which", count=len(here), tags=", ".join(thread.tag for thread in here))


def _tell(work: Work, person: Person, key: str, **facts: str | int) -> None:
    outbox.text_person(work, person.id, work.line().words(key, None, **facts), urgency=outbox.Urgency.NOTICE)


def _upper(tag: str | None) -> str | None:
    return tag.upper() if tag else None
