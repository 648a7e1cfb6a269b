"""The auditor: signs of life, what is wrong now, how often webhooks failed, and test contacts.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TIME = postgresql.TIMESTAMP(timezone=True)
HOLDS = "'accepted', 'bridged', 'joined', 'pending', 'ringing', 'wrapping'"
KINDS = (
    "'calls_refused', 'command_overdue', 'command_uncertain', 'database_slow', 'disk_full', 'leg_left', "
    "'limit_passed', 'no_ticker', 'no_worker', 'nobody_on_call', 'not_journalled', 'page_unheard', 'redis_away', "
    "'states_disagree', 'stranded', 'test_failed', 'timer_failing', 'timer_held', 'timer_overdue', 'webhooks_fail'"
)


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("process"),
    )
    op.create_table(
        "fault",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("gone_at", TIME, nullable=True),
        sa.Column("told_at", TIME, nullable=True),
        sa.Column("repairs", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("repaired_at", TIME, nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="kind_is_known"),
        sa.PrimaryKeyConstraint("kind", "subject"),
    )
    op.create_table(
        "webhook_fault",
        sa.Column("minute", TIME, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("minute"),
    )
    op.create_table(
        "probe",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Enum("voice", "text", native_enum=False, length=16), nullable=False),
        sa.Column("placed_at", TIME, nullable=False),
        sa.Column("arrived_at", TIME, nullable=True),
        sa.Column("held_at", TIME, nullable=True),
        sa.Column("sid", sa.String(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.CheckConstraint("channel IN ('text', 'voice')", name="channel_is_known"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_probe_placed_at", "probe", ["placed_at"])
    op.create_index("contact_ended", "contact", ["ended_at"])
    op.create_index("offer_held", "offer", ["contact_id"], postgresql_where=sa.text(f"state IN ({HOLDS})"))
    op.create_index("ix_command_written_at", "command", ["written_at"])


def downgrade() -> None:
    op.drop_index("ix_command_written_at", "command")
    op.drop_index("offer_held", "offer")
    op.drop_index("contact_ended", "contact")
    for table in ("probe", "webhook_fault", "fault", "heartbeat"):
        op.drop_table(table)
