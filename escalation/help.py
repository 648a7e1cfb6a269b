"""The next step of help for somebody in danger: least invasive first, and nobody is sent on one person's word."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal
from uuid import UUID

from helpline.danger_policy import HelpStep
from helpline.nouns import HelpOutcome, Role

Policy = Literal["never", "with_consent", "act_under_way"]
"""Whether the line may send somebody to a caller at all: `line.rescue` of the line file."""
DECIDING = frozenset({Role.CLINICIAN, Role.SUPERVISOR})
"""Whose word may be one of the two by which somebody is sent, and who may state that an act is under way."""


class Why(StrEnum):
    """What a verdict goes by."""

    NEXT = "it is the least invasive step that is left"
    ACT = "an act that endangers life is under way"
    CONSENT = "they agreed"
    BY_CLINICIAN = "this step is a clinician's"
    SECOND = "a second person has to approve"


class Bar(StrEnum):
    """What stands in the way of a step."""

    POLICY = "policy"  # the line sends nobody
    CONSENT = "consent"  # the line sends nobody without consent
    ACT = "act"  # the line sends somebody with consent, or while an act is under way
    STEP_CONSENT = "step_consent"  # this very step needs consent
    BEFORE = "before"  # something less invasive was neither tried nor passed over
    NOBODY = "nobody"  # the line has no step that sends anybody


class Way(StrEnum):
    """What would make a step possible, or what can be done instead."""

    STAY = "stay with them, and try the steps again"
    ASK_THEM = "ask them, and note what they say"
    STATE_ACT = "a clinician or supervisor states that an act is under way"
    DO_BEFORE = "try the step before, or pass it over with a reason"
    SKIP = "pass the step over with a reason"


@dataclass(frozen=True)
class Try:
    """Do this step: its number, counted from 1."""

    step: int
    why: tuple[Why, ...]


@dataclass(frozen=True)
class AskClinician:
    """This step is not for the asker to decide: a clinician does it, or a clinician or supervisor approves it."""

    step: int
    why: tuple[Why, ...]


@dataclass(frozen=True)
class MaySend:
    """Somebody may be sent, once a second person approves."""

    step: int
    why: tuple[Why, ...]


@dataclass(frozen=True)
class MayNot:
    """This step may not be taken now: why, and what would make it possible or can be done instead."""

    step: int
    bar: Bar
    possible: tuple[Way, ...]


Sending = AskClinician | MaySend | MayNot
Verdict = Try | Sending


@dataclass(frozen=True)
class Situation:
    """Everything that decides about help for one caller.

    `tried` is how each step went that was tried or passed over last, by its number. `consent` is None while the caller
    has not been asked. `act`: one that endangers their life is under way, as a clinician or supervisor has stated.
    """

    steps: Sequence[HelpStep]
    policy: Policy
    tried: Mapping[int, HelpOutcome] = field(default_factory=dict)
    consent: bool | None = None
    act: bool = False

    def step(self, number: int) -> HelpStep:
        """The step of that number, counted from 1."""
        return self.steps[number - 1]

    def agrees_to(self, number: int) -> bool:
        """Whether the caller's consent is noted, or this step does not need it."""
        return self.consent is True or self.step(number).consent != "needed"


def next_help(case: Situation, asker: Role) -> Verdict:
    """What comes next, for `asker` to do or to ask for."""
    sending = may_send(case, asker)
    if case.act and not isinstance(sending, MayNot):
        return sending
    number = _next(case)
    step = case.step(number)
    if step.sends:
        return sending
    if not case.agrees_to(number):
        return MayNot(number, Bar.STEP_CONSENT, (Way.ASK_THEM, Way.SKIP))
    if step.by == "clinician" and asker is not Role.CLINICIAN:
        return AskClinician(number, (Why.NEXT, Why.BY_CLINICIAN))
    return Try(number, (Why.NEXT,))


def may_send(case: Situation, asker: Role) -> Sending:
    """Whether somebody may be sent now, and by which step.

    The line's policy comes first, then the consent a step needs, then what is less invasive. While an act is under way
    nothing less invasive is waited for, and the last of the steps that are possible is the one.
    """
    senders = [number for number, step in enumerate(case.steps, start=1) if step.sends]
    if not senders:
        return MayNot(len(case.steps), Bar.NOBODY, (Way.STAY,))
    number = _sender(case, senders)
    barred = _barred_by_policy(case, number)
    if barred is not None:
        return barred
    if not case.agrees_to(number):
        return MayNot(number, Bar.STEP_CONSENT, (Way.ASK_THEM, Way.SKIP))
    before = next((other for other in range(1, number) if other not in case.tried), None)
    if before is not None and not case.act:
        return MayNot(before, Bar.BEFORE, (Way.DO_BEFORE,))
    why = (Why.ACT if case.act else Why.NEXT, *((Why.CONSENT,) if case.consent else ()))
    return MaySend(number, why) if asker in DECIDING else AskClinician(number, (*why, Why.SECOND))


def _barred_by_policy(case: Situation, number: int) -> MayNot | None:
    if case.policy == "never":
        return MayNot(number, Bar.POLICY, (Way.STAY,))
    if case.policy == "with_consent" and case.consent is not True:
        return MayNot(number, Bar.CONSENT, (Way.ASK_THEM,))
    if case.policy == "act_under_way" and case.consent is not True and not case.act:
        return MayNot(number, Bar.ACT, (Way.ASK_THEM, Way.STATE_ACT))
    return None


def _next(case: Situation) -> int:
    """The first step that was neither tried nor passed over; the last one that is possible, if every one was."""
    never = case.policy == "never"
    possible = [number for number, step in enumerate(case.steps, start=1) if not (step.sends and never)]
    return next((number for number in possible if number not in case.tried), possible[-1])


def _sender(case: Situation, senders: Sequence[int]) -> int:
    if not case.act:
        return next((number for number in senders if number not in case.tried), senders[-1])
    return next((number for number in reversed(senders) if case.agrees_to(number)), senders[-1])


class NotYou(StrEnum):
    """Why somebody may not be the second of the two."""

    ROLE = "role"  # they are neither a clinician nor a supervisor
    SAME = "same"  # they asked
    TWO_SUPERVISORS = "two_supervisors"  # neither of the two is with the caller or a clinician


def why_not_approve(asker: UUID, asker_role: Role, approver: UUID, approver_role: Role) -> NotYou | None:
    """Why `approver` may not decide what `asker` asked for; None if they may.

    A peer asks and never decides. Of a clinician or supervisor who asks, the second is not a supervisor like them.
    """
    if approver_role not in DECIDING:
        return NotYou.ROLE
    if approver == asker:
        return NotYou.SAME
    if asker_role is Role.SUPERVISOR and approver_role is Role.SUPERVISOR:
        return NotYou.TWO_SUPERVISORS
    return None


def who_relays(asker: UUID, asker_role: Role, approver: UUID) -> UUID:
    """Who speaks with those who are sent, and is shown the caller's number and place: never a peer."""
    return asker if asker_role in DECIDING else approver


def why_not_end(person: UUID, role: Role, holders: Collection[UUID]) -> NotYou | None:
    """Why `person` may not end a rescue; None if they may. `holders` have, or were the last to have, the caller."""
    if role not in DECIDING | {Role.COORDINATOR}:
        return NotYou.ROLE
    return NotYou.SAME if person in holders else None


def whom_to_remind(reminders: int) -> tuple[Role, ...]:
    """Whose turn it is when nobody has moved it after so many reminders; each is asked beside those before them."""
    return (Role.CLINICIAN, Role.SUPERVISOR, Role.COORDINATOR)[: reminders + 1]
