"""The one database: its engine, and a transaction that knows the time, the line and where to ring."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar, TypeVarTuple
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, Select, create_engine, insert, select
from sqlalchemy.orm import Session, sessionmaker

from helpline.clock import Clock
from helpline.line import Line, read_line
from helpline.privacy import Vault
from helpline.tables import Event, LineVersion

Answers = TypeVarTuple("Answers")
Value = TypeVar("Value")
IN_FORCE = select(LineVersion.id).order_by(LineVersion.id.desc()).limit(1)


class NoLine(Exception):
    """No line file has been applied to this database."""


def connect(url: str, *, pool: int = 10, ping: bool = True) -> Engine:
    """An engine whose errors never show the values of a statement.

    With `ping`, a connection that the database has dropped is noticed and replaced before it is used.
    """
    return create_engine(
        url,
        pool_size=pool,
        max_overflow=pool,
        pool_pre_ping=ping,
        hide_parameters=True,
        connect_args={"connect_timeout": 5, "options": "-c timezone=UTC -c lock_timeout=8000"},
    )


@dataclass
class Work:
    """One transaction: everything an effect may use."""

    session: Session
    now: datetime
    vault: Vault
    new_id: Callable[[], UUID]
    lines: Lines
    kept: Kept
    wanted: bool = field(default=False)
    notes: list[dict[str, object]] = field(default_factory=list)
    """What the journal is told, written in one statement when everything it names has been."""
    closing: dict[tuple[str, str], Callable[[], None]] = field(default_factory=dict)
    """What is done last of all, in this order, so that a row which everybody wants is locked only for the commit."""

    @cached_property
    def line_version(self) -> int:
        """The version in force; one transaction is governed by one policy."""
        return self.lines.current(self.session)

    def line(self, version: int | None = None) -> Line:
        """The policy of that version; without one, the policy in force."""
        return self.lines.get(self.session, version or self.line_version)

    def write_notes(self) -> None:
        """Write what the journal was told, after everything it names."""
        self.session.flush()
        if self.notes:
            self.session.connection().execute(insert(Event), self.notes)
            self.notes.clear()

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        """Whatever is done inside is taken back at its end, as if it had never been: a rehearsal within the work."""
        notes, closing, wanted = list(self.notes), dict(self.closing), self.wanted
        whole = self.session.begin_nested()
        try:
            yield
        finally:
            whole.rollback()
            self.notes[:], self.wanted = notes, wanted
            self.closing.clear()
            self.closing.update(closing)

    def want_doorbell(self) -> None:
        """Ask that the workers be woken once this is committed."""
        self.wanted = True


class Kept:
    """What a process keeps from one transaction to the next: one value of each name, for as long as its version holds.

    A version must never come again for another value.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[Hashable, Any]] = {}

    def get(self, name: str, version: Hashable, make: Callable[[], Value]) -> Value:
        """The value called `name` as of `version`, made now if it is not kept."""
        known = self._known.get(name)
        if known is None or known[0] != version:
            known = self._known[name] = (version, make())
        value: Value = known[1]
        return value


class Lines:
    """Line versions never change, so each is read once."""

    def __init__(self) -> None:
        self._read: dict[int, Line] = {}

    def current(self, session: Session) -> int:
        version = session.scalar(IN_FORCE)
        if version is None:
            raise NoLine("no line has been applied; run `helpline line apply FILE`")
        return version

    def get(self, session: Session, version: int) -> Line:
        if version not in self._read:
            row = session.get_one(LineVersion, version)
            self._read[version] = read_line(row.policy, f"line version {version}")
        return self._read[version]


class Database:
    """Opens transactions. After a commit that wants it, `doorbell` is rung, once."""

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Clock,
        vault: Vault,
        new_id: Callable[[], UUID],
        doorbell: Callable[[], None],
    ) -> None:
        self.engine = engine
        self._sessions = sessionmaker(engine, expire_on_commit=False, autoflush=True)
        self._clock, self._vault, self._new_id, self._doorbell = clock, vault, new_id, doorbell
        self._lines, self._kept = Lines(), Kept()
        self._stage: Connection | None = None

    def now(self) -> datetime:
        """The time, for whoever has no transaction open."""
        return self._clock.now()

    def look(self, question: Select[*Answers], **values: object) -> Row[*Answers]:
        """One row of a question that needs no transaction, which is much cheaper than opening one."""
        if self._stage is not None:
            return self._stage.execute(question, values).one()
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            return connection.execute(question, values).one()

    @contextmanager
    def rehearsing(self) -> Iterator[Database]:
        """The same database for a rehearsal: whatever is done there is taken back at the end, and no doorbell rings."""
        with self.engine.connect() as connection:
            whole = connection.begin()
            try:
                stage = copy(self)
                stage._stage, stage._doorbell = connection, lambda: None
                stage._sessions = sessionmaker(
                    connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
                )
                yield stage
            finally:
                whole.rollback()

    @contextmanager
    def work(self, *, awake: bool = False) -> Iterator[Work]:
        """One transaction, committed at the end and rolled back on any error.

        Whoever is `awake` looks again afterwards by themself: nobody is woken for what they have decided.
        """
        with self._sessions() as session:
            work = Work(session, self._clock.now(), self._vault, self._new_id, self._lines, self._kept)
            with session.begin():
                yield work
                work.write_notes()
                for last in sorted(work.closing):
                    work.closing[last]()
        if work.wanted and not awake:
            self._doorbell()
