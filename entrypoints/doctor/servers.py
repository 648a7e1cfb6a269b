"""Judges what runs here: database, doorbell, ticker, worker, and the rules that may never break. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from entrypoints.doctor.findings import Finding, fault, ok, skipped, warning

DATABASE, SCHEMA, LINE, CLOCK = "database", "schema", "line", "clock"
REDIS, WORKER, TICKER, OUTBOX, RULES = "redis", "worker", "ticker", "outbox", "rules"
SKEW_NOTICED, SKEW_HARMFUL = timedelta(seconds=2), timedelta(seconds=30)
TIMER_LATE, COMMAND_LATE = timedelta(seconds=5), timedelta(seconds=30)
RESTART = "Start helpline's processes again, and read what the stopped one wrote last."


def judge_database(problem: str | None) -> Finding:
    if problem:
        return fault(DATABASE, f"The database does not answer ({problem}).", "Start it, and check DATABASE_URL.")
    return ok(DATABASE, "The database answers.")


def judge_schema(current: frozenset[str], head: frozenset[str]) -> Finding:
    if current == head:
        return ok(SCHEMA, "The database has the schema that this version expects.")
    if not current:
        return fault(SCHEMA, "The database is empty.", "Run: helpline migrate")
    return fault(SCHEMA, "The database has the schema of another version of helpline.", "Run: helpline migrate")


def judge_line(name: str | None, version: str, problem: str | None) -> Finding:
    """`name` and `version` of the line in force; a `problem` if it cannot be read."""
    if problem:
        return fault(LINE, f"The line in force cannot be read: {problem}", "Correct the file and apply it again.")
    if name is None:
        return fault(LINE, "No line has been applied: nobody who calls is answered.", "Run: helpline line apply FILE")
    return ok(LINE, f"The line in force is {name}, version {version}.")


def judge_clock(ahead: timedelta) -> Finding:
    """`ahead` is by how much the database's clock is ahead of this machine's."""
    apart = abs(ahead).total_seconds()
    if abs(ahead) >= SKEW_HARMFUL:
        do = "Set both clocks by the network (NTP): until then calls are offered and given up at the wrong moment."
        return fault(CLOCK, f"This machine's clock and the database's are {apart:.0f} seconds apart.", do)
    if abs(ahead) >= SKEW_NOTICED:
        do = "Set both clocks by the network (NTP)."
        return warning(CLOCK, f"This machine's clock and the database's are {apart:.1f} seconds apart.", do)
    return ok(CLOCK, "This machine's clock and the database's agree.")


def judge_redis(problem: str | None) -> Finding:
    if problem:
        do = "Start it, and check REDIS_URL: until then everything waits for the next tick, a twentieth of a second."
        return warning(REDIS, f"Redis does not answer ({problem}).", do)
    return ok(REDIS, "Redis answers.")


def judge_worker(answered: bool | None) -> Finding:
    """Whether a worker came when the doorbell was rung; None if it could not be rung."""
    if answered is None:
        return skipped(WORKER, "Without Redis there is no doorbell to ring.")
    if not answered:
        do = f"{RESTART} Until then everything waits for the next tick."
        return warning(WORKER, "No worker came when the doorbell was rung.", do)
    return ok(WORKER, "A worker came when the doorbell was rung.")


def judge_ticker(answered: bool, late: timedelta, failing: int) -> Finding:
    """Whether a ticker did what was made due, how late the oldest timer was, and how many keep failing."""
    if not answered:
        return fault(TICKER, "No ticker runs: calls are not offered, and nobody's wait comes to an end.", RESTART)
    if failing:
        what = "timer keeps" if failing == 1 else "timers keep"
        return fault(TICKER, f"A ticker runs, but {failing} {what} failing.", "Read what the ticker logs as an error.")
    if late > TIMER_LATE:
        found = f"A ticker runs, but it was {late.total_seconds():.0f} seconds late."
        return warning(TICKER, found, "Give the machine or the database more room, or run a second ticker.")
    return ok(TICKER, "A ticker runs, and is on time.")


def judge_outbox(late: timedelta) -> Finding:
    """`late` is how long ago the oldest command for the carrier should have been carried out."""
    if late > COMMAND_LATE:
        found = f"A call or text has been waiting to be sent for {late.total_seconds():.0f} seconds."
        return fault(OUTBOX, found, "See whether the ticker runs and the carrier takes requests, below.")
    return ok(OUTBOX, "No call or text is waiting to be sent.")


def judge_rules(broken: Sequence[str]) -> Finding:
    if broken:
        more = f", and {len(broken) - 1} more" if len(broken) > 1 else ""
        do = "Look at that contact with helpline explain, and report it: this must never happen."
        return fault(RULES, f"A rule is broken: {broken[0]}{more}.", do)
    return ok(RULES, "Every rule that may never break holds.")
