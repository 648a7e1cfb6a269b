"""What a phone hears next, read off the contact as it is now: whatever a lost notice left behind is repaired by it."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from carrier import twiml
from escalation import listening
from helpline import outbox
from helpline.database import Work
from helpline.line import Line
from helpline.nouns import CONTACT_OVER, ContactState, LegRole, LegState, OfferState
from helpline.tables import Contact, Leg, Offer
from routing import admission, calls, waiting
from routing.moves import is_taken, move_leg

TOLD_WORDS = {
    admission.AGREED_HOURS: "hours",
    admission.BLOCKED: "blocked",
    admission.CHECK_IN: "check_in_call",
}
HOLD_SPEECH = 4
HOLD_PAUSE = 5
ANNOUNCEMENT = 20
"""Seconds that must be left before the wait limit to tell a caller that they are listened to, beside other words."""
TOLD_PAUSE = 6
LAST_WORDS = timedelta(seconds=30)


def next_for_caller(work: Work, contact: Contact, leg: Leg, *, step: int, said: str = "") -> str:
    """What the caller hears now. `said` are words for what they have just done, instead of those of the hold loop."""
    line = work.line(contact.line_version_id)
    if contact.state in CONTACT_OVER | {ContactState.WRAP_UP}:
        if admission.was_told(contact):
            return tell_first(work, contact, leg, step)
        if contact.disposition == "partner":
            return to_partner(work, contact, leg)
        return last_words(work, contact, leg, "over")
    if is_taken(work, contact.id):
        return join(work, contact, leg, None if contact.state is ContactState.CONNECTED else "connecting")
    left = (contact.limit_at - work.now).total_seconds()
    if left <= 0:
        waiting.tell_limit(work, contact)
        words = [(contact.language, said), (contact.language, line.words("limit", contact.language))]
        return twiml.ask_key(words, address(leg, "choice", step + 1), wait=line.divert.choice_seconds)
    if not said and left <= HOLD_SPEECH:
        return twiml.ask_key([], address(leg, "hold", step + 1), wait=ceil(left))
    told = listening.announcement(work, contact, leg, step + 1) if left > ANNOUNCEMENT else ""
    words = [(contact.language, said or line.words("hold", contact.language)), (contact.language, told)]
    pause = max(1, min(HOLD_PAUSE, int(left) - HOLD_SPEECH))
    return twiml.ask_key(words, address(leg, "hold", step + 1), wait=pause)


def to_partner(work: Work, contact: Contact, leg: Leg) -> str:
    """The caller is connected to the partner line."""
    line = work.line(contact.line_version_id)
    move_leg(work, leg, LegState.PASSED_ON)
    said = [(contact.language, line.words("partner", contact.language))]
    return twiml.pass_on(
        said,
        line.divert.partner_number,
        after=address(leg, "partner_over", fresh(work)),
        caller_id=line.numbers_of(contact.carrier)[0],
    )


def tell_first(work: Work, contact: Contact, leg: Leg, step: int) -> str:
    """The caller is told of agreed hours or of a block, or asked whether they check in, and which keys lead on."""
    move_leg(work, leg, LegState.PASSED_ON)
    words = policy_of(work, contact).words(
        TOLD_WORDS[contact.disposition or ""], contact.language, **admission.facts(work, contact)
    )
    return twiml.ask_key([(contact.language, words)], address(leg, "told", step), wait=TOLD_PAUSE)


def await_return(leg: Leg, step: int) -> str:
    """A second of silence: a peer has just left the conference, and is gone, or has pressed the star key."""
    return twiml.ask_key([], address(leg, "rejoin", step), wait=1)


def join(work: Work, contact: Contact, leg: Leg, key: str | None, coach: str | None = None) -> str:
    """Join the contact's conference; the words of `key` are said before. With `coach`, speak to that call alone."""
    line = work.line(contact.line_version_id)
    language = contact.language if leg.role is LegRole.CALLER else line.language
    said = [(language, line.words(key, language))] if key else []
    if leg.role is LegRole.CALLER:
        said.append((language, listening.in_short(work, contact, leg)))
    beside = leg.offer_id is not None and work.session.get_one(Offer, leg.offer_id).state is OfferState.JOINED
    return twiml.join(
        said,
        calls.room_of(contact.id),
        after=address(leg, "beside" if beside else "after", fresh(work)),
        notices=f"/webhooks/voice/room/{contact.id}",
        star=(leg.role is LegRole.PEER and not beside) or (line.guests is not None and calls.is_guest(work, leg)),
        ends=leg.offer_id is not None and not beside,
        coach=coach,
    )


def last_words(work: Work, contact: Contact, leg: Leg, key: str, **facts: str) -> str:
    """Say one thing and hang up; a hang-up command follows, should the words never arrive."""
    line = policy_of(work, contact)
    language = contact.language if leg.role is LegRole.CALLER else line.language
    outbox.hang_up(work, leg, after=LAST_WORDS)
    return twiml.say_and_end([(language, line.words(key, language, **facts))])


def policy_of(work: Work, contact: Contact) -> Line:
    """The policy that governs the contact."""
    return work.line(contact.line_version_id)


def fresh(work: Work) -> int:
    """A number that makes an address new, so that the same request twice is a retry and nothing else."""
    return int(work.now.timestamp() * 1000)


def address(leg: Leg, name: str, step: int) -> str:
    """Where the carrier comes for what this leg hears next."""
    return f"/webhooks/voice/{leg.id}/{name}?step={step}"
