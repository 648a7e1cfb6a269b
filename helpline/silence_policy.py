"""A line's policy for silence: after how long it is a signal, by whose it is and how grave, and who is told of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from helpline.nouns import Tier
from helpline.queue import MinutesOrNone, Part


class TexterMinutes(Part):
    """How long a texter of each tier may be silent once they have been answered; 0: it is not counted."""

    imminent: MinutesOrNone = 2
    high: MinutesOrNone = 5
    elevated: MinutesOrNone = 15


class SilencePolicy(Part):
    """When silence in a text conversation, or a call that breaks off, is a signal. All in minutes; 0 is not at all.

    `listens_from` is the tier from which a texter's silence counts. A peer who leaves a texter without an answer for
    `peer_minutes` is reminded, whatever the risk. Whoever was cut off, and may be in danger, is expected back for
    `return_minutes`.
    """

    listens_from: Literal["elevated", "high", "imminent"] = "elevated"
    texter_minutes: TexterMinutes = TexterMinutes()
    peer_minutes: MinutesOrNone = 0
    return_minutes: MinutesOrNone = 0

    def texter_may_be_silent(self, tier: Tier) -> timedelta:
        """How long a texter of this tier may be silent; zero if it does not count."""
        if tier is Tier.NONE or tier < Tier.parse(self.listens_from):
            return timedelta()
        of = self.texter_minutes
        minutes = {Tier.IMMINENT: of.imminent, Tier.HIGH: of.high, Tier.ELEVATED: of.elevated}
        return timedelta(minutes=minutes[tier])

    @property
    def peer_may_be_silent(self) -> timedelta:
        """How long a texter may be left without an answer; zero if it does not count."""
        return timedelta(minutes=self.peer_minutes)

    @property
    def expected_back(self) -> timedelta:
        """For how long whoever was cut off is expected back; zero if nothing is made of it."""
        return timedelta(minutes=self.return_minutes)


SILENCE_WORDS = frozenset(
    """
dropped_back dropped_page dropped_yours quiet_peer quiet_returned quiet_taken quiet_texter supervisor_back
supervisor_dropped supervisor_quiet supervisor_unanswered why_dropped why_silence
    """.split()  # noqa: SIM905 - a list of names reads best as one
)
"""What is said about silence: needed only by a line that has the table."""
