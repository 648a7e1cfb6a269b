"""What a decision was made from, kept so that it can be made again: people by id, without names or numbers."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from helpline.nouns import Channel, Role, Tier
from routing.choose import Waiting
from routing.pool import Candidate, Pool

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def _moment(at: datetime | None) -> int | None:
    return None if at is None else (at - EPOCH) // MICROSECOND


def _at(moment: int | None) -> datetime | None:
    return None if moment is None else EPOCH + moment * MICROSECOND


def _same(value: Any) -> Any:
    return value


def _id(text: str) -> UUID:
    return UUID(hex=text)


def _ids(texts: Iterable[str]) -> frozenset[UUID]:
    return frozenset(map(_id, texts))


def _hexes(ids: Iterable[UUID]) -> list[str]:
    return sorted(one.hex for one in ids)


Coding = Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]]
"""For each field how it is written, and how it is read back."""

_PEOPLE: Coding = {
    "person": (lambda one: one.hex, _id),
    "role": (str, Role),
    "place": (_same, _same),
    "languages": (sorted, frozenset),
    "excludes": (sorted, frozenset),
    "on_shift": (_same, _same),
    "free_shares": (_same, _same),
    "paused_until": (_moment, _at),
    "idle_since": (_moment, _at),
    "skills": (sorted, lambda pairs: frozenset((name, level) for name, level in pairs)),
    "lapsed": (sorted, frozenset),
    "queues": (sorted, frozenset),
    "on_phone": (_same, _same),
    "free_texts": (_same, _same),
    "resting_until": (_moment, _at),
    "at_limit": (_same, _same),
    "absent": (_same, _same),
    "away": (_same, _same),
    "ending": (sorted, lambda channels: frozenset(map(Channel, channels))),
    "contacts_today": (_same, _same),
    "last_asked": (_moment, _at),
}
_CONTACT: Coding = {
    "contact": (lambda one: one.hex, _id),
    "channel": (str, Channel),
    "language": (_same, _same),
    "topics": (sorted, frozenset),
    "risk": (int, Tier),
    "front": (_same, _same),
    "arrived_at": (_moment, _at),
    "asked": (_hexes, _ids),
    "declined": (_hexes, _ids),
    "missed": (
        lambda missed: {one.hex: _moment(at) for one, at in sorted(missed.items())},
        lambda kept: {_id(one): _at(at) for one, at in kept.items()},
    ),
    "queue": (_same, _same),
    "is_taken": (_same, _same),
    "known": (_hexes, _ids),
    "known_until": (_moment, _at),
}


def pack(pool: Pool) -> bytes:
    """The people of a pool and its moment; not what was taken from it since."""
    rows = [[write(getattr(one, name)) for name, (write, _) in _PEOPLE.items()] for one in pool]
    kept = {"now": _moment(pool.now), "fields": list(_PEOPLE), "people": rows}
    return zlib.compress(json.dumps(kept, separators=(",", ":")).encode(), 1)


def unpack(kept: bytes, taken: Mapping[str, int], names: Mapping[UUID, str] | None = None) -> Pool:
    """The pool as it was when these shares had been taken from it."""
    body = json.loads(zlib.decompress(kept))
    known = names or {}
    people = []
    for row in body["people"]:
        facts = {name: _PEOPLE[name][1](value) for name, value in zip(body["fields"], row, strict=True)}
        people.append(Candidate(name=known.get(facts["person"], ""), **facts))
    now = _at(body["now"])
    if now is None:
        raise ValueError("a snapshot has a moment")
    return Pool(people, now, {_id(person): shares for person, shares in taken.items()})


def contact_facts(contact: Waiting) -> dict[str, Any]:
    """What a decision knew of the contact, as JSON can hold it."""
    return {name: write(getattr(contact, name)) for name, (write, _) in _CONTACT.items()}


def contact_from(facts: Mapping[str, Any]) -> Waiting:
    return Waiting(**{name: read(facts[name]) for name, (_, read) in _CONTACT.items()})


def taken_facts(pool: Pool) -> dict[str, int]:
    return {person.hex: shares for person, shares in pool.taken.items()}
