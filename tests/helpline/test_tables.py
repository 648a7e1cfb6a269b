"""What must never be is refused by the database itself, whatever the code that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, time
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from entrypoints.drill.world import World
from entrypoints.people import Recruit
from helpline.database import Work
from helpline.nouns import (
    OFFER_HOLDS,
    OFFER_LIVE,
    OFFER_TAKEN,
    TRANSFER_OPEN,
    CaseState,
    Channel,
    ContactState,
    LegRole,
    LegState,
    OfferState,
    PageState,
    Role,
    TransferState,
)
from helpline.tables import Case, Contact, Leg, Offer, OverrideRow, Page, Person, RotaRevision, ShiftRow, Transfer
from routing.contacts import find_caller, receive

SAM, KIM = "+16465550141", "+16465550142"
LIVE = sorted(OFFER_LIVE)
OVER = sorted(set(OfferState) - OFFER_HOLDS)


class Undone(Exception):
    """Whatever was tried is not kept."""


@pytest.fixture
def work(make_world: Callable[[], World]) -> Iterator[Work]:
    """A transaction in which Ana and Bo are on the roster; nothing of it is kept."""
    world = make_world()
    world.enlist(
        [
            Recruit("Ana", Role.PEER, ("en",), "+12125550121"),
            Recruit("Bo", Role.PEER, ("en",), "+12125550122"),
        ]
    )
    with suppress(Undone), world.database.work() as made:
        yield made
        raise Undone


def contact(work: Work, number: str = SAM, channel: Channel = Channel.VOICE) -> Contact:
    return receive(work, find_caller(work, number), channel)


def person(work: Work, name: str = "Ana") -> Person:
    return work.session.query(Person).filter_by(name=name).one()


def offer(work: Work, of: Contact, to: str = "Ana", **more: Any) -> Offer:
    who = person(work, to)
    shares = {Channel.VOICE: (0, 2), Channel.TEXT: (0, 1)}[of.channel]
    usual: dict[str, Any] = {
        "id": uuid4(),
        "contact_id": of.id,
        "person_id": who.id,
        "person_ordinal": who.ordinal,
        "channel": of.channel,
        "state": OfferState.PENDING,
        "tag": "A",
        "share_from": shares[0],
        "share_to": shares[1],
        "offered_at": work.now,
    }
    made = Offer(**{**usual, **more})
    work.session.add(made)
    work.session.flush()
    return made


def refused(rule: str, break_it: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError) as refusal:
        break_it()
    assert getattr(refusal.value.orig, "diag", None) is not None
    assert refusal.value.orig.diag.constraint_name == rule  # type: ignore[union-attr]


@pytest.mark.parametrize("first", sorted(OFFER_TAKEN))
@pytest.mark.parametrize("second", sorted(OFFER_TAKEN))
def test_a_contact_has_at_most_one_offer_that_was_accepted(work: Work, first: OfferState, second: OfferState) -> None:
    sam = contact(work)
    offer(work, sam, "Ana", state=first)
    refused("offer_one_taken", lambda: offer(work, sam, "Bo", state=second))


@pytest.mark.parametrize("first", LIVE)
@pytest.mark.parametrize("second", LIVE)
def test_a_person_has_at_most_one_live_call(work: Work, first: OfferState, second: OfferState) -> None:
    offer(work, contact(work), state=first, share_from=0, share_to=1)
    refused(
        "offer_one_live_call",
        lambda: offer(work, contact(work, KIM), state=second, share_from=1, share_to=2),
    )


@pytest.mark.parametrize("state", sorted(OFFER_HOLDS))
def test_nobody_holds_more_than_they_have_shares(work: Work, state: OfferState) -> None:
    offer(work, contact(work, SAM, Channel.TEXT), state=state)
    refused("offer_within_capacity", lambda: offer(work, contact(work, KIM)))


def test_two_texts_stand_side_by_side_in_one_persons_shares_and_a_third_does_not(work: Work) -> None:
    for place, number in enumerate((SAM, KIM)):
        offer(work, contact(work, number, Channel.TEXT), share_from=place, share_to=place + 1)
    third = contact(work, "+16465550143", Channel.TEXT)
    refused("offer_within_capacity", lambda: offer(work, third, share_from=1, share_to=2))


def test_the_shares_of_one_person_are_not_anothers(work: Work) -> None:
    offer(work, contact(work), "Ana")
    offer(work, contact(work, KIM), "Bo")


@pytest.mark.parametrize("state", OVER)
def test_an_offer_that_is_over_stands_in_nobodys_way(work: Work, state: OfferState) -> None:
    sam = contact(work)
    offer(work, sam, state=state)
    offer(work, sam)


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (1, 1), (2, 1), (0, 101)])
def test_shares_are_a_stretch_within_a_person(work: Work, start: int, end: int) -> None:
    sam = contact(work)
    refused("shares_fit", lambda: offer(work, sam, share_from=start, share_to=end))


def transfer(work: Work, of: Contact, state: TransferState, **changed: Any) -> None:
    ana = work.session.scalars(select(Person).where(Person.name == "Ana")).one()
    row = {"to_person_id": ana.id, "warm": True, "asked_at": work.now, **changed}
    with work.session.begin_nested():
        work.session.add(Transfer(id=uuid4(), contact_id=of.id, from_person_id=ana.id, state=state, **row))
        work.session.flush()


@pytest.mark.parametrize("first", sorted(TRANSFER_OPEN))
@pytest.mark.parametrize("second", sorted(TRANSFER_OPEN))
def test_a_contact_is_passed_on_to_one_at_a_time(work: Work, first: TransferState, second: TransferState) -> None:
    sam = contact(work)
    transfer(work, sam, TransferState.REFUSED)
    transfer(work, sam, first)
    refused("transfer_one_open", lambda: transfer(work, sam, second))


def test_a_transfer_goes_to_somebody_or_to_a_queue(work: Work) -> None:
    sam = contact(work)
    refused("to_somebody_or_a_queue", lambda: transfer(work, sam, TransferState.ASKED, to_queue="support"))
    refused("to_somebody_or_a_queue", lambda: transfer(work, sam, TransferState.ASKED, to_person_id=None))


def test_a_caller_has_one_open_conversation_by_text(work: Work) -> None:
    sam = contact(work, SAM, Channel.TEXT)
    contact(work, SAM, Channel.VOICE)
    contact(work, KIM, Channel.TEXT)
    with work.session.begin_nested() as attempt:
        refused("contact_one_open_thread", lambda: contact(work, SAM, Channel.TEXT))
        attempt.rollback()
    sam.state, sam.ended_at = ContactState.CLOSED, work.now
    work.session.flush()
    contact(work, SAM, Channel.TEXT)


def test_a_contact_has_an_end_exactly_when_it_is_over(work: Work) -> None:
    sam = contact(work)
    for values in ({"state": ContactState.CLOSED}, {"ended_at": work.now}):
        with work.session.begin_nested() as attempt:
            changed = update(Contact).where(Contact.id == sam.id).values(values)
            refused("over_has_an_end", lambda c=changed: work.session.execute(c))
            attempt.rollback()


@pytest.mark.parametrize(
    ("table", "column", "rule"),
    [
        ("contact", "state", "state_is_known"),
        ("contact", "channel", "channel_is_known"),
        ("offer", "state", "state_is_known"),
        ("offer", "channel", "channel_is_known"),
        ("leg", "state", "state_is_known"),
        ("leg", "role", "role_is_known"),
        ("case", "state", "state_is_known"),
        ("page", "state", "state_is_known"),
        ("command", "state", "state_is_known"),
        ("person", "role", "role_is_known"),
    ],
)
def test_a_word_that_no_noun_knows_is_refused(work: Work, table: str, column: str, rule: str) -> None:
    everything(work)
    word = text(f'UPDATE "{table}" SET {column} = :word')  # noqa: S608
    refused(rule, lambda: work.session.execute(word, {"word": "nonsense"}))


@pytest.mark.parametrize(("column", "value"), [("risk", -1), ("risk", 4)])
def test_a_risk_is_one_of_the_tiers(work: Work, column: str, value: int) -> None:
    sam = contact(work)
    changed = update(Contact).where(Contact.id == sam.id).values({column: value})
    refused("risk_is_a_tier", lambda: work.session.execute(changed))


@pytest.mark.parametrize("tier", [0, 10])
def test_a_place_in_the_rotation_is_a_tier(work: Work, tier: int) -> None:
    ana = person(work).id
    work.session.add(shift(ana, tier=tier))
    refused("tier_is_known", work.session.flush)


def test_one_occurrence_of_a_shift_is_given_to_one_person(work: Work) -> None:
    ana, bo = person(work, "Ana").id, person(work, "Bo").id
    night = shift(ana)
    work.session.add(night)
    work.session.flush()
    for taker in (ana, bo):
        work.session.add(OverrideRow(shift_id=night.id, on_day=date(2026, 3, 8), person_id=taker, decided_at=work.now))
    with pytest.raises(IntegrityError):
        work.session.flush()


def test_a_cancelled_shift_has_nobody(work: Work) -> None:
    ana = person(work, "Ana").id
    night = shift(ana)
    work.session.add(night)
    work.session.flush()
    day = date(2026, 3, 8)
    work.session.add(OverrideRow(shift_id=night.id, on_day=day, person_id=ana, cancelled=True, decided_at=work.now))
    refused("cancelled_has_nobody", work.session.flush)


def test_whatever_touches_the_rota_gives_it_another_revision(make_world: Callable[[], World]) -> None:
    world = make_world()
    seen = [_revision(world)]
    world.enlist([Recruit("Ana", Role.PEER, ("en",), "+12125550121")])
    seen.append(_revision(world))
    with world.database.work() as made:
        made.session.add(shift(made.session.scalars(select(Person.id)).one()))
    seen.append(_revision(world))
    with world.database.work() as made:
        made.session.execute(update(Person).values(paused_until=made.now))
    assert len(set(seen)) == 3
    assert _revision(world) == seen[-1], "a pause is not of the rota"


def _revision(world: World) -> int | None:
    with world.database.work() as made:
        return made.session.scalar(select(RotaRevision.number))


def shift(person_id: UUID, tier: int | None = None) -> ShiftRow:
    """Nights that come round every day."""
    return ShiftRow(
        id=uuid4(),
        person_id=person_id,
        role=Role.PEER,
        tier=tier,
        starts=time(22),
        ends=time(6),
        first_on=date(2026, 1, 1),
        repeats="FREQ=DAILY",
    )


def test_a_clinician_has_one_open_page_for_a_case(work: Work) -> None:
    everything(work)
    open_page = work.session.query(Page).one()
    again = Page(**{**columns(open_page), "id": uuid4()})
    work.session.add(again)
    refused("page_one_open", work.session.flush)


def test_two_people_never_share_a_number_or_a_name(work: Work) -> None:
    ana, bo = person(work, "Ana"), person(work, "Bo")
    for column in ("number_key", "name"):
        with work.session.begin_nested() as attempt:
            changed = update(Person).where(Person.id == bo.id).values({column: getattr(ana, column)})
            with pytest.raises(IntegrityError):
                work.session.execute(changed)
            attempt.rollback()


def test_two_legs_never_share_a_call(work: Work) -> None:
    everything(work)
    leg = work.session.query(Leg).filter(Leg.sid.is_not(None)).one()
    work.session.add(Leg(**{**columns(leg), "id": uuid4()}))
    with pytest.raises(IntegrityError):
        work.session.flush()


def test_a_person_with_a_history_cannot_be_deleted_and_their_hours_can(work: Work) -> None:
    everything(work)
    work.session.query(ShiftRow).delete()
    with pytest.raises(IntegrityError):
        work.session.query(Person).filter_by(name="Ana").delete()


def columns(row: Any) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def everything(work: Work) -> None:
    """One row of every noun that has states."""
    sam, ana = contact(work), person(work)
    offer(work, sam)
    case = Case(id=UUID(int=1), contact_id=sam.id, ladder={}, state=CaseState.OPEN, opened_at=work.now)
    case.acknowledged_risk = case.supervisor_told_risk = 0
    work.session.add(case)
    work.session.flush()
    work.session.add(
        Page(
            id=UUID(int=2),
            case_id=case.id,
            person_id=ana.id,
            tier=1,
            why="waits",
            tag="A",
            state=PageState.OPEN,
            paged_at=work.now,
        )
    )
    work.session.add(
        Leg(id=UUID(int=3), contact_id=sam.id, role=LegRole.CALLER, state=LegState.LIVE, sid="CA1", joined=False)
    )
    work.session.execute(
        text(
            "INSERT INTO command (id, kind, state, priority, written_at, due_at) "
            "VALUES (gen_random_uuid(), 'text', 'sent', 1, now(), now())"
        )
    )
    work.session.flush()
