"""A message as plain words: as written, with disguise and slips mended, then with hesitation taken away."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from escalation.risk.disguise import Word, mended, pieces, unmasked, without_pauses
from escalation.risk.letters import Letters, fold
from escalation.risk.spelling import Spelling

_ENDINGS: Mapping[str, str] = {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would", "s": "s"}
_LONG = 800


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How words are written: `sayings` map one to three words to plain ones; `fillers` and `softeners` say nothing.

    `openers` are the first words of all of these: any other word stands for itself.
    """

    lookalikes: Mapping[str, str]
    pictures: Mapping[str, str]
    sayings: Mapping[tuple[str, ...], tuple[str, ...]]
    fillers: frozenset[tuple[str, ...]]
    softeners: frozenset[tuple[str, ...]]
    openers: frozenset[str]
    spelling: Spelling


@dataclass(frozen=True, slots=True)
class Reading:
    """Words joined by single spaces in ASCII, each traceable to the raw text."""

    text: bytes
    words: tuple[Word, ...]
    starts: tuple[int, ...]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Raw offsets of the words that cover [start, end) of `text`."""
        first = max(bisect_right(self.starts, start) - 1, 0)
        last = max(bisect_right(self.starts, max(end - 1, start)) - 1, first)
        covered = self.words[first : last + 1]
        return min(word.start for word in covered), max(word.end for word in covered)


def read(raw: str, vocabulary: Vocabulary) -> tuple[Reading, ...]:
    """The barest reading, and before it the next barest that differs: each judges its own negations and idioms.

    A turn of more than 800 characters has its barest reading alone: a second one would take too long.
    """
    letters = fold(raw, vocabulary.lookalikes, vocabulary.pictures)
    spelling = vocabulary.spelling
    meant = _said(mended(list(without_pauses(unmasked(letters, spelling))), spelling), vocabulary)
    barest = _reading(_without(vocabulary.fillers | vocabulary.softeners, meant, vocabulary.openers))
    for words in _fuller(meant, letters, vocabulary) if len(letters.text) <= _LONG else ():
        reading = _reading(words)
        if reading.text != barest.text:
            return reading, barest
    return (barest,)


def _fuller(meant: Sequence[Word], letters: Letters, vocabulary: Vocabulary) -> Iterator[Sequence[Word]]:
    """With the softeners; with every hesitation; as written."""
    yield _without(vocabulary.fillers, meant, vocabulary.openers)
    yield meant
    yield _said(without_pauses(pieces(letters, 0, len(letters.text))), vocabulary)


def _reading(words: Sequence[Word]) -> Reading:
    starts: list[int] = []
    at = 0
    for word in words:
        starts.append(at)
        at += len(word.text) + 1
    return Reading(" ".join(word.text for word in words).encode("ascii"), tuple(words), tuple(starts))


def _said(words: Iterable[Word], vocabulary: Vocabulary) -> list[Word]:
    given: list[Word] = []
    for word in words:
        if "'" in word.text:
            given.extend(_uncontracted(word, vocabulary))
        else:
            given.append(word)
    plain: list[Word] = []
    at = 0
    while at < len(given):
        for length in (3, 2, 1) if given[at].text in vocabulary.openers else ():
            heard = given[at : at + length]
            saying = vocabulary.sayings.get(tuple(word.text for word in heard))
            if saying is not None:
                plain.extend(Word(text, heard[0].start, heard[-1].end) for text in saying)
                at += len(heard)
                break
        else:
            plain.append(given[at])
            at += 1
    return plain


def _uncontracted(word: Word, vocabulary: Vocabulary) -> Iterator[Word]:
    if (word.text,) in vocabulary.sayings:
        yield word
        return
    joined = word.text.replace("'", "")
    if (joined,) in vocabulary.sayings:
        yield Word(joined, word.start, word.end)
        return
    stem, *endings = word.text.split("'")
    parts = [stem]
    for ending in endings:
        if ending == "t" and parts[-1].endswith("n"):
            parts[-1:] = [parts[-1][:-1], "not"]
        else:
            parts.append(_ENDINGS.get(ending, ending))
    yield from (Word(part, word.start, word.end) for part in parts if part)


def _without(
    hesitations: frozenset[tuple[str, ...]], words: Sequence[Word], openers: frozenset[str]
) -> list[Word]:
    kept: list[Word] = []
    at = 0
    while at < len(words):
        for length in (2, 1) if words[at].text in openers else ():
            if tuple(word.text for word in words[at : at + length]) in hesitations:
                at += length
                break
        else:
            if not kept or kept[-1].text != words[at].text:
                kept.append(words[at])
            at += 1
    return kept
