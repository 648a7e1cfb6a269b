"""A call: its states, what it tells the application of them, and what it is doing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from exchange.agenda import Entry
from exchange.numbers import place
from exchange.wire import Form

if TYPE_CHECKING:
    from exchange.documents import Source
    from exchange.network import Exchange
    from exchange.phones import Phone
    from exchange.script import Script
    from exchange.step import Partnered
    from exchange.transcription import Transcription

API_VERSION = "2010-04-01"


class CallStatus(StrEnum):
    """Where a call is in its life, in the carrier's words."""

    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def over(self) -> bool:
        """Whether nothing can follow."""
        return self not in MOVES


_UNANSWERED = frozenset({CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED, CallStatus.CANCELED})
MOVES: dict[CallStatus, frozenset[CallStatus]] = {
    CallStatus.QUEUED: frozenset({CallStatus.INITIATED, CallStatus.CANCELED}),
    CallStatus.INITIATED: frozenset({CallStatus.RINGING}) | _UNANSWERED,
    CallStatus.RINGING: frozenset({CallStatus.IN_PROGRESS}) | _UNANSWERED,
    CallStatus.IN_PROGRESS: frozenset({CallStatus.COMPLETED}),
}


class Direction(StrEnum):
    """Who set the call up."""

    INBOUND = "inbound"
    OUTBOUND_API = "outbound-api"
    OUTBOUND_DIAL = "outbound-dial"


class IllegalMove(Exception):
    """A call was to go from one status to another that cannot follow it."""


@dataclass(frozen=True, slots=True)
class Notices:
    """Where a call's progress is told, and which of initiated, ringing, answered and completed."""

    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a call does when it is answered: a document fetched or one given with the request."""

    url: str = ""
    method: str = "POST"
    twiml: str = ""
    fallback_url: str = ""
    fallback_method: str = "POST"
    send_digits: str = ""
    detect_machine: bool = False
    time_limit: int = 14_400


@dataclass(eq=False)
class Call:
    """One leg between the exchange and one phone."""

    network: Exchange
    sid: str
    from_: str
    to: str
    direction: Direction
    phone: Phone
    created: datetime
    status: CallStatus
    instructions: Instructions = field(default_factory=Instructions)
    notices: Notices = field(default_factory=Notices)
    parent: Call | None = None
    ring_for: float = 65.0
    updated: datetime | None = None
    dialled: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    answered_by: str = ""
    answered_by_machine: bool = False
    error_code: str = ""
    token: str = ""
    script: Script | None = None
    fallback: Source | None = None
    bridge: Call | None = None
    twin: Call | None = None
    """The other side of a call from one number of the account to another."""
    partner_of: Partnered | None = None
    transcriptions: list[Transcription] = field(default_factory=list)
    timer: Entry | None = None
    sequence: int = 0
    on_answer: Callable[[], None] | None = None
    on_end: Callable[[Call], None] | None = None

    def move(self, status: CallStatus) -> None:
        """Take the next status and tell the application. Raises IllegalMove."""
        if status not in MOVES.get(self.status, ()):
            raise IllegalMove(f"{self.sid}: {self.status} -> {status}")
        now = self.network.agenda.now()
        self.status = status
        self.updated = now
        if status is CallStatus.INITIATED:
            self.dialled = now
        elif status is CallStatus.IN_PROGRESS:
            self.answered = now
        elif status.over:
            self.ended = now
        self._tell(status)

    @property
    def live(self) -> bool:
        """Whether the call is not over."""
        return not self.status.over

    @property
    def seconds(self) -> int:
        """How long it was answered, in whole seconds."""
        if self.answered is None:
            return 0
        return round(((self.ended or self.network.agenda.now()) - self.answered).total_seconds())

    def form(self, *extra: tuple[str, str]) -> Form:
        """The parameters every request about this call carries, then ``extra``."""
        pairs = [
            ("CallSid", self.sid),
            ("AccountSid", self.network.account_sid),
            ("From", self.from_),
            ("To", self.to),
            ("Caller", self.from_),
            ("Called", self.to),
            ("CallStatus", str(self.status)),
            ("ApiVersion", API_VERSION),
            ("Direction", str(self.direction)),
            *_places(self.from_, self.to),
        ]
        if self.parent is not None:
            pairs.append(("ParentCallSid", self.parent.sid))
        if self.direction is Direction.INBOUND:
            pairs.append(("StirVerstat", "TN-Validation-Passed-A"))
        if self.answered_by:
            pairs.append(("AnsweredBy", self.answered_by))
        return (*pairs, *extra)

    def _tell(self, status: CallStatus) -> None:
        event = {"in-progress": "answered"}.get(status, "completed" if status.over else str(status))
        if not self.notices.url or event not in self.notices.events:
            return
        extra = [
            ("Timestamp", format_datetime(self.network.agenda.now())),
            ("CallbackSource", "call-progress-events"),
            ("SequenceNumber", str(self.sequence)),
        ]
        self.sequence += 1
        if status.over:
            extra += [("CallDuration", str(self.seconds)), ("Duration", str(-(-self.seconds // 60)))]
            extra.append(("SipResponseCode", _SIP[status]))
            if self.error_code:
                extra.append(("ErrorCode", self.error_code))
        form = self.form(*extra)
        if self.direction is Direction.INBOUND:
            form = self.network.dialect.notice(form)
        self.network.courier.notify(self.notices.url, self.notices.method, form)


_SIP = {
    CallStatus.COMPLETED: "200",
    CallStatus.BUSY: "486",
    CallStatus.NO_ANSWER: "487",
    CallStatus.FAILED: "404",
    CallStatus.CANCELED: "487",
}


def _places(from_: str, to: str) -> list[tuple[str, str]]:
    return [*place("From", from_), *place("Caller", from_), *place("To", to), *place("Called", to)]
