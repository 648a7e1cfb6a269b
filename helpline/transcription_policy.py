"""A line's policy for listening to live calls: the carrier writes down what a caller says, so that it is graded."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from helpline.queue import Part


class Transcription(Part):
    """The caller's side of a call is written down by the carrier, graded as it comes, and kept nowhere.

    The caller is told in the greeting, and `off_key` switches it off while they wait. `while_waiting` is from the
    greeting on; without it, only once somebody is with them. What is not final yet counts only if it is imminent and
    the carrier holds it for as stable as `stable_from`; 1 leaves everything to final results.
    """

    while_waiting: bool = True
    off_key: Annotated[str, Field(pattern=r"^[0-9]$")] = "8"
    stable_from: Annotated[float, Field(ge=0, le=1)] = 0.8


TRANSCRIPTION_WORDS = frozenset({"transcribed", "transcription_off", "heard_revised"})
"""What is said about it: needed only by a line that listens."""
