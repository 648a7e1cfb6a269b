"""A contact may be handed to another person or queue; who takes it over joins beside the one who had it.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BEFORE = ("accepted", "bridged", "pending", "ringing")
NOW = ("accepted", "bridged", "joined", "pending", "ringing")
OVER = ("completed", "declined", "expired", "failed", "rescinded")


def upgrade() -> None:
    op.create_table(
        "transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("from_person_id", sa.Uuid(), nullable=False),
        sa.Column("to_person_id", sa.Uuid(), nullable=True),
        sa.Column("to_queue", sa.String(), nullable=True),
        sa.Column("warm", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'called_off', 'done', 'joined', 'refused')",
            name="state_is_known",
        ),
        sa.CheckConstraint("(to_person_id IS NULL) <> (to_queue IS NULL)", name="to_somebody_or_a_queue"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.ForeignKeyConstraint(["from_person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["to_person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("transfer_of_contact", "transfer", ["contact_id"], unique=False)
    op.create_index(
        "transfer_one_open",
        "transfer",
        ["contact_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'joined')"),
    )
    op.add_column("offer", sa.Column("transfer_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("offer_transfer_id_fkey", "offer", "transfer", ["transfer_id"], ["id"])
    op.create_index(op.f("ix_offer_transfer_id"), "offer", ["transfer_id"], unique=False)
    _let_offers_be(NOW)


def downgrade() -> None:
    op.execute("UPDATE offer SET state = 'rescinded', ended_at = offered_at WHERE state = 'joined'")
    _let_offers_be(BEFORE)
    op.drop_index(op.f("ix_offer_transfer_id"), table_name="offer")
    op.drop_column("offer", "transfer_id")
    op.drop_table("transfer")


def _let_offers_be(live: tuple[str, ...]) -> None:
    """Make anew what names the states of an offer: those it may have, and those in which it takes somebody's time."""
    op.drop_constraint("state_is_known", "offer")
    op.create_check_constraint("state_is_known", "offer", f"state IN ({_listed((*live, 'wrapping', *OVER))})")
    op.drop_index("offer_one_live_call", table_name="offer")
    op.create_index(
        "offer_one_live_call",
        "offer",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text(f"channel = 'voice' AND state IN ({_listed(live)})"),
    )
    op.drop_constraint("offer_within_capacity", "offer")
    op.execute(
        "ALTER TABLE offer ADD CONSTRAINT offer_within_capacity EXCLUDE USING gist"
        " (int8range(person_ordinal * 1000 + share_from, person_ordinal * 1000 + share_to) WITH &&)"
        f" WHERE (state IN ({_listed((*live, 'wrapping'))}))"
    )


def _listed(states: tuple[str, ...]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))
