"""Of which holes in the rota the right people have been told, at which horizon.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TIME = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "cover_alarm",
        sa.Column("requirement", sa.String(), nullable=False),
        sa.Column("horizon_hours", sa.Float(), nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("told_at", TIME, nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name="it_has_a_length"),
        sa.PrimaryKeyConstraint("requirement", "horizon_hours", "starts_at"),
    )


def downgrade() -> None:
    op.drop_table("cover_alarm")
