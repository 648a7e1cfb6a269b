"""Proposes a rota: who is given which slot, what stays unfilled and why, and how fair it is to each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from shifts.proposal.fairness import Burden, Share, given, shares
from shifts.proposal.hard_rules import broken_rules, company, unfit, why_not
from shifts.proposal.solving import Layer, solve
from shifts.proposal.values import Assignment, Rules, Slot, Timed, Volunteer


class RulesBroken(Exception):
    """What the solver found breaks a hard rule: nothing is proposed. The text says which."""


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A slot that lacks somebody: how many to its minimum and to its target, how many of each language.

    `could` is how many people could do it if they had nothing else; `kept` what kept everybody who has not got it.
    """

    slot: Slot
    minimum: int
    target: int
    languages: tuple[tuple[str, int], ...]
    could: int
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """What somebody would have, what they had before included, and their fair share: nights, weekends, hours.

    `liked` and `unliked` are how many of their new shifts they wished for and wished not to have.
    """

    person: UUID
    name: str
    shifts: int
    has: tuple[float, float, float]
    fair: tuple[float, float, float]
    liked: int
    unliked: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """The verdict. Every layer that is not proven may be improved on by its gap at most."""

    assignments: tuple[Assignment, ...]
    unfilled: tuple[Unfilled, ...]
    accounts: tuple[Account, ...]
    layers: tuple[Layer, ...]
    seconds: float

    @property
    def proven(self) -> bool:
        """Whether nothing better exists, in any layer."""
        return len(self.layers) == 2 and all(layer.proven for layer in self.layers)


def propose(
    slots: Sequence[Slot], volunteers: Sequence[Volunteer], rules: Rules, *, seconds: float = 15.0, seed: int = 1
) -> Proposal:
    """The best rota found in about so many seconds, which keeps every hard rule.

    SolverMissing if OR-tools is not installed; RulesBroken, which would be a fault of ours, rather than a wrong rota.
    """
    found = solve(slots, volunteers, rules, seconds=seconds, seed=seed)
    broken = broken_rules(found.assignments, slots, volunteers, rules)
    if broken:
        raise RulesBroken("; ".join(broken))
    by_id = {slot.id: slot for slot in slots}
    mine: dict[UUID, list[Slot]] = {one.id: [] for one in volunteers}
    for each in found.assignments:
        mine[each.person].append(by_id[each.slot])
    return Proposal(
        assignments=tuple(sorted(found.assignments, key=lambda one: (by_id[one.slot].starts, one.slot, one.person))),
        unfilled=tuple(_unfilled(slots, volunteers, mine, rules)),
        accounts=tuple(_accounts(slots, volunteers, mine, rules)),
        layers=found.layers,
        seconds=found.seconds,
    )


def _unfilled(
    slots: Sequence[Slot], volunteers: Sequence[Volunteer], mine: dict[UUID, list[Slot]], rules: Rules
) -> Iterator[Unfilled]:
    counts = {slot.id: sum(slot in had for had in mine.values()) for slot in slots}
    for slot in slots:
        there = [one for one in volunteers if slot in mine[one.id]]
        speaking = {language: sum(language in one.languages for one in there) for language in slot.languages}
        short = tuple((language, n - speaking[language]) for language, n in sorted(slot.languages.items()))
        languages = tuple((language, n) for language, n in short if n > 0)
        if len(there) >= slot.target and not languages:
            continue
        others = [one for one in volunteers if one not in there]
        lonely = rules.never_alone and company(slot, slots, {**counts, slot.id: counts[slot.id] + 1}) < 1
        yield Unfilled(
            slot=slot,
            minimum=max(0, slot.minimum - len(there)),
            target=slot.target - len(there),
            languages=languages,
            could=sum(not unfit(one, slot) for one in volunteers),
            kept=tuple(f"{one.name}: {_why(one, slot, mine[one.id], rules, lonely=lonely)}" for one in others),
        )


def _why(one: Volunteer, slot: Slot, mine: Sequence[Slot], rules: Rules, *, lonely: bool) -> str:
    reason = why_not(one, slot, mine, rules)
    if reason:
        return reason
    return "would be alone" if lonely else "could still be asked"


def _accounts(
    slots: Sequence[Slot], volunteers: Sequence[Volunteer], mine: dict[UUID, list[Slot]], rules: Rules
) -> Iterator[Account]:
    could = {one.id: [slot for slot in slots if not why_not(one, slot, (), rules)] for one in volunteers}
    done = [slot for had in mine.values() for slot in had]
    fair: dict[Burden, dict[UUID, Share]] = {
        burden: shares(burden, given(burden, done, rules), could, volunteers, rules) for burden in Burden
    }
    for one in volunteers:
        had: list[Timed] = [*mine[one.id], *one.assigned]
        scores = [one.score(slot) for slot in mine[one.id]]
        nights, weekends, worked = (given(burden, had, rules) for burden in Burden)
        fair_nights, fair_weekends, fair_hours = (fair[burden][one.id].fair for burden in Burden)
        yield Account(
            person=one.id,
            name=one.name,
            shifts=len(mine[one.id]),
            has=(nights, weekends, worked),
            fair=(round(fair_nights, 1), round(fair_weekends, 1), round(fair_hours, 1)),
            liked=sum(score > 0 for score in scores),
            unliked=sum(score < 0 for score in scores),
        )
