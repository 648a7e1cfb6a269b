"""Two carriers at one door: each proves itself with its own key, and speaks for nothing but its own calls and texts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from doorstep import CALLER, LINE, Doorstep, Notebook, Reply, call, enlist, message, sign
from sqlalchemy import select

from carrier.dialect import SIGNALWIRE, TWILIO
from entrypoints.drill.world import PROJECT, SIGNING_KEY, SPACE_TOKEN, TOKEN, URL, World
from helpline.nouns import CarrierName
from helpline.outbox import Kind
from helpline.tables import CommandRow, Contact, Leg

DEMO = Path(__file__).resolve().parents[2] / "lines" / "demo.toml"
SECOND = "+12125550170"
CALLS, TEXTS = "/webhooks/voice/incoming", "/webhooks/messages/incoming"
UUID_SID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
HEADER = "X-SignalWire-Signature"
Fields = list[tuple[str, str]]


@pytest.fixture
def world(make_world: Callable[..., World], tmp_path: Path) -> World:
    text = DEMO.read_text(encoding="utf-8").replace("[line]\n", f'[line]\nnumbers = ["{SECOND}"]\n', 1)
    path = tmp_path / "two.toml"
    path.write_text(f'{text}\n[carriers]\nsignalwire = ["{SECOND}"]\n', encoding="utf-8")
    made = make_world(path)
    enlist(made)
    return made


def by_second(
    doorstep: Doorstep, target: str, form: Fields, *, key: str = SIGNING_KEY, header: str = HEADER, **more: str
) -> Reply:
    """A request as SignalWire makes it, unless told otherwise."""
    headers = {header: sign(target, form, key), **more}
    return doorstep.knock(target, urlencode(form).encode(), headers)


def its_call(**more: str) -> Fields:
    return call(**{"AccountSid": PROJECT, "CallSid": UUID_SID, "To": SECOND, **more})


def test_a_call_is_taken_under_its_own_header_or_under_the_one_it_keeps_for_compatibility(doorstep: Doorstep) -> None:
    assert by_second(doorstep, CALLS, its_call()).status == 200
    again = its_call(CallSid=UUID_SID[::-1])
    assert by_second(doorstep, CALLS, again, header="X-Twilio-Signature").status == 200


def test_it_may_sign_with_the_port_or_without(doorstep: Doorstep) -> None:
    form = its_call()
    headers = {HEADER: sign(f":443{CALLS}", form, SIGNING_KEY)}
    assert doorstep.knock(CALLS, urlencode(form).encode(), headers).status == 200


@pytest.mark.parametrize("key", ["PSK_of somebody else", SPACE_TOKEN, TOKEN, PROJECT, ""])
def test_no_other_key_signs_for_the_second(doorstep: Doorstep, notebook: Notebook, key: str) -> None:
    for header in (HEADER, "X-Twilio-Signature"):
        assert by_second(doorstep, CALLS, its_call(), key=key, header=header).status == 403
    assert CALLER not in notebook.text


def test_the_key_of_the_second_does_not_sign_for_the_first(doorstep: Doorstep, notebook: Notebook) -> None:
    assert by_second(doorstep, CALLS, call()).status == 403
    assert by_second(doorstep, CALLS, call(), header="X-Twilio-Signature").status == 403
    assert [line["reason"] for line in notebook.lines] == ["another account"] * 2


def test_a_good_signature_beside_a_bad_one_of_its_own_does_not_help(doorstep: Doorstep, notebook: Notebook) -> None:
    form = its_call()
    good = sign(CALLS, form, SIGNING_KEY)
    reply = doorstep.knock(CALLS, urlencode(form).encode(), {HEADER: "bad", "X-Twilio-Signature": good})
    assert reply.status == 403
    assert notebook.lines[0]["reason"] == "badly signed"


def test_a_number_is_called_by_the_carrier_that_holds_it(doorstep: Doorstep, notebook: Notebook) -> None:
    assert by_second(doorstep, CALLS, its_call(To=LINE)).status == 404
    assert doorstep.post(CALLS, call(To=SECOND)).status == 404
    assert by_second(doorstep, TEXTS, message(AccountSid=PROJECT, MessageSid=UUID_SID, To=LINE)).status == 404
    assert len(notebook.lines) == 3


def test_one_carrier_tells_nothing_about_a_call_or_a_text_of_the_other(
    world: World, doorstep: Doorstep, notebook: Notebook
) -> None:
    by_second(doorstep, CALLS, its_call())
    by_second(doorstep, TEXTS, message(AccountSid=PROJECT, MessageSid=UUID_SID, To=SECOND))
    world.settle()
    with world.database.work() as work:
        leg = work.session.scalars(select(Leg).where(Leg.sid == UUID_SID)).one()
        contact = work.session.get_one(Contact, leg.contact_id)
        text = work.session.scalars(
            select(CommandRow).where(CommandRow.kind == Kind.TEXT, CommandRow.caller_id.is_not(None))
        ).one()
    assert (leg.carrier, contact.carrier, text.carrier) == (CarrierName.SIGNALWIRE,) * 3
    over = call(CallSid=UUID_SID, CallStatus="completed")
    asked = {
        f"/webhooks/voice/{leg.id}/hold?step=1": over,
        "/webhooks/voice/status": over,
        f"/webhooks/voice/room/{contact.id}": [*over, ("StatusCallbackEvent", "participant-join")],
        f"/webhooks/messages/{text.id}/status": message(MessageStatus="failed"),
    }
    for target, form in asked.items():
        assert doorstep.post(target, form).status == 404, target
    assert len(notebook.lines) == len(asked)


def test_the_second_is_told_whole_addresses_and_the_first_none(doorstep: Doorstep) -> None:
    told = by_second(doorstep, CALLS, its_call()).body
    assert f'action="{URL}/webhooks/voice/' in told
    assert f'action="{URL}' not in doorstep.post(CALLS, call()).body


def test_only_addresses_are_made_whole() -> None:
    document = '<Response><Redirect method="POST">/webhooks/x</Redirect><Say>see /webhooks/ there</Say></Response>'
    spoken = SIGNALWIRE.spoken(document, URL)
    assert spoken.count(URL) == 1
    assert f">{URL}/webhooks/x<" in spoken
    assert TWILIO.spoken(document, URL) == document


def test_a_notice_of_a_leg_that_no_carrier_has_yet_tells_whose_it_is(world: World, doorstep: Doorstep) -> None:
    assert world.second is not None
    world.second.faults.lose_create_replies = True
    by_second(doorstep, CALLS, its_call())
    world.settle()
    with world.database.work() as work:
        leg = work.session.scalars(select(Leg).where(Leg.sid.is_(None))).one()
        assert leg.carrier is CarrierName.SIGNALWIRE
        leg.carrier = None
    theirs = its_call(CallSid=UUID_SID[::-1], CallStatus="ringing")
    assert by_second(doorstep, f"/webhooks/voice/{leg.id}/status", theirs).status == 200
    with world.database.work() as work:
        known = work.session.get_one(Leg, leg.id)
        assert (known.sid, known.carrier) == (UUID_SID[::-1], CarrierName.SIGNALWIRE)
