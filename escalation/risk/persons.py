"""Whose danger words are about when the words themselves do not say: the person spoken of before them."""

from dataclasses import dataclass

from escalation.risk.verdict import Subject


@dataclass(frozen=True, slots=True)
class Persons:
    """`speakers` and `they` act; `selves` and `theirs` are every pronoun; `others` are the nouns for people as well.

    `observing` words after a speaker hand the sentence over to another: "I think my brother …". `inflected` verbs
    carry the writer in their ending, so that a negation stands straight before them: "no quiero …".
    """

    speakers: frozenset[str]
    selves: frozenset[str]
    they: frozenset[str]
    theirs: frozenset[str]
    others: frozenset[str]
    observing: frozenset[str]
    inflected: frozenset[str]


def whose(before: bytes, inside: bytes, persons: Persons) -> Subject | None:
    """The subject of the words `inside`, from themselves, their sentence, or the nearest person before."""
    words = inside.decode("ascii").split()
    if any(word in persons.selves for word in words):
        return Subject.SELF
    if words[0] in persons.others or any(word in persons.theirs for word in words):
        return Subject.OTHER
    earlier = before.decode("ascii").split()
    sentence = _sentence(earlier)
    return _in_sentence(sentence, persons) or _nearest(earlier[: len(earlier) - len(sentence)], persons)


def _sentence(words: list[str]) -> list[str]:
    for at in range(len(words) - 1, -1, -1):
        if words[at] in (".", "?"):
            return words[at + 1 :]
    return words


def _in_sentence(words: list[str], persons: Persons) -> Subject | None:
    another = False
    for at in range(len(words) - 1, -1, -1):
        if words[at] in persons.they:
            return Subject.OTHER
        if words[at] in persons.speakers:
            observed = another and any(word in persons.observing for word in words[at + 1 :])
            return Subject.OTHER if observed else Subject.SELF
        another = another or words[at] in persons.others
    return Subject.OTHER if another else None


def _nearest(words: list[str], persons: Persons) -> Subject | None:
    for word in reversed(words):
        if word in persons.speakers:
            return Subject.SELF
        if word in persons.others:
            return Subject.OTHER
    return None
