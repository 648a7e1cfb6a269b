"""The rota's book, opened by one transaction at a time: the rota, the people, and who reads what on which clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID
from zoneinfo import ZoneInfo

from helpline import outbox
from helpline.database import Work
from helpline.line import Line
from helpline.locks import lock_rota
from helpline.rota_limits import Limits
from shifts import wording
from shifts.colleagues import answering
from shifts.roster import colleagues, current_rota
from shifts.rota import Occurrence
from shifts.taking_part import numbering
from shifts.taking_part.rules import Verdict, consider, why
from shifts.taking_part.standing import Change, Standing, Step


@dataclass(frozen=True)
class Answer:
    """What whoever acted is told: a key of the line's words, and what is put into them."""

    key: str
    facts: dict[str, str | int]


@dataclass(frozen=True)
class Book:
    """What a change of the rota is judged by and written in. Its transaction holds the rota's lock."""

    work: Work
    line: Line
    standing: Standing

    @property
    def limits(self) -> Limits:
        return self.line.rota.limits or Limits()

    def name(self, person: UUID | None) -> str:
        """The name of somebody of the roster; empty if they are not on it any more."""
        known = self.standing.people.get(person) if person is not None else None
        return known.name if known is not None else ""

    def clock_of(self, person: UUID | None) -> ZoneInfo:
        """The time zone in which somebody reads times: theirs, or the line's."""
        known = self.standing.people.get(person) if person is not None else None
        return (known.zone if known is not None else None) or self.line.zone

    def numbered(self, number: int) -> Occurrence | None:
        """The shift that was listed under this number, as it stands now."""
        key = numbering.shift_of(self.work, number)
        return None if key is None else self.standing.rota.occurrence(*key)

    def number(self, one: Occurrence) -> int:
        """The number of a shift; 0 if it is not in the rota any more."""
        if self.standing.rota.occurrence(one.shift, one.on) is None:
            return 0
        return numbering.numbers_of(self.work, [one.key])[one.key]

    def judge(self, change: Change, reader: UUID | None) -> Verdict:
        """The verdict on a change, in sentences that `reader` reads on their clock."""
        seen = replace(self.standing, reader=self.clock_of(reader))
        return consider(replace(change, by=reader), seen, self.line.rota, self.work.now)

    def why(self, change: Change, reader: UUID | None) -> str:
        return why(self.judge(change, reader))

    def shift(self, one: Occurrence, reader: UUID | None) -> str:
        """The shift as `reader` reads it: day and hours, and what it is, unless that is what they are."""
        known = self.standing.people.get(reader) if reader is not None else None
        written = wording.shift(one, self.clock_of(reader))
        if one.tier is not None:
            return f"{written} (on call, tier {one.tier})"
        return written if known is None or known.role is one.role else f"{written} ({one.role})"

    def answer(self, person: UUID | None, key: str, one: Occurrence | None = None, /, **facts: str | int) -> Answer:
        """What `person` is told about a shift, in words for them."""
        about: dict[str, str | int] = (
            {"shift": self.shift(one, person), "number": self.number(one)} if one is not None else {}
        )
        return Answer(key, {**about, **facts})

    def refusal(self, person: UUID | None, change: Change) -> Answer:
        """That a change is not made, and why."""
        return self.answer(person, "rota_refused", change.steps[0].occurrence, why=self.why(change, person))

    def tell(self, person: UUID, key: str, one: Occurrence | None = None, /, **facts: str | int) -> None:
        """Text somebody about a shift."""
        say(self.work, person, self.answer(person, key, one, **facts))

    def coordinators(self) -> list[UUID]:
        """Whoever answers for the rota; where a line has no coordinator, every supervisor."""
        return [one.id for one in answering(self.standing.people.values())]

    def deciders(self, asker: UUID) -> list[UUID]:
        """Who may decide what somebody asks for: not themselves, unless they alone answer for the rota."""
        found = self.coordinators()
        return [one for one in found if one != asker] or found


def open_book(work: Work) -> Book:
    """The book as it stands now, for this transaction alone. No rota is changed while it is open but by it."""
    lock_rota(work)
    line = work.line()
    return Book(work, line, Standing(current_rota(work), colleagues(work), line.zone))


def say(work: Work, person: UUID, answer: Answer) -> None:
    """Text somebody the words of an answer."""
    words = work.line().words(answer.key, None, **answer.facts)
    outbox.text_person(work, person, words, urgency=outbox.Urgency.NOTICE)


def one_step(one: Occurrence, to: UUID | None, number: int | None = None) -> Change:
    """The change by which one shift becomes that of `to`, or open."""
    return Change((Step(one, to),), number=number)
