"""A call, from the carrier's first request to the last: who is asking, and what they hear next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from carrier import twiml
from escalation import cases, drops, legs, listening, probes, rescues
from helpline.database import Work
from helpline.nouns import (
    WAITING,
    CarrierName,
    Channel,
    ContactState,
    LegRole,
    LegState,
    Tier,
)
from helpline.tables import Caller, Contact, Leg, Probe
from routing import admission, callbacks, calls, contacts, queues
from routing.access import Admit
from routing.moves import is_taken, move_leg, offers_of, taken_offer
from webhooks import guest_calls, hearing, presence_commands, screening, testing, transcripts
from webhooks.gate import Form, TurnedAway, identity

WITHHELD = frozenset({"", "anonymous", "restricted", "unknown", "unavailable", "+266696687", "+86282452253"})
TOLD_TIMES = 2
"""How often a caller is told of agreed hours or a block before we say goodbye."""
JUST_BACK = timedelta(seconds=20)
"""The carrier waits up to fifteen seconds for a reply before it asks elsewhere."""
AWAIT_RETURN = timedelta(seconds=10)
"""Longer than the menu of the star key and what is said after it."""


def incoming(work: Work, form: Form) -> str:
    """Somebody calls the line: they are received and heard at once; a second notice of the call finds them again."""
    if form.need("To") not in work.line().numbers_of(form.carrier):
        raise TurnedAway(404, "not a number of this line")
    sid, number = form.need("CallSid"), form.get("From")
    test = probes.arriving_call(work, number, sid) if form.carrier is CarrierName.TWILIO else None
    if test is not None:
        return testing.answer(work, test, partial(welcome, form=form))
    return welcome(work, form=form)


def welcome(work: Work, *, form: Form) -> str:
    """Receive whoever calls, or find them again."""
    line, sid, number = work.line(), form.need("CallSid"), form.get("From")
    known = None if calls.is_new(work, sid) else calls.contact_by_call(work, sid)
    if known is not None and known[0].state is ContactState.CONNECTED and form.get("DialCallStatus"):
        return _after(work, form, *known)  # they have left the conference, and our first reply to that was lost
    if known is not None:
        listening.reply_lost(work, *known)
        reply = hearing.next_for_caller(work, *known, step=hearing.fresh(work), said=_unheard(work, known[0]))
        return transcripts.tuned(work, *known, reply)
    caller = contacts.find_caller(work, None if number.lower() in WITHHELD else number)
    access = admission.at_the_door(work, caller)
    if not isinstance(access, Admit):
        contact = admission.tell_first(work, caller, Channel.VOICE, access, form.need("To"))
        return hearing.tell_first(work, contact, contacts.caller_called(work, contact, sid), 1)
    if presence_commands.calls_to_check_in(work, number):
        contact = admission.ask_whether_on_duty(work, caller, form.need("To"))
        return hearing.tell_first(work, contact, contacts.caller_called(work, contact, sid), 1)
    contact = contacts.receive(work, caller, Channel.VOICE, number=form.need("To"))
    admission.received(work, contact, access)
    drops.came_back(work, contact)
    leg = contacts.caller_called(work, contact, sid)
    greeting = [(contact.language, line.words("greeting", contact.language))]
    told = [(contact.language, listening.announcement(work, contact, leg, 1))]
    keys = [(contact.language, line.words(key, contact.language)) for key in ("keys", "menu")]
    reply = twiml.ask_key([*greeting, *told, *keys], hearing.address(leg, "hold", 1), wait=1)
    return transcripts.tuned(work, contact, leg, reply)


def test_request(work: Work, form: Form, *, probe_id: str, step: str) -> str:
    """A request about a test call. A key pressed on it means a person, who is received like any other."""
    probe = work.session.get(Probe, identity(probe_id), with_for_update=True)
    if probe is None or form.carrier is not CarrierName.TWILIO or step not in {"listen", "status", "held"}:
        raise TurnedAway(404, "no such test")
    if step == "listen":
        return testing.listen()
    if step == "status":
        return twiml.silence()
    if probe.sid != form.need("CallSid"):
        raise TurnedAway(404, "another call")
    if form.get("Digits"):
        return welcome(work, form=form)
    return testing.over(work, probe)


def _unheard(work: Work, contact: Contact) -> str:
    """Words that were lost with our reply: that the partner line has not answered, and the caller is back with us."""
    just_back = contact.front and contact.state in WAITING and work.now - contact.arrived_at < JUST_BACK
    if not just_back or offers_of(work, contact.id):
        return ""
    return work.line(contact.line_version_id).words("partner_failed", contact.language)


def caller_status(work: Work, form: Form) -> str:
    """The carrier's notice about a call that came in."""
    known = calls.contact_by_call(work, form.need("CallSid"))
    if known is None and probes.is_test(work, form.need("CallSid")):
        return twiml.silence()
    if known is None or known[1].carrier not in (None, form.carrier):
        raise TurnedAway(404, "no such call")
    legs.leg_news(work, *known, form.need("CallStatus"))
    return twiml.silence()


def room(work: Work, form: Form, *, contact_id: str) -> str:
    """The carrier's notice about a contact's conference."""
    known = calls.contact_by_call(work, form.get("CallSid")) if form.get("CallSid") else None
    if known is None:
        if work.session.get(Contact, identity(contact_id)) is None:
            raise TurnedAway(404, "no such contact")
        return twiml.silence()
    contact, leg = known
    if contact.id != identity(contact_id) or leg.carrier not in (None, form.carrier):
        raise TurnedAway(404, "not a call of this contact")
    if form.get("StatusCallbackEvent") == "participant-join":
        calls.joined(work, contact, leg)
    return twiml.silence()


def leg_request(work: Work, form: Form, *, name: str, leg_id: str) -> str:
    """A request about one leg, by the address we gave for it."""
    found = calls.lock_by_leg(work, identity(leg_id))
    if found is None:
        raise TurnedAway(404, "no such leg")
    contact, leg = found
    if name in CALLERS_OWN and leg.role is not LegRole.CALLER:
        raise TurnedAway(404, "not an address of this leg")
    sid = form.need("CallSid")
    if leg.sid not in (None, sid) or leg.carrier not in (None, form.carrier):
        raise TurnedAway(404, "another call")
    calls.learn_sid(leg, sid, form.carrier)
    if leg.role is LegRole.CALLER:
        contacts.heard(work, contact)
    if name not in {"status", "after", "beside"}:
        calls.out_of_room(leg)
    reply = LEG_HANDLERS[name](work, form, contact, leg)
    if leg.role is LegRole.CALLER:
        reply = transcripts.tuned(work, work.session.get_one(Contact, leg.contact_id), leg, reply)
    return reply


def _status(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    legs.leg_news(work, contact, leg, form.need("CallStatus"))
    return twiml.silence()


def _hold(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """The caller holds, and may have pressed a key."""
    line = work.line(contact.line_version_id)
    key = form.get("Digits")
    said = ""
    if line.transcription is not None:
        listening.heard_out(work, leg, form.step, key=key)
    if contact.state in WAITING and key == line.keys.danger:
        contacts.raise_risk(work, contact, Tier.IMMINENT, "the caller pressed the key for danger")
        queues.follow_risk(work, contact)
        said = f"{line.words('danger', contact.language)} {rescues.told_caller(line, contact)}".strip()
    elif contact.state in WAITING and line.keys.language.get(key, contact.language) != contact.language:
        contacts.choose_language(work, contact, line.keys.language[key])
        said = f"{line.words('language_chosen', contact.language)} {line.words('menu', contact.language)}".strip()
    elif line.transcription is not None and key == line.transcription.off_key:
        listening.switch_off(work, contact, leg)
        said = line.words("transcription_off", contact.language)
    elif key in line.menu_keys and queues.follow_key(work, contact, key):
        said = line.words("menu_chosen", contact.language)
    return hearing.next_for_caller(work, contact, leg, step=form.step, said=said)


def _choice(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """The caller was told that the wait limit is reached, and chose, or did not."""
    line = work.line(contact.line_version_id)
    key = form.get("Digits")
    if contact.state not in WAITING or is_taken(work, contact.id):
        return hearing.next_for_caller(work, contact, leg, step=form.step)
    if key == line.keys.danger:
        contacts.go_on_waiting(work, contact)
        return _hold(work, form, contact, leg)
    if line.transcription is not None and key == line.transcription.off_key:
        return _hold(work, form, contact, leg)
    if key == "1":
        contacts.go_on_waiting(work, contact)
        said = line.words("kept", contact.language)
        return hearing.next_for_caller(work, contact, leg, step=form.step, said=said)
    if key == "2":
        contacts.divert(work, contact, "the caller asked to be called back", "callback")
        callbacks.ask(work, contact)
        return hearing.last_words(work, contact, leg, "callback")
    contacts.divert(work, contact, "the wait limit is reached and no other choice was made", "partner")
    return _partner(work, form, contact, leg)


def _partner(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """The caller is connected to the partner line."""
    del form
    if contact.state is not ContactState.DIVERTED:
        return hearing.next_for_caller(work, contact, leg, step=hearing.fresh(work))
    return hearing.to_partner(work, contact, leg)


def _partner_over(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """The partner line has hung up, or never answered: then the caller is back with us, in front."""
    if form.get("CallStatus") in calls.GONE:
        legs.leg_news(work, contact, leg, form.get("CallStatus"))
        return twiml.silence()
    if form.get("DialCallStatus") == "completed":
        return hearing.last_words(work, contact, leg, "over")
    caller = work.session.get_one(Caller, contact.caller_id)
    again = contacts.receive(work, caller, Channel.VOICE, like=contact, front=True, risk=Tier(contact.risk))
    leg.contact_id = again.id
    move_leg(work, leg, LegState.LIVE)
    said = work.line(again.line_version_id).words("partner_failed", again.language)
    return hearing.next_for_caller(work, again, leg, step=hearing.fresh(work), said=said)


def _told(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """The caller was told of agreed hours or of a block, and may have pressed a key: danger always leads on."""
    if form.get("CallStatus") in calls.GONE:
        return _status(work, form, contact, leg)
    if not admission.was_told(contact):
        return _hold(work, form, contact, leg)
    keys, key = hearing.policy_of(work, contact).keys, form.get("Digits")
    if key == keys.danger:
        return _go_on(work, form, contact, leg, "the caller pressed the key for danger")
    if contact.disposition == admission.CHECK_IN:
        return _checks_in(work, form, contact, leg)
    if key == "1" and contact.disposition == admission.AGREED_HOURS:
        return _go_on(work, Form((), form.step), contact, leg, "the caller chose to go on")
    if keys.language.get(key, contact.language) != contact.language:
        admission.speak(work, contact, keys.language[key])
        return hearing.tell_first(work, contact, leg, form.step)
    if form.step < TOLD_TIMES:
        return hearing.tell_first(work, contact, leg, form.step + 1)
    over = "hours_over" if contact.disposition == admission.AGREED_HOURS else "blocked_over"
    return hearing.last_words(work, contact, leg, over, **admission.facts(work, contact))


def _checks_in(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """Somebody of the roster pressed 1 to check in; or they stay on the line, since they need somebody themselves."""
    caller = work.session.get_one(Caller, contact.caller_id)
    if form.get("Digits") == "1" and presence_commands.check_in_by_call(work, caller):
        return hearing.last_words(work, contact, leg, "checked_in_by_call")
    return _go_on(work, Form((), form.step), contact, leg, "the caller stayed on the line")


def _go_on(work: Work, form: Form, told: Contact, leg: Leg, why: str) -> str:
    """Somebody who was told something first is received as anybody else."""
    contact = admission.receive_anew(work, told, why)
    leg.contact_id = contact.id
    move_leg(work, leg, LegState.LIVE)
    return _hold(work, form, contact, leg)


def _bridge(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """Somebody has accepted: the caller joins them."""
    del form
    return hearing.next_for_caller(work, contact, leg, step=hearing.fresh(work))


def _passed_on(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """The person the caller talked to has passed them on: the caller hears to stay."""
    del form
    said = work.line(contact.line_version_id).words("passed_on", contact.language)
    return hearing.next_for_caller(work, contact, leg, step=hearing.fresh(work), said=said)


def _released(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """A person has passed their caller on, and is done."""
    del form
    return hearing.last_words(work, contact, leg, "released")


def _returned(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """The person the caller talked to is gone: the caller hears that somebody else is being found."""
    del form
    said = work.line(contact.line_version_id).words("returned", contact.language)
    return hearing.next_for_caller(work, contact, leg, step=hearing.fresh(work), said=said)


def _after(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """A leg has left the conference, so it was in it: by hanging up, by the star key, or because it ended."""
    return _left(work, form, contact, leg, by_star=leg.role is LegRole.PEER)


def _beside(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """The leg of whoever joined to take the caller over has left: by hanging up, or because the conference ended."""
    return _left(work, form, contact, leg, by_star=False)


def _left(work: Work, form: Form, contact: Contact, leg: Leg, *, by_star: bool) -> str:
    status = form.get("CallStatus")
    calls.was_in_room(work, contact, leg)
    calls.out_of_room(leg)
    if status in calls.GONE:
        legs.leg_news(work, contact, leg, status)
        return twiml.silence()
    if leg.role is LegRole.CALLER:
        calls.room_closed(work, contact)
        return hearing.await_return(leg, hearing.fresh(work))
    offer = taken_offer(work, contact.id)
    if contact.state not in WAITING | {ContactState.CONNECTED} or offer is None:
        return hearing.last_words(work, contact, leg, "gone")
    if guest_calls.has_keys(work, contact, leg):
        return guest_calls.left(work, leg)
    if not by_star:
        return hearing.await_return(leg, hearing.fresh(work))
    if offer.id != leg.offer_id:
        return hearing.last_words(work, contact, leg, "taken")
    return twiml.ask_key([], hearing.address(leg, "star", hearing.fresh(work)), wait=2, keys=2, hash_counts=True)


def _rejoin(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """Back to those who talk. A caller waits until somebody is back before them, for ten seconds at most."""
    if leg.role is not LegRole.CALLER:
        talking = contact.state in WAITING | {ContactState.CONNECTED} and is_taken(work, contact.id)
        return hearing.join(work, contact, leg, None) if talking else hearing.last_words(work, contact, leg, "gone")
    since = timedelta(milliseconds=hearing.fresh(work) - form.step)
    if contact.state is ContactState.CONNECTED and since < AWAIT_RETURN and not calls.somebody_in_room(work, contact):
        return hearing.await_return(leg, form.step + 1)
    return _hold(work, form, contact, leg)


def _star(work: Work, form: Form, contact: Contact, leg: Leg) -> str:
    """After the star key: hash twice steps out; anything else, or nothing, brings the clinician."""
    status = form.get("CallStatus")
    if status in calls.GONE:
        legs.leg_news(work, contact, leg, status)
        return twiml.silence()
    if form.get("Digits") == "##" and calls.step_out(work, contact, leg):
        return hearing.last_words(work, contact, leg, "stepped_out")
    offer = taken_offer(work, contact.id)
    if offer is None or offer.id != leg.offer_id:
        return hearing.last_words(work, contact, leg, "gone")
    cases.ask_for_clinician(work, contact, offer.person_id)
    return hearing.join(work, contact, leg, "clinician_called")


LegHandler = Callable[[Work, Form, Contact, Leg], str]
LEG_HANDLERS: dict[str, LegHandler] = {
    "status": _status,
    "hold": _hold,
    "choice": _choice,
    "partner": _partner,
    "partner_over": _partner_over,
    "told": _told,
    "bridge": _bridge,
    "returned": _returned,
    "passed_on": _passed_on,
    "released": _released,
    "screen": screening.screen,
    "answer": screening.answer,
    "after": _after,
    "beside": _beside,
    "rejoin": _rejoin,
    "star": _star,
    "guest": guest_calls.guest,
    "guest_key": guest_calls.guest_key,
    "relieved": guest_calls.relieved,
}
CALLERS_OWN = frozenset({"hold", "choice", "partner", "partner_over", "told", "bridge", "returned", "passed_on"})
