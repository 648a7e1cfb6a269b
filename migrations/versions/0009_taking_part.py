"""What people ask of each other about single shifts, and the numbers by which they speak of them.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KINDS = ("claim", "cover", "give_up", "handover", "swap")
OPEN = ("agreed", "asked", "awaiting")
STATES = ("agreed", "asked", "awaiting", "done", "lapsed", "refused", "withdrawn")
TIME = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "shift_number",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("shift_id", "on_day", name="shift_number_once"),
    )
    op.create_table(
        "shift_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asker_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=True),
        sa.Column("other_shift_id", sa.Uuid(), nullable=True),
        sa.Column("other_on_day", sa.Date(), nullable=True),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("asked_people", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(f"kind IN ({_listed(KINDS)})", name="kind_is_known"),
        sa.CheckConstraint(f"state IN ({_listed(STATES)})", name="state_is_known"),
        sa.CheckConstraint("kind <> 'swap' OR other_id IS NOT NULL", name="a_swap_is_with_somebody"),
        sa.ForeignKeyConstraint(["asker_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["answer_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["other_shift_id"], ["shift.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index("ix_shift_request_asker_id", "shift_request", ["asker_id"], unique=False)
    op.create_index(
        "shift_request_one_open",
        "shift_request",
        ["shift_id", "on_day"],
        unique=True,
        postgresql_where=sa.text(f"state IN ({_listed(OPEN)})"),
    )


def downgrade() -> None:
    op.execute("DELETE FROM timer WHERE kind = 'request'")
    op.drop_table("shift_request")
    op.drop_table("shift_number")


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))
