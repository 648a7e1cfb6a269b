"""Dial with numbers: ringing, screening, bridging, parting."""

from __future__ import annotations

from stage import ANA, BO, LEE, LINE, SAM, SITE, Stage


def dials(stage: Stage, numbers: str, attributes: str = 'action="/after"', **documents: str) -> None:
    stage.answers(voice=f"<Dial {attributes}>{numbers}</Dial><Say>Next.</Say>", after="<Say>After.</Say>", **documents)
    stage.dials()
    stage.passes(1)


def test_the_first_to_pick_up_is_connected_and_the_rest_stop_ringing(stage: Stage) -> None:
    dials(stage, f"<Number>{ANA}</Number><Number>{BO}</Number>")
    assert stage.ana.ringing and stage.bo.ringing
    stage.bo.answer()
    stage.passes()
    assert stage.exchange.talking(SAM, BO)
    assert not stage.ana.ringing
    assert stage.exchange.connected_to(SAM) == {BO}


def test_voicemail_wins_the_ring_where_nobody_screens(stage: Stage) -> None:
    dials(stage, f"<Number>{ANA}</Number><Number>{BO}</Number>")
    stage.ana.answer_as_voicemail()
    stage.passes()
    assert stage.exchange.talking(SAM, ANA)
    assert not stage.bo.ringing


def test_a_screened_leg_is_not_connected_before_its_document_ends(stage: Stage) -> None:
    screen = '<Gather numDigits="1" action="/accept" timeout="4"><Say>Press one.</Say></Gather><Hangup/>'
    dials(
        stage,
        f'<Number url="/screen">{ANA}</Number><Number url="/screen">{BO}</Number>',
        screen=screen,
        accept="",
    )
    stage.ana.answer()
    stage.passes()
    assert stage.exchange.connected_to(SAM) == frozenset()
    assert stage.bo.ringing
    stage.ana.press("1")
    stage.passes()
    assert stage.exchange.talking(SAM, ANA)
    assert not stage.bo.ringing
    asked = stage.app.asked_at("/screen")[0]
    assert asked["Direction"] == "outbound-dial"
    assert asked["ParentCallSid"] == stage.app.asked_at("/voice")[0]["CallSid"]


def test_a_voicemail_that_is_screened_never_wins(stage: Stage) -> None:
    screen = '<Gather numDigits="1" action="/accept" timeout="4"><Say>Press one.</Say></Gather><Hangup/>'
    dials(stage, f'<Number url="/screen">{ANA}</Number>', screen=screen)
    stage.ana.answer_as_voicemail()
    stage.passes(10)
    assert stage.app.asked_at("/after")[0]["DialCallStatus"] == "completed"
    assert stage.app.asked_at("/after")[0]["DialBridged"] == "false"


def test_when_the_called_party_leaves_the_action_url_is_asked(stage: Stage) -> None:
    dials(stage, ANA)
    stage.ana.answer()
    stage.passes(12)
    stage.ana.hang_up()
    stage.passes()
    [asked] = stage.app.asked_at("/after")
    assert asked["DialCallStatus"] == "completed"
    assert asked["DialBridged"] == "true"
    assert asked["DialCallDuration"] == "12"
    assert asked["CallStatus"] == "in-progress"
    assert stage.heard() == ["After."]


def test_without_an_action_the_document_goes_on(stage: Stage) -> None:
    dials(stage, ANA, attributes="")
    stage.ana.decline()
    stage.passes()
    assert stage.heard() == ["Next."]


def test_how_the_ringing_ended_is_told(stage: Stage) -> None:
    dials(stage, ANA, attributes='action="/after" timeout="10"')
    stage.passes(20)
    assert stage.app.asked_at("/after")[0]["DialCallStatus"] == "no-answer"


def test_when_the_caller_hangs_up_the_action_url_is_asked_and_its_answer_dropped(stage: Stage) -> None:
    dials(stage, ANA)
    stage.ana.answer()
    stage.passes(3)
    stage.sam.hang_up()
    stage.passes(5)
    [asked] = stage.app.asked_at("/after")
    assert asked["CallStatus"] == "completed"
    assert stage.ana.state == "idle"
    assert stage.heard() == []


def test_a_caller_who_gives_up_stops_the_ringing(stage: Stage) -> None:
    dials(stage, ANA)
    stage.sam.hang_up()
    stage.passes()
    assert not stage.ana.ringing
    assert stage.app.asked_at("/after")[0]["DialCallStatus"] == "canceled"


def test_a_star_ends_the_dial_for_the_caller_who_may(stage: Stage) -> None:
    dials(stage, ANA, attributes='action="/after" hangupOnStar="true"')
    stage.ana.answer()
    stage.passes(3)
    stage.sam.press("*")
    stage.passes()
    assert stage.ana.state == "idle"
    assert stage.app.asked_at("/after")[0]["CallStatus"] == "in-progress"
    assert stage.heard() == ["After."]


def test_a_star_means_nothing_otherwise(stage: Stage) -> None:
    dials(stage, ANA)
    stage.ana.answer()
    stage.passes(3)
    stage.sam.press("*")
    stage.ana.press("*")
    stage.passes()
    assert stage.exchange.talking(SAM, ANA)


def test_the_called_phone_shows_the_caller_unless_told_otherwise(stage: Stage) -> None:
    dials(stage, ANA)
    assert stage.ana.rings[0].caller_id == SAM
    stage.sam.hang_up()
    dials(stage, BO, attributes=f'callerId="{LINE}"')
    assert stage.bo.rings[0].caller_id == LINE


def test_a_caller_id_that_is_not_the_accounts_is_refused(stage: Stage) -> None:
    dials(stage, ANA, attributes=f'callerId="{LEE}" action="/after"')
    assert stage.app.asked_at("/after")[0]["DialCallStatus"] == "failed"
    assert stage.exchange.complaints[0].startswith("13214")


def test_an_invalid_number_fails_alone(stage: Stage) -> None:
    dials(stage, f"<Number>+1555</Number><Number>{ANA}</Number>")
    assert stage.exchange.complaints[0].startswith("13224")
    assert stage.ana.ringing


def test_a_call_answered_on_bridge_rings_until_then(stage: Stage) -> None:
    dials(stage, ANA, attributes='answerOnBridge="true"')
    assert stage.sam.state == "dialling"
    stage.ana.answer()
    stage.passes()
    assert stage.sam.in_call


def test_a_bridge_ends_at_its_time_limit(stage: Stage) -> None:
    dials(stage, ANA, attributes='timeLimit="30" action="/after"')
    stage.ana.answer()
    stage.passes(31)
    assert stage.heard() == ["After."]


def test_a_leg_tells_its_own_progress(stage: Stage) -> None:
    events = "initiated ringing answered completed"
    dials(stage, f'<Number statusCallback="/leg" statusCallbackEvent="{events}">{ANA}</Number>')
    stage.ana.answer()
    stage.passes(2)
    stage.sam.hang_up()
    stage.passes()
    assert stage.statuses("/leg") == ["initiated", "ringing", "in-progress", "completed"]
    assert {notice["Direction"] for notice in stage.app.asked_at("/leg")} == {"outbound-dial"}


def test_a_redirected_caller_leaves_the_other_behind(stage: Stage) -> None:
    dials(stage, ANA, moved='<Say>Moved.</Say><Pause length="9"/>')
    stage.ana.answer()
    stage.passes(1)
    sid = stage.app.asked_at("/voice")[0]["CallSid"]
    stage.twilio.calls(sid).update(url=f"{SITE}/moved")
    stage.passes()
    assert stage.ana.state == "idle"
    assert stage.heard() == ["Moved."]
    assert stage.app.asked_at("/after") == []


def test_a_redirected_leg_lets_the_caller_go_on(stage: Stage) -> None:
    dials(stage, ANA, moved='<Say>Moved.</Say><Pause length="9"/>')
    stage.ana.answer()
    stage.passes(1)
    leg = next(call for call in stage.exchange.live_calls() if call.to == ANA)
    stage.twilio.calls(leg.sid).update(url=f"{SITE}/moved")
    stage.passes(1)
    assert stage.heard(stage.ana) == ["Moved."]
    assert stage.heard() == ["After."]
    assert stage.exchange.connected_to(SAM) == frozenset()
