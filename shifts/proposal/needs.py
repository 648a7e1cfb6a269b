"""Which slots a line wants filled: what its requirements lack beside the rota as it stands, and its open shifts.

Each requirement holds by itself, as it does when the cover is judged: of two for the same people the greater counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from uuid import UUID

from helpline.hours import Hours
from helpline.nouns import Role
from helpline.rota_policy import Cover, RotaPolicy
from shifts.colleagues import is_for, meets
from shifts.entries import Entry
from shifts.proposal.values import Slot, Span, Timed, Volunteer, contains, length
from shifts.rota import Occurrence, Rota

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Need:
    """A slot, and how it stands in a table of shifts once somebody has it."""

    slot: Slot
    entry: Entry


@dataclass(frozen=True, slots=True)
class _Piece:
    span: Span
    minimum: int
    target: int


def needs(
    rota: Rota, policy: RotaPolicy, people: Mapping[UUID, Volunteer], starts: datetime, ends: datetime
) -> list[Need]:
    """What is wanted to begin from `starts` until before `ends`, earliest first. On call is no shift, and left out."""
    weeks = _Weeks(rota, policy, people, Span(starts - DAY, ends + DAY))
    found = [need for need in (*weeks.open_slots(), *weeks.lacking_slots()) if starts <= need.slot.starts < ends]
    return sorted(found, key=lambda need: (need.slot.starts, need.slot.ends, need.slot.id))


class _Weeks:
    """The weeks that are to be filled, with a day around them, and who is on shift in that time already."""

    def __init__(self, rota: Rota, policy: RotaPolicy, people: Mapping[UUID, Volunteer], window: Span) -> None:
        self._rota, self._policy, self._people, self._window = rota, policy, people, window
        self._there = [one for one in rota.between(window.starts, window.ends) if one.tier is None]
        self._covers = [cover for cover in policy.cover if cover.tier is None]

    def open_slots(self) -> Iterator[Need]:
        """Every open shift."""
        shifts = {shift.id: shift for shift in self._rota.shifts}
        for one in self._there:
            if one.person is None:
                shift = shifts[one.shift]
                zone = None if shift.zone == self._rota.zone else str(shift.zone)
                yield Need(
                    self._slot(f"open {one.shift} {one.on}", one, one.role, one.queues, 1, 1),
                    Entry("", one.role, one.on, shift.hours, queues=tuple(sorted(shift.queues)), zone=zone),
                )

    def lacking_slots(self) -> Iterator[Need]:
        """What the requirements lack: those for a queue, and those for anybody, each by themselves."""
        for role, queue in sorted({(cover.role, cover.queue or "") for cover in self._covers}):
            queues = frozenset({queue} if queue else ())
            for piece in self._pieces(role, queue):
                begins, until = (at.astimezone(self._rota.zone) for at in (piece.span.starts, piece.span.ends))
                name = " ".join(filter(None, (role, queue, f"{piece.span.starts:%Y-%m-%dT%H:%M}", f"{until:%H:%M}")))
                yield Need(
                    self._slot(name, piece.span, role, queues, piece.minimum, piece.target),
                    Entry("", role, begins.date(), Hours(begins.time(), until.time()), queues=tuple(queues)),
                )

    def _slot(self, name: str, span: Timed, role: Role, queues: frozenset[str], minimum: int, target: int) -> Slot:
        others = {one.person for one in self._there if one.person is not None and contains(one, span)}
        return Slot(
            id=name,
            starts=span.starts,
            ends=span.ends,
            role=role,
            minimum=minimum,
            target=target,
            languages=self._languages(span, role, queues),
            queues=queues,
            company=len(others),
        )

    def _languages(self, span: Timed, role: Role, queues: frozenset[str]) -> dict[str, int]:
        """How many speakers are lacking: of each language that is wanted at any time of the span, all through it."""
        lacking: dict[str, int] = {}
        for cover in self._covers:
            if cover.language is None or cover.role is not role or not {cover.queue or ""} <= {"", *queues}:
                continue
            if any(self._is_wanted(cover, at) for at in (span.starts, *self._cuts(cover, span))):
                have = [one for one in self._there if self._counts(one, cover) and contains(one, span)]
                more = cover.wanted - len({one.person for one in have if one.person is not None})
                lacking[cover.language] = max(more, lacking.get(cover.language, 0))
        return {language: more for language, more in sorted(lacking.items()) if more > 0}

    def _pieces(self, role: Role, queue: str) -> Iterator[_Piece]:
        """What is lacking, cut where it changes, and like the usual shifts where it lasts for longer than one."""
        covers = [cover for cover in self._covers if (cover.role, cover.queue or "") == (role, queue)]
        cuts = {at for cover in covers for at in self._cuts(cover, self._window)}
        cuts |= {at for one in self._there for at in (one.starts, one.ends)}
        edges = sorted({self._window.starts, self._window.ends, *(at for at in cuts if _is_within(at, self._window))})
        lacking = [(Span(*ends), self._lacking(covers, ends[0])) for ends in pairwise(edges)]
        for (minimum, target), run in groupby(lacking, key=lambda one: one[1]):
            spans = [span for span, _ in run]
            whole = Span(spans[0].starts, spans[-1].ends)
            for span in self._cut_as_usual(whole) if target else ():
                yield _Piece(span, minimum, target)

    def _cut_as_usual(self, whole: Span) -> Iterator[Span]:
        usual = self._policy.proposal.usual_shifts
        ordinary = [length(Span(*hours.on(self._window.starts.date(), self._rota.zone))) for hours in usual]
        cuts = [at for hours in usual for at in self._moments(hours, whole)] if length(whole) > max(ordinary) else []
        for begins, until in pairwise(sorted({whole.starts, *cuts, whole.ends})):
            yield Span(begins, until)

    def _lacking(self, covers: Sequence[Cover], at: datetime) -> tuple[int, int]:
        """How many are missing at a moment, to the minimum and the target. An open shift counts: it is a slot too."""
        minimum = target = 0
        for cover in covers:
            if self._is_wanted(cover, at):
                held = [one for one in self._there if one.holds(at) and self._counts(one, cover)]
                have = len({one.key if one.person is None else one.person for one in held})
                minimum, target = max(minimum, cover.minimum - have), max(target, cover.wanted - have)
        return minimum, target

    def _counts(self, one: Occurrence, cover: Cover) -> bool:
        """Whether an occurrence counts for a requirement: an open one does, by whoever will be given it."""
        if one.person is None:
            return is_for(one, cover)
        person = self._people.get(one.person)
        return person is not None and is_for(one, cover) and meets(person, cover)

    def _is_wanted(self, cover: Cover, at: datetime) -> bool:
        return cover.is_wanted(at.astimezone(self._rota.zone), self._policy.free_days)

    def _cuts(self, cover: Cover, span: Timed) -> list[datetime]:
        return self._moments(cover.hours, span)

    def _moments(self, hours: Hours, span: Timed) -> list[datetime]:
        """When these hours begin and end on each day, within the span, in UTC."""
        first, last = span.starts.astimezone(self._rota.zone).date() - DAY, span.ends.astimezone(self._rota.zone).date()
        days = [first + n * DAY for n in range((last - first).days + 1)]
        found = (moment.astimezone(UTC) for day in days for moment in hours.on(day, self._rota.zone))
        return [moment for moment in found if _is_within(moment, span)]


def _is_within(at: datetime, span: Timed) -> bool:
    return span.starts < at < span.ends
