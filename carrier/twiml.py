"""What a phone is told, as TwiML: pure functions from words and addresses to documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

VOICES: Mapping[str, str] = {"en": "en-US", "es": "es-MX", "fr": "fr-FR", "pt": "pt-BR", "de": "de-DE"}
CONFERENCE_EVENTS = "join"  # that somebody has left is told by the request for what they hear next

Spoken = Sequence[tuple[str, str]]
"""Pairs of language and words, in the order they are said."""


def silence() -> str:
    """Nothing to say, nothing to do: the reply to a notice."""
    return str(VoiceResponse())


def no_reply() -> str:
    """An empty reply to a text message."""
    return str(MessagingResponse())


def ask_key(spoken: Spoken, action: str, *, wait: int, keys: int = 1, hash_counts: bool = False) -> str:
    """Say, take up to `keys` keys, wait `wait` seconds for them, then go to `action` with or without a key."""
    response = VoiceResponse()
    gather = Gather(
        input="dtmf",
        num_digits=keys,
        timeout=wait,
        action=action,
        method="POST",
        action_on_empty_result=True,
        **({"finish_on_key": ""} if hash_counts else {}),
    )
    _say(gather, spoken)
    response.append(gather)
    return str(response)


def say_and_go(spoken: Spoken, onward: str) -> str:
    response = VoiceResponse()
    _say(response, spoken)
    response.redirect(onward, method="POST")
    return str(response)


def say_and_end(spoken: Spoken) -> str:
    response = VoiceResponse()
    _say(response, spoken)
    response.hangup()
    return str(response)


def join(
    spoken: Spoken, room: str, *, after: str, notices: str, star: bool, ends: bool, coach: str | None = None
) -> str:
    """Say, then join the conference `room`; whoever has left it goes on to `after`.

    With `star`, the star key leaves it. With `ends`, nobody stays in it without this person. With
    `coach`, the id of a call in it, they hear everybody and only that call hears them.
    """
    response = VoiceResponse()
    _say(response, spoken)
    dial = Dial(action=after, method="POST", **({"hangup_on_star": True} if star else {}))
    dial.conference(
        room,
        beep=False,
        start_conference_on_enter=True,
        end_conference_on_exit=ends,
        wait_url="",
        status_callback=notices,
        status_callback_method="POST",
        status_callback_event=CONFERENCE_EVENTS,
        **({"coach": coach} if coach is not None else {}),
    )
    response.append(dial)
    return str(response)


def pass_on(spoken: Spoken, number: str, *, after: str, caller_id: str, seconds: int = 30) -> str:
    """Say, then dial `number`; go on to `after` when that is over."""
    response = VoiceResponse()
    _say(response, spoken)
    dial = Dial(action=after, method="POST", caller_id=caller_id, timeout=seconds)
    dial.number(number)
    response.append(dial)
    return str(response)


def hear(document: str, *, name: str, stop: bool, language: str | None, notices: str, unfinished: bool) -> str:
    """The document, before which the carrier ends writing down what the caller says, or begins, or both.

    Only the caller's own side is told to `notices`, once it is final, and with `unfinished` as it comes. What is begun
    has a `name`.
    """
    before = VoiceResponse()
    if stop:
        before.stop().transcription(name=name)
    if language is not None:
        before.start().transcription(
            name=name,
            status_callback_url=notices,
            status_callback_method="POST",
            track="inbound_track",
            partial_results=unfinished,
            language_code=VOICES.get(language, language),
        )
    verbs = str(before).partition("<Response>")[2].removesuffix("</Response>")
    return document.replace("<Response>", f"<Response>{verbs}", 1)


def listen(seconds: int) -> str:
    """Say nothing for so long, then hang up."""
    response = VoiceResponse()
    response.pause(length=seconds)
    response.hangup()
    return str(response)


def _say(parent: VoiceResponse | Gather, spoken: Spoken) -> None:
    for language, words in spoken:
        if words:
            parent.say(words, language=VOICES.get(language, language))
