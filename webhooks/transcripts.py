"""What the carrier writes down of a caller's words, at the door: the words go to the risk engine and nowhere else."""

from __future__ import annotations

import json

from carrier import twiml
from escalation import listening
from escalation.risk import Lexicon
from helpline.database import Work
from helpline.log import logger
from helpline.nouns import LegRole, LegState
from helpline.tables import Contact, Leg
from routing import calls
from webhooks.gate import Form, TurnedAway, identity

TRACK = "inbound_track"
log = logger(__name__)


def request(work: Work, form: Form, *, leg_id: str, lexicon: Lexicon) -> str:
    """A notice about what is said on a caller's own leg."""
    found = calls.lock_by_leg(work, identity(leg_id))
    if found is None or found[1].role is not LegRole.CALLER:
        raise TurnedAway(404, "no such leg")
    contact, leg = found
    if leg.sid != form.need("CallSid") or leg.carrier not in (None, form.carrier):
        raise TurnedAway(404, "another call")
    event = form.need("TranscriptionEvent")
    if event == "transcription-error":
        log.warning("call.unheard", contact=str(contact.id), reason="the carrier does not write it down")
    if event == "transcription-content" and form.get("Track") == TRACK and leg.state is not LegState.ENDED:
        final = form.get("Final") == "true"
        stability = 1.0 if final else _figure(form.get("Stability"))
        listening.heard(work, contact, leg, _words(form), lexicon, final=final, stability=stability)
    return twiml.silence()


def tuned(work: Work, contact: Contact, leg: Leg, document: str) -> str:
    """The document for the caller's leg, before which the carrier begins or ends to write down, if that changes now."""
    told = listening.retuned(work, contact, leg) if "<Response>" in document else None
    if not told:
        return document
    notices = f"/webhooks/voice/{leg.id}/heard"
    return twiml.hear(document, name=leg.id.hex, stop=told.stop, language=told.start, notices=notices)


def _words(form: Form) -> str:
    try:
        said = json.loads(form.need("TranscriptionData"))
        return str(said["transcript"])
    except (ValueError, KeyError, TypeError):
        raise TurnedAway(400, "malformed") from None


def _figure(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
