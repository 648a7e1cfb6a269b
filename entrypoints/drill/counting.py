"""How often something happened, from the beginning of the drill: a second ring or text is a fault like none."""

from __future__ import annotations

from entrypoints.drill.scene import Drill, NotSo
from entrypoints.drill.vocabulary import step


@step("{who}'s phone has rung {n} times")
def _rung(drill: Drill, name: str, n: str) -> None:
    found = len(drill.anybody(name).rings)
    if found != int(n):
        raise NotSo(f"{name}'s phone has rung {found} times, not {n}")


@step("{who}'s phone has rung once")
def _rung_once(drill: Drill, name: str) -> None:
    _rung(drill, name, "1")


@step("{who} has received {n} texts containing {words}")
def _received(drill: Drill, name: str, n: str, words: str) -> None:
    found = sum(words.lower() in one.body.lower() for one in drill.anybody(name).texts)
    if found != int(n):
        raise NotSo(f'{name} has received {found} texts containing "{words}", not {n}')


@step("{who} has received one text containing {words}")
def _received_one(drill: Drill, name: str, words: str) -> None:
    _received(drill, name, "1", words)
