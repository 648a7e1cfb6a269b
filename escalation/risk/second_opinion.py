"""A second opinion where the rules know no wording: a small linear model, learnt from invented cases.

It may raise a grade and never lower one. Its weights are a table in the lexicon; it needs nothing but this file.
`bench/train_second_opinion.py` makes the table.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from escalation.risk.disguise import Word
from escalation.risk.verdict import Tier

Scores = tuple[int, int, int, int]
TIERS = (Tier.ELEVATED, Tier.HIGH, Tier.IMMINENT)
MARK = "."
WHOLE = 60
FEWEST = 3
_STRIDE = 10
_WINDOW = 24
_JOINED = 30
_ENDS_READ = 160
_NOTHING: Scores = (0, 0, 0, 0)
_MOST_WORDS_KEPT = 8192
_COMMON = 250  # phrasings; what more than these share says too little of which one is nearest


@dataclass(frozen=True, slots=True)
class Opinion:
    """A tier that words [first, last] of a turn deserve, and the invented phrasing they are nearest to."""

    tier: Tier
    first: Word
    last: Word
    other: bool
    like: str


@dataclass(frozen=True, slots=True)
class _Found:
    tier: Tier
    start: int
    end: int
    other: bool


class SecondOpinion:
    """Weights of words, of their kinds and of their letters: one for each tier from elevated up, one for "another"."""

    def __init__(
        self,
        weights: Mapping[str, Scores],
        bars: Scores,
        kinds: Mapping[str, str],
        phrasings: Sequence[tuple[Tier, str]],
    ) -> None:
        """`weights` are in thousandths; a tier is deserved, or another meant, by a score of its bar or more."""
        self._weights = weights
        self._bars = bars
        self._kinds = kinds
        self._phrasings = tuple(phrasings)
        self._commonness, self._by_feature, self._lengths = self._index()
        self._letters = lru_cache(_MOST_WORDS_KEPT)(self._letters_of)

    def of(self, words: Sequence[Word], before: Sequence[Word], denied: Sequence[tuple[int, int]]) -> Opinion | None:
        """What one turn deserves, alone and together with the turn `before`; None when it deserves nothing.

        Words that touch what is `denied`, as raw spans of the turn, are left to the rules.
        """
        marked = _marked(words)
        found = self._gravest(marked, denied)
        if before and not denied and len(before) + len(words) <= _JOINED:
            joined = self._gravest([*_marked(before), *marked[1:]], denied)
            if joined is not None and (found is None or joined.tier > found.tier):
                found = _Found(joined.tier, 0, len(marked), joined.other)
        inside = [word for word in marked[found.start : found.end] if word.text != MARK] if found else []
        if found is None or not inside:
            return None
        like = self._nearest([word.text for word in inside], found.tier)
        return Opinion(found.tier, inside[0], inside[-1], found.other, like)

    def _gravest(self, marked: Sequence[Word], denied: Sequence[tuple[int, int]]) -> _Found | None:
        sums = _Sums([word.text for word in marked], self._weights, self._kinds, self._letters)
        best: _Found | None = None
        for start, end in _windows(marked):
            if end - start < FEWEST + 2 or _touches(marked[start:end], denied):
                continue
            over = [score >= bar for score, bar in zip(sums.within(start, end), self._bars, strict=True)]
            tier = max((tier for tier, passed in zip(TIERS, over, strict=False) if passed), default=Tier.NONE)
            if tier > (best.tier if best else Tier.NONE):
                best = _Found(tier, start, end, over[-1])
        return best

    def _letters_of(self, word: str) -> tuple[Scores, int]:
        total, count = _NOTHING, 0
        for piece in letter_features(word):
            total, count = _plus(total, self._weights.get(piece, _NOTHING)), count + 1
        return total, count

    def _index(self) -> tuple[Mapping[str, float], Mapping[str, list[int]], Sequence[float]]:
        features = [set(_phrase_features(text.split(), self._kinds)) for _, text in self._phrasings]
        counts = Counter(feature for each in features for feature in each)
        commonness = {name: math.log(1 + len(features) / count) for name, count in counts.items()}
        by_feature: dict[str, list[int]] = {}
        for number, each in enumerate(features):
            for feature in each:
                if counts[feature] <= _COMMON:
                    by_feature.setdefault(feature, []).append(number)
        lengths = [math.sqrt(sum(commonness[name] ** 2 for name in each)) or 1.0 for each in features]
        return commonness, by_feature, lengths

    def _nearest(self, texts: Sequence[str], tier: Tier) -> str:
        """The known phrasing of at least this tier that shares most with the words; the first of equals."""
        shared: dict[int, float] = {}
        for feature in sorted(set(_phrase_features(texts[: 2 * WHOLE], self._kinds))):
            for number in self._by_feature.get(feature, ()):
                if self._phrasings[number][0] >= tier:
                    shared[number] = shared.get(number, 0.0) + self._commonness[feature] ** 2
        if not shared:
            return ""
        number = max(shared, key=lambda each: (shared[each] / self._lengths[each], -each))
        return self._phrasings[number][1]


class _Sums:
    """Running sums of the weights in a row of words, so that any stretch of it is scored at once."""

    def __init__(
        self,
        texts: Sequence[str],
        weights: Mapping[str, Scores],
        kinds: Mapping[str, str],
        letters: Callable[[str], tuple[Scores, int]],
    ) -> None:
        by_length: list[list[Scores]] = [[_NOTHING] * len(texts) for _ in range(4)]
        counts: list[list[int]] = [[0] * len(texts) for _ in range(4)]
        for at, length, feature in word_features(texts, kinds):
            counts[length - 1][at] += 1
            weight = weights.get(feature)
            if weight is not None:
                by_length[length - 1][at] = _plus(by_length[length - 1][at], weight)
        self._words = [list(accumulate(sums, _plus, initial=_NOTHING)) for sums in by_length]
        self._counts = [list(accumulate(each, initial=0)) for each in counts]
        spelt = [letters(text) for text in texts]
        self._spelt = list(accumulate((sums for sums, _ in spelt), _plus, initial=_NOTHING))
        self._letters = list(accumulate((count for _, count in spelt), initial=0))
        self._bias = weights.get("", _NOTHING)

    def within(self, start: int, end: int) -> tuple[float, ...]:
        """The scores of the words [start, end)."""
        words, count = _NOTHING, 0
        for short, (sums, counts) in enumerate(zip(self._words, self._counts, strict=True)):
            stop = max(end - short, start)
            words = _plus(words, _minus(sums[stop], sums[start]))
            count += counts[stop] - counts[start]
        spelt = _minus(self._spelt[end], self._spelt[start])
        by_word = math.sqrt(count or 1)
        by_letter = math.sqrt((self._letters[end] - self._letters[start]) or 1)
        return tuple(
            bias + word / by_word + letter / by_letter
            for bias, word, letter in zip(self._bias, words, spelt, strict=True)
        )


def word_features(texts: Sequence[str], kinds: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """What the model looks at in a row of words: where each feature begins, over how many words, and its name."""
    kind = [kinds.get(text, text) for text in texts]
    special = [text in kinds for text in texts]
    size = len(texts)
    for at, text in enumerate(texts):
        yield at, 1, text
        if special[at]:
            yield at, 1, kind[at]
        if at + 1 < size:
            yield at, 2, f"{text} {texts[at + 1]}"
            if special[at] or special[at + 1]:
                yield at, 2, f"{kind[at]} {kind[at + 1]}"
        if at + 2 < size:
            yield at, 3, f"{text} {texts[at + 1]} {texts[at + 2]}"
            yield at, 3, f"{kind[at]} _ {kind[at + 2]}"
            if special[at] or special[at + 1] or special[at + 2]:
                yield at, 3, f"{kind[at]} {kind[at + 1]} {kind[at + 2]}"
        if at + 3 < size and (special[at] or special[at + 3]):
            yield at, 4, f"{kind[at]} __ {kind[at + 3]}"


def letter_features(word: str) -> Iterator[str]:
    """Stretches of three to five letters of a word of four or more, its ends marked."""
    if 4 <= len(word) <= 24 and word.isalpha():
        spelt = f"<{word}>"
        for length in (3, 4, 5):
            for at in range(len(spelt) - length + 1):
                yield "=" + spelt[at : at + length]


def sentences(words: Iterable[Word]) -> list[list[Word]]:
    """The words between marks."""
    found: list[list[Word]] = [[]]
    for word in words:
        if word.text in (".", "?"):
            found.append([])
        else:
            found[-1].append(word)
    return [each for each in found if each]


def _marked(words: Sequence[Word]) -> list[Word]:
    """The words with one mark before, between and after sentences; of a very long turn, its beginning and its end."""
    if len(words) > 2 * _ENDS_READ:
        words = [*words[:_ENDS_READ], *words[-_ENDS_READ:]]
    marked = [Word(MARK, 0, 0)]
    for sentence in sentences(words):
        marked.extend(sentence)
        marked.append(Word(MARK, sentence[-1].end, sentence[-1].end))
    return marked


def _windows(marked: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Each sentence, two neighbours, the whole when it is short, and stretches of what has no marks."""
    marks = [at for at, word in enumerate(marked) if word.text == MARK]
    for number, start in enumerate(marks[:-1]):
        end = marks[number + 1] + 1
        yield start, end
        if end - start > _WINDOW + _STRIDE:
            for at in range(start, end - _WINDOW + _STRIDE, _STRIDE):
                yield at, min(at + _WINDOW, end)
        if number + 2 < len(marks) and marks[number + 2] - start <= _JOINED:
            yield start, marks[number + 2] + 1
    if len(marks) > 3 and len(marked) <= WHOLE:
        yield 0, len(marked)


def _touches(words: Sequence[Word], spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < words[-1].end and words[1].start < end for start, end in spans)


def _phrase_features(texts: Sequence[str], kinds: Mapping[str, str]) -> Iterator[str]:
    return (feature for _, length, feature in word_features(texts, kinds) if length <= 3)


def _plus(left: Scores, right: Scores) -> Scores:
    return left[0] + right[0], left[1] + right[1], left[2] + right[2], left[3] + right[3]


def _minus(left: Scores, right: Scores) -> Scores:
    return left[0] - right[0], left[1] - right[1], left[2] - right[2], left[3] - right[3]


def read_table(text: str, kinds: Mapping[str, str]) -> SecondOpinion:
    """The model in its table: lines of tab-separated fields, each beginning with its sort.

    bar, four numbers / weight, feature, four numbers / phrasing, tier, words. Raises ValueError naming the line.
    """
    weights: dict[str, Scores] = {}
    phrasings: list[tuple[Tier, str]] = []
    bars = _NOTHING
    for number, line in enumerate(text.splitlines(), start=1):
        sort, *fields = line.split("\t")
        try:
            if sort == "weight":
                weights[fields[0]] = _four(fields[1:])
            elif sort == "bar":
                bars = _four(fields)
            elif sort == "phrasing":
                phrasings.append((Tier.parse(fields[0]), fields[1]))
            elif line and not line.startswith("#"):
                raise ValueError(f"{sort!r} is not weight, bar or phrasing")
        except (ValueError, IndexError) as error:
            raise ValueError(f"line {number}: {error}") from error
    return SecondOpinion(weights, bars, kinds, phrasings)


def _four(fields: Sequence[str]) -> Scores:
    first, second, third, fourth = (int(field) for field in fields)
    return first, second, third, fourth
