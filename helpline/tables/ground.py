"""What every table stands on: the types of its columns, and the checks that keep a state known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Enum
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import LargeBinary, String

from helpline.nouns import (
    AskedBy,
    CarrierName,
    CaseState,
    Channel,
    CommandState,
    ContactState,
    Discretion,
    DutyState,
    FollowUpState,
    HelpOutcome,
    LegRole,
    LegState,
    OfferState,
    PageState,
    RequestKind,
    RequestState,
    RescueEnd,
    RescueState,
    Role,
    Secret,
    SignOffState,
    TransferState,
)

_ENUMS: tuple[type[StrEnum], ...] = (
    Channel,
    ContactState,
    OfferState,
    LegState,
    LegRole,
    CaseState,
    PageState,
    CommandState,
    Role,
    AskedBy,
    TransferState,
    CarrierName,
    RequestKind,
    RequestState,
    DutyState,
    SignOffState,
    FollowUpState,
    Discretion,
    RescueState,
    RescueEnd,
    HelpOutcome,
    Secret,
)


def _stored(noun: type[StrEnum]) -> Enum:
    return Enum(noun, native_enum=False, length=16, values_callable=lambda known: [state.value for state in known])


_STORED: dict[Any, Any] = {noun: _stored(noun) for noun in _ENUMS}


class Table(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: TIMESTAMP(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: ARRAY(String),
        bytes: LargeBinary,
        **_STORED,
    }


def one_of(column: str, allowed: type[StrEnum]) -> CheckConstraint:
    """The constraint that `column` holds one of these."""
    return CheckConstraint(f"{column} IN ({listed(allowed)})", name=f"{column}_is_known")


def listed(states: Iterable[StrEnum]) -> str:
    """The states as they stand in an SQL condition."""
    return ", ".join(f"'{state.value}'" for state in sorted(states, key=str))
