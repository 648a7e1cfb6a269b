"""A case beside a contact: climbs its ladder, pages until somebody acknowledges, and brings them in."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from escalation import ladder as rungs
from escalation import rescues
from helpline import journal, outbox, timers
from helpline.database import Work
from helpline.line import Ladder, Line
from helpline.log import logger
from helpline.nouns import (
    CASE_MOVES,
    CONTACT_OVER,
    LEG_UP,
    PAGE_MOVES,
    WAITING,
    CarrierName,
    CaseState,
    Channel,
    ContactState,
    LegRole,
    LegState,
    PageState,
    Tier,
    TimerKind,
    check,
)
from helpline.tables import Case, Contact, Event, Leg, Page, Person
from routing import offers, threads
from routing.choose import Hold
from routing.contacts import part_from
from routing.match import verdict_for
from routing.moves import is_taken, lock_contact
from shifts.roster import on_call, roster, supervisors_on_shift

PAGE_GRACE = timedelta(seconds=45)
log = logger(__name__)


def climb(work: Work, subject: str) -> datetime | None:
    """Timer: take the contact's case one step further, as the ladder it was opened with says."""
    contact = lock_contact(work, UUID(subject))
    case = _case_of(work, contact)
    _tell_supervisors(work, contact, case)
    rescues.look(work, contact)
    policy = Ladder.model_validate(case.ladder)
    move = rungs.assess(_as_case(work, contact, case), policy, on_call(work), work.now)
    if isinstance(move, rungs.Page):
        _reopen(case)
        for call in move.calls:
            page(work, contact, case, call)
    elif isinstance(move, rungs.StandDown):
        stand_down(work, contact, case, move.reason)
    elif isinstance(move, rungs.Exhausted):
        _nobody_on_call(work, contact, move)
    return move.until


def _nobody_on_call(work: Work, contact: Contact, move: rungs.Exhausted) -> None:
    """A clinician is called for and the rotation is empty: the supervisors hear of it, once a contact."""
    known = select(Event.id).where(Event.contact_id == contact.id, Event.what == "case.exhausted").limit(1)
    if work.session.scalar(known) is not None:
        return
    journal.note(work, "case.exhausted", contact=contact.id, why=move.why, reason=move.reason)
    log.warning("case.exhausted", contact=str(contact.id), reason=move.why)
    tell_supervisors(work, contact, "supervisor_nobody")


def ask_for_clinician(work: Work, contact: Contact, person: UUID) -> None:
    """A peer wants a clinician beside them."""
    case = _case_of(work, contact)
    if case.asked_at is None or (case.acknowledged_at is not None and case.acknowledged_at >= case.asked_at):
        case.asked_at = work.now
    journal.note(work, "case.asked", contact=contact.id, person=person)
    timers.bring_forward(work, TimerKind.LADDER, contact.id, work.now)


def page(work: Work, contact: Contact, case: Case, call: rungs.Call) -> None:
    """Ring and text one clinician. Somebody who is on the phone already, or whose phone rings, is texted only."""
    line = work.line(contact.line_version_id)
    why = _why(line, contact, call.why, work.now)
    danger = contact.risk >= Tier.HIGH
    row = _ringing_page(work, case, call.person)
    if row is not None:
        row.why, row.paged_at = why, work.now
    else:
        _close_open_pages(work, case, PageState.UNANSWERED, only=call.person)
        row = _new_page(work, case, call, why)
        if not _on_the_phone(work, call.person):
            ring_page(work, contact, row, line.ladder.ring_seconds, danger=danger)
    words = line.words(
        "page_text",
        why=row.why,
        tag=row.tag,
        channel=contact.channel,
        language=line.spoken_name(contact.language),
        risk=line.words_of_risk(Tier(contact.risk)),
    )
    urgency = outbox.Urgency.DANGER if danger else outbox.Urgency.PAGE
    outbox.text_person(work, call.person, words, urgency=urgency, contact=contact.id)
    timers.schedule(work, TimerKind.PAGE, row.id, work.now + timedelta(seconds=line.ladder.ring_seconds) + PAGE_GRACE)
    journal.note(
        work, "page.sent", contact=contact.id, person=call.person, page=str(row.id), tier=call.tier, why=call.why
    )


def _ringing_page(work: Work, case: Case, person: UUID) -> Page | None:
    """The open page of `person` for which their phone rings at this moment."""
    return work.session.scalar(
        select(Page)
        .join(Leg, Leg.page_id == Page.id)
        .where(Page.case_id == case.id, Page.person_id == person, Page.state == PageState.OPEN, Leg.state.in_(LEG_UP))
        .limit(1)
    )


def _new_page(work: Work, case: Case, call: rungs.Call, why: str) -> Page:
    row = Page(
        id=work.new_id(),
        case_id=case.id,
        person_id=call.person,
        tier=call.tier,
        why=why,
        tag=offers.free_tag(threads.tags_of(work, call.person)),
        state=PageState.OPEN,
        paged_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row


def ring_page(
    work: Work, contact: Contact, row: Page, seconds: float, *, danger: bool, carrier: CarrierName | None = None
) -> None:
    """Ring the clinician of a page, by this carrier or by whichever is well."""
    leg = Leg(
        id=work.new_id(),
        contact_id=contact.id,
        page_id=row.id,
        person_id=row.person_id,
        role=LegRole.CLINICIAN,
        state=LegState.PLANNED,
        carrier=carrier,
        joined=False,
    )
    work.session.add(leg)
    work.session.flush()
    outbox.ring(work, leg, urgency=outbox.Urgency.DANGER if danger else outbox.Urgency.PAGE, seconds=seconds)


def ring_now(work: Work, contact: Contact, row: Page, carrier: CarrierName | None = None) -> None:
    """Ring the clinician of a page at once, though an earlier ring of it has ended."""
    line = work.line(contact.line_version_id)
    if row.state is not PageState.OPEN:
        row = _renewed(work, row)
    danger = contact.risk >= Tier.HIGH
    ring_page(work, contact, row, line.ladder.ring_seconds, danger=danger, carrier=carrier)
    patience = timedelta(seconds=line.ladder.ring_seconds) + PAGE_GRACE
    timers.schedule(work, TimerKind.PAGE, row.id, work.now + patience)


def _renewed(work: Work, row: Page) -> Page:
    again = Page(
        id=work.new_id(),
        case_id=row.case_id,
        person_id=row.person_id,
        tier=row.tier,
        why=row.why,
        tag=row.tag,
        state=PageState.OPEN,
        paged_at=work.now,
    )
    work.session.add(again)
    work.session.flush()
    return again


def acknowledge(work: Work, contact: Contact, row: Page, leg: Leg | None) -> offers.Answer:
    """The clinician takes it: alone, if nobody has; beside the peer, if somebody has. A late press changes nothing."""
    if contact.state in CONTACT_OVER or contact.state is ContactState.WRAP_UP:
        return offers.Answer.GONE
    case = _case_of(work, contact)
    if row.state is not PageState.OPEN and case.state is not CaseState.OPEN:
        return offers.Answer.TAKEN
    person = work.session.get_one(Person, row.person_id, with_for_update=True)
    if not is_taken(work, contact.id):
        offers.finish_filing(work, person.id)
        held = list(roster(work).held.get(person.id, ()))
        joins_by = leg if contact.channel is Channel.VOICE else None
        offers.take(work, contact, person, held, joins_by, "a clinician acknowledged the page")
        if contact.channel is Channel.TEXT:
            threads.begin(work, contact)
    elif contact.channel is Channel.TEXT:
        threads.join_as_guest(work, contact, person.id, row.tag)
    _acknowledged(work, contact, case, row)
    return offers.Answer.YOURS


def stand_down(work: Work, contact: Contact, case: Case, why: str) -> None:
    """Nobody is needed any more: phones stop ringing."""
    closed = _close_open_pages(work, case, PageState.STOOD_DOWN)
    if closed:
        journal.note(work, "case.stood_down", contact=contact.id, why=why, pages=closed)
    if case.state is not CaseState.STOOD_DOWN and contact.state in CONTACT_OVER:
        _tell_how_it_ended(work, contact)
        case.state = check(CASE_MOVES, case.state, CaseState.STOOD_DOWN)


def _tell_how_it_ended(work: Work, contact: Contact) -> None:
    """Somebody in danger whom nobody here has answered is not forgotten."""
    if contact.risk < Tier.HIGH:
        return
    if contact.state is ContactState.ABANDONED and contact.channel is Channel.VOICE:
        tell_supervisors(work, contact, "supervisor_left")
    elif contact.state is ContactState.DIVERTED and contact.disposition == "partner":
        tell_supervisors(work, contact, "supervisor_diverted")


def page_due(work: Work, subject: str) -> datetime | None:
    """Timer: a page that nobody answered is over; the ladder sends the next."""
    row = work.session.get(Page, UUID(subject))
    if row is None:
        return None
    contact = lock_contact(work, work.session.get_one(Case, row.case_id).contact_id)
    work.session.refresh(row)
    unanswered(work, contact, row, "no acknowledgement")
    return None


def unanswered(work: Work, contact: Contact, row: Page, why: str) -> None:
    if row.state is not PageState.OPEN:
        return
    _end_page(work, row, PageState.UNANSWERED)
    journal.note(work, "page.unanswered", contact=contact.id, person=row.person_id, page=str(row.id), why=why)
    timers.bring_forward(work, TimerKind.LADDER, contact.id, work.now)


def open_page_of(work: Work, person: UUID, tag: str | None = None) -> Page | None:
    """The latest page `person` may still acknowledge: the case is open and the contact not over."""
    query = (
        select(Page)
        .join(Case, Case.id == Page.case_id)
        .join(Contact, Contact.id == Case.contact_id)
        .where(
            Page.person_id == person,
            Page.state.in_((PageState.OPEN, PageState.UNANSWERED)),
            Case.state == CaseState.OPEN,
            Contact.state.not_in(CONTACT_OVER),
        )
        .order_by(Page.paged_at.desc())
        .limit(1)
    )
    return work.session.scalar(query.where(Page.tag == tag) if tag else query)


def contact_of_page(work: Work, row: Page) -> Contact:
    """The page's contact, locked."""
    contact = lock_contact(work, work.session.get_one(Case, row.case_id).contact_id)
    work.session.refresh(row)
    return contact


def _acknowledged(work: Work, contact: Contact, case: Case, row: Page) -> None:
    if row.state is PageState.OPEN:
        row.state = check(PAGE_MOVES, row.state, PageState.ACKNOWLEDGED)
        row.ended_at = work.now
        timers.cancel(work, row.id, TimerKind.PAGE)
    if case.state is CaseState.OPEN:
        case.state = check(CASE_MOVES, case.state, CaseState.ACKNOWLEDGED)
    case.acknowledged_at, case.acknowledged_risk = work.now, contact.risk
    _close_open_pages(work, case, PageState.STOOD_DOWN)
    journal.note(work, "page.acknowledged", contact=contact.id, person=row.person_id, page=str(row.id))
    timers.bring_forward(work, TimerKind.LADDER, contact.id, work.now)


def _case_of(work: Work, contact: Contact) -> Case:
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


def _as_case(work: Work, contact: Contact, case: Case) -> rungs.Case:
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
        over=contact.state in CONTACT_OVER or contact.state is ContactState.WRAP_UP,
    )


def _reopen(case: Case) -> None:
    if case.state is not CaseState.OPEN:
        case.state = check(CASE_MOVES, case.state, CaseState.OPEN)


def _why(line: Line, contact: Contact, why: rungs.Why, now: datetime) -> str:
    seconds = int((now - contact.waiting_since).total_seconds())
    return line.words(f"why_{why}", seconds=seconds)


def _on_the_phone(work: Work, person: UUID) -> bool:
    live = select(Leg.id).where(Leg.person_id == person, Leg.state.in_(LEG_UP)).limit(1)
    return work.session.scalar(live) is not None


def _close_open_pages(work: Work, case: Case, to: PageState, only: UUID | None = None) -> int:
    rows = work.session.scalars(select(Page).where(Page.case_id == case.id, Page.state == PageState.OPEN)).all()
    closing = [row for row in rows if only is None or row.person_id == only]
    for row in closing:
        _end_page(work, row, to)
    return len(closing)


def _end_page(work: Work, row: Page, to: PageState) -> None:
    row.state = check(PAGE_MOVES, row.state, to)
    row.ended_at = work.now
    timers.cancel(work, row.id, TimerKind.PAGE)
    work.session.flush()
    if to is PageState.STOOD_DOWN:
        contact = work.session.get_one(Case, row.case_id).contact_id
        outbox.take_back_texts(work, contact, row.person_id, outbox.Urgency.DANGER, outbox.Urgency.PAGE)
    for leg in work.session.scalars(
        select(Leg).where(Leg.page_id == row.id, Leg.offer_id.is_(None), Leg.state.in_(LEG_UP))
    ):
        part_from(work, leg)


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
    """Text every supervisor on shift about a contact at risk; `what` is a key of the line's words."""
    line = work.line(contact.line_version_id)
    words = line.words("supervisor_risk", risk=Tier(contact.risk).word, what=line.words(what))
    for person in supervisors_on_shift(work):
        outbox.text_person(work, person.id, words, urgency=outbox.Urgency.PAGE, contact=contact.id)


def tell_of_fault(work: Work) -> None:
    """Something of the line keeps failing: whoever supervises must know, though no contact is named."""
    for person in supervisors_on_shift(work):
        outbox.text_person(work, person.id, work.line().words("fault"), urgency=outbox.Urgency.NOTICE)
