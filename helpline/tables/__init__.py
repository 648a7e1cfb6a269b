"""Every table, with the rules that may never break as constraints.

Lock order, everywhere: contact, then offers, then person, then timer, then command, then a carrier's health. A transfer
is written only by whoever has locked its contact. Rows of one kind are locked in the order of their id. Nothing is
locked while the network is waited for.
"""

from helpline.tables.contacts import Case, Contact, Guest, Leg, Message, Offer, Page, Transfer
from helpline.tables.ground import Table
from helpline.tables.machinery import (
    COMMAND_TO_DO,
    CarrierHealth,
    CommandRow,
    Event,
    Received,
    Snapshot,
    Throttle,
    TimerRow,
)
from helpline.tables.people import LeaveRow, LineVersion, OverrideRow, Person, RotaRevision, ShiftRow
from helpline.tables.returning import Block, Caller, CarePlan, Continuity

__all__ = [
    "COMMAND_TO_DO",
    "Block",
    "Caller",
    "CarePlan",
    "CarrierHealth",
    "Case",
    "CommandRow",
    "Contact",
    "Continuity",
    "Event",
    "Guest",
    "LeaveRow",
    "Leg",
    "LineVersion",
    "Message",
    "Offer",
    "OverrideRow",
    "Page",
    "Person",
    "Received",
    "RotaRevision",
    "ShiftRow",
    "Snapshot",
    "Table",
    "Throttle",
    "TimerRow",
    "Transfer",
]
