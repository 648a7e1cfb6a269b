"""A clinician or supervisor beside a peer in a call: the star key, and what the key after it does."""

from __future__ import annotations

from carrier import twiml
from escalation import legs
from helpline import journal
from helpline.database import Work
from helpline.guest_policy import Guests
from helpline.nouns import WAITING, ContactState
from helpline.tables import Contact, Leg
from routing import calls, transfers
from routing.moves import caller_leg, offer_leg, taken_offer
from webhooks import hearing
from webhooks.gate import Form

MENU_PAUSE = 5


def has_keys(work: Work, contact: Contact, leg: Leg) -> bool:
    """Whether this leg is a guest's, on a line that gives guests keys."""
    return hearing.policy_of(work, contact).guests is not None and calls.is_guest(work, leg)


def left(work: Work, leg: Leg) -> str:
    """They have left the conference, by the star key or because it ended: a second shows which, and takes a key."""
    return twiml.ask_key([], hearing.address(leg, "guest", hearing.fresh(work)), wait=1)


def guest(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """The second is over. Who has pressed no key hears the menu, if the others are talking still."""
    if form.get("Digits") or form.get("CallStatus") in calls.GONE or not _others_talk(work, contact):
        return guest_key(work, form, contact, leg)
    line = hearing.policy_of(work, contact)
    words = [(line.language, line.words("guest_menu"))]
    return twiml.ask_key(words, hearing.address(leg, "guest_key", hearing.fresh(work)), wait=MENU_PAUSE)


def guest_key(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """The key of the menu. Any other, or none, leads back to all."""
    status = form.get("CallStatus")
    if status in calls.GONE:
        legs.leg_news(work, contact, leg, status)
        return twiml.silence()
    offer = taken_offer(work, contact.id)
    if contact.state not in WAITING | {ContactState.CONNECTED} or offer is None:
        return hearing.last_words(work, contact, leg, "gone")
    keys, key = hearing.policy_of(work, contact).guests, form.get("Digits")
    if keys is None or not calls.is_guest(work, leg):  # the peer has left meanwhile, and they are with the caller alone
        return hearing.join(work, contact, leg, None)
    if key == keys.leave:
        _note(work, contact, leg, "guest.left", "stepped back")
        return hearing.last_words(work, contact, leg, "guest_left")
    return _stay(work, contact, leg, keys, key)


def _stay(work: Work, contact: Contact, leg: Leg, keys: Guests, key: str) -> str:
    if key == keys.take_over:
        if not transfers.is_open(work, contact.id) and calls.take_over(work, contact, leg, "the guest took it over"):
            return hearing.join(work, contact, leg, "guest_took")
        return hearing.join(work, contact, leg, "guest_not")
    if key == keys.whisper:
        sid = _holders_call(work, contact)
        if sid is None:
            return hearing.join(work, contact, leg, "guest_not")
        _note(work, contact, leg, "guest.whispers", "speaks to the peer alone")
        return hearing.join(work, contact, leg, "guest_whispering", coach=sid)
    _note(work, contact, leg, "guest.back", "speaks to all")
    return hearing.join(work, contact, leg, None)


def relieved(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """The guest has taken the caller over: the peer hears so, and is done."""
    del form
    return hearing.last_words(work, contact, leg, "guest_relieved")


def _holders_call(work: Work, contact: Contact) -> str | None:
    """The carrier's id of the call of whoever holds the contact, if they are in the conference now."""
    offer = taken_offer(work, contact.id)
    leg = offer_leg(work, offer.id) if offer is not None else None
    return leg.sid if leg is not None and leg.joined else None


def _others_talk(work: Work, contact: Contact) -> bool:
    """Whether the caller and whoever holds the contact are in the conference: it has not ended."""
    caller = caller_leg(work, contact.id)
    return caller is not None and caller.joined and _holders_call(work, contact) is not None


def _note(work: Work, contact: Contact, leg: Leg, what: str, why: str) -> None:
    journal.note(work, what, contact=contact.id, person=leg.person_id, why=why)
