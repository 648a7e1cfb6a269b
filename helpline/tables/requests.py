"""What people ask of each other about single shifts, and the short numbers by which they speak of them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from helpline.nouns import REQUEST_OPEN, RequestKind, RequestState
from helpline.tables.ground import Table, listed, one_of


class ShiftNumber(Table):
    """The number of the shift that begins on `on_day`, given when somebody first sees it in a list.

    It outlives the shift, so that it is never given to another and an old text cannot take the wrong one.
    """

    __tablename__ = "shift_number"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shift_id: Mapped[UUID | None] = mapped_column(ForeignKey("shift.id", ondelete="SET NULL"))
    on_day: Mapped[date]

    __table_args__ = (UniqueConstraint("shift_id", "on_day", name="shift_number_once"),)


class ShiftRequest(Table):
    """Somebody asks that a shift of theirs be another's, or open. `number` is how a coordinator speaks of it.

    `other_id` is who it is asked of; in a swap, `other_shift_id` and `other_on_day` are what they give for it, once
    that is known. `answer_id` is whose word is waited for. `asked_people` are those asked to step in so far.
    """

    __tablename__ = "shift_request"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    kind: Mapped[RequestKind]
    state: Mapped[RequestState]
    asker_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    shift_id: Mapped[UUID | None] = mapped_column(ForeignKey("shift.id", ondelete="SET NULL"))
    on_day: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    other_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    other_shift_id: Mapped[UUID | None] = mapped_column(ForeignKey("shift.id", ondelete="SET NULL"))
    other_on_day: Mapped[date | None]
    answer_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    asked_people: Mapped[list[str]] = mapped_column(server_default="{}")
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))

    __table_args__ = (
        one_of("kind", RequestKind),
        one_of("state", RequestState),
        CheckConstraint("kind <> 'swap' OR other_id IS NOT NULL", name="a_swap_is_with_somebody"),
        Index(
            "shift_request_one_open",
            "shift_id",
            "on_day",
            unique=True,
            postgresql_where=text(f"state IN ({listed(REQUEST_OPEN)})"),
        ),
    )
