"""A message as plain words: once as written, once with disguise, haste and hesitation taken away."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from escalation.risk.letters import Letters, fold
from escalation.risk.spelling import Spelling

_CHUNK = re.compile(r"[^\s]+|\n")
_PIECE = re.compile(r"[a-z0-9]+(?:['`][a-z]+)*|\.{2,}|[.!;\n]+|[?]+[?!.]*")
_PLAIN = re.compile(r"[\"'(\[]*[a-z]+(?:'[a-z]+)?[.,!?;:)\]\"']*\Z")
_EDGES = "\"'([{.,!?;:)]}~"
_FIGURE = re.compile(r"[#$]?[0-9][0-9.,:/]*(?:st|nd|rd|th|am|pm|a|p|h|hr|hrs|min|mins|m|s|x|mg|g|kg|ml|k|yo|yr|yrs)?")
_ADDRESS = re.compile(r"https?:|www\.|@.+\.[a-z]+$|\.(?:com|org|net)\b")
_ENDINGS: Mapping[str, str] = {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would", "s": "s"}


@dataclass(frozen=True, slots=True)
class Word:
    """One plain word, or the mark `.` or `?`, and the raw characters [start, end) it was read from."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How words are written: `sayings` map one to three words to plain ones, `hesitations` say nothing."""

    lookalikes: Mapping[str, str]
    pictures: Mapping[str, str]
    sayings: Mapping[tuple[str, ...], tuple[str, ...]]
    hesitations: frozenset[tuple[str, ...]]
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
    """One reading as written and, where it differs, one with its disguise removed."""
    letters = fold(raw, vocabulary.lookalikes, vocabulary.pictures)
    written = _said(_pieces(letters, 0, len(letters.text)), vocabulary)
    plain = list(_unmasked(letters, vocabulary.spelling))
    bare = _unhesitating(_said(_spelled(plain, vocabulary.spelling), vocabulary), vocabulary)
    first, second = _reading(written), _reading(bare)
    return (first,) if first.text == second.text else (first, second)


def _reading(words: Sequence[Word]) -> Reading:
    starts: list[int] = []
    at = 0
    for word in words:
        starts.append(at)
        at += len(word.text) + 1
    return Reading(" ".join(word.text for word in words).encode("ascii"), tuple(words), tuple(starts))


def _pieces(letters: Letters, start: int, end: int) -> Iterator[Word]:
    places = letters.places
    for piece in _PIECE.finditer(letters.text, start, end):
        text = piece.group()
        if text.startswith(".."):
            continue
        if text[0] in ".!;\n":
            text = "."
        elif text[0] == "?":
            text = "?"
        yield Word(text.replace("`", "'"), places[piece.start()], places[piece.end() - 1] + 1)


def _unmasked(letters: Letters, spelling: Spelling) -> Iterator[Word]:
    chunks = [chunk.span() for chunk in _CHUNK.finditer(letters.text)]
    at = 0
    while at < len(chunks):
        run = _spaced_run(letters.text, chunks, at)
        if len(run) >= 3:
            yield from _rejoined(letters, [place for span in run for place in span], spelling)
            at += len(run)
            continue
        yield from _chunk_words(letters, *chunks[at], spelling)
        at += 1


def _spaced_run(text: str, chunks: Sequence[tuple[int, int]], at: int) -> list[list[int]]:
    run: list[list[int]] = []
    for start, end in chunks[at:]:
        inner = text[start:end].strip(_EDGES) or text[start:end]
        if len(inner) != 1 or inner == "\n":
            break
        run.append([start + text[start:end].index(inner)])
    return run


def _rejoined(letters: Letters, places: Sequence[int], spelling: Spelling) -> Iterator[Word]:
    drawn = [(letters.text[place], place) for place in places if letters.text[place] not in ".-_*~,/|'"]
    joined = "".join(spelling.unmask(sign) or sign for sign, _ in drawn) if drawn else ""
    parts = spelling.split(joined) if len(joined) == len(drawn) else []
    if not any(len(part) >= 3 and part in spelling.known for part in parts):
        parts = [sign for sign, _ in drawn if sign.isalnum()]
        drawn = [each for each in drawn if each[0].isalnum()]
    at = 0
    for part in parts:
        start, end = drawn[at][1], drawn[at + len(part) - 1][1]
        at += len(part)
        if part.isalnum():
            yield Word(part, letters.places[start], letters.places[end] + 1)


def _chunk_words(letters: Letters, start: int, end: int, spelling: Spelling) -> Iterator[Word]:
    chunk = letters.text[start:end]
    if _PLAIN.match(chunk) is None:
        core = chunk.strip(_EDGES)
        inner = start + chunk.index(core)
        found = _disguised(core, spelling)
        if found is None and chunk.strip("\"'([{.,;:)]}~") != core:
            core = chunk.strip("\"'([{.,;:)]}~")
            inner = start + chunk.index(core)
            found = _disguised(core, spelling)
        if found is not None:
            yield Word(found, letters.places[inner], letters.places[inner + len(core) - 1] + 1)
            yield from _pieces(letters, inner + len(core), end)
            return
    yield from _pieces(letters, start, end)


def _disguised(core: str, spelling: Spelling) -> str | None:
    if not 2 < len(core) <= 2 * spelling.longest or core.isdigit() or not any(c.isalpha() for c in core):
        return None
    if _FIGURE.fullmatch(core) or _ADDRESS.search(core) or re.fullmatch(r"[a-z]+(?:'[a-z]+)?", core):
        return None
    if re.fullmatch(r"[a-z]{2,}(?:[-/.,:]+[a-z]{2,})+", core):
        joined = re.sub(r"[^a-z]", "", core)
        return joined if joined in spelling.guarded else None
    return spelling.unmask(core)


def _spelled(words: Sequence[Word], spelling: Spelling) -> Iterator[Word]:
    for word in _rejoined_pairs(words, spelling):
        text = word.text
        if len(text) < 3 or not text.isalpha() or text in spelling.known:
            yield word
            continue
        corrected = spelling.correct(text)
        if corrected is None and len(text) >= 7:
            yield from _torn_apart(word, spelling)
        else:
            yield Word(corrected or text, word.start, word.end)


def _rejoined_pairs(words: Sequence[Word], spelling: Spelling) -> Iterator[Word]:
    at = 0
    while at < len(words):
        word = words[at]
        if at + 1 < len(words) and words[at + 1].text.isalpha() and word.text.isalpha():
            other = words[at + 1]
            strange = word.text not in spelling.known or other.text not in spelling.known
            single = len(word.text) == 1 and word.text not in "iau"
            if (strange or single) and word.text + other.text in spelling.guarded:
                yield Word(word.text + other.text, word.start, other.end)
                at += 2
                continue
        yield word
        at += 1


def _torn_apart(word: Word, spelling: Spelling) -> Iterator[Word]:
    parts = spelling.split(word.text)
    whole = all(part in spelling.known for part in parts)
    if whole and any(part in spelling.guarded and len(part) > 2 for part in parts):
        yield from (Word(part, word.start, word.end) for part in parts)
    else:
        yield word


def _said(words: Iterator[Word], vocabulary: Vocabulary) -> list[Word]:
    given = [part for word in words for part in _uncontracted(word, vocabulary)]
    plain: list[Word] = []
    at = 0
    while at < len(given):
        for length in (3, 2, 1):
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
    if "'" not in word.text:
        yield word
        return
    if (word.text,) in vocabulary.sayings:
        yield word
        return
    if (word.text.replace("'", ""),) in vocabulary.sayings:
        yield Word(word.text.replace("'", ""), word.start, word.end)
        return
    stem, *endings = word.text.split("'")
    parts = [stem]
    for ending in endings:
        if ending == "t" and parts[-1].endswith("n"):
            parts[-1:] = [parts[-1][:-1], "not"]
        else:
            parts.append(_ENDINGS.get(ending, ending))
    yield from (Word(part, word.start, word.end) for part in parts if part)


def _unhesitating(words: Sequence[Word], vocabulary: Vocabulary) -> list[Word]:
    kept: list[Word] = []
    at = 0
    while at < len(words):
        for length in (2, 1):
            if tuple(word.text for word in words[at : at + length]) in vocabulary.hesitations:
                at += length
                break
        else:
            if not kept or kept[-1].text != words[at].text:
                kept.append(words[at])
            at += 1
    return kept
