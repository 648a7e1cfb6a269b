"""The embedded servers outlive kill -9 of themselves, and never outlive the process that started them."""

import contextlib
import os
import signal
import subprocess
import sys
import threading

import psycopg
import pytest
import redis

from helpline.embedded import Embedded, FolderInUse
from helpline.embedded.leftovers import clear_out, working_in


def rows(servers, connect):
    try:
        with connect(servers) as db:
            return len(db.execute("SELECT n FROM kept").fetchall())
    except psycopg.OperationalError:
        return 0


def entry(servers):
    try:
        with redis.Redis.from_url(servers.redis_url) as bell:
            return bell.get("kept")
    except redis.RedisError:
        return None


def test_rows_are_there_after_a_stop_and_a_start(folder, connect):
    with Embedded(folder, redis=False) as servers, connect(servers) as db:
        db.execute("CREATE TABLE kept AS SELECT generate_series(1, 5) AS n")
    with Embedded(folder, redis=False) as servers:
        assert rows(servers, connect) == 5


def test_postgres_killed_comes_back_with_every_acknowledged_row(folder, connect, eventually):
    said = []
    embedded = Embedded(folder, redis=False, say=said.append)
    servers = embedded.start()
    with connect(servers) as db:
        db.execute("CREATE TABLE kept (n int)")
        for n in range(200):
            db.execute("INSERT INTO kept VALUES (%s)", [n])
    for _ in range(2):
        killed = embedded.pids["postgres"]
        os.kill(killed, signal.SIGKILL)
        eventually(lambda killed=killed: embedded.pids.get("postgres", killed) != killed)
        eventually(lambda: rows(servers, connect) == 200)
    embedded.stop()
    assert said == ["PostgreSQL ended unexpectedly (signal 9); starting it again"] * 2


def test_postgres_killed_under_a_long_query_comes_back(folder, connect, eventually):
    embedded = Embedded(folder, redis=False)
    servers = embedded.start()
    busy = connect(servers)

    def ask() -> None:
        with contextlib.suppress(psycopg.Error):
            busy.execute("SELECT pg_sleep(120)")

    asked = threading.Thread(target=ask)
    asked.start()
    with connect(servers) as db:
        eventually(lambda: db.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'").fetchone())
        db.execute("CREATE TABLE kept AS SELECT 1 AS n")
    os.kill(embedded.pids["postgres"], signal.SIGKILL)
    eventually(lambda: rows(servers, connect) == 1)
    asked.join()
    embedded.stop()


def test_redis_killed_comes_back_with_its_entries(folder, eventually):
    embedded = Embedded(folder, database=False)
    servers = embedded.start()
    with redis.Redis.from_url(servers.redis_url) as bell:
        bell.set("kept", "yes")
    killed = embedded.pids["redis"]
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: embedded.pids.get("redis", killed) != killed and entry(servers) == b"yes")
    embedded.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start clears up")
def test_the_servers_die_with_the_process_that_started_them(folder, held, is_running, eventually):
    with held(folder) as line:
        line.kill_holder()
        eventually(lambda: not any(is_running(pid) for pid in line.pids))


def test_the_next_start_is_sound_even_before_the_old_servers_are_gone(folder, held, connect, is_running):
    with held(folder) as line:
        with connect(line.servers) as db:
            db.execute("CREATE TABLE kept AS SELECT generate_series(1, 5) AS n")
        line.kill_holder()
        with Embedded(folder) as servers:
            assert rows(servers, connect) == 5
            assert not any(is_running(pid) for pid in line.pids)


def test_the_servers_outlive_the_thread_that_started_them(folder, connect):
    embedded = Embedded(folder, durable=False)
    started = []
    thread = threading.Thread(target=lambda: started.append(embedded.start()))
    thread.start()
    thread.join()
    pids = embedded.pids
    with connect(started[0]) as db:
        db.execute("CREATE TABLE kept AS SELECT 1 AS n")
    assert rows(started[0], connect) == 1
    assert embedded.pids == pids
    embedded.stop()


def test_a_second_start_is_refused_in_one_sentence_and_the_first_lives_on(folder, held, connect, is_running):
    with held(folder) as line:
        with pytest.raises(
            FolderInUse, match=r"already running its servers in .*: stop it first, or set HELPLINE_DATA"
        ):
            Embedded(folder).start()
        assert all(is_running(pid) for pid in line.pids)
        with connect(line.servers) as db:
            assert db.execute("SELECT 1").fetchone() == (1,)
    with Embedded(folder, redis=False), pytest.raises(FolderInUse):
        Embedded(folder, redis=False).start()


def test_a_server_left_over_is_stopped_and_a_shell_that_looks_around_is_not(folder, is_running, eventually):
    embedded = Embedded(folder, redis=False, durable=False)
    embedded.start()
    pid, place = embedded.pids["postgres"], folder / "postgres"
    with subprocess.Popen(["/bin/sleep", "60"], cwd=place) as visitor:
        assert pid in working_in(place, place / "postmaster.pid")
        clear_out(place, place / "postmaster.pid", signal.SIGINT)
        assert not is_running(pid)
        assert visitor.poll() is None
        visitor.kill()
    embedded.stop()


def test_a_server_that_does_not_stop_when_asked_is_killed(folder, is_running, monkeypatch):
    monkeypatch.setattr("helpline.embedded.leftovers.PATIENCE", 0.2)
    embedded = Embedded(folder, database=False, durable=False)
    embedded.start()
    pid, place = embedded.pids["redis"], folder / "redis"
    os.kill(pid, signal.SIGSTOP)
    clear_out(place, place / "redis.pid", signal.SIGTERM)
    assert not is_running(pid)
    embedded.stop()
