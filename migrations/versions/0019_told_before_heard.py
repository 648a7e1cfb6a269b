"""Nobody is listened to before they were told; and results of a call stand in the order in which they were said.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("listening", sa.Column("told_in", sa.String(), nullable=True))
    op.add_column("listening", sa.Column("told_step", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("listening", sa.Column("session", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("listening", sa.Column("provisional_number", sa.BigInteger(), server_default="0", nullable=False))
    op.execute("UPDATE listening SET told_in = language, seen = '[]'")


def downgrade() -> None:
    op.execute("UPDATE listening SET seen = '[]'")
    for column in ("provisional_number", "session", "told_step", "told_in"):
        op.drop_column("listening", column)
