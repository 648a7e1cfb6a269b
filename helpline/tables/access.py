"""Who may come in at people's door: invitations, passkeys, the challenges they answer, and who is signed in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import BIGINT
from sqlalchemy.orm import Mapped, mapped_column

from helpline.tables.ground import Table


class Invitation(Table):
    """A link by which somebody of the roster makes a passkey, once. Only a hash of what stands in it is kept."""

    __tablename__ = "invitation"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("made_at < expires_at", name="expires"),)


class Passkey(Table):
    """The public half of a key that somebody's phone or computer holds. `sign_count` only ever grows."""

    __tablename__ = "passkey"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    credential: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BIGINT)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Challenge(Table):
    """What a passkey has to sign. It is gone once it was answered, rightly or not, so nothing is answered twice."""

    __tablename__ = "challenge"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    value: Mapped[bytes]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SignedIn(Table):
    """Somebody signed in at one browser. Only a hash of what its cookie holds is kept."""

    __tablename__ = "signed_in"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (Index("signed_in_now", "person_id", postgresql_where=text("ended_at IS NULL")),)
