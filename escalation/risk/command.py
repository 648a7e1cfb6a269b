"""`helpline risk`: conversations in as JSON lines, verdicts out, in order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from escalation.risk.grading import grade
from escalation.risk.lexicon import Lexicon


class BadLine(Exception):
    """A line of the input is not a conversation; the text names its number and never quotes it."""


def run(lines: Iterable[str], lexicon: Lexicon) -> Iterator[str]:
    """One verdict for each line that is not empty. Raises BadLine at the first that is not a conversation."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _verdict(_conversation(line, number), lexicon)


def _conversation(line: str, number: int) -> dict[str, Any]:
    try:
        read = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLine(f"line {number} is not JSON") from None
    turns = read.get("turns") if isinstance(read, dict) else None
    if not isinstance(turns, list) or not all(isinstance(turn, str) for turn in turns):
        raise BadLine(f'line {number} has no "turns": a list of texts')
    if "id" not in read:
        raise BadLine(f'line {number} has no "id"')
    return dict(read)


def _verdict(conversation: dict[str, Any], lexicon: Lexicon) -> str:
    risk = grade(conversation["turns"], lexicon)
    rules = [
        {"rule": hit.rule, "turn": hit.turn, "start": hit.start, "end": hit.end}
        | ({"like": hit.like} if hit.like else {})
        for hit in risk.rules
    ]
    return json.dumps(
        {
            "id": conversation["id"],
            "tier": str(risk.tier),
            "subject": str(risk.subject),
            "rules": rules,
            "lexicon": risk.lexicon,
        },
        ensure_ascii=True,
    )
