"""Who is asked to take a contact: only somebody who fits, the longest idle first, and a reason for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from helpline.nouns import Channel, Role, Tier
from helpline.queue import Queue, Step, Strategy
from routing.choose import Divert, Hold, Offer, Verdict, Waiting, choose, misfits
from routing.pool import Candidate, Pool
from routing.reasons import Rule

NOW = datetime(2026, 3, 8, 3, 30, tzinfo=UTC)
LASTING = {
    *(Rule.OTHER_ROLE, Rule.OFF_SHIFT, Rule.NOT_PRESENT, Rule.ENDING),
    *(Rule.LANGUAGE, Rule.TOPIC, Rule.DECLINED),
}
SHARES = 2


def some(number: int) -> UUID:
    return UUID(int=number)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def queue(*steps: tuple[float, Sequence[Role]], at_once: int = 1) -> Queue:
    return Queue(
        strategy=Strategy.LONGEST_IDLE,
        at_once=at_once,
        ring_seconds=20,
        screen_seconds=15,
        text_seconds=60,
        wait_limit_seconds=150,
        pause_after_decline_seconds=60,
        pause_after_missed_seconds=30,
        steps=tuple(Step(after_seconds=after, roles=tuple(roles)) for after, roles in steps),
    )


SUPPORT = queue((0, [Role.PEER]), (45, [Role.PEER, Role.BACKUP]))


def waiting(**more: object) -> Waiting:
    usual: dict[str, object] = {
        "contact": some(1000),
        "channel": Channel.VOICE,
        "language": "en",
        "topics": frozenset(),
        "risk": Tier.NONE,
        "front": False,
        "arrived_at": NOW,
    }
    return Waiting(**{**usual, **more})  # type: ignore[arg-type]


def candidate(number: int, **more: object) -> Candidate:
    usual: dict[str, object] = {
        "person": some(number),
        "name": f"Person {number}",
        "role": Role.PEER,
        "place": number,
        "languages": frozenset({"en"}),
        "excludes": frozenset(),
        "on_shift": True,
        "free_shares": SHARES,
        "paused_until": None,
        "idle_since": ago(100),
    }
    return Candidate(**{**usual, **more})  # type: ignore[arg-type]


def rules(verdict: Verdict) -> dict[UUID, Rule]:
    return {reason.person: reason.rule for reason in verdict.reasons}


moments = st.integers(0, 300).map(ago)
languages = st.frozensets(st.sampled_from(["en", "es"]), min_size=1)
topics = st.frozensets(st.sampled_from(["grief", "eating"]))
people = st.lists(
    st.builds(
        candidate,
        st.just(0),
        role=st.sampled_from([Role.PEER, Role.PEER, Role.BACKUP, Role.CLINICIAN, Role.SUPERVISOR]),
        languages=languages,
        excludes=topics,
        on_shift=st.sampled_from([True, True, True, False]),
        free_shares=st.integers(0, SHARES),
        paused_until=st.one_of(st.none(), st.integers(-60, 60).map(lambda seconds: ago(-seconds))),
        idle_since=moments,
        away=st.sampled_from(["", "", "", "has not checked in for this shift"]),
        ending=st.sampled_from([frozenset(), frozenset(), frozenset({Channel.VOICE}), frozenset(Channel)]),
    ),
    max_size=7,
).map(lambda drawn: [replace(one, person=some(n), place=n) for n, one in enumerate(drawn)])
persons = st.frozensets(st.integers(0, 6).map(some), max_size=3)
contacts = st.builds(
    waiting,
    channel=st.sampled_from(Channel),
    language=st.sampled_from(["en", "es"]),
    topics=topics,
    risk=st.sampled_from(Tier),
    front=st.booleans(),
    arrived_at=moments,
    asked=persons,
    declined=persons,
    missed=st.dictionaries(st.integers(0, 6).map(some), moments, max_size=3),
)
policies = st.builds(
    lambda first, second, at_once: queue(
        (0, [Role.PEER]), (first, [Role.BACKUP]), (second, [Role.CLINICIAN]), at_once=at_once
    ),
    st.integers(1, 100),
    st.integers(101, 200),
    st.integers(1, 4),
)
wanted_shares = st.integers(1, SHARES)


@given(contacts, people, policies, wanted_shares)
def test_everybody_gets_exactly_one_reason(contact: Waiting, pool: list[Candidate], policy: Queue, shares: int) -> None:
    verdict = choose(contact, pool, policy, NOW, shares=shares)
    assert sorted(reason.person for reason in verdict.reasons) == sorted(one.person for one in pool)
    assert all(reason.words for reason in verdict.reasons)
    chosen = {reason.person for reason in verdict.reasons if reason.rule is Rule.CHOSEN}
    assert chosen == (set(verdict.people) if isinstance(verdict, Offer) else set())


@given(contacts, people, policies, wanted_shares)
def test_nobody_is_asked_who_does_not_fit(contact: Waiting, pool: list[Candidate], policy: Queue, shares: int) -> None:
    verdict = choose(contact, pool, policy, NOW, shares=shares)
    known = {one.person: one for one in pool}
    for person in verdict.people if isinstance(verdict, Offer) else ():
        one = known[person]
        assert one.on_shift
        assert contact.language in one.languages
        assert not contact.topics & one.excludes
        assert one.free_shares >= shares
        assert one.role in {role for step in policy.steps for role in step.roles}
        assert person not in contact.declined | contact.asked
        assert one.paused_until is None or one.paused_until <= NOW
        assert person not in contact.missed or contact.missed[person] + timedelta(seconds=30) <= NOW


@given(contacts, people, policies, wanted_shares)
def test_whoever_fits_and_is_asked_has_been_idle_longest(
    contact: Waiting, pool: list[Candidate], policy: Queue, shares: int
) -> None:
    verdict = choose(contact, pool, policy, NOW, shares=shares)
    if not isinstance(verdict, Offer):
        return
    known = {one.person: one for one in pool}
    turn = [(known[person].idle_since, known[person].place) for person in verdict.people]
    passed_over = [one for one in pool if rules(verdict)[one.person] is Rule.LATER_IN_TURN]
    assert turn == sorted(turn)
    assert all(turn[-1] < (one.idle_since, one.place) for one in passed_over)


@given(contacts, people, policies, wanted_shares)
def test_never_more_are_asked_at_once_than_the_queue_says(
    contact: Waiting, pool: list[Candidate], policy: Queue, shares: int
) -> None:
    verdict = choose(contact, pool, policy, NOW, shares=shares)
    most = policy.at_once if contact.channel is Channel.VOICE else 1
    asked = len(verdict.people) if isinstance(verdict, Offer) else 0
    assert asked + len(contact.asked) <= max(most, len(contact.asked))


@given(contacts, people, policies, wanted_shares)
def test_whoever_fits_is_asked_while_there_is_room(
    contact: Waiting, pool: list[Candidate], policy: Queue, shares: int
) -> None:
    verdict = choose(contact, pool, policy, NOW, shares=shares)
    if isinstance(verdict, Hold) and not contact.asked:
        assert Rule.LATER_IN_TURN not in rules(verdict).values()


@given(contacts, people, policies, wanted_shares, st.randoms())
def test_the_order_of_the_pool_decides_nothing(
    contact: Waiting, pool: list[Candidate], policy: Queue, shares: int, chance: object
) -> None:
    shuffled = list(pool)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert choose(contact, pool, policy, NOW, shares=shares) == choose(contact, shuffled, policy, NOW, shares=shares)


@given(contacts, people, policies, wanted_shares)
def test_a_hold_ends_in_the_future_and_says_when_something_changes_by_itself(
    contact: Waiting, pool: list[Candidate], policy: Queue, shares: int
) -> None:
    verdict = choose(contact, pool, policy, NOW, shares=shares)
    if not isinstance(verdict, Hold):
        return
    assert verdict.until is None or verdict.until > NOW
    if contact.asked:
        return
    step = timedelta(seconds=0.5)
    before = [NOW + step * tick for tick in range(1, 600) if verdict.until is None or NOW + step * tick < verdict.until]
    for moment in before[:: max(1, len(before) // 20)]:
        assert isinstance(choose(contact, pool, policy, moment, shares=shares), Hold)


@given(contacts, people, policies, wanted_shares)
def test_nobody_means_that_no_waiting_will_ever_find_somebody(
    contact: Waiting, pool: list[Candidate], policy: Queue, shares: int
) -> None:
    verdict = choose(contact, pool, policy, NOW, shares=shares)
    if isinstance(verdict, Hold) and verdict.nobody:
        assert set(rules(verdict).values()) <= LASTING
        much_later = choose(contact, pool, policy, NOW + timedelta(days=1), shares=shares)
        assert isinstance(much_later, Hold) and much_later.nobody


@given(contacts, people, policies, wanted_shares)
def test_a_step_opens_with_age_or_once_nobody_before_it_is_left(
    contact: Waiting, pool: list[Candidate], policy: Queue, shares: int
) -> None:
    assume(not contact.asked & contact.declined)  # nobody is being asked who has said no
    verdict = choose(contact, pool, policy, NOW, shares=shares)
    age = (NOW - contact.arrived_at).total_seconds()
    earlier: set[Role] = set()
    opened: set[Role] = set()
    for step in policy.steps:
        left = any(one.role in earlier and rules(verdict)[one.person] not in LASTING for one in pool)
        if step.after_seconds <= age or not left:
            opened |= set(step.roles)
        earlier |= set(step.roles)
    for one in pool:
        if rules(verdict)[one.person] in {Rule.CHOSEN, Rule.LATER_IN_TURN}:
            assert one.role in opened
        if rules(verdict)[one.person] is Rule.NOT_YET:
            assert one.role not in opened


@given(contacts, people, policies, wanted_shares, st.integers(-60, 60))
def test_the_wait_limit_diverts_and_never_before(
    contact: Waiting, pool: list[Candidate], policy: Queue, shares: int, late: int
) -> None:
    verdict = choose(contact, pool, policy, NOW, shares=shares, limit_at=ago(late))
    assert isinstance(verdict, Divert) == (late >= 0)


def test_backup_joins_after_45_seconds_and_at_once_when_no_peer_is_left() -> None:
    peer, backup = candidate(1, free_shares=0), candidate(2, role=Role.BACKUP)
    young, old = waiting(arrived_at=ago(44.9)), waiting(arrived_at=ago(45))
    assert choose(young, [peer, backup], SUPPORT, NOW, shares=2) == Hold(
        old.arrived_at + timedelta(seconds=45.1), False, choose(young, [peer, backup], SUPPORT, NOW, shares=2).reasons
    )
    assert rules(choose(young, [peer, backup], SUPPORT, NOW, shares=2))[backup.person] is Rule.NOT_YET
    assert choose(old, [peer, backup], SUPPORT, NOW, shares=2).people == (backup.person,)  # type: ignore[union-attr]
    gone = candidate(1, on_shift=False)
    assert choose(young, [gone, backup], SUPPORT, NOW, shares=2).people == (backup.person,)  # type: ignore[union-attr]


def test_steps_may_stand_in_the_file_in_any_order() -> None:
    upside_down = queue((45, [Role.PEER, Role.BACKUP]), (0, [Role.PEER]))
    peer, backup = candidate(1, free_shares=0), candidate(2, role=Role.BACKUP)
    assert isinstance(choose(waiting(), [peer, backup], upside_down, NOW, shares=2), Hold)


def test_an_equal_wait_is_settled_by_the_coordinators_order() -> None:
    pool = [candidate(3), candidate(1), candidate(2)]
    verdict = choose(waiting(), pool, queue((0, [Role.PEER]), at_once=2), NOW, shares=2)
    assert verdict.people == (some(1), some(2))  # type: ignore[union-attr]


def test_an_empty_roster_is_nobody() -> None:
    assert choose(waiting(), [], SUPPORT, NOW, shares=2) == Hold(NOW + timedelta(seconds=45), True, ())


@given(contacts, people, policies, wanted_shares)
def test_whoever_is_offered_a_contact_is_no_misfit_and_a_misfit_has_its_reason(
    contact: Waiting, pool: list[Candidate], policy: Queue, shares: int
) -> None:
    fresh = replace(contact, asked=frozenset(), declined=frozenset(), missed={})
    verdict = choose(fresh, pool, policy, NOW, shares=shares)
    found = misfits(fresh, [one.person for one in pool], Pool(pool, NOW), policy, shares=shares)
    reasons = {reason.person: reason for reason in verdict.reasons}
    if isinstance(verdict, Offer):
        assert not {*verdict.people} & found.keys()
    for person, words in found.items():
        assert reasons[person].rule in LASTING | {Rule.NOT_YET, Rule.BUSY, Rule.PAUSED}
        assert words
    lasting = {person for person, reason in reasons.items() if reason.rule in LASTING | {Rule.NOT_YET}}
    assert lasting <= found.keys()


@given(contacts, people, policies, wanted_shares)
def test_nobody_is_asked_who_is_not_there_or_cannot_finish_except_for_somebody_in_danger(
    contact: Waiting, pool: list[Candidate], policy: Queue, shares: int
) -> None:
    verdict = choose(contact, pool, policy, NOW, shares=shares)
    asked = verdict.people if isinstance(verdict, Offer) else ()
    chosen = [one for one in pool if one.person in asked]
    assert not any(one.away for one in chosen)
    assert contact.risk >= Tier.HIGH or not any(contact.channel in one.ending for one in chosen)


def test_in_danger_somebody_is_asked_until_the_last_minute_of_their_shift() -> None:
    ending = [candidate(1, ending=frozenset(Channel))]
    asked = {tier: choose(waiting(risk=tier), ending, SUPPORT, NOW, shares=SHARES) for tier in Tier}
    assert {tier for tier, verdict in asked.items() if isinstance(verdict, Offer)} == {Tier.HIGH, Tier.IMMINENT}
