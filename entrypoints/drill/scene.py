"""One scenario under way: its people, its callers, its world, and what it may expect of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import func, select

from entrypoints.drill.world import World
from entrypoints.people import Recruit, RosterError, recruits
from exchange import Phone
from helpline.line import load_line
from helpline.nouns import CONTACT_OVER, ContactState
from helpline.tables import Caller, Contact, Event

PATIENCE = 30.0
WORD_OF_STATE = {
    "waiting": frozenset({ContactState.ARRIVED, ContactState.QUEUED, ContactState.OFFERED}),
    "connected": frozenset({ContactState.CONNECTED}),
    "abandoned": frozenset({ContactState.ABANDONED}),
    "diverted": frozenset({ContactState.DIVERTED}),
    "closed": frozenset({ContactState.CLOSED}),
}


class NotSo(Exception):
    """An expectation of the drill was not met."""


Row = Mapping[str, str]
USUALLY = {"role": "peer", "languages": "en", "on shift": "yes"}
"""What holds for everybody in a table that leaves the column out."""


@dataclass
class Drill:
    """One scenario under way. `since` is the moment of the last When."""

    make_world: Callable[[Path, datetime], World]
    line_path: Path
    folder: Path
    line_text: str | None = None
    day: datetime | None = None
    people: Sequence[Recruit] = ()
    since: datetime = field(default_factory=lambda: datetime.min.replace(tzinfo=UTC))
    expected_errors: set[str] = field(default_factory=set)
    """The events of errors that this drill means to see in the log."""
    _world: World | None = None
    _callers: dict[str, Phone] = field(default_factory=dict)
    _past: set[UUID] = field(default_factory=set)

    @property
    def world(self) -> World:
        """The world, made when the first step needs it."""
        if self._world is None:
            with self._line_file() as path:
                zone = load_line(path).zone
            start = (self.day or datetime(2026, 3, 7, 23, 30)).replace(tzinfo=zone)  # noqa: DTZ001
            with self._line_file() as path:
                self._world = self.make_world(path, start)
            self.since = self._world.clock.now()
            self._enlist()
        return self._world

    @contextmanager
    def _line_file(self) -> Iterator[Path]:
        """The line file, or a copy with what this drill changes in it."""
        if self.line_text is None:
            yield self.line_path
            return
        with TemporaryDirectory(prefix="helpline-drill-line-") as folder:
            path = Path(folder, self.line_path.name)
            path.write_text(self.line_text, encoding="utf-8")
            yield path

    def rewrite_line(self, change: Callable[[str], str]) -> None:
        """Another line file for this drill: as it is, changed. NotSo once anything has happened under it."""
        if self.begun:
            raise NotSo("the line's values must be given before anything happens")
        self.line_text = change(self.line_text or self.line_path.read_text(encoding="utf-8"))

    @property
    def begun(self) -> bool:
        return self._world is not None

    def employ(self, rows: Sequence[Row]) -> None:
        """The people of the line; a later table replaces an earlier one."""
        numbered = []
        for place, row in enumerate(rows):
            numbered.append({**USUALLY, **row, "number": f"+121255501{20 + place:02d}"})
        kept = {one.name: one for one in self.people}
        self.people = [_keep_excludes(one, kept) for one in recruits(numbered, "these people")]
        if self.begun:
            self._enlist()

    def exclude(self, name: str, topic: str) -> None:
        found = [one for one in self.people if one.name == name]
        if not found:
            raise RosterError(f"nobody is called {name}")
        self.people = [
            Recruit(**{**one.__dict__, "excludes": (*one.excludes, topic.lower())}) if one.name == name else one
            for one in self.people
        ]
        if self.begun:
            self._enlist()

    def caller(self, name: str) -> Phone:
        """The phone of a caller; a new name is a new caller."""
        if name not in self._callers:
            number = f"+164655501{len(self._callers):02d}"
            self._callers[name] = self.world.network.phone(number, name=name)
        return self._callers[name]

    def staff(self, name: str) -> Phone:
        """The phone of somebody of the roster."""
        one = next((one for one in self.people if one.name == name), None)
        if one is None:
            raise NotSo(f"nobody of these people is called {name}")
        return self.world.network.phone(one.number, name=name)

    def anybody(self, name: str) -> Phone:
        if name == "the partner line":
            return self.partner()
        return self.caller(name.strip('"')) if name.startswith('"') else self.staff(name)

    def partner(self) -> Phone:
        """The phone of the line that callers are passed on to."""
        return self.world.network.phone(self.world.line.divert.partner_number, name="the partner line")

    def expect(self, reached: Callable[[], bool], seconds: float, otherwise: str) -> None:
        """`reached` must be so now or within so many seconds."""
        if not self.world.run_until(reached, seconds):
            raise NotSo(otherwise)

    def never(self, happened: Callable[[], bool], seconds: float, otherwise: str) -> None:
        """`happened` must not become so while so many seconds pass."""
        if self.world.run_until(happened, seconds):
            raise NotSo(otherwise)

    def act(self) -> None:
        """Something is about to be done: expectations look back to here."""
        self.since = self.world.clock.now()

    def rang(self, phone: Phone) -> bool:
        """Whether the phone rings, or began to since the last When."""
        return phone.ringing or any(ring.at >= self.since for ring in phone.rings)

    def wait_for_ring(self, phone: Phone) -> None:
        self.expect(lambda: phone.ringing, PATIENCE, f"{phone.name}'s phone did not ring within 30 seconds")

    def wait_for_company(self, phone: Phone) -> None:
        """Keys for the conversation are pressed in it: let it begin."""
        company = self.world.network.connected_to
        self.expect(lambda: bool(company(phone.number)), 5, f"{phone.name} is not connected to anybody")

    def press(self, phone: Phone, keys: str) -> None:
        """Press keys, on a call that is just being connected too."""
        self.expect(lambda: phone.in_call, 5, f"{phone.name} is not in a call")
        phone.press(keys)
        self.world.settle()

    def contacts(self) -> list[Contact]:
        with self.world.database.work() as work:
            arrival = select(func.min(Event.id)).where(Event.contact_id == Contact.id).scalar_subquery()
            every = work.session.scalars(select(Contact).order_by(Contact.arrived_at, arrival)).all()
        return [one for one in every if one.id not in self._past]

    def forget_contacts(self) -> None:
        """What happened so far is the past: no step of the drill speaks of it."""
        self._past |= {one.id for one in self.contacts()}

    def contact_of(self, name: str) -> Contact:
        """The latest contact of one caller."""
        caller = self.caller(name)
        with self.world.database.work() as work:
            known = work.session.scalar(
                select(Caller.id).where(Caller.number_key.in_(work.vault.fingerprints(caller.number)))
            )
        theirs = [one for one in self.contacts() if one.caller_id == known]
        if not theirs:
            raise NotSo(f"{name} has no contact")
        return theirs[-1]

    def contact(self) -> Contact:
        """The contact a drill speaks of: the latest that is not over, else the latest."""
        every = self.contacts()
        if not every:
            raise NotSo("there is no contact")
        alive = [one for one in every if one.state not in CONTACT_OVER]
        return (alive or every)[-1]

    def _enlist(self) -> None:
        if self._world is not None:
            for one in self.people:
                self._world.network.phone(one.number, name=one.name)
            self._world.enlist(list(self.people))


def _keep_excludes(one: Recruit, kept: Mapping[str, Recruit]) -> Recruit:
    excludes = kept[one.name].excludes if one.name in kept and not one.excludes else one.excludes
    return Recruit(**{**one.__dict__, "excludes": excludes})
