"""The embedded Redis: no TCP, a private socket, and an append-only file."""

import signal
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from helpline.embedded.account import Account
from helpline.embedded.keeper import Recipe
from helpline.embedded.places import private_folder
from helpline.embedded.programs import find_redis, within_reach

SOCKET = "redis.sock"


def url(sockets: Path) -> str:
    """The server's URL for redis-py."""
    return f"unix://{quote(str(sockets / SOCKET))}"


def recipe(home: Path, sockets: Path, account: Account, *, durable: bool) -> Recipe:
    """Says how the server is run; its files are in `redis`, which is also its current folder."""
    folder = private_folder(home / "redis", account)
    program = within_reach(find_redis(account), account, home)
    settings = home / "redis.conf"
    settings.write_text(
        "port 0\n"
        f"unixsocket {sockets / SOCKET}\n"
        "unixsocketperm 700\n"
        "daemonize no\n"
        "pidfile redis.pid\n"
        "appendonly yes\n"
        f"appendfsync {'everysec' if durable else 'no'}\n"
        'save ""\n'
        "maxmemory-policy noeviction\n"
    )
    settings.chmod(0o644)
    return Recipe(
        name="Redis",
        command=[str(program.path), str(settings)],
        account=account,
        folder=folder,
        recorded=folder / "redis.pid",
        log=home / "redis.log",
        stop_signal=signal.SIGTERM,
        remove_first=(sockets / SOCKET,),
    )


def answers(sockets: Path) -> Callable[[], bool]:
    """Whether the server answers; while it reads its file back in, it does not yet."""

    def ready() -> bool:
        try:
            with redis.Redis(unix_socket_path=str(sockets / SOCKET), retry=Retry(NoBackoff(), 0)) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    return ready


def set_aside(home: Path) -> Path:
    """Puts away files that Redis cannot read any more: they only ever rang bells, the truth is in PostgreSQL."""
    number = 1
    while (aside := home / f"redis.unreadable-{number}").exists():
        number += 1
    (home / "redis").rename(aside)
    return aside
