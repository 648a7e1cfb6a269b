"""Where one message says something the lexicon knows, idioms taken out and negations noticed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from escalation.risk.lexicon import Lexicon
from escalation.risk.notation import Speech
from escalation.risk.verdict import Subject
from escalation.risk.wording import Reading, read

_MOST_OF_A_SLOT = 16
_NEGATION_REACH = 60


@dataclass(frozen=True, slots=True)
class Sighting:
    """A slot seen in raw characters [start, end) of one turn. `denied` when a negation stands before it."""

    slot: str
    subject: Subject | None
    turn: int
    start: int
    end: int
    denied: bool


@dataclass(frozen=True, slots=True)
class _Found:
    slot: str
    subject: Subject | None
    start: int
    end: int


def sight(raw: str, turn: int, lexicon: Lexicon) -> list[Sighting]:
    """Every slot of the lexicon in one message, in the order of the text; at most sixteen of a kind."""
    seen: dict[tuple[str, int, int], Sighting] = {}
    for reading in read(raw, lexicon.vocabulary):
        if reading.words:
            for sighting in _sight_in(reading, turn, lexicon):
                key = (sighting.slot, sighting.start, sighting.end)
                if key not in seen or (seen[key].denied and not sighting.denied):
                    seen[key] = sighting
    return _few(sorted(seen.values(), key=lambda each: (each.start, -each.end, each.slot)))


def _sight_in(reading: Reading, turn: int, lexicon: Lexicon) -> Iterator[Sighting]:
    text = _without_asides(reading.text, lexicon)
    found = _widest(_found(text, lexicon))
    denied = {each for each in found if _is_denied(text, each, lexicon)}
    for each in found:
        start, end = reading.raw_span(each.start, each.end)
        subject = _subject(text, each, lexicon)
        stands = each in denied and not _followed_by_but(text, each, found, denied, lexicon)
        yield Sighting(each.slot, subject, turn, start, end, denied=stands)


def _found(text: bytes, lexicon: Lexicon) -> Iterator[_Found]:
    for slot in lexicon.slots:
        for start, end in _standing(slot.speech, slot.unless, text):
            end -= text[end - 1 : end] == b" "
            if end > start:
                yield _Found(slot.name, slot.subject, start, end)


def _standing(speech: Speech, unless: Speech | None, text: bytes) -> list[tuple[int, int]]:
    """The spans of `speech` that share no word with one of `unless`. Both come in order and are walked once."""
    spans = speech.spans(text)
    if not spans or unless is None:
        return spans
    barred = unless.spans(text)
    kept = []
    at = 0
    for start, end in spans:
        while at < len(barred) and barred[at][1] <= start:
            at += 1
        if at == len(barred) or barred[at][0] >= end:
            kept.append((start, end))
    return kept


def _widest(found: Iterable[_Found]) -> list[_Found]:
    """Of one slot read in several ways from the same words, the reading that explains most of them."""
    ordered = sorted(found, key=lambda each: (each.slot, each.start, -each.end))
    kept: list[_Found] = []
    for each in ordered:
        last = kept[-1] if kept else None
        if last is None or last.slot != each.slot or each.start >= last.end:
            kept.append(each)
        elif each.end - each.start > last.end - last.start:
            kept[-1] = each
        elif (each.start, each.end) == (last.start, last.end) and each.subject is not last.subject:
            kept[-1] = replace(last, subject=None)
    return kept


def _without_asides(text: bytes, lexicon: Lexicon) -> bytes:
    present: frozenset[str] | None = None
    for aside in lexicon.asides:
        spans = _standing(aside.speech, aside.unless, text)
        if not spans:
            continue
        if aside.along:
            if present is None:
                present = frozenset(each.slot for each in _found(text, lexicon))
            if not aside.along <= present:
                continue
        blanked = bytearray(text)
        for start, end in spans:
            blanked[start:end] = bytes(b"-"[0] if letter != b" "[0] else letter for letter in text[start:end])
        text = bytes(blanked)
    return text


def _is_denied(text: bytes, found: _Found, lexicon: Lexicon) -> bool:
    before = text[max(found.start - _NEGATION_REACH, 0) : found.start]
    first = text[found.start : found.end].split(b" ", 1)[0].decode("ascii")
    subject_inside = first in ("i", "yo") or first in lexicon.others
    speech = lexicon.negation.before_clause if subject_inside else lexicon.negation.before
    return bool(speech.spans(before))


def _followed_by_but(
    text: bytes, denied: _Found, found: list[_Found], all_denied: set[_Found], lexicon: Lexicon
) -> bool:
    """ "no, but …" lowers nothing: a contrast after the denial, and risk after the contrast."""
    rest = text[denied.end :]
    contrast = [rest.find(b" " + word + b" ") for word in lexicon.negation.contrast]
    places = [place for place in contrast if place >= 0]
    if not places:
        return False
    after = denied.end + min(places)
    return any(each.start > after and each not in all_denied for each in found if each.slot in lexicon.grave)


def _subject(text: bytes, found: _Found, lexicon: Lexicon) -> Subject | None:
    before = text[max(found.start - _NEGATION_REACH, 0) : found.start]
    if found.subject is not Subject.OTHER and lexicon.negation.reported.spans(before):
        return Subject.OTHER
    return found.subject if found.subject is not None else _nearest_person(text, found, lexicon)


def _nearest_person(text: bytes, found: _Found, lexicon: Lexicon) -> Subject | None:
    inside = text[found.start : found.end].decode("ascii").split()
    if any(word in lexicon.selves for word in inside):
        return Subject.SELF
    if any(word in lexicon.others for word in inside):
        return Subject.OTHER
    before = text[max(found.start - 120, 0) : found.start].decode("ascii").split()
    for word in reversed(before):
        if word in lexicon.selves:
            return Subject.SELF
        if word in lexicon.others:
            return Subject.OTHER
    return None


def _few(sightings: list[Sighting]) -> list[Sighting]:
    counts: Counter[tuple[str, bool]] = Counter()
    kept = []
    for sighting in sightings:
        counts[sighting.slot, sighting.denied] += 1
        if counts[sighting.slot, sighting.denied] <= _MOST_OF_A_SLOT:
            kept.append(sighting)
    return kept
