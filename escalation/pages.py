"""Pages: one attempt to reach one clinician each, by call and text, from its sending to its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, update

from escalation import ladder as rungs
from escalation.replies import OVER, Sent
from helpline import journal, outbox, timers
from helpline.database import Work
from helpline.line import Line
from helpline.nouns import (
    LEG_UP,
    PAGE_MOVES,
    CarrierName,
    LegRole,
    LegState,
    PageState,
    Tier,
    TimerKind,
    check,
)
from helpline.tables import Case, Contact, Leg, Page, Person
from routing import offers, threads
from routing.contacts import part_from
from routing.moves import lock_contact

PAGE_GRACE = timedelta(seconds=45)
CODES = range(10, 100)
"""The codes of somebody's pages, in turn: two digits, so that one comes again only after ninety pages."""
LEGS_OF_PAGE = select(Leg).where(Leg.page_id == bindparam("page"), Leg.offer_id.is_(None), Leg.state.in_(LEG_UP))
REFUSABLE = frozenset({PageState.OPEN, PageState.UNANSWERED})


def send(work: Work, contact: Contact, case: Case, call: rungs.Call) -> None:
    """Ring and text one clinician. Who is on the phone already, or whose phone rings, is texted only.

    So is whoever is to decide about a contact that is over: there is no call that they could join.
    """
    line = work.line(contact.line_version_id)
    why = _why(line, contact, call.why, work.now)
    danger = contact.risk >= Tier.HIGH
    row = _ringing_page(work, case, call.person)
    if row is not None:
        row.why, row.paged_at = why, work.now
    else:
        close_open(work, case, PageState.UNANSWERED, only=call.person)
        row = _new_page(work, case, call, why)
        if contact.state not in OVER and not _on_the_phone(work, call.person):
            ring_page(work, contact, row, line.ladder.ring_seconds, danger=danger)
    words = line.words(
        "dropped_page" if call.why is rungs.Why.DROPPED else "page_text",
        why=row.why,
        tag=row.tag,
        number=row.code,
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
        code=_next_code(work, call.person),
        state=PageState.OPEN,
        paged_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row


def _next_code(work: Work, person: UUID) -> int:
    """The code of this person's next page. The row is locked, so that no two pages have the same at once."""
    count = update(Person).where(Person.id == person).values(pages=Person.pages + 1).returning(Person.pages)
    sent: int = work.session.scalars(count.execution_options(synchronize_session=False)).one()
    return CODES[(sent - 1) % len(CODES)]


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
        code=row.code,
        state=PageState.OPEN,
        paged_at=work.now,
    )
    work.session.add(again)
    work.session.flush()
    return again


def acknowledged(work: Work, row: Page, by: Leg | None) -> None:
    """The open page has reached somebody. The leg that they took it `by` stays up; any other stops ringing."""
    row.state = check(PAGE_MOVES, row.state, PageState.ACKNOWLEDGED)
    row.ended_at = work.now
    timers.cancel(work, row.id, TimerKind.PAGE)
    work.session.flush()
    for leg in work.session.scalars(LEGS_OF_PAGE, {"page": row.id}):
        if by is None or leg.id != by.id:
            part_from(work, leg)


def as_sent(page: Page, case: Case, contact: Contact, is_over: bool) -> Sent:
    """The page as the reply to it is judged; `is_over` if nothing about its contact is left to decide."""
    return Sent(
        page=page.id,
        contact=contact.id,
        tag=page.tag,
        code=page.code,
        at=page.paged_at,
        state=page.state,
        case=case.state,
        acknowledged_at=case.acknowledged_at,
        risk=Tier(contact.risk),
        risk_at=contact.risk_at,
        is_over=is_over,
    )


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
    """Nobody has answered the page: the ladder looks again at once."""
    if row.state is not PageState.OPEN:
        return
    end(work, row, PageState.UNANSWERED)
    journal.note(work, "page.unanswered", contact=contact.id, person=row.person_id, page=str(row.id), why=why)
    timers.bring_forward(work, TimerKind.LADDER, contact.id, work.now)


def _why(line: Line, contact: Contact, why: rungs.Why, now: datetime) -> str:
    seconds = int((now - contact.waiting_since).total_seconds())
    return line.words(f"why_{why}", seconds=seconds)


def _on_the_phone(work: Work, person: UUID) -> bool:
    live = select(Leg.id).where(Leg.person_id == person, Leg.state.in_(LEG_UP)).limit(1)
    return work.session.scalar(live) is not None


def refused(work: Work, contact: Contact, row: Page, why: str) -> bool:
    """The clinician cannot take it, for whatever reason: the ladder asks the next at once. False if it is too late."""
    if row.state not in REFUSABLE:
        return False
    end(work, row, PageState.REFUSED)
    journal.note(work, "page.refused", contact=contact.id, person=row.person_id, page=str(row.id), why=why)
    timers.bring_forward(work, TimerKind.LADDER, contact.id, work.now)
    return True


def close_open(work: Work, case: Case, to: PageState, only: UUID | None = None) -> int:
    """End the case's open pages, or that of one person. Returns how many."""
    rows = work.session.scalars(select(Page).where(Page.case_id == case.id, Page.state == PageState.OPEN)).all()
    closing = [row for row in rows if only is None or row.person_id == only]
    for row in closing:
        end(work, row, to)
    return len(closing)


def end(work: Work, row: Page, to: PageState) -> None:
    """Move the page on, or raise IllegalMove: its phone stops ringing, and a text that has not left may never do."""
    row.state = check(PAGE_MOVES, row.state, to)
    row.ended_at = work.now
    timers.cancel(work, row.id, TimerKind.PAGE)
    work.session.flush()
    if to in (PageState.STOOD_DOWN, PageState.REFUSED):
        contact = work.session.get_one(Case, row.case_id).contact_id
        outbox.take_back_texts(work, contact, row.person_id, outbox.Urgency.DANGER, outbox.Urgency.PAGE)
    for leg in work.session.scalars(LEGS_OF_PAGE, {"page": row.id}):
        part_from(work, leg)


