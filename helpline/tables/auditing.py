"""What the auditor knows: signs of life, what is wrong now, and how often a webhook failed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from helpline.nouns import Channel, FaultKind
from helpline.tables.ground import Table, one_of


class Heartbeat(Table):
    """When a ticker, a worker or the auditor last showed to be alive; of several, the latest."""

    __tablename__ = "heartbeat"
    process: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Fault(Table):
    """Something that the auditor found to be wrong, `count` of it at its last look.

    `gone_at` is when it was found to be over; the row is kept for a while, so that what comes again is known.
    """

    __tablename__ = "fault"
    kind: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    first_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    repairs: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    repaired_at: Mapped[datetime | None]

    __table_args__ = (one_of("kind", FaultKind),)


class WebhookFault(Table):
    """How many requests of the carrier we failed to answer in one minute."""

    __tablename__ = "webhook_fault"
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


class Probe(Table):
    """A test contact: the line calls or texts itself over the carrier. It is no contact, and nobody is asked for it.

    `arrived_at` is when it came in at the carrier's door, `held_at` when it had come as far as a caller who holds.
    """

    __tablename__ = "probe"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[Channel]
    placed_at: Mapped[datetime] = mapped_column(index=True)
    arrived_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    sid: Mapped[str | None]
    problem: Mapped[str | None]

    __table_args__ = (one_of("channel", Channel),)
