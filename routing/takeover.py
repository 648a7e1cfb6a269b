"""Who may take over a contact that somebody holds, and what has become of asking them: pure functions of values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from helpline.nouns import OfferState, TransferState
from helpline.queue import Queue
from routing.choose import Offer, Waiting, choose
from routing.pool import Candidate
from routing.reasons import Rule

MAY_BE_ASKED = frozenset({Rule.CHOSEN, Rule.LATER_IN_TURN, Rule.NOT_YET, Rule.KEPT_FOR_KNOWN})
"""Rules of those who fit and are free: whoever asks for one of them by name need not wait for their turn."""

OUTCOMES: Mapping[OfferState, TransferState] = {
    OfferState.PENDING: TransferState.ASKED,
    OfferState.RINGING: TransferState.ASKED,
    OfferState.JOINED: TransferState.JOINED,
    OfferState.ACCEPTED: TransferState.DONE,
    OfferState.BRIDGED: TransferState.DONE,
    OfferState.WRAPPING: TransferState.DONE,
    OfferState.COMPLETED: TransferState.DONE,
    OfferState.DECLINED: TransferState.REFUSED,
    OfferState.EXPIRED: TransferState.REFUSED,
    OfferState.FAILED: TransferState.REFUSED,
    OfferState.RESCINDED: TransferState.CALLED_OFF,
}
"""How a transfer stands while the offer that it made last is in this state."""


def called(people: Mapping[UUID, str], wanted: str) -> list[UUID]:
    """Those whose whole name is `wanted`, in any case; if there are none, those whose first name it is."""
    name = _plain(wanted)
    whole = [person for person, theirs in people.items() if _plain(theirs) == name]
    return whole or [person for person, theirs in people.items() if name and _plain(theirs).split()[:1] == [name]]


def first_name(name: str) -> str:
    """What colleagues call somebody."""
    return (name.split(maxsplit=1) or [name])[0]


def held_out(contact: Waiting, queue: str, holder: UUID, refused: Collection[UUID]) -> Waiting:
    """A contact that `holder` has, as one that waits in `queue`; those who `refused` it are not asked again."""
    return replace(
        contact, queue=queue, asked=frozenset({holder}), declined=frozenset(refused) - {holder}, is_taken=False
    )


def why_not(
    contact: Waiting, person: UUID, pool: Sequence[Candidate], policy: Queue, now: datetime, *, shares: int
) -> str:
    """Why `person` cannot be asked by name to take it over, in the engine's words; empty if they can."""
    verdict = choose(contact, pool, policy, now, shares=shares)
    reason = next(one for one in verdict.reasons if one.person == person)
    return "" if reason.rule in MAY_BE_ASKED else reason.words


def first_in_turn(
    contact: Waiting, pool: Sequence[Candidate], policy: Queue, now: datetime, *, shares: int
) -> UUID | None:
    """Whom the queue would ask first, the holder apart; None if nobody fits and is free now."""
    apart = replace(contact, asked=frozenset(), declined=contact.declined | contact.asked)
    verdict = choose(apart, pool, policy, now, shares=shares)
    return verdict.people[0] if isinstance(verdict, Offer) else None


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
