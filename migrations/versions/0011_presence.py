"""Who is there for their shift, and who is ready for their time on call.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ROLES = "'backup', 'clinician', 'coordinator', 'peer', 'supervisor'"
ROLE = sa.Enum("peer", "backup", "clinician", "supervisor", "coordinator", native_enum=False, length=16)
STATES = "'ended', 'expected', 'lapsed', 'on_break', 'present'"
STATE = sa.Enum("expected", "present", "on_break", "lapsed", "ended", native_enum=False, length=16)
TIME = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.add_column("shift", sa.Column("stands_in", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_table(
        "duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", ROLE, nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=True),
        sa.Column("state", STATE, nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=True),
        sa.Column("expected_at", TIME, nullable=False),
        sa.Column("late_minutes", sa.SmallInteger(), nullable=True),
        sa.Column("checked_in_at", TIME, nullable=True),
        sa.Column("leased_until", TIME, nullable=True),
        sa.Column("break_until", TIME, nullable=True),
        sa.Column("told", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False),
        sa.Column("times_asked", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("wanted_until", TIME, nullable=True),
        sa.Column("stand_in_id", sa.Uuid(), nullable=True),
        sa.Column("stand_in_shift_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.CheckConstraint(f"role IN ({ROLES})", name="role_is_known"),
        sa.CheckConstraint(f"state IN ({STATES})", name="state_is_known"),
        sa.CheckConstraint("(ended_at IS NOT NULL) = (state = 'ended')", name="over_has_an_end"),
        sa.CheckConstraint("state <> 'on_break' OR break_until IS NOT NULL", name="a_break_has_an_end"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["stand_in_id"], ["person.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["stand_in_shift_id"], ["shift.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("duty_open", "duty", ["person_id"], postgresql_where=sa.text("state <> 'ended'"))
    op.create_index("duty_wanted", "duty", ["wanted_until"], postgresql_where=sa.text("wanted_until IS NOT NULL"))


def downgrade() -> None:
    op.drop_table("duty")
