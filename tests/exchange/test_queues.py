"""Queues: waiting in line and being taken out of it."""

from __future__ import annotations

from stage import ANA, SAM, SITE, Stage

WAIT = '<Enqueue waitUrl="/wait" action="/left">support</Enqueue><Say>Next.</Say>'
TAKE = '<Dial action="/taken"><Queue {}>support</Queue></Dial>'


def queues(stage: Stage, **documents: str) -> None:
    stage.answers(
        voice=WAIT, **{"wait": '<Say>Please wait.</Say><Pause length="9"/>', "left": "<Say>Left.</Say>", **documents}
    )
    stage.dials()
    stage.passes(1)


def test_a_waiting_call_is_told_its_place_again_and_again(stage: Stage) -> None:
    queues(stage)
    stage.passes(21)
    asked = stage.app.asked_at("/wait")
    assert len(asked) == 3
    assert (asked[0]["QueuePosition"], asked[0]["QueueTime"]) == ("1", "0")
    assert int(asked[2]["QueueTime"]) > 15
    assert asked[0]["CurrentQueueSize"] == "1"


def test_a_call_is_taken_out_and_talks(stage: Stage) -> None:
    queues(stage)
    stage.answers(ring=TAKE.format(""), taken="<Say>Done.</Say>")
    stage.rings()
    stage.ana.answer()
    stage.passes()
    assert stage.exchange.talking(SAM, ANA)
    stage.ana.hang_up()
    stage.passes()
    [left] = stage.app.asked_at("/left")
    assert left["QueueResult"] == "bridged"
    assert stage.heard()[-1] == "Left."
    assert stage.app.asked_at("/taken")[0]["CallStatus"] == "completed"


def test_the_one_who_takes_goes_on_when_the_other_hangs_up(stage: Stage) -> None:
    queues(stage)
    stage.answers(ring=TAKE.format(""), taken="<Say>Done.</Say>")
    stage.rings()
    stage.ana.answer()
    stage.passes()
    stage.sam.hang_up()
    stage.passes()
    assert stage.heard(stage.ana) == ["Done."]


def test_the_waiting_call_hears_a_document_of_its_own_before_it_talks(stage: Stage) -> None:
    queues(stage, whisper="<Say>You are being connected.</Say>")
    stage.answers(ring=TAKE.format('url="/whisper"'))
    stage.rings()
    stage.ana.answer()
    stage.passes()
    assert not stage.exchange.talking(SAM, ANA)
    stage.passes(3)
    assert stage.heard()[-1] == "You are being connected."
    assert stage.exchange.talking(SAM, ANA)
    assert stage.app.asked_at("/whisper")[0]["DequeingCallSid"]


def test_one_who_finds_the_queue_empty_waits_for_the_next(stage: Stage) -> None:
    stage.answers(ring=TAKE.format(""))
    stage.rings()
    stage.ana.answer()
    stage.passes(5)
    queues(stage)
    assert stage.exchange.talking(SAM, ANA)


def test_a_caller_who_hangs_up_in_the_queue_is_told_of(stage: Stage) -> None:
    queues(stage)
    stage.sam.hang_up()
    stage.passes(30)
    [left] = stage.app.asked_at("/left")
    assert (left["QueueResult"], left["CallStatus"]) == ("hangup", "completed")
    assert len(stage.app.asked_at("/wait")) == 1


def test_a_waiting_call_may_leave(stage: Stage) -> None:
    queues(stage, wait='<Gather numDigits="1" action="/key"/>', key="<Leave/>")
    stage.sam.press("1")
    stage.passes()
    assert stage.app.asked_at("/left")[0]["QueueResult"] == "leave"
    assert stage.heard() == ["Left."]


def test_a_full_queue_takes_nobody(stage: Stage) -> None:
    queues(stage)
    stage.answers(voice='<Enqueue maxQueueSize="1" action="/left">support</Enqueue>')
    stage.dials(stage.bo)
    assert stage.app.asked_at("/left")[0]["QueueResult"] == "queue-full"


def test_queues_and_their_members_are_seen_and_moved_over_rest(stage: Stage) -> None:
    queues(stage, moved="<Say>Moved.</Say>")
    stage.passes(10)
    [queue] = stage.twilio.queues.list()
    assert (queue.friendly_name, queue.current_size) == ("support", 1)
    [member] = stage.twilio.queues(queue.sid).members.list()
    assert (member.position, member.wait_time) == (1, 11)
    assert stage.twilio.queues(queue.sid).fetch().sid == queue.sid
    assert stage.twilio.queues(queue.sid).members("Front").fetch().call_sid == member.call_sid
    stage.twilio.queues(queue.sid).members("Front").update(url=f"{SITE}/moved")
    stage.passes()
    assert stage.heard()[-1] == "Moved."
    assert stage.twilio.queues(queue.sid).fetch().current_size == 0
