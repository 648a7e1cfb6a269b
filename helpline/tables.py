"""Every table, with the rules that may never break as constraints.

Lock order, everywhere: contact, then offers, then person, then timer, then command. A transfer is written
only by whoever has locked its contact. Rows of one kind are locked in the order of their id. Nothing is locked while
the network is waited for.
"""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Enum,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    Uuid,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, JSONB, TIMESTAMP, ExcludeConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import LargeBinary, String

from helpline.nouns import (
    CONTACT_OVER,
    LEG_UP,
    OFFER_HOLDS,
    OFFER_LIVE,
    OFFER_TAKEN,
    TRANSFER_OPEN,
    WAITING,
    AskedBy,
    CaseState,
    Channel,
    CommandState,
    ContactState,
    LegRole,
    LegState,
    OfferState,
    PageState,
    Role,
    TransferState,
)

_ENUMS: tuple[type[StrEnum], ...] = (
    Channel,
    ContactState,
    OfferState,
    LegState,
    LegRole,
    CaseState,
    PageState,
    CommandState,
    Role,
    AskedBy,
    TransferState,
)


def _stored(noun: type[StrEnum]) -> Enum:
    return Enum(noun, native_enum=False, length=16, values_callable=lambda known: [state.value for state in known])


_STORED: dict[Any, Any] = {noun: _stored(noun) for noun in _ENUMS}


class Table(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: TIMESTAMP(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: ARRAY(String),
        bytes: LargeBinary,
        **_STORED,
    }


def _one_of(column: str, allowed: type[StrEnum]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({_listed(allowed)})", name=f"{column}_is_known")


def _listed(states: Any) -> str:
    return ", ".join(f"'{state.value}'" for state in sorted(states, key=str))


class LineVersion(Table):
    """A line file as it was applied; a contact is stamped with the one that governed it."""

    __tablename__ = "line_version"
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    version: Mapped[str]
    policy: Mapped[str]
    applied_at: Mapped[datetime]


class Person(Table):
    """Somebody of the roster. `place` is the row in the coordinator's table, and settles ties."""

    __tablename__ = "person"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int]
    ordinal: Mapped[int] = mapped_column(BIGINT, Identity(always=True), unique=True)
    name: Mapped[str]
    role: Mapped[Role]
    languages: Mapped[list[str]]
    skills: Mapped[list[str]] = mapped_column(server_default="{}")
    excludes: Mapped[list[str]] = mapped_column(server_default="{}")
    number: Mapped[bytes]
    number_key: Mapped[bytes] = mapped_column(unique=True)
    queues: Mapped[list[str]] = mapped_column(server_default="{}")
    most_texts: Mapped[int | None] = mapped_column(SmallInteger)
    paused_until: Mapped[datetime | None]
    resting_until: Mapped[datetime | None]
    missed_in_row: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    absent_since: Mapped[datetime | None]
    idle_since: Mapped[datetime]
    active: Mapped[bool] = mapped_column(server_default=text("true"))

    __table_args__ = (_one_of("role", Role), UniqueConstraint("name"))


class Shift(Table):
    """Daily hours in the line's time zone; `starts` equal to `ends` means the whole day."""

    __tablename__ = "shift"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    starts: Mapped[time]
    ends: Mapped[time]


class OnCall(Table):
    """A clinician's place in the on-call rotation; tier 1 is paged first."""

    __tablename__ = "on_call"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    tier: Mapped[int] = mapped_column(SmallInteger)

    __table_args__ = (CheckConstraint("tier BETWEEN 1 AND 9", name="tier_is_known"),)


class Caller(Table):
    """One approaching number: its keyed hash, and the number itself, sealed."""

    __tablename__ = "caller"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number_key: Mapped[bytes] = mapped_column(unique=True)
    number: Mapped[bytes | None]
    language: Mapped[str | None]
    opted_out: Mapped[bool] = mapped_column(server_default=text("false"))
    first_seen: Mapped[datetime]


class Continuity(Table):
    """Whom a caller would like to have again. Once withdrawn, the row holds nothing but that it was."""

    __tablename__ = "continuity"
    caller_id: Mapped[UUID] = mapped_column(ForeignKey("caller.id"), primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime | None]
    asked_by: Mapped[AskedBy | None]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        _one_of("asked_by", AskedBy),
        CheckConstraint(
            "num_nulls(person_id, asked_at, asked_by) = CASE WHEN withdrawn_at IS NULL THEN 0 ELSE 3 END",
            name="withdrawn_keeps_nobody",
        ),
    )


class CarePlan(Table):
    """What is agreed with a caller who comes often. Hours are daily, on the line's wall clock; `notes` are sealed."""

    __tablename__ = "care_plan"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    caller_id: Mapped[UUID] = mapped_column(ForeignKey("caller.id"), unique=True)
    people: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), server_default="{}")
    opens: Mapped[time | None]
    closes: Mapped[time | None]
    notes: Mapped[bytes | None]
    review_on: Mapped[date]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("(opens IS NULL) = (closes IS NULL)", name="hours_have_two_ends"),)


class Block(Table):
    """A caller who is turned away for abuse, until then at the latest. Whether it applies now is `routing.access`'s."""

    __tablename__ = "block"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    caller_id: Mapped[UUID] = mapped_column(ForeignKey("caller.id"), index=True)
    reason: Mapped[str]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]
    until: Mapped[datetime]
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    review_on: Mapped[date]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (
        CheckConstraint("decided_at < until AND until <= decided_at + interval '31 days'", name="block_is_bounded"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_by_somebody"),
    )


class Contact(Table):
    """One approach by a caller. `called` is our number that they called; `route` the place of the one that decided."""

    __tablename__ = "contact"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    line_version_id: Mapped[int] = mapped_column(ForeignKey("line_version.id"))
    caller_id: Mapped[UUID] = mapped_column(ForeignKey("caller.id"))
    channel: Mapped[Channel]
    queue: Mapped[str]
    called: Mapped[str | None]
    menu_key: Mapped[str | None]
    route: Mapped[int | None] = mapped_column(SmallInteger)
    language: Mapped[str]
    topics: Mapped[list[str]] = mapped_column(server_default="{}")
    state: Mapped[ContactState]
    risk: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    risk_at: Mapped[datetime | None]
    front: Mapped[bool] = mapped_column(server_default=text("false"))
    outbound: Mapped[bool] = mapped_column(server_default=text("false"))
    arrived_at: Mapped[datetime]
    waiting_since: Mapped[datetime]
    limit_at: Mapped[datetime]
    limit_told_at: Mapped[datetime | None]
    last_heard_at: Mapped[datetime]
    connected_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    disposition: Mapped[str | None]

    __table_args__ = (
        _one_of("channel", Channel),
        _one_of("state", ContactState),
        CheckConstraint("risk BETWEEN 0 AND 3", name="risk_is_a_tier"),
        CheckConstraint(
            f"(ended_at IS NOT NULL) = (state IN ({_listed(CONTACT_OVER)}))",
            name="over_has_an_end",
        ),
        Index(
            "contact_waiting",
            "queue",
            postgresql_where=text(f"state IN ({_listed(WAITING)})"),
        ),
        Index(
            "contact_one_open_thread",
            "caller_id",
            unique=True,
            postgresql_where=text("channel = 'text' AND ended_at IS NULL AND state <> 'wrap_up'"),
        ),
    )


class Offer(Table):
    """A contact held out to one person. `share_from` up to `share_to` are the shares of them it takes."""

    __tablename__ = "offer"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    person_ordinal: Mapped[int] = mapped_column(BIGINT)
    channel: Mapped[Channel]
    state: Mapped[OfferState]
    transfer_id: Mapped[UUID | None] = mapped_column(ForeignKey("transfer.id"), index=True)
    tag: Mapped[str]
    share_from: Mapped[int]
    share_to: Mapped[int]
    offered_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        _one_of("channel", Channel),
        _one_of("state", OfferState),
        CheckConstraint("0 <= share_from AND share_from < share_to AND share_to <= 100", name="shares_fit"),
        Index(
            "offer_one_taken",
            "contact_id",
            unique=True,
            postgresql_where=text(f"state IN ({_listed(OFFER_TAKEN)})"),
        ),
        Index(
            "offer_one_live_call",
            "person_id",
            unique=True,
            postgresql_where=text(f"channel = 'voice' AND state IN ({_listed(OFFER_LIVE)})"),
        ),
        ExcludeConstraint(
            (
                func.int8range(
                    literal_column("person_ordinal * 1000 + share_from"),
                    literal_column("person_ordinal * 1000 + share_to"),
                ),
                "&&",
            ),
            where=text(f"state IN ({_listed(OFFER_HOLDS)})"),
            using="gist",
            name="offer_within_capacity",
        ),
    )


class Transfer(Table):
    """A contact that one person hands to another, or to a queue. Its row changes only while its contact is locked."""

    __tablename__ = "transfer"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    from_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    to_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    to_queue: Mapped[str | None]
    warm: Mapped[bool]
    state: Mapped[TransferState]
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        _one_of("state", TransferState),
        CheckConstraint("(to_person_id IS NULL) <> (to_queue IS NULL)", name="to_somebody_or_a_queue"),
        Index("transfer_of_contact", "contact_id"),
        Index(
            "transfer_one_open",
            "contact_id",
            unique=True,
            postgresql_where=text(f"state IN ({_listed(TRANSFER_OPEN)})"),
        ),
    )


class Leg(Table):
    """One carrier call leg."""

    __tablename__ = "leg"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), index=True)
    offer_id: Mapped[UUID | None] = mapped_column(ForeignKey("offer.id"), index=True)
    page_id: Mapped[UUID | None] = mapped_column(ForeignKey("page.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    role: Mapped[LegRole]
    state: Mapped[LegState]
    sid: Mapped[str | None] = mapped_column(String(80), unique=True)
    joined: Mapped[bool] = mapped_column(server_default=text("false"))
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        _one_of("role", LegRole),
        _one_of("state", LegState),
        Index("leg_up", "person_id", postgresql_where=text(f"state IN ({_listed(LEG_UP)})")),
    )


class Case(Table):
    """An escalation under way beside a contact, with the ladder as it was when the case was opened."""

    __tablename__ = "case"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), unique=True)
    ladder: Mapped[dict[str, Any]]
    state: Mapped[CaseState]
    opened_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_risk: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    supervisor_told_risk: Mapped[int] = mapped_column(SmallInteger, server_default="0")

    __table_args__ = (_one_of("state", CaseState),)


class Page(Table):
    """One attempt to reach one clinician."""

    __tablename__ = "page"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    tier: Mapped[int] = mapped_column(SmallInteger)
    why: Mapped[str]
    tag: Mapped[str]
    state: Mapped[PageState]
    paged_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        _one_of("state", PageState),
        Index(
            "page_one_open",
            "case_id",
            "person_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )


class Guest(Table):
    """A clinician who has joined somebody else's text conversation."""

    __tablename__ = "guest"
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    tag: Mapped[str]
    joined_at: Mapped[datetime]


class Message(Table):
    """Something said in a text contact; the words are sealed."""

    __tablename__ = "message"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    words: Mapped[bytes | None]
    at: Mapped[datetime]
    ordinal: Mapped[int] = mapped_column(BIGINT, Identity(always=True))


class TimerRow(Table):
    """A moment at which something is due. The row is deleted in the transaction that does it."""

    __tablename__ = "timer"
    id: Mapped[int] = mapped_column(BIGINT, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(index=True)
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0")

    __table_args__ = (UniqueConstraint("kind", "subject"),)


COMMAND_TO_DO = "state IN ('pending', 'sending', 'uncertain')"


class CommandRow(Table):
    """Something the carrier is to do, written in the commit of the decision that wants it."""

    __tablename__ = "command"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[CommandState]
    priority: Mapped[int] = mapped_column(SmallInteger)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    leg_id: Mapped[UUID | None] = mapped_column(ForeignKey("leg.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    caller_id: Mapped[UUID | None] = mapped_column(ForeignKey("caller.id"))
    words: Mapped[bytes | None]
    path: Mapped[str | None]
    seconds: Mapped[int | None]
    written_at: Mapped[datetime]
    due_at: Mapped[datetime]
    deadline: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    sid: Mapped[str | None] = mapped_column(String(80))
    problem: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    ordinal: Mapped[int] = mapped_column(BIGINT, Identity(always=True))

    __table_args__ = (
        _one_of("state", CommandState),
        Index(
            "command_to_do",
            "due_at",
            postgresql_where=text(COMMAND_TO_DO),
        ),
    )


class Throttle(Table):
    """When the carrier will take the next request of a kind from one sender."""

    __tablename__ = "throttle"
    name: Mapped[str] = mapped_column(primary_key=True)
    free_at: Mapped[datetime]


class Received(Table):
    """A webhook that was handled, and what was replied."""

    __tablename__ = "received"
    key: Mapped[bytes] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    reply: Mapped[str] = mapped_column(server_default="")


class Event(Table):
    """The journal: what happened and why. Never a number, never a text."""

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(BIGINT, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    what: Mapped[str]
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    reasons: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class Snapshot(Table):
    """The people of one matching pass as its decisions saw them: without names, numbers or words."""

    __tablename__ = "snapshot"
    id: Mapped[int] = mapped_column(BIGINT, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    people: Mapped[bytes]
