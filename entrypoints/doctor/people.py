"""Judges the roster: whether everybody can be reached at all, and nobody is the line itself. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import phonenumbers

from entrypoints.doctor.findings import Finding, fault, listed, ok, warning
from helpline.nouns import Role

ROSTER, NUMBERS, LANGUAGES, PARTNER = "roster", "people's numbers", "languages", "partner line"
FICTIONAL = re.compile(r"\+1\d{3}55501\d\d")
UNSEAL = "Put back the key that sealed it, or load the roster again."
LOAD = "Correct the roster file, and run: helpline people load FILE"


@dataclass(frozen=True)
class Member:
    """Somebody on the roster; `number` is None if it could not be unsealed."""

    name: str
    role: Role
    number: str | None
    languages: tuple[str, ...] = ()


def judge_roster(members: Sequence[Member]) -> Finding:
    if not any(one.role in {Role.PEER, Role.BACKUP} for one in members):
        return fault(ROSTER, "There is no peer on the roster.", "Write a roster, and run: helpline people load FILE")
    return ok(ROSTER, f"{len(members)} people are on the roster.")


def judge_numbers(
    members: Sequence[Member], line_number: str, partner_number: str, *, real_carrier: bool
) -> Iterator[Finding]:
    """Whether each number could be rung, is one person's only, and neither the line's nor the partner's."""
    wrong: list[tuple[str, str, Callable[[str | None], bool]]] = [
        ("a number that this key does not open", UNSEAL, lambda number: number is None),
        ("a number that cannot exist", LOAD, _impossible),
        ("the line's own number, so that the line would ring itself", LOAD, lambda number: number == line_number),
        ("the partner line's number", LOAD, lambda number: number == partner_number),
    ]
    if real_carrier:
        wrong.append(("a fictional number (555-01xx), which nobody can ring", LOAD, _fictional))
    found = False
    for what, do, is_wrong in wrong:
        names = [one.name for one in members if is_wrong(one.number)]
        if names:
            found = True
            yield fault(NUMBERS, f"{listed(names)} {'has' if len(names) == 1 else 'have'} {what}.", do)
    for names in _sharing(members):
        found = True
        yield fault(NUMBERS, f"{listed(names)} have the same number: only one of them would ever be rung.", LOAD)
    if not found:
        yield ok(NUMBERS, "Everybody has a possible number of their own.")


def judge_partner(line_number: str, partner_name: str, partner_number: str, *, real_carrier: bool) -> Finding:
    """Where the line sends callers when nobody is free."""
    do = "Set divert.partner_number in the line file, and apply it again."
    if partner_number == line_number:
        return fault(PARTNER, "The partner's number is the line's own: a caller would go round in a circle.", do)
    if _impossible(partner_number) or (real_carrier and _fictional(partner_number)):
        return fault(PARTNER, "The partner's number is not one that can be rung.", do)
    return ok(PARTNER, f"When nobody is free, callers are connected to {partner_name}.")


def judge_languages(members: Sequence[Member], languages: Sequence[str]) -> Finding:
    spoken = {language for one in members if one.role in {Role.PEER, Role.BACKUP} for language in one.languages}
    missing = [language for language in languages if language not in spoken]
    if missing:
        found = f"No peer speaks {listed(missing)}, which the line offers: these callers wait for the clinician."
        return warning(LANGUAGES, found, "Add a peer who does, or take the language out of the line file.")
    return ok(LANGUAGES, f"There are peers for every language of the line: {listed(languages)}.")


def _impossible(number: str | None) -> bool:
    if number is None:
        return False
    try:
        return not phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return True


def _fictional(number: str | None) -> bool:
    return number is not None and FICTIONAL.fullmatch(number) is not None


def _sharing(members: Sequence[Member]) -> Iterator[list[str]]:
    by_number: dict[str, list[str]] = defaultdict(list)
    for one in members:
        if one.number is not None:
            by_number[one.number].append(one.name)
    yield from (names for names in by_number.values() if len(names) > 1)
