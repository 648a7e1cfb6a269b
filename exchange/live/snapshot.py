"""The switchboard at one moment, as the JSON the page draws."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from exchange import Phone
from exchange.live.desk import Desk
from exchange.live.directory import Person
from exchange.live.meter import stamp
from exchange.live.ticker import Ticker

HEARD_SHOWN = 3
TEXTS_SHOWN = 20

Order = Mapping[str, int]


def snapshot(desk: Desk, ticker: Ticker) -> dict[str, Any]:
    """Line, phones, conversations, crowd, faults and ticker, all of the same moment."""
    with desk.exchange.lock:
        people = desk.shown()
        order = {person.number: place for place, person in enumerate(people)}
        phones = [phone_row(desk, person, order) for person in people]
        return {
            "line": {"number": desk.line, "name": desk.directory.line.name},
            "phones": phones,
            "conversations": conversations(phones, order),
            "crowd": crowd_row(desk.crowd()),
            "faults": asdict(desk.exchange.faults),
            "ticker": ticker.lines(),
        }


def phone_row(desk: Desk, person: Person, order: Order) -> dict[str, Any]:
    """One phone: whose it is, its state, whom it is connected to, what it heard and which texts passed."""
    phone = desk.exchange.phones[person.number]
    return {
        "number": person.number,
        "name": person.name,
        "role": person.role,
        "side": "caller" if person.calls_in else "line",
        "state": phone.state,
        "with": in_order(desk.exchange.connected_to(person.number), order) if phone.in_call else [],
        "dead": phone.dead,
        "rings": len(phone.rings),
        "heard": heard_rows(phone),
        "texts": text_rows(desk, phone),
    }


def heard_rows(phone: Phone) -> list[dict[str, Any]]:
    """The last sentences spoken to a phone."""
    first = max(0, len(phone.heard) - HEARD_SHOWN)
    return [
        {"id": str(index), "at": stamp(heard.at), "text": heard.text}
        for index, heard in enumerate(itertools.islice(phone.heard, first, None), first)
    ]


def text_rows(desk: Desk, phone: Phone) -> list[dict[str, Any]]:
    """The last texts of a phone, sent and received, in the order they passed."""
    both = [*phone.texts, *desk.sent.get(phone.number, ())]
    texts = sorted(both, key=lambda text: text.at)[-TEXTS_SHOWN:]
    return [
        {
            "id": f"{stamp(text.at)} {text.sender} {text.body[:20]}",
            "at": stamp(text.at),
            "from": text.sender,
            "body": text.body,
            "sent": text.sender == phone.number,
        }
        for text in texts
    ]


def conversations(phones: list[dict[str, Any]], order: Order) -> list[list[str]]:
    """Who is talking with whom, each conversation once."""
    found = {frozenset((phone["number"], *phone["with"])): None for phone in phones if phone["with"]}
    return [in_order(talk, order) for talk in found]


def in_order(numbers: Iterable[str], order: Order) -> list[str]:
    """Numbers in the order of the phones on the page, those not on it last."""
    return sorted(numbers, key=lambda number: (order.get(number, len(order)), number))


def crowd_row(crowd: list[Phone]) -> dict[str, int]:
    """How many phones are not shown one by one, and what they are doing."""
    states = Counter(phone.state for phone in crowd)
    return {
        "phones": len(crowd),
        "ringing": states["ringing"],
        "dialling": states["dialling"],
        "connected": states["connected"],
    }
