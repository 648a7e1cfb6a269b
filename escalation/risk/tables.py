"""One TOML file of the lexicon, and errors that say where in it the fault lies."""

import tomllib
from pathlib import Path
from typing import Any

_TABLES = {
    "lexicon", "lookalikes", "pictures", "sayings", "hesitations", "guarded", "classes", "persons", "slots", "asides",
    "rules", "negation", "whose", "kinds",
}  # fmt: skip


class LexiconError(ValueError):
    """A lexicon that cannot be used; the message names the file, the line and the key."""


class TableFile:
    """The tables of one file. Every method raises LexiconError."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.bytes = path.read_bytes()
        try:
            self.text = self.bytes.decode()
            self.tables: dict[str, Any] = tomllib.loads(self.text)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise LexiconError(f"{self.name}: {error}") from error
        for table in self.tables:
            if table not in _TABLES:
                raise self.error(table, f"is not a table of the lexicon; use {', '.join(sorted(_TABLES))}")

    def error(self, key: str, problem: str, near: str = "") -> LexiconError:
        wanted = near or key.rsplit(".", 1)[-1]
        lines = self.text.splitlines()
        line = next((n for n, each in enumerate(lines, 1) if wanted in each), 1)
        return LexiconError(f"{self.name}, line {line}, {key}: {problem}")

    def table(self, name: str) -> dict[str, Any]:
        found = self.tables.get(name, {})
        if not isinstance(found, dict):
            raise self.error(name, "must be a table")
        return found

    def strings(self, key: str, value: object) -> list[str]:
        if isinstance(value, str):
            return [value]
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.error(key, "must be a list of strings")
        return value
