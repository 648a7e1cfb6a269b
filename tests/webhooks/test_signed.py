"""A signature holds for the address exactly as it was asked for, and whatever is signed is handled without a fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, urlencode

import pytest
from doorstep import CALLER, LINE, Doorstep, Notebook, call, enlist, message, sign
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from entrypoints.drill.world import URL, World
from helpline.log import ALLOWED
from helpline.nouns import LegRole
from helpline.outbox import Kind
from helpline.tables import CommandRow, Contact, Event, Leg
from webhooks.voice import LEG_HANDLERS

CALLS = "/webhooks/voice/incoming"
TEXTS = "/webhooks/messages/incoming"


@pytest.mark.parametrize(
    "query",
    [
        "b=2&a=1",
        "a=1&b=2",
        "b=2&a=1&b=1",
        "z",
        "z=",
        "z=%7e&y=~",
        "z=%2F/%2f",
        "z=a+b%20c",
        "z=%C3%A9%zz%",
        "z=%E0%A4%A",
        "z[]=1&z[0]={}",
        "a=1;b=2",
        "&&a=1&",
        "bodySHA256=" + "0" * 64,
    ],
)
def test_an_odd_query_keeps_its_signature_valid(doorstep: Doorstep, query: str) -> None:
    assert doorstep.post(f"{CALLS}?{query}", call()).status == 200


def test_a_query_in_another_order_is_another_address(doorstep: Doorstep, notebook: Notebook) -> None:
    assert doorstep.post(f"{CALLS}?a=1&b=2", call(), signed_for=f"{CALLS}?b=2&a=1").status == 403


def test_an_escaped_path_keeps_its_signature_valid(doorstep: Doorstep) -> None:
    assert doorstep.post("/webhooks/%76oice/incoming", call()).status == 200
    assert doorstep.post("/webhooks/voice%2Fincoming", call(CallSid="CA" + "2" * 32)).status == 200


def test_fields_may_come_in_any_order_and_any_encoding(doorstep: Doorstep) -> None:
    form = call(CallerName="Zoë + 100 % ☂")
    signature = {"X-Twilio-Signature": sign(CALLS, form)}
    first = doorstep.knock(CALLS, urlencode(form).encode(), signature)
    spelled = "&".join(f"{name}={quote(value, safe='').lower()}" for name, value in reversed(form))
    again = "&".join(f"{name}={''.join(f'%{byte:02X}' for byte in value.encode())}" for name, value in form)
    assert first.status == 200
    assert doorstep.knock(CALLS, again.encode(), signature) == first
    assert doorstep.knock(CALLS, urlencode(form[::-1]).encode(), signature) == first
    assert doorstep.knock(CALLS, spelled.encode(), signature).status in (200, 403)


def test_the_carrier_may_sign_with_the_port_or_without(doorstep: Doorstep) -> None:
    for address in (URL, URL + ":443"):
        form = call(CallSid=f"CA{len(address):032}")
        signature = sign(CALLS, form) if address == URL else sign(f":443{CALLS}", form)
        assert doorstep.knock(CALLS, urlencode(form).encode(), {"X-Twilio-Signature": signature}).status == 200


def addresses(world: World, doorstep: Doorstep) -> list[str]:
    """Every address that may be asked while a caller holds and a texter waits."""
    doorstep.post(CALLS, call())
    world.settle()
    doorstep.post(TEXTS, message())
    world.settle()
    with world.database.work() as work:
        legs = {
            role: work.session.scalars(select(Leg).where(Leg.role == role)).one()
            for role in (LegRole.CALLER, LegRole.PEER)
        }
        contacts = work.session.scalars(select(Contact.id)).all()
        texts = work.session.scalars(select(CommandRow.id).where(CommandRow.kind == Kind.TEXT)).all()
    return [
        CALLS,
        "/webhooks/voice/fallback",
        "/webhooks/voice/status",
        TEXTS,
        *(f"/webhooks/voice/{leg.id}/{name}?step=0" for leg in legs.values() for name in LEG_HANDLERS),
        *(f"/webhooks/voice/room/{contact}" for contact in contacts),
        *(f"/webhooks/messages/{text}/status" for text in texts),
    ]


NUMBERS = st.one_of(
    st.from_regex(r"\A\+1[2-9]\d{2}55501\d{2}\Z"),
    st.sampled_from([CALLER, LINE, "", "anonymous", "+266696687", "sip:x@y", "client:ana", "%", "'; --"]),
    st.text(max_size=30),
)
STATUSES = [
    *("queued", "initiated", "ringing", "in-progress", "answered", "completed", "busy", "no-answer", "failed"),
    *("canceled", "sent", "delivered", "undelivered", "read", "in-progres", ""),
]
SIDS = st.one_of(
    st.sampled_from(["CA" + "1" * 32, "CA" + "2" * 32, "SM" + "1" * 32, "x" * 80, ""]), st.text(min_size=1, max_size=90)
)
FIELDS: dict[str, st.SearchStrategy[str]] = {
    "AccountSid": st.just("AC" + "d" * 32),
    "CallSid": SIDS,
    "MessageSid": SIDS,
    "CallStatus": st.sampled_from(STATUSES),
    "DialCallStatus": st.sampled_from(STATUSES),
    "MessageStatus": st.sampled_from(STATUSES),
    "StatusCallbackEvent": st.sampled_from(["participant-join", "participant-leave", "conference-end", "x"]),
    "Digits": st.one_of(st.sampled_from(["1", "2", "9", "##", "*", "#", "w", "", "12345"]), st.text(max_size=4)),
    "Body": st.one_of(
        st.sampled_from(["STOP", "help", "1", "2", "done A x", "A: hi", "leave", "clinician", "START"]), st.text()
    ),
    "From": NUMBERS,
    "To": st.one_of(st.just(LINE), NUMBERS),
    "NumMedia": st.sampled_from(["0", "1", "x"]),
}
ODD = st.dictionaries(st.text(max_size=12), st.text(max_size=20), max_size=3)
FORMS = st.fixed_dictionaries({"AccountSid": FIELDS.pop("AccountSid"), "To": FIELDS.pop("To")}, optional=FIELDS)


def test_whatever_is_signed_is_answered_and_nothing_of_it_is_logged(
    make_world: Callable[[], World], notebook: Notebook, logged_errors: list[str]
) -> None:
    world = make_world()
    enlist(world)
    assert world.app is not None
    doorstep = Doorstep(world.app)
    open_addresses = addresses(world, doorstep)

    @settings(
        max_examples=120, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
    )
    @given(target=st.sampled_from(open_addresses), form=FORMS, odd=ODD, advance=st.integers(0, 20), drive=st.booleans())
    def anything(target: str, form: dict[str, str], odd: dict[str, str], advance: int, drive: bool) -> None:
        fields = [*form.items(), *odd.items()]
        notebook.clear()
        reply = doorstep.post(target, fields)
        assert reply.status in (200, 400, 403, 404), notebook.text
        world.clock.advance(advance)
        if drive:
            world.settle()
        only_what_may_be_logged(notebook)
        told = [value for name, value in fields if name in {"From", "Body", "CallerName"} and len(value) > 6]
        assert not [value for value in told if value in notebook.text]

    anything()
    with world.database.work() as work:
        reasons = " ".join(str(reason) for reason in work.session.scalars(select(Event.reasons)))
    assert not re.search(r"\+\d{8,}", reasons)
    assert not logged_errors


def only_what_may_be_logged(notebook: Notebook) -> None:
    assert not re.search(r"\+?1?[2-9]\d{2}55501\d{2}", notebook.text), notebook.text
    for line in notebook.lines:
        assert set(line) <= ALLOWED | {"withheld"}
    assert not notebook.strangers
