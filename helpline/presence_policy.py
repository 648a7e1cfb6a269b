"""A line's policy for presence: who counts as there, when people are reminded and missed, who is asked to be ready."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from helpline.nouns import Channel
from helpline.queue import Minutes, MinutesOrNone, Part


class LastOffer(Part):
    """So many minutes before a shift ends its person is offered nothing new; 0: until the end."""

    voice: MinutesOrNone = 0
    text: MinutesOrNone = 0


class OnCallReadiness(Part):
    """Who will be on call is asked to answer beforehand, several times if need be; `ask_minutes` of 0: not at all.

    They are texted each time and, unless `by_call` is off, rung as well from the second time on.
    """

    ask_minutes: MinutesOrNone = 0
    repeat_minutes: Minutes = 15
    times: Annotated[int, Field(ge=1, le=10)] = 3
    by_call: bool = True

    @model_validator(mode="after")
    def _is_over_in_time(self) -> OnCallReadiness:
        if self.ask_minutes and self.times * self.repeat_minutes > self.ask_minutes:
            raise ValueError("the time on call would begin before it is known that they do not answer: ask earlier")
        return self


class Presence(Part):
    """Whether being on shift is enough (`trusted`), or has to be proven by checking in (`required`).

    All in minutes. A reminder or a hand-off notice of 0 is none. Lateness counts from the start of the shift, or from
    when somebody said that they would come.
    """

    check_in: Literal["trusted", "required"] = "trusted"
    early_minutes: Minutes = 60
    remind_minutes: MinutesOrNone = 60
    hand_off_minutes: MinutesOrNone = 15
    warn_after_minutes: MinutesOrNone = 0
    backups_after_minutes: MinutesOrNone = 10
    coordinators_after_minutes: MinutesOrNone = 20
    late_told_from_minutes: MinutesOrNone = 15
    lease_minutes: Minutes = 120
    ask_before_minutes: MinutesOrNone = 15
    break_minutes: Annotated[int, Field(ge=1, le=240)] = 15
    longest_break_minutes: Annotated[int, Field(ge=1, le=240)] = 60
    last_offer_minutes: LastOffer = LastOffer()
    on_call: OnCallReadiness = OnCallReadiness()

    @property
    def is_required(self) -> bool:
        return self.check_in == "required"

    @property
    def early(self) -> timedelta:
        """How long before a shift begins somebody can check in for it."""
        return timedelta(minutes=self.early_minutes)

    @property
    def lease(self) -> timedelta:
        """For how long somebody counts as present who has shown to be."""
        return timedelta(minutes=self.lease_minutes)

    @property
    def last_offers(self) -> Mapping[Channel, timedelta]:
        """How long before the end of a shift the last contact of each channel is offered, where there is a limit."""
        minutes = {Channel.VOICE: self.last_offer_minutes.voice, Channel.TEXT: self.last_offer_minutes.text}
        return {channel: timedelta(minutes=of) for channel, of in minutes.items() if of}

    @property
    def looks_ahead(self) -> timedelta:
        """How long before a shift begins there is something to do for it; zero if there never is anything."""
        checking_in = self.early_minutes if self.is_required else 0
        noticing = 1 if self.hand_off_minutes else 0
        return timedelta(minutes=max(checking_in, self.remind_minutes, noticing))

    @model_validator(mode="after")
    def _comes_in_order(self) -> Presence:
        if not self.warn_after_minutes <= self.backups_after_minutes <= self.coordinators_after_minutes:
            raise ValueError("whoever is late is warned first, then backups are asked, then coordinators told")
        if self.ask_before_minutes >= self.lease_minutes:
            raise ValueError("ask_before_minutes: presence would be asked for before it is proven")
        if self.break_minutes > self.longest_break_minutes:
            raise ValueError("break_minutes: longer than longest_break_minutes")
        return self


PRESENCE_WORDS = frozenset(
    """
break_alone break_begun break_over check_in_asked check_in_call checked_in checked_in_by_call coordinator_late
coordinator_missing coordinator_off coordinator_off_short coordinator_on_call hand_off_begin hand_off_end is_on
lapsed late_already late_noted next_shift nobody_stands_in nobody_takes_over not_on_shift off_alone off_done
on_call_next on_call_ready on_call_ready_call on_call_ready_noted on_call_stay on_until only_you shift_soon
shift_soon_check_in stand_in_asked stand_in_none stand_in_on stand_in_over stand_in_taken stands_in stays_on
still_there supervisor_break supervisor_lapsed takes_over
    """.split()  # noqa: SIM905 - a list of names reads best as one
)
"""What is said about presence: needed only by a line that has the table."""
