"""What people do about single shifts: take, give, hand over, swap, ask for cover, and a coordinator's word about it.

Every function expects the rota's book open, judges what is asked at that moment, and returns what whoever asked is
told. Others whom it concerns are told in the same commit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from helpline import journal
from helpline.database import Work
from helpline.nouns import RequestKind, RequestState
from helpline.tables import OverrideRow, Person, ShiftRequest
from shifts.rota import Occurrence
from shifts.taking_part import requests
from shifts.taking_part.book import Answer, Book, one_step, say
from shifts.taking_part.covering import who_fits
from shifts.taking_part.rules import Allowed, NeedsCoordinator, Refused, Rule, could_ever_take, why
from shifts.taking_part.standing import Change, Step

OVERTAKEN = "A shift changes hands by whoever has it, and this one has just changed. Text SHIFTS or OPEN to see how."


class Overtaken(Exception):
    """Somebody else changed the shift at the same moment, without the rota's lock."""


def attempt(book: Book, person: UUID, one: Occurrence | None, act: Callable[[], Answer]) -> Answer:
    """Do what is asked for, or nothing of it if somebody else was quicker."""
    told = len(book.work.notes)
    try:
        with book.work.session.begin_nested():
            return act()
    except Overtaken:
        del book.work.notes[told:]
        return book.answer(person, "rota_refused", one, why=OVERTAKEN)


def claim(book: Book, person: UUID, one: Occurrence) -> Answer:
    """An open shift, or one for which somebody is sought, becomes theirs."""
    asked = requests.open_about(book.work, one) if one.person not in {None, person} else None
    if asked is not None and asked.kind is RequestKind.COVER and asked.state is RequestState.ASKED:
        return _step_in(book, person, asked)
    change = one_step(replace(one, person=None), person, book.number(one))
    if not isinstance(book.judge(change, person), Allowed):
        return _refuse(book, person, change)
    request = requests.ask(book, RequestKind.CLAIM, person, one, other=person)
    _finish(book, request, change, person, "the shift was open")
    return book.answer(person, "rota_taken", one, count=_whole(book.limits.undo_minutes))


def undo(book: Book, person: UUID) -> Answer:
    """What they took a moment ago is open again. That is judged only if something else has been changed since."""
    minutes = book.limits.undo_minutes
    last = requests.last_claim(book.work, person, book.work.now - timedelta(minutes=minutes))
    one = requests.shift_asked_about(book, last) if last is not None else None
    nothing = Answer("rota_nothing_to_undo", {"count": _whole(minutes)})
    if last is None or one is None or last.ended_at is None:
        return nothing
    known = book.standing.rota.occurrence(one.shift, one.on)
    if known is None or known.person != person:
        return nothing
    if known.starts <= book.work.now or _changed_since(book.work, last):
        return give_up(book, person, known)
    request = requests.ask(book, RequestKind.GIVE_UP, person, known)
    _finish(book, request, one_step(known, None), person, "taken back at once")
    return book.answer(person, "rota_undone", known)


def give_up(book: Book, person: UUID, one: Occurrence) -> Answer:
    """Theirs is open to everybody; a coordinator is asked first if that would open a hole, or it is refused."""
    change = one_step(replace(one, person=person), None, book.number(one))
    verdict = book.judge(change, person)
    if isinstance(verdict, Refused):
        return _refuse(book, person, change)
    request = requests.ask(book, RequestKind.GIVE_UP, person, one)
    return _settle(book, request, change, person, "nobody else has to agree")


def hand_over(book: Book, person: UUID, one: Occurrence, other: UUID) -> Answer:
    """Ask somebody by name to take theirs."""
    change = one_step(replace(one, person=person), other, book.number(one))
    if isinstance(book.judge(change, person), Refused):
        return _refuse(book, person, change)
    requests.ask(book, RequestKind.HANDOVER, person, one, other=other)
    book.tell(other, "rota_handover_offer", one, name=book.name(person))
    return book.answer(person, "rota_asked", one, name=book.name(other))


def offer_swap(book: Book, person: UUID, one: Occurrence, other: UUID) -> Answer:
    """Offer theirs to somebody by name, who says what they give for it."""
    step = Step(replace(one, person=person), other)
    change = Change((step,), person, book.number(one))
    seen = replace(book.standing, reader=book.clock_of(person))
    verdict = could_ever_take(step, change, seen, book.line.rota, book.work.now)
    if isinstance(verdict, Refused):
        return book.answer(person, "rota_refused", one, why=why(verdict))
    requests.ask(book, RequestKind.SWAP, person, one, other=other)
    book.tell(other, "rota_swap_choice", one, name=book.name(person))
    return book.answer(person, "rota_asked", one, name=book.name(other))


def propose_swap(book: Book, person: UUID, one: Occurrence, theirs: Occurrence) -> Answer:
    """Offer theirs to whoever has `theirs`, for that."""
    other = theirs.person
    if other is None or other == person:
        return book.answer(person, "rota_swap_how", one)
    change = _swap(person, one, other, theirs, book.number(one))
    if isinstance(book.judge(change, person), Refused):
        return _refuse(book, person, change)
    requests.ask(book, RequestKind.SWAP, person, one, other=other, theirs=theirs)
    _offer_swap_to(book, other, person, one, theirs)
    return book.answer(person, "rota_asked", one, name=book.name(other))


def choose_for_swap(book: Book, person: UUID, request: ShiftRequest, theirs: Occurrence) -> Answer:
    """Whoever was offered a swap says what they give; now the one who offered has the word."""
    one, asker = requests.shift_asked_about(book, request), request.asker_id
    change = _swap(asker, one, person, replace(theirs, person=person), book.number(one))
    if isinstance(book.judge(change, person), Refused):
        return _refuse(book, person, change)
    requests.choose(book, request, theirs)
    request.answer_id = asker
    _offer_swap_to(book, asker, person, theirs, one)
    return book.answer(person, "rota_asked", one, name=book.name(asker))


def agree(book: Book, person: UUID, request: ShiftRequest) -> Answer:
    """Whose word was waited for agrees. What stands against it by now is said, and leaves the request as it is."""
    one = requests.shift_asked_about(book, request)
    if request.kind is RequestKind.SWAP and request.other_on_day is None:
        return book.answer(person, "rota_swap_choice", one, name=book.name(request.asker_id))
    change = requests.change_of(book, request, book.number(one))
    if isinstance(book.judge(change, person), Refused):
        return _refuse(book, person, change)
    return _settle(book, request, change, person, "agreed by text")


def refuse(book: Book, person: UUID, request: ShiftRequest) -> Answer:
    """Whose word was waited for does not agree; nothing is changed."""
    one = requests.shift_asked_about(book, request)
    others = [who for who in (request.asker_id, request.other_id) if who is not None and who != person]
    requests.move(book.work, request, RequestState.REFUSED, "refused by text", person)
    for other in others:
        book.tell(other, "rota_request_refused", one, name=book.name(person))
    return book.answer(person, "rota_you_refused", one)


def withdraw(book: Book, person: UUID, request: ShiftRequest) -> Answer:
    """Whoever asked takes it back."""
    one = requests.shift_asked_about(book, request)
    requests.move(book.work, request, RequestState.WITHDRAWN, "taken back by text", person)
    if request.other_id is not None:
        book.tell(request.other_id, "rota_withdrawn", one, name=book.name(person))
    return book.answer(person, "rota_withdrawn", one, name=book.name(person))


def seek_cover(book: Book, person: UUID, one: Occurrence) -> Answer:
    """Ask the next few of those who fit, whoever has had the least first. Asked again, it goes on to others."""
    verdict = could_ever_take(Step(one, None), Change(()), book.standing, book.line.rota, book.work.now)
    if isinstance(verdict, Refused):
        return book.answer(person, "rota_refused", one, why=why(verdict))
    known = requests.open_about(book.work, one)
    known = known if known is not None and known.kind is RequestKind.COVER else None
    asked = {UUID(text) for text in (known.asked_people if known is not None else ())}
    fit = who_fits(one, book.standing, book.line.rota, book.work.now, asked)[: book.limits.cover_people]
    if not fit:
        return book.answer(person, "rota_cover_nobody", one)
    request = known or requests.ask(book, RequestKind.COVER, person, one)
    request.asked_people = [*request.asked_people, *map(str, fit)]
    journal.note(book.work, "request.sought", person=person, request=str(request.id), asked=list(map(str, fit)))
    for other in fit:
        book.tell(other, "rota_cover_offer", one, name=book.name(person))
    return book.answer(person, "rota_cover_asked", one, count=len(fit))


def allow(book: Book, coordinator: UUID, request: ShiftRequest) -> Answer:
    """A coordinator lets a hole open. Every other rule holds for them too: what breaks one by now is refused."""
    one = requests.shift_asked_about(book, request)
    change = requests.change_of(book, request, book.number(one))
    verdict = book.judge(change, coordinator)
    if isinstance(verdict, Refused) and any(reason.rule is not Rule.COVER for reason in verdict.reasons):
        return _refuse(book, coordinator, change)
    request.decided_by = coordinator
    _write(book, change, coordinator)
    requests.move(book.work, request, RequestState.DONE, "allowed by a coordinator", coordinator)
    _tell_done(book, request, change, None)
    return Answer("rota_decided", {"number": request.number})


def deny(book: Book, coordinator: UUID, request: ShiftRequest) -> Answer:
    """A coordinator does not let it be; nothing is changed."""
    one = requests.shift_asked_about(book, request)
    request.decided_by = coordinator
    requests.move(book.work, request, RequestState.REFUSED, "denied by a coordinator", coordinator)
    for person in (request.asker_id, request.other_id):
        if person is not None:
            book.tell(person, "rota_denied", one, name=book.name(request.asker_id))
    return Answer("rota_decided", {"number": request.number})


def what_is_asked(book: Book, request: ShiftRequest, reader: UUID | None) -> str:
    """A request in a few words, as `reader` reads it."""
    one, theirs = requests.shift_asked_about(book, request), requests.shift_given_for_it(book, request)
    asker, other, shift = book.name(request.asker_id), book.name(request.other_id), book.shift(one, reader)
    if request.kind is RequestKind.GIVE_UP:
        return f"{asker} gives up {shift}"
    if theirs is not None:
        return f"{asker} gives {shift} to {other} for {book.shift(theirs, reader)}"
    if request.kind is RequestKind.SWAP:
        return f"{asker} offers {shift} for one of {other}'s"
    return f"{asker} gives {shift} to {other}"


def _step_in(book: Book, person: UUID, request: ShiftRequest) -> Answer:
    """Somebody who was sought takes the shift. If they may not, others still can."""
    one = requests.shift_asked_about(book, request)
    change = one_step(one, person, book.number(one))
    if isinstance(book.judge(change, person), Refused):
        return _refuse(book, person, change)
    request.other_id = person
    return _settle(book, request, change, person, "somebody who was sought takes it")


def _settle(book: Book, request: ShiftRequest, change: Change, person: UUID, because: str) -> Answer:
    """Everybody who has to has agreed, `person` last: it is done, or waits for a coordinator."""
    one = change.steps[0].occurrence
    if isinstance(book.judge(change, person), NeedsCoordinator):
        deciders = book.deciders(request.asker_id)
        if not deciders:
            requests.move(book.work, request, RequestState.WITHDRAWN, "there is no coordinator", None)
            return book.answer(person, "rota_coordinator_none", one, why=book.why(change, person))
        requests.move(book.work, request, RequestState.AGREED, because, person)
        requests.move(book.work, request, RequestState.AWAITING, "it would open a hole", person)
        request.answer_id = None
        _ask_coordinators(book, request, change, deciders)
        if person != request.asker_id:
            book.tell(request.asker_id, "rota_waits", one, why=book.why(change, request.asker_id))
        return book.answer(person, "rota_waits", one, why=book.why(change, person))
    _finish(book, request, change, person, because)
    told = _told_done(book, request, change)
    _tell_done(book, request, change, person)
    return told[person]


def _finish(book: Book, request: ShiftRequest, change: Change, person: UUID, because: str) -> None:
    """Write what was allowed, and that it is done."""
    requests.move(book.work, request, RequestState.AGREED, because, person)
    _write(book, change, person)
    requests.move(book.work, request, RequestState.DONE, "every rule holds", person)


def _ask_coordinators(book: Book, request: ShiftRequest, change: Change, deciders: list[UUID]) -> None:
    for one in deciders:
        what, reasons = what_is_asked(book, request, one), book.why(change, one)
        book.tell(one, "rota_coordinator", None, number=request.number, what=what, why=reasons)


def _tell_done(book: Book, request: ShiftRequest, change: Change, apart: UUID | None) -> None:
    """Tell everybody but `apart`, who reads it as their answer."""
    for person, answer in _told_done(book, request, change).items():
        if person != apart:
            say(book.work, person, answer)


def _told_done(book: Book, request: ShiftRequest, change: Change) -> dict[UUID, Answer]:
    """What everybody concerned is told once it is done."""
    asker, other, one = request.asker_id, request.other_id, change.steps[0].occurrence
    if other is None:
        return {asker: book.answer(asker, "rota_given", one)}
    if len(change.steps) == 1:
        gave = book.answer(asker, "rota_handed_over", one, name=book.name(other))
        return {asker: gave, other: book.answer(other, "rota_received", one, name=book.name(asker))}
    theirs = change.steps[1].occurrence
    return {
        asker: book.answer(asker, "rota_swapped", theirs, name=book.name(other), other=book.shift(one, asker)),
        other: book.answer(other, "rota_swapped", one, name=book.name(asker), other=book.shift(theirs, other)),
    }


def _offer_swap_to(book: Book, reader: UUID, person: UUID, gives: Occurrence, wants: Occurrence) -> None:
    """Tell `reader` that `person` gives one shift for another, and by which number to agree."""
    facts = {"name": book.name(person), "other": book.shift(wants, reader)}
    book.tell(reader, "rota_swap_offer", gives, **facts)


def _refuse(book: Book, person: UUID, change: Change) -> Answer:
    """Say why not; the journal notes by which rules."""
    verdict = book.judge(change, person)
    rules = [] if isinstance(verdict, Allowed) else sorted({reason.rule.name.lower() for reason in verdict.reasons})
    shifts = [f"{step.occurrence.shift} {step.occurrence.on}" for step in change.steps]
    journal.note(book.work, "rota.refused", person=person, rules=rules, shifts=shifts)
    return book.refusal(person, change)


def _swap(asker: UUID, one: Occurrence, other: UUID, theirs: Occurrence, number: int) -> Change:
    return Change((Step(replace(one, person=asker), other), Step(replace(theirs, person=other), asker)), None, number)


def _write(book: Book, change: Change, person: UUID) -> None:
    """Write who has which shift from now on, all of it or nothing. Overtaken if one of them is not as it was read."""
    for step in sorted(change.steps, key=lambda step: step.occurrence.key):
        _put(book, step, person)
        shift, day = str(step.occurrence.shift), str(step.occurrence.on)
        gave, has = _text(step.occurrence.person), _text(step.to)
        journal.note(book.work, "rota.changed", person=person, shift=shift, day=day, gave=gave, has=has)


def _put(book: Book, step: Step, person: UUID) -> None:
    """One row at most stands for a shift of a day, and it is changed only if it is as it was when it was judged.

    Whoever comes second, by whatever way, is Overtaken.
    """
    shift, day = step.occurrence.key
    judged = next((one for one in book.standing.rota.overrides if (one.shift, one.on) == step.occurrence.key), None)
    decided = {"person_id": step.to, "decided_at": book.work.now, "decided_by": person}
    if judged is None:
        new = insert(OverrideRow).values(shift_id=shift, on_day=day, **decided).on_conflict_do_nothing()
        written = book.work.session.execute(new.returning(OverrideRow.on_day)).first()
    else:
        row = OverrideRow.shift_id == shift, OverrideRow.on_day == day, ~OverrideRow.cancelled, _has(judged.person)
        changed = update(OverrideRow).where(*row).values(**decided).returning(OverrideRow.on_day)
        written = book.work.session.execute(changed).first()
    if written is None:
        raise Overtaken


def _has(person: UUID | None) -> ColumnElement[bool]:
    """Whether it is theirs; what somebody has who is off the roster is nobody's."""
    if person is not None:
        return OverrideRow.person_id == person
    on_roster = select(Person.id).where(Person.active)
    return or_(OverrideRow.person_id.is_(None), OverrideRow.person_id.not_in(on_roster))


def _changed_since(work: Work, claim: ShiftRequest) -> bool:
    """Whether any shift changed hands after that one."""
    later = select(func.count()).select_from(OverrideRow).where(OverrideRow.decided_at > claim.ended_at)
    return bool(work.session.scalar(later))


def _text(person: UUID | None) -> str | None:
    return None if person is None else str(person)


def _whole(minutes: float) -> int:
    return round(minutes)
