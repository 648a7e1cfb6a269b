"""The embedded PostgreSQL: made once, started without TCP, entered by name through a private socket."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

import psycopg

from helpline.embedded.account import Account
from helpline.embedded.errors import StartFailed, WrongVersion
from helpline.embedded.keeper import Recipe, environment, run_as
from helpline.embedded.places import private_folder
from helpline.embedded.programs import Program, find_postgres, within_reach

SOCKET = ".s.PGSQL.5432"
OWNER = "helpline"
DATABASE = "helpline"
SUPERUSER = "postgres"
INIT_PATIENCE = 120.0

SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "huge_pages": "off",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_checkpoints": "off",
    # An error's text can quote a row: such messages go to the client, and never into the log.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "1h",
}


def url(sockets: Path) -> str:
    """The database's URL for SQLAlchemy."""
    return f"postgresql+psycopg://{OWNER}@/{DATABASE}?host={quote(str(sockets))}&port=5432"


def recipe(home: Path, sockets: Path, account: Account, *, durable: bool) -> Recipe:
    """Makes the database's files if there are none, and says how its server is run."""
    folder = home / "postgres"
    program = within_reach(find_postgres(account, _made_by(folder)), account, home)
    if not folder.exists():
        _create(program, folder, account, durable=durable)
    settings = {
        **SETTINGS,
        **({} if durable else FORGETFUL),
        "unix_socket_directories": str(sockets),
        "hba_file": str(home / "pg_hba.conf"),
        "ident_file": str(home / "pg_ident.conf"),
    }
    _write_access(home, account)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Recipe(
        name="PostgreSQL",
        command=[str(program.path), "-D", str(folder), *options],
        account=account,
        folder=folder,
        recorded=folder / "postmaster.pid",
        log=home / "postgres.log",
        stop_signal=signal.SIGINT,
        # After kill -9 these name a process number that by now may be anyone's, which PostgreSQL takes for itself.
        remove_first=(folder / "postmaster.pid", sockets / SOCKET, sockets / f"{SOCKET}.lock"),
    )


def answers(sockets: Path) -> Callable[[], bool]:
    """Whether the server takes connections; once it does, our user and our database are there as well."""

    def ready() -> bool:
        try:
            with psycopg.connect(
                host=str(sockets), port=5432, user=SUPERUSER, dbname="postgres", autocommit=True
            ) as db:
                _furnish(db)
        except psycopg.OperationalError as refused:
            if "authentication failed" in str(refused):
                raise StartFailed(
                    f"The database in {sockets.parent} does not know this operating system user: "
                    "start helpline as the user who made it."
                ) from refused
            return False
        return True

    return ready


def _furnish(db: "psycopg.Connection[tuple[object, ...]]") -> None:
    """The user may make databases, which tests need, and is no superuser, who could run programs."""
    if not db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone():
        db.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
    if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
        db.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


def _made_by(folder: Path) -> int | None:
    """The major version that made the database in `folder`; None if there is none yet."""
    if not folder.exists():
        return None
    try:
        return int((folder / "PG_VERSION").read_text())
    except (OSError, ValueError) as unreadable:
        raise WrongVersion(
            f"{folder} is there but holds no PostgreSQL database: "
            "move it away, or set HELPLINE_DATA_DIR to another folder."
        ) from unreadable


def _create(program: Program, folder: Path, account: Account, *, durable: bool) -> None:
    """Makes the database beside its place and renames it there, so that half of one is never taken for a whole."""
    unfinished = folder.with_name("postgres.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    private_folder(unfinished, account)
    command = [
        str(program.path.parent / "initdb"),
        "--pgdata", str(unfinished), "--username", SUPERUSER, "--encoding", "UTF8", "--locale", "C",
        "--auth-local", "peer", "--auth-host", "reject", "--data-checksums",
        *([] if durable else ["--no-sync"]),
    ]  # fmt: skip
    done = _run(run_as(account, command, signal.SIGKILL), unfinished)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it wrote nothing"])[-1].removeprefix("initdb: ")
        raise StartFailed(
            f"PostgreSQL could not make a database in {folder} ({reason}): "
            "put that right, or set DATABASE_URL to a database of your own."
        )
    unfinished.rename(folder)
    if durable:
        _flush(folder.parent)


def _run(command: Sequence[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=INIT_PATIENCE, check=False
    )


def _write_access(home: Path, account: Account) -> None:
    """Lets in the servers' user and ourselves, by the name that the kernel vouches for, and nobody else."""
    names = {account.name, "root"} if account.drop else {account.name}
    lines = [f'helpline "{name}" {role}\n' for name in sorted(names) for role in (SUPERUSER, OWNER)]
    _write(home / "pg_ident.conf", "".join(lines))
    _write(home / "pg_hba.conf", "local all all peer map=helpline\n")


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o644)


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
