"""Reading the lexicon from the TOML files that clinicians review, checked as a whole."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from escalation.risk.lexicon import Aside, Example, Lexicon, Negation, Rule, Slot
from escalation.risk.notation import Compiler, NotationError, Speech
from escalation.risk.persons import Persons
from escalation.risk.second_opinion import SecondOpinion, read_table
from escalation.risk.sightings import sight
from escalation.risk.spelling import build
from escalation.risk.tables import LexiconError, TableFile
from escalation.risk.verdict import Subject, Tier
from escalation.risk.wording import Vocabulary

PACKAGED = Path(__file__).parent / "lexicon"
_OPINION = "second_opinion.tsv"
_VOICES: Mapping[str, Subject | None] = {"self": Subject.SELF, "other": Subject.OTHER, "anyone": None}


def load_lexicon(path: Path | None = None) -> Lexicon:
    """Read every TOML file of the folder `path`, by default the packaged one. Raises LexiconError."""
    folder = path or PACKAGED
    files = [TableFile(each) for each in sorted(folder.glob("*.toml"))]
    if not files:
        raise LexiconError(f"{folder}: no lexicon files (*.toml) here")
    lexicon = _Assembly(files, folder / _OPINION).lexicon()
    for example in lexicon.examples:  # an automaton is slow on its first texts: these come before any caller's
        sight(example.text, 0, lexicon)
    return lexicon


class _Assembly:
    """Puts the files together; every error is raised with the file it came from."""

    def __init__(self, files: Sequence[TableFile], opinion: Path) -> None:
        self._files = files
        self._opinion = opinion.read_bytes() if opinion.exists() else b""
        self._said = self._sayings()
        plain = {said[0]: meaning for said, meaning in self._said.items() if len(said) == 1}
        classes = self._classes()
        persons = self._persons()
        self._compilers = {
            "self": Compiler({**classes, **{name: forms[0] for name, forms in persons.items()}}, plain),
            "other": Compiler({**classes, **{name: forms[1] for name, forms in persons.items()}}, plain),
        }
        self._compilers["anyone"] = self._compilers["self"]

    def lexicon(self) -> Lexicon:
        slots = self._slots()
        asides = self._asides()
        names = {slot.name for slot in slots}
        rules = self._rules(names)
        self._check_asides(names)
        negation = self._negation()
        return Lexicon(
            version=self._version(),
            vocabulary=self._vocabulary(),
            slots=slots,
            asides=asides,
            rules=rules,
            negation=negation,
            persons=Persons(
                *(
                    self._words(name)
                    for name in ("speakers", "selves", "they", "theirs", "others", "observing", "inflected")
                )
            ),
            grave=frozenset(
                slot for rule in rules if len(rule.needs) == 1 and not rule.signs for slot in rule.needs[0]
            ),
            examples=tuple(self._examples()),
            kinds=self._kinds(),
            opinion=self._second_opinion(),
        )

    def _version(self) -> str:
        stated = [
            (file, table["version"]) for file in self._files if (table := file.table("lexicon")) and "version" in table
        ]
        if len(stated) != 1 or not isinstance(stated[0][1], str):
            raise self._files[0].error("lexicon.version", "exactly one file must state the version, as a string")
        digest = hashlib.sha256()
        for file in self._files:
            digest.update(file.name.encode() + b"\0" + file.bytes + b"\0")
        digest.update(self._opinion)
        return f"{stated[0][1]}+{digest.hexdigest()[:8]}"

    def _entries(self, table: str) -> Iterable[tuple[TableFile, str, Any]]:
        for file in self._files:
            for key, value in file.table(table).items():
                yield file, key, value

    def _classes(self) -> dict[str, list[str]]:
        classes: dict[str, list[str]] = {}
        for file, name, value in self._entries("classes"):
            if name in classes:
                raise file.error(f"classes.{name}", "is defined twice")
            classes[name] = file.strings(f"classes.{name}", value)
        return classes

    def _persons(self) -> dict[str, tuple[list[str], list[str]]]:
        persons: dict[str, tuple[list[str], list[str]]] = {}
        for file, name, value in self._entries("persons"):
            if not isinstance(value, dict) or set(value) != {"self", "other"}:
                raise file.error(f"persons.{name}", "needs exactly the keys self and other")
            forms = [file.strings(f"persons.{name}.{voice}", value[voice]) for voice in ("self", "other")]
            persons[name] = (forms[0], forms[1])
        return persons

    def _compiled(self, file: TableFile, key: str, voice: str, patterns: object) -> list[str]:
        sources = []
        for pattern in file.strings(key, patterns):
            try:
                sources.append(self._compilers[voice].source(pattern))
            except NotationError as error:
                raise file.error(key, str(error), near=pattern) from error
        return sources

    def _slots(self) -> tuple[Slot, ...]:
        sources: dict[tuple[str, str], list[str]] = {}
        unless: dict[str, list[str]] = {}
        for file, name, table in self._entries("slots"):
            self._check_keys(file, f"slots.{name}", table, {"means", "self", "other", "both", "anyone", "unless"})
            for voice in _VOICES:
                found = self._compiled(file, f"slots.{name}.{voice}", voice, table.get(voice, []))
                sources.setdefault((name, voice), []).extend(found)
            unless.setdefault(name, []).extend(self._unless(file, f"slots.{name}", table))
            for voice, source in self._both(file, f"slots.{name}.both", table.get("both", [])):
                sources[name, voice].append(source)
        return tuple(
            Slot(name, _VOICES[voice], Speech(patterns), _speech(unless[name]))
            for (name, voice), patterns in sorted(sources.items())
            if patterns
        )

    def _unless(self, file: TableFile, key: str, table: dict[str, Any]) -> list[str]:
        voices = ("self", "other")
        return [
            each for voice in voices for each in self._compiled(file, f"{key}.unless", voice, table.get("unless", []))
        ]

    def _both(self, file: TableFile, key: str, patterns: object) -> Iterable[tuple[str, str]]:
        """A pattern that reads the same of oneself and of another tells nothing about whose danger it is."""
        forms = (self._compiled(file, key, voice, patterns) for voice in ("self", "other"))
        for mine, theirs in zip(*forms, strict=True):
            if mine == theirs:
                yield "anyone", mine
            else:
                yield "self", mine
                yield "other", theirs

    def _check_keys(self, file: TableFile, key: str, table: object, allowed: set[str]) -> None:
        if not isinstance(table, dict):
            raise file.error(key, "must be a table")
        for name in table:
            if name not in allowed | {"examples", "never"}:
                raise file.error(f"{key}.{name}", f"is not a key; use {', '.join(sorted(allowed))}", near=name)

    def _asides(self) -> tuple[Aside, ...]:
        asides = []
        for file, name, table in self._entries("asides"):
            self._check_keys(file, f"asides.{name}", table, {"means", "along", "said", "both", "unless"})
            sources = self._compiled(file, f"asides.{name}.said", "self", table.get("said", []))
            for voice in ("self", "other"):
                sources += self._compiled(file, f"asides.{name}.both", voice, table.get("both", []))
            along = frozenset(file.strings(f"asides.{name}.along", table.get("along", [])))
            unless = _speech(self._unless(file, f"asides.{name}", table))
            asides.append(Aside(name, along, Speech(sources), unless))
        return tuple(asides)

    def _check_asides(self, names: set[str]) -> None:
        for file, name, table in self._entries("asides"):
            for slot in table.get("along", []):
                if slot not in names:
                    raise file.error(f"asides.{name}.along", f"no slot is called {slot!r}", near=slot)

    def _rules(self, names: set[str]) -> tuple[Rule, ...]:
        rules = []
        for file, name, table in self._entries("rules"):
            key = f"rules.{name}"
            self._check_keys(file, key, table, {"tier", "needs", "turns", "signs", "at_least"})
            try:
                tier = Tier.parse(table.get("tier", ""))
            except ValueError as error:
                raise file.error(f"{key}.tier", str(error), near=name) from error
            needs = tuple(
                frozenset(slot.strip() for slot in need.split("|"))
                for need in file.strings(f"{key}.needs", table.get("needs"))
            )
            signs = tuple(file.strings(f"{key}.signs", table.get("signs", [])))
            turns = self._count(file, key, "turns", table.get("turns", 1))
            at_least = self._count(file, key, "at_least", table["at_least"]) if signs else 0
            rule = Rule(name, tier, needs, turns, signs, at_least)
            for slot in rule.slots - names:
                raise file.error(f"{key}.needs", f"no slot is called {slot!r}", near=slot)
            rules.append(rule)
        return tuple(rules)

    def _count(self, file: TableFile, key: str, name: str, value: object) -> int:
        if not isinstance(value, int) or value < 1:
            raise file.error(f"{key}.{name}", "must be a whole number, at least 1", near=name)
        return value

    def _negation(self) -> Negation:
        sources: dict[str, list[str]] = {"before": [], "before_clause": [], "reported": []}
        contrast: list[str] = []
        for file, name, value in self._entries("negation"):
            if name in sources:
                sources[name] += self._compiled(file, f"negation.{name}", "self", value)
            elif name == "contrast":
                contrast += file.strings("negation.contrast", value)
        before, clause, reported = (Speech([rf"(?:{source})\z" for source in given]) for given in sources.values())
        return Negation(before, clause, reported, frozenset(word.encode("ascii") for word in contrast))

    def _kinds(self) -> dict[str, str]:
        kinds: dict[str, str] = {}
        for file, name, given in self._entries("kinds"):
            for word in (word for line in file.strings(f"kinds.{name}", given) for word in line.split()):
                if word in kinds:
                    raise file.error(f"kinds.{name}", f"{word!r} is of another kind already", near=word)
                kinds[word] = f"<{name}>"
        return kinds

    def _second_opinion(self) -> SecondOpinion | None:
        if not self._opinion:
            return None
        try:
            return read_table(self._opinion.decode(), self._kinds())
        except ValueError as error:
            raise LexiconError(f"{_OPINION}: {error}") from error

    def _words(self, name: str) -> frozenset[str]:
        found: set[str] = set()
        for file, key, value in self._entries("whose"):
            if key == name:
                found.update(file.strings(f"whose.{key}", value))
        return frozenset(found)

    def _vocabulary(self) -> Vocabulary:
        lookalikes: dict[str, str] = {}
        for file, letter, given in self._entries("lookalikes"):
            if not isinstance(given, str) or not letter.isascii():
                raise file.error(f"lookalikes.{letter}", "must be ASCII = the characters that look like it")
            lookalikes.update(dict.fromkeys(given.replace(" ", ""), letter))
        pictures: dict[str, str] = {}
        for file, word, given in self._entries("pictures"):
            for picture in file.strings(f"pictures.{word}", given):
                pictures[picture[0]] = word
        fillers, softeners = (self._hesitations(name) for name in ("fillers", "softeners"))
        known = set(self._compilers["self"].words | self._compilers["other"].words)
        known.update(word for said, meaning in self._said.items() for word in said + meaning)
        known.update(word for said in fillers | softeners for word in said)
        guarded, ordinary = self._guarded()
        openers = frozenset(said[0] for said in (*self._said, *fillers, *softeners))
        spelling = build(known, guarded, ordinary)
        return Vocabulary(lookalikes, pictures, self._said, fillers, softeners, openers, spelling)

    def _sayings(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        sayings: dict[tuple[str, ...], tuple[str, ...]] = {}
        for file, meaning, given in self._entries("sayings"):
            for said in file.strings(f"sayings.{meaning}", given):
                sayings[tuple(said.split())] = tuple(meaning.split())
        return sayings

    def _hesitations(self, wanted: str) -> frozenset[tuple[str, ...]]:
        return frozenset(
            tuple(said.split())
            for file, name, given in self._entries("hesitations")
            if name == wanted
            for said in file.strings(f"hesitations.{name}", given)
        )

    def _guarded(self) -> tuple[set[str], set[str]]:
        guarded: set[str] = set()
        ordinary: set[str] = set()
        for file, name, given in self._entries("guarded"):
            words = [word for line in file.strings(f"guarded.{name}", given) for word in line.split()]
            (ordinary if name.startswith("ordinary") else guarded).update(words)
        return guarded, ordinary

    def _examples(self) -> Iterable[Example]:
        for kind in ("slots", "rules", "asides"):
            for file, name, table in self._entries(kind):
                for key, holds in (("examples", True), ("never", False)):
                    for text in file.strings(f"{kind}.{name}.{key}", table.get(key, [])):
                        yield Example(f"{kind}.{name}", text, holds, file.name)


def _speech(sources: Sequence[str]) -> Speech | None:
    return Speech(sources) if sources else None
