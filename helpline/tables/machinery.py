"""What keeps a promise while processes come and go: timers, commands, what was received, the journal."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import BIGINT
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from helpline.nouns import CarrierName, CommandState
from helpline.tables.ground import Table, one_of


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
    """Something a carrier is to do, written in the commit of the decision that wants it.

    `carrier` is the one it was taken to: only that one can tell what became of it.
    """

    __tablename__ = "command"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    carrier: Mapped[CarrierName | None]
    state: Mapped[CommandState]
    priority: Mapped[int] = mapped_column(SmallInteger)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    leg_id: Mapped[UUID | None] = mapped_column(ForeignKey("leg.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    caller_id: Mapped[UUID | None] = mapped_column(ForeignKey("caller.id"))
    words: Mapped[bytes | None]
    path: Mapped[str | None]
    seconds: Mapped[int | None]
    written_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime]
    deadline: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    sid: Mapped[str | None] = mapped_column(String(80))
    problem: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    ordinal: Mapped[int] = mapped_column(BIGINT, Identity(always=True))

    __table_args__ = (
        one_of("state", CommandState),
        one_of("carrier", CarrierName),
        Index(
            "command_to_do",
            "due_at",
            postgresql_where=text(COMMAND_TO_DO),
        ),
    )


class CarrierHealth(Table):
    """How the last requests to one carrier went; locked after its commands. A carrier that is well may have no row."""

    __tablename__ = "carrier_health"
    carrier: Mapped[CarrierName] = mapped_column(primary_key=True)
    faults: Mapped[int] = mapped_column(server_default="0")
    last_fault_at: Mapped[datetime | None]
    ill_since: Mapped[datetime | None]
    trial_at: Mapped[datetime | None]

    __table_args__ = (one_of("carrier", CarrierName),)


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
