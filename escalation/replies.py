"""Which page somebody's text answers: a pure function of the pages they had and of what they wrote.

A reply may come late. It may answer a page that somebody else has taken since, or one that says less than is known by
now: then it changes nothing, and they are told how it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from helpline.nouns import CONTACT_OVER, CaseState, ContactState, PageState, Tier

OVER = CONTACT_OVER | {ContactState.WRAP_UP}
ANSWERABLE = frozenset({PageState.OPEN, PageState.UNANSWERED, PageState.REFUSED})
LATELY = timedelta(hours=1)
"""For so long after their last page an answer without a code is taken to mean a page, though none waits any more."""


class Standing(StrEnum):
    """How a page stands for whoever answers it."""

    WAITS = "waits"  # it can be acknowledged
    REFUSED = "refused"  # it can be, by its code: they said no
    YOURS = "yours"  # they have acknowledged it
    TAKEN = "taken"  # somebody has acknowledged since
    WITHDRAWN = "withdrawn"  # it was taken back, since nobody is needed
    OVER = "over"  # the contact is over
    GRAVER = "graver"  # the contact is graver than the page says


@dataclass(frozen=True)
class Sent:
    """A page that somebody was texted, with what has become of its case and contact."""

    page: UUID
    contact: UUID
    tag: str
    code: int
    at: datetime
    state: PageState
    case: CaseState
    acknowledged_at: datetime | None
    risk: Tier
    risk_at: datetime | None
    is_over: bool = False
    """Whether nothing about the contact is left to decide."""


@dataclass(frozen=True)
class Reply:
    """What a text says of a page: its code, or the letter of its contact, or neither."""

    code: int | None = None
    tag: str | None = None


@dataclass(frozen=True)
class Meant:
    """This page is answered. `standing` says whether that still changes anything."""

    page: Sent
    standing: Standing


@dataclass(frozen=True)
class Which:
    """It is not clear which of these waiting pages is meant, the latest of each contact."""

    pages: tuple[Sent, ...]


@dataclass(frozen=True)
class NoPage:
    """The text is about no page."""

    reason: str


Verdict = Meant | Which | NoPage


def standing(page: Sent) -> Standing:
    """How the page stands."""
    if page.state is PageState.ACKNOWLEDGED:
        return Standing.OVER if page.is_over else Standing.YOURS
    if page.is_over:
        return Standing.OVER
    if page.acknowledged_at is not None and page.acknowledged_at >= page.at:
        return Standing.TAKEN
    if page.state not in ANSWERABLE or page.case is not CaseState.OPEN:
        return Standing.WITHDRAWN
    if page.risk >= Tier.HIGH and page.risk_at is not None and page.risk_at > page.at:
        return Standing.GRAVER
    return Standing.REFUSED if page.state is PageState.REFUSED else Standing.WAITS


def meant(pages: Sequence[Sent], reply: Reply, now: datetime) -> Verdict:
    """The page that `reply` answers, of all that one person was texted, in any order.

    Without a code it is a page only if it is the last that they were texted, and no other contact waits for them.
    """
    known = sorted(pages, key=lambda page: (page.at, page.code, page.page))
    if reply.code is not None:
        found = [page for page in known if page.code == reply.code]
        return Meant(found[-1], standing(found[-1])) if found else NoPage("no page had that code")
    if reply.tag is not None:
        known = [page for page in known if page.tag == reply.tag]
    if not known:
        return NoPage("no page was sent" if reply.tag is None else "no page had that letter")
    latest = {page.contact: page for page in known}
    waiting = [page for page in latest.values() if standing(page) in {Standing.WAITS, Standing.GRAVER}]
    last = known[-1]
    if not waiting:
        return Meant(last, standing(last)) if now - last.at <= LATELY else NoPage("no page waits")
    if len(waiting) == 1 and waiting[0] == last:
        return Meant(last, standing(last))
    return Which(tuple(waiting))
