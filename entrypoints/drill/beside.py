"""What somebody of the roster says aloud in a call: heard by whoever they speak to, and by nobody else."""

from __future__ import annotations

from entrypoints.drill.scene import Drill
from entrypoints.drill.vocabulary import step


@step("{name} says {words}", acts=True)
def _says(drill: Drill, name: str, words: str) -> None:
    drill.staff(name).say(words)
