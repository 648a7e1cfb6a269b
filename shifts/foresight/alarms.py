"""Tells the right people of holes in the rota, days, a day and an hour before; of each once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from helpline import journal, outbox
from helpline.database import Work
from helpline.foresight import Alarms, Audience, Horizon
from helpline.line import Line
from helpline.rota_policy import Cover
from helpline.tables import CoverAlarm
from shifts import wording
from shifts.colleagues import Colleague
from shifts.foresight.cover import Hole, could_fill, cover, holes
from shifts.foresight.warning import Told, Warning, due, still_open
from shifts.roster import colleagues, coordinators, current_rota, supervisors_on_shift
from shifts.rota import Rota

LOOK_EVERY = timedelta(minutes=10)
BEYOND = timedelta(days=7)
"""How much further than the furthest horizon is looked: of a hole without end is told at most so often."""
MOST_LISTED = 3
DAY = timedelta(days=1)
KEY = (CoverAlarm.requirement, CoverAlarm.horizon_hours, CoverAlarm.starts_at)


@dataclass(frozen=True)
class _Telling:
    """A warning, who answers for the rota and is told, and who fits and is asked."""

    warning: Warning
    answer: Sequence[UUID]
    fit: Sequence[UUID]


def look(work: Work, subject: str) -> datetime | None:
    """Timer, for the whole line: tell of every hole that has come near enough. Without `rota.alarms` it rests."""
    del subject
    policy = work.line().rota.alarms
    if policy is None:
        return None
    people = colleagues(work)
    found, since = _found(work, policy, people)
    told = _forget_closed(work, found, since)
    warnings = due(found, told, policy.horizons, work.now, is_day=_is_day(work, policy))
    _text(work, people, _told(work, people, warnings))
    return work.now + LOOK_EVERY


def _found(work: Work, policy: Alarms, people: Mapping[UUID, Colleague]) -> tuple[list[Hole], datetime]:
    """Every hole from this hour on, and since when."""
    since = work.now.replace(minute=0, second=0, microsecond=0)
    until = since + timedelta(hours=policy.horizons[0].hours) + BEYOND
    return holes(cover(current_rota(work), people, work.line().rota, since, until)), since


def _is_day(work: Work, policy: Alarms) -> bool:
    return policy.day.hold(work.now.astimezone(work.line().zone).time())


def _forget_closed(work: Work, found: Sequence[Hole], since: datetime) -> list[Told]:
    """Read what was told, and forget what has been closed since, or is past."""
    rows = work.session.execute(select(*KEY, CoverAlarm.ends_at))
    before = {Told(*row) for row in rows}
    after = {one for one in still_open(before, found, since) if one.ends > since - DAY}
    gone, new = before - after, after - before
    if gone:
        keys = [(one.requirement, one.horizon, one.starts) for one in gone]
        work.session.execute(delete(CoverAlarm).where(tuple_(*KEY).in_(keys)))
    for one in new:
        work.session.execute(insert(CoverAlarm).values(_row(work, one)).on_conflict_do_nothing())
    closed = sum(one.ends > since for one in gone)
    if closed:
        journal.note(work, "cover.closed", stretches=closed)
    return list(after)


def _told(work: Work, people: Mapping[UUID, Colleague], warnings: Iterable[Warning]) -> list[_Telling]:
    """To whom which warning goes; each written down first. One that nobody can be told of is left for later.

    Whoever answers for the rota is not asked to come as well.
    """
    rota, tellings = current_rota(work), []
    for warning in warnings:
        answer = _who_answers(work, warning.horizon)
        fit: list[UUID] = []
        if Audience.EVERYBODY_WHO_FITS in warning.horizon.tell:
            fit = [one for one in _who_fits(work.line(), rota, people.values(), warning.hole) if one not in answer]
        if (answer or fit) and _remember(work, warning.as_told()):
            tellings.append(_Telling(warning, answer, fit))
    return tellings


def _remember(work: Work, told: Told) -> bool:
    """Write it down; False if somebody else has: then it is theirs to tell."""
    row = insert(CoverAlarm).values(_row(work, told)).on_conflict_do_nothing().returning(CoverAlarm.starts_at)
    return work.session.scalar(row) is not None


def _row(work: Work, told: Told) -> dict[str, object]:
    names = ("requirement", "horizon_hours", "starts_at", "ends_at")
    return {**dict(zip(names, astuple(told), strict=True)), "told_at": work.now}


def _text(work: Work, people: Mapping[UUID, Colleague], tellings: Sequence[_Telling]) -> None:
    """One text for everybody who is told of any of it."""
    alarms = _by_person((one.warning.hole, one.answer) for one in tellings)
    asks = _by_person((one.warning.hole, one.fit) for one in tellings)
    for words, whom in (("cover_alarm", alarms), ("cover_ask", asks)):
        for person in whom.keys() - (alarms.keys() if whom is asks else set()):
            clock = people[person].zone or work.line().zone
            what = listed(work.line(), whom[person], clock)
            text = work.line().words(words, what=what, count=len(whom[person]))
            outbox.text_person(work, person, text, urgency=outbox.Urgency.NOTICE)
    if tellings:
        hours = sorted({one.warning.horizon.hours for one in tellings})
        journal.note(work, "cover.alarm", holes=len(tellings), hours=hours, told=len(alarms), asked=len(asks))


def _by_person(told: Iterable[tuple[Hole, Sequence[UUID]]]) -> dict[UUID, list[Hole]]:
    found: dict[UUID, list[Hole]] = {}
    for hole, people in told:
        for person in people:
            found.setdefault(person, []).append(hole)
    return found


def _who_answers(work: Work, horizon: Horizon) -> list[UUID]:
    found: dict[UUID, None] = {}
    if Audience.COORDINATORS in horizon.tell:
        found |= {one.id: None for one in coordinators(work)}
    if Audience.SUPERVISORS in horizon.tell:
        found |= {one.id: None for one in supervisors_on_shift(work)}
    return list(found)


def _who_fits(line: Line, rota: Rota, people: Iterable[Colleague], hole: Hole) -> list[UUID]:
    return [one.id for one in people if could_fill(hole, one, rota, line.rota)]


def listed(line: Line, found: Sequence[Hole], zone: ZoneInfo) -> str:
    """The first holes in the line's words, on the wall clock of `zone`, and how many more there are."""
    told = [hole_in_words(line, hole, zone) for hole in found[:MOST_LISTED]]
    if len(found) > MOST_LISTED:
        told.append(line.words("cover_more", count=len(found) - MOST_LISTED))
    return "; ".join(told)


def hole_in_words(line: Line, hole: Hole, zone: ZoneInfo) -> str:
    """When too few are there, how many, and of whom."""
    when = wording.span(hole.starts, hole.ends, zone)
    return line.words(
        "cover_hole", when=when, have=hole.have, wanted=hole.wanted.minimum, who=who_in_words(line, hole.wanted)
    )


def who_in_words(line: Line, wanted: Cover) -> str:
    """Whom a requirement wants, such as peers who speak Spanish."""
    if wanted.tier is not None:
        who = line.words("cover_on_call", tier=wanted.tier)
    else:
        who = line.words(f"cover_{wanted.role}")
    if wanted.language is not None:
        who = line.words("cover_language", who=who, language=line.spoken_name(wanted.language))
    if wanted.queue is not None:
        who = line.words("cover_queue", who=who, queue=wanted.queue)
    return who
