"""What a run of calls came to, from the exchange's own records: pure functions of values.

The exchange times everything; the line's database only says which contact a leg or a call belongs to.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

OVER = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
TOLD = ("/choice", "/partner")
"""Addresses that only a caller asks for who was told that nobody is free, and what happens instead."""

Row = Mapping[str, Any]
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Identities:
    """Which contact the legs of our database belong to: by the leg's id, and by the carrier's id of its call."""

    by_leg: Mapping[str, str] = field(default_factory=dict)
    by_sid: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Tally:
    calls: int
    completed: int
    lost: int
    double_offers: int
    webhook_ms: Sequence[float]
    ring_ms: Sequence[float]
    webhooks_failed: int


def tally(dialled: int, stats: Mapping[str, Sequence[Row]], known: Identities, now: datetime) -> Tally:
    """The figures of a run in which `dialled` callers dialled. Latencies in milliseconds, in no order."""
    webhooks, calls, creates = stats["webhooks"], stats["calls"], stats["creates"]
    conversations = talks(webhooks, now)
    callers = {str(call["sid"]) for call in calls}
    talked = _talked(conversations, callers)
    over = {str(hook["sid"]) for hook in webhooks if hook["kind"] == "call" and hook["said"] in OVER}
    told = {str(hook["sid"]) for hook in webhooks if hook["kind"] == "twiml" and str(hook["path"]).endswith(TOLD)}
    crowded = sum(_crowded({sid: spans for sid, spans in room.items() if sid not in callers})
                  for room in conversations.values())  # fmt: skip
    return Tally(
        calls=dialled,
        completed=len(talked & over),
        lost=dialled - len(talked | (told & callers)),
        double_offers=double_rings(creates, webhooks, now) + crowded,
        webhook_ms=[float(hook["ms"]) for hook in webhooks],
        ring_ms=ring_latencies(calls, creates, known),
        webhooks_failed=sum(not 200 <= int(hook["status"]) < 300 for hook in webhooks),
    )


def served(stats: Mapping[str, Sequence[Row]], now: datetime) -> set[str]:
    """The numbers of the callers who have talked to somebody."""
    numbers = {str(call["sid"]): str(call["from"]) for call in stats["calls"]}
    return {numbers[sid] for sid in _talked(talks(stats["webhooks"], now), numbers)}


def _talked(conversations: Mapping[str, Mapping[str, Sequence[Span]]], callers: Collection[str]) -> set[str]:
    return {sid for room in conversations.values() for sid in room if sid in callers and _met(sid, room)}


def talks(webhooks: Iterable[Row], now: datetime) -> dict[str, dict[str, list[Span]]]:
    """For each room, when each call was in it; until `now` for one that has not left."""
    rooms: dict[str, dict[str, list[Span]]] = {}
    inside: dict[str, tuple[str, datetime]] = {}
    for hook in sorted(webhooks, key=lambda hook: str(hook["at"])):
        sid = str(hook["sid"])
        if hook["kind"] == "conference" and hook["said"] == "participant-join":
            inside.setdefault(sid, (str(hook["path"]), moment(hook)))
        elif sid in inside and _leaves(hook):
            room, since = inside.pop(sid)
            rooms.setdefault(room, {}).setdefault(sid, []).append((since, moment(hook)))
    for sid, (room, since) in inside.items():
        rooms.setdefault(room, {}).setdefault(sid, []).append((since, now))
    return rooms


def _leaves(hook: Row) -> bool:
    """Whether a call is in no room from here on: it asks what it hears next, or it is over."""
    return hook["kind"] == "twiml" or (hook["kind"] == "call" and hook["said"] in OVER)


def double_rings(creates: Iterable[Row], webhooks: Iterable[Row], now: datetime) -> int:
    """How often a phone was asked to ring while an earlier ring or call of it was not over."""
    ends: dict[str, datetime] = {}
    for hook in webhooks:
        if hook["kind"] == "call" and hook["said"] in OVER:
            leg = leg_of(str(hook["path"]))
            ends[leg] = min(moment(hook), ends.get(leg, now))
    spans: dict[str, list[Span]] = {}
    for create in creates:
        if create["status"] == 201:
            spans.setdefault(str(create["to"]), []).append((moment(create), ends.get(leg_of(str(create["url"])), now)))
    return sum(_overlaps(sorted(own)) for own in spans.values())


def ring_latencies(calls: Iterable[Row], creates: Iterable[Row], known: Identities) -> list[float]:
    """For each call, from its arrival at the exchange to the first request of ours to ring somebody for it."""
    first: dict[str, datetime] = {}
    for create in creates:
        contact = known.by_leg.get(leg_of(str(create["url"])))
        if contact is not None:
            first[contact] = min(moment(create), first.get(contact, moment(create)))
    found = []
    for call in calls:
        contact = known.by_sid.get(str(call["sid"]))
        if contact in first:
            found.append((first[contact] - datetime.fromisoformat(call["dialled_at"])).total_seconds() * 1000)
    return found


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value that `share` of them do not exceed, by nearest rank; None if there are none."""
    if not values:
        return None
    return round(sorted(values)[max(0, math.ceil(share * len(values)) - 1)], 2)


def leg_of(address: str) -> str:
    """The leg in one of our addresses, /webhooks/voice/{leg}/…"""
    return address.split("?", 1)[0].rstrip("/").rsplit("/", 2)[-2]


def moment(row: Row) -> datetime:
    return datetime.fromisoformat(str(row["at"]))


def _met(sid: str, room: Mapping[str, Sequence[Span]]) -> bool:
    others = [span for other, spans in room.items() if other != sid for span in spans]
    return any(_overlap(mine, theirs) for mine in room[sid] for theirs in others)


def _crowded(peers: Mapping[str, Sequence[Span]]) -> int:
    return _overlaps(sorted(span for spans in peers.values() for span in spans))


def _overlaps(spans: Sequence[Span]) -> int:
    """How many of the spans, in order of their beginning, begin before all earlier ones have ended."""
    count, latest = 0, None
    for began, ended in spans:
        if latest is not None and began < latest:
            count += 1
        latest = ended if latest is None else max(latest, ended)
    return count


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
