"""Skills as a coordinator writes them: `veterans`, `grief:2`, `peer specialist until 2027-01-31`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

WRITTEN = re.compile(
    r"^(?P<name>[^\W\d_][\w -]*?)\s*(?::\s*(?P<level>[1-9]))?(?:\s+until\s+(?P<until>\d{4}-\d\d-\d\d))?$"
)


@dataclass(frozen=True, slots=True)
class Skill:
    """Something a person can do or has lived through. `until` is the last day of its certification, if it has one."""

    name: str
    level: int = 1
    until: date | None = None

    def holds(self, day: date) -> bool:
        return self.until is None or day <= self.until


def read_skill(text: str) -> Skill:
    """The skill in `text`. ValueError says how one is written."""
    found = WRITTEN.match(text.strip())
    if found is None or "until" in found["name"].split():
        raise ValueError(f"{text!r} is not a skill; write it as veterans, grief:2 or peer specialist until 2027-01-31")
    until = found["until"]
    try:
        day = date.fromisoformat(until) if until else None
    except ValueError:
        raise ValueError(f"{text!r}: there is no such day") from None
    return Skill(found["name"].strip().lower(), int(found["level"] or 1), day)


def valid_and_lapsed(skills: Iterable[str], day: date) -> tuple[frozenset[tuple[str, int]], frozenset[str]]:
    """Names and levels that hold on `day`, and the names of those that have run out."""
    known = [read_skill(text) for text in skills]
    valid = frozenset((skill.name, skill.level) for skill in known if skill.holds(day))
    return valid, frozenset(skill.name for skill in known if not skill.holds(day)) - {name for name, _ in valid}
