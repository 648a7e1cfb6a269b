"""Silence in a text conversation that is being listened to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from helpline.tables.ground import Table


class Silence(Table):
    """Whose word a connected text conversation waits for, since when, and how many steps were taken about it."""

    __tablename__ = "silence"
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), primary_key=True)
    whose: Mapped[str]
    since: Mapped[datetime]
    steps: Mapped[int] = mapped_column(server_default="0")

    __table_args__ = (CheckConstraint("whose IN ('peer', 'texter')", name="whose_is_known"),)
