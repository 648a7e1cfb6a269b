"""Test contacts: the line calls and texts itself over the carrier, round the clock, to prove that it answers.

A test is a row of its own, a probe, and never a contact: nobody can be rung or paged for it, and no figure counts it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from helpline import outbox, timers
from helpline.database import Work
from helpline.line import Line
from helpline.nouns import Channel, TimerKind
from helpline.outbox import Kind
from helpline.tables import Probe

KEPT = timedelta(days=7)
LOOK_BACK = 20
SPOKEN = "helpline test "
"""What a test text begins with; behind it stands its id, which nobody outside knows."""


def begin(work: Work) -> None:
    """See that tests are made from now on, if the line makes any."""
    policy = work.line().test_contacts
    for channel in Channel:
        if policy is not None and policy.every(channel) is not None:
            timers.bring_forward(work, TimerKind.TEST, channel, work.now)


def place(work: Work, subject: str) -> datetime | None:
    """Timer: let the line contact itself by one channel."""
    channel, policy = Channel(subject), work.line().test_contacts
    every = policy.every(channel) if policy is not None else None
    if every is None:
        return None
    probe = Probe(id=work.new_id(), channel=channel, placed_at=work.now)
    work.session.add(probe)
    work.session.execute(delete(Probe).where(Probe.placed_at < work.now - KEPT))
    work.session.flush()
    if channel is Channel.VOICE:
        outbox.test(work, Kind.TEST_CALL, probe.id)
    else:
        outbox.test(work, Kind.TEST_TEXT, probe.id, f"{SPOKEN}{probe.id.hex}")
    return work.now + every


def refused(work: Work, probe_id: UUID, problem: str) -> None:
    """The carrier did not do it."""
    probe = work.session.get(Probe, probe_id, with_for_update=True)
    if probe is not None:
        probe.problem = problem


def arriving_call(work: Work, number: str, sid: str) -> Probe | None:
    """The test call that this is, which has just come in: the one under way, from the number that tests come from.

    A number can be forged. Who does it in the half minute of a test hears that it is one, and has only to press a key.
    """
    policy = work.line().test_contacts
    if policy is None or number != policy.from_number:
        return None
    latest = (
        select(Probe)
        .where(Probe.channel == Channel.VOICE, Probe.placed_at >= work.now - policy.within)
        .order_by(Probe.placed_at.desc())
        .limit(1)
        .with_for_update()
    )
    probe = work.session.scalar(latest)
    if probe is None or probe.sid not in (None, sid):
        return None
    probe.sid, probe.arrived_at = sid, probe.arrived_at or work.now
    return probe


def is_test(work: Work, sid: str) -> bool:
    """Whether a call that came in was a test."""
    return work.session.scalar(select(Probe.id).where(Probe.sid == sid)) is not None


def arriving_text(work: Work, number: str, words: str) -> Probe | None:
    """The test text that this is, which has just come in: only we know its id."""
    policy = work.line().test_contacts
    if policy is None or number != policy.from_number or not words.startswith(SPOKEN):
        return None
    try:
        ident = UUID(words.removeprefix(SPOKEN).strip())
    except ValueError:
        return None
    probe = work.session.get(Probe, ident, with_for_update=True)
    if probe is not None and probe.channel is Channel.TEXT:
        probe.arrived_at = probe.arrived_at or work.now
        return probe
    return None


def held(work: Work, probe: Probe) -> None:
    """The test has come as far as a caller who holds, or a texter who is acknowledged."""
    probe.held_at = probe.held_at or work.now


def failed_in_row(work: Work, line: Line) -> int:
    """How many of the latest tests by one channel have failed one after the other, of the worse channel."""
    policy = line.test_contacts
    if policy is None:
        return 0
    return max(_failed(work, channel, work.now - policy.within) for channel in Channel)


def _failed(work: Work, channel: Channel, before: datetime) -> int:
    tests = select(Probe.held_at).where(Probe.channel == channel, Probe.placed_at < before)
    latest = work.session.scalars(tests.order_by(Probe.placed_at.desc()).limit(LOOK_BACK)).all()
    return next((place for place, held_at in enumerate(latest) if held_at is not None), len(latest))
