"""Help for somebody in immediate danger: what was tried, what was asked of others, and what of theirs was opened."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from helpline.nouns import RESCUE_OPEN, HelpOutcome, RescueEnd, RescueState, Secret
from helpline.tables.ground import Table, listed, one_of


class Rescue(Table):
    """Help for the caller of one contact, open until it is confirmed or ended. `number` is how people speak of it.

    `step` is the step of the line's help that is asked for, approved or under way. The caller's `place` is sealed, and
    so are the words of whoever ended it. `told_people` are those who have been told what the line may do. `reminders`
    counts since it last moved. Its row changes only while its contact is locked.
    """

    __tablename__ = "rescue"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), index=True)
    state: Mapped[RescueState]
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    consent: Mapped[bool | None]
    consent_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    act_at: Mapped[datetime | None]
    act_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    place: Mapped[bytes | None]
    step: Mapped[int | None] = mapped_column(SmallInteger)
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    relay_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    told_people: Mapped[list[str]] = mapped_column(server_default="{}")
    reminders: Mapped[int] = mapped_column(server_default="0")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    ended_as: Mapped[RescueEnd | None]
    end_words: Mapped[bytes | None]

    __table_args__ = (
        one_of("state", RescueState),
        one_of("ended_as", RescueEnd),
        CheckConstraint(f"(ended_at IS NULL) = (state IN ({listed(RESCUE_OPEN)}))", name="over_has_an_end"),
        CheckConstraint("(ended_as IS NOT NULL) = (state = 'ended')", name="ended_for_a_reason"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
        CheckConstraint("(act_at IS NULL) = (act_by IS NULL)", name="an_act_is_stated_by_somebody"),
        CheckConstraint(
            "state <> 'open' OR num_nonnulls(step, asked_by, approved_by) = 0", name="open_asks_for_nobody"
        ),
        CheckConstraint("state <> 'requested' OR num_nulls(step, asked_by) = 0", name="requested_by_somebody"),
        CheckConstraint(
            "state NOT IN ('approved', 'under_way', 'confirmed')"
            " OR (num_nulls(step, asked_by, approved_by, relay_id) = 0 AND approved_by <> asked_by)",
            name="sent_by_two",
        ),
        Index(
            "rescue_one_open",
            "contact_id",
            unique=True,
            postgresql_where=text(f"state IN ({listed(RESCUE_OPEN)})"),
        ),
    )


class RescueStep(Table):
    """One step of help that was tried, or passed over with a reason, whose words are sealed. `step` counts from 1."""

    __tablename__ = "rescue_step"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    rescue_id: Mapped[UUID] = mapped_column(ForeignKey("rescue.id"), index=True)
    step: Mapped[int] = mapped_column(SmallInteger)
    outcome: Mapped[HelpOutcome]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    words: Mapped[bytes | None]

    __table_args__ = (one_of("outcome", HelpOutcome),)


class Opening(Table):
    """A caller's number or place that two people agreed to open, each in their own words, which are sealed.

    Only `seen_by` has been shown it, at `opened_at`.
    """

    __tablename__ = "opening"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    rescue_id: Mapped[UUID] = mapped_column(ForeignKey("rescue.id"), index=True)
    what: Mapped[Secret]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    asked_words: Mapped[bytes | None]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    approved_words: Mapped[bytes | None]
    opened_at: Mapped[datetime | None]
    seen_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (
        one_of("what", Secret),
        CheckConstraint("asked_by <> approved_by", name="opened_by_two"),
        CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approved_by_somebody"),
        CheckConstraint(
            "(opened_at IS NULL) = (seen_by IS NULL) AND (opened_at IS NULL OR approved_at IS NOT NULL)",
            name="seen_once_approved",
        ),
    )
