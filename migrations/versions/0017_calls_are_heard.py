"""Live calls are heard where the line allows it; and how grave a contact was as whoever had it saw it.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact", sa.Column("seen_risk", sa.SmallInteger(), nullable=True))
    op.create_check_constraint("seen_risk_is_a_tier", "contact", "seen_risk BETWEEN 0 AND 3")
    op.create_table(
        "listening",
        sa.Column("leg_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("switched_off", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("seen", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("provisional", sa.SmallInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("provisional BETWEEN 0 AND 3", name="provisional_is_a_tier"),
        sa.ForeignKeyConstraint(["leg_id"], ["leg.id"]),
        sa.PrimaryKeyConstraint("leg_id"),
    )


def downgrade() -> None:
    op.drop_table("listening")
    op.drop_constraint("seen_risk_is_a_tier", "contact")
    op.drop_column("contact", "seen_risk")
