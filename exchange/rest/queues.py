"""Queues and their members over REST."""

from __future__ import annotations

from exchange.documents import Source
from exchange.enqueuing import CallQueue, Enqueue
from exchange.network import Exchange
from exchange.rest.bodies import Body, member_body, queue_body
from exchange.rest.errors import RestError, not_found
from exchange.rest.paging import page
from exchange.rest.request import Request


def listing(network: Exchange, request: Request) -> Body:
    """Every queue."""
    return page(network, request, "queues", list(network.queues.values()), queue_body)


def fetch(network: Exchange, request: Request, sid: str) -> Body:
    """One queue."""
    return queue_body(_queue(network, request, sid))


def members(network: Exchange, request: Request, sid: str) -> Body:
    """The calls in it, the longest waiting first."""
    return page(network, request, "queue_members", list(_queue(network, request, sid).waiting), member_body)


def member(network: Exchange, request: Request, sid: str, key: str) -> Body:
    """One of them, by CallSid or ``Front``."""
    return member_body(_member(network, request, sid, key))


def take_out(network: Exchange, request: Request, sid: str, key: str) -> Body:
    """Send a waiting call to another document."""
    found = _member(network, request, sid, key)
    url = request.url("Url")
    if not url:
        raise RestError(400, 21205, "Url parameter is required.")
    body = member_body(found)
    network.trunk.redirect(found.call, Source(url, request.verb("Method")))
    return body


def _queue(network: Exchange, request: Request, sid: str) -> CallQueue:
    queue = network.queues.get(sid)
    if queue is None:
        raise not_found(f"/{request.path}")
    return queue


def _member(network: Exchange, request: Request, sid: str, key: str) -> Enqueue:
    queue = _queue(network, request, sid)
    for waiting in queue.waiting:
        if key in ("Front", waiting.call.sid):
            return waiting
    raise not_found(f"/{request.path}")
