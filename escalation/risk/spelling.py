"""The words the lexicon knows, and the known word that a disguised or mistyped one stands for."""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_LEET: Mapping[str, str] = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "il", "|": "li", "+": "t", "(": "c", "<": "c", "&": "e", "^": "a",
}  # fmt: skip
_NEAR: Mapping[str, str] = {
    "a": "qwsz", "b": "vghn", "c": "xdfv", "d": "serfcx", "e": "wsdr", "f": "drtgvc", "g": "ftyhbv", "h": "gyujnb",
    "i": "ujko", "j": "huikmn", "k": "jiolm", "l": "kop", "m": "njk", "n": "bhjm", "o": "iklp", "p": "ol",
    "q": "wa", "r": "edft", "s": "awedxz", "t": "rfgy", "u": "yhji", "v": "cfgb", "w": "qase", "x": "zsdc",
    "y": "tghu", "z": "asx",
}  # fmt: skip
_SEPARATORS = re.compile(r"[.\-_*~/|+,'\"=:]+")
_MOST_READINGS = 64
_LONGEST_TYPO = 16


@dataclass(frozen=True, slots=True)
class Spelling:
    """`known` words are left alone; every other word may stand for one of the `targets` one slip away."""

    known: frozenset[str]
    guarded: frozenset[str]
    targets: Mapping[str, tuple[str, ...]]
    squeezed: Mapping[str, str]
    longest: int

    def correct(self, word: str) -> str | None:
        """The known word this one stands for, or None."""
        if word in self.known:
            return word
        return self._unstretched(word) or self._one_slip(word)

    def _unstretched(self, word: str) -> str | None:
        runs = [(letter, len(list(run))) for letter, run in itertools.groupby(word)]
        held = [length > 2 for _, length in runs]
        if any(held):
            if sum(held) > 6:
                return self.squeezed.get(squeeze(word))
            forms = [(letter * 2, letter) if length > 2 else (letter * length,) for letter, length in runs]
            for form in itertools.product(*forms):
                if "".join(form) in self.known:
                    return "".join(form)
        tight = squeeze(word)
        return self.squeezed.get(tight) if tight != word else None

    def _one_slip(self, word: str) -> str | None:
        if not 3 <= len(word) <= _LONGEST_TYPO:
            return None
        best: tuple[int, bool, str] | None = None
        for form in _thinned(word):
            for target in self.targets.get(form, ()):
                slip = _slip(word, target)
                if slip is not None:
                    found = (slip, target not in self.guarded, target)
                    best = found if best is None else min(best, found)
        return best[2] if best else None

    def unmask(self, chunk: str) -> str | None:
        """The known word behind letters swapped for signs, or pulled apart by them; None if there is none."""
        for form in (chunk, _SEPARATORS.sub("", chunk)):
            if "*" in form or "#" in form:
                starred = self._starred(form)
                if starred:
                    return starred
            readings = _readings(form)
            for reading in readings:
                if reading.replace("'", "") in self.known or ("'" in reading and reading.split("'")[0] in self.known):
                    return reading
            for reading in readings:
                corrected = self.correct(reading)
                if corrected:
                    return corrected
        return None

    def _starred(self, form: str) -> str | None:
        if not form.strip("*#") or len(form) > self.longest:
            return None
        shape = re.compile("".join(letter if "a" <= letter <= "z" else "[a-z]" for letter in form))
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
    """`known` words are recognised one slip away, `guarded` ones first, unless the slip is an `ordinary` word."""
    guarded = frozenset(guarded)
    words = frozenset(known) | guarded
    every = words | frozenset(ordinary)
    targets: dict[str, list[str]] = {}
    for word in sorted(words):
        if len(word) >= 4 or word in guarded:
            for form in _thinned(word):
                targets.setdefault(form, []).append(word)
    squeezed: dict[str, str] = {}
    for word in sorted(guarded):
        squeezed.setdefault(squeeze(word), word)
    return Spelling(
        known=every,
        guarded=guarded,
        targets={form: tuple(found) for form, found in targets.items()},
        squeezed=squeezed,
        longest=max((len(word) for word in every), default=1),
    )


def _thinned(word: str) -> list[str]:
    """The word, and the word with any one letter left out: two words one slip apart share such a form."""
    return [word, *dict.fromkeys(word[:at] + word[at + 1 :] for at in range(len(word)))]


def _slip(typed: str, meant: str) -> int | None:
    """How likely one slip is (0 most) from the word meant to the word typed; None if it takes more than one."""
    if abs(len(typed) - len(meant)) > 1 or typed == meant:
        return None
    at = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    if len(typed) == len(meant):
        if typed[at + 1 :] == meant[at + 1 :]:
            likely = typed[at] in _NEAR.get(meant[at], "")
            return None if len(meant) < 4 else (1 if likely else 2)
        swapped = typed[at : at + 2] == meant[at : at + 2][::-1] and typed[at + 2 :] == meant[at + 2 :]
        return 0 if swapped else None
    if len(typed) > len(meant):
        return (0 if typed[at] in typed[max(at - 1, 0) : at] else 1) if typed[at + 1 :] == meant[at:] else None
    return 1 if typed[at:] == meant[at + 1 :] and len(meant) >= 4 else None


def _readings(form: str) -> Sequence[str]:
    choices = [_LEET.get(letter, letter if "a" <= letter <= "z" or letter == "'" else "") for letter in form]
    if not all(choices):
        return []
    size = 1
    for choice in choices:
        size *= len(choice)
    if size > _MOST_READINGS:
        choices = [choice[0] for choice in choices]
    return ["".join(reading) for reading in itertools.product(*choices)]
