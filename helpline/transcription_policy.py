"""A line's policy for listening to live calls: the carrier writes down what a caller says, so that it is graded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from helpline.queue import Part


class Transcription(Part):
    """The caller's side of a call is written down by the carrier, graded as it comes, and kept nowhere.

    The caller is told in the greeting, and `off_key` switches it off while they wait. `while_waiting` is from the
    greeting on; without it, only once somebody is with them. What is not final yet counts only if it is imminent and
    the carrier holds it for as stable as `stable_from`; 1 leaves everything to final results. `languages` are those
    that are listened to, each as the carrier calls it; without any, all that the line speaks.
    """

    languages: Mapping[
        Annotated[str, Field(pattern=r"^[a-z]{2}$")], Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Za-z0-9]{2,8})*$")]
    ] = {}
    while_waiting: bool = True
    off_key: Annotated[str, Field(pattern=r"^[0-9]$")] = "8"
    stable_from: Annotated[float, Field(ge=0, le=1)] = 0.8

    @property
    def hears_unfinished(self) -> bool:
        """Whether what is not final yet may count."""
        return self.stable_from < 1

    def hears(self, language: str) -> bool:
        """Whether callers who speak it are listened to."""
        return not self.languages or language in self.languages


TRANSCRIPTION_WORDS = frozenset({"transcribed", "transcription_off", "heard_revised"})
"""What is said about it: needed only by a line that listens."""
