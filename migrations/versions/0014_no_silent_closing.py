"""No silent closing: grave contacts are signed; and the call that a caller agreed to for later.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TIME = postgresql.TIMESTAMP(timezone=True)


def _enum(*values: str) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, length=16)


def upgrade() -> None:
    op.create_table(
        "sign_off",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("state", _enum("lacking", "ready", "signed"), nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("safety", sa.String(), nullable=True),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", TIME, nullable=True),
        sa.Column("alarmed_at", TIME, nullable=True),
        sa.CheckConstraint("state IN ('lacking', 'ready', 'signed')", name="state_is_known"),
        sa.CheckConstraint("(safety IS NULL) = (checked_by IS NULL)", name="checked_by_somebody"),
        sa.CheckConstraint("state = 'lacking' OR safety IS NOT NULL", name="ready_is_checked"),
        sa.CheckConstraint(
            "num_nulls(signed_by, signed_at) = CASE state WHEN 'signed' THEN 0 ELSE 2 END", name="signed"
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.ForeignKeyConstraint(["checked_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["signed_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contact_id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index("sign_off_open", "sign_off", ["opened_at"], postgresql_where=sa.text("state <> 'signed'"))
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("caller_id", sa.Uuid(), nullable=False),
        sa.Column("channel", _enum("voice", "text"), nullable=False),
        sa.Column("state", _enum("agreed", "done", "missed", "withdrawn"), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=False),
        sa.Column("agreed_at", TIME, nullable=False),
        sa.Column("opens_at", TIME, nullable=False),
        sa.Column("closes_at", TIME, nullable=False),
        sa.Column("safe_from", sa.Time(), nullable=False),
        sa.Column("safe_until", sa.Time(), nullable=False),
        sa.Column("discretion", _enum("quiet", "named"), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("made_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.CheckConstraint("channel IN ('text', 'voice')", name="channel_is_known"),
        sa.CheckConstraint("state IN ('agreed', 'done', 'missed', 'withdrawn')", name="state_is_known"),
        sa.CheckConstraint("discretion IN ('named', 'quiet')", name="discretion_is_known"),
        sa.CheckConstraint("agreed_at < opens_at AND opens_at < closes_at", name="later"),
        sa.CheckConstraint("(ended_at IS NOT NULL) = (state <> 'agreed')", name="over_has_an_end"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.ForeignKeyConstraint(["caller_id"], ["caller.id"]),
        sa.ForeignKeyConstraint(["agreed_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["made_id"], ["contact.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("contact_id", "made_id"):
        op.create_index(f"ix_follow_up_{column}", "follow_up", [column])
    op.create_index(
        "follow_up_one_agreed", "follow_up", ["caller_id"], unique=True, postgresql_where=sa.text("state = 'agreed'")
    )


def downgrade() -> None:
    op.drop_table("follow_up")
    op.drop_table("sign_off")
