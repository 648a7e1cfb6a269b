"""A line's policy for its auditor: how often it looks, what counts as late, and when people are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, model_validator

from helpline.nouns import Channel, FaultKind
from helpline.queue import Part, Seconds


class Audit(Part):
    """What the auditor goes by. Its own policy throughout: each figure is a choice of the line.

    `healthy_for_seconds` is how old the last audit, and the last sign of a ticker or worker, may be.
    """

    every_seconds: Annotated[float, Field(ge=1, le=60)] = 5
    healthy_for_seconds: Annotated[float, Field(ge=5, le=600)] = 20
    overdue_seconds: Annotated[float, Field(ge=5, le=600)] = 15
    uncertain_seconds: Seconds = 60
    page_seconds: Seconds = 300
    tell_after_seconds: Annotated[float, Field(ge=0, le=600)] = 10
    repairs: Annotated[int, Field(ge=0, le=20)] = 2
    repairs_within_minutes: Annotated[float, Field(gt=0, le=1440)] = 60
    lately_minutes: Annotated[float, Field(ge=1, le=120)] = 10
    slow_milliseconds: Annotated[int, Field(ge=10, le=60_000)] = 1000
    disk_free_percent: Annotated[float, Field(ge=0, le=50)] = 5
    webhook_faults_percent: Annotated[float, Field(gt=0, le=100)] = 2
    refused_calls_percent: Annotated[float, Field(gt=0, le=100)] = 50
    refused_calls_least: Annotated[int, Field(ge=1, le=1000)] = 3

    @property
    def overdue(self) -> timedelta:
        """By how much a timer or a command may be late."""
        return timedelta(seconds=self.overdue_seconds)

    @property
    def fresh(self) -> timedelta:
        """How long a sign of life holds."""
        return timedelta(seconds=self.healthy_for_seconds)

    @property
    def lately(self) -> timedelta:
        """How far back the auditor looks for what went wrong."""
        return timedelta(minutes=self.lately_minutes)

    @property
    def memory(self) -> timedelta:
        """For how long a repair counts against the next one of the same."""
        return timedelta(minutes=self.repairs_within_minutes)

    @model_validator(mode="after")
    def _leaves_time(self) -> Audit:
        if self.healthy_for_seconds < 2 * self.every_seconds:
            raise ValueError("healthy_for_seconds must be at least twice every_seconds, or one late audit is an alarm")
        return self


class TestContacts(Part):
    """How often the line contacts itself over the carrier, and from which number of the account; 0 is never.

    A number cannot contact itself, so `from_number` is another than the one the line is known by. Each must have come
    all the way within so many seconds; after so many in a row that have not, somebody is told.
    """

    from_number: Annotated[str, Field(pattern=r"^\+\d{8,15}$")]
    call_every_minutes: Annotated[float, Field(ge=0, le=1440)] = 15
    text_every_minutes: Annotated[float, Field(ge=0, le=1440)] = 60
    within_seconds: Annotated[float, Field(ge=5, le=300)] = 30
    failures: Annotated[int, Field(ge=1, le=10)] = 2

    def every(self, channel: Channel) -> timedelta | None:
        """The time from one test to the next; None: there are none."""
        minutes = self.call_every_minutes if channel is Channel.VOICE else self.text_every_minutes
        return timedelta(minutes=minutes) if minutes else None

    @property
    def within(self) -> timedelta:
        return timedelta(seconds=self.within_seconds)

    @model_validator(mode="after")
    def _one_at_a_time(self) -> TestContacts:
        shortest = min((every for channel in Channel if (every := self.every(channel)) is not None), default=None)
        if shortest is not None and shortest < 2 * self.within:
            raise ValueError("from one test to the next there must be at least twice within_seconds")
        return self


TEST_WORDS = frozenset({"test_call", "test_over"})
"""What is spoken on a test call, should a person be on it: needed only by a line that makes them."""
AUDIT_WORDS = frozenset(
    {"audit_found", "audit_over", "audit_do_restart", "audit_do_report", "audit_do_carrier", "audit_do_rota"}
    | {"audit_do_machine", *(f"audit_{kind}" for kind in FaultKind if kind is not FaultKind.RESCUE_OPEN)}
)
"""What supervisors and coordinators are told: needed only by a line that is audited. Rescues have their own."""
