"""Which documents are good, held against Twilio's own library."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest
from stage import twiml
from twilio.twiml import TwiML, messaging_response, voice_response

from exchange.grammar import MESSAGING, VOICE, Element
from exchange.twiml import Purpose, TwimlError, parse

SSML = {name for name in VOICE if name[0].islower()}


def library_of(module: ModuleType, root: str) -> dict[str, tuple[set[str], set[str]]]:
    """Attributes and children of each element, as the library's own methods make them."""
    attributes: dict[str, set[str]] = {"Response": set()}
    children: dict[str, set[str]] = {}
    for owner, of in inspect.getmembers(module, inspect.isclass):
        if of.__module__ != module.__name__:
            continue
        for name, method in inspect.getmembers(of, inspect.isfunction):
            parameters = [each for each in inspect.signature(method).parameters if each not in ("self", "kwargs")]
            if "self.nest(" not in inspect.getsource(method) or name in ("append", "add_child", "nest"):
                continue
            element = method(TwiML(), **dict.fromkeys(parameters, "x"))
            children.setdefault("Response" if owner == root else owner, set()).add(element.name)
            attributes.setdefault(element.name, set()).update(element.attrs)
    return {name: (attributes[name], children.get(name, set())) for name in attributes}


def compare(grammar: dict[str, Element], library: dict[str, tuple[set[str], set[str]]]) -> None:
    for name, element in grammar.items():
        attributes, children = library.get(name, ({"*"}, set()))
        if name not in SSML:
            assert set(element.attributes) == attributes, name
            assert set(element.children) - SSML <= children, name


def test_the_voice_elements_are_those_of_twilios_library() -> None:
    compare(VOICE, library_of(voice_response, "VoiceResponse"))


def test_the_message_elements_are_those_of_twilios_library() -> None:
    compare(MESSAGING, library_of(messaging_response, "MessagingResponse"))


def judge(inside: str, purpose: Purpose = Purpose.CALL) -> tuple[list[str], list[str]]:
    complaints: list[str] = []
    verbs = parse(twiml(inside), purpose, complaints.append)
    return [verb.name for verb in verbs], complaints


@pytest.mark.parametrize(
    "inside",
    [
        "<Shout>Hello</Shout>",
        "<Say volume='loud'>Hello</Say>",
        "<Say/>",
        "<Gather><Dial>+12125550143</Dial></Gather>",
        "<Gather input='speech'/>",
        "<Gather numDigits='many'/>",
        "<Gather numDigits='0'/>",
        "<Gather finishOnKey='##'/>",
        "<Pause length='-1'/>",
        "<Play/>",
        "<Dial/>",
        "<Dial><Client>ana</Client></Dial>",
        "<Dial><Number>+12125550143</Number><Queue>q</Queue></Dial>",
        "<Dial><Conference/></Dial>",
        "<Dial hangupOnStar='yes'>+12125550143</Dial>",
        "<Dial><Number statusCallbackEvent=\"['ringing', 'answered']\">+12125550143</Number></Dial>",
        "<Dial><Conference statusCallbackEvent='participant-join'>room</Conference></Dial>",
        "<Dial>" + "<Number>+12125550143</Number>" * 11 + "</Dial>",
        "<Conference>room</Conference>",
        "<Record/>",
        "<Start/>",
        "<Start><Stream url='wss://x'/></Start>",
        "<Message>Hello</Message>",
        "<Redirect method='PUT'>/x</Redirect>",
        "words without a verb",
    ],
)
def test_a_bad_document_is_found_out(inside: str) -> None:
    with pytest.raises(TwimlError):
        judge(inside)


@pytest.mark.parametrize("document", ["", "<Say>Hello</Say>", "<Response>", "not xml", b"\xff\xfe\x00"])
def test_what_is_not_a_response_is_a_parse_failure(document: str | bytes) -> None:
    with pytest.raises(TwimlError) as found:
        parse(document, Purpose.CALL, lambda _text: None)
    assert found.value.code == 12100


def test_the_library_that_renders_a_list_as_a_string_is_caught() -> None:
    response = voice_response.VoiceResponse()
    dial = response.dial()
    dial.conference("room", status_callback_event=["join", "leave"])
    with pytest.raises(TwimlError):
        parse(str(response), Purpose.CALL, lambda _text: None)


def test_what_the_library_writes_is_read() -> None:
    response = voice_response.VoiceResponse()
    with response.gather(num_digits=1, action="/menu", finish_on_key="", action_on_empty_result=True) as gather:
        gather.say("Press 1.", voice="Polly.Joanna", language="en-US", loop=2)
        gather.pause(length=2)
    response.dial(hangup_on_star=True, action="/after").conference(
        "room", status_callback_event="join leave", start_conference_on_enter=False
    )
    response.enqueue("line", wait_url="/wait")
    complaints: list[str] = []
    verbs = parse(str(response), Purpose.CALL, complaints.append)
    assert [verb.name for verb in verbs] == ["Gather", "Dial", "Enqueue"]
    assert complaints == []


@pytest.mark.parametrize(
    ("purpose", "inside"),
    [
        (Purpose.SCREEN, "<Dial>+12125550143</Dial>"),
        (Purpose.CONFERENCE_WAIT, "<Gather/>"),
        (Purpose.QUEUE_WAIT, "<Dial>+12125550143</Dial>"),
        (Purpose.MESSAGE, "<Say>Hello</Say>"),
    ],
)
def test_some_verbs_have_no_place_in_some_documents(purpose: Purpose, inside: str) -> None:
    with pytest.raises(TwimlError):
        judge(inside, purpose)


def test_a_queued_call_may_leave() -> None:
    assert judge("<Gather/><Leave/>", Purpose.QUEUE_WAIT) == (["Gather", "Leave"], [])


def test_recording_is_complained_of_and_not_done() -> None:
    names, complaints = judge("<Dial record='record-from-answer'>+12125550143</Dial>")
    assert names == ["Dial"]
    assert complaints == ["12200 <Dial record> is not done by this exchange"]


def test_speech_markup_inside_say_is_spoken_as_its_words() -> None:
    [verb] = parse(twiml("<Say>You <break time='1s'/>are <emphasis>heard</emphasis>.</Say>"), Purpose.CALL, print)
    assert verb.text == "You are heard."
