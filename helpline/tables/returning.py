"""Callers who come again, and what was agreed with them or decided about them."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from helpline.nouns import (
    AskedBy,
)
from helpline.tables.ground import Table, one_of


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
        one_of("asked_by", AskedBy),
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
