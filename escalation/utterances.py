"""What a call has said so far, sentence by sentence: in the order in which it was said, not in which it was told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from escalation.risk import Lexicon, Seen, from_json, last_of, to_json


@dataclass(frozen=True, order=True)
class Place:
    """Where a result of the carrier stands: its `number` since it was told to begin, which it was in `session`."""

    session: int
    number: int


@dataclass(frozen=True)
class Utterance:
    """What was seen in one sentence that is over."""

    place: Place
    seen: Seen


def is_new(earlier: Iterable[Utterance], place: Place, *, final: bool) -> bool:
    """Whether a result at `place` says something yet: a final one that was not told before, or one not overtaken."""
    if final:
        return all(one.place != place for one in earlier)
    return all(one.place < place for one in earlier)


def joined(earlier: Iterable[Utterance], new: Utterance, lexicon: Lexicon) -> tuple[Utterance, ...]:
    """All of them in their order, as far back as any rule of the lexicon looks."""
    ordered = sorted([*earlier, new], key=lambda one: one.place)
    kept = len(last_of([one.seen for one in ordered], lexicon))
    return tuple(ordered[len(ordered) - kept :])


def as_kept(utterances: Iterable[Utterance]) -> list[Any]:
    """Plain values, without a word of what was said."""
    return [[one.place.session, one.place.number, *to_json([one.seen])] for one in utterances]


def as_was(kept: Iterable[Sequence[Any]]) -> tuple[Utterance, ...]:
    rows = list(kept)
    seen = from_json([turn for _, _, turn in rows])
    return tuple(
        Utterance(Place(session, number), each) for (session, number, _), each in zip(rows, seen, strict=True)
    )
