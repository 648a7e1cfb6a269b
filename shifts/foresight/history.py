"""What the line's own past says of what comes in: read from the contacts it has had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Float, Interval, cast, extract, func, literal, select

from helpline.database import Work
from helpline.foresight import LoadPolicy
from helpline.line import Line
from helpline.nouns import Channel, OfferState
from helpline.tables import Contact, Offer
from helpline.weekdays import WEEKDAYS
from shifts.foresight.load import GRAIN, Busier, Counts, Expected, Load, Stated, learn

LONGEST = timedelta(weeks=52)
ENOUGH = 30
"""Conversations of a channel, from which on their own mean length counts and not the stated one."""
ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)
STRETCH = func.date_bin(cast(literal(GRAIN), Interval), Contact.arrived_at, ORIGIN)

Mix = Mapping[tuple[Channel, str, str], float]
"""For each channel, queue and language the share that it has of its channel."""


@dataclass(frozen=True)
class Outlook:
    """What is to be expected: how many, of what kind, and how many seconds each takes, wrap-up included."""

    load: Load
    mix: Mix
    seconds: Mapping[Channel, float]


def outlook(work: Work) -> Outlook:
    """From the line's history, if it has enough of it; else as the line states it, if it does."""
    line = work.line()
    counts = _counts(work)
    policy = line.rota.load
    is_stated = policy.calls_per_hour > 0 or policy.texts_per_hour > 0
    if is_stated and counts[Channel.VOICE].weeks < policy.learn_from_weeks:
        return Outlook(
            Load({channel: _stated(line, channel) for channel in Channel}), _stated_mix(line), _seconds(work)
        )
    learnt: dict[Channel, Expected] = {channel: learn(counts[channel], line.zone) for channel in Channel}
    return Outlook(Load(learnt), _mix(work, line), _seconds(work))


def _counts(work: Work) -> Mapping[Channel, Counts]:
    """What came in for each channel since the first contact, a year back at most. Calls that we make do not count."""
    earliest = work.now - LONGEST
    rows = work.session.execute(
        select(Contact.channel, STRETCH, func.count())
        .where(~Contact.outbound, Contact.arrived_at >= earliest, Contact.arrived_at < work.now)
        .group_by(Contact.channel, STRETCH)
    ).all()
    until = datetime.fromtimestamp(work.now.timestamp() // GRAIN.total_seconds() * GRAIN.total_seconds(), UTC)
    since = min((row[1] for row in rows), default=until)
    return {
        channel: Counts(min(since, until), until, {at: count for of, at, count in rows if of == channel})
        for channel in Channel
    }


def _mix(work: Work, line: Line) -> Mix:
    rows = work.session.execute(
        select(Contact.channel, Contact.queue, Contact.language, func.count())
        .where(~Contact.outbound, Contact.arrived_at >= work.now - LONGEST, Contact.queue.in_(line.queues))
        .group_by(Contact.channel, Contact.queue, Contact.language)
    ).all()
    totals = {channel: sum(row[3] for row in rows if row[0] == channel) for channel in Channel}
    found = {(Channel(row[0]), row[1], row[2]): row[3] / totals[row[0]] for row in rows}
    return found or _stated_mix(line)


def _seconds(work: Work) -> Mapping[Channel, float]:
    """How long a contact keeps somebody, from taking it until it is filed: as it was, or as the line states it."""
    took = func.avg(cast(extract("epoch", Offer.ended_at - Offer.accepted_at), Float))
    rows = work.session.execute(
        select(Offer.channel, took)
        .where(Offer.state == OfferState.COMPLETED, Offer.accepted_at.is_not(None))
        .where(Offer.offered_at >= work.now - LONGEST)
        .group_by(Offer.channel)
        .having(func.count() >= ENOUGH)
    ).all()
    stated = {channel: 60 * work.line().rota.load.minutes(channel) for channel in Channel}
    return stated | {Channel(channel): mean for channel, mean in rows if mean}


def _stated(line: Line, channel: Channel) -> Stated:
    policy = line.rota.load
    return Stated(line.zone, policy.per_hour(channel), _busier(policy))


def _busier(policy: LoadPolicy) -> tuple[Busier, ...]:
    every = frozenset(range(7))
    return tuple(Busier(frozenset(map(WEEKDAYS.index, one.days)) or every, one.hours, one.times) for one in policy.busy)


def _stated_mix(line: Line) -> Mix:
    others = line.rota.load.languages
    shares = {line.language: 1 - sum(others.values()), **others}
    return {(channel, line.line.queue, spoken): share for channel in Channel for spoken, share in shares.items()}
