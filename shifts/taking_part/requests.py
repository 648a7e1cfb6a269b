"""Requests about shifts as rows: written, moved by their table with a reason, and lapsing when a shift begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from helpline import journal, timers
from helpline.database import Work
from helpline.nouns import REQUEST_MOVES, REQUEST_OPEN, RequestKind, RequestState, Role, TimerKind, check
from helpline.tables import ShiftRequest
from shifts.rota import Occurrence
from shifts.taking_part.book import Book, open_book
from shifts.taking_part.standing import Change, Step

NOWHERE = UUID(int=0)
"""Stands for a shift that has been removed from the rota."""
OPEN = select(ShiftRequest).where(ShiftRequest.state.in_(REQUEST_OPEN)).execution_options(populate_existing=True)


def ask(
    book: Book,
    kind: RequestKind,
    asker: UUID,
    one: Occurrence,
    *,
    other: UUID | None = None,
    theirs: Occurrence | None = None,
) -> ShiftRequest:
    """Write down that somebody asks something about a shift. What was asked about it before is taken back."""
    earlier = open_about(book.work, one)
    if earlier is not None:
        move(book.work, earlier, RequestState.WITHDRAWN, "something else is asked about the shift", asker)
        book.work.session.flush()
        if earlier.other_id is not None:
            book.tell(earlier.other_id, "rota_withdrawn", one, name=book.name(earlier.asker_id))
    last = book.work.session.scalar(select(func.max(ShiftRequest.number))) or 0
    request = ShiftRequest(
        id=book.work.new_id(),
        number=last + 1,
        kind=kind,
        state=RequestState.ASKED,
        asker_id=asker,
        shift_id=one.shift,
        on_day=one.on,
        starts_at=one.starts,
        ends_at=one.ends,
        other_id=other,
        answer_id=other,
        asked_people=[],
        asked_at=book.work.now,
    )
    book.work.session.add(request)
    book.work.session.flush()
    shift, day = str(one.shift), str(one.on)
    journal.note(book.work, "request.asked", person=asker, request=str(request.id), kind=kind, shift=shift, day=day)
    timers.schedule(book.work, TimerKind.REQUEST, request.id, one.starts)
    if theirs is not None:
        choose(book, request, theirs)
    return request


def choose(book: Book, request: ShiftRequest, theirs: Occurrence) -> None:
    """In a swap, what is given for the shift: it has to be settled before either begins."""
    request.other_shift_id, request.other_on_day = theirs.shift, theirs.on
    book.work.session.flush()
    timers.bring_forward(book.work, TimerKind.REQUEST, request.id, theirs.starts)


def move(work: Work, request: ShiftRequest, to: RequestState, why: str, person: UUID | None) -> None:
    """Move a request, or raise IllegalMove. `person` is whose doing it is; None: time's."""
    before = request.state
    request.state = check(REQUEST_MOVES, before, to)
    if to not in REQUEST_OPEN:
        request.ended_at, request.answer_id = work.now, None
        timers.cancel(work, request.id, TimerKind.REQUEST)
    journal.note(work, f"request.{to}", person=person, request=str(request.id), why=why, before=before)


def open_about(work: Work, one: Occurrence) -> ShiftRequest | None:
    """What is being asked about a shift by whoever has it."""
    return work.session.scalar(OPEN.where(_is_about(one)))


def waiting_for(work: Work, person: UUID, one: Occurrence) -> ShiftRequest | None:
    """The request that waits for the word of `person`, about this shift or one given for it."""
    given = and_(ShiftRequest.other_shift_id == one.shift, ShiftRequest.other_on_day == one.on)
    theirs = ShiftRequest.answer_id == person, ShiftRequest.state == RequestState.ASKED
    return work.session.scalars(OPEN.where(*theirs, or_(_is_about(one), given)).order_by(ShiftRequest.asked_at)).first()


def all_waiting_for(work: Work, person: UUID) -> Sequence[ShiftRequest]:
    """Every request that waits for the word of `person`, oldest first."""
    theirs = ShiftRequest.answer_id == person, ShiftRequest.state == RequestState.ASKED
    return work.session.scalars(OPEN.where(*theirs).order_by(ShiftRequest.number)).all()


def all_awaiting(work: Work) -> Sequence[ShiftRequest]:
    """Every request that waits for a coordinator, oldest first."""
    return work.session.scalars(
        OPEN.where(ShiftRequest.state == RequestState.AWAITING).order_by(ShiftRequest.number)
    ).all()


def awaiting(work: Work, number: int) -> ShiftRequest | None:
    """The request of this number, if it waits for a coordinator."""
    return next((one for one in all_awaiting(work) if one.number == number), None)


def sought(work: Work) -> Sequence[ShiftRequest]:
    """Every request for anybody who fits."""
    asked = ShiftRequest.kind == RequestKind.COVER, ShiftRequest.state == RequestState.ASKED
    return work.session.scalars(OPEN.where(*asked).order_by(ShiftRequest.starts_at)).all()


def last_claim(work: Work, person: UUID, since: datetime) -> ShiftRequest | None:
    """The latest open shift that somebody took, if they did since then."""
    claims = select(ShiftRequest).where(
        ShiftRequest.asker_id == person,
        ShiftRequest.kind == RequestKind.CLAIM,
        ShiftRequest.state == RequestState.DONE,
        ShiftRequest.ended_at >= since,
    )
    return work.session.scalars(claims.order_by(ShiftRequest.number.desc())).first()


def shift_asked_about(book: Book, request: ShiftRequest) -> Occurrence:
    """The shift as its request has it: that of the asker."""
    known = book.standing.rota.occurrence(request.shift_id, request.on_day) if request.shift_id is not None else None
    if known is not None:
        return replace(known, person=request.asker_id)
    return _gone(request.shift_id or NOWHERE, request.on_day, request.asker_id, request)


def shift_given_for_it(book: Book, request: ShiftRequest) -> Occurrence | None:
    """In a swap, what the other gives: theirs, as the request has it. None as long as that is not known."""
    if request.other_on_day is None:
        return None
    shift = request.other_shift_id or NOWHERE
    known = book.standing.rota.occurrence(shift, request.other_on_day)
    if known is not None:
        return replace(known, person=request.other_id)
    return _gone(shift, request.other_on_day, request.other_id, request)


def change_of(book: Book, request: ShiftRequest, number: int | None = None) -> Change:
    """The change of the rota that is asked for."""
    first = Step(shift_asked_about(book, request), request.other_id)
    theirs = shift_given_for_it(book, request)
    return Change((first,) if theirs is None else (first, Step(theirs, request.asker_id)), number=number)


def request_due(work: Work, subject: str) -> datetime | None:
    """Timer: a shift begins about which something is asked still; everybody concerned is told that it lapses."""
    book = open_book(work)
    request = work.session.get(ShiftRequest, UUID(subject), populate_existing=True)
    if request is None or request.state not in REQUEST_OPEN:
        return None
    change = change_of(book, request)
    due = min([request.starts_at, *(step.occurrence.starts for step in change.steps)])
    if due > work.now:
        return due
    concerned = [one for one in (request.asker_id, request.other_id) if one is not None]
    move(work, request, RequestState.LAPSED, "the shift begins", None)
    for person in concerned:
        book.tell(person, "rota_lapsed", change.steps[0].occurrence, name=book.name(request.asker_id))
    return None


def _gone(shift: UUID, day: date, person: UUID | None, request: ShiftRequest) -> Occurrence:
    """Stands for a shift that is not in the rota any more: no change of it is allowed."""
    return Occurrence(shift, day, person, Role.PEER, request.starts_at, request.ends_at)


def _is_about(one: Occurrence) -> ColumnElement[bool]:
    return and_(ShiftRequest.shift_id == one.shift, ShiftRequest.on_day == one.on)
