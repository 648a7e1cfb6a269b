"""The next step of an escalation: a pure function of the case, the ladder and who is on call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from helpline.line import Ladder, RiskStep
from helpline.nouns import PageState, Tier

LOOK_AGAIN = timedelta(seconds=15)
"""How soon somebody whose time on call has begun is paged for those who wait already."""
EVERYBODY = 0
"""The tier of whoever is paged because nobody on call has answered."""


class Why(StrEnum):
    """What calls for a clinician."""

    WAITING = "waiting"
    NOBODY = "nobody"
    RISK = "risk"
    ASKED = "asked"
    REFUSED = "refused"
    SILENCE = "silence"
    DROPPED = "dropped"
    UNSUPERVISED = "unsupervised"


@dataclass(frozen=True)
class Paged:
    """One attempt to reach one clinician."""

    person: UUID
    tier: int
    at: datetime
    state: PageState


@dataclass(frozen=True)
class Case:
    """An escalation as it stands. `waiting_since` is None once somebody has accepted the contact.

    `refused_at` is when as many peers as the line allows had said no or not answered; `called_at` when the line itself
    called for a clinician, and `called_why` what for.
    """

    waiting_since: datetime | None
    nobody: bool
    risk: Tier
    risk_at: datetime | None
    asked_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_risk: Tier
    pages: Sequence[Paged] = ()
    over: bool = False
    refused_at: datetime | None = None
    called_at: datetime | None = None
    called_why: Why | None = None


OnCall = Mapping[int, Sequence[UUID]]
Trigger = tuple[datetime, int, Why]
"""At that moment something calls for a tier, and what."""
ANEW = frozenset({Why.RISK, Why.ASKED, Why.SILENCE, Why.DROPPED, Why.UNSUPERVISED})
"""What pages somebody again who was paged before it."""


@dataclass(frozen=True)
class Call:
    """Somebody to page, in which tier, and why."""

    person: UUID
    tier: int
    why: Why


@dataclass(frozen=True)
class Page:
    """Page these people now; look again at `until`."""

    calls: tuple[Call, ...]
    until: datetime


@dataclass(frozen=True)
class Wait:
    """Page nobody now. `until` is when that changes by itself, if it does."""

    until: datetime | None
    reason: str


@dataclass(frozen=True)
class StandDown:
    """Nothing calls for a clinician any more: open pages are taken back."""

    until: datetime | None
    reason: str


@dataclass(frozen=True)
class Exhausted:
    """A clinician is called for and nobody is left to page, or `refused`. Look again at `until`."""

    until: datetime
    why: Why
    reason: str
    refused: bool = False


Move = Page | Wait | StandDown | Exhausted


def assess(case: Case, ladder: Ladder, on_call: OnCall, now: datetime, everybody: Sequence[UUID] = ()) -> Move:
    """The next move. A tier with nobody in it is skipped at once; an unanswered page is repeated until acknowledged.

    Who has refused counts as not in their tier, until the contact is graver. `everybody` are those who are paged, on
    call or not, once nobody has acknowledged for as long as the ladder says.
    """
    if case.over:
        return StandDown(None, "the contact is over")
    triggers = _triggers(case, ladder, now)
    starts = _starts(triggers)
    due = {tier: (at, why) for tier, (at, why) in starts.items() if at <= now}
    all_at = _everybody_at(case, ladder, triggers, now)
    ahead = [at for at, _ in starts.values() if at > now] + ([all_at] if all_at is not None and all_at > now else [])
    later = min(ahead, default=None)
    if not due:
        reason = "nothing calls for a clinician" if later is None else "no step is due yet"
        open_pages = any(page.state is PageState.OPEN for page in case.pages)
        return StandDown(later, reason) if open_pages else Wait(later, reason)
    since = all_at if all_at is not None and all_at <= now else None
    called = on_call if since is None else _with_everybody(on_call, everybody)
    willing = _willing(called, _refusers(case, since))
    why = min(due.values())[1]
    tiers = _filled(due, willing) if since is None else {tier: (tier, why) for tier in willing if willing[tier]}
    if not tiers:
        refused = any(called.values())
        return Exhausted(now + LOOK_AGAIN, why, "everybody has refused" if refused else "nobody is on call", refused)
    return _page(case, ladder, willing, tiers, _graver(triggers, now), later, now)


def _everybody_at(case: Case, ladder: Ladder, triggers: Sequence[Trigger], now: datetime) -> datetime | None:
    """When everybody is paged: so long after the first page for what is grave, or asked for, and not acknowledged."""
    grave = [at for at, _, why in triggers if at <= now and (why is Why.ASKED or case.risk >= Tier.HIGH)]
    if not ladder.everybody_after_seconds or not grave:
        return None
    called = min(grave)
    first = min((page.at for page in case.pages if page.at >= called), default=None)
    return None if first is None else first + timedelta(seconds=ladder.everybody_after_seconds)


def _with_everybody(on_call: OnCall, everybody: Sequence[UUID]) -> OnCall:
    known = {person for people in on_call.values() for person in people}
    return {**on_call, EVERYBODY: tuple(person for person in everybody if person not in known)}


def _refusers(case: Case, everybody_since: datetime | None) -> frozenset[UUID]:
    """Who has said no to this contact since it last became graver, and since everybody was paged."""
    graver = [case.risk_at if case.risk >= Tier.HIGH else None, case.asked_at, case.called_at, everybody_since]
    since = max((at for at in graver if at is not None), default=None)
    return frozenset(
        page.person for page in case.pages if page.state is PageState.REFUSED and (since is None or page.at >= since)
    )


def _willing(on_call: OnCall, refusers: frozenset[UUID]) -> OnCall:
    return {tier: [person for person in people if person not in refusers] for tier, people in on_call.items()}


def _page(
    case: Case,
    ladder: Ladder,
    on_call: OnCall,
    tiers: Mapping[int, tuple[int, Why]],
    graver: Mapping[int, tuple[datetime, Why]],
    later: datetime | None,
    now: datetime,
) -> Page | Wait:
    """Page whoever was not paged lately, and whoever was paged before the contact became graver."""
    repeat = timedelta(seconds=ladder.repeat_seconds)
    calls: list[Call] = []
    moments = [later] if later is not None else []
    for tier, (called, usual) in sorted(tiers.items()):
        since, why = graver.get(called, (None, usual))
        for person in on_call[tier]:
            last = max((page.at for page in case.pages if page.person == person), default=None)
            if last is None or last + repeat <= now or (since is not None and last < since):
                calls.append(Call(person, tier, why))
                moments.append(now + repeat)
            else:
                moments.append(last + repeat)
    until = min(moments)
    return Page(tuple(calls), until) if calls else Wait(until, "pages are under way")


def _starts(triggers: Sequence[Trigger]) -> dict[int, tuple[datetime, Why]]:
    """For every tier the earliest moment at which something calls for it, and what."""
    starts: dict[int, tuple[datetime, Why]] = {}
    for at, tier, why in triggers:
        if tier not in starts or at < starts[tier][0]:
            starts[tier] = (at, why)
    return starts


def _graver(triggers: Sequence[Trigger], now: datetime) -> dict[int, tuple[datetime, Why]]:
    """For every tier the latest moment at which danger, a peer who asks, or silence called for it anew."""
    found: dict[int, tuple[datetime, Why]] = {}
    for at, tier, why in triggers:
        if why in ANEW and at <= now and (tier not in found or at > found[tier][0]):
            found[tier] = (at, why)
    return found


def _triggers(case: Case, ladder: Ladder, now: datetime) -> list[Trigger]:
    """Every moment at which something calls for a tier, and what."""
    called = (*_from_risk(case, ladder), *_from_asking(case), *_from_calling(case), *_from_refusals(case))
    triggers = [
        (at + timedelta(seconds=offset), other, why)
        for at, tier, why in called
        for other, offset in _offsets(ladder, tier).items()
    ]
    if case.waiting_since is not None and not _acknowledged_since(case, case.waiting_since):
        triggers += [
            (case.waiting_since + timedelta(seconds=step.after_seconds), step.tier, Why.WAITING)
            for step in ladder.tiers_by_wait
        ]
        if case.nobody and ladder.tiers_by_wait:
            began = min((page.at for page in case.pages if page.at >= case.waiting_since), default=now)
            first = ladder.tiers_by_wait[0].tier
            triggers += [
                (began + timedelta(seconds=offset), other, Why.NOBODY)
                for other, offset in _offsets(ladder, first).items()
            ]
    return triggers


def _from_risk(case: Case, ladder: Ladder) -> list[Trigger]:
    steps: dict[Tier, RiskStep] = {Tier.IMMINENT: ladder.risk.imminent, Tier.HIGH: ladder.risk.high}
    step = steps.get(case.risk)
    if step is None or case.risk_at is None:
        return []
    if case.acknowledged_at is not None and case.acknowledged_risk >= case.risk and case.waiting_since is None:
        return []
    if case.waiting_since is not None and _acknowledged_since(case, max(case.waiting_since, case.risk_at)):
        return []
    if case.waiting_since is None and not step.even_if_connected:
        return []
    return [(case.risk_at + timedelta(seconds=step.after_seconds), step.tier, Why.RISK)]


def _from_asking(case: Case) -> list[Trigger]:
    if case.asked_at is None or _acknowledged_since(case, case.asked_at):
        return []
    return [(case.asked_at, 1, Why.ASKED)]


def _from_calling(case: Case) -> list[Trigger]:
    """The line itself calls: somebody has gone silent or has dropped out, or nobody supervises."""
    if case.called_at is None or case.called_why is None or _acknowledged_since(case, case.called_at):
        return []
    return [(case.called_at, 1, case.called_why)]


def _from_refusals(case: Case) -> list[Trigger]:
    """As many peers as the line allows have said no, or not answered."""
    if case.refused_at is None or case.waiting_since is None or _acknowledged_since(case, case.waiting_since):
        return []
    return [(case.refused_at, 1, Why.REFUSED)]


def _acknowledged_since(case: Case, moment: datetime) -> bool:
    return case.acknowledged_at is not None and case.acknowledged_at >= moment


def _offsets(ladder: Ladder, first: int) -> dict[int, float]:
    """Seconds from the page of tier `first` until each further tier joins, as spaced by the wait steps."""
    spaced = {step.tier: step.after_seconds for step in ladder.tiers_by_wait}
    base = spaced.get(first, 0.0)
    return {first: 0.0, **{tier: after - base for tier, after in spaced.items() if tier > first}}


def _filled(due: Mapping[int, tuple[datetime, Why]], on_call: OnCall) -> dict[int, tuple[int, Why]]:
    """The due tiers that have somebody in them, each with the tier called for; for an empty one, the next that has."""
    filled: dict[int, tuple[int, Why]] = {}
    for tier, (_, why) in sorted(due.items()):
        present = next((other for other in sorted(on_call) if other >= tier and on_call[other]), None)
        if present is None:
            present = next((other for other in sorted(on_call, reverse=True) if on_call[other]), None)
        if present is not None:
            filled.setdefault(present, (tier, why))
    return filled
