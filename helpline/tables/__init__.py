"""Every table, with the rules that may never break as constraints.

Lock order, everywhere: contact, then offers, then person, then timer, then command, then a carrier's health. A
transfer, a sign-off, a follow-up or a rescue is written only by whoever has locked its contact, a duty only by whoever
has locked its person. Whoever changes the rota by text, by a table, or what is asked about it, takes the rota's lock
(`helpline.locks.lock_rota`) before any row. Rows of one kind are locked in the order of their id. Nothing is locked
while the network is waited for.
"""

from helpline.tables.access import Challenge, Invitation, Passkey, SignedIn
from helpline.tables.auditing import Fault, Heartbeat, Probe, WebhookFault
from helpline.tables.closing import FollowUp, SignOff
from helpline.tables.contacts import Case, Contact, Guest, Leg, Listening, Message, Offer, Page, Transfer
from helpline.tables.duties import DutyRow
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
from helpline.tables.people import (
    CalendarKey,
    CoverAlarm,
    LeaveRow,
    LineVersion,
    OverrideRow,
    Person,
    RotaRevision,
    ShiftRow,
)
from helpline.tables.requests import ShiftNumber, ShiftRequest
from helpline.tables.rescues import Opening, Rescue, RescueStep
from helpline.tables.returning import Block, Caller, CarePlan, Continuity
from helpline.tables.silence import Silence

__all__ = [
    "COMMAND_TO_DO",
    "Block",
    "CalendarKey",
    "Caller",
    "CarePlan",
    "CarrierHealth",
    "Case",
    "Challenge",
    "CommandRow",
    "Contact",
    "Continuity",
    "CoverAlarm",
    "DutyRow",
    "Event",
    "Fault",
    "FollowUp",
    "Guest",
    "Heartbeat",
    "Invitation",
    "LeaveRow",
    "Leg",
    "LineVersion",
    "Listening",
    "Message",
    "Offer",
    "Opening",
    "OverrideRow",
    "Page",
    "Passkey",
    "Person",
    "Probe",
    "Received",
    "Rescue",
    "RescueStep",
    "RotaRevision",
    "ShiftNumber",
    "ShiftRequest",
    "ShiftRow",
    "SignOff",
    "SignedIn",
    "Silence",
    "Snapshot",
    "Table",
    "Throttle",
    "TimerRow",
    "Transfer",
    "WebhookFault",
]
