"""Why a contact went where it went: its journal, told as a coordinator would tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from helpline.database import Work
from helpline.tables import Contact, Event, Person


class NoContact(Exception):
    """There is no such contact."""


@dataclass(frozen=True)
class Happening:
    """One entry of the journal."""

    at: datetime
    what: str
    who: str | None
    reasons: Mapping[str, Any]


@dataclass(frozen=True)
class Story:
    """Everything the journal holds of one contact. `names` are those of the roster, by id."""

    contact: UUID
    channel: str
    state: str
    zone: ZoneInfo
    happenings: tuple[Happening, ...]
    names: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        return {
            "contact": str(self.contact),
            "channel": self.channel,
            "state": self.state,
            "journal": [
                {"at": one.at.isoformat(), "what": one.what, "who": one.who, "reasons": dict(one.reasons)}
                for one in self.happenings
            ],
        }


def story_of(work: Work, contact: str) -> Story:
    """The story of the contact with that id, or of the `last` one. NoContact if there is none."""
    found = _find(work, contact)
    if found is None:
        raise NoContact(f"There is no contact {contact}; `helpline explain last` tells of the latest.")
    names = {str(person.id): person.name for person in work.session.scalars(select(Person))}
    events = work.session.scalars(select(Event).where(Event.contact_id == found.id).order_by(Event.id))
    return Story(
        contact=found.id,
        channel=found.channel,
        state=found.state,
        zone=work.line(found.line_version_id).zone,
        happenings=tuple(
            Happening(event.at, event.what, names.get(str(event.person_id)), event.reasons) for event in events
        ),
        names=names,
    )


def as_sentences(story: Story) -> Iterator[str]:
    """The story, a line for each thing that happened, with why each person was or was not chosen."""
    yield f"Contact {story.contact}, by {story.channel}, is {story.state}."
    for one in story.happenings:
        clock = one.at.astimezone(story.zone).strftime("%H:%M:%S")
        who = f" {one.who}" if one.who else ""
        why = one.reasons.get("why") or one.reasons.get("reason")
        yield f"{clock}  {one.what.replace('.', ' ').replace('_', ' ')}{who}{f': {why}' if why else ''}"
        for person, words in one.reasons.get("words", {}).items():
            yield f"            {story.names.get(person, 'somebody')} {words}"


def _find(work: Work, contact: str) -> Contact | None:
    if contact == "last":
        return work.session.scalar(select(Contact).order_by(Contact.arrived_at.desc()).limit(1))
    try:
        return work.session.get(Contact, UUID(contact))
    except ValueError:
        return None
