"""`helpline line try FILE`: what a changed line file would have decided about the last contacts, before it is applied.

Every journalled verdict is made again with the new file from what it saw at that moment. What would have followed from
another decision is not played on: each verdict is compared by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from helpline.database import Work
from helpline.line import Line
from helpline.tables import Event, Person
from routing import verdicts
from routing.choose import Hold, Offer, Verdict
from routing.reasons import Reason, Rule


@dataclass(frozen=True)
class Difference:
    """One verdict that would have been another. `why` has a reason for everybody who would be treated otherwise."""

    contact: UUID
    at: datetime
    then: tuple[str, ...]
    now: tuple[str, ...]
    why: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, object]:
        return {
            "contact": str(self.contact),
            "at": self.at.isoformat(),
            "then": list(self.then),
            "now": list(self.now),
            "why": [{"name": name, "words": words} for name, words in self.why],
        }


@dataclass
class Trial:
    """How many verdicts were tried, could not be, and would have been others."""

    tried: int = 0
    forgotten: int = 0
    queue_gone: int = 0
    differences: list[Difference] = field(default_factory=list)


def attempt(work: Work, line: Line, days: float) -> Trial:
    """Try `line` on the verdicts of the last `days`. Nothing is changed."""
    names = {row.id: row.name for row in work.session.execute(select(Person.id, Person.name))}
    since = work.now - timedelta(days=days)
    journalled = select(Event).where(Event.what.in_(verdicts.KINDS.values()), Event.at >= since).order_by(Event.id)
    trial = Trial()
    for event in work.session.scalars(journalled.execution_options(yield_per=200)):
        _try(work, line, event, names, trial)
    return trial


def _try(work: Work, line: Line, event: Event, names: dict[UUID, str], trial: Trial) -> None:
    if event.reasons["seen"]["queue"] not in line.queues:
        trial.queue_gone += 1
        return
    try:
        people = verdicts.snapshot_of(work, event)
    except verdicts.NotReplayable:
        trial.forgotten += 1
        return
    trial.tried += 1
    then = verdicts.replay(event, people, work.line(event.reasons["line_version"]), names)
    now = verdicts.replay(event, people, line, names)
    if event.contact_id is not None and _asked(then) != _asked(now):
        trial.differences.append(_difference(event.contact_id, event.at, then, now))


def _difference(contact: UUID, at: datetime, then: Verdict, now: Verdict) -> Difference:
    why = tuple((new.name, new.words) for old, new in zip(then.reasons, now.reasons, strict=True) if old != new)
    return Difference(contact, at, _asked(then), _asked(now), why)


def _asked(verdict: Verdict) -> tuple[str, ...]:
    """Who would be asked, by name; or what happens instead."""
    chosen = [reason.name for reason in _chosen(verdict.reasons)]
    if isinstance(verdict, Offer):
        return tuple(chosen)
    return ("nobody left to ask",) if isinstance(verdict, Hold) and verdict.nobody else ("nobody now",)


def _chosen(reasons: Iterable[Reason]) -> Iterator[Reason]:
    return (reason for reason in reasons if reason.rule is Rule.CHOSEN)


def as_sentences(trial: Trial, line: Line, most: int) -> Iterator[str]:
    """The trial as a coordinator reads it, with at most so many differences told one by one."""
    yield f"{trial.tried} verdicts were made again with version {line.version}; {len(trial.differences)} differ."
    if trial.forgotten:
        yield f"{trial.forgotten} could not be: what they were made from is no longer kept."
    if trial.queue_gone:
        yield f"{trial.queue_gone} were about a queue that the file does not have."
    for one in trial.differences[:most]:
        yield ""
        yield f"{one.at.astimezone(line.zone):%a %d %b %H:%M:%S}  contact {one.contact}"
        yield f"    then: {', '.join(one.then)}"
        yield f"    with this file: {', '.join(one.now)}"
        for name, words in one.why:
            yield f"        {name or 'somebody'} {words}"
    if len(trial.differences) > most:
        yield f"… and {len(trial.differences) - most} more; --most shows them."
