"""Calls over REST: create, fetch, list, update."""

from __future__ import annotations

from exchange.calls import Call, CallStatus, Direction, Instructions, Notices
from exchange.documents import Source
from exchange.network import Exchange
from exchange.numbers import is_valid
from exchange.rest.bodies import Body, call_body
from exchange.rest.errors import RestError, not_found, refused
from exchange.rest.paging import page
from exchange.rest.request import Request
from exchange.trunk import RING_GRACE

EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})


def create(network: Exchange, request: Request) -> Body:
    """Queue a call to a phone."""
    if network.faults.refuse_calls:
        raise refused(network.faults.refuse_with)
    url, twiml = request.url("Url"), request.get("Twiml")
    if request.has("Url") and not url and not twiml:
        raise RestError(400, 21205, "Url is not a valid URL")
    if not url and not twiml:
        raise RestError(400, 21201 if not request.get("To") else 21205, "Url parameter is required.")
    if len(twiml) > 4000:
        raise RestError(400, 21218, "Twiml must be at most 4000 characters")
    instructions = Instructions(
        url=url,
        method=request.verb("Method"),
        twiml=twiml,
        fallback_url=request.url("FallbackUrl"),
        fallback_method=request.verb("FallbackMethod"),
        send_digits=request.get("SendDigits"),
        time_limit=request.number("TimeLimit", 14_400, 1, 86_400),
        detect_machine=request.get("MachineDetection") in ("Enable", "DetectMessageEnd"),
    )
    call = new_call(network, request, instructions)
    network.trunk.place(call)
    return call_body(call)


def new_call(network: Exchange, request: Request, instructions: Instructions) -> Call:
    """A call from the parameters that Calls and Participants share. Raises RestError."""
    to, from_ = request.get("To"), request.get("From")
    if not to:
        raise RestError(400, 21201, "No 'To' number is specified")
    if not from_:
        raise RestError(400, 21213, "No 'From' number is specified")
    if not is_valid(to):
        raise RestError(400, 21211, f"The phone number you are attempting to call, {to}, is not valid.")
    shown = _caller_id(network, request, from_)
    if to == shown:
        raise RestError(400, 21211, "A number of the account cannot call itself.")
    return Call(
        network=network,
        sid=network.sids.new("CA"),
        from_=shown,
        to=to,
        direction=Direction.OUTBOUND_API,
        phone=network.phone(to),
        created=network.agenda.now(),
        status=CallStatus.QUEUED,
        instructions=instructions,
        notices=Notices(request.url("StatusCallback"), request.verb("StatusCallbackMethod"), _events(request)),
        ring_for=request.number("Timeout", 60, 0, 600) + RING_GRACE,
    )


def fetch(network: Exchange, request: Request, sid: str) -> Body:
    """One call."""
    return call_body(_call(network, request, sid))


def listing(network: Exchange, request: Request) -> Body:
    """The calls that pass the filters, newest first."""
    found = [call for call in reversed(network.calls.values()) if _wanted(request, call)]
    return page(network, request, "calls", found, call_body)


def update(network: Exchange, request: Request, sid: str) -> Body:
    """End a call, or send it to another document."""
    call = _call(network, request, sid)
    status, url, twiml = request.get("Status"), request.url("Url"), request.get("Twiml")
    if status and status not in ("completed", "canceled"):
        raise RestError(400, 21218, f"Invalid status: {status}")
    if not call.live or ((url or twiml) and call.status is not CallStatus.IN_PROGRESS):
        raise RestError(400, 21220, "Call is not in-progress. Cannot redirect.")
    if request.has("StatusCallback"):
        call.notices = Notices(request.url("StatusCallback"), request.verb("StatusCallbackMethod"), call.notices.events)
    if status == "completed" or (status == "canceled" and call.status is not CallStatus.IN_PROGRESS):
        network.trunk.end(call)
    elif url or twiml:
        if request.has("FallbackUrl"):
            call.fallback = Source(request.url("FallbackUrl"), request.verb("FallbackMethod"))
        source = Source(url, request.verb("Method")) if url else None
        network.trunk.redirect(call, source, twiml)
    return call_body(call)


def _call(network: Exchange, request: Request, sid: str) -> Call:
    call = network.calls.get(sid)
    if call is None:
        raise not_found(f"/{request.path}")
    return call


def _wanted(request: Request, call: Call) -> bool:
    shown = "queued" if call.status is CallStatus.INITIATED else str(call.status)
    return (
        request.get("To") in ("", call.to)
        and request.get("From") in ("", call.from_)
        and request.get("Status") in ("", shown)
        and request.get("ParentCallSid") in ("", call.parent.sid if call.parent is not None else "-")
        and request.within("StartTime", call.dialled or call.created)
        and request.within("EndTime", call.ended)
    )


def _events(request: Request) -> frozenset[str]:
    named = [word for value in request.all("StatusCallbackEvent") for word in value.split()]
    unknown = set(named) - EVENTS
    if unknown:
        raise RestError(400, 21626, f"Invalid StatusCallbackEvent: {' '.join(sorted(unknown))}")
    return frozenset(named or ["completed"])


def _caller_id(network: Exchange, request: Request, from_: str) -> str:
    if not is_valid(from_):
        raise RestError(400, 21212, f"The 'From' number {from_} is not a valid phone number.")
    shown = request.get("CallerId") or from_
    token = request.get("CallToken")
    forwarded = token and any(call.token == token and call.from_ == shown for call in network.live.values())
    if shown not in network.numbers and not forwarded:
        raise RestError(400, 21210, f"The source phone number provided, {shown}, is not yet verified for your account.")
    return shown
