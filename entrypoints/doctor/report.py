"""Shows what the doctor finds: a line as soon as it is found, or one JSON object at the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

from entrypoints.doctor.findings import Finding, Verdict, any_fault

COLOURS = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.FAULT: "red", Verdict.SKIPPED: "cyan"}


class Report:
    """`say` takes a line and the colour of its first word, None if it has none."""

    def __init__(self, say: Callable[[str, str | None], None], *, as_json: bool) -> None:
        self._say, self._as_json = say, as_json
        self.findings: list[Finding] = []

    def add(self, one: Finding) -> None:
        self.findings.append(one)
        if not self._as_json:
            self._say(f"{one.verdict.value:<8} {one.check}: {one.found}", COLOURS[one.verdict])
            if one.do:
                self._say(f"{'':8} → {one.do}", None)

    def end(self) -> int:
        """Say the sums. The exit code: 1 if there is a fault."""
        sums = Counter(one.verdict for one in self.findings)
        if self._as_json:
            counted = {verdict.value: sums[verdict] for verdict in Verdict}
            found = [one.as_json() for one in self.findings]
            self._say(json.dumps({"findings": found, "sums": counted}, indent=2), None)
        else:
            self._say("", None)
            self._say(_sentence(sums), None)
        return 1 if any_fault(self.findings) else 0


def _sentence(sums: Counter[Verdict]) -> str:
    faults, warnings = sums[Verdict.FAULT], sums[Verdict.WARNING]
    noted = f"{warnings} {'warning' if warnings == 1 else 'warnings'}" if warnings else "no warning"
    if faults:
        return f"{faults} {'fault' if faults == 1 else 'faults'} and {noted}: this line is not ready."
    return f"No fault and {noted}: as far as can be seen from here, this line answers."
