"""The command line: `helpline --help` lists what it can do."""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from entrypoints import (
    closing,
    cover_command,
    danger_commands,
    invitations,
    presence,
    returning_commands,
    rota_commands,
    shift_commands,
)
from helpline import log
from helpline.settings import ROOT, Settings, SettingsError, load_settings

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
DEMO = ROOT / "lines" / "demo.toml"


@click.group(context_settings=CONTEXT)
def main() -> None:
    """A crisis line run by peers: answers calls and texts, day and night.

    Start with `helpline up`. Exit codes: 0 all is well, 1 something is wrong, 2 the command was not understood.
    """


@main.command()
def up() -> None:
    """Start everything and say where to look; Ctrl-C stops all of it."""
    from entrypoints.up import up as bring_up

    raise SystemExit(bring_up(os.environ))


@main.command()
def ticker() -> None:
    """Run a ticker: it does what is due, twenty times a second. More than one may run."""
    from entrypoints import ticker as process

    process.run(_rehearsed())


@main.command()
def worker() -> None:
    """Run a worker: it answers the doorbell, so that nobody waits for the next tick."""
    from entrypoints import worker as process

    process.run(_rehearsed(), _settings().redis_url)


@main.command()
def migrate() -> None:
    """Bring the database to the schema this version expects."""
    from entrypoints.migrate import MigrationFailed, upgrade

    try:
        upgrade(_settings().database_url)
    except MigrationFailed as fault:
        raise _sorry(fault) from None
    click.echo("The database is up to date.")


@main.group()
def line() -> None:
    """Look at a line file, or let it govern."""


@line.command("check")
@click.argument("file", type=click.Path(path_type=Path))
def check_line(file: Path) -> None:
    """Say whether FILE is a valid line, and what is wrong with it, by line and key."""
    from helpline.line import LineError, load_line

    try:
        found = load_line(file)
    except LineError as fault:
        raise _sorry(fault) from None
    click.echo(f"{file} is valid: {found.line.name}, version {found.version}.")


@line.command("apply")
@click.argument("file", type=click.Path(path_type=Path))
def apply_line(file: Path) -> None:
    """Let FILE govern every contact that arrives from now on. An earlier file can be applied again at any time."""
    from entrypoints.line import apply
    from helpline.line import LineError

    try:
        with _stack().database.work() as work:
            version = apply(work, file)
    except LineError as fault:
        raise _sorry(fault) from None
    click.echo(f"Version {version} governs every contact from now on.")


@line.command("try")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--days", default=7.0, show_default=True, type=click.FloatRange(0.01, 366), help="How far to look back.")
@click.option("--most", default=20, show_default=True, type=click.IntRange(0), help="Differences told one by one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object with every difference.")
def try_line(file: Path, days: float, most: int, *, as_json: bool) -> None:
    """Say what FILE would have decided about the last contacts, compared with what was decided. It changes nothing.

    Each verdict is made again from what it saw at that moment; what would have followed from another one is not played.
    """
    from entrypoints.trial import as_sentences, attempt
    from helpline.line import LineError, load_line

    try:
        found = load_line(file)
        with _stack().database.work() as work:
            trial = attempt(work, found, days)
    except LineError as fault:
        raise _sorry(fault) from None
    if as_json:
        told = {"tried": trial.tried, "forgotten": trial.forgotten, "queue_gone": trial.queue_gone}
        click.echo(json.dumps(told | {"differences": [one.as_json() for one in trial.differences]}))
        return
    click.echo("\n".join(as_sentences(trial, found, most)))


@main.group()
def people() -> None:
    """The roster of the line."""


@people.command("load")
@click.argument("file", type=click.Path(path_type=Path))
def load_people(file: Path) -> None:
    """Make the CSV FILE the roster.

    Columns: name, role, languages, skills, excludes, queues, most texts, on shift, on call, number. Several skills,
    excludes or queues are parted by commas; a skill is written as veterans, grief:2 or peer specialist until
    2027-01-31; on call is a tier, with hours if not always: 1 09:00-21:00. Without queues somebody serves every queue;
    most texts is how many text conversations they have at once at most.
    """
    from entrypoints.people import RosterError, enlist, read_roster

    try:
        found = read_roster(file)
        with _stack().database.work() as work:
            enlist(work, found)
    except RosterError as fault:
        raise _sorry(fault) from None
    click.echo(f"{len(found)} people are on the roster.")


@people.command("export")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def export_people(file: Path | None) -> None:
    """Write the roster as a table that `helpline people load` takes, to FILE or to standard output.

    It holds everybody's number: keep it as you would keep the numbers themselves.
    """
    from entrypoints.people import COLUMNS, as_cells, enlisted
    from entrypoints.shift_commands import put
    from entrypoints.spreadsheet import TableError

    with _stack().database.work() as work:
        found = [as_cells(one) for one in enlisted(work)]
    try:
        put(file, COLUMNS, found)
    except TableError as fault:
        raise _sorry(fault) from None


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a scenario, and a last one with the sums.")
@click.option("--line", "line_path", default=DEMO, type=click.Path(path_type=Path), help="The line file to drill.")
def drill(paths: tuple[Path, ...], as_json: bool, line_path: Path) -> None:
    """Run the drills in PATHS (files or folders) on a virtual clock. Exit code 0 only if all of them passed.

    A drill is a helpline's behaviour in words: see drills/ for examples. They run in a database of their own and
    touch no line that is running.
    """
    from entrypoints.drill.report import Report
    from entrypoints.drill.runner import DrillError, find, read, run
    from entrypoints.drill.servers import drill_database
    from entrypoints.drill.world import World
    from escalation.risk import LexiconError, load_lexicon
    from helpline.embedded import EmbeddedError

    log.configure()
    report = Report(as_json=as_json)
    try:
        files = find(paths)
        read(files)
        lexicon = load_lexicon()
        with tempfile.TemporaryDirectory(prefix="helpline-drill-") as folder, drill_database(Path(folder)) as engine:

            def make_world(path: Path, start: datetime) -> World:
                return World(engine, lexicon, path, start)

            for result in run(files, make_world, line_path):
                report.add(result)
    except (DrillError, EmbeddedError, LexiconError) as fault:
        raise _sorry(fault) from None
    raise SystemExit(report.end())


@main.command()
def risk() -> None:
    """Grade conversations: JSON lines {"id", "turns": […]} on standard input, one verdict a line on standard output."""
    from escalation.risk import LexiconError, load_lexicon
    from escalation.risk.command import BadLine, run

    try:
        lexicon = load_lexicon()
        gc.freeze()  # it lives as long as the process: to walk it for garbage holds up one message in a hundred
        for verdict in run(sys.stdin, lexicon):
            click.echo(verdict)
    except LexiconError as fault:
        raise _sorry(fault) from None
    except BadLine as fault:
        click.echo(f"helpline: {fault}", err=True)
        raise SystemExit(2) from None


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object: what a monitor is told, and every finding.")
def audit(*, as_json: bool) -> None:
    """Say whether the line is well now, and what the auditor finds. It repairs nothing and tells nobody.

    Findings name contacts and offers by their ids, as `helpline explain` takes them. Exit code 1 if it is not well.
    """
    from entrypoints.audit import as_json as told
    from entrypoints.audit import as_sentences, look

    stack = _stack()
    ground = stack.look_at_ground()
    with stack.database.work() as work:
        found = look(work, ground)
    click.echo(json.dumps(told(found)) if as_json else "\n".join(as_sentences(found)))
    raise SystemExit(0 if found.health.healthy else 1)


@main.command()
@click.argument("contact")
@click.option("--json", "as_json", is_flag=True, help="The journal as JSON.")
def explain(contact: str, as_json: bool) -> None:
    """Why CONTACT went where it went, and why every other person was not chosen. `last` is the latest contact."""
    from routing.explain import NoContact, as_sentences, story_of

    try:
        with _stack().database.work() as work:
            story = story_of(work, contact)
            text = json.dumps(story.as_json(), indent=2) if as_json else "\n".join(as_sentences(story))
    except NoContact as fault:
        raise _sorry(fault) from None
    click.echo(text)


@main.command()
def rekey() -> None:
    """Seal every number and text anew with HELPLINE_SECRET_KEY, opening them with HELPLINE_SECRET_KEY_OLD.

    Give every process both keys, start them anew, run this, and then throw the old key away. Exit code 1 if something
    could not be opened with either key.
    """
    from entrypoints.rekey import rekey as seal_anew

    found = seal_anew(_stack().database)
    click.echo(f"{found.done} values were sealed anew.")
    if found.unreadable:
        raise click.ClickException(f"{found.unreadable} values open with neither key; keep the old key.")


@main.group()
def bench() -> None:
    """How fast the line is, measured on this machine."""


@bench.command("calls")
@click.option("--rate", default=5.0, show_default=True, type=click.FloatRange(0.01, 100), help="Calls a second.")
@click.option("--seconds", default=30.0, show_default=True, type=click.FloatRange(1, 86_400), help="For so long.")
@click.option("--no-redis", is_flag=True, help="Without Redis: the tickers alone do what is due.")
@click.option("--seed", default=1, show_default=True, help="Of the callers' moments: the same seed, the same calls.")
@click.option(
    "--danger-every", default=0.0, type=click.FloatRange(0), help="Beside them, somebody texts of danger; 0: nobody."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def bench_calls(*, rate: float, seconds: float, no_redis: bool, seed: int, danger_every: float, as_json: bool) -> None:
    """Put the real stack under calls from the exchange, in a folder of its own that is gone afterwards.

    Exit code 1 if a caller was lost or a phone was rung for two contacts at once.
    """
    from entrypoints.bench.calls import Load, run
    from entrypoints.bench.stand import StandFailed

    try:
        load = Load(rate, seconds, redis=not no_redis, seed=seed, danger_every=danger_every)
        found = run(load, lambda text: click.echo(text, err=True))
    except StandFailed as fault:
        raise _sorry(fault) from None
    _print_figures(found, as_json=as_json)
    raise SystemExit(1 if found["lost"] or found["double_offers"] else 0)


@bench.command("routing")
@click.option("--peers", default=100, show_default=True, type=click.IntRange(0), help="People in the pool.")
@click.option("--waiting", default=20, show_default=True, type=click.IntRange(1), help="Contacts in the queue.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def bench_routing(*, peers: int, waiting: int, as_json: bool) -> None:
    """Time the routing engine by itself, without database or network."""
    from entrypoints.bench.routing import run

    _print_figures(run(peers, waiting), as_json=as_json)


def _print_figures(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found))
        return
    for name, figure in found.items():
        click.echo(f"{name:>26}  {figure}")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object with every finding.")
@click.option("--fix", is_flag=True, help="Offer to set the number's addresses at the carrier.")
@click.option("--yes", is_flag=True, help="With --fix: set them without asking.")
@click.option("--text", is_flag=True, help="Text everybody on the roster once, and see whether it is delivered.")
@click.option("--ring", is_flag=True, help="Ring everybody on the roster once, and see whether it is answered.")
@click.option("--at-night", is_flag=True, help="Let --text and --ring disturb people between 22:00 and 8:00.")
def doctor(as_json: bool, fix: bool, yes: bool, text: bool, ring: bool, at_night: bool) -> None:
    """Say whether this line will really answer, and what to do where it would not.

    It looks at settings, servers, the way from the carrier to this line, the carrier's account and number, and the
    people of the next 24 hours. It changes nothing and reaches nobody unless told to. Exit code 0 only without a fault.
    """
    from entrypoints.doctor.command import run
    from entrypoints.doctor.examination import Wishes

    if fix and as_json and not yes:
        raise click.UsageError("--fix asks before it changes anything; with --json, add --yes.")
    log.configure()
    wishes = Wishes(ring=ring, text=text, at_night=at_night)
    raise SystemExit(run(os.environ, wishes, fix=fix, yes=yes, as_json=as_json))


def _settings() -> Settings:
    try:
        return load_settings(os.environ)
    except SettingsError as fault:
        raise _sorry(fault) from None


def _stack() -> Any:
    from entrypoints.bootstrap import from_settings

    log.configure()
    try:
        return from_settings(_settings())
    except SettingsError as fault:
        raise _sorry(fault) from None


returning_commands.add_to(main, lambda: _stack().database)
closing.add_to(main, lambda: _stack().database)
invitations.add_to(main, lambda: _stack().database, lambda: _settings().console_url)
cover_command.add_to(main, lambda: _stack().database)
shift_commands.add_to(main, lambda: _stack().database, lambda: f"http://{_settings().console_bind}")
rota_commands.add_to(main, lambda: _stack().database)
presence.add_to(main, lambda: _stack().database)
danger_commands.add_to(main, lambda: _stack().database)


def _rehearsed() -> Any:
    from entrypoints.rehearsal import rehearse

    stack = _stack()
    rehearse(stack.database)
    return stack


def _sorry(fault: Exception) -> click.ClickException:
    """One clear sentence and exit code 1."""
    return click.ClickException(str(fault))
