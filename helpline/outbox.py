"""Commands for the carrier, written in the commit of the decision that wants them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select, text, update

from helpline.database import Work
from helpline.nouns import COMMAND_MOVES, CarrierName, CommandState, LegState, check
from helpline.privacy import command_words
from helpline.tables import COMMAND_TO_DO, Caller, CommandRow, Leg

TO_DO = (CommandState.PENDING, CommandState.SENDING, CommandState.UNCERTAIN)
NOW = bindparam("now", type_=CommandRow.due_at.type)
IS_DUE = and_(
    text(COMMAND_TO_DO),  # word for word the condition of the index, or it is not used
    CommandRow.due_at <= NOW,
    or_(CommandRow.state != CommandState.SENDING, CommandRow.deadline <= NOW),
)
"""Whether a command can be taken up at `now`; one that is being sent only after its deadline."""
NEXT_DUE = select(func.min(CommandRow.due_at)).where(text(COMMAND_TO_DO))


class Kind(StrEnum):
    RING = "ring"
    HANG_UP = "hang_up"
    REDIRECT = "redirect"
    TEXT = "text"
    ASK_CALL = "ask_call"
    ASK_CONFERENCE = "ask_conference"
    ASK_CARRIER = "ask_carrier"
    READY_CALL = "ready_call"
    TEST_CALL = "test_call"
    TEST_TEXT = "test_text"


class Urgency(IntEnum):
    """What leaves first when the carrier takes only so many requests a second."""

    DANGER = 0
    LIVE = 1
    PAGE = 2
    CALLER = 3
    OFFER = 4
    NOTICE = 5


def ring(work: Work, leg: Leg, *, urgency: Urgency, seconds: float) -> None:
    """Dial the person of `leg`, letting it ring so many seconds."""
    _write(
        work,
        Kind.RING,
        urgency,
        contact=leg.contact_id,
        leg=leg.id,
        person=leg.person_id,
        seconds=int(seconds),
    )


def ring_caller(work: Work, leg: Leg, caller: UUID, *, seconds: float) -> None:
    """Dial the caller, who asked for it, letting it ring so many seconds."""
    _write(work, Kind.RING, Urgency.LIVE, contact=leg.contact_id, leg=leg.id, caller=caller, seconds=int(seconds))


def hang_up(work: Work, leg: Leg, *, after: timedelta = timedelta()) -> None:
    """End `leg`, `after` so long. If its ring has not left yet, it never will."""
    if leg.state is LegState.ENDED:
        return
    unsent = _drop(work, leg.id, Kind.RING, Kind.REDIRECT)
    if unsent and leg.sid is None and not _under_way(work, leg.id, Kind.RING):
        leg.state = LegState.ENDED
        leg.ended_at = work.now
        return
    due = work.now + after
    if _under_way(work, leg.id, Kind.HANG_UP):
        work.session.execute(
            update(CommandRow)
            .where(
                CommandRow.leg_id == leg.id,
                CommandRow.kind == Kind.HANG_UP,
                CommandRow.state == CommandState.PENDING,
                CommandRow.due_at > due,
            )
            .values(due_at=due)
        )
        work.want_doorbell()
    else:
        _write(work, Kind.HANG_UP, Urgency.LIVE, contact=leg.contact_id, leg=leg.id, after=after)


def is_ending(work: Work, leg: Leg) -> bool:
    """Whether a hang-up of `leg` is on its way."""
    return _under_way(work, leg.id, Kind.HANG_UP)


def is_being_rung(work: Work, leg: Leg) -> bool:
    """Whether the ring of `leg` is on its way, or nobody knows yet what became of it."""
    return _under_way(work, leg.id, Kind.RING)


def redirect(work: Work, leg: Leg, path: str) -> None:
    """Let the live `leg` fetch what it hears next from `path`; an older redirect that has not left is dropped.

    The address is made new each time: the carrier's request for it must not look like an old one come again.
    """
    _drop(work, leg.id, Kind.REDIRECT)
    if "?" not in path:
        path += f"?step={int(work.now.timestamp() * 1000)}"
    _write(work, Kind.REDIRECT, Urgency.LIVE, contact=leg.contact_id, leg=leg.id, path=path)


def bring_back(work: Work, leg: Leg, path: str) -> None:
    """Redirect a leg that asks for nothing any more, unless a redirect of it is on its way."""
    if not _under_way(work, leg.id, Kind.REDIRECT):
        redirect(work, leg, path)


def text_person(work: Work, person: UUID, words: str, *, urgency: Urgency, contact: UUID | None = None) -> UUID:
    return _write(work, Kind.TEXT, urgency, contact=contact, person=person, words=words)


def text_caller(work: Work, caller: UUID, words: str, *, contact: UUID | None = None) -> None:
    """Text a caller, unless they have sent STOP."""
    if not work.session.get_one(Caller, caller).opted_out:
        _write(work, Kind.TEXT, Urgency.CALLER, contact=contact, caller=caller, words=words)


def drop_texts_to_caller(work: Work, caller: UUID) -> None:
    """The caller has sent STOP: what has not left yet never does."""
    work.session.execute(
        update(CommandRow)
        .where(
            CommandRow.caller_id == caller,
            CommandRow.kind == Kind.TEXT,
            CommandRow.state == CommandState.PENDING,
        )
        .values(state=CommandState.DROPPED, words=None)
    )


def take_back_texts(work: Work, contact: UUID, person: UUID, *urgencies: Urgency) -> None:
    """What somebody was to be told about a contact, and has not been yet, is no longer so."""
    work.session.execute(
        update(CommandRow)
        .where(
            CommandRow.contact_id == contact,
            CommandRow.person_id == person,
            CommandRow.kind == Kind.TEXT,
            CommandRow.priority.in_(urgencies),
            CommandRow.state == CommandState.PENDING,
        )
        .values(state=CommandState.DROPPED, words=None)
    )


def ask_call(work: Work, leg: Leg) -> None:
    """Ask the carrier what has become of `leg`."""
    if not _under_way(work, leg.id, Kind.ASK_CALL):
        _write(work, Kind.ASK_CALL, Urgency.LIVE, contact=leg.contact_id, leg=leg.id)


def ask_conference(work: Work, contact: UUID) -> None:
    """Ask the carrier who is in the contact's conference."""
    if not work.session.scalar(
        select(CommandRow.id).where(
            CommandRow.contact_id == contact,
            CommandRow.kind == Kind.ASK_CONFERENCE,
            CommandRow.state.in_(TO_DO),
        )
    ):
        _write(work, Kind.ASK_CONFERENCE, Urgency.LIVE, contact=contact)


def ask_carrier(work: Work, carrier: CarrierName, *, at: datetime) -> None:
    """Ask the carrier at that moment whether it answers, unless that is to be done already."""
    asking = select(CommandRow.id).where(
        CommandRow.carrier == carrier, CommandRow.kind == Kind.ASK_CARRIER, CommandRow.state.in_(TO_DO)
    )
    if not work.session.scalar(asking.limit(1)):
        _write(work, Kind.ASK_CARRIER, Urgency.NOTICE, carrier=carrier, after=at - work.now)


def ring_for_ready(work: Work, person: UUID, duty: UUID, *, seconds: float) -> None:
    """Dial somebody about their time on call, letting it ring so many seconds. It is about no contact: no leg."""
    _write(work, Kind.READY_CALL, Urgency.NOTICE, person=person, path=str(duty), seconds=int(seconds))


def test(work: Work, kind: Kind, probe: UUID, words: str | None = None) -> None:
    """Let the line call or text itself, after everything that concerns people."""
    _write(work, kind, Urgency.NOTICE, path=str(probe), words=words)


def move(row: CommandRow, to: CommandState) -> None:
    row.state = check(COMMAND_MOVES, row.state, to)


def next_due(work: Work) -> datetime | None:
    """When the next command can be taken up."""
    return work.session.scalar(NEXT_DUE)


def _write(
    work: Work,
    kind: Kind,
    urgency: Urgency,
    *,
    contact: UUID | None = None,
    leg: UUID | None = None,
    person: UUID | None = None,
    caller: UUID | None = None,
    words: str | None = None,
    path: str | None = None,
    seconds: int | None = None,
    after: timedelta = timedelta(),
    carrier: CarrierName | None = None,
) -> UUID:
    row_id = work.new_id()
    work.session.add(
        CommandRow(
            id=row_id,
            kind=kind,
            carrier=carrier,
            state=CommandState.PENDING,
            priority=urgency,
            contact_id=contact,
            leg_id=leg,
            person_id=person,
            caller_id=caller,
            words=work.vault.seal(words, command_words(row_id)) if words is not None else None,
            path=path,
            seconds=seconds,
            written_at=work.now,
            due_at=work.now + after,
        )
    )
    work.session.flush()
    work.want_doorbell()
    return row_id


def _drop(work: Work, leg: UUID, *kinds: Kind) -> int:
    dropped = work.session.execute(
        update(CommandRow)
        .where(CommandRow.leg_id == leg, CommandRow.kind.in_(kinds), CommandRow.state == CommandState.PENDING)
        .values(state=CommandState.DROPPED, words=None)
        .returning(CommandRow.id)
    ).all()
    return len(dropped)


def _under_way(work: Work, leg: UUID, kind: Kind) -> bool:
    found = work.session.scalar(
        select(CommandRow.id)
        .where(CommandRow.leg_id == leg, CommandRow.kind == kind, CommandRow.state.in_(TO_DO))
        .limit(1)
    )
    return found is not None
