"""A line's policy for whoever joins a conversation beside the person who holds it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from helpline.queue import Part

Key = Annotated[str, Field(pattern=r"^[0-9]$")]


class Guests(Part):
    """The keys by which a clinician or supervisor beside a peer, after the star key in a call, does something else."""

    whisper: Key = "1"
    back: Key = "2"
    take_over: Key = "3"
    leave: Key = "4"

    @model_validator(mode="after")
    def _differ(self) -> Guests:
        if len({self.whisper, self.back, self.take_over, self.leave}) < 4:
            raise ValueError("each key does one thing")
        return self


GUEST_WORDS = frozenset(
    {"guest_here", "guest_left", "guest_menu", "guest_relieved", "guest_took", "guest_took_text", "guest_whispering"}
    | {"guest_whispers", "guest_not"}
)
"""What is said to and of whoever is beside the holder: needed only by a line that has the table."""
