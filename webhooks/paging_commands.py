"""`1`, `1 47`, `2 47`: what a clinician who was paged texts back. A reply that comes too late changes nothing."""

from __future__ import annotations

import re

from sqlalchemy import select

from escalation import cases, pages, replies
from escalation.replies import Meant, NoPage, Reply, Standing, Which
from helpline import journal, outbox
from helpline.database import Work
from helpline.nouns import Channel, LegState
from helpline.tables import Contact, Leg, Page, Person
from routing import offers, protection, threads

YES = re.compile(r"^(?:1|accept|yes)\s*(?:(?P<code>\d{2})|(?P<tag>[A-Z]))?$", re.IGNORECASE)
NO = re.compile(r"^(?:2|decline|no|busy)\s*(?:(?P<code>\d{2})|(?P<tag>[A-Z]))?$", re.IGNORECASE)
TOLD: dict[Standing, tuple[str, str]] = {
    Standing.YOURS: ("page_yours", "filed"),
    Standing.TAKEN: ("page_taken", "offer_lost"),
    Standing.WITHDRAWN: ("page_withdrawn", "offer_over"),
    Standing.OVER: ("page_over", "offer_over"),
}
"""How a page stands that cannot be taken any more: the words for it, and those that every line has."""


def obey(work: Work, person: Person, text: str) -> bool:
    """Take or refuse the page that `text` answers. False if it answers none, or a later offer."""
    words = text.strip().rstrip(".!").rstrip()
    yes = YES.match(words)
    found = yes or NO.match(words)
    if found is None:
        return False
    sent = cases.pages_of(work, person.id)
    reply = Reply(int(found["code"]) if found["code"] else None, found["tag"].upper() if found["tag"] else None)
    verdict = replies.meant(sent, reply, work.now)
    if isinstance(verdict, NoPage) or (reply.code is None and _offer_is_meant(work, person, reply, verdict)):
        return False
    if isinstance(verdict, Which):
        _ask_which(work, person, verdict)
    elif yes is not None:
        _yes(work, person, verdict)
    else:
        _no(work, person, verdict)
    protection.seen(work, person.id, at_work=yes is not None)
    return True


def _offer_is_meant(work: Work, person: Person, reply: Reply, verdict: Meant | Which) -> bool:
    """Whether somebody who is offered a text conversation answers that, and not a page from before it."""
    pending = [one for one in threads.pending_offers(work, person.id) if reply.tag in (None, one.tag)]
    if not pending:
        return False
    if isinstance(verdict, Meant) and verdict.standing not in (Standing.WAITS, Standing.GRAVER):
        return True
    answered = [verdict.page] if isinstance(verdict, Meant) else verdict.pages
    return max(page.at for page in answered) < pending[0].offered_at


def _ask_which(work: Work, person: Person, verdict: Which) -> None:
    line = work.line()
    tags = ", ".join(f"{page.tag}: {page.code}" for page in verdict.pages)
    key = "page_which" if line.words("page_which") else "which"
    _tell(work, person, key, count=len(verdict.pages), tags=tags, number=verdict.pages[-1].code)


def _yes(work: Work, person: Person, verdict: Meant) -> None:
    row = work.session.get_one(Page, verdict.page.page)
    contact, standing = _locked(work, row)
    if standing is Standing.GRAVER:
        cases.page_again(work, contact, row)
    elif standing not in (Standing.WAITS, Standing.REFUSED):
        _tell_standing(work, person, contact, row, standing)
    elif contact.state in replies.OVER:
        cases.acknowledge(work, contact, row, None)
        _tell(work, person, "dropped_yours", tag=row.tag)
    elif contact.channel is Channel.VOICE:
        _ring_again(work, person, contact, row)
    else:
        _take(work, person, contact, row)


def _locked(work: Work, row: Page) -> tuple[Contact, Standing]:
    """The page's contact, locked, and how the page stands now."""
    contact, sent = cases.locked(work, row)
    return contact, replies.standing(sent)


def _take(work: Work, person: Person, contact: Contact, row: Page) -> None:
    try:
        answer = cases.acknowledge(work, contact, row, None)
    except offers.NoRoom:
        _tell(work, person, "clinician_busy")
        return
    if answer is not offers.Answer.YOURS:
        _tell(work, person, "offer_lost")


def _ring_again(work: Work, person: Person, contact: Contact, row: Page) -> None:
    """A call is joined by telephone: whoever says yes by text is rung, unless their phone rings already."""
    ringing = work.session.scalar(
        select(Leg.id).where(Leg.person_id == person.id, Leg.state.not_in((LegState.ENDED, LegState.PASSED_ON)))
    )
    if ringing is None:
        pages.ring_now(work, contact, row)
    _tell(work, person, "ringing_you")


def _no(work: Work, person: Person, verdict: Meant) -> None:
    row = work.session.get_one(Page, verdict.page.page)
    contact, standing = _locked(work, row)
    if standing in (Standing.WAITS, Standing.GRAVER) and pages.refused(work, contact, row, "refused by text"):
        line = work.line()
        _tell(work, person, "page_refused" if line.words("page_refused") else "paused")
    else:
        _tell_standing(work, person, contact, row, standing)


def _tell_standing(work: Work, person: Person, contact: Contact, row: Page, standing: Standing) -> None:
    journal.note(
        work, "page.too_late", contact=contact.id, person=person.id, page=str(row.id), why=f"the page is {standing}"
    )
    if standing is Standing.REFUSED:
        _tell(work, person, "page_refused" if work.line().words("page_refused") else "paused")
        return
    key, otherwise = TOLD[standing]
    _tell(work, person, key if work.line().words(key) else otherwise, tag=row.tag)


def _tell(work: Work, person: Person, key: str, **facts: str | int) -> None:
    outbox.text_person(work, person.id, work.line().words(key, None, **facts), urgency=outbox.Urgency.LIVE)
