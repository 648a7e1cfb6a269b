"""A waiting contact goes to another queue when a key of the menu, or risk that has risen, leads there.

It keeps its seniority and its wait limit. Every function expects the contact locked.
"""

from __future__ import annotations

from sqlalchemy import select

from helpline import journal, timers
from helpline.database import Work
from helpline.line import Line
from helpline.nouns import OFFER_ASKING, WAITING, Channel, Tier, TimerKind
from helpline.privacy import message_words
from helpline.tables import Contact, Message
from routing import candidates
from routing.choose import Waiting, misfits
from routing.contacts import back_in_queue_if_unasked, take_back
from routing.moves import is_taken, offers_of
from routing.route import Approach, By, Routed, route
from shifts.roster import roster


def follow_key(work: Work, contact: Contact, key: str) -> bool:
    """The caller pressed a key of the menu. Whether a route fits; one that danger decided stays as it is."""
    line = work.line(contact.line_version_id)
    if _is_led_by_danger(contact, line):
        return False
    if contact.state not in WAITING or is_taken(work, contact.id):
        return False
    contact.menu_key = key
    return _follow(work, contact, line, By.KEY)


def follow_risk(work: Work, contact: Contact) -> None:
    """The contact's risk may have risen since its queue was chosen."""
    line = work.line(contact.line_version_id)
    if any(By.RISK.decides(one) for one in line.routes) and contact.state in WAITING and not is_taken(work, contact.id):
        _follow(work, contact, line, By.RISK)


def _is_led_by_danger(contact: Contact, line: Line) -> bool:
    decided = None if contact.route is None else line.routes[contact.route]
    return decided is not None and By.RISK.decides(decided) and decided.queue is not None


def _follow(work: Work, contact: Contact, line: Line, by: By) -> bool:
    approach = Approach(
        number=contact.called or "",
        key=contact.menu_key or "",
        words=_first_words(work, contact),
        risk=Tier(contact.risk),
    )
    routed = route(approach, line.routes, work.now.astimezone(line.zone), otherwise=contact.queue, by=by)
    if routed.place is not None and routed.place != contact.route:
        _move(work, contact, line, routed)
    return routed.place is not None


def _first_words(work: Work, contact: Contact) -> str:
    """What a text contact began with; empty for a call."""
    if contact.channel is not Channel.TEXT:
        return ""
    of_caller = (Message.contact_id == contact.id, Message.person_id.is_(None), Message.words.is_not(None))
    first = work.session.scalar(select(Message).where(*of_caller).order_by(Message.ordinal).limit(1))
    return work.vault.open(first.words, message_words(first.id)) if first is not None and first.words else ""


def _move(work: Work, contact: Contact, line: Line, routed: Routed) -> None:
    before, contact.queue = contact.queue, routed.queue
    if routed.topic is not None:
        earlier = None if contact.route is None else line.routes[contact.route].topic
        contact.topics = sorted({*contact.topics} - {earlier} | {routed.topic})
    contact.route = routed.place
    journal.note(
        work,
        "contact.moved",
        contact=contact.id,
        why=routed.reason,
        before=before,
        queue=contact.queue,
        topics=contact.topics,
    )
    _let_misfits_go(work, contact, line)
    timers.bring_forward(work, TimerKind.MATCH, before, work.now)
    back_in_queue_if_unasked(work, contact, "goes to another queue")


def _let_misfits_go(work: Work, contact: Contact, line: Line) -> None:
    """Whoever is being asked and would not be asked in the new queue is let go."""
    asking = [offer for offer in offers_of(work, contact.id) if offer.state in OFFER_ASKING]
    if not asking:
        return
    waiting = Waiting(
        contact=contact.id,
        channel=contact.channel,
        language=contact.language,
        topics=frozenset(contact.topics),
        risk=Tier(contact.risk),
        front=contact.front,
        arrived_at=contact.arrived_at,
        queue=contact.queue,
    )
    pool = candidates.pool(work, roster(work), line)
    people = [offer.person_id for offer in asking]
    shares = line.capacity.of(contact.channel)
    unfit = misfits(waiting, people, pool, line.queue(contact.queue), shares=shares)
    for offer in asking:
        if offer.person_id in unfit:
            take_back(work, offer, unfit[offer.person_id])
