"""The people around the switchboard: whose phones are shown, what they sent, and the crowd that is only counted."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from exchange import Behaviour, Exchange, Phone
from exchange.live.directory import BadDirectory, Directory, Person, number, parse_person, words
from exchange.live.meter import Meter
from exchange.phones import Text

SENT_KEPT = 50
CALLER_NAMES = ("Sam", "Noor", "Kim", "Alex", "Robin", "Jo", "Ash", "Lou", "Remy", "Toni", "Wren", "Sasha")
_AREAS = ("212", "646", "718", "917", "347", "929", "914", "516", "631", "845")


class NumberTaken(Exception):
    """There is a phone with this number already."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """A phone that acts by itself. ``dial_after``: it rings the line so many seconds from now."""

    person: Person
    behaviour: Behaviour
    dial_after: float | None = None


@dataclass
class Desk:
    """Everyone who has a phone. ``people`` are shown one by one; simulated phones are not."""

    exchange: Exchange
    directory: Directory
    meter: Meter
    people: dict[str, Person] = field(default_factory=dict)
    simulated: set[str] = field(default_factory=set)
    sent: dict[str, deque[Text]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for person in self.directory.people:
            self.add(person)

    @property
    def line(self) -> str:
        """The number that people ring."""
        return self.directory.line.number

    def phone(self, e164: str) -> Phone | None:
        """The phone with this number, shown or simulated."""
        return self.exchange.phones.get(e164)

    def add(self, person: Person) -> Person:
        """Give a person a phone. Raises NumberTaken."""
        with self.exchange.lock:
            self._new_phone(person)
            self.people[person.number] = person
        return person

    def add_caller(self, name: str = "", role: str = "Caller") -> Person:
        """Give somebody a phone with a free fictional number, and a name if they have none."""
        with self.exchange.lock:
            taken = {person.name for person in self.people.values()}
            fresh = (candidate for candidate in CALLER_NAMES if candidate not in taken)
            free = next(candidate for candidate in fictional_numbers() if not self._taken(candidate))
            return self.add(Person(free, name or next(fresh, f"Caller {free[-2:]}"), role))

    def add_simulated(self, simulated: Simulated) -> None:
        """Add a phone that acts by itself. Raises NumberTaken."""
        with self.exchange.lock:
            phone = self._new_phone(simulated.person)
            self.simulated.add(phone.number)
            phone.auto = simulated.behaviour
            if simulated.dial_after is not None:
                self.exchange.agenda.after(simulated.dial_after, lambda: self.dial(phone))

    def dial(self, phone: Phone, to: str | None = None) -> None:
        """A phone rings the line, or another number of the account. Raises PhoneError."""
        self.meter.dialling(phone.number)
        phone.dial(to or self.line)

    def send_text(self, phone: Phone, body: str, to: str | None = None) -> None:
        """A phone texts the line; the page shows what was sent beside what came back."""
        with self.exchange.lock:
            phone.text(to or self.line, body)
            kept = self.sent.setdefault(phone.number, deque(maxlen=SENT_KEPT))
            kept.append(Text(self.exchange.agenda.now(), phone.number, body))

    def shown(self) -> list[Person]:
        """Callers first, then the people of the line, then strangers whom the line itself has rung or texted."""
        strangers = set(self.exchange.phones) - self.people.keys() - self.simulated
        for e164 in sorted(strangers):
            self.people[e164] = Person(e164, role="Not in the directory")
        return sorted(self.people.values(), key=lambda person: not person.calls_in)

    def crowd(self) -> list[Phone]:
        """The phones that are not shown one by one."""
        return [self.exchange.phones[e164] for e164 in self.simulated]

    def start_over(self) -> None:
        """Forget all calls, texts, faults and added phones; the directory's people stay."""
        with self.exchange.lock:
            self.exchange.reset()
            self.people.clear()
            self.simulated.clear()
            self.sent.clear()
            self.meter.clear()
            for person in self.directory.people:
                self.add(person)

    def _new_phone(self, person: Person) -> Phone:
        if self._taken(person.number):
            raise NumberTaken(f"{person.number} is somebody's number already")
        return self.exchange.phone(person.number, name=person.name)

    def _taken(self, e164: str) -> bool:
        return e164 == self.line or e164 in self.exchange.phones


def fictional_numbers() -> Iterator[str]:
    """Numbers set aside for fiction, +1 NPA 555 01xx: 41 to 99 first, which rosters seldom use."""
    for area, last in itertools.product(_AREAS, (*range(41, 100), *range(1, 41))):
        yield f"+1{area}55501{last:02d}"


def parse_simulated(entry: Any, where: str) -> Simulated:
    """A simulated phone from ``{"number", "behaviour": {…}, "dial_after"}``. Raises BadDirectory."""
    person = parse_person(entry, where)
    found = entry.get("behaviour", {})
    if not isinstance(found, Mapping):
        raise BadDirectory(f"{where}.behaviour: must be an object")
    return Simulated(person, parse_behaviour(found, f"{where}.behaviour"), _seconds(entry, "dial_after", where))


def parse_behaviour(found: Mapping[str, Any], where: str) -> Behaviour:
    """What a phone does by itself. ``press`` is keys, or pairs of seconds and keys. Raises BadDirectory."""
    known = {"answer_after", "press", "hang_up_after", "reply_to_text", "reply_after", "decline_after", "voicemail"}
    unknown = sorted(set(found) - known)
    if unknown:
        raise BadDirectory(f"{where}.{unknown[0]}: not known; known are {', '.join(sorted(known))}")
    reply = found.get("reply_to_text")
    if reply is not None and not isinstance(reply, str):
        raise BadDirectory(f"{where}.reply_to_text: must be a text")
    return Behaviour(
        answer_after=_seconds(found, "answer_after", where),
        press=_presses(found.get("press", []), where),
        hang_up_after=_seconds(found, "hang_up_after", where),
        reply_to_text=reply,
        reply_after=_seconds(found, "reply_after", where) or 1.0,
        decline_after=_seconds(found, "decline_after", where),
        voicemail=found.get("voicemail") is True,
    )


def parse_new_phone(entry: Mapping[str, Any]) -> tuple[str | None, str, str]:
    """Number if given, name and role of a phone to be added. Raises BadDirectory."""
    given = entry.get("number")
    role = words(entry, "role", "phone") or "Caller"
    return (None if given is None else number(given, "phone")), words(entry, "name", "phone"), role


def _presses(found: Any, where: str) -> tuple[tuple[float, str], ...]:
    pairs: Any = [[1.0, found]] if isinstance(found, str) else found
    try:
        return tuple((float(pause), str(keys)) for pause, keys in pairs)
    except (TypeError, ValueError):
        raise BadDirectory(f"{where}.press: must be keys, or pairs of seconds and keys") from None


def _seconds(entry: Mapping[str, Any], key: str, where: str) -> float | None:
    found = entry.get(key)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not 0 <= found <= 86_400:
        raise BadDirectory(f"{where}.{key}: must be seconds, from 0 to 86400")
    return float(found)
