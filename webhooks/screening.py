"""Somebody whose phone we rang has picked up: only a key press makes it a person who takes the contact."""

from __future__ import annotations

from carrier import twiml
from escalation import cases, elsewhere, legs, pages
from helpline.database import Work
from helpline.nouns import (
    CONTACT_OVER,
    OFFER_ASKING,
    Channel,
    ContactState,
    LegRole,
    LegState,
    OfferState,
    PageState,
    Tier,
)
from helpline.tables import Contact, Leg, Offer, Page
from routing import calls, follow_up, offers, protection, transfers
from routing.moves import is_taken, move_leg
from webhooks import hearing
from webhooks.gate import Form

SCREEN_PAUSE = 8
MISPRESSES = 3


def screen(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """Somebody, or a voicemail, has picked up: only a key press makes it a person."""
    del form
    move_leg(work, leg, LegState.LIVE)
    if leg.role is LegRole.CALLER:
        return _screen_caller(work, contact, leg)
    if leg.page_id is not None:
        if contact.state in CONTACT_OVER | {ContactState.WRAP_UP}:
            return hearing.last_words(work, contact, leg, "gone")
        if work.session.get_one(Page, leg.page_id).state is not PageState.OPEN:
            return hearing.last_words(work, contact, leg, "page_stood_down")
    else:
        offer = work.session.get_one(Offer, leg.offer_id)
        if not offers.picked_up(work, contact, offer):
            return hearing.last_words(work, contact, leg, _too_late(contact, offer))
    return _ask_for_key(work, contact, leg, 0)


def _too_late(contact: Contact, offer: Offer) -> str:
    """What somebody hears who is not needed any more."""
    if contact.state in CONTACT_OVER | {ContactState.WRAP_UP}:
        return "gone"
    return "taken" if offer.transfer_id is None else "transfer_over"


def _ask_for_key(work: Work, contact: Contact, leg: Leg, step: int) -> str:
    """Say what the call is about, and wait for the key."""
    line = work.line(contact.line_version_id)
    facts = {"language": line.spoken_name(contact.language), "risk": line.words_of_risk(Tier(contact.risk))}
    if leg.page_id is not None:
        waits = "page_with_somebody" if is_taken(work, contact.id) else "page_waiting"
        seconds = int((work.now - contact.waiting_since).total_seconds())
        key, facts["why"] = "page", work.session.get_one(Page, leg.page_id).why
        facts["what"] = line.words(waits, seconds=seconds)
    else:
        key = "screen" if not contact.outbound else _why_we_call(work, contact)
        offer = work.session.get_one(Offer, leg.offer_id)
        if offer.transfer_id is not None:
            key, facts["name"] = transfers.screen(work, contact, offer.transfer_id)
    return twiml.ask_key(
        [(line.language, line.words(key, **facts))], hearing.address(leg, "answer", step), wait=SCREEN_PAUSE
    )


def answer(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """The key that somebody pressed, or did not."""
    if form.get("CallStatus") in calls.GONE:
        legs.leg_news(work, contact, leg, form.get("CallStatus"))
        return twiml.silence()
    if leg.role is LegRole.CALLER:
        return _answer_caller(work, form, contact, leg)
    if form.get("Digits") and leg.person_id is not None:
        protection.seen(work, leg.person_id, at_work=True)
    if leg.page_id is not None:
        return _answer_page(work, form, contact, leg)
    offer = work.session.get_one(Offer, leg.offer_id)
    if form.get("Digits") == "1":
        answer = offers.accept(work, contact, offer)
        if answer is offers.Answer.YOURS:
            return hearing.join(work, contact, leg, "ringing_caller" if contact.outbound else None)
        return hearing.last_words(work, contact, leg, _too_late(contact, offer))
    if form.get("Digits") == "2":
        offers.decline(work, contact, offer, "declined by key")
        return hearing.last_words(work, contact, leg, "paused")
    if _mispressed(form) and offer.state in OFFER_ASKING:
        return _ask_for_key(work, contact, leg, form.step + 1)
    offers.missed(work, contact, offer, OfferState.EXPIRED, "picked up, but nobody pressed the key")
    return hearing.last_words(work, contact, leg, "unscreened")


def _why_we_call(work: Work, contact: Contact) -> str:
    """What whoever is asked hears of a call that the line makes."""
    return "screen_callback" if follow_up.of_made(work, contact) is None else "screen_follow_up"


def _mispressed(form: Form) -> bool:
    """Another key than those we named, which a voicemail does not press: say it again, a few times."""
    return bool(form.get("Digits")) and form.step < MISPRESSES


def _screen_caller(work: Work, contact: Contact, leg: Leg) -> str:
    """A caller who asked for it is called back; whoever picks up learns nothing before they press the key."""
    if not is_taken(work, contact.id):
        return hearing.last_words(work, contact, leg, "over")
    agreed = follow_up.of_made(work, contact)
    key = f"follow_up_call_{agreed.discretion}" if agreed is not None else "callback_call"
    words = hearing.policy_of(work, contact).words(key, contact.language)
    return twiml.ask_key([(contact.language, words)], hearing.address(leg, "answer", 0), wait=8)


def _answer_caller(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    if form.get("Digits") == "1" and is_taken(work, contact.id):
        return hearing.join(work, contact, leg, "connecting")
    calls.leg_ended(work, contact, leg, "no-answer")
    return twiml.say_and_end([])


def _answer_page(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    row = work.session.get_one(Page, leg.page_id)
    if form.get("Digits") == "2":
        return _refuse_page(work, contact, leg, row)
    if form.get("Digits") != "1":
        if _mispressed(form) and row.state is PageState.OPEN:
            return _ask_for_key(work, contact, leg, form.step + 1)
        pages.unanswered(work, contact, row, "picked up, but nobody pressed the key")
        return hearing.last_words(work, contact, leg, "unscreened")
    if elsewhere.passes_on(work, contact, row, leg):
        return hearing.last_words(work, contact, leg, "page_elsewhere")
    try:
        answer = cases.acknowledge(work, contact, row, leg)
    except offers.NoRoom:
        return hearing.last_words(work, contact, leg, "clinician_busy")
    if answer is not offers.Answer.YOURS:
        return hearing.last_words(work, contact, leg, "page_stood_down")
    if contact.channel is Channel.TEXT:
        return hearing.last_words(work, contact, leg, "page_text_contact")
    return hearing.join(work, contact, leg, None)


def _refuse_page(work: Work, contact: Contact, leg: Leg, row: Page) -> str:
    """They cannot take it, for whatever reason: the next is asked, and they hear so."""
    said = hearing.policy_of(work, contact).words("page_refused")
    heard = hearing.last_words(work, contact, leg, "page_refused" if said else "paused")
    if not pages.refused(work, contact, row, "refused by key"):
        return hearing.last_words(work, contact, leg, "page_stood_down")
    return heard
