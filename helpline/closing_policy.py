"""A line's policy for how a contact ends: what a grave one needs before it closes, and the call that may follow it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from helpline.hours import Hours, read_hours
from helpline.nouns import Tier
from helpline.queue import Minutes, Part

SafetyWord = Annotated[str, Field(pattern=r"^[^\W\d_][\w-]{1,19}$"), AfterValidator(str.lower)]


def _hours(text: str) -> str:
    return str(read_hours(text))


class Closing(Part):
    """From `signed_from` on a contact closes only filed, with a safety check, and signed by somebody else.

    `safety` are the words for how the caller was left. Whoever has to file or sign is asked again every
    `remind_minutes`; one that nobody has signed after `alarm_minutes` is an alarm.
    """

    signed_from: Literal["elevated", "high", "imminent"] = "high"
    safety: Annotated[tuple[SafetyWord, ...], Field(min_length=1)] = ("plan", "safe", "help", "passed-on", "unknown")
    remind_minutes: Minutes = 30
    alarm_minutes: Minutes = 240

    @property
    def tier(self) -> Tier:
        return Tier.parse(self.signed_from)

    @property
    def remind(self) -> timedelta:
        return timedelta(minutes=self.remind_minutes)

    @property
    def alarm(self) -> timedelta:
        return timedelta(minutes=self.alarm_minutes)


class FollowUpPolicy(Part):
    """A call or text that a caller at risk agreed to, so many hours later, within hours that are safe for them.

    `hours` hold where nobody has said others, on the line's wall clock. Due within 24 to 72 hours, as the field has it.
    """

    earliest_hours: Annotated[float, Field(ge=1, le=168)] = 24
    latest_hours: Annotated[float, Field(ge=1, le=336)] = 72
    hours: Annotated[str, AfterValidator(_hours)] = "10:00-20:00"
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    retry_minutes: Minutes = 120

    @property
    def earliest(self) -> timedelta:
        return timedelta(hours=self.earliest_hours)

    @property
    def latest(self) -> timedelta:
        return timedelta(hours=self.latest_hours)

    @property
    def retry(self) -> timedelta:
        return timedelta(minutes=self.retry_minutes)

    @property
    def daily(self) -> Hours:
        return read_hours(self.hours)

    @model_validator(mode="after")
    def _holds_a_day(self) -> FollowUpPolicy:
        if self.latest_hours < self.earliest_hours + 24:
            raise ValueError("latest_hours: at least 24 after earliest_hours, or the safe hours of no day lie between")
        return self


CLOSING_WORDS = frozenset(
    """
file_asked file_noted file_unknown lack_disposition lack_safety risk_noted sign_alarm sign_asked sign_asked_back
sign_lacking sign_list sign_none sign_noted sign_own sign_rescue sign_returned sign_role sign_unheld sign_unknown
    """.split()  # noqa: SIM905 - a list of names reads best as one
)
"""What is said about closing a grave contact: needed only by a line that has the table."""
FOLLOW_UP_WORDS = frozenset(
    """
follow_up_ask follow_up_agreed follow_up_none follow_up_withheld follow_up_hours follow_up_missed
follow_up_call_quiet follow_up_call_named follow_up_text_quiet follow_up_text_named screen_follow_up
    """.split()  # noqa: SIM905 - a list of names reads best as one
)
"""What is said about calling somebody again who agreed to it: needed only by a line that does so."""
