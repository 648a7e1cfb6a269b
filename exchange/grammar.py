"""Which TwiML there is: for each element its attributes, what each may be, and what may stand inside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Check = Callable[[str], bool]

_BOOLEANS = frozenset({"true", "false"})
_URL = re.compile(r"[^\s\x00-\x1f<>\"]*")
_RING_TONE = re.compile(r"[a-z]{2}|us-old|at-old")
_SSML = frozenset(
    {"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w", "speak", "amazon:effect"}
)


def anything(text: str) -> bool:
    """Any text at all."""
    del text
    return True


def boolean(text: str) -> bool:
    """``true`` or ``false``."""
    return text in _BOOLEANS


def url(text: str) -> bool:
    """An absolute or relative URL; the empty one is the document itself."""
    return _URL.fullmatch(text) is not None


def whole(least: int, most: int) -> Check:
    """A whole number within bounds."""
    return lambda text: text.isascii() and text.isdigit() and least <= int(text) <= most


def one_of(*words: str) -> Check:
    """One of these words."""
    known = frozenset(words)
    return lambda text: text in known


def some_of(*words: str) -> Check:
    """One or more of these words, separated by spaces."""
    known = frozenset(words)
    return lambda text: bool(text.split()) and known.issuperset(text.split())


def keys(text: str) -> bool:
    """Keys of a telephone, ``w`` for a pause of half a second."""
    return all(key in "0123456789*#wW" for key in text)


method = one_of("GET", "POST")
CALL_EVENTS = some_of("initiated", "ringing", "answered", "completed")
CONFERENCE_EVENTS = some_of("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")


VERBS = frozenset(
    {
        "Say",
        "Play",
        "Pause",
        "Gather",
        "Redirect",
        "Hangup",
        "Reject",
        "Dial",
        "Enqueue",
        "Leave",
        "Start",
        "Stop",
    }
)


@dataclass(frozen=True)
class Element:
    """One element of the language."""

    attributes: Mapping[str, Check] = field(default_factory=dict)
    children: frozenset[str] = frozenset()
    text: bool = False


_RECORDING: dict[str, Check] = {
    "record": anything,
    "trim": one_of("trim-silence", "do-not-trim"),
    "recordingStatusCallback": url,
    "recordingStatusCallbackMethod": method,
    "recordingStatusCallbackEvent": some_of("in-progress", "completed", "absent"),
    "recordingConfigurationId": anything,
}
_CALL_NOTICES: dict[str, Check] = {
    "statusCallback": url,
    "statusCallbackEvent": CALL_EVENTS,
    "statusCallbackMethod": method,
}
_MACHINE: dict[str, Check] = {
    "machineDetection": one_of("Enable", "DetectMessageEnd"),
    "amdStatusCallback": url,
    "amdStatusCallbackMethod": method,
    "machineDetectionTimeout": whole(3, 59),
    "machineDetectionSpeechThreshold": whole(1000, 6000),
    "machineDetectionSpeechEndThreshold": whole(500, 5000),
    "machineDetectionSilenceTimeout": whole(2000, 10000),
}

VOICE: dict[str, Element] = {
    "Response": Element(children=VERBS),
    "Say": Element({"voice": anything, "language": anything, "loop": whole(0, 1000)}, children=_SSML, text=True),
    "Play": Element({"loop": whole(0, 1000), "digits": keys}, text=True),
    "Pause": Element({"length": whole(0, 86_400)}),
    "Gather": Element(
        {
            "input": some_of("dtmf", "speech"),
            "action": url,
            "method": method,
            "timeout": whole(0, 600),
            "finishOnKey": lambda text: text == "" or (len(text) == 1 and text in "0123456789*#"),
            "numDigits": whole(1, 1000),
            "actionOnEmptyResult": boolean,
            "bargeIn": boolean,
            "language": anything,
            "speechTimeout": anything,
            "maxSpeechTime": whole(1, 600),
            "profanityFilter": boolean,
            "partialResultCallback": url,
            "partialResultCallbackMethod": method,
            "hints": anything,
            "debug": boolean,
            "speechModel": anything,
            "enhanced": boolean,
        },
        children=frozenset({"Say", "Play", "Pause"}),
    ),
    "Redirect": Element({"method": method}, text=True),
    "Hangup": Element(),
    "Reject": Element({"reason": one_of("rejected", "busy")}),
    "Leave": Element(),
    "Dial": Element(
        {
            "action": url,
            "method": method,
            "timeout": whole(0, 600),
            "hangupOnStar": boolean,
            "timeLimit": whole(1, 86_400),
            "callerId": anything,
            "answerOnBridge": boolean,
            "ringTone": lambda text: _RING_TONE.fullmatch(text) is not None,
            "recordingTrack": one_of("inbound", "outbound", "both"),
            "sequential": boolean,
            "referUrl": url,
            "referMethod": method,
            "events": anything,
            "passports": anything,
            **_RECORDING,
        },
        children=frozenset({"Number", "Conference", "Queue", "Client", "Sip"}),
        text=True,
    ),
    "Number": Element(
        {"sendDigits": keys, "url": url, "method": method, "byoc": anything, **_CALL_NOTICES, **_MACHINE},
        text=True,
    ),
    "Client": Element({"url": url, "method": method, **_CALL_NOTICES}, text=True),
    "Sip": Element(
        {"username": anything, "password": anything, "url": url, "method": method, **_CALL_NOTICES, **_MACHINE},
        text=True,
    ),
    "Queue": Element(
        {"url": url, "method": method, "reservationSid": anything, "postWorkActivitySid": anything}, text=True
    ),
    "Conference": Element(
        {
            "muted": boolean,
            "beep": one_of("true", "false", "onEnter", "onExit"),
            "startConferenceOnEnter": boolean,
            "endConferenceOnExit": boolean,
            "waitUrl": url,
            "waitMethod": method,
            "maxParticipants": whole(1, 250),
            "region": one_of("us1", "us2", "au1", "br1", "ie1", "jp1", "sg1", "de1", "in1"),
            "coach": anything,
            "statusCallback": url,
            "statusCallbackEvent": CONFERENCE_EVENTS,
            "statusCallbackMethod": method,
            "eventCallbackUrl": url,
            "jitterBufferSize": one_of("large", "medium", "small", "off"),
            "participantLabel": lambda text: 0 < len(text) <= 128,
            **_RECORDING,
        },
        text=True,
    ),
    "Enqueue": Element(
        {
            "action": url,
            "method": method,
            "waitUrl": url,
            "waitUrlMethod": method,
            "maxQueueSize": whole(1, 5000),
            "workflowSid": anything,
        },
        text=True,
    ),
    "Start": Element({"action": url, "method": method}, children=frozenset({"Transcription"})),
    "Stop": Element(children=frozenset({"Transcription"})),
    "Transcription": Element(
        {
            "name": anything,
            "track": one_of("inbound_track", "outbound_track", "both_tracks"),
            "statusCallbackUrl": url,
            "statusCallbackMethod": method,
            "inboundTrackLabel": anything,
            "outboundTrackLabel": anything,
            "partialResults": boolean,
            "languageCode": anything,
            "transcriptionEngine": anything,
            "profanityFilter": boolean,
            "speechModel": anything,
            "hints": anything,
            "enableAutomaticPunctuation": boolean,
            "intelligenceService": anything,
        }
    ),
    **{name: Element({"*": anything}, children=_SSML, text=True) for name in _SSML},
}

MESSAGING: dict[str, Element] = {
    "Response": Element(children=frozenset({"Message", "Redirect"}), text=True),
    "Message": Element(
        {"to": anything, "from": anything, "action": url, "method": method, "statusCallback": url},
        children=frozenset({"Body", "Media"}),
        text=True,
    ),
    "Body": Element(text=True),
    "Media": Element(text=True),
    "Redirect": Element({"method": method}, text=True),
}

NOT_DONE_HERE: frozenset[tuple[str, str]] = frozenset(
    {
        *((element, name) for element in ("Dial", "Conference") for name in _RECORDING),
        ("Dial", "recordingTrack"),
        ("Dial", "sequential"),
        ("Dial", "referUrl"),
        ("Dial", "referMethod"),
        ("Conference", "eventCallbackUrl"),
        ("Gather", "partialResultCallback"),
        ("Start", "action"),
        ("Enqueue", "workflowSid"),
        ("Queue", "reservationSid"),
        *(("Number", name) for name in _MACHINE),
    }
)
ELSEWHERE = frozenset(
    {
        "Record",
        "Connect",
        "Pay",
        "Prompt",
        "Refer",
        "Siprec",
        "Stream",
        "Sms",
        "Echo",
        "Autopilot",
        "Task",
        "Parameter",
        "Application",
        "Sim",
    }
)
