"""Gather: listens for keys while it speaks and for a while after."""

from __future__ import annotations

from exchange.agenda import Entry
from exchange.speech import Playback, prompt
from exchange.step import Step

DEFAULT_TIMEOUT = 5


class Gather(Step):
    """Keys count from the first word of the prompt; the first one silences it."""

    _timer: Entry | None = None
    _digits = ""

    def begin(self) -> bool:
        self.network.trunk.answer(self.call)
        self._playback = Playback(self.call, prompt(self.verb.children), self._wait)
        self._playback.start()
        return False

    def key(self, key: str) -> None:
        self._playback.stop()
        if key == self.verb.get("finishOnKey", "#"):
            self._finish(key)
            return
        self._digits += key
        if self._digits and len(self._digits) == self.verb.number("numDigits", 0):
            self._finish()
        else:
            self._wait()

    def leave(self) -> None:
        self._playback.stop()
        if self._timer is not None:
            self._timer.cancel()

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        timeout = self.verb.number("timeout", DEFAULT_TIMEOUT)
        self._timer = self.network.agenda.after(timeout, self._finish)

    def _finish(self, finished_on: str = "") -> None:
        self.leave()
        if not self._digits and not self.verb.flag("actionOnEmptyResult"):
            self.script.go_on()
            return
        extra = [("msg", "Gather End"), ("Digits", self._digits)]
        if finished_on:
            extra.append(("FinishedOnKey", finished_on))
        self.script.fetch(self.script.source(self.verb, "action"), *extra)
