"""Where one message says something the lexicon knows, idioms taken out and negations noticed."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from escalation.risk.lexicon import Lexicon, Slot
from escalation.risk.notation import Speech
from escalation.risk.persons import whose
from escalation.risk.verdict import Subject
from escalation.risk.wording import Reading, read

_MOST_OF_A_SLOT = 16
_NEGATION_REACH = 60
_CONTRAST_REACH = 300

Span = tuple[int, int]


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
    return sight_in(read(raw, lexicon.vocabulary), turn, lexicon)


def sight_in(given: Sequence[Reading], turn: int, lexicon: Lexicon) -> list[Sighting]:
    """The same, of a message already read."""
    readings = [reading for reading in given if reading.words]
    asides = _merged(span for reading in readings for span in _asides(reading, lexicon))
    seen: dict[tuple[str, int, int], Sighting] = {}
    for reading in readings:
        for sighting in _sight_in(reading, _blanked(reading, asides), turn, lexicon):
            key = (sighting.slot, sighting.start, sighting.end)
            if key not in seen or sighting.denied:
                seen[key] = sighting
    return _few(_denied_within(sorted(seen.values(), key=lambda each: (each.start, -each.end, each.slot))))


def _sight_in(reading: Reading, text: bytes, turn: int, lexicon: Lexicon) -> Iterator[Sighting]:
    found = _ends_of(_widest(_found(text, lexicon.slots)))
    denied = {each for each in found if _is_denied(text, each, lexicon)}
    last_grave = max((each.start for each in found if each.slot in lexicon.grave and each not in denied), default=-1)
    for each in found:
        start, end = reading.raw_span(each.start, each.end)
        stands = each in denied and not _contrast_before(text, each.end, last_grave, lexicon)
        yield Sighting(each.slot, _subject(text, each, lexicon), turn, start, end, denied=stands)


def _found(text: bytes, slots: Iterable[Slot]) -> Iterator[_Found]:
    for slot in slots:
        for start, end in _standing(slot.speech, slot.unless, text):
            trimmed = end - (text[end - 1 : end] == b" ")
            if trimmed > start:
                yield _Found(slot.name, slot.subject, start, trimmed)


def _standing(speech: Speech, unless: Speech | None, text: bytes) -> list[Span]:
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
    """Of one slot read in several ways from the same words, one finding over all of them; the first says whose."""
    ordered = sorted(found, key=lambda each: (each.slot, each.start, -each.end))
    kept: list[_Found] = []
    for each in ordered:
        last = kept[-1] if kept else None
        if last is None or last.slot != each.slot or each.start >= last.end:
            kept.append(each)
        elif (each.start, each.end) == (last.start, last.end) and each.subject is not last.subject:
            kept[-1] = replace(last, subject=None)
        else:
            kept[-1] = replace(last, end=max(last.end, each.end))
    return kept


def _ends_of(found: Sequence[_Found]) -> list[_Found]:
    """Of a slot seen very often, the first findings and the last: each costs a look at what stands before it."""
    kept = []
    for _, group in groupby(found, key=lambda each: each.slot):
        same = list(group)
        kept += same if len(same) <= 2 * _MOST_OF_A_SLOT else same[:_MOST_OF_A_SLOT] + same[-_MOST_OF_A_SLOT:]
    return kept


def _asides(reading: Reading, lexicon: Lexicon) -> Iterator[Span]:
    """Raw spans of idiom, grief and fiction: what one reading shows is taken out of all of them."""
    for aside in lexicon.asides:
        spans = _standing(aside.speech, aside.unless, reading.text)
        if spans and aside.along:
            beside = [slot for slot in lexicon.slots if slot.name in aside.along]
            if not aside.along <= {each.slot for each in _found(reading.text, beside)}:
                continue
        yield from (reading.raw_span(start, end - (reading.text[end - 1 : end] == b" ")) for start, end in spans)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _blanked(reading: Reading, asides: Sequence[Span]) -> bytes:
    """The text of the reading with the words of the asides struck out."""
    if not asides:
        return reading.text
    starts = [start for start, _ in asides]
    words = []
    for word in reading.words:
        at = bisect_right(starts, word.start) - 1
        inside = at >= 0 and word.end <= asides[at][1]
        words.append("-" * len(word.text) if inside else word.text)
    return " ".join(words).encode("ascii")


def _is_denied(text: bytes, found: _Found, lexicon: Lexicon) -> bool:
    before = text[max(found.start - _NEGATION_REACH, 0) : found.start]
    first = text[found.start : found.end].split(b" ", 1)[0].decode("ascii")
    persons = lexicon.persons
    brings_subject = first in persons.others or (first in persons.speakers and first not in persons.inflected)
    speech = lexicon.negation.before_clause if brings_subject else lexicon.negation.before
    return bool(speech.spans(before))


def _contrast_before(text: bytes, end: int, last_grave: int, lexicon: Lexicon) -> bool:
    """ "no, but …" lowers nothing: a contrast after the denial, and grave words that nobody denies after that."""
    if last_grave <= end:
        return False
    rest = text[end : end + _CONTRAST_REACH]
    places = [place for word in lexicon.negation.contrast if (place := rest.find(b" " + word + b" ")) >= 0]
    return bool(places) and end + min(places) < last_grave


def _subject(text: bytes, found: _Found, lexicon: Lexicon) -> Subject | None:
    before = text[max(found.start - _NEGATION_REACH, 0) : found.start]
    if found.subject is not Subject.OTHER and lexicon.negation.reported.spans(before):
        return Subject.OTHER
    if found.subject is not None:
        return found.subject
    return whose(
        text[max(found.start - 2 * _NEGATION_REACH, 0) : found.start], text[found.start : found.end], lexicon.persons
    )


def _denied_within(sightings: Sequence[Sighting]) -> list[Sighting]:
    """What is denied takes with it whatever was found wholly inside the same words."""
    covered = _merged((each.start, each.end) for each in sightings if each.denied)
    starts = [start for start, _ in covered]
    judged = []
    for each in sightings:
        at = bisect_right(starts, each.start) - 1
        inside = at >= 0 and each.end <= covered[at][1]
        judged.append(replace(each, denied=True) if inside and not each.denied else each)
    return judged


def _few(sightings: Sequence[Sighting]) -> list[Sighting]:
    counts: Counter[tuple[str, bool]] = Counter()
    kept = []
    for sighting in sightings:
        counts[sighting.slot, sighting.denied] += 1
        if counts[sighting.slot, sighting.denied] <= _MOST_OF_A_SLOT:
            kept.append(sighting)
    return kept
