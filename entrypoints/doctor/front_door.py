"""Judges whether the carrier's requests reach our own gate unchanged, from how it answers three of ours. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from entrypoints.doctor.findings import Finding, fault, ok, warning

DOOR = "public address"
SLOW = 5.0
PRESERVE = (
    "Let the proxy hand on path and query as they came, and set PUBLIC_URL to exactly what stands before /webhooks/ "
    "in the carrier's settings, scheme and port included; start the web process again after a change."
)


@dataclass(frozen=True)
class Answered:
    """What came back, after so many seconds."""

    status: int
    seconds: float = 0.0


@dataclass(frozen=True)
class Silent:
    """Nothing came back; `why` in a few words."""

    why: str


Reply = Answered | Silent


@dataclass(frozen=True)
class Knocks:
    """How the door answered: a signed call and a signed text for a number that is not ours, and an unsigned call."""

    call: Reply
    text: Reply
    unsigned: Reply


def judge_door(url: str, knocks: Knocks, *, local_only: bool) -> Iterator[Finding]:
    """`local_only`: the carrier is out on the network, and `url` means this machine alone."""
    if local_only:
        do = "Set PUBLIC_URL to the https address that the carrier can reach."
        yield fault(DOOR, f"The carrier cannot reach {url}: it means this machine alone.", do)
        return
    replies = (knocks.call, knocks.text, knocks.unsigned)
    silent = next((one for one in replies if isinstance(one, Silent)), None)
    if silent is not None:
        do = "Start the web process; check proxy, certificate and name; try it from another network, too."
        yield fault(DOOR, f"{url} does not answer from here ({silent.why}).", do)
        return
    yield _judge_answers(url, *(one for one in replies if isinstance(one, Answered)))


def _judge_answers(url: str, call: Answered, text: Answered, unsigned: Answered) -> Finding:
    """The first thing that is wrong, the plainest first."""
    statuses = (call.status, text.status, unsigned.status)
    slowest = max(call.seconds, text.seconds, unsigned.seconds)
    wrong = [
        (
            any(300 <= status < 400 for status in statuses),
            "redirects: the carrier would lose what it posts",
            "Set PUBLIC_URL to where it leads, and let the proxy hand on /webhooks/ without a redirect.",
        ),
        (
            max(statuses) >= 500,
            f"answers with an error of the server ({max(statuses)})",
            "See whether the web process runs where the proxy looks for it, and what it logs.",
        ),
        (
            unsigned.status == call.status == 404,
            "is answered by something else, which does not know our webhooks",
            "Let the proxy hand on /webhooks/ to the web process of this line.",
        ),
        (
            unsigned.status != 403,
            f"did not turn an unsigned request away ({unsigned.status})",
            "Let nothing but the web process answer /webhooks/.",
        ),
        (
            403 in (call.status, text.status),
            "turned away what we signed: its address is changed on the way, or its token is another",
            PRESERVE,
        ),
        (
            not (_as_designed(call.status) and _as_designed(text.status)),
            f"answers our signed requests with {call.status} and {text.status}",
            "Let the proxy hand on POST requests to /webhooks/ whole, without a filter.",
        ),
    ]
    for is_so, found, do in wrong:
        if is_so:
            return fault(DOOR, f"{url} {found}.", do)
    if slowest > SLOW:
        do = "Find out what slows it down: the carrier gives up after 15 seconds."
        return warning(DOOR, f"{url} took {slowest:.0f} seconds to answer.", do)
    return ok(DOOR, f"{url} reaches our gate: signed requests pass, unsigned ones do not.")


def _as_designed(status: int) -> bool:
    return 200 <= status < 300 or status == 404
