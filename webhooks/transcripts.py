"""What the carrier writes down of a caller's words, at the door: the words go to the risk engine and nowhere else."""

from __future__ import annotations

import json

from carrier import twiml
from escalation import listening
from escalation.listening import Result
from escalation.risk import Lexicon
from escalation.utterances import Place
from helpline.database import Work
from helpline.nouns import LegRole
from helpline.tables import Contact, Leg
from routing import calls
from webhooks import hearing
from webhooks.gate import Form, TurnedAway, identity

TRACK = "inbound_track"
LONGEST_NUMBER = 12


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
        listening.unheard(work, contact)
    if event == "transcription-content" and form.get("Track") == TRACK:
        listening.heard(work, contact, leg, _result(work, form), lexicon)
    return twiml.silence()


def tuned(work: Work, contact: Contact, leg: Leg, document: str) -> str:
    """The document for the caller's leg, before which the carrier begins or ends to write down, if that changes now."""
    policy = work.line(contact.line_version_id).transcription
    if policy is None or "<Response>" not in document:
        return document
    session = hearing.fresh(work)
    change = listening.retuned(work, contact, leg, session)
    if not change:
        return document
    return twiml.hear(
        document,
        name=leg.id.hex,
        stop=change.stop,
        language=policy.languages.get(change.start, change.start) if change.start else None,
        notices=hearing.address(leg, "heard", session),
        unfinished=policy.hears_unfinished,
    )


def _result(work: Work, form: Form) -> Result:
    """What the carrier tells. A result without a number counts as the latest."""
    final, number = form.get("Final") == "true", form.get("SequenceId")
    counted = int(number) if number.isdecimal() and len(number) < LONGEST_NUMBER else hearing.fresh(work)
    stability = 1.0 if final else _figure(form.get("Stability"))
    return Result(_words(form), Place(form.step, counted), final, stability)


def _words(form: Form) -> str:
    try:
        said = json.loads(form.need("TranscriptionData"))
        return str(said["transcript"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise TurnedAway(400, "malformed") from None


def _figure(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
