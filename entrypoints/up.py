"""`helpline up`: from an empty folder to a line that answers, and back to nothing running."""

import contextlib
import os
import secrets
import signal
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from entrypoints.demonstration import enlist_if_empty, everybody, write_directory
from entrypoints.doors import PortBusy, answers, check_free, listen
from entrypoints.line import apply
from entrypoints.migrate import MigrationFailed, upgrade
from entrypoints.supervisor import Minder, Supervisor, how, read_procfile
from helpline import exchange_account
from helpline.clock import SystemClock
from helpline.database import Database, connect
from helpline.embedded import Embedded, EmbeddedError, Servers, holds_database, open_folder
from helpline.exchange_account import ExchangeAccount
from helpline.line import LineError
from helpline.privacy import Vault
from helpline.secret_key import SecretKeyError, kept_in, make_in
from helpline.settings import ROOT, TWILIO, Address, Settings, SettingsError, load_settings

HEED_EVERY = 0.5
READY_PATIENCE = 60.0
LET_GO_PATIENCE = 5.0
KEPT_OPEN = "web"
"""The door whose socket is ours: a call that comes in while it is being started again waits, and is not refused."""
WEB_SOCKET = "WEB_SOCKET"
DEMO_PEOPLE = ROOT / "lines" / "demo.people.csv"
STAGES = {"web": 0, "console": 0, "exchange": 0, "ticker": 1, "worker": 1}
COLOURS = {"web": "cyan", "console": "magenta", "exchange": "yellow", "ticker": "green", "worker": "blue"}

Step = Callable[[Settings], Mapping[str, str]]
"""Something done once the servers answer and before the processes start; what it returns is set for those."""


class UpFailed(Exception):
    """The line could not be brought up; the text says why and what to do."""


class Stopped(BaseException):
    """Somebody asked us to stop."""


def migrate(settings: Settings) -> Mapping[str, str]:
    upgrade(settings.database_url)
    return {}


def apply_line(settings: Settings) -> Mapping[str, str]:
    with _database(settings) as database, database.work() as work:
        apply(work, settings.line)
    return {}


def bring_phones(settings: Settings) -> Mapping[str, str]:
    """With the exchange as carrier: somebody on an empty roster, and a phone on its page for everybody."""
    if settings.api_base == TWILIO:
        return {}
    with _database(settings) as database, database.work() as work:
        enlist_if_empty(work, DEMO_PEOPLE)
        directory = settings.data_dir / "phones.json"
        write_directory(directory, work, everybody(work))
    return {"EXCHANGE_DIRECTORY": str(directory)}


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    engine = connect(settings.database_url)
    vault = Vault(settings.secret_keys)
    try:
        yield Database(engine, clock=SystemClock(), vault=vault, new_id=uuid.uuid4, doorbell=lambda: None)
    finally:
        engine.dispose()


STEPS: Sequence[Step] = (migrate, apply_line, bring_phones)
SENTENCES = (EmbeddedError, LineError, MigrationFailed, PortBusy, SecretKeyError, SettingsError, UpFailed)
"""The failures whose text was written for whoever runs the line."""


@dataclass(frozen=True)
class Door:
    """A process that answers HTTP: its address, the variable that sets it, and a page of it."""

    name: str
    variable: str
    address: Address
    page: str


def up(environ: Mapping[str, str], *, steps: Sequence[Step] = STEPS, procfile: Path = ROOT / "Procfile") -> int:
    """Brings the line up, waits until somebody stops it, and returns the exit code."""
    screen = Console(highlight=False, soft_wrap=True)
    with _signals() as heed:
        try:
            with contextlib.ExitStack() as running:
                _bring_up(dict(environ), steps, procfile, screen, running)
                while True:
                    heed()
                    threading.Event().wait(HEED_EVERY)
        except Stopped:
            screen.print("Everything is stopped.")
        except SENTENCES as failure:
            Console(stderr=True, highlight=False, soft_wrap=True).print(f"helpline up: {failure}", markup=False)
            return 1
    return 0


def _bring_up(
    environ: dict[str, str], steps: Sequence[Step], procfile: Path, screen: Console, running: contextlib.ExitStack
) -> None:
    settings = load_settings(environ)
    made_up = _account(settings)
    environ |= made_up
    settings = load_settings(environ)
    jobs = [job for job in read_procfile(procfile, STAGES) if job.name != "exchange" or _wants_exchange(environ)]
    doors = [door for door in _doors(settings) if door.name in {job.name for job in jobs}]
    _wait_until_free(doors)
    for door in doors:
        if door.name == KEPT_OPEN:
            listener = running.enter_context(listen(door.variable, door.address))
            environ[WEB_SOCKET] = f"fd://{listener.fileno()}"
            jobs = [replace(job, keep=(listener.fileno(),)) if job.name == door.name else job for job in jobs]
    say = _Printer(screen)
    _ensure_key(settings)
    embedded, servers = _start_servers(settings, say, running)
    environ |= _urls(servers) | {"HELPLINE_DATA_DIR": str(settings.data_dir)}
    settings = load_settings(environ)
    if made_up:
        _keep_account(settings, running)
    for step in steps:
        environ |= step(settings)
    supervisor = Supervisor(jobs, _for_children(environ, own_database=bool(servers.database_url)), ROOT, say)
    running.callback(supervisor.stop)
    supervisor.start()
    _wait_until_ready(doors, supervisor.minders)
    screen.print(_where_to_look(settings, doors, embedded))


def _wait_until_free(doors: Sequence[Door]) -> None:
    """Raises `PortBusy` for an address that stays taken: a line that was killed lets go of its own within seconds."""
    deadline = time.monotonic() + LET_GO_PATIENCE
    for door in doors:
        while True:
            try:
                check_free(door.variable, door.address)
                break
            except PortBusy:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.1)


def _account(settings: Settings) -> dict[str, str]:
    """Without a carrier's account: one at the exchange, made up for this run."""
    if settings.has_carrier:
        return {}
    return {
        "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_API_BASE": f"http://{settings.exchange_bind}",
        "PUBLIC_URL": settings.public_url,
        "EXCHANGE_BIND": str(settings.exchange_bind),
    }


def _keep_account(settings: Settings, running: contextlib.ExitStack) -> None:
    """Let commands in a second terminal find the account that was made up, as long as the line runs."""
    open_folder(settings.data_dir)
    account = ExchangeAccount(
        sid=settings.account_sid,
        token=settings.auth_tokens[0],
        api_base=settings.api_base,
        public_url=settings.public_url,
        pid=os.getpid(),
    )
    try:
        exchange_account.keep(settings.data_dir, account)
    except OSError as refused:
        raise UpFailed(
            f"{settings.data_dir} cannot be written in ({refused.strerror}): "
            "put that right, or set HELPLINE_DATA_DIR to another folder."
        ) from refused
    running.callback(exchange_account.forget, settings.data_dir)


def _wants_exchange(environ: Mapping[str, str]) -> bool:
    return "EXCHANGE_BIND" in environ


def _doors(settings: Settings) -> list[Door]:
    return [
        Door("web", "HELPLINE_BIND", settings.bind, "/readyz"),
        Door("console", "HELPLINE_CONSOLE_BIND", settings.console_bind, "/"),
        Door("exchange", "HELPLINE_EXCHANGE_BIND", settings.exchange_bind, "/"),
    ]


def _ensure_key(settings: Settings) -> None:
    """A first run makes the key. One that is lost is not replaced: what it sealed would be lost without a word."""
    if settings.key is not None:
        return
    open_folder(settings.data_dir)
    if kept_in(settings.data_dir) is None and holds_database(settings.data_dir):
        raise UpFailed(
            f"{settings.data_dir} holds a database and its key is gone: put the file secret_key back from your backup, "
            "or set HELPLINE_SECRET_KEY."
        )
    make_in(settings.data_dir)


def _start_servers(settings: Settings, say: "_Printer", running: contextlib.ExitStack) -> tuple[Embedded, Servers]:
    embedded = Embedded(
        settings.data_dir,
        database=settings.database is None,
        redis=settings.redis is None,
        say=lambda text: say("servers", text),
    )
    return embedded, running.enter_context(embedded)


def _urls(servers: Servers) -> dict[str, str]:
    named = {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
    return {name: url for name, url in named.items() if url}


def _for_children(environ: Mapping[str, str], *, own_database: bool) -> dict[str, str]:
    """This environment's programs first, output as it comes, and nothing that bends our database's address."""
    kept = {name: value for name, value in environ.items() if not (own_database and name.startswith("PG"))}
    programs = str(Path(sys.prefix) / "bin")
    return kept | {"PATH": f"{programs}{os.pathsep}{environ.get('PATH', os.defpath)}", "PYTHONUNBUFFERED": "1"}


def _wait_until_ready(doors: Sequence[Door], minders: Sequence[Minder]) -> None:
    deadline = time.monotonic() + READY_PATIENCE
    waiting = list(doors)
    while waiting:
        waiting = [door for door in waiting if not answers(door.address, door.page)]
        for minder in minders:
            if minder.ends:
                raise UpFailed(
                    f"{minder.job.name} ended ({how(minder.ends[0])}) before the line was up: its lines above say why."
                )
        if waiting and time.monotonic() >= deadline:
            names = " and ".join(door.name for door in waiting)
            raise UpFailed(f"No answer from {names} within {READY_PATIENCE:.0f} seconds: the lines above say why.")
        time.sleep(0.05)


def _where_to_look(settings: Settings, doors: Sequence[Door], embedded: Embedded) -> Panel:
    rows = Table.grid(padding=(0, 2))
    urls = {door.name: f"http://{door.address}/" for door in doors}
    if "exchange" in urls:
        rows.add_row("Page of phones", urls["exchange"])
    if "console" in urls:
        rows.add_row("Console", f"{settings.console_url}/")
        rows.add_row("", "come in with the link of: helpline invite NAME")
    rows.add_row("Calls come in at", f"{settings.public_url}/webhooks/voice/incoming")
    rows.add_row("Texts come in at", f"{settings.public_url}/webhooks/messages/incoming")
    rows.add_row("Data folder", str(settings.data_dir))
    if embedded.is_elsewhere:
        rows.add_row("Database's files", str(embedded.home))
    rows.add_row("Stop it with", "Ctrl-C")
    return Panel(rows, title="The line is up", title_align="left", expand=False)


class _Printer:
    """Prints each line behind the name of the process that wrote it."""

    def __init__(self, screen: Console) -> None:
        self._screen = screen

    def __call__(self, name: str, line: str) -> None:
        self._screen.print(Text.assemble((f"{name:>8} ", COLOURS.get(name, "bold")), Text.from_ansi(line)))


@contextlib.contextmanager
def _signals() -> Iterator[Callable[[], None]]:
    """The first signal stops the line; more of them do not disturb the stopping.

    What is raised while Python tidies up an object is lost. `heed`, which is yielded, raises it again.
    """
    asked = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if not asked:
            asked = True
            raise Stopped

    def heed() -> None:
        if asked:
            raise Stopped

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield heed
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
