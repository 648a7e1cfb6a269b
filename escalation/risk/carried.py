"""Grading somebody who is being heard: turn by turn, from what was seen before, without the words it was seen in."""

from collections.abc import Iterable, Sequence
from typing import Any

from escalation.risk.grading import grade_turn
from escalation.risk.lexicon import Lexicon
from escalation.risk.sightings import Sighting
from escalation.risk.verdict import Risk, Subject

Seen = tuple[Sighting, ...]
"""What one turn said that the lexicon knows: kinds of things, and where they stood. None of its words."""


def go_on(turn: str, earlier: Sequence[Seen], lexicon: Lexicon) -> tuple[Risk, Seen]:
    """The grade of `turn` after what was seen in `earlier` turns, oldest first, and what is seen in it.

    A conversation's tier is the highest of its turns'. The second opinion reads the turn alone: what was said before
    it is not there any more.
    """
    risk, sightings = grade_turn(turn, earlier, lexicon)
    return risk, tuple(sightings)


def last_of(turns: Sequence[Seen], lexicon: Lexicon) -> Sequence[Seen]:
    """As many of the last turns as any rule looks back on, besides the one to come."""
    reach = max((rule.turns for rule in lexicon.rules), default=1) - 1
    return turns[-reach:] if reach else ()


def to_json(turns: Iterable[Seen]) -> list[Any]:
    """What was seen, as plain values: kinds, places and yes or no."""
    return [[[s.slot, s.subject, s.start, s.end, s.denied] for s in turn] for turn in turns]


def from_json(kept: Iterable[Any]) -> tuple[Seen, ...]:
    return tuple(
        tuple(
            Sighting(slot, Subject(subject) if subject else None, number, start, end, denied)
            for slot, subject, start, end, denied in turn
        )
        for number, turn in enumerate(kept)
    )
