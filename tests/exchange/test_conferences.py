"""Conferences: who waits, who hears whom, who is told."""

from __future__ import annotations

from stage import ANA, BO, LEE, SAM, SITE, Stage

EVENTS = 'statusCallback="/conf" statusCallbackEvent="start end join leave mute hold modify speaker"'
HOLD_ON = "<Dial action='/after'><Conference {}>room</Conference></Dial>"


def confer(stage: Stage, *phones_and_attributes: tuple[str, str]) -> str:
    """The caller and then others join; returns the ConferenceSid."""
    stage.answers(voice=HOLD_ON.format(EVENTS), after='<Say>After.</Say><Pause length="60"/>')
    stage.dials()
    for to, attributes in phones_and_attributes:
        stage.answers(ring=HOLD_ON.format(attributes))
        stage.rings(to)
        stage.exchange.phone(to).answer()
        stage.passes()
    return next(iter(stage.exchange.conferences))


def told(stage: Stage) -> list[str]:
    return stage.statuses("/conf", "StatusCallbackEvent")


def sid_of(stage: Stage, number: str) -> str:
    call = stage.exchange.phone(number).call
    assert call is not None
    return call.sid


def test_somebody_alone_hears_music_until_another_comes(stage: Stage) -> None:
    confer(stage)
    assert stage.heard() == ["♪"]
    assert stage.exchange.connected_to(SAM) == frozenset()
    assert told(stage) == ["participant-join"]


def test_two_are_talking_and_the_first_is_told_of_it(stage: Stage) -> None:
    confer(stage, (ANA, ""))
    assert stage.exchange.talking(SAM, ANA)
    assert stage.exchange.connected_to(ANA) == {SAM}
    assert told(stage) == ["participant-join", "participant-join", "conference-start"]
    first = stage.app.asked_at("/conf")[0]
    assert first["FriendlyName"] == "room"
    assert first["CallSid"] == sid_of(stage, SAM)
    assert (first["Muted"], first["Hold"], first["Coaching"]) == ("false", "false", "false")
    assert (first["StartConferenceOnEnter"], first["EndConferenceOnExit"]) == ("true", "false")
    assert [form["SequenceNumber"] for form in stage.app.asked_at("/conf")] == ["1", "2", "3"]


def test_nobody_hears_anybody_before_somebody_who_may_starts_it(stage: Stage) -> None:
    stage.answers(voice='<Dial><Conference startConferenceOnEnter="false">room</Conference></Dial>')
    stage.dials()
    stage.dials(stage.ana)
    assert not stage.exchange.talking(SAM, ANA)
    stage.answers(voice="<Dial><Conference>room</Conference></Dial>")
    stage.dials(stage.bo)
    assert stage.exchange.talking(SAM, ANA, stage.bo.number)


def test_a_wait_document_plays_until_the_conference_starts(stage: Stage) -> None:
    stage.answers(
        voice='<Dial><Conference waitUrl="/wait">room</Conference></Dial>',
        wait='<Say>Please wait.</Say><Pause length="4"/><Redirect/>',
        ring="<Dial><Conference>room</Conference></Dial>",
    )
    stage.dials()
    stage.passes(10)
    assert stage.heard() == ["Please wait."] * 3
    stage.rings()
    stage.ana.answer()
    stage.passes(30)
    assert len(stage.heard()) == 3


def test_an_empty_wait_url_is_silence(stage: Stage) -> None:
    stage.answers(voice='<Dial><Conference waitUrl="">room</Conference></Dial>')
    stage.dials()
    stage.passes(10)
    assert stage.heard() == []


def test_a_wait_document_that_fails_ends_the_stay(stage: Stage) -> None:
    stage.answers(
        voice='<Dial><Conference waitUrl="/wait">room</Conference></Dial><Say>Next.</Say>', wait=(500, {}, "")
    )
    stage.dials()
    assert stage.heard() == ["Next."]


def test_the_last_to_leave_ends_the_conference(stage: Stage) -> None:
    sid = confer(stage, (ANA, ""))
    stage.sam.hang_up()
    stage.passes()
    assert stage.ana.in_call
    stage.ana.hang_up()
    stage.passes()
    assert told(stage)[3:] == ["participant-leave", "participant-leave", "conference-end"]
    leave, _, end = stage.app.asked_at("/conf")[3:]
    assert leave["ReasonParticipantLeft"] == "participant_hung_up"
    assert leave["ParticipantCallStatus"] == "completed"
    assert end["ReasonConferenceEnded"] == "last-participant-left"
    fetched = stage.twilio.conferences(sid).fetch()
    assert (fetched.status, fetched.reason_conference_ended) == ("completed", "last-participant-left")


def test_one_who_ends_it_on_exit_sends_the_rest_on_their_way(stage: Stage) -> None:
    confer(stage, (ANA, 'endConferenceOnExit="true"'))
    ana = sid_of(stage, ANA)
    stage.ana.hang_up()
    stage.passes()
    assert told(stage)[3:] == ["participant-leave", "conference-end", "participant-leave"]
    end, rest = stage.app.asked_at("/conf")[4:]
    assert end["CallSidEndingConference"] == ana
    assert end["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert rest["ReasonParticipantLeft"] == "moderator_ended_conference"
    assert stage.heard() == ["♪", "After."]
    assert stage.app.asked_at("/after")[-1]["CallStatus"] == "in-progress"


def test_the_action_url_is_asked_when_a_participant_hangs_up(stage: Stage) -> None:
    confer(stage, (ANA, ""))
    stage.sam.hang_up()
    stage.passes()
    [asked] = stage.app.asked_at("/after")
    assert (asked["CallStatus"], asked["DialCallStatus"]) == ("completed", "answered")


def test_a_star_takes_out_one_who_may_leave_by_it(stage: Stage) -> None:
    confer(stage)
    stage.answers(
        ring="<Dial hangupOnStar='true' action='/starred'><Conference>room</Conference></Dial>",
        starred="<Say>Help is coming.</Say><Dial><Conference>room</Conference></Dial>",
    )
    stage.rings()
    stage.ana.answer()
    stage.passes()
    stage.ana.press("*")
    stage.passes()
    assert stage.app.asked_at("/starred")[0]["CallStatus"] == "in-progress"
    assert not stage.exchange.talking(SAM, ANA)
    assert stage.sam.in_call
    stage.passes(5)
    assert stage.exchange.talking(SAM, ANA)


def test_one_who_is_muted_hears_and_is_not_heard(stage: Stage) -> None:
    sid = confer(stage, (ANA, ""))
    participants = stage.twilio.conferences(sid).participants
    assert participants(sid_of(stage, ANA)).update(muted=True).muted is True
    assert not stage.exchange.talking(SAM, ANA)
    assert stage.exchange.heard_by(ANA) == {SAM}
    assert stage.exchange.heard_by(SAM) == frozenset()
    participants(sid_of(stage, ANA)).update(muted=False)
    stage.passes()
    assert stage.exchange.talking(SAM, ANA)
    assert told(stage)[3:] == ["participant-mute", "participant-unmute"]


def test_one_on_hold_hears_nobody_but_the_music(stage: Stage) -> None:
    sid = confer(stage, (ANA, ""))
    participants = stage.twilio.conferences(sid).participants
    stage.answers(hold_music="<Say>You are on hold.</Say>")
    participants(sid_of(stage, SAM)).update(hold=True, hold_url=f"{SITE}/hold-music")
    stage.passes()
    assert not stage.exchange.talking(SAM, ANA)
    assert stage.exchange.heard_by(SAM) == frozenset()
    assert stage.heard()[-1] == "You are on hold."
    participants(sid_of(stage, SAM)).update(hold=False)
    stage.passes()
    assert stage.exchange.talking(SAM, ANA)
    assert told(stage)[3:] == ["participant-hold", "participant-unhold"]


def test_a_coach_hears_all_and_is_heard_by_the_coached_alone(stage: Stage) -> None:
    confer(stage, (ANA, ""))
    stage.answers(ring=f'<Dial><Conference coach="{sid_of(stage, ANA)}">room</Conference></Dial>')
    stage.rings(LEE)
    stage.lee.answer()
    stage.passes()
    assert stage.exchange.heard_by(LEE) == {SAM, ANA}
    assert stage.exchange.heard_by(ANA) == {SAM, LEE}
    assert stage.exchange.heard_by(SAM) == {ANA}
    assert stage.exchange.talking(ANA, LEE)
    assert not stage.exchange.talking(SAM, ANA, LEE)
    assert stage.app.asked_at("/conf")[-1]["Coaching"] == "true"


def test_a_coach_becomes_a_party_over_rest(stage: Stage) -> None:
    sid = confer(stage, (ANA, ""), (LEE, ""))
    participants = stage.twilio.conferences(sid).participants
    lee = participants(sid_of(stage, LEE))
    assert lee.update(coaching=True, call_sid_to_coach=sid_of(stage, ANA)).coaching is True
    assert not stage.exchange.talking(SAM, LEE)
    assert lee.update(coaching=False).coaching is False
    assert stage.exchange.talking(SAM, ANA, LEE)


def test_coaching_somebody_who_is_not_there_fails(stage: Stage) -> None:
    confer(stage)
    stage.answers(ring=f'<Dial action="/after"><Conference coach="CA{"0" * 32}">room</Conference></Dial>')
    stage.rings(LEE)
    stage.lee.answer()
    stage.passes()
    assert stage.exchange.complaints[0].startswith("13240")
    assert stage.app.asked_at("/after")[0]["DialCallStatus"] == "failed"


def test_labels_find_participants_and_are_unique(stage: Stage) -> None:
    sid = confer(stage, (ANA, 'participantLabel="peer"'), (BO, 'participantLabel="peer"'))
    assert stage.twilio.conferences(sid).participants("peer").fetch().call_sid == sid_of(stage, ANA)
    assert stage.exchange.complaints[0].startswith("16025")
    assert not stage.exchange.talking(SAM, BO)


def test_a_full_conference_takes_no_more(stage: Stage) -> None:
    confer(stage, (ANA, ""), (BO, 'maxParticipants="2"'))
    assert not stage.exchange.talking(SAM, BO)


def test_a_conference_ended_over_rest_sends_everybody_on(stage: Stage) -> None:
    sid = confer(stage, (ANA, ""))
    stage.twilio.conferences(sid).update(status="completed")
    stage.passes()
    assert stage.heard()[-1] == "After."
    assert stage.heard(stage.ana)[-1] == "After."
    assert stage.app.asked_at("/conf")[3]["ReasonConferenceEnded"] == "conference-ended-via-api"
    assert stage.app.asked_at("/conf")[4]["ReasonParticipantLeft"] == "conference_ended_via_api"


def test_one_taken_out_over_rest_goes_on_alone(stage: Stage) -> None:
    sid = confer(stage, (ANA, ""))
    stage.twilio.conferences(sid).participants(sid_of(stage, ANA)).delete()
    stage.passes()
    assert stage.heard(stage.ana)[-1] == "After."
    assert stage.sam.in_call
    assert stage.exchange.connected_to(SAM) == frozenset()


def test_a_redirected_participant_leaves_without_an_action(stage: Stage) -> None:
    confer(stage, (ANA, ""))
    stage.answers(moved='<Say>Moved.</Say><Pause length="9"/>')
    stage.twilio.calls(sid_of(stage, SAM)).update(url=f"{SITE}/moved")
    stage.passes()
    assert stage.heard()[-1] == "Moved."
    assert stage.app.asked_at("/after") == []
    assert stage.app.asked_at("/conf")[3]["ReasonParticipantLeft"] == "participant_updated_via_api"
    assert stage.ana.in_call


def test_a_participant_is_called_in_over_rest(stage: Stage) -> None:
    sid = confer(stage)
    added = stage.twilio.conferences(sid).participants.create(
        to=ANA, from_="+12125550100", label="peer", end_conference_on_exit=True, early_media=True
    )
    stage.passes(2)
    stage.ana.answer()
    stage.passes()
    assert stage.exchange.talking(SAM, ANA)
    found = stage.twilio.conferences(sid).participants(added.call_sid).fetch()
    assert (found.label, found.end_conference_on_exit, found.status) == ("peer", True, "connected")


def test_a_room_nobody_came_to_closes(stage: Stage) -> None:
    added = stage.twilio.conferences("later").participants.create(to=ANA, from_="+12125550100")
    stage.passes(2)
    stage.ana.decline()
    stage.passes()
    assert stage.twilio.conferences(added.conference_sid).fetch().status == "completed"


def test_a_name_used_again_is_another_room(stage: Stage) -> None:
    first = confer(stage)
    stage.sam.hang_up()
    stage.passes()
    stage.dials()
    assert [each.sid != first for each in stage.twilio.conferences.list(status="in-progress")] == []
    [room] = stage.twilio.conferences.list(friendly_name="room", status="init")
    assert room.sid != first


def test_who_speaks_is_told_where_that_is_asked_for(stage: Stage) -> None:
    confer(stage, (ANA, ""))
    stage.sam.say("I am not sure where to begin")
    stage.passes(5)
    assert told(stage)[3:] == ["participant-speech-start", "participant-speech-stop"]
