"""What a first run needs beside the demonstration line: people on its roster, and phones to play with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import select

from entrypoints.people import enlist, read_roster
from helpline.database import Work
from helpline.privacy import person_number
from helpline.tables import Person

CALLERS = (("Sam", "+16465550141"), ("Kim", "+16465550142"), ("Luz", "+16465550143"))
WEBHOOKS = {
    "voice_url": "/webhooks/voice/incoming",
    "voice_fallback_url": "/webhooks/voice/fallback",
    "voice_status_url": "/webhooks/voice/status",
    "sms_url": "/webhooks/messages/incoming",
    "sms_fallback_url": "/webhooks/messages/incoming",
}


def enlist_if_empty(work: Work, roster: Path) -> None:
    """Put the demonstration's people on an empty roster; a roster that has anybody is left alone."""
    if work.session.scalar(select(Person.id).limit(1)) is None:
        enlist(work, read_roster(roster))


def everybody(work: Work) -> list[dict[str, str]]:
    """A phone for everybody on the roster, as the page of phones lists them."""
    people = work.session.scalars(select(Person).where(Person.active).order_by(Person.place))
    return [
        {
            "number": work.vault.open(person.number, person_number(person.id)),
            "name": person.name,
            "role": person.role.value.capitalize(),
        }
        for person in people
    ]


def write_directory(path: Path, work: Work, people: Sequence[Mapping[str, str]]) -> None:
    """Write the exchange's directory: the line, its numbers, its partner, everybody's phone, and three callers."""
    line = work.line()
    phones = [
        *people,
        {"number": line.divert.partner_number, "name": "Partner line", "role": "Partner"},
        *({"number": number, "name": name, "role": "Caller"} for name, number in CALLERS),
    ]
    tests = [line.test_contacts.from_number] if line.test_contacts is not None else []
    others = [number for number in (*line.line.numbers, *tests) if number != line.line.number]
    entry = {"number": line.line.number, "name": line.line.name, "others": list(dict.fromkeys(others)), **WEBHOOKS}
    path.write_text(json.dumps({"line": entry, "phones": phones}, indent=2), encoding="utf-8")
    path.chmod(0o600)
