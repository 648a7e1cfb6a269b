"""A second carrier beside the first: which of the line's numbers are there, and when a carrier is taken to be ill."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from helpline.queue import Part, Seconds

CARRIER_WORDS = frozenset({"page_elsewhere"})
"""What is said when there are two carriers: needed only by a line that has a second."""


class Carriers(Part):
    """The numbers that SignalWire holds, and the patience with a carrier that does not answer.

    A carrier is ill after `ill_after` requests in a row that failed, each within `within_seconds` of the one before.
    It is asked whether it answers again every `try_again_seconds`.
    """

    signalwire: Annotated[tuple[str, ...], Field(min_length=1)]
    ill_after: Annotated[int, Field(ge=1, le=20)] = 2
    within_seconds: Seconds = 60
    try_again_seconds: Seconds = 20
