"""Reads a TwiML document and finds fault with it as a strict carrier would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from xml.etree import ElementTree as ET

from exchange.grammar import ELSEWHERE, MESSAGING, NOT_DONE_HERE, VERBS, VOICE, Element

MOST_NUMBERS = 10
_NEVER_WORDLESS = frozenset({"Conference", "Queue", "Number"})
_NEVER_CHILDLESS = frozenset({"Start", "Stop"})
XML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})


class Purpose(Enum):
    """Where a document is run, which settles the verbs it may hold."""

    CALL = VERBS
    SCREEN = frozenset(["Say", "Play", "Pause", "Gather", "Redirect", "Hangup"])
    QUEUE_WAIT = frozenset(["Say", "Play", "Pause", "Gather", "Redirect", "Hangup", "Leave"])
    CONFERENCE_WAIT = frozenset(["Say", "Play", "Pause", "Redirect"])
    MESSAGE = frozenset(["Message", "Redirect"])


@dataclass(frozen=True, slots=True)
class Verb:
    """One element of a document that has been found good."""

    name: str
    attributes: dict[str, str]
    text: str
    children: tuple[Verb, ...]

    def get(self, name: str, default: str = "") -> str:
        """An attribute, or what it is when left out."""
        return self.attributes.get(name, default)

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean attribute."""
        return self.attributes.get(name, "true" if default else "false") == "true"

    def number(self, name: str, default: int) -> int:
        """A whole-number attribute."""
        return int(self.attributes.get(name, default))


class TwimlError(Exception):
    """The document cannot be run. ``code`` is the carrier's error code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code


def parse(body: bytes | str, purpose: Purpose, complain: Callable[[str], None]) -> tuple[Verb, ...]:
    """The verbs of a document. Raises TwimlError; what is merely not done here goes to ``complain``."""
    try:
        root = ET.fromstring(body)  # noqa: S314
    except (ET.ParseError, ValueError) as error:
        raise TwimlError(12100, f"document parse failure: {error}") from error
    if root.tag != "Response":
        raise TwimlError(12100, f"the root is <{root.tag}>, not <Response>")
    grammar = MESSAGING if purpose is Purpose.MESSAGE else VOICE
    verbs = _read(root, grammar, complain).children
    for verb in verbs:
        if verb.name not in purpose.value:
            raise TwimlError(12200, f"<{verb.name}> cannot be used here ({purpose.name.lower()})")
    return verbs


def _read(node: ET.Element, grammar: dict[str, Element], complain: Callable[[str], None]) -> Verb:
    element = grammar.get(node.tag)
    if element is None:
        raise TwimlError(12200, _unknown(node.tag))
    for name, value in node.attrib.items():
        _check(node.tag, name, value, element, complain)
    for child in node:
        if child.tag not in element.children:
            raise TwimlError(12200, _misplaced(child.tag, node.tag, grammar))
    if not element.text and ((node.text or "").strip() or any((child.tail or "").strip() for child in node)):
        raise TwimlError(12200, f"<{node.tag}> may not contain text")
    text = "".join(node.itertext()) if node.tag == "Say" else node.text or ""
    children = tuple(_read(child, grammar, complain) for child in node)
    _check_whole(node.tag, text, dict(node.attrib), children)
    return Verb(node.tag, dict(node.attrib), text.strip(), children)


def _check(tag: str, name: str, value: str, element: Element, complain: Callable[[str], None]) -> None:
    check = element.attributes.get(name) or element.attributes.get("*")
    if check is None:
        raise TwimlError(12200, f"<{tag}> has no attribute {name}")
    if not check(value):
        raise TwimlError(12200, f"<{tag} {name}> cannot be {value!r}")
    if (tag, name) in NOT_DONE_HERE and value not in ("do-not-record", "false"):
        complain(f"12200 <{tag} {name}> is not done by this exchange")


def _check_whole(tag: str, text: str, attributes: dict[str, str], children: tuple[Verb, ...]) -> None:
    words = text.strip()
    if tag == "Dial":
        _check_dial(words, children)
    elif tag == "Gather" and "speech" in attributes.get("input", "dtmf").split():
        raise TwimlError(12200, "<Gather input=speech> is not spoken by this exchange")
    elif tag == "Say" and not 0 < len(words) <= 4096:
        raise TwimlError(13520, f"<Say> has {len(words)} characters; it takes 1 to 4,096")
    elif tag == "Play" and not words and not attributes.get("digits"):
        raise TwimlError(13420, "<Play> has neither a URL nor digits")
    elif (tag in _NEVER_WORDLESS and not words) or (tag in _NEVER_CHILDLESS and not children):
        raise TwimlError(12200, f"<{tag}> is empty")


def _check_dial(words: str, children: tuple[Verb, ...]) -> None:
    nouns = {child.name for child in children}
    if len(nouns) > 1 or (nouns and words) or (nouns - {"Number"} and len(children) > 1):
        raise TwimlError(12200, "<Dial> takes one kind of noun, and several of <Number> only")
    if not nouns and not words:
        raise TwimlError(12200, "<Dial> is empty")
    if nouns & {"Client", "Sip"}:
        raise TwimlError(12200, f"<{nouns.pop()}> is not spoken by this exchange")
    if len(children) > MOST_NUMBERS:
        raise TwimlError(13200, f"<Dial> rings at most {MOST_NUMBERS} numbers")


def _unknown(tag: str) -> str:
    return f"<{tag}> is not spoken by this exchange" if tag in ELSEWHERE else f"<{tag}> is not TwiML"


def _misplaced(tag: str, parent: str, grammar: dict[str, Element]) -> str:
    if tag not in grammar:
        return _unknown(tag)
    return f"<{tag}> may not be inside <{parent}>"
