"""A case beside a contact: climbs its ladder, pages until somebody acknowledges, and brings them in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from escalation import ladder as rungs
from escalation import pages, rescues
from escalation.replies import OVER, Sent
from escalation.supervision import As, Told, whom
from helpline import journal, outbox, timers
from helpline.database import Work
from helpline.line import Ladder
from helpline.log import logger
from helpline.nouns import (
    CASE_MOVES,
    CONTACT_OVER,
    WAITING,
    CaseState,
    Channel,
    ContactState,
    OfferState,
    PageState,
    Role,
    Tier,
    TimerKind,
    check,
)
from helpline.tables import Case, Contact, Event, Leg, Page, Person
from routing import offers, threads
from routing.attendance.there import absences
from routing.choose import Hold
from routing.match import verdict_for
from routing.moves import is_taken, lock_contact, offers_of
from shifts.roster import coordinators, on_call, roster, supervisors_on_shift

SAID_NO = frozenset({OfferState.DECLINED, OfferState.EXPIRED})
log = logger(__name__)


def climb(work: Work, subject: str) -> datetime | None:
    """Timer: take the contact's case one step further, as the ladder it was opened with says."""
    contact = lock_contact(work, UUID(subject))
    case = case_of(work, contact)
    _note_drop(work, contact, case)
    _tell_supervisors(work, contact, case)
    rescues.look(work, contact)
    policy = Ladder.model_validate(case.ladder)
    everybody = _everybody(work) if policy.everybody_after_seconds else ()
    move = rungs.assess(_as_case(work, contact, case, policy), policy, on_call(work), work.now, everybody)
    if isinstance(move, rungs.Page):
        _reopen(case)
        _lock_people(work, [call.person for call in move.calls])
        for call in move.calls:
            pages.send(work, contact, case, call)
    elif isinstance(move, rungs.StandDown):
        stand_down(work, contact, case, move.reason)
    elif isinstance(move, rungs.Exhausted):
        _nobody_on_call(work, contact, move)
    return move.until


def _note_drop(work: Work, contact: Contact, case: Case) -> None:
    """The caller's leg is down, and they may be in danger: somebody is to decide what is done. Noted once."""
    policy = work.line(contact.line_version_id).silence
    cut_off = contact.state in (ContactState.ABANDONED, ContactState.WRAP_UP) and contact.channel is Channel.VOICE
    if policy is None or not policy.expected_back or not cut_off or contact.outbound or contact.risk < Tier.HIGH:
        return
    if case.called_why != rungs.Why.DROPPED:
        call(work, contact, rungs.Why.DROPPED, "the call broke off and somebody may be in danger")
        tell_supervisors(work, contact, "supervisor_dropped")


def is_cut_off(contact: Contact, case: Case) -> bool:
    """Whether the contact is over and yet there is something to decide: nobody has filed how it ended, or come back."""
    undecided = contact.disposition is None and case.state is not CaseState.STOOD_DOWN
    return case.called_why == rungs.Why.DROPPED and undecided


def _everybody(work: Work) -> list[UUID]:
    """Every clinician, on call or not, and the supervisors on shift."""
    now = roster(work)
    clinicians = [one.id for one in now.people if one.role is Role.CLINICIAN]
    return clinicians + [one.id for one in now.people if now.coverage.serving.get(one.id) is Role.SUPERVISOR]


def _lock_people(work: Work, people: Sequence[UUID]) -> None:
    """Whoever is paged together is locked in the order of their ids: another case may page the same people now."""
    work.session.execute(select(Person.id).where(Person.id.in_(people)).order_by(Person.id).with_for_update())


def _nobody_on_call(work: Work, contact: Contact, move: rungs.Exhausted) -> None:
    """A clinician is called for, and there is nobody left to page: the supervisors hear of it, once a contact."""
    known = select(Event.id).where(Event.contact_id == contact.id, Event.what == "case.exhausted").limit(1)
    if work.session.scalar(known) is not None:
        return
    journal.note(work, "case.exhausted", contact=contact.id, why=move.why, reason=move.reason)
    log.warning("case.exhausted", contact=str(contact.id), reason=move.why)
    line = work.line(contact.line_version_id)
    refused = move.refused and line.words("supervisor_refused")
    tell_supervisors(work, contact, "supervisor_refused" if refused else "supervisor_nobody")


def ask_for_clinician(work: Work, contact: Contact, person: UUID) -> None:
    """A peer wants a clinician beside them."""
    case = case_of(work, contact)
    if case.asked_at is None or (case.acknowledged_at is not None and case.acknowledged_at >= case.asked_at):
        case.asked_at = work.now
    journal.note(work, "case.asked", contact=contact.id, person=person)
    timers.bring_forward(work, TimerKind.LADDER, contact.id, work.now)


def acknowledge(work: Work, contact: Contact, row: Page, leg: Leg | None) -> offers.Answer:
    """The clinician takes it: alone, if nobody has; beside the peer, if somebody has. A late press changes nothing.

    One page that was not answered, or refused, may be taken after all, as long as nobody has acknowledged the case.
    """
    case = case_of(work, contact)
    if _is_over(contact, case):
        return offers.Answer.GONE
    if row.state in (PageState.STOOD_DOWN, PageState.ACKNOWLEDGED) or case.state is not CaseState.OPEN:
        return offers.Answer.TAKEN
    person = work.session.get_one(Person, row.person_id, with_for_update=True)
    if contact.state in OVER:
        _acknowledged(work, contact, case, row, leg)
        return offers.Answer.YOURS
    if not is_taken(work, contact.id):
        offers.finish_filing(work, person.id)
        held = list(roster(work).held.get(person.id, ()))
        joins_by = leg if contact.channel is Channel.VOICE else None
        offers.take(work, contact, person, held, joins_by, "a clinician acknowledged the page")
        if contact.channel is Channel.TEXT:
            threads.begin(work, contact)
    elif contact.channel is Channel.TEXT:
        threads.join_as_guest(work, contact, person.id, row.tag)
    _acknowledged(work, contact, case, row, leg)
    return offers.Answer.YOURS


def call(work: Work, contact: Contact, why: rungs.Why, reason: str) -> None:
    """The line itself calls for a clinician, until one acknowledges."""
    case = case_of(work, contact)
    answered = case.called_at is None or (case.acknowledged_at is not None and case.acknowledged_at >= case.called_at)
    if answered or case.called_why != why:
        case.called_at, case.called_why = work.now, why
    journal.note(work, "case.called", contact=contact.id, why=reason, calls=why)
    timers.bring_forward(work, TimerKind.LADDER, contact.id, work.now)


def pages_of(work: Work, person: UUID) -> list[Sent]:
    """The latest pages of `person`, as far as their codes can be told apart, with what has become of each."""
    rows = work.session.execute(
        select(Page, Case, Contact)
        .join(Case, Case.id == Page.case_id)
        .join(Contact, Contact.id == Case.contact_id)
        .where(Page.person_id == person)
        .order_by(Page.paged_at.desc(), Page.id)
        .limit(len(pages.CODES))
    )
    return [pages.as_sent(page, case, contact, _is_over(contact, case)) for page, case, contact in rows]


def locked(work: Work, row: Page) -> tuple[Contact, Sent]:
    """The page's contact, locked, and the page as it stands now that nothing else can change it."""
    contact = contact_of_page(work, row)
    case = case_of(work, contact)
    return contact, pages.as_sent(row, case, contact, _is_over(contact, case))


def _is_over(contact: Contact, case: Case) -> bool:
    return contact.state in OVER and not is_cut_off(contact, case)


def page_again(work: Work, contact: Contact, row: Page) -> None:
    """Somebody answers a page that says less than is known by now: they are paged anew, as it stands."""
    journal.note(work, "page.outdated", contact=contact.id, person=row.person_id, page=str(row.id), why="it is graver")
    pages.send(work, contact, case_of(work, contact), rungs.Call(row.person_id, row.tier, rungs.Why.RISK))


def stand_down(work: Work, contact: Contact, case: Case, why: str) -> None:
    """Nobody is needed any more: phones stop ringing."""
    closed = pages.close_open(work, case, PageState.STOOD_DOWN)
    if closed:
        journal.note(work, "case.stood_down", contact=contact.id, why=why, pages=closed)
    if case.state is not CaseState.STOOD_DOWN and contact.state in CONTACT_OVER:
        _tell_how_it_ended(work, contact, case)
        case.state = check(CASE_MOVES, case.state, CaseState.STOOD_DOWN)


def decided(work: Work, contact: Contact, why: str) -> None:
    """Somebody has looked at how the contact ended: nobody is called about it any more."""
    case = work.session.scalar(select(Case).where(Case.contact_id == contact.id).with_for_update())
    if case is None or contact.state not in OVER or case.state is CaseState.STOOD_DOWN:
        return
    closed = pages.close_open(work, case, PageState.STOOD_DOWN)
    case.state = check(CASE_MOVES, case.state, CaseState.STOOD_DOWN)
    journal.note(work, "case.stood_down", contact=contact.id, why=why, pages=closed)


def _tell_how_it_ended(work: Work, contact: Contact, case: Case) -> None:
    """Somebody in danger whom nobody here has answered is not forgotten."""
    if contact.risk < Tier.HIGH or case.called_why == rungs.Why.DROPPED:
        return
    if contact.state is ContactState.ABANDONED and contact.channel is Channel.VOICE:
        tell_supervisors(work, contact, "supervisor_left")
    elif contact.state is ContactState.DIVERTED and contact.disposition == "partner":
        tell_supervisors(work, contact, "supervisor_diverted")


def contact_of_page(work: Work, row: Page) -> Contact:
    """The page's contact, locked."""
    contact = lock_contact(work, work.session.get_one(Case, row.case_id).contact_id)
    work.session.refresh(row)
    return contact


def _acknowledged(work: Work, contact: Contact, case: Case, row: Page, leg: Leg | None) -> None:
    if row.state is PageState.OPEN:
        pages.acknowledged(work, row, leg)
    if case.state is CaseState.OPEN:
        case.state = check(CASE_MOVES, case.state, CaseState.ACKNOWLEDGED)
    case.acknowledged_at, case.acknowledged_risk = work.now, contact.risk
    pages.close_open(work, case, PageState.STOOD_DOWN)
    journal.note(work, "page.acknowledged", contact=contact.id, person=row.person_id, page=str(row.id))
    timers.bring_forward(work, TimerKind.LADDER, contact.id, work.now)


def case_of(work: Work, contact: Contact) -> Case:
    """The contact's case; opened, with a snapshot of the ladder, if it has none."""
    case = work.session.scalar(select(Case).where(Case.contact_id == contact.id).with_for_update())
    if case is None:
        policy = work.line(contact.line_version_id).ladder
        case = Case(
            id=work.new_id(),
            contact_id=contact.id,
            ladder=policy.model_dump(mode="json"),
            state=CaseState.OPEN,
            opened_at=work.now,
            acknowledged_risk=0,
            supervisor_told_risk=0,
        )
        work.session.add(case)
        work.session.flush()
    return case


def _as_case(work: Work, contact: Contact, case: Case, policy: Ladder) -> rungs.Case:
    waiting = contact.state in WAITING and not contact.outbound and not is_taken(work, contact.id)
    unasked = waiting and contact.state is not ContactState.OFFERED
    verdict = verdict_for(work, contact) if unasked else None
    pages = work.session.scalars(select(Page).where(Page.case_id == case.id)).all()
    return rungs.Case(
        waiting_since=contact.waiting_since if waiting else None,
        nobody=isinstance(verdict, Hold) and verdict.nobody,
        risk=Tier(contact.risk),
        risk_at=contact.risk_at,
        asked_at=case.asked_at,
        acknowledged_at=case.acknowledged_at,
        acknowledged_risk=Tier(case.acknowledged_risk),
        pages=tuple(rungs.Paged(row.person_id, row.tier, row.paged_at, row.state) for row in pages),
        over=_is_over(contact, case),
        refused_at=_refused_at(work, contact, policy) if waiting and policy.refusals else None,
        called_at=case.called_at,
        called_why=rungs.Why(case.called_why) if case.called_why else None,
    )


def _refused_at(work: Work, contact: Contact, policy: Ladder) -> datetime | None:
    """When as many peers as the ladder allows had said no to this wait of the contact, or not answered."""
    ends = sorted(
        offer.ended_at
        for offer in offers_of(work, contact.id)
        if offer.state in SAID_NO and offer.ended_at is not None and offer.ended_at >= contact.waiting_since
    )
    return ends[policy.refusals - 1] if len(ends) >= policy.refusals else None


def _reopen(case: Case) -> None:
    if case.state is not CaseState.OPEN:
        case.state = check(CASE_MOVES, case.state, CaseState.OPEN)


def _tell_supervisors(work: Work, contact: Contact, case: Case) -> None:
    """Tell the supervisors once for each tier the contact reaches, and again if somebody in danger has left."""
    tier = Tier(contact.risk)
    steps = {
        Tier.IMMINENT: Ladder.model_validate(case.ladder).risk.imminent,
        Tier.HIGH: Ladder.model_validate(case.ladder).risk.high,
    }
    if tier not in steps or not steps[tier].tell_supervisor or case.supervisor_told_risk >= tier:
        return
    case.supervisor_told_risk = tier
    tell_supervisors(work, contact, "supervisor_open")


def tell_supervisors(work: Work, contact: Contact, what: str) -> None:
    """Text the supervisors about a contact at risk, or whoever stands in for them; `what` is a key of words."""
    line = work.line(contact.line_version_id)
    told = _whom_to_tell(work, line.ladder.without_supervisor)
    key = "supervisor_risk" if told.told_as is As.SUPERVISOR else "unsupervised"
    words = line.words(key, risk=Tier(contact.risk).word, what=line.words(what))
    for person in told.people:
        outbox.text_person(work, person, words, urgency=outbox.Urgency.PAGE, contact=contact.id)
    if told.told_as is not As.SUPERVISOR:
        journal.note(work, "case.unsupervised", contact=contact.id, why=told.reason, told=len(told.people))
    if told.paged:
        call(work, contact, rungs.Why.UNSUPERVISED, told.reason)


def _whom_to_tell(work: Work, how: Literal["text", "page"] | None) -> Told:
    supervisors = [one.id for one in supervisors_on_shift(work)]
    now = roster(work)
    there = frozenset(now.coverage.on_shift) - absences(work, now, work.line()).keys()
    answering = [one.id for one in coordinators(work)]
    return whom(supervisors, there, now.coverage.on_call, answering, how)


def tell_of_fault(work: Work) -> None:
    """Something of the line keeps failing: whoever supervises must know, though no contact is named."""
    for person in supervisors_on_shift(work):
        outbox.text_person(work, person.id, work.line().words("fault"), urgency=outbox.Urgency.NOTICE)
