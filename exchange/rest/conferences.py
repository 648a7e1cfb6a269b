"""Conferences and their participants over REST."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from exchange.calls import Instructions
from exchange.conference import Conference, Ended, Participant
from exchange.network import Exchange
from exchange.rest.bodies import Body, conference_body, participant_body, path, stamp
from exchange.rest.calls import new_call
from exchange.rest.errors import RestError, not_found, refused
from exchange.rest.paging import page
from exchange.rest.request import Request
from exchange.sids import looks_like_sid

_ATTRIBUTES = {
    "Muted": "muted",
    "Beep": "beep",
    "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit",
    "WaitUrl": "waitUrl",
    "WaitMethod": "waitMethod",
    "MaxParticipants": "maxParticipants",
    "CallSidToCoach": "coach",
    "Label": "participantLabel",
    "ConferenceStatusCallback": "statusCallback",
    "ConferenceStatusCallbackMethod": "statusCallbackMethod",
}


def listing(network: Exchange, request: Request) -> Body:
    """The conferences that pass the filters, newest first."""
    found = [
        conference
        for conference in reversed(network.conferences.values())
        if request.get("FriendlyName") in ("", conference.name)
        and request.get("Status") in ("", str(conference.status))
        and request.within("DateCreated", conference.created)
        and request.within("DateUpdated", conference.updated or conference.created)
    ]
    return page(network, request, "conferences", found, conference_body)


def fetch(network: Exchange, request: Request, sid: str) -> Body:
    """One conference."""
    return conference_body(_conference(network, request, sid))


def update(network: Exchange, request: Request, sid: str) -> Body:
    """End a conference."""
    conference = _conference(network, request, sid)
    if request.get("Status") not in ("", "completed"):
        raise RestError(400, 20001, "Invalid status")
    if request.get("Status") == "completed":
        conference.end(Ended.API)
    return conference_body(conference)


def participants(network: Exchange, request: Request, sid: str) -> Body:
    """Those in a conference now."""
    conference = _conference(network, request, sid)
    found = [
        each
        for each in conference.participants.values()
        if (not request.has("Muted") or each.muted is request.flag("Muted"))
        and (not request.has("Hold") or each.hold is request.flag("Hold"))
        and (not request.has("Coaching") or bool(each.coaching) is request.flag("Coaching"))
    ]
    return page(network, request, "participants", found, lambda each: participant_body(conference, each))


def participant(network: Exchange, request: Request, sid: str, key: str) -> Body:
    """One of them, by CallSid or label."""
    conference = _conference(network, request, sid)
    return participant_body(conference, _participant(conference, request, key))


def add(network: Exchange, request: Request, sid: str) -> Body:
    """Call a phone and put it into the conference when it answers."""
    if network.faults.refuse_calls:
        raise refused(network.faults.refuse_with)
    conference = _conference(network, request, sid) if _is_sid(network, sid) else network.conference(sid)
    if not conference.live:
        raise not_found(f"/{request.path}")
    call = new_call(network, request, Instructions(twiml=_joining(conference, request)))
    call.on_end = lambda _call: conference.nobody_came()
    network.trunk.place(call)
    return {
        "account_sid": network.account_sid,
        "call_sid": call.sid,
        "label": request.get("Label") or None,
        "conference_sid": conference.sid,
        "muted": request.flag("Muted"),
        "hold": False,
        "coaching": request.flag("Coaching") or bool(request.get("CallSidToCoach")),
        "call_sid_to_coach": request.get("CallSidToCoach") or None,
        "start_conference_on_enter": request.flag("StartConferenceOnEnter", default=True),
        "end_conference_on_exit": request.flag("EndConferenceOnExit"),
        "status": "queued",
        "queue_time": "0",
        "date_created": stamp(call.created),
        "date_updated": stamp(call.created),
        "uri": path(network, f"Conferences/{conference.sid}/Participants/{call.sid}.json"),
    }


def _is_sid(network: Exchange, name: str) -> bool:
    return name in network.conferences or looks_like_sid(name, "CF")


def change(network: Exchange, request: Request, sid: str, key: str) -> Body:
    """Mute, hold, coach; each told to the application if it changed anything."""
    conference = _conference(network, request, sid)
    found = _participant(conference, request, key)
    found.updated = network.agenda.now()
    if request.has("Muted") and found.muted is not request.flag("Muted"):
        found.muted = request.flag("Muted")
        conference.tell("mute", "participant-mute" if found.muted else "participant-unmute", found)
    if request.has("Hold") and found.hold is not request.flag("Hold"):
        _hold(conference, request, found)
    if request.has("Coaching") or request.has("CallSidToCoach"):
        _coach(conference, request, found)
    if request.has("EndConferenceOnExit"):
        found.end_on_exit = request.flag("EndConferenceOnExit")
        conference.tell("modify", "participant-modify", found)
    return participant_body(conference, found)


def remove(network: Exchange, request: Request, sid: str, key: str) -> None:
    """Take somebody out; their call goes on with its own document."""
    conference = _conference(network, request, sid)
    _participant(conference, request, key).step.kick()


def _hold(conference: Conference, request: Request, found: Participant) -> None:
    found.hold = request.flag("Hold")
    conference.tell("hold", "participant-hold" if found.hold else "participant-unhold", found)
    if found.hold:
        found.step.hold(request.url("HoldUrl") or None, request.verb("HoldMethod"))
    else:
        found.step.unhold()


def _coach(conference: Conference, request: Request, found: Participant) -> None:
    coached = request.get("CallSidToCoach")
    if request.has("Coaching") and not request.flag("Coaching"):
        coached = ""
    elif not coached or coached not in conference.participants:
        raise RestError(400, 13240, "The call to coach is not in the conference")
    found.coaching = coached
    conference.tell("modify", "participant-modify", found)


def _joining(conference: Conference, request: Request) -> str:
    attributes = {name: request.get(parameter) for parameter, name in _ATTRIBUTES.items() if request.has(parameter)}
    events = [word for value in request.all("ConferenceStatusCallbackEvent") for word in value.split()]
    if events:
        attributes["statusCallbackEvent"] = " ".join(events)
    written = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    name = quoteattr(conference.name)[1:-1]
    return f"<Response><Dial><Conference{written}>{name}</Conference></Dial></Response>"


def _conference(network: Exchange, request: Request, sid: str) -> Conference:
    conference = network.conferences.get(sid)
    if conference is None:
        raise not_found(f"/{request.path}")
    return conference


def _participant(conference: Conference, request: Request, key: str) -> Participant:
    found = conference.find(key)
    if found is None:
        raise not_found(f"/{request.path}")
    return found
