"""What a helpline speaks of, and the one table of moves each noun may make."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import TypeVar

S = TypeVar("S", bound=StrEnum)


class IllegalMove(Exception):
    """A noun was told to make a move that its table does not hold."""


class Channel(StrEnum):
    VOICE = "voice"
    TEXT = "text"


class CarrierName(StrEnum):
    """A telephone network that the line is on. The first is preferred."""

    TWILIO = "twilio"
    SIGNALWIRE = "signalwire"


class Role(StrEnum):
    PEER = "peer"
    BACKUP = "backup"
    CLINICIAN = "clinician"
    SUPERVISOR = "supervisor"
    COORDINATOR = "coordinator"


class Tier(IntEnum):
    """How grave a contact is; higher is graver. A contact's tier is never lowered by software."""

    NONE = 0
    ELEVATED = 1
    HIGH = 2
    IMMINENT = 3

    def __str__(self) -> str:
        return self.word

    @property
    def word(self) -> str:
        """Its name as people and programs read it."""
        return self.name.lower()

    def lowered(self) -> Tier:
        """One tier down, never below none: the most that a negation may do to the words it denies."""
        return Tier(max(self - 1, Tier.NONE))

    @classmethod
    def parse(cls, word: str) -> Tier:
        """The tier called `word`, in lower case; ValueError if there is none."""
        for tier in cls:
            if tier.word == word:
                return tier
        raise ValueError(f"{word!r} is not a tier; use {', '.join(map(str, cls))}")


class ContactState(StrEnum):
    ARRIVED = "arrived"
    QUEUED = "queued"
    OFFERED = "offered"
    CONNECTED = "connected"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"
    ABANDONED = "abandoned"
    DIVERTED = "diverted"


class OfferState(StrEnum):
    PENDING = "pending"
    RINGING = "ringing"
    ACCEPTED = "accepted"
    BRIDGED = "bridged"
    JOINED = "joined"
    WRAPPING = "wrapping"
    COMPLETED = "completed"
    DECLINED = "declined"
    EXPIRED = "expired"
    FAILED = "failed"
    RESCINDED = "rescinded"


class TransferState(StrEnum):
    """How far a contact has come on its way from the one who holds it to somebody else."""

    ASKED = "asked"
    JOINED = "joined"
    DONE = "done"
    REFUSED = "refused"
    CALLED_OFF = "called_off"


class RequestKind(StrEnum):
    """What somebody asks for about a shift."""

    CLAIM = "claim"  # that an open one is theirs
    GIVE_UP = "give_up"  # that theirs is open
    HANDOVER = "handover"  # that somebody named does theirs
    SWAP = "swap"  # that somebody named does theirs for one of their own
    COVER = "cover"  # that anybody who fits does theirs


class RequestState(StrEnum):
    """How far a request about a shift has come. AWAITING is the word of a coordinator."""

    ASKED = "asked"
    AGREED = "agreed"
    AWAITING = "awaiting"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class SignOffState(StrEnum):
    """How far a grave contact is from being signed: something is lacking, or it waits for a signature."""

    LACKING = "lacking"
    READY = "ready"
    SIGNED = "signed"


class FollowUpState(StrEnum):
    """What has become of the call or text that a caller agreed to."""

    AGREED = "agreed"
    DONE = "done"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"


class Discretion(StrEnum):
    """What may be said to whoever answers a caller's phone."""

    QUIET = "quiet"  # nothing that tells who calls
    NAMED = "named"  # the line's name


class DutyState(StrEnum):
    """Whether somebody is there for their shift, or ready for their time on call."""

    EXPECTED = "expected"
    PRESENT = "present"
    ON_BREAK = "on_break"
    LAPSED = "lapsed"
    ENDED = "ended"


class RescueState(StrEnum):
    """How far help has come for somebody in immediate danger. REQUESTED: somebody asks that others be sent to them."""

    OPEN = "open"
    REQUESTED = "requested"
    APPROVED = "approved"
    UNDER_WAY = "under_way"
    CONFIRMED = "confirmed"
    ENDED = "ended"


class RescueEnd(StrEnum):
    """Why a rescue has ended without help that was confirmed. REFUSED: by the caller; LOST: nobody can reach them."""

    SAFE = "safe"
    REFUSED = "refused"
    LOST = "lost"


class HelpOutcome(StrEnum):
    """How a step of help went; PASSED: it was passed over, with a reason."""

    WORKED = "worked"
    NO = "no"
    REFUSED = "refused"
    PASSED = "passed"


class Secret(StrEnum):
    """What of a caller is kept sealed until two people open it."""

    NUMBER = "number"
    PLACE = "place"


class LegState(StrEnum):
    PLANNED = "planned"
    DIALLED = "dialled"
    RINGING = "ringing"
    LIVE = "live"
    PASSED_ON = "passed_on"
    ENDED = "ended"


class LegRole(StrEnum):
    CALLER = "caller"
    PEER = "peer"
    CLINICIAN = "clinician"


class CaseState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    STOOD_DOWN = "stood_down"


class PageState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    UNANSWERED = "unanswered"
    REFUSED = "refused"
    STOOD_DOWN = "stood_down"


class CommandState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    DROPPED = "dropped"


class AskedBy(StrEnum):
    """Who said that a caller would like the same person again: the caller, or the peer who had asked them."""

    CALLER = "caller"
    PEER = "peer"


class TimerKind(StrEnum):
    """What may fall due, and for what."""

    MATCH = "match"  # a queue
    OFFER = "offer"  # an offer
    LIMIT = "limit"  # a contact
    DECIDE = "decide"  # a contact
    PRESENCE = "presence"  # a contact
    LADDER = "ladder"  # a contact
    PAGE = "page"  # a page
    SILENCE = "silence"  # a text contact
    QUIET = "quiet"  # a text contact of a line that listens to silence
    TRANSFER = "transfer"  # a transfer
    CALLBACK = "callback"  # a contact whose caller asked to be called back
    REQUEST = "request"  # a request about a shift
    SIGN_OFF = "sign_off"  # the signing of a contact
    FOLLOW_UP = "follow_up"  # what was agreed with a caller
    WISH = "wish"  # what somebody wants to know of the rota
    SWEEP = "sweep"  # the whole line
    COVER = "cover"  # the whole line
    ROTA = "rota"  # the whole line
    DUTY = "duty"  # a duty
    AUDIT = "audit"  # the whole line
    TEST = "test"  # the line's test contacts by one channel
    RESCUE = "rescue"  # a rescue


class FaultKind(StrEnum):
    """What the auditor may find to be wrong with the line."""

    TIMER_OVERDUE = "timer_overdue"
    TIMER_FAILING = "timer_failing"
    TIMER_HELD = "timer_held"
    STRANDED = "stranded"
    LIMIT_PASSED = "limit_passed"
    LEG_LEFT = "leg_left"
    STATES_DISAGREE = "states_disagree"
    NOT_JOURNALLED = "not_journalled"
    COMMAND_OVERDUE = "command_overdue"
    COMMAND_UNCERTAIN = "command_uncertain"
    CALLS_REFUSED = "calls_refused"
    PAGE_UNHEARD = "page_unheard"
    WEBHOOKS_FAIL = "webhooks_fail"
    NO_TICKER = "no_ticker"
    NO_WORKER = "no_worker"
    REDIS_AWAY = "redis_away"
    DATABASE_SLOW = "database_slow"
    DISK_FULL = "disk_full"
    NOBODY_ON_CALL = "nobody_on_call"
    TEST_FAILED = "test_failed"
    RESCUE_OPEN = "rescue_open"


class Process(StrEnum):
    """What shows every few seconds that it is alive."""

    TICKER = "ticker"
    WORKER = "worker"
    AUDITOR = "auditor"


CONTACT_MOVES: Mapping[ContactState, frozenset[ContactState]] = {
    ContactState.ARRIVED: frozenset({ContactState.QUEUED, ContactState.ABANDONED, ContactState.DIVERTED}),
    ContactState.QUEUED: frozenset({ContactState.OFFERED, ContactState.ABANDONED, ContactState.DIVERTED}),
    ContactState.OFFERED: frozenset(
        {ContactState.QUEUED, ContactState.CONNECTED, ContactState.ABANDONED, ContactState.DIVERTED}
    ),
    ContactState.CONNECTED: frozenset({ContactState.QUEUED, ContactState.WRAP_UP}),
    ContactState.WRAP_UP: frozenset({ContactState.CLOSED}),
    ContactState.CLOSED: frozenset(),
    ContactState.ABANDONED: frozenset(),
    ContactState.DIVERTED: frozenset(),
}

OFFER_MOVES: Mapping[OfferState, frozenset[OfferState]] = {
    OfferState.PENDING: frozenset(
        {
            OfferState.RINGING,
            OfferState.ACCEPTED,
            OfferState.JOINED,
            OfferState.DECLINED,
            OfferState.EXPIRED,
            OfferState.FAILED,
            OfferState.RESCINDED,
        }
    ),
    OfferState.RINGING: frozenset(
        {
            OfferState.ACCEPTED,
            OfferState.JOINED,
            OfferState.DECLINED,
            OfferState.EXPIRED,
            OfferState.FAILED,
            OfferState.RESCINDED,
        }
    ),
    OfferState.JOINED: frozenset({OfferState.ACCEPTED, OfferState.FAILED, OfferState.RESCINDED}),
    OfferState.ACCEPTED: frozenset({OfferState.BRIDGED, OfferState.FAILED, OfferState.RESCINDED}),
    OfferState.BRIDGED: frozenset({OfferState.WRAPPING, OfferState.FAILED}),
    OfferState.WRAPPING: frozenset({OfferState.COMPLETED}),
    OfferState.COMPLETED: frozenset(),
    OfferState.DECLINED: frozenset(),
    OfferState.EXPIRED: frozenset(),
    OfferState.FAILED: frozenset(),
    OfferState.RESCINDED: frozenset(),
}

TRANSFER_MOVES: Mapping[TransferState, frozenset[TransferState]] = {
    TransferState.ASKED: frozenset(
        {TransferState.JOINED, TransferState.DONE, TransferState.REFUSED, TransferState.CALLED_OFF}
    ),
    TransferState.JOINED: frozenset(
        {TransferState.ASKED, TransferState.DONE, TransferState.REFUSED, TransferState.CALLED_OFF}
    ),
    TransferState.DONE: frozenset(),
    TransferState.REFUSED: frozenset(),
    TransferState.CALLED_OFF: frozenset(),
}

REQUEST_MOVES: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.ASKED: frozenset(
        {RequestState.AGREED, RequestState.REFUSED, RequestState.WITHDRAWN, RequestState.LAPSED}
    ),
    RequestState.AGREED: frozenset({RequestState.DONE, RequestState.AWAITING, RequestState.REFUSED}),
    RequestState.AWAITING: frozenset(
        {RequestState.DONE, RequestState.REFUSED, RequestState.WITHDRAWN, RequestState.LAPSED}
    ),
    RequestState.DONE: frozenset(),
    RequestState.REFUSED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
    RequestState.LAPSED: frozenset(),
}

SIGN_OFF_MOVES: Mapping[SignOffState, frozenset[SignOffState]] = {
    SignOffState.LACKING: frozenset({SignOffState.READY}),
    SignOffState.READY: frozenset({SignOffState.LACKING, SignOffState.SIGNED}),
    SignOffState.SIGNED: frozenset(),
}

FOLLOW_UP_MOVES: Mapping[FollowUpState, frozenset[FollowUpState]] = {
    FollowUpState.AGREED: frozenset({FollowUpState.DONE, FollowUpState.MISSED, FollowUpState.WITHDRAWN}),
    FollowUpState.DONE: frozenset(),
    FollowUpState.MISSED: frozenset(),
    FollowUpState.WITHDRAWN: frozenset(),
}

DUTY_MOVES: Mapping[DutyState, frozenset[DutyState]] = {
    DutyState.EXPECTED: frozenset({DutyState.PRESENT, DutyState.ENDED}),
    DutyState.PRESENT: frozenset({DutyState.EXPECTED, DutyState.ON_BREAK, DutyState.LAPSED, DutyState.ENDED}),
    DutyState.ON_BREAK: frozenset({DutyState.PRESENT, DutyState.ENDED}),
    DutyState.LAPSED: frozenset({DutyState.PRESENT, DutyState.ENDED}),
    DutyState.ENDED: frozenset(),
}

RESCUE_MOVES: Mapping[RescueState, frozenset[RescueState]] = {
    RescueState.OPEN: frozenset({RescueState.REQUESTED, RescueState.ENDED}),
    RescueState.REQUESTED: frozenset({RescueState.APPROVED, RescueState.OPEN, RescueState.ENDED}),
    RescueState.APPROVED: frozenset({RescueState.UNDER_WAY, RescueState.OPEN, RescueState.ENDED}),
    RescueState.UNDER_WAY: frozenset({RescueState.CONFIRMED, RescueState.OPEN, RescueState.ENDED}),
    RescueState.CONFIRMED: frozenset(),
    RescueState.ENDED: frozenset(),
}

LEG_MOVES: Mapping[LegState, frozenset[LegState]] = {
    LegState.PLANNED: frozenset({LegState.DIALLED, LegState.RINGING, LegState.LIVE, LegState.ENDED}),
    LegState.DIALLED: frozenset({LegState.RINGING, LegState.LIVE, LegState.ENDED}),
    LegState.RINGING: frozenset({LegState.LIVE, LegState.ENDED}),
    LegState.LIVE: frozenset({LegState.PASSED_ON, LegState.ENDED}),
    LegState.PASSED_ON: frozenset({LegState.LIVE, LegState.ENDED}),
    LegState.ENDED: frozenset(),
}

CASE_MOVES: Mapping[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset({CaseState.ACKNOWLEDGED, CaseState.STOOD_DOWN}),
    CaseState.ACKNOWLEDGED: frozenset({CaseState.OPEN, CaseState.STOOD_DOWN}),
    CaseState.STOOD_DOWN: frozenset({CaseState.OPEN}),
}

PAGE_MOVES: Mapping[PageState, frozenset[PageState]] = {
    PageState.OPEN: frozenset(
        {PageState.ACKNOWLEDGED, PageState.UNANSWERED, PageState.REFUSED, PageState.STOOD_DOWN}
    ),
    PageState.ACKNOWLEDGED: frozenset(),
    PageState.UNANSWERED: frozenset({PageState.REFUSED}),
    PageState.REFUSED: frozenset(),
    PageState.STOOD_DOWN: frozenset(),
}

COMMAND_MOVES: Mapping[CommandState, frozenset[CommandState]] = {
    CommandState.PENDING: frozenset({CommandState.SENDING, CommandState.DROPPED}),
    CommandState.SENDING: frozenset(
        {CommandState.SENT, CommandState.UNCERTAIN, CommandState.FAILED, CommandState.PENDING, CommandState.DROPPED}
    ),
    CommandState.UNCERTAIN: frozenset({CommandState.SENT, CommandState.FAILED}),
    CommandState.SENT: frozenset(),
    CommandState.FAILED: frozenset(),
    CommandState.DROPPED: frozenset(),
}

WAITING = frozenset({ContactState.ARRIVED, ContactState.QUEUED, ContactState.OFFERED})
CONTACT_OVER = frozenset({ContactState.CLOSED, ContactState.ABANDONED, ContactState.DIVERTED})
OFFER_ASKING = frozenset({OfferState.PENDING, OfferState.RINGING})
OFFER_TAKEN = frozenset({OfferState.ACCEPTED, OfferState.BRIDGED})
OFFER_LIVE = OFFER_ASKING | OFFER_TAKEN | {OfferState.JOINED}
TRANSFER_OPEN = frozenset({TransferState.ASKED, TransferState.JOINED})
REQUEST_OPEN = frozenset({RequestState.ASKED, RequestState.AGREED, RequestState.AWAITING})
RESCUE_OPEN = frozenset({RescueState.OPEN, RescueState.REQUESTED, RescueState.APPROVED, RescueState.UNDER_WAY})
LEG_UP = frozenset({LegState.PLANNED, LegState.DIALLED, LegState.RINGING, LegState.LIVE})
OFFER_HOLDS = OFFER_LIVE | {OfferState.WRAPPING}


def check(moves: Mapping[S, frozenset[S]], current: S, to: S) -> S:
    """`to`, if the table allows it from `current`; IllegalMove otherwise."""
    if to not in moves[current]:
        raise IllegalMove(f"{type(current).__name__} cannot go from {current} to {to}")
    return to
