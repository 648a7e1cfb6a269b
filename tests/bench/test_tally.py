"""What a load test counts, on records as the exchange keeps them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from entrypoints.bench.crowd import fictional, gather, peers_needed
from entrypoints.bench.dangers import latencies
from entrypoints.bench.routing import run
from entrypoints.bench.tally import Identities, percentile, tally

BEGAN = datetime(2026, 6, 1, tzinfo=UTC)
END = BEGAN + timedelta(minutes=5)
SAM, ANA = "+16005550100", "+13005550100"


def at(seconds: float) -> str:
    return (BEGAN + timedelta(seconds=seconds)).isoformat()


def call(sid: str = "CA-sam") -> dict[str, Any]:
    return {"sid": sid, "from": SAM, "dialled_at": at(0)}


def hook(seconds: float, kind: str, path: str, said: str, sid: str, ms: float = 5.0) -> dict[str, Any]:
    return {"at": at(seconds), "kind": kind, "path": path, "said": said, "sid": sid, "ms": ms, "status": 200}


def create(seconds: float, leg: str, to: str = ANA) -> dict[str, Any]:
    return {"at": at(seconds), "to": to, "url": f"http://line/webhooks/voice/{leg}/screen?step=0", "status": 201}


def room(seconds: float, said: str, sid: str) -> dict[str, Any]:
    return hook(seconds, "conference", "/webhooks/voice/room/one", f"participant-{said}", sid)


def over(seconds: float, leg: str, sid: str) -> dict[str, Any]:
    return hook(seconds, "call", f"/webhooks/voice/{leg}/status", "completed", sid)


def served() -> dict[str, list[dict[str, Any]]]:
    return {
        "calls": [call()],
        "creates": [create(0.2, "leg-ana")],
        "webhooks": [
            room(2, "join", "CA-ana"),
            room(3, "join", "CA-sam"),
            hook(9, "twiml", "/webhooks/voice/leg-sam/after", "completed", "CA-sam"),
            over(9, "leg-ana", "CA-ana"),
            hook(9, "call", "/webhooks/voice/status", "completed", "CA-sam"),
        ],
    }


def test_a_caller_who_talked_and_hung_up_is_completed() -> None:
    found = tally(1, served(), Identities(), END)
    assert (found.calls, found.completed, found.lost, found.double_offers) == (1, 1, 0, 0)


def test_a_caller_who_only_heard_the_greeting_is_lost() -> None:
    stats = served()
    stats["webhooks"] = [one for one in stats["webhooks"] if one["kind"] != "conference"]
    found = tally(1, stats, Identities(), END)
    assert (found.completed, found.lost) == (0, 1)


def test_a_caller_who_never_reached_the_line_is_lost() -> None:
    assert tally(2, served(), Identities(), END).lost == 1


def test_a_caller_who_was_told_what_happens_instead_is_not_lost() -> None:
    stats = served()
    stats["webhooks"] = [hook(150, "twiml", "/webhooks/voice/leg-sam/choice", "in-progress", "CA-sam")]
    found = tally(1, stats, Identities(), END)
    assert (found.completed, found.lost) == (0, 0)


def test_a_phone_that_is_rung_while_its_last_ring_is_not_over_counts() -> None:
    stats = served()
    stats["creates"].append(create(8.9, "leg-other"))
    assert tally(1, stats, Identities(), END).double_offers == 1
    stats["creates"][-1] = create(9.1, "leg-other")
    assert tally(1, stats, Identities(), END).double_offers == 0


def test_two_people_with_one_caller_at_once_count() -> None:
    stats = served()
    stats["webhooks"].append(room(4, "join", "CA-bo"))
    assert tally(1, stats, Identities(), END).double_offers == 1


def test_the_ring_latency_runs_from_the_arrival_of_the_call_to_our_first_request_for_it() -> None:
    stats = served()
    stats["creates"].append(create(30, "leg-bo", "+13005550101"))
    known = Identities({"leg-ana": "one", "leg-bo": "one"}, {"CA-sam": "one"})
    assert tally(1, stats, known, END).ring_ms == [200.0]


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    assert (percentile(values, 0.5), percentile(values, 0.99), percentile([7.0], 0.99)) == (50.0, 99.0, 7.0)
    assert percentile([], 0.5) is None


def test_the_crowd_has_a_number_for_everybody_and_dials_within_the_time() -> None:
    crowd = gather(5, 30, 120, Random(1))
    numbers = [one["number"] for one in (*crowd.staff, *crowd.callers)]
    assert len(crowd.callers) == 150
    assert len(crowd.staff) == peers_needed(5, 150, 132) + 1
    assert len(set(numbers)) == len(numbers)
    assert all(0 <= one["dial_after"] <= 30 for one in crowd.callers)
    assert all(number[5:10] == "55501" for number in numbers)
    assert next(fictional(600)) == SAM


def test_the_routing_benchmark_reports_its_decisions() -> None:
    found = run(peers=20, waiting=5, least_seconds=0)
    assert set(found) >= {"decisions", "p50_ms", "p99_ms", "decisions_per_s"}
    assert found["decisions"] == 5


def test_a_texter_in_danger_is_timed_to_the_first_ring_of_a_clinician_that_the_carrier_took() -> None:
    refused = create(0.1, "leg-lee") | {"status": 400}
    creates = [refused, create(0.9, "leg-max"), create(0.4, "leg-lee"), create(0.2, "leg-of-a-peer")]
    legs = {"leg-lee": SAM, "leg-max": SAM}
    assert latencies({SAM: BEGAN, "+18505550101": BEGAN}, creates, legs) == [400.0]
