"""Who is on the page of phones: the line and the people around it, read from one TOML or JSON file."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange.numbers import is_valid

LINE_PATHS = {
    "voice_url": "/webhooks/voice/incoming",
    "voice_fallback_url": None,
    "voice_status_url": None,
    "sms_url": "/webhooks/messages/incoming",
    "sms_fallback_url": None,
}


class BadDirectory(Exception):
    """The directory cannot be used; the message names the file's entry and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Person:
    """A phone and whose it is. ``role`` is shown as it stands; "Caller" puts the phone among the callers."""

    number: str
    name: str = ""
    role: str = ""

    @property
    def calls_in(self) -> bool:
        """Whether this is one of the people the line is for."""
        return self.role.casefold() == "caller"


@dataclass(frozen=True, slots=True)
class Line:
    """The number people ring, others of the account, and the paths (or whole addresses) their webhooks go to."""

    number: str
    name: str = ""
    others: tuple[str, ...] = ()
    urls: tuple[tuple[str, str | None], ...] = tuple(LINE_PATHS.items())

    def urls_at(self, application: str) -> dict[str, str | None]:
        """Each webhook's whole address, for an application at this public address."""
        root = application.rstrip("/")
        return {key: root + path if path is not None and path.startswith("/") else path for key, path in self.urls}


@dataclass(frozen=True, slots=True)
class Directory:
    """The line and everyone whose phone the page shows, callers included."""

    line: Line
    people: tuple[Person, ...] = ()


def read_directory(path: Path) -> Directory:
    """Read a ``.toml`` or ``.json`` file. Raises BadDirectory, OSError."""
    text = path.read_text(encoding="utf-8")
    try:
        found = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except ValueError as error:
        raise BadDirectory(f"{path}: {error}") from None
    try:
        return parse_directory(found)
    except BadDirectory as error:
        raise BadDirectory(f"{path}: {error}") from None


def parse_directory(found: Any) -> Directory:
    """A directory from ``{"line": {"number", "name", "others"}, "phones": [{"number", "name", "role"}]}``."""
    if not isinstance(found, Mapping) or not isinstance(found.get("line"), Mapping):
        raise BadDirectory("line: missing; it needs at least a number")
    line = _line(found["line"])
    phones = found.get("phones", [])
    if not isinstance(phones, list):
        raise BadDirectory("phones: must be a list")
    people = tuple(parse_person(entry, f"phones[{index}]") for index, entry in enumerate(phones))
    numbers = [line.number, *line.others, *(person.number for person in people)]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        raise BadDirectory(f"{twice[0]}: stands there twice")
    return Directory(line, people)


def parse_person(entry: Any, where: str) -> Person:
    """A person from ``{"number", "name", "role"}``. Raises BadDirectory naming ``where``."""
    if not isinstance(entry, Mapping):
        raise BadDirectory(f"{where}: must be a table with a number")
    return Person(number(entry.get("number"), where), words(entry, "name", where), words(entry, "role", where))


def number(found: Any, where: str) -> str:
    """A telephone number in E.164, spaces and dashes forgiven. Raises BadDirectory."""
    plain = re.sub(r"[ ()-]", "", found) if isinstance(found, str) else ""
    if not is_valid(plain):
        raise BadDirectory(f"{where}.number: {found!r} is not a telephone number such as +12125550100")
    return plain


def words(entry: Mapping[str, Any], key: str, where: str) -> str:
    """A short text, empty if absent. Raises BadDirectory."""
    found = entry.get(key, "")
    if not isinstance(found, str) or len(found) > 60:
        raise BadDirectory(f"{where}.{key}: must be a text of at most 60 characters")
    return found.strip()


def _line(entry: Mapping[str, Any]) -> Line:
    urls = []
    for key, usual in LINE_PATHS.items():
        path = entry.get(key, usual)
        if path is not None and not (isinstance(path, str) and path.startswith(("/", "http://", "https://"))):
            raise BadDirectory(f"line.{key}: must be a path of the application or a whole address")
        urls.append((key, path))
    others = entry.get("others", [])
    if not isinstance(others, list):
        raise BadDirectory("line.others: must be a list of telephone numbers")
    more = tuple(number(found, f"line.others[{place}]") for place, found in enumerate(others))
    return Line(number(entry.get("number"), "line"), words(entry, "name", "line"), more, tuple(urls))
