"""Lists, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from exchange.network import Exchange
from exchange.rest.bodies import Body, path
from exchange.rest.request import Request

Thing = TypeVar("Thing")


def page(network: Exchange, request: Request, key: str, things: Sequence[Thing], body: Callable[[Thing], Body]) -> Body:
    """One page of ``things`` under ``key``, with the addresses of its neighbours."""
    size = request.number("PageSize", 50, 1, 1000)
    number = request.number("Page", 0, 0, 1_000_000)
    start = number * size
    shown = things[start : start + size]
    more = start + size < len(things)
    return {
        "page": number,
        "page_size": size,
        "start": start,
        "end": max(start + len(shown) - 1, 0),
        "uri": _uri(network, request, number, size),
        "first_page_uri": _uri(network, request, 0, size),
        "next_page_uri": _uri(network, request, number + 1, size) if more else None,
        "previous_page_uri": _uri(network, request, number - 1, size) if number else None,
        key: [body(thing) for thing in shown],
    }


def _uri(network: Exchange, request: Request, number: int, size: int) -> str:
    kept = [(name, value) for name, value in request.query if name not in ("Page", "PageSize", "PageToken")]
    query = urlencode([*kept, ("PageSize", str(size)), ("Page", str(number))])
    return f"{path(network, request.path)}.json?{query}"
