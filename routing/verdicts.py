"""Verdicts in the journal: each with what it was made from, so that it can be made, and explained, again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from helpline import journal
from helpline.database import Work
from helpline.line import Line
from helpline.tables import Contact, Event, Person, Snapshot
from routing import snapshot
from routing.choose import Divert, Hold, Offer, Verdict, Waiting, choose
from routing.pool import Pool

KINDS = {Offer: "match.offer", Hold: "match.hold", Divert: "match.divert"}
LAST = (
    select(Event.contact_id, Event.what, Event.reasons["news"].astext)
    .where(Event.contact_id.in_(bindparam("contacts", expanding=True)), Event.what.in_(KINDS.values()))
    .ext(distinct_on(Event.contact_id))
    .order_by(Event.contact_id, Event.id.desc())
)
KEEP = insert(Snapshot).returning(Snapshot.id)


class NotReplayable(Exception):
    """What a verdict was made from is no longer kept, or it was made under a policy this version cannot read."""


class Record:
    """Writes down the verdicts of one pass; the people they all saw are kept once for each policy."""

    def __init__(self, work: Work, contacts: Collection[UUID]) -> None:
        self._work = work
        self._last = {row[0]: (row[1], row[2]) for row in work.session.execute(LAST, {"contacts": list(contacts)})}
        self._kept: dict[int, int] = {}

    def is_news(self, contact: Contact, waiting: Waiting, verdict: Verdict) -> bool:
        """Whether the verdict says something that the contact's last one did not."""
        news = _news(snapshot.contact_facts(waiting), verdict)
        return self._last.get(contact.id) != (KINDS[type(verdict)], news)

    def keep(self, contact: Contact, waiting: Waiting, pool: Pool, verdict: Verdict) -> bool:
        """Write the verdict down, unless it only repeats the contact's last one. Whether it was written."""
        kind, facts = KINDS[type(verdict)], snapshot.contact_facts(waiting)
        news = _news(facts, verdict)
        if self._last.get(contact.id) == (kind, news):
            return False
        if contact.line_version_id not in self._kept:
            row = {"at": self._work.now, "people": snapshot.pack(pool)}
            self._kept[contact.line_version_id] = self._work.session.connection().execute(KEEP, row).scalar_one()
        journal.note(
            self._work,
            kind,
            contact=contact.id,
            news=news,
            snapshot=self._kept[contact.line_version_id],
            line_version=contact.line_version_id,
            seen=facts,
            taken=snapshot.taken_facts(pool),
            **_outcome(verdict),
        )
        return True


def replay(verdict: Event, people: bytes, line: Line, names: Mapping[UUID, str] | None = None) -> Verdict:
    """Make the verdict again from what was kept of it: the same snapshot through the same engine."""
    kept = verdict.reasons
    pool = snapshot.unpack(people, kept["taken"], names)
    contact = snapshot.contact_from(kept["seen"])
    return choose(contact, pool, line.queue(contact.queue), pool.now, shares=line.capacity.of(contact.channel))


def is_as_kept(verdict: Event, made: Verdict) -> bool:
    """Whether a verdict made again is the one in the journal."""
    told = _outcome(made)
    return verdict.what == KINDS[type(made)] and all(verdict.reasons.get(name) == of for name, of in told.items())


def of_contact(work: Work, contact: UUID) -> Iterator[tuple[Event, Verdict]]:
    """Every verdict of a contact, oldest first, made again with the people's names."""
    names = {row.id: row.name for row in work.session.execute(select(Person.id, Person.name))}
    journalled = select(Event).where(Event.contact_id == contact, Event.what.in_(KINDS.values())).order_by(Event.id)
    for event in work.session.scalars(journalled):
        yield event, again(work, event, names)


def again(work: Work, verdict: Event, names: Mapping[UUID, str] | None = None) -> Verdict:
    """The journalled verdict, made again under the policy that governed it. NotReplayable if it cannot be."""
    return replay(verdict, snapshot_of(work, verdict), work.line(verdict.reasons["line_version"]), names)


def snapshot_of(work: Work, verdict: Event) -> bytes:
    """The people a journalled verdict saw. NotReplayable if they have been forgotten."""
    row = work.session.get(Snapshot, verdict.reasons.get("snapshot", 0))
    if row is None:
        raise NotReplayable("what this verdict was made from is no longer kept")
    return row.people


def _outcome(verdict: Verdict) -> dict[str, Any]:
    people = [person.hex for person in verdict.people] if isinstance(verdict, Offer) else []
    nobody = isinstance(verdict, Hold) and verdict.nobody
    return {"people": people, "nobody": nobody}


def _news(facts: Mapping[str, Any], verdict: Verdict) -> str:
    """A digest of the outcome, and of what of the contact it depended on."""
    seen = {name: facts[name] for name in ("asked", "declined", "missed", "language", "queue")}
    return _digest([_outcome(verdict), seen])


def _digest(facts: Any) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
