"""Taking part in the rota: two at the same moment, numbers that never come again, a coordinator's commands."""

from __future__ import annotations

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from entrypoints.drill.world import World
from entrypoints.people import DAILY, LONG_AGO, recruits
from entrypoints.rota_commands import add_to
from escalation.rules import broken
from helpline import timers
from helpline.database import Work
from helpline.line import LineError, read_line
from helpline.locks import lock_rota
from helpline.nouns import RequestState, Role, TimerKind
from helpline.privacy import command_words
from helpline.rota_limits import ROTA_WORDS
from helpline.tables import (
    CommandRow,
    Event,
    LineVersion,
    OverrideRow,
    Person,
    ShiftNumber,
    ShiftRequest,
    ShiftRow,
    TimerRow,
)
from helpline.words import FACTS
from shifts.roster import current_rota
from shifts.taking_part import changes
from shifts.taking_part.book import Answer, Book, open_book
from shifts.taking_part.numbering import numbers_of, shift_of
from shifts.taking_part.standing import Standing, Step
from tests.conftest import DEMO_LINE, MakeWorld
from webhooks import rota_commands
from webhooks.rota_commands import Wish, read

NEW_YORK = ZoneInfo("America/New_York")
FIRST, SECOND = date(2026, 3, 10), date(2026, 3, 11)
TEXT = DEMO_LINE.read_text(encoding="utf-8")


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    made = make_world(start=datetime(2026, 3, 2, 12, tzinfo=NEW_YORK))
    names = ("Ana", "Bo", "Cal", "Kit")
    roles = ("peer", "peer", "peer", "coordinator")
    rows = [
        {"name": name, "role": role, "languages": "en", "on shift": "no", "number": f"+1212555012{n}"}
        for n, (name, role) in enumerate(zip(names, roles, strict=True))
    ]
    made.enlist(recruits(rows, "these people"))
    return made


def person(work: Work, name: str) -> Person:
    return work.session.scalars(select(Person).where(Person.name == name)).one()


def write_shift(world: World, name: str | None, day: date) -> int:
    """A shift of one evening, and its number."""
    with world.database.work() as work:
        whose = person(work, name).id if name is not None else None
        row = ShiftRow(
            id=work.new_id(), person_id=whose, role=Role.PEER, starts=time(18), ends=time(22), first_on=day, repeats=""
        )
        work.session.add(row)
        work.session.flush()
        lock_rota(work)
        return numbers_of(work, [(row.id, day)])[row.id, day]


def send(world: World, name: str, words: str) -> None:
    """What somebody texts, and is done about it, in a transaction of its own."""
    with world.database.work() as work:
        assert rota_commands.obey(work, person(work, name), words)


def whose(world: World, day: date) -> str | None:
    with world.database.work() as work:
        (one,) = current_rota(work).beginning_on(day)
        return None if one.person is None else work.session.get_one(Person, one.person).name


def state(world: World, number: int = 1) -> RequestState:
    with world.database.work() as work:
        return work.session.scalars(select(ShiftRequest.state).where(ShiftRequest.number == number)).one()


def told(world: World, name: str) -> list[str]:
    """Every text that was written to somebody, oldest first."""
    with world.database.work() as work:
        rows = work.session.scalars(
            select(CommandRow).where(CommandRow.person_id == person(work, name).id).order_by(CommandRow.ordinal)
        ).all()
        return [work.vault.open(row.words, command_words(row.id)) for row in rows if row.words is not None]


def apply(world: World, policy: str) -> None:
    """Let another line file govern from now on."""
    with world.database.work() as work:
        work.session.add(LineVersion(version="another", policy=policy, applied_at=work.now))


def until_blocked(world: World) -> None:
    """Wait until a session waits for another one's lock."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    for _ in range(3000):
        with world.engine.connect() as connection:
            if connection.scalar(text(asked)):
                return
        threading.Event().wait(0.003)
    raise AssertionError("nobody ever waited")


def test_two_who_claim_one_shift_in_two_transactions_at_once(world: World) -> None:
    number = write_shift(world, None, FIRST)
    with ThreadPoolExecutor(1) as other:
        with world.database.work() as work:
            assert rota_commands.obey(work, person(work, "Ana"), f"take {number}")
            work.session.flush()
            second = other.submit(send, world, "Bo", f"take {number}")
            until_blocked(world)
        second.result(timeout=10)
    assert whose(world, FIRST) == "Ana"
    assert "is yours" in told(world, "Ana")[-1]
    assert "Nothing was changed" in told(world, "Bo")[-1]
    with world.database.work() as work:
        assert work.session.scalar(select(func.count()).select_from(OverrideRow)) == 1


@pytest.mark.parametrize("given_up_before", [False, True])
def test_even_without_the_lock_one_row_at_most_stands_for_a_shift(world: World, given_up_before: bool) -> None:
    """Whoever else writes overrides may come between: the second finds the row taken, and nothing of theirs is done."""
    number = write_shift(world, "Cal" if given_up_before else None, FIRST)
    if given_up_before:
        send(world, "Cal", f"give {number}")
    failed: list[bool] = []

    def put(work: Work, name: str) -> None:
        (one,) = current_rota(work).beginning_on(FIRST)
        book = Book(work, work.line(), Standing(current_rota(work), {}, NEW_YORK))
        changes._put(book, Step(one, person(work, name).id), person(work, name).id)

    def second(ready: threading.Event) -> None:
        with world.database.work() as late:
            current_rota(late)
            ready.set()
            try:
                put(late, "Bo")
            except changes.Overtaken:
                failed.append(True)

    with ThreadPoolExecutor(1) as other:
        with world.database.work() as work:
            put(work, "Ana")
            ready = threading.Event()
            waiting = other.submit(second, ready)
            assert ready.wait(10)
            until_blocked(world)
        waiting.result(timeout=10)
    assert (failed, whose(world, FIRST)) == ([True], "Ana")


def test_whoever_is_overtaken_has_done_nothing_and_is_told_so(world: World) -> None:
    number = write_shift(world, "Ana", FIRST)
    with world.database.work() as work:
        book = open_book(work)
        one, cal = book.numbered(number), person(work, "Cal")
        assert one is not None

        def act() -> Answer:
            with world.database.work() as meanwhile:  # a command of another kind, which does not ask for the lock
                row = OverrideRow(shift_id=one.shift, on_day=one.on, person_id=cal.id, decided_at=meanwhile.now)
                meanwhile.session.add(row)
            return changes.give_up(book, one.person or UUID(int=0), one)

        answer = changes.attempt(book, person(work, "Ana").id, one, act)
        assert (answer.key, work.notes) == ("rota_refused", [])
    assert whose(world, FIRST) == "Cal"
    with world.database.work() as work:
        assert work.session.scalars(select(ShiftRequest)).all() == []


def test_a_number_is_never_given_to_another_shift(world: World) -> None:
    number = write_shift(world, None, FIRST)
    with world.database.work() as work:
        work.session.delete(work.session.scalars(select(ShiftRow)).one())
    send(world, "Ana", f"take {number}")
    assert f"There is no shift {number} any more" in told(world, "Ana")[-1]
    assert write_shift(world, None, FIRST) == number + 1
    with world.database.work() as work:
        assert shift_of(work, number) is None
        assert shift_of(work, 2**40) is None
        assert work.session.scalar(select(func.count()).select_from(ShiftNumber)) == 2


def test_a_roster_loaded_anew_ends_what_was_asked_about_its_hours_and_breaks_nothing(world: World) -> None:
    with world.database.work() as work:
        row = ShiftRow(
            id=work.new_id(),
            person_id=person(work, "Ana").id,
            role=Role.PEER,
            starts=time(18),
            ends=time(22),
            first_on=LONG_AGO,
            repeats=DAILY,
            from_roster=True,
        )
        work.session.add(row)
    send(world, "Ana", "shifts")
    send(world, "Ana", "give 2 bo")
    rows = [{"name": name, "role": "peer", "number": f"+1212555013{n}"} for n, name in enumerate(("Ana", "Bo"))]
    world.enlist(recruits(rows, "it"))
    assert state(world) is RequestState.ASKED
    send(world, "Bo", "agree 2")
    assert "There is no shift 2 any more" in told(world, "Bo")[-1]
    send(world, "Bo", "asked")
    world.run_for(2 * 86_400)
    assert state(world) is RequestState.LAPSED
    assert "was not settled in time" in world.network.phones["+12125550130"].texts[-1].body


def test_another_request_about_the_same_shift_takes_the_place_of_the_earlier(world: World) -> None:
    number = write_shift(world, "Ana", FIRST)
    send(world, "Ana", f"give {number} Bo")
    send(world, "Ana", f"give {number} Cal")
    assert (state(world, 1), state(world, 2)) == (RequestState.WITHDRAWN, RequestState.ASKED)
    assert "is taken back; it stays with Ana" in told(world, "Bo")[-1]
    send(world, "Cal", f"agree {number}")
    assert whose(world, FIRST) == "Cal"


def test_what_became_impossible_meanwhile_is_refused_and_may_be_agreed_to_later(world: World) -> None:
    number, same_evening = write_shift(world, "Ana", FIRST), write_shift(world, None, FIRST)
    send(world, "Ana", f"give {number} Bo")
    send(world, "Bo", f"take {same_evening}")
    send(world, "Bo", f"agree {number}")
    assert "Nobody is on two shifts at once, and you have" in told(world, "Bo")[-1]
    assert state(world) is RequestState.ASKED
    send(world, "Bo", "undo")
    send(world, "Bo", f"agree {number}")
    assert state(world) is RequestState.DONE


def test_a_swap_whose_other_half_went_meanwhile_is_refused(world: World) -> None:
    mine, theirs = write_shift(world, "Ana", FIRST), write_shift(world, "Bo", SECOND)
    send(world, "Ana", f"swap {mine} with {theirs}")
    with world.database.work() as work:
        key = shift_of(work, theirs)
        assert key is not None
        work.session.delete(work.session.get_one(ShiftRow, key[0]))
    send(world, "Bo", f"agree {mine}")
    assert "is not in the rota any more" in told(world, "Bo")[-1]
    assert whose(world, FIRST) == "Ana"


def test_undo_is_judged_like_giving_once_something_else_has_changed(world: World) -> None:
    wanted = TEXT + "\n[[rota.cover]]\nminimum = 1\n"
    first = write_shift(world, None, FIRST)
    second = write_shift(world, "Cal", FIRST)
    apply(world, wanted)
    send(world, "Ana", f"take {first}")
    world.clock.advance(60)
    send(world, "Cal", f"give {second}")
    send(world, "Ana", "undo")
    assert "A coordinator is asked" in told(world, "Ana")[-1]
    with world.database.work() as work:
        assert person(work, "Ana").id in {one.person for one in current_rota(work).beginning_on(FIRST)}


def test_every_request_that_is_open_has_a_timer_and_one_that_is_over_has_none(world: World) -> None:
    number = write_shift(world, "Ana", FIRST)
    for words, many in ((f"give {number} Bo", 1), (f"cover {number}", 1), (f"withdraw {number}", 0)):
        send(world, "Ana", words)
        with world.database.work() as work:
            kind = TimerRow.kind == TimerKind.REQUEST
            assert work.session.scalar(select(func.count()).select_from(TimerRow).where(kind)) == many


def test_a_request_that_nothing_would_ever_end_is_noticed(world: World) -> None:
    send(world, "Ana", f"give {write_shift(world, 'Ana', FIRST)} Bo")
    with world.database.work() as work:
        assert broken(work) == []
        timers.cancel(work, work.session.scalars(select(ShiftRequest.id)).one(), TimerKind.REQUEST)
        assert ["no timer will move it" in breach for breach in broken(work)] == [True]


def test_the_journal_has_ids_and_rules_and_no_name(world: World) -> None:
    number, late = write_shift(world, "Ana", FIRST), write_shift(world, "Bo", FIRST)
    send(world, "Ana", f"give {number} Bo")
    send(world, "Ana", f"give {number} Cal")
    send(world, "Ana", f"give {number} Cal")
    send(world, "Cal", f"agree {number}")
    send(world, "Cal", f"take {late}")
    with world.database.work() as work:
        kept = select(Event.what, Event.reasons).where(Event.what.like("r%")).order_by(Event.id)
        events = work.session.execute(kept).all()
    assert {what for what, _ in events} == {
        "request.asked",
        "request.withdrawn",
        "request.agreed",
        "request.done",
        "rota.changed",
        "rota.refused",
    }
    assert not re.search(r"Ana|Bo\b|Cal|555", json.dumps([dict(reasons) for _, reasons in events]))
    assert [reasons["rules"] for what, reasons in events if what == "rota.refused"] == [["overlap"], ["standing"]]


def run(world: World, *words: str) -> Result:
    main = click.Group()
    add_to(main, lambda: world.database)
    return CliRunner().invoke(main, ["rota", *words])


def asked_of_a_coordinator(world: World) -> None:
    apply(world, TEXT + "\n[[rota.cover]]\nminimum = 1\n")
    send(world, "Ana", f"give {write_shift(world, 'Ana', FIRST)}")


def test_a_coordinator_sees_and_decides_requests_by_command(world: World) -> None:
    assert "Nothing waits" in run(world, "requests").output
    asked_of_a_coordinator(world)
    found = json.loads(run(world, "requests", "--json").output)
    assert (found["number"], found["kind"], found["asks"]) == (1, "give_up", "Ana gives up Tue 10 Mar 18:00-22:00")
    assert found["why"].startswith("Tue 10 Mar 18:00-22:00 would have nobody on shift as peer")
    assert "1  Ana gives up Tue 10 Mar" in run(world, "requests").output
    for words, says in (
        (("allow", "1", "--by", "Zoe"), "nobody on the roster is called that"),
        (("allow", "2", "--by", "Kit"), "no request 2 waits"),
        (("allow", "1", "--by", "Ana"), "for a coordinator to decide"),
    ):
        shown = run(world, *words)
        assert (shown.exit_code, says in shown.output) == (1, True), shown.output
    assert "Request 1 is settled" in run(world, "allow", "1", "--by", "Kit").output
    assert (whose(world, FIRST), state(world)) == (None, RequestState.DONE)


def test_a_coordinator_denies_by_command(world: World) -> None:
    asked_of_a_coordinator(world)
    assert run(world, "deny", "1", "--by", "Kit").exit_code == 0
    assert (whose(world, FIRST), state(world)) == ("Ana", RequestState.REFUSED)
    assert "A coordinator has decided" in told(world, "Ana")[-1]


def test_a_coordinator_may_let_a_hole_be_and_break_no_other_rule(world: World) -> None:
    asked_of_a_coordinator(world)
    with world.database.work() as work:
        work.session.delete(work.session.scalars(select(ShiftRow)).one())
    shown = run(world, "allow", "1", "--by", "Kit")
    assert (shown.exit_code, "is not in the rota any more" in shown.output) == (1, True)
    assert state(world) is RequestState.AWAITING


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("shifts", Wish("shifts", bare=True)),
        ("Open?", Wish("open", bare=True)),
        ("LINE  open", Wish("open")),
        ("help  Shifts", Wish("help", bare=True)),
        ("take 3", Wish("take", 3)),
        ("TAKE #3.", Wish("take", 3)),
        ("give 12 to Bo Adams", Wish("give", 12, name="Bo Adams")),
        ("swap 12 bo", Wish("swap", 12, name="bo")),
        ("swap 12 with 15", Wish("swap", 12, 15)),
        ("swap 12 15", Wish("swap", 12, 15)),
        ("Yes 4", Wish("agree", 4)),
        ("no 4", Wish("refuse", 4)),
        ("line take 3", Wish("take", 3)),
    ],
)
def test_what_is_a_command_about_shifts(words: str, wish: Wish) -> None:
    assert read(words) == wish


@pytest.mark.parametrize(
    "words", ["take", "take a break", "take 3 breaths", "open up", "yes", "no B", "1", "swap", "cover 3 Bo", "give 3 4"]
)
def test_what_is_none(words: str) -> None:
    assert read(words) is None


@given(st.text(max_size=60))
def test_any_text_is_read_or_left_alone(words: str) -> None:
    wish = read(words)
    assert wish is None or wish.verb in {
        *rota_commands.LISTS,
        *rota_commands.DECISIONS,
        *rota_commands.ABOUT_ONE,
        "undo",
    }


def without_limits() -> str:
    silent = re.sub(rf"(?m)^({'|'.join(ROTA_WORDS)}) = .*\n", "", TEXT)
    return re.sub(r"(?ms)^\[rota\.limits\]\n.*?\n\n", "", silent)


def test_a_line_without_limits_needs_no_words_for_them_and_one_with_them_needs_every_one() -> None:
    assert read_line(without_limits()).rota.limits is None
    with pytest.raises(LineError, match="missing rota_asked, rota_coordinator, "):
        read_line(without_limits().replace("[ladder]\n", "[rota.limits]\n\n[ladder]\n", 1))
    assert {"shift", "other", "number"} <= FACTS


def test_where_the_line_has_no_limits_nothing_about_shifts_is_a_command(world: World) -> None:
    apply(world, without_limits())
    with world.database.work() as work:
        assert not rota_commands.obey(work, person(work, "Ana"), "shifts")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("[rota.limits]\nlongest_shift_hours = 0", "rota.limits.longest_shift_hours"),
        ("[rota.limits]\nweek_hours = 200", "rota.limits.week_hours"),
        ('[rota.limits]\nnight = "late"', "rota.limits.night: not hours"),
        ("[rota.limits]\nlongest = 8", "rota.limits.longest: the line has no such key"),
        ('[rota.required]\npeer = ["training until 2026-01-01"]', "what a role requires has no last day"),
        ('[rota.required]\npeer = ["7"]', "is not a skill"),
        ('[rota.required]\nboss = ["training"]', "rota.required.boss"),
    ],
)
def test_a_limit_that_cannot_be_is_named(table: str, says: str) -> None:
    text = re.sub(r"(?ms)^\[rota\.limits\]\n.*?\n\n", "", TEXT)
    with pytest.raises(LineError) as wrong:
        read_line(text.replace("[ladder]\n", f"{table}\n\n[ladder]\n", 1), "mine.toml")
    assert says in str(wrong.value)
    assert re.match(r"mine\.toml, line \d+: ", str(wrong.value))
