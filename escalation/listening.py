"""Listening to a live call: what the caller says is graded as it comes, and none of it is kept.

What stays while the call lasts is what was *seen* in it: kinds of things and where they stood, so that a method in one
sentence and an hour in the next are heard together. Nobody is listened to before they were told, in their language.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from escalation.risk import Lexicon, Risk, Seen, go_on
from escalation.tuning import Tuning, listens, tune
from escalation.utterances import Place, Utterance, as_kept, as_was, is_new, joined
from helpline import journal, outbox
from helpline.database import Work
from helpline.log import logger
from helpline.nouns import WAITING, ContactState, LegState, PageState, Tier
from helpline.tables import Case, Contact, Event, Leg, Listening, Page
from helpline.transcription_policy import Transcription
from routing.contacts import raise_risk
from routing.moves import is_taken
from routing.queues import follow_risk

LAST_WORDS = timedelta(seconds=30)
"""What was said just before a call ended is told after its end, once the carrier is sure of it."""
UNSURE = "?"
"""In place of a language: a reply of ours was lost, so that it is not known whether the carrier listens."""
log = logger(__name__)


@dataclass(frozen=True)
class Result:
    """What the carrier believes to have heard: how sure it is, from 0 to 1, and whether that is its last word."""

    words: str
    place: Place
    final: bool
    stability: float


def announcement(work: Work, contact: Contact, leg: Leg, step: int) -> str:
    """The words that tell the caller, if they do not know yet and there is something to tell. Noted as said.

    `step` is that of the address to which the caller goes on from there.
    """
    line = work.line(contact.line_version_id)
    if leg.state is LegState.ENDED or not listens(line.transcription, contact.carrier, contact.language):
        return ""
    row = _row(work, leg)
    if row.switched_off or row.told_in == contact.language:
        return ""
    row.told_in, row.told_step = contact.language, step
    why = "the line's policy"
    journal.note(work, "call.told_of_listening", contact=contact.id, language=contact.language, why=why)
    return line.words("transcribed", contact.language)


def retuned(work: Work, contact: Contact, leg: Leg, session: int) -> Tuning:
    """What the carrier is to be told of the caller's own leg now, noted as told. `session` is new each time."""
    policy = work.line(contact.line_version_id).transcription
    row = work.session.get(Listening, leg.id)
    if policy is None or row is None or leg.state is LegState.ENDED:
        return Tuning()
    waits = contact.state in WAITING
    change = tune(
        policy,
        contact.carrier,
        contact.language,
        row.language,
        told=row.told_in == contact.language,
        waits=waits,
        has_somebody=contact.state is ContactState.CONNECTED or (waits and is_taken(work, contact.id)),
        switched_off=row.switched_off,
    )
    if change:
        row.language, row.session, row.provisional = change.start, session, Tier.NONE
        journal.note(work, "call.listened_to", contact=contact.id, language=change.start, why="the line's policy")
    return change


def reply_lost(work: Work, contact: Contact, leg: Leg) -> None:
    """A reply of ours did not arrive. Who has asked for nothing since they called did not hear the greeting either."""
    row = work.session.get(Listening, leg.id)
    if row is None:
        return
    row.language = UNSURE
    if contact.last_heard_at == contact.arrived_at:
        row.told_in = None


def heard_out(work: Work, leg: Leg, step: int, *, key: str) -> None:
    """The caller has come to `step`. A key may have cut short what they were being told before: then it comes again."""
    row = work.session.get(Listening, leg.id)
    if row is None or row.told_step != step:
        return
    row.told_step = 0
    if key:
        row.told_in = None


def in_short(work: Work, contact: Contact, leg: Leg) -> str:
    """What somebody is told who is connected before they were told to the end; empty if the line has no such words."""
    line = work.line(contact.line_version_id)
    row = work.session.get(Listening, leg.id) if line.transcription is not None else None
    if row is None or not row.told_step or row.switched_off:
        return ""
    row.told_step = 0
    return line.words("transcribed_short", contact.language)


def switch_off(work: Work, contact: Contact, leg: Leg) -> None:
    """The caller does not want it: nothing of this call is listened to from now on."""
    row = _row(work, leg)
    row.switched_off, row.seen = True, []
    journal.note(work, "call.not_listened_to", contact=contact.id, why="the caller pressed the key")


def unheard(work: Work, contact: Contact) -> None:
    """The carrier cannot write it down: the call goes on, and is known by its keys."""
    log.warning("call.unheard", contact=str(contact.id), reason="the carrier does not write it down")
    journal.note(work, "call.unheard", contact=contact.id, why="the carrier does not write it down")


def heard(work: Work, contact: Contact, leg: Leg, result: Result, lexicon: Lexicon) -> None:
    """The caller has said this. Only what is final counts for what comes; what is not may bring a clinician sooner."""
    policy = work.line(contact.line_version_id).transcription
    if policy is None:
        return
    if leg.state is LegState.ENDED:
        if result.final and _was_listened_to(work, contact, leg):
            _raise(work, contact, _graded(contact, result.words, (), lexicon)[0], "the last words that were heard")
        return
    row = work.session.get(Listening, leg.id)
    if row is None or row.language is None:
        return
    earlier = as_was(row.seen)
    if not is_new(earlier, result.place, final=result.final):
        return
    if not result.final and not _may_count(contact, row, result, policy):
        return
    risk, seen = _graded(contact, result.words, tuple(one.seen for one in earlier), lexicon)
    if result.final:
        row.seen = as_kept(joined(earlier, Utterance(result.place, seen), lexicon))
        _settle(work, contact, row, result.place, risk)
        _raise(work, contact, risk, "words that were heard")
    elif risk is not None and risk.tier is Tier.IMMINENT:
        row.provisional, row.provisional_number = risk.tier, result.place.number
        _raise(work, contact, risk, "words that were heard, not final yet")


def _may_count(contact: Contact, row: Listening, result: Result, policy: Transcription) -> bool:
    """Whether words that are not final may bring a clinician: a page two seconds sooner is worth one in vain."""
    sure = policy.hears_unfinished and result.stability >= policy.stable_from
    return sure and contact.risk < Tier.IMMINENT and result.place.session == row.session


def _was_listened_to(work: Work, contact: Contact, leg: Leg) -> bool:
    """Whether the call was being listened to when it ended, a moment ago."""
    if leg.ended_at is None or work.now - leg.ended_at > LAST_WORDS:
        return False
    tuned = Event.what.in_(("call.listened_to", "call.not_listened_to"))
    last = work.session.scalar(
        select(Event).where(Event.contact_id == contact.id, tuned).order_by(Event.id.desc()).limit(1)
    )
    return last is not None and last.reasons.get("language") is not None


def _graded(contact: Contact, words: str, earlier: tuple[Seen, ...], lexicon: Lexicon) -> tuple[Risk | None, Seen]:
    """The grade; None if the engine failed, which makes the contact graver and stops nothing."""
    try:
        return go_on(words, earlier, lexicon)
    except Exception as fault:  # noqa: BLE001 - a failing risk engine raises priority and never stops a call
        log.error("risk.failed", fault=fault, contact=str(contact.id))
        return None, ()


def _settle(work: Work, contact: Contact, row: Listening, place: Place, risk: Risk | None) -> None:
    """A final result stands instead of what came before it. What that had raised stays: only a person lowers it."""
    if not row.provisional or place < Place(row.session, row.provisional_number):
        return
    if risk is not None and risk.tier < row.provisional:
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
        row = Listening(leg_id=leg.id, switched_off=False, seen=[], told_step=0, session=0)
        row.provisional = row.provisional_number = 0
        work.session.add(row)
        work.session.flush()
    return row
