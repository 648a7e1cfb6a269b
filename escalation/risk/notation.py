"""The notation in which the lexicon says how people speak, compiled to linear-time (RE2) patterns.

    want to die            these words, in this order
    (end|finish) it        either
    [really] want          optional
    {want} to {die}        the class of that name
    take .. pills          up to two words between; `...` allows up to five
    took # pills           a number, in figures or in words; `##` is ten or more
    ^bye$                  the message begins here, the message ends here
    no hope/               a sentence ends here

A gap never crosses the end of a sentence.
"""

import re
from collections.abc import Mapping, Sequence

import re2

_TOKEN = re.compile(r"\s*(\.{2,3}|##|[()\[\]|^$#/]|\{[a-z_]+\}|[a-z0-9]+)")
_GAPS = {"..": 2, "...": 5}
_NUMBER = (
    r"(?:[0-9]+[a-z]{0,2}|a|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|"
    r"sixty|ninety|hundred|hundreds|dozen|dozens|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|quince|veinte|"
    r"treinta|cuarenta|cincuenta|cien)"
)
_MANY = (
    r"(?:[1-9][0-9]+|ten|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|hundred|hundreds|dozen|dozens|diez|"
    r"quince|veinte|treinta|cuarenta|cincuenta|cien)"
)
_FIGURES = {"#": _NUMBER, "##": _MANY}
_ALSO = {"to": "(?:to|2)", "for": "(?:for|4)"}
_NEVER = "[^ -~]"
_JOINT = r"\b ?"


class NotationError(ValueError):
    """A pattern that cannot be read; the message says where."""


class Compiler:
    """Turns patterns into RE2 source.

    `classes` maps a class name to its alternatives, `sayings` a word to the plain words that stand in its place.
    """

    def __init__(self, classes: Mapping[str, Sequence[str]], sayings: Mapping[str, Sequence[str]]) -> None:
        self._classes = classes
        self._sayings = sayings
        self._sources: dict[str, str] = {}
        self._open: list[str] = []
        self.words: set[str] = set()

    def source(self, pattern: str) -> str:
        """RE2 source of one pattern. Raises NotationError."""
        tokens = _tokens(pattern)
        source, rest = self._sequence(tokens, 0)
        if rest != len(tokens):
            raise NotationError(f"{tokens[rest]!r} closes nothing in {pattern!r}")
        return source

    def _sequence(self, tokens: Sequence[str], at: int) -> tuple[str, int]:
        branches: list[str] = [""]
        while at < len(tokens) and tokens[at] not in ")]":
            if tokens[at] == "|":
                branches.append("")
                at += 1
                continue
            piece, at = self._piece(tokens, at)
            branches[-1] += piece
        if len(branches) == 1:
            return branches[0], at
        return f"(?:{'|'.join(branches)})", at

    def _piece(self, tokens: Sequence[str], at: int) -> tuple[str, int]:
        token = tokens[at]
        if token in "([":
            closing = ")" if token == "(" else "]"
            inner, end = self._sequence(tokens, at + 1)
            if end >= len(tokens) or tokens[end] != closing:
                raise NotationError(f"{token!r} is never closed with {closing!r}")
            return f"(?:{inner})" + ("?" if token == "[" else ""), end + 1
        return self._single(token), at + 1

    def _single(self, token: str) -> str:
        if token in _GAPS:
            return rf"(?:[a-z0-9]+{_JOINT}){{0,{_GAPS[token]}}}"
        if token in _FIGURES:
            return _FIGURES[token] + _JOINT
        if token == "^":
            return r"\A ?"
        if token == "/":
            return r"(?:[.?] ?|\z)"
        if token == "$":
            return r"(?:[.?] ?)*\z"
        if token.startswith("{"):
            return self._class(token[1:-1])
        plain = self._sayings.get(token, (token,))
        self.words.update(plain)
        return "".join(_ALSO.get(word, word) + _JOINT for word in plain)

    def _class(self, name: str) -> str:
        if name in self._sources:
            return self._sources[name]
        if name not in self._classes:
            raise NotationError(f"no class is called {{{name}}}")
        if name in self._open:
            raise NotationError(f"class {{{name}}} is made of itself")
        self._open.append(name)
        branches = [self.source(branch) for branch in self._classes[name]]
        self._open.pop()
        self._sources[name] = f"(?:{'|'.join(branches)})"
        return self._sources[name]


def _tokens(pattern: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    while at < len(pattern.rstrip()):
        found = _TOKEN.match(pattern, at)
        if found is None:
            raise NotationError(f"cannot read {pattern[at:].strip()[:20]!r} in {pattern!r}")
        tokens.append(found.group(1))
        at = found.end()
    if not tokens:
        raise NotationError("a pattern needs at least one word")
    return tokens


class Speech:
    """Many patterns as one automaton, searched in time linear in the text."""

    def __init__(self, sources: Sequence[str]) -> None:
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.longest_match = True
        options.never_capture = True
        options.log_errors = False
        options.max_mem = 256 << 20
        self._automaton = re2.compile(rf"\b(?:{'|'.join(sources) or _NEVER})".encode("ascii"), options)

    def spans(self, text: bytes) -> list[tuple[int, int]]:
        """Leftmost-longest spans that do not overlap."""
        return [found.span() for found in self._automaton.finditer(text)]
