"""Texts over REST: create, fetch, list."""

from __future__ import annotations

from exchange.messages import MAX_LENGTH, Message
from exchange.network import Exchange
from exchange.numbers import is_valid
from exchange.rest.bodies import Body, message_body
from exchange.rest.errors import RestError, not_found, refused
from exchange.rest.paging import page
from exchange.rest.request import Request


def create(network: Exchange, request: Request) -> Body:
    """Queue a text."""
    if network.faults.refuse_messages:
        raise refused(network.faults.refuse_with)
    to, from_, body = request.get("To"), request.get("From"), request.get("Body")
    if not to:
        raise RestError(400, 21604, "A 'To' phone number is required.")
    if not from_:
        raise RestError(400, 21603, "A 'From' phone number is required.")
    if not is_valid(to):
        raise RestError(400, 21211, f"The 'To' number {to} is not a valid phone number.")
    if not is_valid(from_):
        raise RestError(400, 21212, f"The 'From' number {from_} is not a valid phone number.")
    if from_ not in network.numbers:
        raise RestError(400, 21606, f"The 'From' phone number provided ({from_}) is not a number of yours.")
    if to == from_:
        raise RestError(400, 21266, "'To' and 'From' numbers cannot be the same")
    if not body:
        raise RestError(400, 21602, "Message body is required.")
    if len(body) > MAX_LENGTH:
        raise RestError(400, 21617, "The concatenated message body exceeds the 1600 character limit")
    if network.messages.opt_outs.refuses(from_, to):
        raise RestError(400, 21610, "Attempt to send to unsubscribed recipient")
    return message_body(network, network.messages.send(from_, to, body, request.url("StatusCallback")))


def fetch(network: Exchange, request: Request, sid: str) -> Body:
    """One text."""
    message = network.messages.all.get(sid)
    if message is None:
        raise not_found(f"/{request.path}")
    return message_body(network, message)


def listing(network: Exchange, request: Request) -> Body:
    """The texts that pass the filters, newest first."""
    found = [message for message in reversed(network.messages.all.values()) if _wanted(request, message)]
    return page(network, request, "messages", found, lambda message: message_body(network, message))


def _wanted(request: Request, message: Message) -> bool:
    return (
        request.get("To") in ("", message.to)
        and request.get("From") in ("", message.from_)
        and request.within("DateSent", message.sent)
    )
