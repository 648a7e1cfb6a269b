"""The command `helpline doctor`: examines the line of this environment, tells what it finds, and gives an exit code."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

import click

from carrier.account import NumberSeen
from entrypoints.doctor.environment import judge_folder, judge_settings
from entrypoints.doctor.examination import Wishes, examine
from entrypoints.doctor.findings import Finding, fault
from entrypoints.doctor.ground import prepare
from entrypoints.doctor.knocking import over_http
from entrypoints.doctor.report import Report
from helpline.settings import Settings, SettingsError, load_settings


def run(environ: Mapping[str, str], wishes: Wishes, *, fix: bool, yes: bool, as_json: bool) -> int:
    """Examine, tell, and return the exit code."""
    report = Report(_say, as_json=as_json)
    if fix:
        wishes = replace(wishes, fix=lambda number, changes: _agree(number, changes, yes=yes, quiet=as_json))
    for finding in _all(environ, wishes):
        report.add(finding)
    return report.end()


def _all(environ: Mapping[str, str], wishes: Wishes) -> Iterator[Finding]:
    try:
        settings = load_settings(environ)
    except SettingsError as wrong:
        yield from judge_settings(str(wrong))
        return
    yield from judge_settings("")
    yield _folder(settings)
    ground, found = prepare(settings, pause=time.sleep, knock=over_http)
    yield from found
    try:
        yield from examine(ground, wishes)
    finally:
        if ground.database is not None:
            ground.database.engine.dispose()


def _folder(settings: Settings) -> Finding:
    place = settings.data_dir
    needed = settings.key is None or settings.database is None
    try:
        mode = place.stat().st_mode if place.exists() else None
    except OSError as refused:
        return fault("data folder", f"{place} cannot be looked at ({refused.strerror}).", "Run helpline as its owner.")
    return judge_folder(str(place), mode, writable=os.access(place, os.W_OK | os.X_OK), needed=needed)


def _agree(number: NumberSeen, changes: dict[str, str], *, yes: bool, quiet: bool) -> bool:
    if not quiet:
        click.echo("\nAt the carrier, the line's number is set so:")
        for name, value in changes.items():
            click.echo(f"  {name}: {number.settings.get(name) or 'nothing'} → {value}")
    return yes or click.confirm("Change it?", default=False)


def _say(line: str, colour: str | None) -> None:
    if colour is None:
        click.echo(line)
    else:
        first, _, rest = line.partition(" ")
        click.echo(f"{click.style(first, fg=colour)} {rest}")
