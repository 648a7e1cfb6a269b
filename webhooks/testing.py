"""A test call at the door: everything a caller would meet is worked out and taken back, and nobody is asked for it."""

from __future__ import annotations

from collections.abc import Callable

from carrier import twiml
from escalation import probes
from helpline.database import Work
from helpline.tables import Probe

LISTENS_FOR = 40
"""Seconds after which the far end of a test call hangs up, whatever became of it."""
WAIT_FOR_KEY = 2
Welcome = Callable[[Work], str]


def answer(work: Work, probe: Probe, welcome: Welcome) -> str:
    """What the test call hears. That a caller could be received is tried, and nothing of it remains."""
    with work.taken_back():
        welcome(work)
    line = work.line()
    spoken = [(language, line.words("test_call", language)) for language in line.line.languages]
    return twiml.ask_key(spoken, f"/webhooks/voice/test/{probe.id}/held", wait=WAIT_FOR_KEY)


def over(work: Work, probe: Probe) -> str:
    """The carrier has come for the second document, as it does for the hold loop: the test has succeeded."""
    probes.held(work, probe)
    return twiml.say_and_end([(work.line().language, work.line().words("test_over"))])


def listen() -> str:
    """What the end of the call that we placed does: nothing, for a while."""
    return twiml.listen(LISTENS_FOR)
