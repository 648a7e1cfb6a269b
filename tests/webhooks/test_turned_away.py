"""Whoever is not the carrier, or makes no sense, is turned away: nothing changes, and one line of log says so."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from doorstep import CALLER, FORM, LINE, Doorstep, Notebook, Reply, call, contents, message, sign
from sqlalchemy import select

from entrypoints.drill.world import SID, TOKEN, URL, World
from helpline.inbox import RETRY_WINDOW
from helpline.nouns import LegRole
from helpline.outbox import Kind
from helpline.tables import CommandRow, Contact, Leg
from webhooks.app import create_app
from webhooks.gate import LARGEST

SECRETS = (CALLER, LINE, CALLER[1:], "hello there", "is anyone")
CALLS = "/webhooks/voice/incoming"
TEXTS = "/webhooks/messages/incoming"


@pytest.fixture
def under_way(world: World, doorstep: Doorstep) -> dict[str, list[tuple[str, str]]]:
    """Every address there is while a caller holds and a texter waits, with fields that would be good."""
    doorstep.post(CALLS, call())
    world.settle()
    doorstep.post(TEXTS, message())
    world.settle()
    with world.database.work() as work:
        contact = work.session.scalars(select(Contact.id).where(Contact.channel == "voice")).one()
        caller, peer = (
            work.session.scalars(select(Leg).where(Leg.role == role)).one() for role in (LegRole.CALLER, LegRole.PEER)
        )
        peer_sid = str(peer.sid)
        text = work.session.scalars(select(CommandRow.id).where(CommandRow.kind == Kind.TEXT)).first()
    return {
        CALLS: call(CallSid="CA" + "2" * 32),
        "/webhooks/voice/fallback": call(CallSid="CA" + "3" * 32),
        "/webhooks/voice/status": call(CallStatus="completed"),
        f"/webhooks/voice/{caller.id}/hold?step=1": call(Digits="9"),
        f"/webhooks/voice/{peer.id}/screen?step=0": call(CallSid=peer_sid),
        f"/webhooks/voice/{peer.id}/status": call(CallSid=peer_sid, CallStatus="busy"),
        f"/webhooks/voice/room/{contact}": call(StatusCallbackEvent="participant-join"),
        TEXTS: message("hello there", MessageSid="SM" + "2" * 32),
        f"/webhooks/messages/{text}/status": message(MessageStatus="undelivered"),
    }


def turned_away(world: World, notebook: Notebook, status: int, knock: Callable[[], Reply]) -> None:
    """The request gets `status`, an empty answer, and one line of log; every table is as it was."""
    before = contents(world.engine)
    notebook.clear()
    reply = knock()
    assert (reply.status, reply.body) == (status, "")
    assert contents(world.engine) == before
    assert [line["event"] for line in notebook.lines] == ["webhook.turned_away"], notebook.text
    assert notebook.lines[0]["status"] == status
    assert notebook.lines[0]["reason"]
    assert not [secret for secret in SECRETS if secret in notebook.text]
    assert not notebook.strangers


Under = dict[str, list[tuple[str, str]]]


def test_a_request_that_nobody_signed(world: World, doorstep: Doorstep, notebook: Notebook, under_way: Under) -> None:
    for target, form in under_way.items():
        turned_away(world, notebook, 403, lambda t=target, f=form: doorstep.knock(t, urlencode(f).encode()))


@pytest.mark.parametrize("signature", ["x", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "Ä" * 28, "," * 5000, " "])
def test_a_signature_that_is_none(
    world: World, doorstep: Doorstep, notebook: Notebook, under_way: Under, signature: str
) -> None:
    header = {"X-Twilio-Signature": signature}
    for target, form in under_way.items():
        turned_away(world, notebook, 403, lambda t=target, f=form: doorstep.knock(t, urlencode(f).encode(), header))


def test_a_request_signed_by_somebody_else(
    world: World, doorstep: Doorstep, notebook: Notebook, under_way: Under
) -> None:
    for target, form in under_way.items():
        turned_away(world, notebook, 403, lambda t=target, f=form: doorstep.post(t, f, token="somebody else's"))


def test_a_signature_made_for_another_address(
    world: World, doorstep: Doorstep, notebook: Notebook, under_way: Under
) -> None:
    for target, form in under_way.items():
        elsewhere = "/webhooks/voice/status" if target == TEXTS else TEXTS
        turned_away(world, notebook, 403, lambda t=target, f=form, e=elsewhere: doorstep.post(t, f, signed_for=e))


def test_a_field_changed_added_or_left_out_after_signing(world: World, doorstep: Doorstep, notebook: Notebook) -> None:
    good = call()
    header = {"X-Twilio-Signature": sign(CALLS, good)}
    for forged in (call(From="+16465550199"), [*good, ("Digits", "1")], good[:-1], [*good, ("From", "+16465550199")]):
        body = urlencode(forged).encode()
        turned_away(world, notebook, 403, lambda b=body: doorstep.knock(CALLS, b, header))


def test_a_request_of_another_account(world: World, doorstep: Doorstep, notebook: Notebook, under_way: Under) -> None:
    for target, form in under_way.items():
        other = [(name, "AC" + "e" * 32 if name == "AccountSid" else value) for name, value in form]
        turned_away(world, notebook, 403, lambda t=target, f=other: doorstep.post(t, f))


def test_during_a_rotation_either_token_signs_and_afterwards_only_the_new_one(world: World) -> None:
    rotating = Doorstep(create_app(replace(world.stack.door(), tokens=("the new token", TOKEN))))
    rotated = Doorstep(create_app(replace(world.stack.door(), tokens=("the new token",))))
    assert rotating.post(CALLS, call(), token="the new token").status == 200
    assert rotating.post(CALLS, call(CallSid="CA" + "2" * 32), token=TOKEN).status == 200
    assert rotated.post(CALLS, call(CallSid="CA" + "3" * 32), token="the new token").status == 200
    assert rotated.post(CALLS, call(CallSid="CA" + "4" * 32), token=TOKEN).status == 403


def test_a_retry_in_time_gets_the_same_bytes_and_changes_nothing(
    world: World, doorstep: Doorstep, notebook: Notebook, under_way: Under
) -> None:
    for target, form in under_way.items():
        first = doorstep.post(target, form)
        assert first.status == 200, target
        before = contents(world.engine)
        world.clock.advance(RETRY_WINDOW.total_seconds() / len(under_way) - 1)
        assert doorstep.post(target, form) == first
        assert contents(world.engine) == before
    assert not notebook.text


def test_a_request_that_comes_again_long_afterwards(
    world: World, doorstep: Doorstep, notebook: Notebook, under_way: Under
) -> None:
    for target, form in under_way.items():
        assert doorstep.post(target, form).status == 200
    world.clock.advance((RETRY_WINDOW + timedelta(seconds=1)).total_seconds())
    for target, form in under_way.items():
        turned_away(world, notebook, 403, lambda t=target, f=form: doorstep.post(t, f))


def test_a_replay_whose_fields_were_cut_anew_but_still_fit_the_signature(
    world: World, doorstep: Doorstep, notebook: Notebook
) -> None:
    good = call()
    signature = {"X-Twilio-Signature": sign(CALLS, good)}
    assert doorstep.post(CALLS, good).status == 200
    world.clock.advance((RETRY_WINDOW + timedelta(seconds=1)).total_seconds())
    fields = dict(good)
    fields["CallStatusringing"] = ""
    del fields["CallStatus"]
    for recut in (list(fields.items()), [*good, ("From", CALLER)], list(reversed(good))):
        assert sign(CALLS, recut) == signature["X-Twilio-Signature"]
        turned_away(world, notebook, 403, lambda r=recut: doorstep.knock(CALLS, urlencode(r).encode(), signature))


def test_a_body_that_is_too_large_or_of_unknown_length(
    world: World, doorstep: Doorstep, notebook: Notebook, under_way: Under
) -> None:
    for target, form in under_way.items():
        huge = urlencode([*form, ("Body", "hello there " * (LARGEST // 12))]).encode()
        good = urlencode(form).encode()
        header = {"X-Twilio-Signature": sign(target, form)}
        turned_away(world, notebook, 400, lambda t=target, b=huge: doorstep.knock(t, b))
        turned_away(world, notebook, 400, lambda t=target, b=huge: doorstep.knock(t, b, chunked=True))
        turned_away(world, notebook, 400, lambda t=target, b=good, h=header: doorstep.knock(t, b, h, chunked=True))


def test_a_body_that_is_no_form(world: World, doorstep: Doorstep, notebook: Notebook, under_way: Under) -> None:
    for target, form in under_way.items():
        words = json.dumps(dict(form)).encode()
        for kind in ("application/json", "text/plain", "", "multipart/form-data; boundary=x", "multipart/form-data"):
            header = {"X-Twilio-Signature": sign(target, form)}
            turned_away(
                world, notebook, 400, lambda t=target, k=kind, h=header, w=words: doorstep.knock(t, w, h, kind=k)
            )


@pytest.mark.parametrize("missing", ["AccountSid", "CallSid", "To"])
def test_a_call_without_a_field_that_every_call_has(
    world: World, doorstep: Doorstep, notebook: Notebook, missing: str
) -> None:
    form = [(name, value) for name, value in call() if name != missing]
    turned_away(world, notebook, 400, lambda: doorstep.post(CALLS, form))
    turned_away(world, notebook, 400, lambda: doorstep.post(CALLS, [*form, (missing, "")]))


@pytest.mark.parametrize("missing", ["AccountSid", "MessageSid", "From", "To"])
def test_a_text_without_a_field_that_every_text_has(
    world: World, doorstep: Doorstep, notebook: Notebook, missing: str
) -> None:
    form = [(name, value) for name, value in message() if name != missing]
    turned_away(world, notebook, 400, lambda: doorstep.post(TEXTS, form))


def test_ids_longer_than_any_carrier_gives(world: World, doorstep: Doorstep, notebook: Notebook) -> None:
    turned_away(world, notebook, 400, lambda: doorstep.post(CALLS, call(CallSid="CA" + "1" * 100)))
    turned_away(world, notebook, 400, lambda: doorstep.post(TEXTS, message(MessageSid="SM" + "1" * 100)))


def test_nul_bytes(world: World, doorstep: Doorstep, notebook: Notebook, under_way: Under) -> None:
    for target, form in under_way.items():
        for odd in ([*form, ("Caller\x00Name", "x")], [*form, ("Extra", "a\x00b")]):
            turned_away(world, notebook, 400, lambda t=target, f=odd: doorstep.post(t, f))


def test_bytes_that_are_no_utf_8(world: World, doorstep: Doorstep, notebook: Notebook) -> None:
    fields = [(name.encode(), value.encode()) for name, value in [*call(), ("CallerName", "x")]]
    raw = [(name, b"\xff\xfe\xed\xa0\x80" if name == b"CallerName" else value) for name, value in fields]
    over = (URL + CALLS).encode() + b"".join(name + value for name, value in sorted(raw))
    signature = base64.b64encode(hmac.new(TOKEN.encode(), over, hashlib.sha1).digest()).decode()
    body = urlencode(raw).encode()
    turned_away(world, notebook, 403, lambda: doorstep.knock(CALLS, body, {"X-Twilio-Signature": signature}))


def test_escapes_that_are_broken(world: World, doorstep: Doorstep, notebook: Notebook) -> None:
    signature = {"X-Twilio-Signature": sign(CALLS, call())}
    for body in (b"%", b"%zz=%", b"From=%E0%A4%A&To=%GG", b"&&&=&", b"=", b"\xff\xfe", b"From"):
        turned_away(world, notebook, 403, lambda b=body: doorstep.knock(CALLS, b, signature))


def test_thousands_of_fields(world: World, doorstep: Doorstep, notebook: Notebook, under_way: Under) -> None:
    many = [(f"f{number}", "") for number in range(5000)]
    for target, form in under_way.items():
        turned_away(world, notebook, 400, lambda t=target, f=form: doorstep.post(t, [*f, *many]))


def test_a_step_that_is_no_number(world: World, doorstep: Doorstep, notebook: Notebook, under_way: Under) -> None:
    hold = next(target for target in under_way if "/hold" in target).partition("?")[0]
    for step in ("-1", "x", "1.5", "", "9" * 40, "%00", "²"):
        turned_away(world, notebook, 400, lambda s=step: doorstep.post(f"{hold}?step={s}", call()))


def test_a_number_that_is_not_this_line(world: World, doorstep: Doorstep, notebook: Notebook) -> None:
    turned_away(world, notebook, 404, lambda: doorstep.post(CALLS, call(To="+12125550199")))
    turned_away(world, notebook, 404, lambda: doorstep.post("/webhooks/voice/fallback", call(To="not a number")))
    turned_away(world, notebook, 404, lambda: doorstep.post(TEXTS, message(To="+12125550199")))


def test_a_leg_a_contact_a_text_or_a_call_that_nobody_knows(
    world: World, doorstep: Doorstep, notebook: Notebook, under_way: Under
) -> None:
    stranger = call(CallSid="CA" + "9" * 32, CallStatus="completed", StatusCallbackEvent="participant-join")
    for unknown in (str(uuid4()), "no-id-at-all", "%00", "0" * 400):
        for name in ("status", "hold", "choice", "bridge", "screen", "answer", "after", "star", "partner"):
            turned_away(
                world, notebook, 404, lambda u=unknown, n=name: doorstep.post(f"/webhooks/voice/{u}/{n}", stranger)
            )
        turned_away(world, notebook, 404, lambda u=unknown: doorstep.post(f"/webhooks/voice/room/{u}", stranger))
        turned_away(world, notebook, 404, lambda u=unknown: doorstep.post(f"/webhooks/voice/ready/{u}/ask", stranger))
        turned_away(
            world,
            notebook,
            404,
            lambda u=unknown: doorstep.post(f"/webhooks/messages/{u}/status", message(MessageStatus="failed")),
        )
    turned_away(world, notebook, 404, lambda: doorstep.post("/webhooks/voice/status", stranger))


def test_a_leg_spoken_of_by_another_call(
    world: World, doorstep: Doorstep, notebook: Notebook, under_way: Under
) -> None:
    hold = next(target for target in under_way if "/hold" in target)
    turned_away(world, notebook, 404, lambda: doorstep.post(hold, call(CallSid="CA" + "9" * 32)))


def test_an_address_that_does_not_fit_the_leg(
    world: World, doorstep: Doorstep, notebook: Notebook, under_way: Under
) -> None:
    screen = next(target for target in under_way if "/screen" in target)
    for name in ("hold", "choice", "partner", "partner_over", "bridge", "returned"):
        turned_away(world, notebook, 404, lambda n=name: doorstep.post(screen.replace("screen", n), under_way[screen]))


def test_another_method(world: World, doorstep: Doorstep, notebook: Notebook, under_way: Under) -> None:
    for target, form in under_way.items():
        header = {"X-Twilio-Signature": sign(target, form)}
        for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE"):
            turned_away(
                world,
                notebook,
                405,
                lambda t=target, h=header, m=method, f=form: doorstep.knock(t, urlencode(f).encode(), h, method=m),
            )


def test_an_address_there_is_none_of(world: World, doorstep: Doorstep, notebook: Notebook) -> None:
    for target in ("/", "/webhooks", f"{CALLS}/", "/webhooks/voice", "/console", "/webhooks/../healthz", "/static/x"):
        turned_away(world, notebook, 404, lambda t=target: doorstep.post(t, call()))
    turned_away(world, notebook, 404, lambda: doorstep.knock("/webhooks/messages/incoming/x?Body=hello+there"))
    turned_away(world, notebook, 404, lambda: doorstep.knock("/.env", method="GET"))


@pytest.mark.parametrize("target", ["http://[", "http://elsewhere:x/", "*", "http://x/webhooks/voice/incoming", "//"])
def test_a_target_that_is_no_path(world: World, doorstep: Doorstep, notebook: Notebook, target: str) -> None:
    form = urlencode(call()).encode()
    before = contents(world.engine)
    notebook.clear()
    signed = {"X-Twilio-Signature": sign(CALLS, call())}
    assert doorstep.knock(CALLS, form, signed, raw=target).status in (400, 403)
    assert contents(world.engine) == before
    assert [line["event"] for line in notebook.lines] == ["webhook.turned_away"]


def test_the_health_of_the_door_is_anybodys_to_ask_and_tells_nothing(
    world: World, doorstep: Doorstep, notebook: Notebook
) -> None:
    before = contents(world.engine)
    with world.database.work() as work:
        version = work.line_version
    assert doorstep.knock("/readyz", method="GET", kind=FORM) == Reply(200, f"line {version}\n")
    assert contents(world.engine) == before
    assert not notebook.text
    assert SID not in doorstep.knock("/healthz", method="GET").body
