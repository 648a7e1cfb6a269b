"""Words as they stand in a message, and as they were meant behind signs, gaps between letters and slips."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from escalation.risk.letters import Letters
from escalation.risk.spelling import Spelling

_CHUNK = re.compile(r"[^\s]+|\n")
_PIECE = re.compile(r"[a-z0-9]+(?:['`][a-z]+)*|\.{2,}|,|[.!;\n]+|[?]+[?!.]*")
_PLAIN = re.compile(r"[\"'(\[]*[a-z]+(?:'[a-z]+)?[.,!?;:)\]\"']*\Z")
_SIMPLE = re.compile(r"[a-z]+(?:'[a-z]+)?")
_COMPOUND = re.compile(r"[a-z]{2,}(?:[-/.,:]+[a-z]{2,})+")
_FIGURE = re.compile(
    r"[#$]?[0-9][0-9.,:/]*(?:am|pm|a|p|h|hr|hrs|min|mins|m|s|x|mg|g|kg|ml|k|yo|yr|yrs)?|1st|2nd|3rd|[0-9]+th"
)
_ADDRESS = re.compile(r"https?:|www\.|@.+\.[a-z]+$|\.(?:com|org|net)\b")
_EDGES = "\"'([{.,!?;:)]}~"
_FIRM_EDGES = "\"'([{.,;:)]}~"
_LEETSPEAK = 2
_PAUSE = ","


@dataclass(frozen=True, slots=True)
class Word:
    """One plain word, or the mark `.`, `?` or `,` (a pause), and the raw characters [start, end) it was read from."""

    text: str
    start: int
    end: int


def pieces(letters: Letters, start: int, end: int) -> Iterator[Word]:
    """The words and marks as written."""
    places = letters.places
    for piece in _PIECE.finditer(letters.text, start, end):
        text = piece.group()
        if text.startswith("..") or text == ",":
            text = _PAUSE
        elif text[0] in ".!;\n":
            text = "."
        elif text[0] == "?":
            text = "?"
        yield Word(text.replace("`", "'"), places[piece.start()], places[piece.end() - 1] + 1)


def without_pauses(words: Iterable[Word]) -> Iterator[Word]:
    """A pause says nothing, save after "no": then it ends an answer, and what follows is not what is denied."""
    before = ""
    for word in words:
        if word.text != _PAUSE:
            yield word
        elif before == "no":
            yield Word(".", word.start, word.end)
        before = word.text


def unmasked(letters: Letters, spelling: Spelling) -> Iterator[Word]:
    """The words with letters swapped for signs put back, and letters written apart rejoined."""
    chunks = [chunk.span() for chunk in _CHUNK.finditer(letters.text)]
    leetspeak = _is_leetspeak(letters.text, chunks, spelling)
    text, places = letters.text, letters.places
    at = 0
    while at < len(chunks):
        start, end = chunks[at]
        if end - start > 1 and text[start:end].isalpha():
            yield Word(text[start:end], places[start], places[end - 1] + 1)
            at += 1
            continue
        run = _spaced_run(text, chunks, at)
        if len(run) >= 3:
            yield from _rejoined(letters, run, spelling)
            at += len(run)
        else:
            yield from _chunk_words(letters, start, end, spelling, leetspeak)
            at += 1


def mended(words: Sequence[Word], spelling: Spelling) -> Iterator[Word]:
    """The words with slips of the finger put right, torn words joined and words run together taken apart."""
    for word in _joined_pairs(words, spelling):
        text = word.text
        bare = text.replace("'", "")
        if len(bare) < 3 or not bare.isalpha() or bare in spelling.known or text.split("'")[0] in spelling.known:
            yield word
            continue
        corrected = spelling.correct(bare)
        if corrected is None and len(bare) >= 7:
            yield from _torn_apart(word, spelling)
        else:
            yield Word(corrected or text, word.start, word.end)


def _is_leetspeak(text: str, chunks: Sequence[tuple[int, int]], spelling: Spelling) -> bool:
    """Whether signs stand for letters often enough that figures are to be read as words too."""
    found = 0
    for start, end in chunks:
        chunk = text[start:end]
        if not chunk.isalpha() and _disguised(chunk.strip(_EDGES), spelling) is not None:
            found += 1
            if found == _LEETSPEAK:
                return True
    return False


def _spaced_run(text: str, chunks: Sequence[tuple[int, int]], at: int) -> list[tuple[int, int]]:
    """The letters written apart from here on: where each stands, and the gap before it."""
    run: list[tuple[int, int]] = []
    before = chunks[at][0]
    for start, end in chunks[at:]:
        inner = text[start:end].strip(_EDGES) or text[start:end]
        if len(inner) != 1 or inner == "\n":
            break
        run.append((start + text[start:end].index(inner), start - before))
        before = end
    return run


def _rejoined(letters: Letters, run: Sequence[tuple[int, int]], spelling: Spelling) -> Iterator[Word]:
    gaps = [gap for _, gap in run[1:]]
    if min(gaps) < max(gaps):
        group: list[int] = []
        for place, gap in run:
            if group and gap > min(gaps):
                yield from _one_group(letters, group, spelling)
                group = []
            group.append(place)
        yield from _one_group(letters, group, spelling)
        return
    drawn = [place for place, _ in run if letters.text[place].isalnum()]
    joined = "".join(spelling.unmask(letters.text[place]) or letters.text[place] for place in drawn)
    parts = spelling.split(joined) if len(joined) == len(drawn) else list(joined)
    if not any(len(part) >= 3 and part in spelling.known for part in parts):
        parts = [letters.text[place] for place in drawn]
    at = 0
    for part in parts:
        start, end = drawn[at], drawn[at + len(part) - 1]
        at += len(part)
        yield Word(part, letters.places[start], letters.places[end] + 1)


def _one_group(letters: Letters, group: Sequence[int], spelling: Spelling) -> Iterator[Word]:
    text = "".join(letters.text[place] for place in group)
    core = text.strip(_EDGES)
    start, end = letters.places[group[0]], letters.places[group[-1]] + 1
    if core:
        found = core if _SIMPLE.fullmatch(core) or core.isdigit() else spelling.unmask(core)
        yield Word(found or "".join(filter(str.isalnum, core)) or "-", start, end)
    if text[-1] in ".!;?":
        yield Word("?" if text[-1] == "?" else ".", start, end)


def _chunk_words(letters: Letters, start: int, end: int, spelling: Spelling, leetspeak: bool) -> Iterator[Word]:
    chunk = letters.text[start:end]
    if _PLAIN.match(chunk) is None:
        for edges in (_EDGES, _FIRM_EDGES):
            core = chunk.strip(edges)
            found = _disguised(core, spelling, figures=leetspeak)
            if found is not None:
                inner = start + chunk.index(core)
                yield Word(found, letters.places[inner], letters.places[inner + len(core) - 1] + 1)
                yield from pieces(letters, inner + len(core), end)
                return
    yield from pieces(letters, start, end)


def _disguised(core: str, spelling: Spelling, figures: bool = False) -> str | None:
    if not 1 < len(core) <= 2 * spelling.longest or _SIMPLE.fullmatch(core) or _ADDRESS.search(core):
        return None
    if not figures and (_FIGURE.fullmatch(core) or not any(letter.isalpha() for letter in core)):
        return None
    if _COMPOUND.fullmatch(core):
        joined = re.sub(r"[^a-z]", "", core)
        return joined if joined in spelling.guarded else None
    return spelling.unmask(core) if len(core) > 2 or figures else None


def _joined_pairs(words: Sequence[Word], spelling: Spelling) -> Iterator[Word]:
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
