"""The ladder: codes of pages, refusals, what the line itself calls a clinician for, and silence that is listened to.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TIME = postgresql.TIMESTAMP(timezone=True)
BEFORE = "state IN ('acknowledged', 'open', 'stood_down', 'unanswered')"
AFTER = "state IN ('acknowledged', 'open', 'refused', 'stood_down', 'unanswered')"


def upgrade() -> None:
    op.add_column("person", sa.Column("pages", sa.Integer(), server_default="0", nullable=False))
    op.add_column("page", sa.Column("code", sa.SmallInteger(), server_default="0", nullable=False))
    op.drop_constraint("state_is_known", "page")
    op.create_check_constraint("state_is_known", "page", AFTER)
    op.add_column("case", sa.Column("called_at", TIME, nullable=True))
    op.add_column("case", sa.Column("called_why", sa.String(), nullable=True))
    op.create_table(
        "silence",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("whose", sa.String(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("steps", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("whose IN ('peer', 'texter')", name="whose_is_known"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.PrimaryKeyConstraint("contact_id"),
    )


def downgrade() -> None:
    op.drop_table("silence")
    op.drop_column("case", "called_why")
    op.drop_column("case", "called_at")
    op.execute("UPDATE page SET state = 'unanswered' WHERE state = 'refused'")
    op.drop_constraint("state_is_known", "page")
    op.create_check_constraint("state_is_known", "page", BEFORE)
    op.drop_column("page", "code")
    op.drop_column("person", "pages")
