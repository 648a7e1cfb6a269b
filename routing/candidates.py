"""The roster as the engine sees it: everybody as a candidate, as they stand now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from helpline.database import Work
from helpline.line import Line, Protection
from helpline.nouns import Channel
from helpline.queue import Strategy
from helpline.skills import valid_and_lapsed
from routing.attendance import there
from routing.pool import Candidate, Pool
from shifts.roster import Held, Member, Roster, Today, today

COUNTING = frozenset({Strategy.LEAST_TODAY, Strategy.ROUND_ROBIN})
NOTHING = Today()


def pool(work: Work, now: Roster, line: Line) -> Pool:
    """Everybody on the roster, under the policy of `line`."""
    counted = today(work, now) if _counts(line) else {}
    day = work.now.astimezone(line.zone).date()
    away, ending = there.absences(work, now, line), there.ending(now, line)
    people = [_candidate(one, now, line, counted, day) for one in now.people]
    if away or ending:
        people = [
            replace(one, away=away.get(one.person, ""), ending=ending.get(one.person, frozenset()))
            if one.person in away or one.person in ending
            else one
            for one in people
        ]
    return Pool(people, work.now)


def _counts(line: Line) -> bool:
    """Whether anything depends on how much somebody has had today, which costs a look at all of today's offers."""
    policy = line.protection
    limited = policy is not None and (policy.contacts_per_shift or policy.hours_per_shift)
    return bool(limited) or any(queue.strategy in COUNTING for queue in line.queues.values())


def _candidate(one: Member, now: Roster, line: Line, counted: Mapping[UUID, Today], day: date) -> Candidate:
    holding = now.held.get(one.id, ())
    so_far = counted.get(one.id, NOTHING)
    valid, lapsed = valid_and_lapsed(one.skills, day) if one.skills else (frozenset(), frozenset())
    return Candidate(
        person=one.id,
        name=one.name,
        role=now.coverage.serving.get(one.id, one.role),
        place=one.place,
        languages=frozenset(one.languages),
        excludes=frozenset(one.excludes),
        on_shift=one.id in now.coverage.on_shift,
        free_shares=_free_shares(holding, line),
        paused_until=one.paused_until,
        idle_since=one.idle_since,
        skills=valid,
        lapsed=lapsed,
        queues=_queues(one, now),
        on_phone=one.id in now.on_the_phone,
        free_texts=None if one.most_texts is None else one.most_texts - _texts(holding),
        resting_until=one.resting_until,
        at_limit=_at_limit(so_far, line.protection),
        absent=_is_absent(one, now),
        contacts_today=so_far.contacts,
        last_asked=so_far.last_asked,
    )


def _queues(one: Member, now: Roster) -> frozenset[str]:
    """The queues they serve on this shift; empty means every one. What the shift is for stands above what is usual."""
    kept_to = now.coverage.kept_to.get(one.id)
    usual = frozenset(one.queues)
    return usual if kept_to is None else (usual & kept_to or kept_to)


def _is_absent(one: Member, now: Roster) -> bool:
    """Whether they have been found not to be there since their shift began: another shift begins anew."""
    began = now.shifts.get(one.id)
    return one.absent_since is not None and began is not None and one.absent_since >= began


def _free_shares(holding: Sequence[Held], line: Line) -> int:
    """Shares that are free; none beside somebody as grave as the line says nobody else may stand beside."""
    alone_from = line.capacity.alone_from_tier
    if alone_from is not None and any(one.risk >= alone_from for one in holding):
        return 0
    return line.capacity.shares - sum(one.share_to - one.share_from for one in holding)


def _texts(holding: Sequence[Held]) -> int:
    return sum(one.channel is Channel.TEXT for one in holding)


def _at_limit(so_far: Today, policy: Protection | None) -> str:
    """Which limit of a shift is reached, in words; empty if none is."""
    if policy is None:
        return ""
    contacts, hours = policy.contacts_per_shift, policy.hours_per_shift
    if contacts and so_far.shift_contacts >= contacts:
        return f"has had {so_far.shift_contacts} contacts this shift, the most the line allows"
    if hours and so_far.shift_hours >= hours:
        return f"has been on shift for {hours:g} hours, the most the line allows"
    return ""
