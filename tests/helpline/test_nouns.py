"""The states of every noun: what may follow what, and that nothing else does."""

from __future__ import annotations

from enum import StrEnum

import pytest

from helpline import nouns
from helpline.nouns import ContactState, IllegalMove, OfferState, Tier, check

TABLES = {
    nouns.ContactState: nouns.CONTACT_MOVES,
    nouns.OfferState: nouns.OFFER_MOVES,
    nouns.TransferState: nouns.TRANSFER_MOVES,
    nouns.RequestState: nouns.REQUEST_MOVES,
    nouns.RescueState: nouns.RESCUE_MOVES,
    nouns.LegState: nouns.LEG_MOVES,
    nouns.CaseState: nouns.CASE_MOVES,
    nouns.PageState: nouns.PAGE_MOVES,
    nouns.CommandState: nouns.COMMAND_MOVES,
}
REOPENED = {nouns.CaseState}
each = pytest.mark.parametrize("noun", TABLES, ids=lambda noun: noun.__name__)


@each
def test_every_state_stands_in_the_table(noun: type[StrEnum]) -> None:
    assert set(TABLES[noun]) == set(noun)


@each
def test_what_the_table_allows_is_done_and_everything_else_is_refused(noun: type[StrEnum]) -> None:
    moves = TABLES[noun]
    for current in noun:
        for to in noun:
            if to in moves[current]:
                assert check(moves, current, to) is to
            else:
                with pytest.raises(IllegalMove, match=f"cannot go from {current} to {to}"):
                    check(moves, current, to)


@each
def test_no_state_moves_to_itself_and_every_state_can_be_reached(noun: type[StrEnum]) -> None:
    moves = TABLES[noun]
    assert not [state for state in noun if state in moves[state]]
    reached, beyond = set(), [next(iter(noun))]
    while beyond:
        state = beyond.pop()
        if state not in reached:
            reached.add(state)
            beyond += moves[state]
    assert reached == set(noun)


@pytest.mark.parametrize("noun", [noun for noun in TABLES if noun not in REOPENED], ids=lambda noun: noun.__name__)
def test_from_every_state_there_is_a_way_to_an_end(noun: type[StrEnum]) -> None:
    moves = TABLES[noun]
    ends = {state for state in noun if not moves[state]}
    assert ends
    finishing = set(ends)
    for _ in noun:
        finishing |= {state for state in noun if moves[state] & finishing}
    assert finishing == set(noun)


def test_a_contact_that_is_over_never_comes_back() -> None:
    assert {state for state in ContactState if not nouns.CONTACT_MOVES[state]} == nouns.CONTACT_OVER


def test_a_contact_is_closed_only_after_its_wrap_up_and_wrapped_up_only_after_it_was_connected() -> None:
    before = {
        to: {state for state in ContactState if to in nouns.CONTACT_MOVES[state]}
        for to in (ContactState.CLOSED, ContactState.WRAP_UP)
    }
    assert before == {
        ContactState.CLOSED: {ContactState.WRAP_UP},
        ContactState.WRAP_UP: {ContactState.CONNECTED},
    }


def test_only_an_accepted_offer_is_bridged_and_only_who_is_asked_or_has_joined_accepts() -> None:
    into = {
        to: {state for state in OfferState if to in nouns.OFFER_MOVES[state]}
        for to in (OfferState.BRIDGED, OfferState.ACCEPTED)
    }
    assert into == {
        OfferState.BRIDGED: {OfferState.ACCEPTED},
        OfferState.ACCEPTED: nouns.OFFER_ASKING | {OfferState.JOINED},
    }


def test_an_offer_takes_somebodys_time_until_it_is_over() -> None:
    assert {state for state in OfferState if not nouns.OFFER_MOVES[state]} == set(OfferState) - nouns.OFFER_HOLDS


def test_what_nobody_knows_is_never_sent_again() -> None:
    sending, uncertain = nouns.CommandState.SENDING, nouns.CommandState.UNCERTAIN
    assert nouns.COMMAND_MOVES[uncertain] == {nouns.CommandState.SENT, nouns.CommandState.FAILED}
    assert uncertain in nouns.COMMAND_MOVES[sending]


def test_tiers_are_ordered_and_known_by_their_word() -> None:
    assert sorted(Tier) == [Tier.NONE, Tier.ELEVATED, Tier.HIGH, Tier.IMMINENT]
    assert [Tier.parse(tier.word) for tier in Tier] == list(Tier)
    with pytest.raises(ValueError, match="not a tier"):
        Tier.parse("grave")
