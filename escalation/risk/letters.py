"""Letters as a reader sees them: look-alikes of any script folded to ASCII, each with its place in the raw text."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

_LETTER_BLOCKS = (0x1F150, 0x1F170, 0x1F1E6)


@dataclass(frozen=True, slots=True)
class Letters:
    """ASCII text; `places[i]` is the raw index that letter i came from."""

    text: str
    places: tuple[int, ...] | range


def fold(raw: str, lookalikes: Mapping[str, str], pictures: Mapping[str, str]) -> Letters:
    """Lower-case ASCII of `raw`: invisible characters vanish, pictures become words, the unreadable becomes a space."""
    if raw.isascii():
        return Letters(raw.lower(), range(len(raw)))
    text: list[str] = []
    places: list[int] = []
    known: dict[str, str] = {}
    before = ""
    for place, character in enumerate(raw):
        if character == before and character in pictures:
            continue  # a row of one picture says no more than the first
        before = character
        seen = known.get(character)
        if seen is None:
            seen = character.lower() if character.isascii() else _seen(character, lookalikes, pictures)
            known[character] = seen
        text.append(seen)
        places.extend([place] * len(seen))
    return Letters("".join(text), tuple(places))


def _seen(character: str, lookalikes: Mapping[str, str], pictures: Mapping[str, str]) -> str:
    if character in pictures:
        return f" {pictures[character]} "
    if character in lookalikes:
        return lookalikes[character]
    for first in _LETTER_BLOCKS:
        if first <= ord(character) < first + 26:
            return chr(ord("a") + ord(character) - first)
    if unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return ""
    return "".join(_plain(part, lookalikes) for part in unicodedata.normalize("NFKD", character))


def _plain(character: str, lookalikes: Mapping[str, str]) -> str:
    if character.isascii():
        return character.lower()
    if character in lookalikes:
        return lookalikes[character]
    if unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return ""
    lowered = lookalikes.get(character.lower(), character.casefold())
    return lowered if lowered.isascii() else " "
