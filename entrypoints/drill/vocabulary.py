"""The sentences of drills: how they read, and which function stands for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from entrypoints.drill.scene import Drill, Row


class UnknownStep(Exception):
    """No step reads like this."""


Step = Callable[..., None]
STEPS: list[tuple[re.Pattern[str], Step, bool]] = []
"""The pattern of each sentence, what it does, and whether it is a When."""

_PLACES = {
    "{caller}": r'"([^"]+)"',
    "{words}": r'"((?:[^"\\]|\\.)*)"',
    "{name}": r"([^\W\da-z_][\w-]*)",
    "{who}": r'("[^"]+"|[^\W\da-z_][\w-]*)',
    "{both}": r"([^\W\da-z_][\w-]*) and ([^\W\da-z_][\w-]*)",
    "{n}": r"(\d+(?:\.\d+)?)",
    "{within}": r"(?: within (\d+(?:\.\d+)?) seconds?)?",
    "{state}": r"(waiting|connected|abandoned|diverted|closed)",
    "{tier}": r"(none|elevated|high|imminent)",
    "{keys}": r"([0-9*#]+)",
    "{channel}": r"(call|text)",
    "{number}": r"(\+\d{8,15})",
    "{when}": r"(\d{4}-\d\d-\d\d \d\d:\d\d)",
    "{day}": r"(\d{4}-\d\d-\d\d)",
    "{hour}": r"(\d\d:\d\d)",
    "{role}": r"(peer|backup|clinician|supervisor)s?",
    "{speak}": r"speaks?",
    "{people}": r"(.+)",
    "{sealed}": r"(number|place)",
}


def step(sentence: str, *, acts: bool = False) -> Callable[[Step], Step]:
    """Let a function stand for a sentence; with `acts`, it is a When that expectations look back to."""
    pattern = re.sub(r"pass$", "pass(?:es)?", re.escape(sentence).replace(r"\ ", " ").replace("seconds", "seconds?"))
    for place, expression in _PLACES.items():
        pattern = pattern.replace(re.escape(place), expression)

    def register(function: Step) -> Step:
        STEPS.append((re.compile(f"^{pattern}$"), function, acts))
        return function

    return register


def perform(drill: Drill, sentence: str, table: Sequence[Row] | None) -> None:
    """Do what the sentence says. Raises UnknownStep, NotSo, or what the world raises."""
    if (table is not None) != sentence.strip().endswith(":"):
        raise UnknownStep(f"a table stands after a sentence that ends with a colon: {sentence}")
    for pattern, function, acts in STEPS:
        match = pattern.match(sentence.strip())
        if match:
            if acts:
                drill.act()
            arguments = match.groups()
            if table is not None:
                function(drill, table, *arguments)
            else:
                function(drill, *arguments)
            if acts:
                drill.world.settle()
            return
    raise UnknownStep(f"no step reads: {sentence}")
