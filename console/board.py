"""The line now, as a supervisor sees it: who waits, who is on and what they do, who is paged, what is unsigned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from helpline.database import Work
from helpline.nouns import OFFER_ASKING, OFFER_HOLDS, WAITING, CaseState, Channel, OfferState, PageState, Tier
from helpline.tables import Case, Contact, Offer, Page
from routing.attendance import there
from routing.match import queue_order
from shifts.roster import Member, Roster, roster

DOES: Mapping[OfferState, str] = {
    OfferState.PENDING: "is being asked",
    OfferState.RINGING: "is being asked",
    OfferState.ACCEPTED: "is being connected",
    OfferState.BRIDGED: "is with a caller",
    OfferState.JOINED: "has joined a call",
    OfferState.WRAPPING: "is filing",
}
GRAVEST_FIRST = (OfferState.BRIDGED, OfferState.JOINED, OfferState.ACCEPTED, OfferState.RINGING, OfferState.PENDING)


@dataclass(frozen=True)
class Waits:
    """A contact that waits: for how many seconds, how grave, and how many are being asked."""

    contact: UUID
    channel: Channel
    language: str
    risk: Tier
    seconds: int
    asked: int


@dataclass(frozen=True)
class On:
    """Somebody on shift: what they do, and since when; None if nothing tells."""

    name: str
    role: str
    does: str
    since: datetime | None
    risk: Tier


@dataclass(frozen=True)
class Paging:
    """A page under way: whom, in which tier, why, and for how many seconds."""

    contact: UUID
    name: str
    tier: int
    why: str
    seconds: int


@dataclass(frozen=True)
class Board:
    """Everything the board shows. No number, no words of a caller."""

    line: str
    at: datetime
    queues: Mapping[str, Sequence[Waits]]
    people: Sequence[On]
    pages: Sequence[Paging]
    unsigned: int
    well: bool

    @property
    def longest(self) -> int:
        """Seconds that somebody has waited who waits longest; 0 if nobody does."""
        return max((one.seconds for waiting in self.queues.values() for one in waiting), default=0)


def board(work: Work, *, unsigned: int = 0, well: bool = True) -> Board:
    """The board now. How much is unsigned, and whether the line is well, is known elsewhere."""
    line, now = work.line(), roster(work)
    return Board(
        line=line.line.name,
        at=work.now.astimezone(line.zone),
        queues={name: _waiting(work, name) for name in line.queues},
        people=_people(work, now),
        pages=_pages(work, now),
        unsigned=unsigned,
        well=well,
    )


def _waiting(work: Work, queue: str) -> list[Waits]:
    """Who waits in the queue, first to be served first."""
    order = [one.contact for one in queue_order(work, queue)]
    contacts = {one.id: one for one in work.session.scalars(select(Contact).where(Contact.id.in_(order)))}
    asking = work.session.execute(
        select(Offer.contact_id, Offer.id).where(Offer.contact_id.in_(order), Offer.state.in_(OFFER_ASKING))
    ).all()
    return [
        Waits(
            contact=one,
            channel=contacts[one].channel,
            language=contacts[one].language,
            risk=Tier(contacts[one].risk),
            seconds=_seconds(work, contacts[one].waiting_since),
            asked=sum(contact == one for contact, _ in asking),
        )
        for one in order
        if contacts[one].state in WAITING
    ]


def _people(work: Work, now: Roster) -> list[On]:
    away = there.absences(work, now, work.line())
    held: dict[UUID, list[tuple[OfferState, datetime | None, int]]] = {}
    rows = select(Offer.person_id, Offer.state, Offer.accepted_at, Contact.risk).join(
        Contact, Contact.id == Offer.contact_id
    )
    for person, state, since, risk in work.session.execute(rows.where(Offer.state.in_(OFFER_HOLDS))):
        held.setdefault(person, []).append((state, since, risk))
    on = [one for one in now.people if one.id in now.coverage.on_shift or one.id in held]
    return [_on(one, now, away.get(one.id, ""), held.get(one.id, [])) for one in on]


def _on(one: Member, now: Roster, away: str, held: Sequence[tuple[OfferState, datetime | None, int]]) -> On:
    role = str(now.coverage.serving.get(one.id, one.role))
    doing = next((each for state in GRAVEST_FIRST for each in held if each[0] is state), held[0] if held else None)
    if doing is not None:
        more = f", and {len(held) - 1} more" if len(held) > 1 else ""
        return On(one.name, role, DOES[doing[0]] + more, doing[1], Tier(max(risk for _, _, risk in held)))
    return On(one.name, role, away or _rests(one, now.at), None if away else one.idle_since, Tier.NONE)


def _rests(one: Member, now: datetime) -> str:
    if one.resting_until is not None and one.resting_until > now:
        return "rests after a hard contact"
    if one.paused_until is not None and one.paused_until > now:
        return "pauses"
    return "did not answer several rings" if one.absent_since is not None else "is free"


def _pages(work: Work, now: Roster) -> list[Paging]:
    rows = work.session.execute(
        select(Case.contact_id, Page.person_id, Page.tier, Page.why, Page.paged_at)
        .join(Case, Case.id == Page.case_id)
        .where(Page.state == PageState.OPEN, Case.state == CaseState.OPEN)
        .order_by(Page.paged_at)
    )
    names = {one.id: one.name for one in now.people}
    return [
        Paging(contact, names.get(person, "somebody"), tier, why, _seconds(work, at))
        for contact, person, tier, why, at in rows
    ]


def _seconds(work: Work, since: datetime) -> int:
    return max(0, int((work.now - since).total_seconds()))
