"""The embedded servers of one folder, started and stopped together."""

import contextlib
import json
import os
import shutil
import socket
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qs, unquote, urlsplit

from helpline.embedded import postgres, redis_server
from helpline.embedded.account import Account, unprivileged
from helpline.embedded.errors import FolderUnusable, StartFailed
from helpline.embedded.keeper import Keeper
from helpline.embedded.places import hold, home_for, socket_folder

RECORD = "servers.json"


@dataclass(frozen=True)
class Servers:
    """Where the servers answer; an empty text for one that was not asked for."""

    database_url: str
    redis_url: str


class Embedded:
    """PostgreSQL and Redis for `folder`, from `start` to `stop`; either one comes back by itself if it dies.

    If we die, even by kill -9, so do they. `durable=False` is for tests: it may lose everything in a crash.
    `say` is told, in one sentence, whatever an operator should know.
    """

    def __init__(
        self,
        folder: Path,
        *,
        database: bool = True,
        redis: bool = True,
        durable: bool = True,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._folder = folder
        self._database = database
        self._redis = redis
        self._durable = durable
        self._say = say
        self._keepers: dict[str, Keeper] = {}
        self._lock: int | None = None
        self._home: Path | None = None
        self._sockets: Path | None = None

    @property
    def home(self) -> Path:
        """The folder that the servers' files are in; it is not the one asked for if that is closed to their user."""
        if self._home is None:
            raise FolderUnusable("The servers have no folder before they are started: call start first.")
        return self._home

    @property
    def is_elsewhere(self) -> bool:
        """Whether the servers' files are not in the folder asked for."""
        return self._home is not None and self._home != self._folder.resolve()

    @property
    def pids(self) -> dict[str, int]:
        """The process numbers of the servers that run now, by their names."""
        return {name: keeper.pid for name, keeper in self._keepers.items() if keeper.pid is not None}

    def start(self) -> Servers:
        """Starts what was asked for and returns once it answers; raises an `EmbeddedError` that says what to do."""
        if self._lock is not None:
            raise FolderUnusable("These servers are running already: stop them before starting them again.")
        if not (self._database or self._redis):
            return Servers("", "")
        try:
            return self._start()
        except OSError as refused:
            self.stop()
            raise FolderUnusable(
                f"The servers' files cannot be written ({refused}): "
                "put that right, or set HELPLINE_DATA_DIR to another folder."
            ) from refused
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stops the servers and returns when they are gone; harmless if they are not running."""
        if self._lock is None:
            return
        for keeper in self._keepers.values():
            keeper.stop()
        self._keepers.clear()
        self._put_away()
        os.close(self._lock)
        self._lock = None

    def __enter__(self) -> Servers:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self) -> Servers:
        account = unprivileged(self._folder.absolute() / "postgres")
        home = self._home = home_for(self._folder, account, durable=self._durable)
        if self.is_elsewhere and self._durable:
            self._say(f"User {account.name} may not enter {self._folder}: the servers' files are in {home}")
        self._lock = hold(home)
        account = unprivileged(home / "postgres")
        sockets = self._sockets = socket_folder(home, account, f"{postgres.SOCKET}.lock")
        if self._redis:
            self._start_redis(home, sockets, account)
        if self._database:
            recipe = postgres.recipe(home, sockets, account, durable=self._durable)
            self._keep("postgres", Keeper(recipe, self._say), postgres.answers(sockets))
        servers = Servers(
            postgres.url(sockets) if self._database else "", redis_server.url(sockets) if self._redis else ""
        )
        _write_record(self._folder, servers)
        return servers

    def _start_redis(self, home: Path, sockets: Path, account: Account) -> None:
        answers = redis_server.answers(sockets)
        recipe = redis_server.recipe(home, sockets, account, durable=self._durable)
        had_files = any(recipe.folder.iterdir())
        try:
            self._keep("redis", Keeper(recipe, self._say), answers)
        except StartFailed as failure:
            if not had_files:
                raise
            aside = redis_server.set_aside(home)
            self._say(f"Redis could not read its files, which are put away in {aside}; it starts anew: {failure}")
            recipe = redis_server.recipe(home, sockets, account, durable=self._durable)
            self._keep("redis", Keeper(recipe, self._say), answers)

    def _keep(self, name: str, keeper: Keeper, answers: Callable[[], bool]) -> None:
        self._keepers[name] = keeper
        keeper.start(answers)

    def _put_away(self) -> None:
        with contextlib.suppress(OSError):
            (self._folder / RECORD).unlink()
        if self._home is None:
            return
        if self._sockets is not None and self._sockets.parent != self._home:
            with contextlib.suppress(OSError):
                self._sockets.rmdir()
        if not self._durable and self.is_elsewhere:
            shutil.rmtree(self._home, ignore_errors=True)


def running(folder: Path) -> Servers | None:
    """The servers that another process runs for `folder` now, for a command in a second terminal; None if none do."""
    try:
        servers = Servers(**json.loads((folder / RECORD).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return servers if all(_listens(place) for place in _socket_paths(servers)) else None


def _write_record(folder: Path, servers: Servers) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = folder / f"{RECORD}.new"
    unfinished.write_text(json.dumps(asdict(servers)))
    unfinished.replace(folder / RECORD)


def _socket_paths(servers: Servers) -> list[str]:
    found = []
    if servers.database_url:
        found.append(f"{parse_qs(urlsplit(servers.database_url).query)['host'][0]}/{postgres.SOCKET}")
    if servers.redis_url:
        found.append(unquote(urlsplit(servers.redis_url).path))
    return found


def _listens(place: str) -> bool:
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as probe:
        try:
            probe.connect(place)
        except OSError:
            return False
    return True
