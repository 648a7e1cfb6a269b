"""What is told about presence, and to whom: reminders, lateness, breaks, hand-offs, and who will be on call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from helpline import outbox
from helpline.database import Work
from helpline.hours import zone_named
from helpline.tables import DutyRow, Person
from routing.attendance import duties, stand_ins, there
from shifts import wording
from shifts.presence import Notice
from shifts.roster import coordinators, current_rota, roster, supervisors_on_shift
from shifts.stretches import stretches

FRESH = timedelta(hours=1)
"""Whoever has begun so lately before somebody's end takes over from them."""
MOST_NAMED = 3


def tell(work: Work, row: DutyRow, notice: Notice) -> None:
    """Tell what this notice says of the duty to whoever it is for."""
    _NOTICES[notice](work, row)


def to_person(work: Work, person: UUID, key: str, /, **facts: str | int) -> None:
    """Text somebody the line's words for `key`."""
    outbox.text_person(work, person, work.line().words(key, None, **facts), urgency=outbox.Urgency.NOTICE)


def to_coordinators(work: Work, key: str, /, **facts: str | int) -> None:
    """Text whoever answers for the rota."""
    for one in coordinators(work):
        to_person(work, one.id, key, **facts)


def to_supervisors(work: Work, key: str, /, **facts: str | int) -> None:
    for one in supervisors_on_shift(work):
        to_person(work, one.id, key, **facts)


def zone_of(work: Work, person: UUID) -> ZoneInfo:
    """The zone somebody reads a clock in: their own, or the line's."""
    return zone_named(work.session.get_one(Person, person).timezone, work.line().zone)


def clock(work: Work, at: datetime | None, reader: UUID) -> str:
    """A moment as `reader` reads it off their clock; empty if there is none. With the day, if it is not near."""
    if at is None:
        return ""
    zone = zone_of(work, reader)
    near = abs(at - work.now) < timedelta(hours=20)
    return f"{at.astimezone(zone):%H:%M}" if near else wording.moment(at, zone)


def name_of(work: Work, person: UUID) -> str:
    return work.session.get_one(Person, person).name


def on_until(work: Work, row: DutyRow) -> str:
    """Until when somebody is on, in the line's words; empty for whoever is on around the clock."""
    closes = clock(work, row.ends_at, row.person_id)
    return work.line().words("on_until", closes=closes) if closes else ""


def _reminder(work: Work, row: DutyRow) -> None:
    policy = work.line().presence
    key = "shift_soon_check_in" if policy is not None and policy.is_required else "shift_soon"
    zone = zone_of(work, row.person_id)
    until = row.ends_at or row.starts_at
    to_person(work, row.person_id, key, what=wording.span(row.starts_at, until, zone))


def _late(work: Work, row: DutyRow) -> None:
    to_person(work, row.person_id, "check_in_asked", opens=clock(work, row.starts_at, row.person_id))


def _backups(work: Work, row: DutyRow) -> None:
    """Where there is nobody to ask, coordinators need not wait for an answer that cannot come."""
    asked = ask_for_stand_in(work, row, row.ends_at)
    if not asked and Notice.COORDINATORS not in row.told:
        row.told = sorted({*row.told, Notice.COORDINATORS})
        _coordinators(work, row)


def ask_for_stand_in(work: Work, row: DutyRow, until: datetime | None) -> int:
    """Ask those who may step in for somebody on shift. Returns how many were asked."""
    if until is None:
        return 0
    closes = f"{until.astimezone(work.line().zone):%H:%M}"
    words = work.line().words("stand_in_asked", name=name_of(work, row.person_id), closes=closes)
    return stand_ins.ask(work, row, words, until)


def _coordinators(work: Work, row: DutyRow) -> None:
    line = work.line()
    if row.stand_in_id is not None:
        what = line.words("stands_in", name=name_of(work, row.stand_in_id))
    elif row.wanted_until is not None:
        what = line.words("nobody_stands_in")
    else:
        what = line.words("stand_in_none")
    opens = f"{row.starts_at.astimezone(line.zone):%H:%M}"
    to_coordinators(work, "coordinator_missing", name=name_of(work, row.person_id), opens=opens, what=what)


def _takes_up(work: Work, row: DutyRow) -> None:
    if work.now - row.starts_at < FRESH:
        to_person(work, row.person_id, "hand_off_begin", what=_company(work, row, max(work.now, row.starts_at)))


def _company(work: Work, row: DutyRow, at: datetime) -> str:
    """Who else is on shift at that moment and until when, in the line's words."""
    others = [one for one in _on_at(work, at) if one[0] != row.person_id]
    if not others:
        return work.line().words("only_you")
    return _listed(work, row.person_id, "stays_on", others)


def _ends(work: Work, row: DutyRow) -> None:
    if row.ends_at is not None:
        closes = clock(work, row.ends_at, row.person_id)
        to_person(work, row.person_id, "hand_off_end", closes=closes, what=_after(work, row, row.ends_at))


def _after(work: Work, row: DutyRow, ends: datetime) -> str:
    """Who takes over then, who stays, or that nobody does."""
    after = [one for one in _on_at(work, ends) if one[0] != row.person_id]
    if not after:
        return work.line().words("nobody_takes_over")
    fresh = [one for one in after if one[1] >= ends - FRESH]
    if fresh:
        return _listed(work, row.person_id, "takes_over", fresh)
    return _listed(work, row.person_id, "stays_on", after)


Spell = tuple[UUID, datetime, datetime | None]
"""Somebody, and from when until when they are on."""


def _on_at(work: Work, at: datetime) -> list[Spell]:
    """Who may be rung at that moment by the rota."""
    roles = duties.asked_roles(work.line())
    found = stretches(current_rota(work), at, timedelta())
    return [(one.person, one.starts, one.ends) for one in found if one.tier is None and one.role in roles]


def _listed(work: Work, reader: UUID, key: str, spells: Iterable[Spell]) -> str:
    """A sentence for each of the first few."""
    line, said = work.line(), []
    for person, starts, ends in list(spells)[:MOST_NAMED]:
        name, opens, closes = name_of(work, person), clock(work, starts, reader), clock(work, ends, reader)
        words = key if closes or key == "takes_over" else "is_on"
        said.append(line.words(words, name=name, opens=opens, closes=closes))
    return " ".join(said)


def _still_there(work: Work, row: DutyRow) -> None:
    to_person(work, row.person_id, "still_there", closes=clock(work, row.leased_until, row.person_id))


def _lapsed(work: Work, row: DutyRow) -> None:
    to_person(work, row.person_id, "lapsed")
    if not there.others_there(work, row.person_id):
        to_supervisors(work, "supervisor_lapsed", name=name_of(work, row.person_id))


def _break_over(work: Work, row: DutyRow) -> None:
    to_person(work, row.person_id, "break_over")


def _ready(work: Work, row: DutyRow) -> None:
    opens = clock(work, row.starts_at, row.person_id)
    to_person(work, row.person_id, "on_call_ready", tag=str(row.tier), opens=opens)
    line, policy = work.line(), work.line().presence
    rung = policy is not None and policy.on_call.by_call and row.times_asked > 1
    if rung and row.person_id not in roster(work).on_the_phone:
        outbox.ring_for_ready(work, row.person_id, row.id, seconds=line.ladder.ring_seconds)


def _not_ready(work: Work, row: DutyRow) -> None:
    """Who was on call before is asked to stay; the next tier, and coordinators, hear that somebody does not answer."""
    line = work.line()
    opens, tier = f"{row.starts_at.astimezone(line.zone):%H:%M}", str(row.tier)
    facts = {"name": name_of(work, row.person_id), "opens": opens, "tag": tier}
    if row.ends_at is not None:
        stand_ins.ask(work, row, line.words("on_call_stay", None, **facts), row.ends_at)
    for person in _next_tier(work, row):
        to_person(work, person, "on_call_next", **facts)
    to_coordinators(work, "coordinator_on_call", **facts)


def _next_tier(work: Work, row: DutyRow) -> list[UUID]:
    """Who is on call in the first tier after this one, now or when it begins."""
    later: dict[int, list[UUID]] = {}
    for one in current_rota(work).at(max(work.now, row.starts_at)):
        if one.tier is not None and row.tier is not None and one.tier > row.tier and one.person is not None:
            later.setdefault(one.tier, []).append(one.person)
    return later[min(later)] if later else []


_NOTICES: Mapping[Notice, Callable[[Work, DutyRow], None]] = {
    Notice.REMINDER: _reminder,
    Notice.LATE: _late,
    Notice.BACKUPS: _backups,
    Notice.COORDINATORS: _coordinators,
    Notice.TAKES_UP: _takes_up,
    Notice.STILL_THERE: _still_there,
    Notice.LAPSED: _lapsed,
    Notice.BREAK_OVER: _break_over,
    Notice.ENDS: _ends,
    Notice.READY: _ready,
    Notice.NOT_READY: _not_ready,
}
