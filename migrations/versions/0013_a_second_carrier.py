"""A second carrier: whose a contact, a leg and a command is, and how each carrier has answered lately.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAMES = "'signalwire', 'twilio'"
CARRIER = sa.Enum("twilio", "signalwire", native_enum=False, length=16)
TIME = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.add_column("contact", sa.Column("carrier", CARRIER, server_default="twilio", nullable=False))
    op.add_column("leg", sa.Column("carrier", CARRIER, nullable=True))
    op.add_column("command", sa.Column("carrier", CARRIER, nullable=True))
    op.execute("UPDATE leg SET carrier = 'twilio'")
    op.execute("UPDATE command SET carrier = 'twilio' WHERE sent_at IS NOT NULL")
    for table in ("contact", "leg", "command"):
        op.create_check_constraint("carrier_is_known", table, f"carrier IN ({NAMES})")
    op.create_table(
        "carrier_health",
        sa.Column("carrier", CARRIER, nullable=False),
        sa.Column("faults", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_fault_at", TIME, nullable=True),
        sa.Column("ill_since", TIME, nullable=True),
        sa.Column("trial_at", TIME, nullable=True),
        sa.CheckConstraint(f"carrier IN ({NAMES})", name="carrier_is_known"),
        sa.PrimaryKeyConstraint("carrier"),
    )


def downgrade() -> None:
    op.drop_table("carrier_health")
    for table in ("command", "leg", "contact"):
        op.drop_constraint("carrier_is_known", table)
        op.drop_column(table, "carrier")
