"""A contact keeps what its queue was chosen by: the number it called, the key pressed in the menu, and the route.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact", sa.Column("called", sa.String(), nullable=True))
    op.add_column("contact", sa.Column("menu_key", sa.String(), nullable=True))
    op.add_column("contact", sa.Column("route", sa.SmallInteger(), nullable=True))


def downgrade() -> None:
    for column in ("route", "menu_key", "called"):
        op.drop_column("contact", column)
