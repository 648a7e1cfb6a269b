"""The people of a line, its policy, and the rota."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import BIGINT
from sqlalchemy.orm import Mapped, mapped_column

from helpline.nouns import (
    Role,
)
from helpline.tables.ground import Table, one_of


class LineVersion(Table):
    """A line file as it was applied; a contact is stamped with the one that governed it."""

    __tablename__ = "line_version"
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    version: Mapped[str]
    policy: Mapped[str]
    applied_at: Mapped[datetime]


class Person(Table):
    """Somebody of the roster. `place` is the row in the coordinator's table, and settles ties; `pages` counts theirs.

    Without a time zone theirs is the line's.
    """

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
    timezone: Mapped[str | None]
    queues: Mapped[list[str]] = mapped_column(server_default="{}")
    most_texts: Mapped[int | None] = mapped_column(SmallInteger)
    paused_until: Mapped[datetime | None]
    resting_until: Mapped[datetime | None]
    missed_in_row: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    absent_since: Mapped[datetime | None]
    idle_since: Mapped[datetime]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    pages: Mapped[int] = mapped_column(server_default="0")

    __table_args__ = (one_of("role", Role), UniqueConstraint("name"))


class ShiftRow(Table):
    """A shift of the rota: hours on each day that `repeats` (an RRULE) falls on, from `first_on` on; once, if empty.

    Without a person it is open. Without a time zone it is by the line's. With a tier its person is on call instead of
    on shift. `from_roster` are those that stand in the coordinator's table of people, and go when it is loaded anew.
    `stands_in` are those of whoever stepped in for somebody: no table holds them.
    """

    __tablename__ = "shift"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role]
    tier: Mapped[int | None] = mapped_column(SmallInteger)
    starts: Mapped[time]
    ends: Mapped[time]
    first_on: Mapped[date]
    repeats: Mapped[str] = mapped_column(server_default="")
    timezone: Mapped[str | None]
    queues: Mapped[list[str]] = mapped_column(server_default="{}")
    on_holidays: Mapped[bool] = mapped_column(server_default=text("true"))
    from_roster: Mapped[bool] = mapped_column(server_default=text("false"))
    stands_in: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("tier BETWEEN 1 AND 9", name="tier_is_known"),
    )


class OverrideRow(Table):
    """What is different about one occurrence of a shift, the one that begins on the day `on_day`.

    There is one row at most, so that an open occurrence which two people claim at once is given to one of them.
    """

    __tablename__ = "override"
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("shift.id", ondelete="CASCADE"), primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    cancelled: Mapped[bool] = mapped_column(server_default=text("false"))
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))

    __table_args__ = (
        CheckConstraint("NOT cancelled OR person_id IS NULL", name="cancelled_has_nobody"),
        CheckConstraint("starts_at < ends_at", name="it_has_a_length"),
    )


class LeaveRow(Table):
    """Somebody is away on these days of the line, both among them."""

    __tablename__ = "leave"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date]

    __table_args__ = (CheckConstraint("first_on <= last_on", name="leave_has_a_day"),)


class CoverAlarm(Table):
    """Of this stretch of a hole in the rota the right people have been told, `horizon_hours` before: once."""

    __tablename__ = "cover_alarm"
    requirement: Mapped[str] = mapped_column(primary_key=True)
    horizon_hours: Mapped[float] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime]
    told_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("starts_at < ends_at", name="it_has_a_length"),)


class CalendarKey(Table):
    """The address of somebody's own calendar, as the SHA-256 of its random part: one each, until it is revoked."""

    __tablename__ = "calendar_key"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime]


class RotaRevision(Table):
    """One row, whose number is another after each commit that touched the rota: triggers see to that."""

    __tablename__ = "rota_revision"
    one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    number: Mapped[int] = mapped_column(BIGINT)

    __table_args__ = (CheckConstraint("one", name="there_is_one_rota"),)
