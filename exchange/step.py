"""One verb of a document while it is being carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from exchange.calls import Call
    from exchange.script import Script
    from exchange.twiml import Verb


class Step:
    """What a call is doing now. Subclasses say how a verb begins, listens to keys, and ends."""

    def __init__(self, script: Script, verb: Verb) -> None:
        self.script = script
        self.verb = verb
        self.call = script.call
        self.network = script.call.network

    def begin(self) -> bool:
        """Start. True: done already, on to the next verb. False: ``script.go_on`` is called later."""
        raise NotImplementedError

    def key(self, key: str) -> None:
        """A key was pressed; it is lost unless the step listens."""

    def leave(self) -> None:
        """The call is being redirected: stop, and tell no action URL."""

    def hung_up(self) -> None:
        """The call is over."""
        self.leave()


class Partnered(Protocol):
    """A step that has bridged its call with another call."""

    def partner_left(self, partner: Call) -> None:
        """The other call is over or was redirected."""
        ...
