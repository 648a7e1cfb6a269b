"""A telephone exchange that speaks Twilio's protocol, on any clock, for building and testing against."""

from exchange.agenda import Clock
from exchange.calls import Call, CallStatus, Direction, IllegalMove
from exchange.dialects import DIALECTS, SIGNALWIRE, TWILIO, Dialect
from exchange.faults import Faults, ReplyLost
from exchange.network import Exchange
from exchange.phones import Behaviour, Heard, Phone, PhoneError, Ring, Text
from exchange.records import RestRecord, WebhookRecord
from exchange.rest import rest_app
from exchange.wire import HttpReply, HttpRequest, Transport, WsgiTransport, call_wsgi

__all__ = [
    "DIALECTS",
    "SIGNALWIRE",
    "TWILIO",
    "Behaviour",
    "Call",
    "CallStatus",
    "Clock",
    "Dialect",
    "Direction",
    "Exchange",
    "Faults",
    "Heard",
    "HttpReply",
    "HttpRequest",
    "IllegalMove",
    "Phone",
    "PhoneError",
    "ReplyLost",
    "RestRecord",
    "Ring",
    "Text",
    "Transport",
    "WebhookRecord",
    "WsgiTransport",
    "call_wsgi",
    "rest_app",
]
