"""The embedded servers start anywhere, from any half-finished or foreign folder, or say in one sentence why not."""

import contextlib
import json
import os
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import redis

from helpline.embedded import (
    Embedded,
    FolderUnusable,
    NoAccount,
    ServerMissing,
    Servers,
    StartFailed,
    WrongVersion,
    account,
    keeper,
    postgres,
    programs,
    running,
)

NOWHERE = Path("/nonexistent")


def sockets_of(servers: Servers) -> Path:
    return Path(parse_qs(urlsplit(servers.database_url).query)["host"][0])


def database_made_in(folder: Path) -> Path:
    with Embedded(folder, redis=False, durable=False):
        pass
    return folder / "postgres"


def test_both_servers_answer_and_listen_on_no_network(folder, connect):
    with Embedded(folder, durable=False) as servers:
        with connect(servers) as db:
            assert db.execute("SHOW listen_addresses").fetchone() == ("",)
            assert db.execute("SELECT pg_encoding_to_char(encoding) FROM pg_database").fetchone() == ("UTF8",)
            assert db.execute("SHOW data_checksums").fetchone() == ("on",)
        with redis.Redis.from_url(servers.redis_url, decode_responses=True) as bell:
            assert bell.config_get("port") == {"port": "0"}
            assert bell.config_get("appendonly") == {"appendonly": "yes"}


@pytest.mark.parametrize(("durable", "expected"), [(True, "on"), (False, "off")])
def test_a_line_s_own_database_is_durable_and_a_test_s_is_not(folder, connect, durable, expected):
    with Embedded(folder, redis=False, durable=durable) as servers, connect(servers) as db:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert db.execute(f"SHOW {name}").fetchone() == (expected,)


def test_the_line_s_user_may_make_databases_but_is_no_superuser(folder, connect):
    with Embedded(folder, redis=False, durable=False) as servers, connect(servers) as db:
        db.execute("CREATE DATABASE another")
        assert db.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)


def test_what_a_caller_said_never_gets_into_the_server_s_log(folder, connect):
    embedded = Embedded(folder, redis=False, durable=False)
    with connect(embedded.start()) as db:
        db.execute("CREATE TABLE said (number text UNIQUE)")
        for _ in range(2):
            with contextlib.suppress(psycopg.errors.UniqueViolation):
                db.execute("INSERT INTO said VALUES ('+12125550199')")
        with pytest.raises(psycopg.Error):
            db.execute("SELECT '+12125550199'::date")
    embedded.stop()
    assert "ready to accept connections" in (folder / "postgres.log").read_text()
    assert "5550199" not in (folder / "postgres.log").read_text()


def test_only_what_was_asked_for_is_started(folder):
    embedded = Embedded(folder, database=False, durable=False)
    servers = embedded.start()
    assert (servers.database_url, set(embedded.pids)) == ("", {"redis"})
    embedded.stop()
    with Embedded(folder / "none", database=False, redis=False) as servers:
        assert servers == Servers("", "")
    assert not (folder / "none").exists()


def test_a_second_terminal_finds_the_servers_while_they_run(folder):
    assert running(folder) is None
    with Embedded(folder, durable=False) as servers:
        assert running(folder) == servers
        left_behind = (folder / "servers.json").read_text()
    assert running(folder) is None
    assert json.loads(left_behind)
    (folder / "servers.json").write_text(left_behind)
    assert running(folder) is None


def test_a_half_made_database_is_made_anew(folder, connect):
    made = database_made_in(folder)
    made.rename(folder / "postgres.new")
    (folder / "postgres.new" / "PG_VERSION").unlink()
    with Embedded(folder, redis=False, durable=False) as servers, connect(servers) as db:
        assert db.execute("SELECT 1").fetchone() == (1,)
    assert not (folder / "postgres.new").exists()


def test_a_folder_that_holds_no_database_is_left_alone(folder):
    made = database_made_in(folder)
    (made / "PG_VERSION").unlink()
    with pytest.raises(WrongVersion, match=r"holds no PostgreSQL database: move it away, or set HELPLINE_DATA_DIR"):
        Embedded(folder, redis=False).start()
    assert (made / "base").is_dir()


def test_a_database_of_a_version_that_is_not_here_is_refused_in_one_sentence(folder):
    (database_made_in(folder) / "PG_VERSION").write_text("9\n")
    with pytest.raises(WrongVersion, match=r"made by PostgreSQL 9 and this machine has .*: install PostgreSQL 9, or"):
        Embedded(folder, redis=False).start()


def test_a_process_number_reused_after_a_crash_does_not_keep_postgres_from_starting(folder, connect):
    embedded = Embedded(folder, redis=False, durable=False)
    embedded.start()
    stale = folder / "postgres" / "postmaster.pid"
    lines = stale.read_text().splitlines()
    embedded.stop()
    owner = stale.parent.stat()
    as_owner = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["/bin/sleep", "60"], **as_owner) as stranger:
        stale.write_text("\n".join([str(stranger.pid), *lines[1:], ""]))
        with Embedded(folder, redis=False, durable=False) as servers, connect(servers) as db:
            assert db.execute("SELECT 1").fetchone() == (1,)
        assert stranger.poll() is None
        stranger.kill()


def test_a_database_stays_with_the_version_that_made_it(folder, connect, monkeypatch):
    with monkeypatch.context() as bare:
        bare.setenv("PATH", str(NOWHERE))
        bare.setattr(programs, "DEBIAN", NOWHERE)
        with Embedded(folder, durable=False) as servers, connect(servers) as db:
            made_by = db.execute("SHOW server_version_num").fetchone()
            with redis.Redis.from_url(servers.redis_url) as bell:
                assert bell.ping()
    with Embedded(folder, durable=False) as servers, connect(servers) as db:
        assert db.execute("SHOW server_version_num").fetchone() == made_by


def test_without_any_server_program_the_message_says_what_to_install(folder, monkeypatch):
    monkeypatch.setenv("PATH", str(NOWHERE))
    monkeypatch.setattr(programs, "DEBIAN", NOWHERE)
    monkeypatch.setattr(programs, "_bundled", lambda *_: iter(()))
    with pytest.raises(ServerMissing, match=r"install the system's postgresql.* or set DATABASE_URL"):
        Embedded(folder, redis=False).start()
    with pytest.raises(ServerMissing, match=r"install the system's redis.* or set REDIS_URL"):
        Embedded(folder, database=False).start()


def test_redis_files_that_cannot_be_read_are_put_away_because_they_only_ring_bells(folder):
    with Embedded(folder, database=False):
        pass
    broken = next(path for path in (folder / "redis").rglob("*") if path.is_file() and "appendonly" in path.name)
    broken.write_text("not a command\r\n" * 3)
    said: list[str] = []
    with (
        Embedded(folder, database=False, say=said.append) as servers,
        redis.Redis.from_url(servers.redis_url) as bell,
    ):
        assert bell.ping()
    assert (folder / "redis.unreadable-1").is_dir()
    assert "put away" in said[0]


def test_a_server_that_ends_at_once_gives_its_own_reason(folder, monkeypatch):
    monkeypatch.setitem(postgres.SETTINGS, "max_connections", "-1")
    with pytest.raises(StartFailed, match=r"PostgreSQL ended at once \(.*max_connections.*\): see .*/postgres\.log"):
        Embedded(folder, redis=False, durable=False).start()


def test_a_deep_folder_or_a_strange_name_gets_its_sockets_in_a_short_one(folder, connect):
    for name in ("a" * 90, "with spaces, and a 'quote'"):
        with Embedded(folder / name / "line", durable=False) as servers:
            sockets = sockets_of(servers)
            assert len(os.fsencode(sockets)) < 90
            with connect(servers) as db:
                assert db.execute("SELECT 1").fetchone() == (1,)
            with redis.Redis.from_url(servers.redis_url) as bell:
                assert bell.ping()
        assert not sockets.exists()


def test_a_folder_open_to_everyone_is_refused(folder):
    if os.geteuid() != 0:
        pytest.skip("only root's servers mind")
    (folder / "open").mkdir()
    (folder / "open").chmod(0o777)
    with pytest.raises(FolderUnusable, match=r"can be written in by everyone: close it \(chmod o-w"):
        Embedded(folder / "open").start()


def test_a_file_in_the_folder_s_place_is_refused_in_one_sentence(folder):
    (folder / "line").write_text("")
    with pytest.raises(FolderUnusable, match=r"set HELPLINE_DATA_DIR to"):
        Embedded(folder / "line").start()


def test_root_without_an_ordinary_user_is_told_what_to_add(folder, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(account, "PREFERRED", ("nobody-by-this-name",))
    with pytest.raises(NoAccount, match=r"add one .* or set DATABASE_URL and REDIS_URL"):
        Embedded(folder).start()


def test_a_long_log_is_put_aside_when_a_server_starts(folder, monkeypatch):
    monkeypatch.setattr(keeper, "LARGEST_LOG", 10)
    for _ in range(2):
        with Embedded(folder, database=False, durable=False):
            pass
    assert (folder / "redis.log.1").exists()


def test_stopping_twice_is_harmless_and_leaves_no_process(folder, is_running):
    embedded = Embedded(folder, durable=False)
    embedded.start()
    pids = embedded.pids
    assert set(pids) == {"postgres", "redis"}
    embedded.stop()
    embedded.stop()
    assert not any(is_running(pid) for pid in pids.values())
