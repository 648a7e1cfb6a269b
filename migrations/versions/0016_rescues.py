"""Help for somebody in immediate danger: rescues, the steps that were tried, and what two people opened.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TIME = postgresql.TIMESTAMP(timezone=True)
STATES = ("approved", "confirmed", "ended", "open", "requested", "under_way")
OPEN = ("approved", "open", "requested", "under_way")
ENDS = ("lost", "refused", "safe")
OUTCOMES = ("no", "passed", "refused", "worked")
SEALED = ("number", "place")
KINDS = (
    *("calls_refused", "command_overdue", "command_uncertain", "database_slow", "disk_full", "leg_left"),
    *("limit_passed", "no_ticker", "no_worker", "nobody_on_call", "not_journalled", "page_unheard", "redis_away"),
    *("states_disagree", "stranded", "test_failed", "timer_failing", "timer_held", "timer_overdue", "webhooks_fail"),
)


def upgrade() -> None:
    _rescue()
    op.create_table(
        "rescue_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rescue_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(f"outcome IN ({_listed(OUTCOMES)})", name="outcome_is_known"),
        sa.ForeignKeyConstraint(["rescue_id"], ["rescue.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_rescue_step_rescue_id", "rescue_step", ["rescue_id"], unique=False)
    _opening()
    op.drop_constraint("kind_is_known", "fault")
    op.create_check_constraint("kind_is_known", "fault", f"kind IN ({_listed((*KINDS, 'rescue_open'))})")


def _rescue() -> None:
    people = ("opened_by", "consent_by", "act_by", "asked_by", "approved_by", "relay_id", "ended_by")
    op.create_table(
        "rescue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=True),
        sa.Column("act_at", TIME, nullable=True),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("step", sa.SmallInteger(), nullable=True),
        sa.Column("told_people", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False),
        sa.Column("reminders", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("ended_as", sa.String(length=16), nullable=True),
        sa.Column("end_words", sa.LargeBinary(), nullable=True),
        *(sa.Column(person, sa.Uuid(), nullable=True) for person in people),
        sa.CheckConstraint(f"state IN ({_listed(STATES)})", name="state_is_known"),
        sa.CheckConstraint(f"ended_as IN ({_listed(ENDS)})", name="ended_as_is_known"),
        sa.CheckConstraint(f"(ended_at IS NULL) = (state IN ({_listed(OPEN)}))", name="over_has_an_end"),
        sa.CheckConstraint("(ended_as IS NOT NULL) = (state = 'ended')", name="ended_for_a_reason"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
        sa.CheckConstraint("(act_at IS NULL) = (act_by IS NULL)", name="an_act_is_stated_by_somebody"),
        sa.CheckConstraint(
            "state <> 'open' OR num_nonnulls(step, asked_by, approved_by) = 0", name="open_asks_for_nobody"
        ),
        sa.CheckConstraint("state <> 'requested' OR num_nulls(step, asked_by) = 0", name="requested_by_somebody"),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'under_way', 'confirmed')"
            " OR (num_nulls(step, asked_by, approved_by, relay_id) = 0 AND approved_by <> asked_by)",
            name="sent_by_two",
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        *(sa.ForeignKeyConstraint([person], ["person.id"]) for person in people),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index("ix_rescue_contact_id", "rescue", ["contact_id"], unique=False)
    op.create_index(
        "rescue_one_open",
        "rescue",
        ["contact_id"],
        unique=True,
        postgresql_where=sa.text(f"state IN ({_listed(OPEN)})"),
    )


def _opening() -> None:
    op.create_table(
        "opening",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rescue_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("asked_words", sa.LargeBinary(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", TIME, nullable=True),
        sa.Column("approved_words", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", TIME, nullable=True),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(f"what IN ({_listed(SEALED)})", name="what_is_known"),
        sa.CheckConstraint("asked_by <> approved_by", name="opened_by_two"),
        sa.CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approved_by_somebody"),
        sa.CheckConstraint(
            "(opened_at IS NULL) = (seen_by IS NULL) AND (opened_at IS NULL OR approved_at IS NOT NULL)",
            name="seen_once_approved",
        ),
        sa.ForeignKeyConstraint(["rescue_id"], ["rescue.id"]),
        *(sa.ForeignKeyConstraint([person], ["person.id"]) for person in ("asked_by", "approved_by", "seen_by")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_opening_rescue_id", "opening", ["rescue_id"], unique=False)


def downgrade() -> None:
    op.execute("DELETE FROM timer WHERE kind = 'rescue'")
    op.execute("DELETE FROM fault WHERE kind = 'rescue_open'")
    op.drop_constraint("kind_is_known", "fault")
    op.create_check_constraint("kind_is_known", "fault", f"kind IN ({_listed(KINDS)})")
    for table in ("opening", "rescue_step", "rescue"):
        op.drop_table(table)


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))
