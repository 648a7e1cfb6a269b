"""The rota: shifts that recur, what is different about single ones, and who is away. On call is a shift with a tier.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROLES = "'backup', 'clinician', 'coordinator', 'peer', 'supervisor'"
ROLE = sa.Enum("peer", "backup", "clinician", "supervisor", "coordinator", native_enum=False, length=16)
TIME = postgresql.TIMESTAMP(timezone=True)
ROTA = ("shift", "override", "leave", "person")


def upgrade() -> None:
    op.drop_constraint("role_is_known", "person")
    op.create_check_constraint("role_is_known", "person", f"role IN ({ROLES})")
    op.add_column("person", sa.Column("timezone", sa.String(), nullable=True))
    op.alter_column("shift", "person_id", nullable=True)
    op.add_column("shift", sa.Column("role", ROLE, nullable=True))
    op.add_column("shift", sa.Column("tier", sa.SmallInteger(), nullable=True))
    op.add_column("shift", sa.Column("first_on", sa.Date(), nullable=True))
    op.add_column("shift", sa.Column("repeats", sa.String(), server_default="", nullable=False))
    op.add_column("shift", sa.Column("timezone", sa.String(), nullable=True))
    op.add_column("shift", sa.Column("queues", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False))
    op.add_column("shift", sa.Column("on_holidays", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("shift", sa.Column("from_roster", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.execute(
        "UPDATE shift SET role = person.role, first_on = '2000-01-01', repeats = 'FREQ=DAILY', from_roster = true "
        "FROM person WHERE person.id = shift.person_id"
    )
    op.execute(
        "INSERT INTO shift (id, person_id, role, tier, starts, ends, first_on, repeats, from_roster) "
        "SELECT gen_random_uuid(), person_id, person.role, tier, '00:00', '00:00', '2000-01-01', 'FREQ=DAILY', true "
        "FROM on_call JOIN person ON person.id = on_call.person_id"
    )
    op.alter_column("shift", "role", nullable=False)
    op.alter_column("shift", "first_on", nullable=False)
    op.create_check_constraint("role_is_known", "shift", f"role IN ({ROLES})")
    op.create_check_constraint("tier_is_known", "shift", "tier BETWEEN 1 AND 9")
    op.drop_table("on_call")
    op.create_table(
        "override",
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("cancelled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("starts_at", TIME, nullable=True),
        sa.Column("ends_at", TIME, nullable=True),
        sa.Column("decided_at", TIME, nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("NOT cancelled OR person_id IS NULL", name="cancelled_has_nobody"),
        sa.CheckConstraint("starts_at < ends_at", name="it_has_a_length"),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("shift_id", "on_day"),
    )
    op.create_index("ix_override_person_id", "override", ["person_id"])
    op.create_table(
        "leave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.CheckConstraint("first_on <= last_on", name="leave_has_a_day"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_leave_person_id", "leave", ["person_id"])
    op.create_table(
        "rota_revision",
        sa.Column("one", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("number", sa.BIGINT(), nullable=False),
        sa.CheckConstraint("one", name="there_is_one_rota"),
        sa.PrimaryKeyConstraint("one"),
    )
    op.execute(
        """
        CREATE FUNCTION rota_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO rota_revision (one, number) VALUES (true, pg_current_xact_id()::text::bigint)
            ON CONFLICT (one) DO UPDATE SET number = excluded.number;
            RETURN NULL;
        END $$
        """
    )
    for table in ROTA:
        what = (
            "INSERT OR DELETE OR UPDATE OF active, place, role" if table == "person" else "INSERT OR DELETE OR UPDATE"
        )
        op.execute(
            f"CREATE TRIGGER rota_changed AFTER {what} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION rota_changed()"
        )
