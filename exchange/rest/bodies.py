"""The carrier's JSON for each kind of thing."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime

from exchange.calls import API_VERSION, Call, CallStatus
from exchange.conference import Conference, Participant
from exchange.enqueuing import CallQueue, Enqueue
from exchange.messages import Message, MessageStatus, segments
from exchange.network import Exchange
from exchange.numbers import OwnNumber

Body = dict[str, object]


def stamp(moment: datetime | None) -> str | None:
    """A time as the carrier's first API writes it."""
    return format_datetime(moment) if moment is not None else None


def path(network: Exchange, tail: str) -> str:
    """A path under the account."""
    return f"{network.dialect.root}/{API_VERSION}/Accounts/{network.account_sid}/{tail}"


def call_body(call: Call) -> Body:
    """One call."""
    network = call.network
    shown = CallStatus.QUEUED if call.status is CallStatus.INITIATED else call.status
    own = network.numbers.get(call.to) or network.numbers.get(call.from_)
    uri = path(network, f"Calls/{call.sid}")
    return {
        "sid": call.sid,
        "date_created": stamp(call.created),
        "date_updated": stamp(call.updated or call.created),
        "parent_call_sid": call.parent.sid if call.parent is not None else None,
        "account_sid": network.account_sid,
        "to": call.to,
        "to_formatted": formatted(call.to),
        "from": call.from_,
        "from_formatted": formatted(call.from_),
        "phone_number_sid": own.sid if own is not None else None,
        "status": str(shown),
        "start_time": stamp(call.dialled),
        "end_time": stamp(call.ended),
        "duration": str(call.seconds) if call.ended is not None else None,
        "price": None,
        "price_unit": "USD",
        "direction": _direction(call),
        "answered_by": call.answered_by or None,
        "annotation": None,
        "api_version": API_VERSION,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": str(_queue_time(call)),
        "trunk_sid": None,
        "uri": f"{uri}.json",
        "subresource_uris": {"events": f"{uri}/Events.json", "transcriptions": f"{uri}/Transcriptions.json"},
    }


def message_body(network: Exchange, message: Message) -> Body:
    """One text."""
    uri = path(network, f"Messages/{message.sid}")
    error = ERRORS.get(message.error_code or 0)
    finished = message.status in (MessageStatus.UNDELIVERED, MessageStatus.FAILED)
    return {
        "sid": message.sid,
        "account_sid": network.account_sid,
        "body": message.body,
        "from": message.from_,
        "to": message.to,
        "status": str(message.status),
        "direction": message.direction,
        "num_segments": str(segments(message.body)),
        "num_media": "0",
        "date_created": stamp(message.created),
        "date_updated": stamp(message.updated or message.created),
        "date_sent": stamp(message.sent),
        "error_code": message.error_code if finished else None,
        "error_message": error if finished else None,
        "messaging_service_sid": None,
        "price": None,
        "price_unit": "USD",
        "api_version": API_VERSION,
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }


ERRORS = {
    21610: "Attempt to send to unsubscribed recipient",
    30003: "Unreachable destination handset",
    30005: "Unknown destination handset",
}


def conference_body(conference: Conference) -> Body:
    """One conference."""
    network = conference.network
    uri = path(network, f"Conferences/{conference.sid}")
    because = conference.ended_because
    return {
        "sid": conference.sid,
        "account_sid": network.account_sid,
        "friendly_name": conference.name,
        "status": str(conference.status),
        "date_created": stamp(conference.created),
        "date_updated": stamp(conference.updated or conference.created),
        "region": "us1",
        "api_version": API_VERSION,
        "reason_conference_ended": str(because) if because is not None else None,
        "call_sid_ending_conference": conference.ended_by or None,
        "uri": f"{uri}.json",
        "subresource_uris": {"participants": f"{uri}/Participants.json"},
    }


def participant_body(conference: Conference, participant: Participant) -> Body:
    """One call in a conference."""
    call = participant.call
    tail = f"Conferences/{conference.sid}/Participants/{call.sid}.json"
    return {
        "account_sid": call.network.account_sid,
        "call_sid": call.sid,
        "label": participant.label or None,
        "conference_sid": conference.sid,
        "muted": participant.muted,
        "hold": participant.hold,
        "coaching": bool(participant.coaching),
        "call_sid_to_coach": participant.coaching or None,
        "start_conference_on_enter": participant.start_on_enter,
        "end_conference_on_exit": participant.end_on_exit,
        "status": "connected",
        "queue_time": "0",
        "date_created": stamp(participant.joined),
        "date_updated": stamp(participant.updated or participant.joined),
        "uri": path(call.network, tail),
    }


def queue_body(queue: CallQueue) -> Body:
    """One queue."""
    uri = path(queue.network, f"Queues/{queue.sid}")
    return {
        "sid": queue.sid,
        "account_sid": queue.network.account_sid,
        "friendly_name": queue.name,
        "current_size": len(queue.waiting),
        "max_size": queue.max_size,
        "average_wait_time": queue.average_wait,
        "date_created": stamp(queue.created),
        "date_updated": stamp(queue.created),
        "uri": f"{uri}.json",
        "subresource_uris": {"members": f"{uri}/Members.json"},
    }


def member_body(member: Enqueue) -> Body:
    """One call in a queue."""
    queue = member.queue
    return {
        "call_sid": member.call.sid,
        "queue_sid": queue.sid,
        "position": member.position,
        "wait_time": member.waited,
        "date_enqueued": stamp(member.since),
        "uri": path(queue.network, f"Queues/{queue.sid}/Members/{member.call.sid}.json"),
    }


def number_body(network: Exchange, number: OwnNumber) -> Body:
    """One number of the account."""
    return {
        "sid": number.sid,
        "account_sid": network.account_sid,
        "phone_number": number.e164,
        "friendly_name": number.friendly_name,
        "voice_url": number.voice_url,
        "voice_method": number.voice_method,
        "voice_fallback_url": number.voice_fallback_url,
        "voice_fallback_method": number.voice_fallback_method,
        "voice_caller_id_lookup": False,
        "voice_receive_mode": "voice",
        "voice_application_sid": None,
        "status_callback": number.status_callback,
        "status_callback_method": number.status_callback_method,
        "sms_url": number.sms_url,
        "sms_method": number.sms_method,
        "sms_fallback_url": number.sms_fallback_url,
        "sms_fallback_method": number.sms_fallback_method,
        "sms_application_sid": None,
        "capabilities": _capabilities(network),
        "beta": False,
        "origin": "twilio",
        "status": "in-use",
        "type": None,
        "trunk_sid": None,
        "address_sid": None,
        "address_requirements": "none",
        "identity_sid": None,
        "bundle_sid": None,
        "emergency_status": "Inactive",
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "date_created": stamp(number.created),
        "date_updated": stamp(number.created),
        "api_version": API_VERSION,
        "uri": path(network, f"IncomingPhoneNumbers/{number.sid}.json"),
        "subresource_uris": {},
    }


def account_body(network: Exchange) -> Body:
    """The account."""
    uri = path(network, "").rstrip("/")
    return {
        "sid": network.account_sid,
        "owner_account_sid": network.account_sid,
        "auth_token": None,
        "friendly_name": "exchange",
        "status": "active",
        "type": "Full",
        "date_created": stamp(network.opened),
        "date_updated": stamp(network.opened),
        "uri": f"{uri}.json",
        "subresource_uris": {"calls": f"{uri}/Calls.json", "messages": f"{uri}/Messages.json"},
    }


def formatted(number: str) -> str:
    """A number as people write it; other than North American ones unchanged."""
    if number.startswith("+1") and len(number) == 12:
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number


def _direction(call: Call) -> str:
    told = str(call.direction)
    return told.partition("-")[0] if call.network.dialect.plain_direction else told


def _capabilities(network: Exchange) -> Body:
    can: Body = {"voice": True, "sms": True, "mms": True, "fax": False}
    if not network.dialect.capital_capabilities:
        return can
    return {{"voice": "Voice", "fax": "Fax"}.get(name, name.upper()): able for name, able in can.items()}


def _queue_time(call: Call) -> int:
    return round(((call.dialled or call.created) - call.created).total_seconds() * 1000)
