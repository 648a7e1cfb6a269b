"""Speaks to a phone: words, music and silence, each taking its time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, count

from exchange.agenda import Entry
from exchange.calls import Call
from exchange.step import Step
from exchange.twiml import Verb

WORDS_PER_SECOND = 2.8
PLAY_SECONDS = 5.0
DIGIT_SECONDS = 0.5
MUSIC = "♪"
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+")


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of sound; no ``text``: silence."""

    text: str
    seconds: float


def speaking_time(words: str) -> float:
    """Seconds it takes to say them."""
    return len(words.split()) / WORDS_PER_SECOND


def sentences(words: str) -> list[str]:
    """The words, cut where a speaker draws breath, white space made plain."""
    return [part for part in _SENTENCE_END.split(" ".join(words.split())) if part]


def parts_of(verb: Verb) -> Iterator[Part]:
    """The sounds of a Say, Play or Pause, repeated as its loop says; 0 means without end."""
    if verb.name == "Pause":
        yield Part("", float(verb.number("length", 1)))
        return
    loop = verb.number("loop", 1)
    for _ in range(loop) if loop else count():
        yield from _once(verb)


def _once(verb: Verb) -> Iterable[Part]:
    if verb.name == "Say":
        return [Part(sentence, speaking_time(sentence)) for sentence in sentences(verb.text)]
    if verb.get("digits"):
        return [Part("", DIGIT_SECONDS * len(verb.get("digits")))]
    return [Part(f"{MUSIC} {verb.text}", PLAY_SECONDS)]


class Playback:
    """Sounds being played to one call, one after the other."""

    def __init__(self, call: Call, parts: Iterable[Part], then: Callable[[], None]) -> None:
        self._call = call
        self._parts = iter(parts)
        self._then = then
        self._timer: Entry | None = None

    def start(self) -> None:
        """Begin, or go on with the next sound; ``then`` when there is none."""
        part = next(self._parts, None)
        if part is None:
            self._timer = None
            self._then()
            return
        if part.text:
            self._call.phone.hear(part.text)
        self._timer = self._call.network.agenda.after(part.seconds, self.start)

    def stop(self) -> None:
        """Silence, at once."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Speech(Step):
    """Say, Play or Pause as a verb of its own."""

    def begin(self) -> bool:
        if self.verb.name != "Pause":
            self.network.trunk.answer(self.call)
        self._playback = Playback(self.call, parts_of(self.verb), self.script.go_on)
        self._playback.start()
        return False

    def leave(self) -> None:
        self._playback.stop()


def prompt(verbs: Iterable[Verb]) -> Iterator[Part]:
    """The sounds of several verbs in a row."""
    return chain.from_iterable(parts_of(verb) for verb in verbs)
