"""The floor plan holds: rooms import downwards only, and decisions are functions of the values they are given."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PLAN = PROJECT["tool"]["importlinter"]
APART = {"migrations", "tests", "bench", "docs"}
PURE_PACKAGES = ("escalation.risk", "shifts.proposal")
PURE = [
    ROOT / room / f"{name}.py"
    for room, names in {
        "helpline": "nouns line queue routes skills hours weekdays rota_policy rota_limits foresight presence_policy "
        "audit_policy words carriers danger_policy transcription_policy",
        "shifts": "calendar colleagues entries presence recurrence rota stretches wording",
        "shifts/foresight": "cover erlang expectation load warning",
        "shifts/taking_part": "covering holes rules standing strain",
        "routing": "access choose findings order pool reasons route simulation snapshot takeover",
        "escalation": "audit directory help ladder tuning utterances",
        "carrier": "choice health throttle twiml",
    }.items()
    for name in names.split()
] + [path for package in PURE_PACKAGES for path in sorted((ROOT / package.replace(".", "/")).glob("*.py"))]
CHANCE_AND_TIME = {"random", "secrets", "time.time", "time.monotonic", "time.sleep", "os.urandom", "os.environ"} | {
    f"{module}.{call}"
    for module, calls in {
        "datetime": ("now", "utcnow", "today"),
        "date": ("today",),
        "uuid": ("uuid1", "uuid4", "uuid7"),
    }.items()
    for call in calls
}
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "manager", "base", "data", "misc", "common"}


def rooms() -> list[str]:
    return sorted(place.parent.name for place in ROOT.glob("*/__init__.py") if place.parent.name not in APART)


def modules() -> list[Path]:
    return [path for room in rooms() for path in sorted((ROOT / room).rglob("*.py"))]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_room_imports_only_from_the_floors_below_it() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_every_room_has_its_place_on_the_plan() -> None:
    assert sorted(PLAN["root_packages"]) == rooms()


def test_the_plan_names_every_decision_that_must_be_pure() -> None:
    listed = {
        module
        for contract in PLAN["contracts"]
        if contract["id"].endswith("pure")
        for module in contract["source_modules"]
    }
    named = {name_of(path).removesuffix(".py").replace("/", ".") for path in PURE}
    assert listed == {name for name in named if not name.startswith(PURE_PACKAGES)} | {*PURE_PACKAGES}


@pytest.mark.parametrize("path", PURE, ids=name_of)
def test_a_decision_asks_neither_for_the_time_nor_for_chance(path: Path) -> None:
    assert not sorted(set(asked_of(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize(
    "words",
    [
        "from datetime import datetime\ndatetime.now()",
        "import datetime as d\nd.datetime.now(tz=None)",
        "from datetime import datetime as moment\nmoment.utcnow()",
        "import time\ntime.time()",
        "from time import time as tick\ntick()",
        "import random\nrandom.choice([])",
        "from random import Random",
        "import uuid\nuuid.uuid4()",
        "from uuid import uuid4 as fresh\nfresh()",
        "default = __import__('x').y\nfrom os import urandom\nurandom(8)",
        "from datetime import date\nfactory = date.today",
    ],
)
def test_asking_for_the_time_or_for_chance_is_seen_in_any_disguise(words: str) -> None:
    assert list(asked_of(words))


def test_what_a_phone_is_told_needs_nothing_of_twilio_but_its_verbs() -> None:
    found = imports_of(ast.parse((ROOT / "carrier/twiml.py").read_text(encoding="utf-8")))
    assert all(name.startswith("twilio.twiml.") for name in found.values() if name.startswith("twilio"))


def test_every_module_says_what_it_is_for() -> None:
    silent = [name_of(path) for path in modules() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert not silent


def test_no_module_is_called_by_a_name_that_says_nothing() -> None:
    assert not [
        name_of(path) for path in modules() if {*path.relative_to(ROOT).with_suffix("").parts} & NAMES_THAT_SAY_NOTHING
    ]


def asked_of(source: str) -> Iterator[str]:
    """What `source` uses that gives the time or a chance, under whatever name it was brought in."""
    tree = ast.parse(source)
    known = imports_of(tree)
    for name in known.values():
        yield from (name for asked in CHANCE_AND_TIME if name == asked or name.startswith(f"{asked}."))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            spelled = spelling(node, known)
            yield from (spelled for asked in CHANCE_AND_TIME if f".{spelled}".endswith(f".{asked}"))


def imports_of(tree: ast.AST) -> dict[str, str]:
    """What each imported name stands for."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def spelling(node: ast.expr, known: dict[str, str]) -> str:
    """A dotted expression with its first name spelled out; empty if it is no such thing."""
    if isinstance(node, ast.Attribute):
        return f"{spelling(node.value, known)}.{node.attr}"
    return known.get(node.id, node.id) if isinstance(node, ast.Name) else ""
