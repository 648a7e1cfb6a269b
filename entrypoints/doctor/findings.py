"""What the doctor finds: one thing looked at, how it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """One check. `found` and `do` are a plain sentence each, without a telephone number; `do` is empty if all is well.

    A fault means that somebody who asks for help may get no answer. A warning means that the line answers, later or
    with less behind it than it should. Skipped means that it could not be looked at from here.
    """

    check: str
    verdict: Verdict
    found: str
    do: str = ""

    def as_json(self) -> dict[str, str]:
        return {"check": self.check, "verdict": self.verdict.value, "found": self.found, "do": self.do}


def ok(check: str, found: str) -> Finding:
    return Finding(check, Verdict.OK, found)


def warning(check: str, found: str, do: str) -> Finding:
    return Finding(check, Verdict.WARNING, found, do)


def fault(check: str, found: str, do: str) -> Finding:
    return Finding(check, Verdict.FAULT, found, do)


def skipped(check: str, found: str, do: str = "") -> Finding:
    return Finding(check, Verdict.SKIPPED, found, do)


def any_fault(findings: Iterable[Finding]) -> bool:
    return any(one.verdict is Verdict.FAULT for one in findings)


def listed(names: Iterable[str]) -> str:
    """Names as a sentence holds them: "Ana", "Ana and Bo", "Ana, Bo and Cal"."""
    known = list(names)
    return " and ".join([", ".join(known[:-1]), known[-1]]) if len(known) > 1 else "".join(known)
