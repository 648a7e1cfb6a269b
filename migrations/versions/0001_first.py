"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "caller",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number_key", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("opted_out", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("first_seen", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number_key"),
    )
    op.create_table(
        "line_version",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("applied_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.BIGINT(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("peer", "backup", "clinician", "supervisor", name="role", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("languages", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("skills", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False),
        sa.Column("excludes", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("number_key", sa.LargeBinary(), nullable=False),
        sa.Column("paused_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("idle_since", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("role IN ('backup', 'clinician', 'peer', 'supervisor')", name="role_is_known"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("number_key"),
        sa.UniqueConstraint("ordinal"),
    )
    op.create_table(
        "received",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("reply", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(op.f("ix_received_at"), "received", ["at"], unique=False)
    op.create_table(
        "throttle",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("free_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "timer",
        sa.Column("id", sa.BIGINT(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("leased_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "subject"),
    )
    op.create_index(op.f("ix_timer_due_at"), "timer", ["due_at"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_version_id", sa.Integer(), nullable=False),
        sa.Column("caller_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Enum("voice", "text", name="channel", native_enum=False, length=16), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("topics", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "arrived",
                "queued",
                "offered",
                "connected",
                "wrap_up",
                "closed",
                "abandoned",
                "diverted",
                name="contactstate",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("risk", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("risk_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("front", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("outbound", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("arrived_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("waiting_since", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("limit_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("limit_told_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("last_heard_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("connected_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("disposition", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NOT NULL) = (state IN ('abandoned', 'closed', 'diverted'))", name="over_has_an_end"
        ),
        sa.CheckConstraint("channel IN ('text', 'voice')", name="channel_is_known"),
        sa.CheckConstraint(
            "state IN ('abandoned', 'arrived', 'closed', 'connected', 'diverted', 'offered', 'queued', 'wrap_up')",
            name="state_is_known",
        ),
        sa.CheckConstraint("risk BETWEEN 0 AND 3", name="risk_is_a_tier"),
        sa.ForeignKeyConstraint(
            ["caller_id"],
            ["caller.id"],
        ),
        sa.ForeignKeyConstraint(
            ["line_version_id"],
            ["line_version.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "contact_one_open_thread",
        "contact",
        ["caller_id"],
        unique=True,
        postgresql_where=sa.text("channel = 'text' AND ended_at IS NULL AND state <> 'wrap_up'"),
    )
    op.create_index(
        "contact_waiting",
        "contact",
        ["queue"],
        unique=False,
        postgresql_where=sa.text("state IN ('arrived', 'offered', 'queued')"),
    )
    op.create_table(
        "on_call",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("tier BETWEEN 1 AND 9", name="tier_is_known"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_table(
        "shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_shift_person_id"), "shift", ["person_id"], unique=False)
    op.create_table(
        "case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("ladder", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "acknowledged", "stood_down", name="casestate", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("asked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("acknowledged_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("acknowledged_risk", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("supervisor_told_risk", sa.SmallInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("state IN ('acknowledged', 'open', 'stood_down')", name="state_is_known"),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contact_id"),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BIGINT(), sa.Identity(always=True), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_event_contact_id"), "event", ["contact_id"], unique=False)
    op.create_table(
        "guest",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("joined_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("contact_id", "person_id"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ordinal", sa.BIGINT(), sa.Identity(always=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_message_contact_id"), "message", ["contact_id"], unique=False)
    op.create_table(
        "offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_ordinal", sa.BIGINT(), nullable=False),
        sa.Column("channel", sa.Enum("voice", "text", name="channel", native_enum=False, length=16), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "ringing",
                "accepted",
                "bridged",
                "wrapping",
                "completed",
                "declined",
                "expired",
                "failed",
                "rescinded",
                name="offerstate",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("share_from", sa.Integer(), nullable=False),
        sa.Column("share_to", sa.Integer(), nullable=False),
        sa.Column("offered_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("accepted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(person_ordinal * 1000 + share_from, person_ordinal * 1000 + share_to)"), "&&"),
            where=sa.text("state IN ('accepted', 'bridged', 'pending', 'ringing', 'wrapping')"),
            using="gist",
            name="offer_within_capacity",
        ),
        sa.CheckConstraint("channel IN ('text', 'voice')", name="channel_is_known"),
        sa.CheckConstraint(
            "state IN ('accepted', 'bridged', 'completed', 'declined', 'expired', 'failed', 'pending', 'rescinded', 'ringing', 'wrapping')",
            name="state_is_known",
        ),
        sa.CheckConstraint("0 <= share_from AND share_from < share_to AND share_to <= 100", name="shares_fit"),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_offer_contact_id"), "offer", ["contact_id"], unique=False)
    op.create_index(op.f("ix_offer_person_id"), "offer", ["person_id"], unique=False)
    op.create_index(
        "offer_one_live_call",
        "offer",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("channel = 'voice' AND state IN ('accepted', 'bridged', 'pending', 'ringing')"),
    )
    op.create_index(
        "offer_one_taken",
        "offer",
        ["contact_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('accepted', 'bridged')"),
    )
    op.create_table(
        "page",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "acknowledged", "unanswered", "stood_down", name="pagestate", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("paged_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('acknowledged', 'open', 'stood_down', 'unanswered')", name="state_is_known"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_page_case_id"), "page", ["case_id"], unique=False)
    op.create_index(op.f("ix_page_person_id"), "page", ["person_id"], unique=False)
    op.create_index(
        "page_one_open", "page", ["case_id", "person_id"], unique=True, postgresql_where=sa.text("state = 'open'")
    )
    op.create_table(
        "leg",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=True),
        sa.Column("page_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column(
            "role", sa.Enum("caller", "peer", "clinician", name="legrole", native_enum=False, length=16), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "dialled",
                "ringing",
                "live",
                "passed_on",
                "ended",
                name="legstate",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("sid", sa.String(length=80), nullable=True),
        sa.Column("joined", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('caller', 'clinician', 'peer')", name="role_is_known"),
        sa.CheckConstraint(
            "state IN ('dialled', 'ended', 'live', 'passed_on', 'planned', 'ringing')", name="state_is_known"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["offer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["page.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sid"),
    )
    op.create_index(op.f("ix_leg_contact_id"), "leg", ["contact_id"], unique=False)
    op.create_index(op.f("ix_leg_offer_id"), "leg", ["offer_id"], unique=False)
    op.create_index(op.f("ix_leg_page_id"), "leg", ["page_id"], unique=False)
    op.create_table(
        "command",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "sending",
                "sent",
                "uncertain",
                "failed",
                "dropped",
                name="commandstate",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("leg_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("caller_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("path", sa.String(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("written_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("deadline", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("sent_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("sid", sa.String(length=80), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ordinal", sa.BIGINT(), sa.Identity(always=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('dropped', 'failed', 'pending', 'sending', 'sent', 'uncertain')", name="state_is_known"
        ),
        sa.ForeignKeyConstraint(
            ["caller_id"],
            ["caller.id"],
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.ForeignKeyConstraint(
            ["leg_id"],
            ["leg.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "command_to_do",
        "command",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('pending', 'sending', 'uncertain')"),
    )
    op.create_index(op.f("ix_command_leg_id"), "command", ["leg_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_command_leg_id"), table_name="command")
    op.drop_index(
        "command_to_do", table_name="command", postgresql_where=sa.text("state IN ('pending', 'sending', 'uncertain')")
    )
    op.drop_table("command")
    op.drop_index(op.f("ix_leg_page_id"), table_name="leg")
    op.drop_index(op.f("ix_leg_offer_id"), table_name="leg")
    op.drop_index(op.f("ix_leg_contact_id"), table_name="leg")
    op.drop_table("leg")
    op.drop_index("page_one_open", table_name="page", postgresql_where=sa.text("state = 'open'"))
    op.drop_index(op.f("ix_page_person_id"), table_name="page")
    op.drop_index(op.f("ix_page_case_id"), table_name="page")
    op.drop_table("page")
    op.drop_index("offer_one_taken", table_name="offer", postgresql_where=sa.text("state IN ('accepted', 'bridged')"))
    op.drop_index(
        "offer_one_live_call",
        table_name="offer",
        postgresql_where=sa.text("channel = 'voice' AND state IN ('accepted', 'bridged', 'pending', 'ringing')"),
    )
    op.drop_index(op.f("ix_offer_person_id"), table_name="offer")
    op.drop_index(op.f("ix_offer_contact_id"), table_name="offer")
    op.drop_table("offer")
    op.drop_index(op.f("ix_message_contact_id"), table_name="message")
    op.drop_table("message")
    op.drop_table("guest")
    op.drop_index(op.f("ix_event_contact_id"), table_name="event")
    op.drop_table("event")
    op.drop_table("case")
    op.drop_index(op.f("ix_shift_person_id"), table_name="shift")
    op.drop_table("shift")
    op.drop_table("on_call")
    op.drop_index(
        "contact_waiting", table_name="contact", postgresql_where=sa.text("state IN ('arrived', 'offered', 'queued')")
    )
    op.drop_index(
        "contact_one_open_thread",
        table_name="contact",
        postgresql_where=sa.text("channel = 'text' AND ended_at IS NULL AND state <> 'wrap_up'"),
    )
    op.drop_table("contact")
    op.drop_index(op.f("ix_timer_due_at"), table_name="timer")
    op.drop_table("timer")
    op.drop_table("throttle")
    op.drop_index(op.f("ix_received_at"), table_name="received")
    op.drop_table("received")
    op.drop_table("person")
    op.drop_table("line_version")
    op.drop_table("caller")
