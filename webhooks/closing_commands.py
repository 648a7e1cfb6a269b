"""`file 7 supported plan`, `sign 7`, `followup A 18-20`: what is texted about how a grave contact ends."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import select

from escalation import signing
from helpline import journal, outbox
from helpline.database import Work
from helpline.hours import Hours, read_hours
from helpline.nouns import OFFER_TAKEN, Discretion, OfferState, Tier
from helpline.tables import Offer, Person
from routing import follow_up
from routing.contacts import raise_risk
from routing.moves import lock_contact

FILE = re.compile(r"^file\s+(?P<number>\d{1,9})(?P<words>(?:\s+[\w-]{2,40}){0,3})$", re.IGNORECASE)
SIGN = re.compile(r"^sign\s+(?P<number>\d{1,9})(?P<words>(?:\s+[\w-]{2,40}){0,3})$", re.IGNORECASE)
ASK_BACK = re.compile(r"^ask\s+back\s+(?P<number>\d{1,9})[\s:]+(?P<words>\S.*)$", re.IGNORECASE | re.DOTALL)
UNSIGNED = re.compile(r"^unsigned$", re.IGNORECASE)
RISK = re.compile(
    r"^risk(?:\s+(?P<tag>[A-Z])(?=\s))?\s+(?P<tier>none|elevated|high|imminent)$",
    re.IGNORECASE,
)
FOLLOW_UP = re.compile(
    r"^follow-?up(?:\s+(?P<tag>[A-Z])(?=\s|$))?(?:\s+(?P<no>no)|(?:\s+(?P<hours>[\d:]{1,5}\s*-\s*[\d:]{1,5}))?"
    r"(?:\s+(?P<say>quiet|named))?)$",
    re.IGNORECASE,
)
MOST_LISTED = 8


def obey(work: Work, person: Person, text: str) -> bool:
    """Do what `person` texted about the end of a contact. False if it is something else, or not the line's policy."""
    line = work.line()
    words = text.strip().rstrip(".!").rstrip()
    rooms = ((line.closing, _SIGNING), (line.follow_up, _FOLLOWING), (line.closing, _GRADING))
    for pattern, act in (command for policy, commands in rooms if policy is not None for command in commands):
        found = pattern.match(words)
        if found is not None:
            act(work, person, found)
            return True
    return False


def _file(work: Work, person: Person, found: re.Match[str]) -> None:
    try:
        row = signing.file(work, person, int(found["number"]), found["words"].split())
    except signing.Refused as refused:
        _tell(work, person, refused.key, number=found["number"], what=refused.lacks)
    else:
        if row.safety is not None:
            _tell(work, person, "file_noted", number=row.number)


def _sign(work: Work, person: Person, found: re.Match[str]) -> None:
    try:
        row = signing.sign(work, person, int(found["number"]), found["words"].split())
    except signing.Refused as refused:
        _tell(work, person, refused.key, number=found["number"], what=refused.lacks)
    else:
        _tell(work, person, "sign_noted", number=row.number)


def _ask_back(work: Work, person: Person, found: re.Match[str]) -> None:
    try:
        signing.give_back(work, person, int(found["number"]), found["words"])
    except signing.Refused as refused:
        _tell(work, person, refused.key, number=found["number"], what=refused.lacks)


def _unsigned(work: Work, person: Person, found: re.Match[str]) -> None:
    del found
    rows = signing.unsigned(work)
    if not rows:
        _tell(work, person, "sign_none")
        return
    told = [signing.told(work, lock_contact(work, row.contact_id), row) for row in rows[:MOST_LISTED]]
    _tell(work, person, "sign_list", count=len(rows), what="; ".join(told))


def _risk(work: Work, person: Person, found: re.Match[str]) -> None:
    """How grave it is as whoever has it sees it: kept beside the grade, which it can only raise."""
    meant = _meant(work, person, found["tag"])
    if meant is None:
        return
    contact, tier = lock_contact(work, meant.contact_id), Tier.parse(found["tier"].lower())
    contact.seen_risk = tier
    journal.note(work, "contact.seen", contact=contact.id, person=person.id, tier=tier.word, why="as they saw it")
    raise_risk(work, contact, tier, "whoever has it says so")
    _tell(work, person, "risk_noted", tag=meant.tag, risk=tier.word)


def _follow_up(work: Work, person: Person, found: re.Match[str]) -> None:
    meant = _meant(work, person, found["tag"])
    if meant is None:
        return
    contact = lock_contact(work, meant.contact_id)
    if found["no"]:
        follow_up.withdraw(work, contact, "the caller does not want it")
        _tell(work, person, "follow_up_none", tag=meant.tag)
        return
    try:
        hours = _hours(found["hours"]) if found["hours"] else None
    except ValueError:
        _tell(work, person, "follow_up_hours", tag=meant.tag)
        return
    said = Discretion((found["say"] or Discretion.QUIET).lower())
    row = follow_up.agree(work, contact, person.id, hours, said)
    if row is None:
        _tell(work, person, "follow_up_withheld", tag=meant.tag)
    else:
        when = follow_up.when(work, row)
        _tell(work, person, "follow_up_agreed", tag=meant.tag, when=when, what=str(row.discretion))


def _meant(work: Work, person: Person, tag: str | None) -> Offer | None:
    """The contact that `person` has, or has still to file, under that letter; they are told if it cannot be known."""
    states = OFFER_TAKEN | {OfferState.WRAPPING}
    held = select(Offer).where(Offer.person_id == person.id, Offer.state.in_(states)).order_by(Offer.tag)
    offers = [one for one in work.session.scalars(held) if tag is None or one.tag == tag.upper()]
    if len(offers) > 1:
        _tell(work, person, "which", count=len(offers), tags=", ".join(one.tag for one in offers))
    elif not offers:
        _tell(work, person, "nothing_open")
    return offers[0] if len(offers) == 1 else None


def _hours(text: str) -> Hours:
    """Hours as they are texted, 18-20 or 18:30-20:00; ValueError if they are none."""
    ends = text.replace(" ", "").split("-")
    return read_hours("-".join(end if ":" in end else f"{int(end):02d}:00" for end in ends))


def _tell(work: Work, person: Person, key: str, **facts: str | int) -> None:
    outbox.text_person(work, person.id, work.line().words(key, None, **facts), urgency=outbox.Urgency.NOTICE)


_Command = tuple[re.Pattern[str], Callable[[Work, Person, re.Match[str]], None]]
_SIGNING: tuple[_Command, ...] = ((FILE, _file), (SIGN, _sign), (ASK_BACK, _ask_back), (UNSIGNED, _unsigned))
_GRADING: tuple[_Command, ...] = ((RISK, _risk),)
_FOLLOWING: tuple[_Command, ...] = ((FOLLOW_UP, _follow_up),)
