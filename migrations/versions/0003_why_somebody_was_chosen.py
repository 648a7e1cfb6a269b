"""A decision keeps what it was made from; a person has queues, rests, and shows to be there after missed rings.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", sa.BIGINT(), sa.Identity(always=True), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("people", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_snapshot_at"), "snapshot", ["at"], unique=False)
    op.create_index(op.f("ix_offer_offered_at"), "offer", ["offered_at"], unique=False)
    op.add_column("person", sa.Column("queues", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False))
    op.add_column("person", sa.Column("most_texts", sa.SmallInteger(), nullable=True))
    op.add_column("person", sa.Column("resting_until", postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("person", sa.Column("missed_in_row", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("person", sa.Column("absent_since", postgresql.TIMESTAMP(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ("absent_since", "missed_in_row", "resting_until", "most_texts", "queues"):
        op.drop_column("person", column)
    op.drop_index(op.f("ix_offer_offered_at"), table_name="offer")
    op.drop_index(op.f("ix_snapshot_at"), table_name="snapshot")
    op.drop_table("snapshot")
