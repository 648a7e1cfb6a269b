"""Ways in which people disguise, hurry or hesitate over the same words; each takes its own seeded randomness."""

from collections.abc import Callable, Mapping
from random import Random

_LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "t": "7"})
_LOOKALIKE = str.maketrans({"a": "а", "e": "е", "o": "о", "i": "і", "c": "с", "p": "р", "x": "х", "y": "у"})
_WIDE = {letter: chr(ord(letter) - ord("a") + ord("ａ")) for letter in "abcdefghijklmnopqrstuvwxyz"}
_BOLD = {letter: chr(ord(letter) - ord("a") + 0x1D41A) for letter in "abcdefghijklmnopqrstuvwxyz"}
_KEYBOARD = {
    "a": "qs", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
_FILLERS = ("um", "uh", "er", "you know", "like", "I mean")

Disguise = Callable[[str, Random], str]


def leet(text: str, _: Random) -> str:
    """Digits for letters, in words long enough to be read so."""
    return " ".join(word.translate(_LEET) if len(word) > 2 else word for word in text.lower().split())


def lookalikes(text: str, _: Random) -> str:
    """Letters of another script that look the same."""
    return text.lower().translate(_LOOKALIKE)


def wide(text: str, _: Random) -> str:
    """Fullwidth letters."""
    return "".join(_WIDE.get(letter, letter) for letter in text.lower())


def bold(text: str, _: Random) -> str:
    """Mathematical letters, as copied from a page that makes fancy text."""
    return "".join(_BOLD.get(letter, letter) for letter in text.lower())


def invisible(text: str, _: Random) -> str:
    """Zero-width characters between letters."""
    return "\u200b".join(text)


def spaced(text: str, _: Random) -> str:
    """Every letter apart, words further apart."""
    return "   ".join(" ".join(word) for word in text.split())


def dotted(text: str, random: Random) -> str:
    """The longest word with dots between its letters, and one more."""
    words = text.split()
    longest = sorted(range(len(words)), key=lambda at: -len(words[at]))
    chosen = {longest[0], random.randrange(len(words))}
    return " ".join(".".join(w) if at in chosen and w.isalpha() else w for at, w in enumerate(words))


def stretched(text: str, random: Random) -> str:
    """A vowel held down in every other long word."""
    return " ".join(_stretch(word) if len(word) > 2 and random.random() < 0.5 else word for word in text.split())


def _stretch(word: str) -> str:
    for letter in reversed(word):
        if letter in "aeiou":
            at = word.rindex(letter)
            return word[:at] + letter * 4 + word[at + 1 :]
    return word


def typo(text: str, random: Random) -> str:
    """One slip of the finger in one word of four letters or more."""
    words = text.split()
    long = [at for at, word in enumerate(words) if len(word.strip(".,!?'")) >= 4 and word.isalpha()]
    if not long:
        return text
    at = random.choice(long)
    words[at] = _slip(words[at], random)
    return " ".join(words)


def _slip(word: str, random: Random) -> str:
    at = random.randrange(1, len(word) - 1)
    kind = random.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + random.choice(_KEYBOARD.get(word[at].lower(), "e")) + word[at + 1 :]


def hesitant(text: str, random: Random) -> str:
    """Fillers of a live transcript between words."""
    spoken: list[str] = []
    for word in text.split():
        spoken.append(word)
        if random.random() < 0.25:
            spoken.append(random.choice(_FILLERS))
    return " ".join(spoken)


OBFUSCATIONS: Mapping[str, Disguise] = {
    "leet": leet, "lookalikes": lookalikes, "wide": wide, "bold": bold, "invisible": invisible, "spaced": spaced,
    "dotted": dotted, "stretched": stretched,
}  # fmt: skip
HASTE: Mapping[str, Disguise] = {"typo": typo}
HESITATION: Mapping[str, Disguise] = {"hesitant": hesitant}
