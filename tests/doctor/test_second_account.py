"""What the doctor finds of a second carrier, and that a line without one hears nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from visit import Visit

import exchange as telephone
from carrier.account import CarrierAccount
from carrier.port import Unclear
from carrier.signalwire import LAML
from entrypoints import line as line_file
from entrypoints.doctor.findings import Finding, Verdict
from entrypoints.doctor.second_carrier import ACCOUNT, HEALTH
from entrypoints.drill.world import PROJECT, SPACE_TOKEN, World, WsgiHttp

DEMO = Path(__file__).resolve().parents[2] / "lines" / "demo.toml"
SECOND = "+12125550170"


@pytest.fixture
def two(make_world: Callable[..., World], redis_url: str, tmp_path: Path) -> Visit:
    text = DEMO.read_text(encoding="utf-8").replace("[line]\n", f'[line]\nnumbers = ["{SECOND}"]\n', 1)
    path = tmp_path / "two.toml"
    path.write_text(f'{text}\n[carriers]\nsignalwire = ["{SECOND}"]\n', encoding="utf-8")
    visit = Visit(make_world(path), redis_url)
    visit.second = account(visit, SPACE_TOKEN)
    return visit


def account(visit: Visit, token: str) -> CarrierAccount:
    assert visit.world.second is not None
    return CarrierAccount(PROJECT, token, WsgiHttp(telephone.rest_app(visit.world.second), root=LAML))


def found(visit: Visit, check: str) -> list[Finding]:
    return [one for one in visit.find() if one.check == check]


def test_two_carriers_in_good_health(two: Visit) -> None:
    assert not two.wrong()
    assert [one.verdict for one in found(two, "line's number")] == [Verdict.OK, Verdict.OK]
    assert two.one(HEALTH).verdict is Verdict.OK


def test_a_line_with_one_carrier_hears_nothing_of_a_second(visit: Visit) -> None:
    assert not found(visit, ACCOUNT)
    assert not found(visit, HEALTH)


def test_numbers_without_an_account_are_a_fault(two: Visit) -> None:
    two.second = None
    assert two.one(ACCOUNT).verdict is Verdict.FAULT


def test_an_account_without_numbers_is_a_warning(two: Visit) -> None:
    with two.world.database.work() as work:
        line_file.apply(work, DEMO)
    assert {one.verdict for one in found(two, ACCOUNT)} == {Verdict.WARNING, Verdict.OK}


def test_a_wrong_token_names_the_variables(two: Visit) -> None:
    two.second = account(two, "PTwrong")
    assert "SIGNALWIRE_TOKEN" in two.one(ACCOUNT).do


def test_a_number_that_the_project_does_not_hold_is_a_fault(two: Visit) -> None:
    assert two.world.second is not None
    two.world.second.numbers.clear()
    assert [one.verdict for one in found(two, "line's number")] == [Verdict.OK, Verdict.FAULT]


def test_a_number_that_sends_its_calls_elsewhere_is_a_fault_to_be_set_by_hand(two: Visit) -> None:
    assert two.world.second is not None
    two.world.second.numbers[SECOND].voice_url = "https://elsewhere.example/"
    wrong = [one for one in found(two, "calls") if one.verdict is Verdict.FAULT]
    assert [one.do for one in wrong] == ["Set it in the number's settings in the space."]


def test_a_second_that_does_not_answer_is_a_warning(two: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(self: CarrierAccount) -> None:
        raise Unclear("no reply")

    assert two.second is not None
    two.second.account = silent.__get__(two.second)  # type: ignore[method-assign]
    assert two.one(ACCOUNT).verdict is Verdict.WARNING


def test_a_carrier_that_has_failed_lately_is_told(two: Visit) -> None:
    two.world.away.carrier = True
    two.world.holder(SECOND).phone("+16465550141").text(SECOND, "hello")
    two.world.run_for(10)
    told = two.one(HEALTH)
    assert (told.verdict, told.found.split()[0]) == (Verdict.WARNING, "twilio")
