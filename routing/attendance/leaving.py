"""Somebody ends their shift early: the rota says so, and whoever may step in is asked where nobody is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from helpline import journal
from helpline.database import Work
from helpline.nouns import DutyState
from helpline.tables import DutyRow
from routing.attendance import duties, stand_ins
from routing.attendance.notices import ask_for_stand_in, name_of, to_coordinators
from shifts.roster import colleagues, current_rota
from shifts.rota import Occurrence
from shifts.single import cut_short
from shifts.taking_part.holes import Hole, in_words, opened
from shifts.taking_part.standing import Change, Standing, Step


def leave(work: Work, row: DutyRow, *, alone: bool) -> None:
    """The shift is over now, and with it those that were to follow at once. Nobody is cut off: calls go on.

    Where they were `alone`, backups are asked until the shift would have ended, and coordinators hear of it; so they do
    where fewer are left than the line wants at least.
    """
    ends = row.ends_at
    rest = _rest(work, row, ends)
    last = max((one.ends for one in rest), default=work.now) if ends is None else ends
    opened_by_it = _holes(work, rest)
    stand_ins.relieve(work, row)
    for one in rest:
        cut_short(work, one, row.person_id, leave_open=True)
    journal.note(work, "duty.left", person=row.person_id, duty=str(row.id), alone=alone)
    if row.state is not DutyState.ENDED:
        duties.end(work, row, "ended their shift early")
    duties.look_again(work)
    if alone:
        closes = f"{last.astimezone(work.line().zone):%H:%M}"
        ask_for_stand_in(work, row, last)
        to_coordinators(work, "coordinator_off", name=name_of(work, row.person_id), closes=closes)
    elif opened_by_it:
        what = f"{in_words(opened_by_it[0], work.line().zone)}."
        to_coordinators(work, "coordinator_off_short", name=name_of(work, row.person_id), what=what)


def _holes(work: Work, rest: list[Occurrence]) -> list[Hole]:
    """Where there will be fewer than the line wants at least, once they have gone."""
    line = work.line()
    going = Change(tuple(Step(one, None) for one in rest))
    holes = opened(going, Standing(current_rota(work), colleagues(work), line.zone), line.rota)
    return [replace(hole, starts=max(hole.starts, work.now)) for hole in holes if hole.ends > work.now]


def _rest(work: Work, row: DutyRow, ends: datetime | None) -> list[Occurrence]:
    """What is left of theirs: what is under way, and what follows on it; around the clock, today's alone."""
    found = current_rota(work).between(work.now, ends or work.now + duties.EVERY)
    mine = [one for one in found if one.person == row.person_id and one.tier is None]
    return [one for one in mine if one.holds(work.now) or ends is not None]
