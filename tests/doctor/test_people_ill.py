"""The roster and the next 24 hours: who cannot be reached, and when nobody is there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from visit import LINE, Visit

from entrypoints.doctor.coverage import Quarter, judge_on_call, judge_shifts, next_day
from entrypoints.doctor.findings import Verdict
from entrypoints.doctor.people import Member, judge_numbers, judge_partner
from helpline.nouns import Role

PARTNER = "+12125550188"
NEW_YORK = ZoneInfo("America/New_York")
ANA, BO = "+12125550121", "+12125550122"


def numbers(*members: Member, real_carrier: bool = False) -> list[str]:
    return [one.found for one in judge_numbers(members, LINE, PARTNER, real_carrier=real_carrier)]


def peer(name: str, number: str | None) -> Member:
    return Member(name, Role.PEER, number)


def test_everybody_with_a_number_of_their_own_is_well() -> None:
    assert numbers(peer("Ana", ANA), peer("Bo", BO)) == ["Everybody has a possible number of their own."]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+1212", "Ana has a number that cannot exist."),
        ("212", "Ana has a number that cannot exist."),
        (LINE, "Ana has the line's own number, so that the line would ring itself."),
        (PARTNER, "Ana has the partner line's number."),
        (None, "Ana has a number that this key does not open."),
    ],
)
def test_a_number_that_reaches_nobody_is_found_by_name(number: str | None, words: str) -> None:
    assert numbers(peer("Ana", number), peer("Bo", BO)) == [words]


def test_two_people_with_one_number_are_found() -> None:
    found = numbers(peer("Ana", ANA), peer("Bo", ANA))
    assert found == ["Ana and Bo have the same number: only one of them would ever be rung."]


def test_a_fictional_number_is_found_when_the_carrier_is_real() -> None:
    assert numbers(peer("Ana", ANA), real_carrier=True) == [
        "Ana has a fictional number (555-01xx), which nobody can ring."
    ]


@pytest.mark.parametrize(("partner", "verdict"), [(PARTNER, Verdict.OK), (LINE, Verdict.FAULT), ("+1", Verdict.FAULT)])
def test_the_partner_is_somebody_else(partner: str, verdict: Verdict) -> None:
    assert judge_partner(LINE, "our partner", partner, real_carrier=False).verdict is verdict


def test_a_language_that_no_peer_speaks_is_a_warning(visit: Visit) -> None:
    rows = [{"name": "Bo", "role": "peer", "languages": "en", "on shift": "yes", "number": BO}]
    visit.employ(*rows)
    assert visit.one("languages").found.startswith("No peer speaks es, which the line offers")


def test_a_roster_without_peers_is_a_fault(visit: Visit) -> None:
    visit.employ({"name": "Lee", "role": "clinician", "on call": "1", "number": ANA})
    assert {name for name, verdict in visit.wrong().items() if verdict is Verdict.FAULT} == {"roster", "peers on shift"}


def test_hours_without_a_peer_or_a_supervisor_are_named_in_the_line_s_own_time(visit: Visit) -> None:
    """The world begins on Saturday 28 February at 19:00 in New York."""
    visit.employ(
        {"name": "Ana", "role": "peer", "languages": "en, es", "on shift": "06:00-22:30", "number": ANA},
        {"name": "Cal", "role": "backup", "on shift": "yes", "number": "+12125550123"},
        {"name": "Lee", "role": "clinician", "on call": "1", "number": BO},
        {"name": "Max", "role": "clinician", "on call": "2", "number": "+12125550125"},
        {"name": "Sue", "role": "supervisor", "on shift": "08:00-12:00, 13:00-08:00", "number": "+12125550126"},
    )
    assert visit.wrong() == {"peers on shift": Verdict.WARNING, "supervisor on shift": Verdict.WARNING}
    assert visit.one("peers on shift").found == "No peer is on shift from Sat 22:30 to 06:00."
    assert visit.one("supervisor on shift").found == "No supervisor is on shift from Sun 12:00 to 13:00."


def test_nobody_on_call_is_a_fault_and_an_empty_tier_a_warning(visit: Visit) -> None:
    visit.execute("DELETE FROM shift WHERE tier = 1")
    assert visit.one("on call").found == "Nobody is on call in tier 1."
    visit.execute("DELETE FROM shift WHERE tier IS NOT NULL")
    assert visit.wrong() == {"on call": Verdict.FAULT}


def test_on_call_is_asked_of_the_tiers_that_the_ladder_pages() -> None:
    assert judge_on_call({1: 1, 3: 2}, [1]).verdict is Verdict.OK
    assert judge_on_call({3: 2}, [1, 2]).verdict is Verdict.FAULT


def test_the_next_day_is_96_quarters_from_the_one_that_it_is() -> None:
    quarters = next_day(datetime(2026, 3, 7, 22, 52, 3, 9, tzinfo=UTC))
    assert (quarters[0], len(quarters)) == (datetime(2026, 3, 7, 22, 45, tzinfo=UTC), 96)
    assert quarters[-1] - quarters[0] == timedelta(hours=23, minutes=45)


def test_hours_over_the_change_of_the_clock_are_named_as_the_wall_shows_them() -> None:
    """In New York the clock goes from 02:00 to 03:00 on 8 March 2026."""
    moments = next_day(datetime(2026, 3, 8, 5, 0, tzinfo=UTC))
    dark = {moments[n] for n in range(4, 12)}
    quarters = [Quarter(at, 0 if at in dark else 1, 1) for at in moments]
    found = next(one for one in judge_shifts(quarters, NEW_YORK) if one.verdict is Verdict.WARNING)
    assert found.found == "No peer is on shift from Sun 01:00 to 04:00."
