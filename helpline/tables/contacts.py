"""Contacts, and everything that happens to one: offers, transfers, legs, cases, pages, messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import BIGINT, JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from helpline.nouns import (
    CONTACT_OVER,
    LEG_UP,
    OFFER_HOLDS,
    OFFER_LIVE,
    OFFER_TAKEN,
    TRANSFER_OPEN,
    WAITING,
    CarrierName,
    CaseState,
    Channel,
    ContactState,
    LegRole,
    LegState,
    OfferState,
    PageState,
    TransferState,
)
from helpline.tables.ground import Table, listed, one_of


class Contact(Table):
    """One approach by a caller. `called` is our number that they called; `route` the place of the one that decided.

    `seen_risk` is how grave it was as whoever had it saw it: beside `risk`, which software never lowers.

    Every leg that is to talk with the caller is one of their `carrier`: a conference cannot span two.
    """

    __tablename__ = "contact"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    line_version_id: Mapped[int] = mapped_column(ForeignKey("line_version.id"))
    caller_id: Mapped[UUID] = mapped_column(ForeignKey("caller.id"))
    channel: Mapped[Channel]
    queue: Mapped[str]
    called: Mapped[str | None]
    carrier: Mapped[CarrierName] = mapped_column(default=CarrierName.TWILIO, server_default=CarrierName.TWILIO)
    menu_key: Mapped[str | None]
    route: Mapped[int | None] = mapped_column(SmallInteger)
    language: Mapped[str]
    topics: Mapped[list[str]] = mapped_column(server_default="{}")
    state: Mapped[ContactState]
    risk: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    risk_at: Mapped[datetime | None]
    front: Mapped[bool] = mapped_column(server_default=text("false"))
    outbound: Mapped[bool] = mapped_column(server_default=text("false"))
    arrived_at: Mapped[datetime]
    waiting_since: Mapped[datetime]
    limit_at: Mapped[datetime]
    limit_told_at: Mapped[datetime | None]
    last_heard_at: Mapped[datetime]
    connected_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    disposition: Mapped[str | None]
    seen_risk: Mapped[int | None] = mapped_column(SmallInteger)

    __table_args__ = (
        one_of("channel", Channel),
        one_of("state", ContactState),
        one_of("carrier", CarrierName),
        CheckConstraint("risk BETWEEN 0 AND 3", name="risk_is_a_tier"),
        CheckConstraint("seen_risk BETWEEN 0 AND 3", name="seen_risk_is_a_tier"),
        CheckConstraint(
            f"(ended_at IS NOT NULL) = (state IN ({listed(CONTACT_OVER)}))",
            name="over_has_an_end",
        ),
        Index(
            "contact_waiting",
            "queue",
            postgresql_where=text(f"state IN ({listed(WAITING)})"),
        ),
        Index("contact_ended", "ended_at"),
        Index(
            "contact_one_open_thread",
            "caller_id",
            unique=True,
            postgresql_where=text("channel = 'text' AND ended_at IS NULL AND state <> 'wrap_up'"),
        ),
    )


class Offer(Table):
    """A contact held out to one person. `share_from` up to `share_to` are the shares of them it takes."""

    __tablename__ = "offer"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    person_ordinal: Mapped[int] = mapped_column(BIGINT)
    channel: Mapped[Channel]
    state: Mapped[OfferState]
    transfer_id: Mapped[UUID | None] = mapped_column(ForeignKey("transfer.id"), index=True)
    tag: Mapped[str]
    share_from: Mapped[int]
    share_to: Mapped[int]
    offered_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("channel", Channel),
        one_of("state", OfferState),
        CheckConstraint("0 <= share_from AND share_from < share_to AND share_to <= 100", name="shares_fit"),
        Index("offer_held", "contact_id", postgresql_where=text(f"state IN ({listed(OFFER_HOLDS)})")),
        Index(
            "offer_one_taken",
            "contact_id",
            unique=True,
            postgresql_where=text(f"state IN ({listed(OFFER_TAKEN)})"),
        ),
        Index(
            "offer_one_live_call",
            "person_id",
            unique=True,
            postgresql_where=text(f"channel = 'voice' AND state IN ({listed(OFFER_LIVE)})"),
        ),
        ExcludeConstraint(
            (
                func.int8range(
                    literal_column("person_ordinal * 1000 + share_from"),
                    literal_column("person_ordinal * 1000 + share_to"),
                ),
                "&&",
            ),
            where=text(f"state IN ({listed(OFFER_HOLDS)})"),
            using="gist",
            name="offer_within_capacity",
        ),
    )


class Transfer(Table):
    """A contact that one person hands to another, or to a queue. Its row changes only while its contact is locked."""

    __tablename__ = "transfer"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    from_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    to_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    to_queue: Mapped[str | None]
    warm: Mapped[bool]
    state: Mapped[TransferState]
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("state", TransferState),
        CheckConstraint("(to_person_id IS NULL) <> (to_queue IS NULL)", name="to_somebody_or_a_queue"),
        Index("transfer_of_contact", "contact_id"),
        Index(
            "transfer_one_open",
            "contact_id",
            unique=True,
            postgresql_where=text(f"state IN ({listed(TRANSFER_OPEN)})"),
        ),
    )


class Leg(Table):
    """One carrier call leg. Without a `carrier` it goes by whichever is well, and stays with that one."""

    __tablename__ = "leg"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), index=True)
    offer_id: Mapped[UUID | None] = mapped_column(ForeignKey("offer.id"), index=True)
    page_id: Mapped[UUID | None] = mapped_column(ForeignKey("page.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    role: Mapped[LegRole]
    state: Mapped[LegState]
    sid: Mapped[str | None] = mapped_column(String(80), unique=True)
    carrier: Mapped[CarrierName | None]
    joined: Mapped[bool] = mapped_column(server_default=text("false"))
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("role", LegRole),
        one_of("state", LegState),
        one_of("carrier", CarrierName),
        Index("leg_up", "person_id", postgresql_where=text(f"state IN ({listed(LEG_UP)})")),
    )


class Listening(Table):
    """A call that is being heard: in which language, and what was seen in what was said. No word of it is here.

    It goes with the call. The caller was told of it in the language `told_in`; until they come to `told_step`, it may
    be cut short. Results of the carrier are numbered anew in each `session`; `provisional` is a tier raised by words
    that were not final yet, the result `provisional_number`.
    """

    __tablename__ = "listening"
    leg_id: Mapped[UUID] = mapped_column(ForeignKey("leg.id"), primary_key=True)
    told_in: Mapped[str | None]
    told_step: Mapped[int] = mapped_column(BIGINT, server_default="0")
    language: Mapped[str | None]
    switched_off: Mapped[bool] = mapped_column(server_default=text("false"))
    session: Mapped[int] = mapped_column(BIGINT, server_default="0")
    seen: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    provisional: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    provisional_number: Mapped[int] = mapped_column(BIGINT, server_default="0")

    __table_args__ = (CheckConstraint("provisional BETWEEN 0 AND 3", name="provisional_is_a_tier"),)


class Case(Table):
    """An escalation under way beside a contact, with the ladder as it was when the case was opened.

    `called_at` is when the line itself last called for a clinician, and `called_why` what for.
    """

    __tablename__ = "case"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), unique=True)
    ladder: Mapped[dict[str, Any]]
    state: Mapped[CaseState]
    opened_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]
    called_why: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_risk: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    supervisor_told_risk: Mapped[int] = mapped_column(SmallInteger, server_default="0")

    __table_args__ = (one_of("state", CaseState),)


class Page(Table):
    """One attempt to reach one clinician. By its `code` they tell it from their others; 0 is none."""

    __tablename__ = "page"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    tier: Mapped[int] = mapped_column(SmallInteger)
    why: Mapped[str]
    tag: Mapped[str]
    code: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    state: Mapped[PageState]
    paged_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("state", PageState),
        Index(
            "page_one_open",
            "case_id",
            "person_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )


class Guest(Table):
    """A clinician who has joined somebody else's text conversation."""

    __tablename__ = "guest"
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    tag: Mapped[str]
    joined_at: Mapped[datetime]


class Message(Table):
    """Something said in a text contact; the words are sealed."""

    __tablename__ = "message"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    words: Mapped[bytes | None]
    at: Mapped[datetime]
    ordinal: Mapped[int] = mapped_column(BIGINT, Identity(always=True))
