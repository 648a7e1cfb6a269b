"""What the line has to forget: words, numbers, the making of verdicts, what was agreed with callers, commands done."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, and_, cast, delete, exists, func, or_, select, update

from helpline import journal
from helpline.database import Work
from helpline.nouns import CommandState, ContactState, TimerKind
from helpline.tables import (
    Block,
    Caller,
    CarePlan,
    CommandRow,
    Contact,
    Continuity,
    DutyRow,
    Invitation,
    Message,
    Opening,
    Rescue,
    RescueStep,
    SignedIn,
    Snapshot,
    TimerRow,
)

AT_ONCE = 1000
COMMANDS_FOR = timedelta(days=1)
DONE = (CommandState.SENT, CommandState.FAILED, CommandState.DROPPED)


def forget(work: Work) -> bool:
    """Erase what is due, at most a thousand of each kind. True if there may be more."""
    before = work.now - timedelta(days=work.line().retention.contact_days)
    words, numbers, commands = _words(work, before), _numbers(work, before), _commands(work)
    snapshots = _snapshots(work, before)
    if words or numbers or snapshots:
        journal.note(work, "retention.erased", words=words, numbers=numbers, snapshots=snapshots)
    _wishes(work)
    _blocks(work, before)
    _visits(work, before)
    _rescues(work, before)
    work.session.execute(delete(DutyRow).where(DutyRow.ended_at < before))
    return max(words, numbers, commands, snapshots) == AT_ONCE


def _words(work: Work, before: datetime) -> int:
    """Erase what was said in contacts that ended before that, or that nobody has signed in as long."""
    due = (
        select(Message.id)
        .join(Contact, Contact.id == Message.contact_id)
        .where(Message.words.is_not(None), _is_long_over(before))
        .limit(AT_ONCE)
    )
    return len(
        work.session.execute(update(Message).where(Message.id.in_(due)).values(words=None).returning(Message.id)).all()
    )


def _rescues(work: Work, before: datetime) -> None:
    """Erase where callers were, and the words of whoever decided, with what was said in their contacts."""
    old = select(Rescue.id).join(Contact, Contact.id == Rescue.contact_id).where(_is_long_over(before))
    sealed = or_(Rescue.place.is_not(None), Rescue.end_words.is_not(None))
    work.session.execute(update(Rescue).where(Rescue.id.in_(old), sealed).values(place=None, end_words=None))
    tried = update(RescueStep).where(RescueStep.rescue_id.in_(old), RescueStep.words.is_not(None))
    work.session.execute(tried.values(words=None))
    opened = or_(Opening.asked_words.is_not(None), Opening.approved_words.is_not(None))
    agreed = update(Opening).where(Opening.rescue_id.in_(old), opened)
    work.session.execute(agreed.values(asked_words=None, approved_words=None))


def _is_long_over(before: datetime) -> ColumnElement[bool]:
    """Whether a contact ended before that, or is as long over for its caller and only waits for a signature."""
    unsigned = and_(Contact.state == ContactState.WRAP_UP, Contact.last_heard_at < before)
    return or_(Contact.ended_at < before, unsigned)


def _visits(work: Work, before: datetime) -> None:
    """Forget who was signed in at people's door, and who was invited, before that."""
    work.session.execute(delete(SignedIn).where(SignedIn.made_at < before))
    work.session.execute(delete(Invitation).where(Invitation.expires_at < before))


def _numbers(work: Work, before: datetime) -> int:
    """Erase the number of every caller whom the line has had nothing to do with since; the keyed hash stays.

    Whoever is being received at this moment is left alone: their row is locked until their contact can be seen here.
    """
    locked = work.session.scalars(
        select(Caller.id)
        .where(Caller.number.is_not(None), Caller.first_seen < before, _is_done_with(before))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    due = update(Caller).where(Caller.id.in_(locked), _is_done_with(before)).values(number=None).returning(Caller.id)
    forgotten = work.session.scalars(due).all()
    for known in (Continuity, CarePlan):
        work.session.execute(delete(known).where(known.caller_id.in_(forgotten)))
    return len(forgotten)


def _wishes(work: Work) -> None:
    """Forget whom callers asked for long ago. That one was taken back is kept while a care plan might say otherwise."""
    before = work.now - work.line().continuity.forget_after
    planned = select(CarePlan.id).where(CarePlan.caller_id == Continuity.caller_id).exists()
    over = or_(Continuity.asked_at < before, and_(Continuity.withdrawn_at < before, ~planned))
    work.session.execute(delete(Continuity).where(over))


def _blocks(work: Work, before: datetime) -> None:
    """Forget blocks that ended, by themselves or by somebody, before that."""
    work.session.execute(delete(Block).where(func.least(Block.until, Block.lifted_at) < before))


def _is_done_with(before: datetime) -> ColumnElement[bool]:
    """Whether every contact of the caller ended before that, and none is to be called back."""
    waits = exists().where(TimerRow.subject == cast(Contact.id, String), TimerRow.kind == TimerKind.CALLBACK)
    recent = select(Contact.id).where(
        Contact.caller_id == Caller.id, or_(Contact.ended_at.is_(None), Contact.ended_at >= before, waits)
    )
    return ~recent.exists()


def _snapshots(work: Work, before: datetime) -> int:
    """Erase what verdicts were made from before that: who was on shift, busy or resting. The verdicts stay."""
    due = select(Snapshot.id).where(Snapshot.at < before).limit(AT_ONCE)
    return len(work.session.execute(delete(Snapshot).where(Snapshot.id.in_(due)).returning(Snapshot.id)).all())


def _commands(work: Work) -> int:
    """Remove commands whose outcome has been known for a day."""
    done = (
        select(CommandRow.id)
        .where(
            CommandRow.state.in_(DONE),
            func.greatest(CommandRow.written_at, CommandRow.due_at) < work.now - COMMANDS_FOR,
        )
        .limit(AT_ONCE)
    )
    return len(work.session.execute(delete(CommandRow).where(CommandRow.id.in_(done)).returning(CommandRow.id)).all())
