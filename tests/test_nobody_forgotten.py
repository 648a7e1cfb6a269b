"""Nobody is left behind: not the caller at the limit, not a phone that rings, not words that arrived in a crash."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from night import Night
from sqlalchemy import select, text

from exchange import Phone
from helpline import outbox, timers
from helpline.nouns import ContactState, LegState, OfferState, TimerKind
from helpline.tables import Contact, Leg, Message, Offer, Person, TimerRow
from routing.moves import lock_contact
from webhooks import commands, messages
from webhooks.gate import Form

pytestmark = pytest.mark.expects_errors
MakeNight = Callable[..., Night]


@pytest.fixture
def make_night(make_world: Callable[..., Any]) -> Iterator[MakeNight]:
    nights: list[Night] = []

    def make(**more: Any) -> Night:
        nights.append(Night(make_world(), **more))
        return nights[-1]

    yield make
    for night in nights:
        night.close()


def contacts(night: Night) -> list[Contact]:
    with night.world.database.work() as work:
        return list(work.session.scalars(select(Contact).order_by(Contact.arrived_at, Contact.id)))


def two_who_talk(night: Night) -> tuple[Phone, Phone]:
    """Sam has called, and Ana has taken the call."""
    sam, ana = night.callers["Sam"], night.staff["Ana"]
    sam.dial(night.line_number)
    assert night.pass_until(lambda: ana.ringing, 5)
    ana.answer()
    night.settle()
    ana.press("1")
    assert night.pass_until(lambda: night.world.network.talking(sam.number, ana.number), 10)
    return sam, ana


def test_a_clinicians_phone_is_let_go_in_the_commit_that_ends_the_contact(make_night: MakeNight) -> None:
    night = make_night(away=frozenset({"Ana", "Bo", "Cal"}))
    night.callers["Sam"].dial(night.line_number)
    assert night.pass_until(lambda: night.staff["Lee"].ringing, 5)
    night.world.away.worker = True
    night.callers["Sam"].hang_up()
    night.settle()
    night.check()


@pytest.mark.parametrize("leaves", ["hangs up", "steps out"])
def test_a_caller_whom_their_peer_leaves_while_the_carrier_takes_no_request_hears_us_at_once(
    make_night: MakeNight, leaves: str
) -> None:
    night = make_night(away=frozenset({"Bo", "Cal"}))
    sam, ana = two_who_talk(night)
    night.carrier_is_away(True)
    if leaves == "hangs up":
        ana.hang_up()
    else:
        for key in "*##":
            ana.press(key)
            night.settle()
    heard = len(sam.heard)
    night.pass_time(5)
    assert any("still in line" in words.text for words in sam.heard[heard:])
    night.pass_time(165)
    assert any("To keep waiting, press 1" in words.text for words in sam.heard[heard:])
    night.check()


def test_a_clinician_whom_the_peer_leaves_with_the_caller_keeps_talking_and_may_leave_in_turn(
    make_night: MakeNight,
) -> None:
    night = make_night(away=frozenset({"Bo", "Cal"}))
    sam, ana = two_who_talk(night)
    lee = night.staff["Lee"]
    ana.press("*")
    assert night.pass_until(lambda: lee.ringing, 10)
    lee.answer()
    night.settle()
    lee.press("1")
    assert night.pass_until(lambda: night.world.network.connected_to(sam.number) >= {ana.number, lee.number}, 10)
    night.carrier_is_away(True)
    ana.hang_up()
    night.pass_time(20)
    assert night.world.network.talking(sam.number, lee.number)
    lee.hang_up()
    heard = len(sam.heard)
    night.pass_time(5)
    assert any("still in line" in words.text for words in sam.heard[heard:])
    night.check()


def test_a_caller_whom_the_partner_line_did_not_answer_is_told_so_though_our_reply_was_lost(
    make_night: MakeNight,
) -> None:
    night = make_night(away=frozenset({"Ana", "Bo", "Cal", "Lee", "Max"}), partner_answers=False)
    sam = night.callers["Sam"]

    def heard(words: str) -> bool:
        return any(words in said.text for said in sam.heard)

    sam.dial(night.line_number)
    assert night.pass_until(lambda: heard("to our partner line now"), 200)
    night.pass_time(20)
    night.world.away.worker = True
    night.world.away.ticker_until = night.world.clock.now() + timedelta(seconds=20)
    night.crasher.countdown, night.crasher.after_commit = 1, True
    assert night.pass_until(lambda: heard("back in our line, in front"), 30)
    assert night.crasher.happened == 1


def test_peers_who_accept_and_drop_do_not_put_off_the_wait_limit(make_night: MakeNight) -> None:
    night = make_night()
    sam = night.callers["Sam"]
    sam.dial(night.line_number)
    for name in ("Ana", "Bo", "Cal"):
        phone = night.staff[name]
        assert night.pass_until(lambda phone=phone: phone.ringing, 60)
        phone.answer()
        night.settle()
        phone.press("1")
        phone.hang_up()
        night.settle()
    began = contacts(night)[0].arrived_at
    night.pass_time(165 - (night.world.clock.now() - began).total_seconds())
    assert any("To keep waiting, press 1" in heard.text for heard in sam.heard)
    night.check()


def test_a_timer_brought_forward_to_the_very_moment_it_is_due_is_not_forgotten(make_night: MakeNight) -> None:
    night = make_night()
    database = night.world.database
    night.world.away.redis = True
    with database.work() as work:
        timers.schedule(work, TimerKind.MATCH, "support", work.now)
    with database.work() as work:
        due = next(one for one in timers.lease_due(work) if one.kind is TimerKind.MATCH)
    with database.work() as handler:
        with database.work() as meanwhile:
            timers.bring_forward(meanwhile, TimerKind.MATCH, "support", meanwhile.now)
        timers.done(handler, due, None)
    with database.work() as work:
        assert work.session.scalar(select(TimerRow.due_at).where(TimerRow.kind == TimerKind.MATCH)) == work.now
        assert [one.kind for one in timers.lease_due(work)] == [TimerKind.MATCH]


def test_late_news_of_a_leg_that_was_passed_on_does_not_bring_it_back(make_night: MakeNight) -> None:
    night = make_night(away=frozenset({"Ana", "Bo", "Cal", "Lee", "Max"}))
    night.callers["Sam"].dial(night.line_number)

    def passed_on() -> bool:
        with night.world.database.work() as work:
            return work.session.scalar(select(Leg.state)) is LegState.PASSED_ON

    assert night.pass_until(passed_on, 200)
    with night.world.database.work() as work:
        outbox.ask_call(work, work.session.scalars(select(Leg)).one())
    night.pass_time(1)
    night.check()


@pytest.mark.parametrize("after_commit", [False, True])
def test_a_text_whose_webhook_crashes_is_taken_by_the_fallback(make_night: MakeNight, after_commit: bool) -> None:
    night = make_night()
    night.crasher.countdown, night.crasher.after_commit = 1, after_commit
    night.callers["Sam"].text(night.line_number, "hi")
    night.settle()
    assert night.crasher.happened == 1
    assert [one.state for one in contacts(night)] == [ContactState.OFFERED]


def test_whoever_sent_stop_is_not_texted_whatever_was_on_its_way(make_night: MakeNight) -> None:
    night = make_night()
    sam = night.callers["Sam"]
    for words in ("hi", "are you there", "STOP", "hello again"):
        sam.text(night.line_number, words)
    night.settle()
    night.pass_time(200)
    night.check()
    assert len(contacts(night)) == 2


def test_a_peer_whose_caller_sent_stop_and_came_back_hears_that_their_words_do_not_arrive(
    make_night: MakeNight,
) -> None:
    night = make_night()
    sam = night.callers["Sam"]
    sam.text(night.line_number, "STOP")
    sam.text(night.line_number, "hello")
    night.pass_time(3)
    night.staff["Ana"].text(night.line_number, "1")
    night.pass_time(3)
    night.staff["Ana"].text(night.line_number, "I am here")
    night.pass_time(5)
    assert any("can no longer be texted" in one.body for one in night.staff["Ana"].texts)
    night.check()


def waits_for_a_lock(night: Night) -> bool:
    with night.world.engine.connect() as connection:
        return bool(connection.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")))


def until(condition: Callable[[], bool], thread: threading.Thread) -> None:
    while thread.is_alive() and not condition():
        threading.Event().wait(0.01)


def in_thread(act: Callable[[], None]) -> tuple[threading.Thread, list[BaseException]]:
    faults: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as fault:  # noqa: BLE001 - it is looked at by the test
            faults.append(fault)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, faults


def test_the_first_two_texts_of_a_caller_at_the_same_moment_open_one_conversation(make_night: MakeNight) -> None:
    night = make_night()
    night.world.away.redis = True

    def receive(words: str) -> None:
        form = Form([("From", "+16465550177"), ("To", night.line_number), ("MessageSid", words), ("Body", words)])
        with night.world.database.work() as work:
            messages.incoming(work, form, lexicon=night.world.lexicon)
            if words == "first":
                thread, faults = in_thread(lambda: receive("second"))
                late.append((thread, faults))
                until(lambda: waits_for_a_lock(night), thread)

    late: list[tuple[threading.Thread, list[BaseException]]] = []
    receive("first")
    (thread, faults), *_ = late
    thread.join(20)
    assert faults == []
    assert len(contacts(night)) == 1
    with night.world.database.work() as work:
        assert len(work.session.scalars(select(Message)).all()) == 2


def test_declining_two_texts_at_once_never_ends_in_a_deadlock(make_night: MakeNight) -> None:
    night = make_night(away=frozenset({"Bo", "Cal"}))
    for name in ("Sam", "Kim"):
        night.callers[name].text(night.line_number, "hi")
        night.pass_time(2)
    with night.world.database.work() as work:
        offers = work.session.scalars(select(Offer).order_by(Offer.offered_at)).all()
        ana, second = offers[0].person_id, offers[1].contact_id
        assert offers[1].person_id == ana

    def decline_both() -> None:
        with night.world.database.work() as mine:
            commands.obey(mine, mine.session.get_one(Person, ana), "2")

    with night.world.database.work() as work:
        contact = lock_contact(work, second)
        thread, faults = in_thread(decline_both)
        until(lambda: waits_for_a_lock(night), thread)
        timers.bring_forward(work, TimerKind.MATCH, contact.queue, work.now)
    thread.join(20)
    assert faults == []


def test_a_caller_put_out_of_the_conference_by_a_star_whose_reply_was_lost_is_not_left_in_it_alone(
    make_night: MakeNight,
) -> None:
    """The carrier turns to the fallback, and the peer hangs up in the star key's menu while it takes no request."""
    night = make_night()
    sam, ana = two_who_talk(night)
    night.carrier_is_away(True)
    night.crasher.countdown = 2
    ana.press("*")
    night.settle()
    assert night.crasher.happened == 1
    ana.hang_up()
    assert night.pass_until(lambda: any("still in line" in one.text for one in sam.heard), 30)
    night.pass_time(float(night.limit.total_seconds()) + 20)
    night.check()


def test_a_hang_up_is_repeated_until_the_carrier_has_taken_it(make_night: MakeNight) -> None:
    night = make_night()
    sam, ana = two_who_talk(night)
    night.carrier_is_away(True)
    sam.hang_up()
    night.pass_time(120)
    assert ana.in_call
    night.carrier_is_away(False)
    assert night.pass_until(lambda: not ana.in_call, 40)
    night.check()


def test_a_ring_settled_late_is_still_hung_up_when_nobody_wants_it_any_more(make_night: MakeNight) -> None:
    night = make_night()
    sam = night.callers["Sam"]
    sam.dial(night.line_number)
    night.world.network.faults.lose_create_replies = True
    night.world.network.faults.lose_all_callbacks = True
    assert night.pass_until(lambda: night.staff["Ana"].ringing, 5)
    night.carrier_is_away(True)
    night.world.network.faults.lose_all_callbacks = False
    sam.hang_up()
    night.pass_time(10)
    night.carrier_is_away(False)
    assert night.pass_until(lambda: not night.staff["Ana"].ringing, 8)


def test_whoever_has_a_call_of_ours_on_their_line_is_not_rung_for_another_caller(make_night: MakeNight) -> None:
    night = make_night(away=frozenset({"Bo", "Cal"}))
    night.callers["Sam"].dial(night.line_number)
    ana = night.staff["Ana"]
    assert night.pass_until(lambda: ana.ringing, 5)
    ana.answer_as_voicemail()
    night.pass_time(3)
    night.callers["Kim"].dial(night.line_number)
    night.pass_time(45)
    night.check()
    with night.world.database.work() as work:
        states = [one.state for one in work.session.scalars(select(Offer))]
    assert OfferState.DECLINED not in states
