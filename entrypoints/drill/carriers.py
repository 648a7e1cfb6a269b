"""Two carriers in a drill: the second and its number, which one is down, and by which one somebody was reached."""

from __future__ import annotations

from urllib.parse import urlencode

from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.test import Client

from carrier.standing import standings
from entrypoints.drill.scene import Drill, NotSo
from entrypoints.drill.vocabulary import step
from entrypoints.drill.world import PROJECT, TOKEN, URL
from exchange import Phone
from helpline.nouns import CarrierName

NUMBER = "+12125550170"
INCOMING = "/webhooks/voice/incoming"


@step("a second carrier")
def _second(drill: Drill) -> None:
    numbers = f'[line]\nnumbers = ["{NUMBER}"]\n'
    table = f'\n[carriers]\nsignalwire = ["{NUMBER}"]\n'
    drill.rewrite_line(lambda text: text.replace("[line]\n", numbers, 1) + table)


@step("the first carrier is down", acts=True)
def _first_down(drill: Drill) -> None:
    drill.world.away.carrier = True


@step("the second carrier is down", acts=True)
def _second_down(drill: Drill) -> None:
    drill.world.away.second = True


@step("the first carrier works again", acts=True)
def _first_again(drill: Drill) -> None:
    drill.world.away.carrier = False


@step("the second carrier works again", acts=True)
def _second_again(drill: Drill) -> None:
    drill.world.away.second = False


@step("{caller} calls by the second carrier", acts=True)
def _calls(drill: Drill, name: str) -> None:
    drill.caller(name).dial(_number(drill))


@step("{caller} texts {words} by the second carrier", acts=True)
def _texts(drill: Drill, name: str, words: str) -> None:
    drill.caller(name).text(_number(drill), words)


@step("{name} texts {words} by the second carrier", acts=True)
def _staff_texts(drill: Drill, name: str, words: str) -> None:
    drill.staff(name).text(_number(drill), words)


@step("{who}'s phone rings by the second carrier within {n} seconds")
def _rings_by_second(drill: Drill, name: str, n: str) -> None:
    _expect_ring(drill, name, CarrierName.SIGNALWIRE, n)


@step("{who}'s phone rings by the first carrier within {n} seconds")
def _rings_by_first(drill: Drill, name: str, n: str) -> None:
    _expect_ring(drill, name, CarrierName.TWILIO, n)


def _expect_ring(drill: Drill, name: str, carrier: CarrierName, n: str) -> None:
    phone = drill.anybody(name)

    def rang() -> bool:
        by = [one.caller_id for one in phone.rings if one.at >= drill.since or one.stopped_at is None]
        return any(number in drill.world.line.numbers_of(carrier) for number in by)

    drill.expect(rang, float(n), f"{name}'s phone did not ring by that carrier within {n} seconds")


@step("{caller} receives a text by the second carrier containing {words} within {n} seconds")
def _caller_receives(drill: Drill, name: str, words: str, n: str) -> None:
    _expect_text(drill, drill.caller(name), words, n)


@step("{name} receives a text by the second carrier containing {words} within {n} seconds")
def _staff_receives(drill: Drill, name: str, words: str, n: str) -> None:
    _expect_text(drill, drill.staff(name), words, n)


def _expect_text(drill: Drill, phone: Phone, words: str, n: str) -> None:
    held = drill.world.line.numbers_of(CarrierName.SIGNALWIRE)

    def received() -> bool:
        texts = [one for one in phone.texts if one.at >= drill.since and one.sender in held]
        return any(words.lower() in one.body.lower() for one in texts)

    drill.expect(received, float(n), f'no text containing "{words}" came by the second carrier within {n} seconds')


@step("the first carrier's health is {words}")
def _health(drill: Drill, health: str) -> None:
    with drill.world.database.work() as work:
        found = standings(work).get(CarrierName.TWILIO)
    now = str(found.health) if found is not None else "healthy"
    if now != health:
        raise NotSo(f"the first carrier is {now}, not {health}")


@step("a call of the second carrier that the first has signed is refused")
def _signed_by_first(drill: Drill) -> None:
    _refused(drill, "X-Twilio-Signature", TOKEN)


@step("a call of the second carrier that a wrong key has signed is refused")
def _signed_wrongly(drill: Drill) -> None:
    _refused(drill, "X-SignalWire-Signature", "PSK_of somebody else")


def _refused(drill: Drill, header: str, key: str) -> None:
    if drill.world.app is None:
        raise NotSo("the line is not up")
    form = {"AccountSid": PROJECT, "CallSid": PROJECT[::-1], "From": "+16465550177", "To": _number(drill)}
    signature = RequestValidator(key).compute_signature(URL + INCOMING, MultiDict(form))
    sent = {
        "data": urlencode(form),
        "content_type": "application/x-www-form-urlencoded",
        "headers": {header: signature},
    }
    status = Client(drill.world.app).post(INCOMING, base_url=URL, **sent).status_code
    if status != 403:
        raise NotSo(f"it was answered {status}, not 403")


def _number(drill: Drill) -> str:
    held = drill.world.line.numbers_of(CarrierName.SIGNALWIRE)
    if not held:
        raise NotSo("the line has no second carrier")
    return held[0]
