"""Simulates the hours of a rota with the real engine; hours that are alike, once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from helpline.foresight import LoadPolicy
from helpline.line import Line
from helpline.nouns import Role
from helpline.skills import valid_and_lapsed
from routing.findings import Effort, Findings, simulate
from routing.pool import Candidate
from routing.simulation import BEGINNING, Answering, Chance, Kind, Setting
from shifts.foresight.cover import Span
from shifts.foresight.expectation import two_figures
from shifts.foresight.history import Outlook
from shifts.roster import Member

EFFORT = Effort(replications=10, counted=200, warm_up=50)


class Simulator:
    """Every hour begins with the same chance, so that what differs between two is the rota and not luck."""

    def __init__(self, chance: Callable[[], Chance], effort: Effort = EFFORT) -> None:
        self._chance, self._effort = chance, effort
        self._known: dict[tuple[Sequence[Candidate], Sequence[Kind]], Findings | None] = {}

    def findings(self, line: Line, people: Sequence[Member], span: Span, outlook: Outlook) -> Findings | None:
        """What callers would meet, were the hour to last for long; None if nothing comes in."""
        roles = {person: role for role, there in span.serving.items() for person in there}
        rates = {channel: two_figures(outlook.load.at(span.starts, channel)) for channel in outlook.load.of}
        there = tuple(_candidate(one, roles[one.id], line, span.starts) for one in people if one.id in roles)
        patience = 60 * line.rota.load.patience_minutes
        kinds = tuple(
            Kind(queue, channel, rate, language, outlook.seconds[channel], patience_seconds=patience)
            for (channel, queue, language), share in outlook.mix.items()
            if (rate := rates.get(channel, 0) * share) > 0
        )
        if (there, kinds) not in self._known:
            self._known[there, kinds] = self._simulate(line, there, kinds) if kinds else None
        return self._known[there, kinds]

    def _simulate(self, line: Line, people: Sequence[Candidate], kinds: Sequence[Kind]) -> Findings:
        policy = line.rota.load
        setting = Setting(line.queues, line.capacity, people, kinds, _answering(policy), line.protection)
        return simulate(setting, self._chance(), within_seconds=policy.within_seconds, effort=self._effort)


def _answering(policy: LoadPolicy) -> Answering:
    return Answering(policy.rings_taken, policy.rings_declined, policy.pick_up_seconds)


def _candidate(one: Member, role: Role, line: Line, at: datetime) -> Candidate:
    """Somebody on shift, rested and free, as the engine sees them."""
    valid, lapsed = valid_and_lapsed(one.skills, at.astimezone(line.zone).date())
    return Candidate(
        person=one.id,
        name="",
        role=role,
        place=one.place,
        languages=frozenset(one.languages),
        excludes=frozenset(one.excludes),
        on_shift=True,
        free_shares=line.capacity.shares,
        paused_until=None,
        idle_since=BEGINNING,
        skills=valid,
        lapsed=lapsed,
        queues=frozenset(one.queues),
        free_texts=one.most_texts,
    )
