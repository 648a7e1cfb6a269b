"""Tells how drills went: for people, or one JSON object a scenario for a program."""

from __future__ import annotations

import json

import click

from entrypoints.drill.runner import Result


class Report:
    """Prints each result as it comes, and the sums at the end."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._passed = self._failed = 0
        self._file = ""

    def add(self, result: Result) -> None:
        passed = result.status == "passed"
        self._passed += passed
        self._failed += not passed
        if self._as_json:
            click.echo(json.dumps(result.as_json()))
            return
        if result.file != self._file:
            self._file = result.file
            click.echo(result.file)
        sign = click.style("✓", fg="green") if passed else click.style("✗", fg="red")
        click.echo(f"  {sign} {result.scenario} ({result.virtual_seconds:.0f} s of the line's time)")
        if not passed:
            click.echo(f"      at: {result.failed_step}\n      {result.reason}")

    def end(self) -> int:
        """Print the sums. Returns the exit code: 0 only if every scenario passed."""
        every = self._passed + self._failed
        if self._as_json:
            click.echo(json.dumps({"scenarios": every, "passed": self._passed, "failed": self._failed}))
        else:
            click.echo(f"{every} scenarios: {self._passed} passed, {self._failed} failed")
        return 1 if self._failed or not every else 0
