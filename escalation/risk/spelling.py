"""The words the lexicon knows, and the known word that a disguised or mistyped one stands for."""

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_LEET: Mapping[str, str] = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "il", "|": "li", "+": "t", "(": "c", "<": "c", "&": "e", "^": "a",
}  # fmt: skip
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SEPARATORS = re.compile(r"[.\-_*~/|+,'\"=:]+")
_MOST_READINGS = 64


@dataclass(frozen=True, slots=True)
class Spelling:
    """`known` words are left alone; `typos`, `squeezed` and `starred` lead from a wrong form to the right word."""

    known: frozenset[str]
    guarded: frozenset[str]
    typos: Mapping[str, str]
    squeezed: Mapping[str, str]
    longest: int

    def correct(self, word: str) -> str | None:
        """The known word this one stands for, or None."""
        if word in self.known:
            return word
        if word in self.typos:
            return self.typos[word]
        tight = squeeze(word)
        if tight != word and tight in self.squeezed:
            return self.squeezed[tight]
        return None

    def unmask(self, chunk: str) -> str | None:
        """The known word behind letters swapped for signs, or pulled apart by them; None if there is none."""
        for form in (chunk, _SEPARATORS.sub("", chunk)):
            if "*" in form or "#" in form:
                starred = self._starred(form)
                if starred:
                    return starred
            readings = _readings(form)
            for reading in readings:
                if reading in self.known:
                    return reading
            for reading in readings:
                corrected = self.correct(reading)
                if corrected:
                    return corrected
        return None

    def _starred(self, form: str) -> str | None:
        if not any(letter in _LETTERS for letter in form) or len(form) > self.longest:
            return None
        shape = re.compile(re.sub(r"[*#]", "[a-z]", re.sub(r"[^a-z*#]", "[a-z]", form)))
        return next((word for word in sorted(self.guarded) if shape.fullmatch(word)), None)

    def split(self, letters: str) -> list[str]:
        """The fewest known words that spell `letters`; what belongs to none stays together."""
        best: list[tuple[int, int]] = [(0, 0)]
        for end in range(1, len(letters) + 1):
            options = [(best[end - 1][0] + 3, end - 1)]
            for start in range(max(0, end - self.longest), end):
                if letters[start:end] in self.known:
                    options.append((best[start][0] + (1 if end - start > 1 else 2), start))
            best.append(min(options))
        cuts: list[int] = [len(letters)]
        while cuts[-1] > 0:
            cuts.append(best[cuts[-1]][1])
        cuts.reverse()
        return [letters[start:end] for start, end in itertools.pairwise(cuts)]


def squeeze(word: str) -> str:
    """Each run of one letter becomes a single one: kiiillll, kill -> kil."""
    return "".join(letter for letter, _ in itertools.groupby(word))


def build(known: Iterable[str], guarded: Iterable[str], ordinary: Iterable[str]) -> Spelling:
    """`guarded` words are recognised one slip away, unless the slip is itself a known or ordinary word."""
    guarded = frozenset(guarded)
    every = frozenset(known) | guarded
    protected = every | frozenset(ordinary)
    typos: dict[str, str] = {}
    for word in sorted(guarded, key=lambda each: (-len(each), each)):
        for slip in _slips(word):
            if slip not in protected:
                typos.setdefault(slip, word)
    squeezed: dict[str, str] = {}
    for word in sorted(every, key=lambda each: (each not in guarded, each)):
        squeezed.setdefault(squeeze(word), word)
    return Spelling(protected, guarded, typos, squeezed, max((len(word) for word in every), default=1))


def _slips(word: str) -> Iterable[str]:
    for at in range(len(word)):
        if len(word) > 3:
            yield word[:at] + word[at + 1 :]
        if at + 1 < len(word):
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        for letter in _LETTERS:
            yield word[:at] + letter + word[at:]
            if len(word) > 3:
                yield word[:at] + letter + word[at + 1 :]
    for letter in _LETTERS:
        yield word + letter


def _readings(form: str) -> list[str]:
    choices = [_LEET.get(letter, letter if letter in _LETTERS else "") for letter in form]
    size = 1
    for choice in choices:
        size *= max(len(choice), 1)
    if not all(choices):
        return []
    if size > _MOST_READINGS:
        choices = [choice[0] for choice in choices]
    return ["".join(reading) for reading in itertools.product(*choices)]
