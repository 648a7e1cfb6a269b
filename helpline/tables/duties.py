"""Who is there for their shift, and who is ready for their time on call."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from helpline.nouns import DutyState, Role
from helpline.tables.ground import Table, one_of


class DutyRow(Table):
    """Somebody's shift, or shifts that follow on one another, and whether they are there; with a tier, on call.

    Its row changes only while its person is locked. `expected_at` is when they are expected, later than it begins if
    they said so. `told` are the notices that were given and never are again. Until `wanted_until` somebody is wanted in
    their place; `stand_in_id` is whoever came, by the shift `stand_in_shift_id`. Without an end it goes on around the
    clock.
    """

    __tablename__ = "duty"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role]
    tier: Mapped[int | None] = mapped_column(SmallInteger)
    state: Mapped[DutyState]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    expected_at: Mapped[datetime]
    late_minutes: Mapped[int | None] = mapped_column(SmallInteger)
    checked_in_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    break_until: Mapped[datetime | None]
    told: Mapped[list[str]] = mapped_column(server_default="{}")
    times_asked: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    wanted_until: Mapped[datetime | None]
    stand_in_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    stand_in_shift_id: Mapped[UUID | None] = mapped_column(ForeignKey("shift.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("role", Role),
        one_of("state", DutyState),
        CheckConstraint("(ended_at IS NOT NULL) = (state = 'ended')", name="over_has_an_end"),
        CheckConstraint("state <> 'on_break' OR break_until IS NOT NULL", name="a_break_has_an_end"),
        Index("duty_open", "person_id", postgresql_where=text("state <> 'ended'")),
        Index("duty_wanted", "wanted_until", postgresql_where=text("wanted_until IS NOT NULL")),
    )
