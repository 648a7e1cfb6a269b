"""A line's policy for imminent danger: the steps of help, least invasive first, and whom to call for each."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from helpline.queue import Minutes, Part

Name = Annotated[str, Field(pattern=r"^\w[\w -]{0,29}$")]
Callee = Annotated[str, Field(pattern=r"^(\+\d{8,15}|\d{3})$")]


class HelpStep(Part):
    """One step of help, and in `words` what whoever is with the caller does.

    `sends`: it brings somebody to the caller who was sent, so that two people decide it under the line's rescue policy.
    """

    name: Name
    words: Annotated[str, Field(min_length=3, max_length=200)]
    by: Literal["anyone", "clinician"] = "anyone"
    consent: Literal["none", "wanted", "needed"] = "none"
    sends: bool = False


class Service(Part):
    """Whom to call for a step: where the place names one of `places`, or the caller's number begins with `prefix`."""

    name: Annotated[str, Field(min_length=2, max_length=80)]
    number: Callee
    step: Name
    places: tuple[Annotated[str, Field(min_length=2, max_length=60)], ...] = ()
    prefix: Annotated[str, Field(pattern=r"^\+\d{1,14}$")] | None = None
    default: bool = False

    @model_validator(mode="after")
    def _is_found_somehow(self) -> Service:
        if not (self.places or self.prefix or self.default):
            raise ValueError("it is never found: give it places, a prefix, or default = true")
        return self


class Danger(Part):
    """How somebody in immediate danger is helped, and who is reminded until they are.

    An open rescue is told of every `remind_minutes`, a request that nobody has answered every `answer_minutes`.
    """

    remind_minutes: Minutes = 10
    answer_minutes: Minutes = 1
    long_open_minutes: Minutes = 60
    help: Annotated[tuple[HelpStep, ...], Field(min_length=1, max_length=9)]
    directory: tuple[Service, ...] = ()

    @property
    def remind(self) -> timedelta:
        return timedelta(minutes=self.remind_minutes)

    @property
    def answer(self) -> timedelta:
        return timedelta(minutes=self.answer_minutes)

    @property
    def long_open(self) -> timedelta:
        """From then on the auditor tells of a rescue."""
        return timedelta(minutes=self.long_open_minutes)

    def step(self, number: int) -> HelpStep:
        """The step of that number, counted from 1."""
        return self.help[number - 1]

    @model_validator(mode="after")
    def _least_invasive_first(self) -> Danger:
        names = [step.name for step in self.help]
        if len({*names}) < len(names):
            raise ValueError("two steps have the same name")
        if self.help[0].sends or [step.sends for step in self.help] != sorted(step.sends for step in self.help):
            raise ValueError("the least invasive comes first: what sends nobody before what sends somebody")
        for step in (step for step in self.help if step.sends):
            if not any(service.default and service.step == step.name for service in self.directory):
                raise ValueError(f"nobody could be called for {step.name!r}: the directory needs a default for it")
        strange = next((one.step for one in self.directory if one.step not in names), None)
        if strange is not None:
            raise ValueError(f"the directory has somebody for {strange!r}, which is none of the steps")
        return self


DANGER_WORDS = frozenset(
    """
audit_do_rescue audit_rescue_open danger_act danger_act_not_yours danger_approved danger_ask_you danger_asked
danger_asked_nobody danger_confirmed danger_consent_no danger_consent_unknown danger_consent_yes
danger_decide_not_yours danger_declined danger_end_lost danger_end_not_yours danger_end_refused danger_end_safe
danger_ended danger_how_approve danger_how_consent danger_how_decline danger_how_end danger_how_pass
danger_how_place danger_how_send danger_how_tried danger_next_clinician danger_next_send danger_next_try danger_none
danger_none_here danger_not_act danger_not_before danger_not_consent danger_not_nobody danger_not_policy
danger_not_sent danger_not_step_consent danger_not_under_way danger_noted danger_open danger_outcome_no
danger_outcome_open danger_outcome_passed danger_outcome_refused danger_outcome_worked danger_place
danger_place_noted danger_policy_act_under_way danger_policy_never danger_policy_with_consent danger_relay_not_yours
danger_remind danger_same_person danger_sent danger_sent_told danger_state_approved danger_state_open
danger_state_requested danger_state_under_way danger_step danger_step_unknown danger_steps danger_taken_back
danger_tried danger_two_supervisors relay relay_act relay_consent_no relay_consent_unknown relay_consent_yes
relay_danger relay_more relay_no_number relay_no_place relay_number relay_place relay_service rescue_act_under_way
rescue_never rescue_with_consent text_danger
    """.split()  # noqa: SIM905 - a list of names reads best as one
)
"""What is said about imminent danger: needed only by a line that has the table."""
