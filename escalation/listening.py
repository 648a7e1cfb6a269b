"""Listening to a live call: what the caller says is graded as it comes, and none of it is kept.

What stays while the call lasts is what was *seen* in it: kinds of things and where they stood, so that a method in one
sentence and an hour in the next are heard together.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from escalation.risk import Lexicon, Risk, Seen, from_json, go_on, last_of, to_json
from helpline import journal, outbox
from helpline.database import Work
from helpline.log import logger
from helpline.nouns import WAITING, CarrierName, ContactState, PageState, Tier
from helpline.tables import Case, Contact, Leg, Listening, Page
from helpline.transcription_policy import Transcription
from routing.contacts import raise_risk
from routing.moves import is_taken
from routing.queues import follow_risk

log = logger(__name__)


@dataclass(frozen=True)
class Tuning:
    """What the carrier is told before the caller hears on: to stop, or to begin in a language, or both, or neither."""

    stop: bool = False
    start: str | None = None

    def __bool__(self) -> bool:
        return self.stop or self.start is not None


def tune(
    policy: Transcription | None,
    carrier: CarrierName,
    spoken: str,
    running: str | None,
    *,
    waits: bool,
    has_somebody: bool,
    switched_off: bool,
) -> Tuning:
    """Whether a call is to be listened to from here on, in the language `spoken`, while it is in `running`."""
    may = policy is not None and carrier is CarrierName.TWILIO and not switched_off
    wanted = has_somebody or (waits and policy is not None and policy.while_waiting)
    start = spoken if may and wanted else None
    if start == running:
        return Tuning()
    return Tuning(stop=running is not None, start=start)


def retuned(work: Work, contact: Contact, leg: Leg) -> Tuning:
    """What the carrier is to be told of the caller's own leg now; it is noted as told."""
    policy = work.line(contact.line_version_id).transcription
    row = work.session.get(Listening, leg.id)
    if policy is None:
        return Tuning()
    running, off = (row.language, row.switched_off) if row is not None else (None, False)
    waits = contact.state in WAITING
    told = tune(
        policy,
        contact.carrier,
        contact.language,
        running,
        waits=waits,
        has_somebody=contact.state is ContactState.CONNECTED or (waits and is_taken(work, contact.id)),
        switched_off=off,
    )
    if told:
        _row(work, leg).language = told.start
        journal.note(work, "call.listened_to", contact=contact.id, language=told.start, why="the line's policy")
    return told


def switch_off(work: Work, contact: Contact, leg: Leg) -> None:
    """The caller does not want it: nothing of this call is listened to from now on."""
    row = _row(work, leg)
    row.switched_off, row.seen = True, []
    journal.note(work, "call.not_listened_to", contact=contact.id, why="the caller pressed the key")


def heard(
    work: Work, contact: Contact, leg: Leg, words: str, lexicon: Lexicon, *, final: bool, stability: float
) -> None:
    """The caller has said this. Only what is final counts for what comes; what is not may bring a clinician sooner."""
    row = work.session.get(Listening, leg.id)
    policy = work.line(contact.line_version_id).transcription
    if row is None or policy is None or row.switched_off:
        return
    earlier = from_json(row.seen)
    risk, seen = _graded(contact, words, earlier, lexicon)
    if final:
        row.seen = to_json(last_of([*earlier, seen], lexicon))
        _settle(work, contact, row, risk)
        _raise(work, contact, risk, "words that were heard")
    elif risk is not None and _counts_already(risk, contact, stability, policy):
        row.provisional = risk.tier
        _raise(work, contact, risk, "words that were heard, not final yet")


def _counts_already(risk: Risk, contact: Contact, stability: float, policy: Transcription) -> bool:
    """Whether words that are not final bring a clinician now: a page two seconds sooner is worth one in vain."""
    return risk.tier is Tier.IMMINENT and contact.risk < Tier.IMMINENT and stability >= policy.stable_from


def forget(work: Work, leg: Leg) -> None:
    """The call is over: nothing of what was seen in it is kept."""
    row = work.session.get(Listening, leg.id)
    if row is not None:
        work.session.delete(row)


def _graded(contact: Contact, words: str, earlier: tuple[Seen, ...], lexicon: Lexicon) -> tuple[Risk | None, Seen]:
    """The grade; None if the engine failed, which makes the contact graver and stops nothing."""
    try:
        return go_on(words, earlier, lexicon)
    except Exception as fault:  # noqa: BLE001 - a failing risk engine raises priority and never stops a call
        log.error("risk.failed", fault=fault, contact=str(contact.id))
        return None, ()


def _settle(work: Work, contact: Contact, row: Listening, risk: Risk | None) -> None:
    """A final result stands instead of what came before it. What that had raised stays: only a person lowers it."""
    if row.provisional and risk is not None and risk.tier < row.provisional:
        why = "the final words are less grave"
        journal.note(work, "call.revised", contact=contact.id, tier=risk.tier.word, why=why)
        _tell_of_revision(work, contact)
    row.provisional = Tier.NONE


def _tell_of_revision(work: Work, contact: Contact) -> None:
    """Whoever was called because of words that turned out to be others is told so; they look all the same."""
    words = work.line(contact.line_version_id).words("heard_revised")
    called = (
        select(Page.person_id)
        .join(Case, Case.id == Page.case_id)
        .where(Case.contact_id == contact.id, Page.state.in_((PageState.OPEN, PageState.ACKNOWLEDGED)))
        .distinct()
    )
    for person in work.session.scalars(called):
        outbox.text_person(work, person, words, urgency=outbox.Urgency.NOTICE, contact=contact.id)


def _raise(work: Work, contact: Contact, risk: Risk | None, why: str) -> None:
    if risk is None:
        raise_risk(work, contact, Tier.ELEVATED, "the risk engine failed")
    else:
        rules = sorted({hit.rule for hit in risk.rules})
        raise_risk(work, contact, risk.tier, why, rules=rules, subject=str(risk.subject), lexicon=risk.lexicon)
    follow_risk(work, contact)


def _row(work: Work, leg: Leg) -> Listening:
    row = work.session.get(Listening, leg.id)
    if row is None:
        row = Listening(leg_id=leg.id, language=None, switched_off=False, seen=[], provisional=0)
        work.session.add(row)
        work.session.flush()
    return row
