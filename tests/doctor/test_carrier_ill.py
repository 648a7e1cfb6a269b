"""The carrier's account and the number's settings, broken one after another, found, and set right when asked."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import requests
from twilio.http import HttpClient
from visit import LINE, Visit, at_twilio

from carrier.account import AccountSeen, NumberSeen
from entrypoints.doctor.carrier_account import judge_account, judge_addresses, judge_balance, judge_limits, judge_number
from entrypoints.doctor.examination import Wishes
from entrypoints.doctor.findings import Verdict
from entrypoints.drill.world import URL

OLD = datetime(2020, 5, 1, tzinfo=UTC)
FICTIONAL = {"people's numbers": Verdict.FAULT, "partner line": Verdict.FAULT}
"""What the demonstration's people and partner are to a real carrier."""


class Unplugged(HttpClient):  # type: ignore[misc]
    def __init__(self) -> None:
        """There is no network."""

    def request(self, *_: Any, **__: Any) -> Any:
        raise requests.ConnectionError


def test_a_wrong_token_is_found(visit: Visit) -> None:
    visit.token = "another"
    wrong = visit.one("carrier account")
    assert wrong.found == "The carrier does not accept the account's SID and token."
    assert "TWILIO_AUTH_TOKEN" in wrong.do


def test_a_carrier_that_does_not_answer_is_found(visit: Visit) -> None:
    visit.http = Unplugged()
    assert visit.wrong() == {"carrier account": Verdict.FAULT}
    assert "The carrier does not answer" in visit.one("carrier account").found


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [("suspended", "Full", "account is suspended"), ("closed", "Full", "closed"), ("active", "Trial", "trial account")],
)
def test_an_account_that_will_not_carry_calls_is_a_fault(status: str, kind: str, words: str) -> None:
    found = judge_account(AccountSeen(status, kind, OLD))
    assert found.verdict is Verdict.FAULT
    assert words in found.found


@pytest.mark.parametrize(("left", "verdict"), [("-1", Verdict.FAULT), ("5.5", Verdict.WARNING), ("90", Verdict.OK)])
def test_money_that_runs_out_is_noticed(left: str, verdict: Verdict) -> None:
    assert judge_balance((Decimal(left), "USD")).verdict is verdict


def test_a_number_that_is_not_ours_is_found(visit: Visit) -> None:
    visit.world.network.numbers.clear()
    assert visit.wrong() == {"line's number": Verdict.FAULT}


def test_a_number_without_texts_is_found() -> None:
    found = judge_number(NumberSeen("PN1", LINE, {}, has_texts=False))
    assert found.found == "The line's number cannot take texts."


@pytest.mark.parametrize(
    ("setting", "value", "check", "words"),
    [
        ("voice_url", "", "calls", "has no address"),
        ("voice_url", "https://demo.twilio.com/welcome/voice/", "calls", "to https://demo.twilio.com/welcome/voice/"),
        ("voice_url", f"{URL}/webhooks/voice/incoming/", "calls", "not to"),
        ("voice_url", "http://line.example/webhooks/voice/incoming", "calls", "not to"),
        ("voice_url", "https://line.example:443/webhooks/voice/incoming", "calls", "not to"),
        ("voice_method", "GET", "calls", "with GET, not POST"),
        ("status_callback", "", "call status", "has no address"),
        ("status_callback_method", "GET", "call status", "with GET"),
        ("sms_url", "https://demo.twilio.com/welcome/sms/reply", "texts", "not to"),
        ("sms_method", "GET", "texts", "with GET"),
    ],
)
def test_a_number_that_sends_elsewhere_is_found_and_set_right(
    visit: Visit, setting: str, value: str, check: str, words: str
) -> None:
    setattr(visit.world.network.numbers[LINE], setting, value)
    assert visit.wrong() == {check: Verdict.FAULT}
    assert words in visit.one(check).found
    assert visit.wrong(Wishes(fix=lambda _number, _changes: True)) == {}
    assert visit.wrong() == {}


def test_a_fragment_that_tunes_the_connection_is_no_fault(visit: Visit) -> None:
    visit.world.network.numbers[LINE].voice_url += "#rc=2&rp=5xx"
    assert visit.wrong() == {}


def test_nothing_is_set_at_the_carrier_without_consent(visit: Visit) -> None:
    visit.world.network.numbers[LINE].voice_url = "https://elsewhere.example/"
    shown: list[dict[str, str]] = []

    def refuse(number: NumberSeen, changes: dict[str, str]) -> bool:
        shown.append(changes)
        return False

    assert visit.wrong(Wishes(fix=refuse)) == {"calls": Verdict.FAULT}
    assert shown == [{"voice_url": f"{URL}/webhooks/voice/incoming"}]
    assert visit.world.network.numbers[LINE].voice_url == "https://elsewhere.example/"


def test_a_number_that_is_right_is_not_touched(visit: Visit) -> None:
    def never(_number: NumberSeen, _changes: dict[str, str]) -> bool:
        raise AssertionError("there is nothing to ask")

    visit.find(Wishes(fix=never))


def test_setting_right_leaves_a_fallback_elsewhere_alone(visit: Visit) -> None:
    number = visit.world.network.numbers[LINE]
    number.voice_url = ""
    number.voice_fallback_url = "https://handler.twilio.com/twiml/EH1"
    visit.find(Wishes(fix=lambda _number, _changes: True))
    assert number.voice_fallback_url == "https://handler.twilio.com/twiml/EH1"
    assert number.voice_url == f"{URL}/webhooks/voice/incoming"


@pytest.mark.parametrize(
    ("fallback", "verdict", "words"),
    [
        ("", Verdict.WARNING, "callers hear an error whenever this server fails"),
        (f"{URL}/webhooks/voice/fallback", Verdict.WARNING, "on this same server"),
        ("https://line.example:8443/", Verdict.WARNING, "on this same server"),
        ("https://handler.twilio.com/twiml/EH1", Verdict.OK, "fall back on handler.twilio.com"),
    ],
)
def test_a_real_line_is_told_what_happens_when_its_server_fails(
    visit: Visit, fallback: str, verdict: Verdict, words: str
) -> None:
    visit.world.network.numbers[LINE].voice_fallback_url = fallback
    found = at_twilio(visit).one("fallback")
    assert found.verdict is verdict
    assert words in found.found


def test_a_number_handed_to_an_application_is_found_whatever_its_addresses_say() -> None:
    ours = {"voice_url": f"{URL}/webhooks/voice/incoming", "voice_method": "POST"}
    seen = NumberSeen("PN1", LINE, ours, voice_elsewhere=True)
    found = {one.check: one for one in judge_addresses(seen, URL, demonstration=False)}
    assert found["calls"].verdict is Verdict.FAULT
    assert "application or trunk" in found["calls"].found


def test_people_and_partner_of_the_demonstration_are_no_use_to_a_real_carrier(visit: Visit) -> None:
    wrong = at_twilio(visit).wrong()
    assert {name: wrong[name] for name in FICTIONAL} == FICTIONAL


def test_the_limits_of_a_real_account_are_said_plainly() -> None:
    def limits(opened: datetime | None, rate: float) -> dict[str, tuple[Verdict, str]]:
        seen = AccountSeen("active", "Full", opened)
        return {one.check: (one.verdict, one.found) for one in judge_limits(seen, LINE, rate, is_twilio=True)}

    young, old = limits(datetime(2026, 4, 1, tzinfo=UTC), 1), limits(OLD, 5)
    assert young["calls at once"][0] is Verdict.WARNING
    assert old["calls at once"][0] is Verdict.SKIPPED
    assert "2 or 3 calls at once" in young["calls at once"][1]
    assert "2 or 3 calls at once" in old["calls at once"][1]
    assert "30034" in old["texting"][1]
    assert (young["call pace"][0], old["call pace"][0]) == (Verdict.OK, Verdict.WARNING)
    assert old["recording"] == (Verdict.OK, "Helpline never asks the carrier to record a call.")
