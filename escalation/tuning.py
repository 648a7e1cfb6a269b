"""Whether a call is to be listened to, and what the carrier is told to that end."""

from __future__ import annotations

from dataclasses import dataclass

from helpline.nouns import CarrierName
from helpline.transcription_policy import Transcription


@dataclass(frozen=True)
class Tuning:
    """What the carrier is told before the caller hears on: to stop, or to begin in a language, or both, or neither."""

    stop: bool = False
    start: str | None = None

    def __bool__(self) -> bool:
        return self.stop or self.start is not None


def tune(
    policy: Transcription | None,
    carrier: CarrierName,
    spoken: str,
    running: str | None,
    *,
    told: bool,
    waits: bool,
    has_somebody: bool,
    switched_off: bool,
) -> Tuning:
    """Whether a call is to be listened to from here on, in the language `spoken`, while it is in `running`.

    `told` is whether the caller knows, in that language.
    """
    may = told and not switched_off and listens(policy, carrier, spoken)
    wanted = has_somebody or (waits and policy is not None and policy.while_waiting)
    start = spoken if may and wanted else None
    if start == running:
        return Tuning()
    return Tuning(stop=running is not None, start=start)


def listens(policy: Transcription | None, carrier: CarrierName, spoken: str) -> bool:
    """Whether calls in this language, over this carrier, are listened to at all."""
    return policy is not None and carrier is CarrierName.TWILIO and policy.hears(spoken)
