"""Silence in a text conversation as a signal: a pure function of when each side last spoke, and of what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from helpline.nouns import Tier
from helpline.silence_policy import SilencePolicy


class Whose(StrEnum):
    """Who owes the next word."""

    TEXTER = "texter"
    PEER = "peer"


class Deed(StrEnum):
    """What is done about it."""

    REMIND = "remind"  # the person who holds the conversation is asked to write
    TELL = "tell"  # the supervisor
    PAGE = "page"  # the clinician
    OFFER = "offer"  # the texter is offered to somebody else


@dataclass(frozen=True)
class Conversation:
    """A text conversation that is connected.

    `asked_at` is when the texter last wrote, or somebody came to them if that is later; `answered_at` when they were
    first answered after it. So who is asked again and again "are you there?" counts as silent since the first time.
    """

    risk: Tier
    asked_at: datetime
    answered_at: datetime | None
    clinician_there: bool = False
    done: int = 0
    """How many steps have been taken about this silence."""

    @property
    def whose(self) -> Whose:
        return Whose.PEER if self.answered_at is None else Whose.TEXTER

    @property
    def since(self) -> datetime:
        return self.asked_at if self.answered_at is None else self.answered_at


@dataclass(frozen=True)
class Act:
    """Do these now. `done` steps are then taken; listen again at `until`."""

    deeds: frozenset[Deed]
    done: int
    until: datetime
    reason: str


@dataclass(frozen=True)
class Listen:
    """Nothing is to be done. `until` is when that changes by itself, if it does."""

    until: datetime | None
    reason: str


Verdict = Act | Listen


def listen(conversation: Conversation, policy: SilencePolicy, now: datetime) -> Verdict:
    """What this silence calls for now. It is never a reason to close: from the second step on, it repeats."""
    whose, since = conversation.whose, conversation.since
    every = policy.peer_may_be_silent if whose is Whose.PEER else policy.texter_may_be_silent(conversation.risk)
    if not every:
        return Listen(None, f"the silence of the {whose} does not count here")
    passed = max(0, (now - since) // every)
    until = since + (passed + 1) * every
    if passed <= conversation.done:
        return Listen(until, f"the {whose} may be silent for a while")
    steps = range(conversation.done + 1, passed + 1)
    deeds = frozenset[Deed]().union(*(_deeds(conversation, step) for step in steps))
    minutes = int((now - since).total_seconds() // 60)
    return Act(deeds, passed, until, f"the {whose} has been silent for {minutes} minutes")


def _deeds(conversation: Conversation, step: int) -> set[Deed]:
    """What the nth step of a silence is."""
    paged = {Deed.PAGE} if not conversation.clinician_there else set()
    if step == 1:
        return {Deed.REMIND}
    if conversation.whose is Whose.TEXTER:
        return {Deed.REMIND, Deed.TELL} | paged
    if step == 2:
        return {Deed.TELL} | (paged if conversation.risk >= Tier.HIGH else set())
    return {Deed.OFFER}
