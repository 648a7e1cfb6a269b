"""What follows from a command, once the carrier has done it or refused it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from carrier.dispatch import After, Failed, Sent
from escalation import elsewhere, legs, pages, probes
from helpline import outbox
from helpline.database import Work
from helpline.nouns import CarrierName, LegRole, LegState, OfferState
from helpline.outbox import Kind
from helpline.tables import Caller, CommandRow, Contact, Leg, Offer, Page
from routing import calls, offers
from routing.moves import move_leg
from webhooks import messages

OPTED_OUT = 21610


def _ring(work: Work, row: CommandRow, outcome: Sent | Failed) -> None:
    contact, leg = _leg_of(work, row)
    if isinstance(outcome, Failed):
        _never_rang(work, contact, leg, outcome, row.carrier)
        return
    calls.learn_sid(leg, str(outcome.sid), row.carrier or contact.carrier)
    move_leg(work, leg, LegState.DIALLED)
    if leg.offer_id is not None:
        offers.ring_left(work, work.session.get_one(Offer, leg.offer_id), row.seconds or 0)
    if outcome.call is not None:
        legs.leg_news(work, contact, leg, outcome.call.status)


def _never_rang(work: Work, contact: Contact, leg: Leg, outcome: Failed, tried: CarrierName | None) -> None:
    why = f"the carrier did not place the call (code {outcome.code})"
    if leg.role is LegRole.CALLER:
        calls.leg_ended(work, contact, leg, "failed")
        return
    if not move_leg(work, leg, LegState.ENDED):
        return
    if leg.offer_id is not None:
        offer = work.session.get_one(Offer, leg.offer_id, with_for_update=True)
        offers.missed(work, contact, offer, OfferState.FAILED, why)
    elif leg.page_id is not None:
        page = work.session.get_one(Page, leg.page_id)
        if tried is None or not elsewhere.ring_otherwise(work, contact, page, tried):
            pages.unanswered(work, contact, page, why)


def _text(work: Work, row: CommandRow, outcome: Sent | Failed) -> None:
    if isinstance(outcome, Sent):
        return
    if outcome.code == OPTED_OUT and row.caller_id is not None:
        work.session.get_one(Caller, row.caller_id).opted_out = True
    messages.undelivered(work, row)


def _hang_up(work: Work, row: CommandRow, outcome: Sent | Failed) -> None:
    """Hung up, or over already, which the carrier says with a refusal: either way the leg is down."""
    del outcome
    contact, leg = _leg_of(work, row)
    legs.leg_news(work, contact, leg, "completed")


def _redirect(work: Work, row: CommandRow, outcome: Sent | Failed) -> None:
    """A leg that cannot be redirected is probably over: ask."""
    if isinstance(outcome, Failed):
        _, leg = _leg_of(work, row)
        if leg.state is not LegState.ENDED:
            outbox.ask_call(work, leg)


def _ask_call(work: Work, row: CommandRow, outcome: Sent | Failed) -> None:
    contact, leg = _leg_of(work, row)
    if isinstance(outcome, Failed):
        if outcome.code:
            legs.leg_news(work, contact, leg, "failed")
    elif outcome.call is not None:
        legs.leg_news(work, contact, leg, outcome.call.status)


def _ask_conference(work: Work, row: CommandRow, outcome: Sent | Failed) -> None:
    if isinstance(outcome, Sent) and outcome.room is not None and row.contact_id is not None:
        calls.room_seen(work, work.session.get_one(Contact, row.contact_id), outcome.room)


def _nothing(work: Work, row: CommandRow, outcome: Sent | Failed) -> None:
    """What it says about the carrier has been noted, and whoever wanted it asks again: nothing else follows."""
    del work, row, outcome


def _test(work: Work, row: CommandRow, outcome: Sent | Failed) -> None:
    if isinstance(outcome, Failed):
        probes.refused(work, UUID(str(row.path)), f"carrier code {outcome.code}")


def _leg_of(work: Work, row: CommandRow) -> tuple[Contact, Leg]:
    leg = work.session.get_one(Leg, row.leg_id)
    return work.session.get_one(Contact, leg.contact_id), leg


AFTER: Mapping[Kind, After] = {
    Kind.RING: _ring,
    Kind.TEXT: _text,
    Kind.HANG_UP: _hang_up,
    Kind.REDIRECT: _redirect,
    Kind.ASK_CALL: _ask_call,
    Kind.ASK_CONFERENCE: _ask_conference,
    Kind.ASK_CARRIER: _nothing,
    Kind.READY_CALL: _nothing,
    Kind.TEST_CALL: _test,
    Kind.TEST_TEXT: _test,
}
