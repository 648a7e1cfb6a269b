"""Why a contact went where it went: its journal, told as a coordinator would tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from helpline.database import Work
from helpline.nouns import WAITING
from helpline.tables import Contact, Event, Person
from routing import verdicts
from routing.callers import key_of
from routing.match import verdict_for
from routing.reasons import Reason

MADE_FROM = frozenset({"seen", "taken", "news", "snapshot"})
"""What a verdict can be made again from; nothing that a reader wants to see."""
OTHERWISE = "this version of the engine would decide otherwise"


class NoContact(Exception):
    """There is no such contact."""


@dataclass(frozen=True)
class Happening:
    """One entry of the journal."""

    at: datetime
    what: str
    who: str | None
    reasons: Mapping[str, Any]
    people: Sequence[Reason] = ()
    """Why each person was or was not asked, where this is a verdict of the engine: made again to be told."""
    note: str = ""


@dataclass(frozen=True)
class Story:
    """Everything the journal holds of one contact."""

    contact: UUID
    caller: str
    """How the commands of the line name the caller, without their number."""
    channel: str
    state: str
    zone: ZoneInfo
    happenings: tuple[Happening, ...]
    as_it_stands: Sequence[Reason] = ()
    """What the engine would say at this moment of everybody, while the contact waits."""

    def as_json(self) -> dict[str, Any]:
        return {
            "contact": str(self.contact),
            "caller": self.caller,
            "channel": self.channel,
            "state": self.state,
            "journal": [
                {
                    "at": one.at.isoformat(),
                    "what": one.what,
                    "who": one.who,
                    "reasons": {key: told for key, told in one.reasons.items() if key not in MADE_FROM},
                    "people": _told(one.people),
                }
                for one in self.happenings
            ],
            "as_it_stands": _told(self.as_it_stands),
        }


def story_of(work: Work, contact: str) -> Story:
    """The story of the contact with that id, or of the `last` one. NoContact if there is none."""
    found = _find(work, contact)
    if found is None:
        raise NoContact(f"There is no contact {contact}; `helpline explain last` tells of the latest.")
    names = {person.id: person.name for person in work.session.scalars(select(Person))}
    events = work.session.scalars(select(Event).where(Event.contact_id == found.id).order_by(Event.id))
    return Story(
        contact=found.id,
        caller=key_of(found.caller_id),
        channel=found.channel,
        state=found.state,
        zone=work.line(found.line_version_id).zone,
        happenings=tuple(_happening(work, event, names) for event in events),
        as_it_stands=verdict_for(work, found).reasons if found.state in WAITING else (),
    )


def as_sentences(story: Story) -> Iterator[str]:
    """The story, a line for each thing that happened, with why each person was or was not chosen."""
    yield f"Contact {story.contact}, by {story.channel}, is {story.state}. Caller {story.caller}."
    for one in story.happenings:
        clock = one.at.astimezone(story.zone).strftime("%H:%M:%S")
        who = f" {one.who}" if one.who else ""
        why = one.reasons.get("why") or one.reasons.get("reason")
        yield f"{clock}  {one.what.replace('.', ' ').replace('_', ' ')}{who}{f': {why}' if why else ''}"
        for person in one.people:
            yield f"            {person.name or 'somebody'} {person.words}"
        if one.note:
            yield f"            ({one.note})"
    if story.as_it_stands:
        yield "now       as it stands"
    for person in story.as_it_stands:
        yield f"            {person.name} {person.words}"


def _told(people: Sequence[Reason]) -> list[dict[str, str]]:
    return [{"name": one.name, "rule": one.rule, "words": one.words} for one in people]


def _happening(work: Work, event: Event, names: Mapping[UUID, str]) -> Happening:
    who = names.get(event.person_id) if event.person_id else None
    if event.what not in verdicts.KINDS.values():
        return Happening(event.at, event.what, who, event.reasons)
    try:
        again = verdicts.again(work, event, names)
    except verdicts.NotReplayable as fault:
        return Happening(event.at, event.what, who, event.reasons, note=str(fault))
    changed = "" if verdicts.is_as_kept(event, again) else OTHERWISE
    return Happening(event.at, event.what, who, event.reasons, tuple(again.reasons), changed)


def _find(work: Work, contact: str) -> Contact | None:
    if contact == "last":
        return work.session.scalar(select(Contact).order_by(Contact.arrived_at.desc()).limit(1))
    try:
        return work.session.get(Contact, UUID(contact))
    except ValueError:
        return None
