"""How a grave contact ends: what it needs before it is closed, and the call that was agreed for later."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from helpline.nouns import Channel, Discretion, FollowUpState, SignOffState
from helpline.tables.ground import Table, one_of


class SignOff(Table):
    """A grave contact on its way to being signed. Staff name it by its `number`, which never comes again."""

    __tablename__ = "sign_off"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), unique=True)
    number: Mapped[int] = mapped_column(Identity(always=True), unique=True)
    state: Mapped[SignOffState]
    opened_at: Mapped[datetime]
    safety: Mapped[str | None]
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    signed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime | None]
    alarmed_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("state", SignOffState),
        CheckConstraint("(safety IS NULL) = (checked_by IS NULL)", name="checked_by_somebody"),
        CheckConstraint("state = 'lacking' OR safety IS NOT NULL", name="ready_is_checked"),
        CheckConstraint("num_nulls(signed_by, signed_at) = CASE state WHEN 'signed' THEN 0 ELSE 2 END", name="signed"),
        Index("sign_off_open", "opened_at", postgresql_where=text("state <> 'signed'")),
    )


class FollowUp(Table):
    """What a caller agreed to: from `opens_at` until `closes_at`, in their safe hours, on the line's wall clock.

    `made_id` is the contact by which they were called last.
    """

    __tablename__ = "follow_up"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), index=True)
    caller_id: Mapped[UUID] = mapped_column(ForeignKey("caller.id"))
    channel: Mapped[Channel]
    state: Mapped[FollowUpState]
    agreed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    agreed_at: Mapped[datetime]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    safe_from: Mapped[time]
    safe_until: Mapped[time]
    discretion: Mapped[Discretion]
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    made_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"), index=True)
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("channel", Channel),
        one_of("state", FollowUpState),
        one_of("discretion", Discretion),
        CheckConstraint("agreed_at < opens_at AND opens_at < closes_at", name="later"),
        CheckConstraint("(ended_at IS NOT NULL) = (state <> 'agreed')", name="over_has_an_end"),
        Index(
            "follow_up_one_agreed",
            "caller_id",
            unique=True,
            postgresql_where=text("state = 'agreed'"),
        ),
    )
