"""Who is on the phone is asked at every match, and must not grow slower with every call there ever was.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "leg_up",
        "leg",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('dialled', 'live', 'planned', 'ringing')"),
    )


def downgrade() -> None:
    op.drop_index("leg_up", table_name="leg")
