"""Whether somebody is there for their shift, or ready for their time on call: pure functions of values.

On shift is not present. Presence is proven by checking in, renewed by whatever somebody does, and lapses by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from helpline.nouns import DutyState
from helpline.presence_policy import Presence


class Notice(StrEnum):
    """What somebody is told of a duty, each once; about a lease or a break, once each time."""

    REMINDER = "reminder"
    LATE = "late"
    BACKUPS = "backups"
    COORDINATORS = "coordinators"
    TAKES_UP = "takes_up"
    STILL_THERE = "still_there"
    LAPSED = "lapsed"
    BREAK_OVER = "break_over"
    ENDS = "ends"
    READY = "ready"
    NOT_READY = "not_ready"


OF_A_LEASE = frozenset({Notice.STILL_THERE, Notice.LAPSED})
"""What may be told again once presence was proven anew."""
AGAIN_AND_AGAIN = frozenset({Notice.BREAK_OVER, Notice.READY})
NEVER_BEGINS = frozenset({Notice.REMINDER, Notice.BACKUPS, Notice.COORDINATORS, Notice.TAKES_UP})
"""What is never told of somebody who is on around the clock: they are not late for anything."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A stretch of somebody's shifts, or with a `tier` of their time on call, and what is known of their presence.

    `expected` is when they are expected: later than it starts if they said that they would be `late`, or if nobody
    knew of the duty before. Without an end it goes on around the clock.
    """

    state: DutyState
    starts: datetime
    ends: datetime | None
    expected: datetime
    leased_until: datetime | None = None
    break_until: datetime | None = None
    late: bool = False
    tier: int | None = None
    told: frozenset[Notice] = frozenset()
    times_asked: int = 0

    def lapses_at(self, policy: Presence) -> datetime | None:
        """When presence lapses by itself; None where it does not."""
        if not policy.is_required or self.tier is not None:
            return None
        return self.leased_until or self.expected + policy.lease


@dataclass(frozen=True, slots=True)
class Move:
    """Where a duty stands at a moment, and what is told now. `until` is the next moment to look; None once it is over.

    `leased_until` is given where presence is proven by it.
    """

    state: DutyState
    reason: str
    until: datetime | None
    notices: tuple[Notice, ...] = ()
    times_asked: int = 0
    leased_until: datetime | None = None


Step = tuple[datetime, Notice]


def assess(duty: Duty, policy: Presence, now: datetime) -> Move:
    """The next move. Looked at again after a move, a duty stays where it is, and nothing is told twice."""
    if duty.state is DutyState.ENDED:
        return Move(DutyState.ENDED, "it is over", None)
    if duty.ends is not None and now >= duty.ends:
        return Move(DutyState.ENDED, "its time is over", None)
    if duty.tier is not None:
        return _on_call(duty, policy, now)
    return _BY_STATE[duty.state](duty, policy, now)


def _expected(duty: Duty, policy: Presence, now: datetime) -> Move:
    if not policy.is_required and now >= duty.expected:
        return Move(DutyState.PRESENT, "on shift, which is enough", now)
    steps: list[Step] = []
    if policy.remind_minutes and now < duty.starts:
        steps.append((duty.starts - timedelta(minutes=policy.remind_minutes), Notice.REMINDER))
    if policy.is_required:
        steps += [
            (duty.expected + timedelta(minutes=policy.warn_after_minutes), Notice.LATE),
            (duty.expected + timedelta(minutes=policy.backups_after_minutes), Notice.BACKUPS),
            (duty.expected + timedelta(minutes=policy.coordinators_after_minutes), Notice.COORDINATORS),
        ]
    until = None if policy.is_required else duty.expected
    return _stays(duty, "has not checked in", steps, until, now)


def _present(duty: Duty, policy: Presence, now: datetime) -> Move:
    lapses = duty.lapses_at(policy)
    if lapses is not None and now >= lapses:
        return Move(DutyState.LAPSED, "nothing was heard of them for as long as the line trusts", now, (Notice.LAPSED,))
    steps = [(duty.starts, Notice.TAKES_UP)] if policy.hand_off_minutes else []
    if lapses is not None and (duty.ends is None or lapses < duty.ends):
        steps.append((lapses - timedelta(minutes=policy.ask_before_minutes), Notice.STILL_THERE))
    if policy.hand_off_minutes and duty.ends is not None:
        steps.append((duty.ends - timedelta(minutes=policy.hand_off_minutes), Notice.ENDS))
    return _stays(duty, "is there", steps, lapses, now)


def _on_break(duty: Duty, policy: Presence, now: datetime) -> Move:
    over = duty.break_until or now
    if now >= over:
        return Move(DutyState.PRESENT, "the break is over", now, (Notice.BREAK_OVER,), leased_until=over + policy.lease)
    return _stays(duty, "is on a break", (), over, now)


def _lapsed(duty: Duty, policy: Presence, now: datetime) -> Move:
    if not policy.is_required:
        return Move(DutyState.PRESENT, "on shift, which is enough", now)
    return _stays(duty, "has not shown to be there", (), None, now)


_BY_STATE: Mapping[DutyState, Callable[[Duty, Presence, datetime], Move]] = {
    DutyState.EXPECTED: _expected,
    DutyState.PRESENT: _present,
    DutyState.ON_BREAK: _on_break,
    DutyState.LAPSED: _lapsed,
}


def _on_call(duty: Duty, policy: Presence, now: datetime) -> Move:
    """Asked several times to answer; in the end others hear that they did not."""
    asking = policy.on_call
    if duty.state is not DutyState.EXPECTED or not asking.ask_minutes:
        return Move(duty.state, "has answered", duty.ends or now + policy.lease)
    every = timedelta(minutes=asking.repeat_minutes)
    due = min(asking.times, (now - duty.expected) // every + 1) if now >= duty.expected else 0
    steps = [(duty.expected + asking.times * every, Notice.NOT_READY)]
    later = duty.expected + due * every if due < asking.times else None
    move = _stays(duty, "has not answered yet", steps, later, now)
    asks = (Notice.READY,) if due > duty.times_asked else ()
    return Move(move.state, move.reason, move.until, asks + move.notices, max(due, duty.times_asked))


def _stays(duty: Duty, reason: str, steps: Sequence[Step], until: datetime | None, now: datetime) -> Move:
    """No other state: what is due to be told is told, and the next moment at which something changes is looked at."""
    open_steps = [step for step in steps if step[1] not in duty.told]
    due = tuple(notice for at, notice in sorted(open_steps) if at <= now)
    moments = [at for at, _ in open_steps if at > now]
    moments += [moment for moment in (until, duty.ends) if moment is not None]
    return Move(duty.state, reason, min(moments, default=now + timedelta(hours=1)), due, duty.times_asked)


def keeps_away(duty: Duty | None, policy: Presence, now: datetime, zone: ZoneInfo) -> str:
    """Why somebody who is on shift by the rota is not asked, as a sentence without its subject; empty if they are.

    It is worked out from the moments themselves, so that it is right however late anybody looks at them.
    """
    if duty is None:
        return "has not checked in for this shift" if policy.is_required else ""
    if duty.state is DutyState.ON_BREAK and duty.break_until is not None and now < duty.break_until:
        return f"is on a break until {duty.break_until.astimezone(zone):%H:%M}"
    if duty.state is DutyState.EXPECTED:
        if duty.late and now < duty.expected:
            return f"is late: expected at {duty.expected.astimezone(zone):%H:%M}"
        return "has not checked in for this shift" if policy.is_required else ""
    lapses = duty.lapses_at(policy)
    if lapses is not None and (duty.state is DutyState.LAPSED or now >= lapses) and not _is_back(duty, policy, now):
        return f"has not been heard of since {(lapses - policy.lease).astimezone(zone):%H:%M}"
    return ""


def _is_back(duty: Duty, policy: Presence, now: datetime) -> bool:
    """Whether a break of theirs has just ended, which proves them present for another lease."""
    if duty.state is not DutyState.ON_BREAK or duty.break_until is None:
        return False
    return now < duty.break_until + policy.lease
