"""The ladder: clinicians are paged in time, again and again until one acknowledges, and nobody without a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from escalation.ladder import LOOK_AGAIN, Case, Exhausted, Move, Page, Paged, StandDown, Wait, Why, assess
from helpline.line import Ladder, LadderRisks, RiskStep, WaitStep
from helpline.nouns import PageState, Tier

NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)
LEE, MAX, NIA = UUID(int=1), UUID(int=2), UUID(int=3)
ON_CALL = {1: (LEE,), 2: (MAX,)}
LADDER = Ladder(
    repeat_seconds=60,
    ring_seconds=30,
    tiers_by_wait=(WaitStep(after_seconds=60, tier=1), WaitStep(after_seconds=90, tier=2)),
    risk=LadderRisks(
        imminent=RiskStep(after_seconds=0, tier=1, even_if_connected=True, tell_supervisor=True),
        high=RiskStep(after_seconds=20, tier=1, even_if_connected=False, tell_supervisor=True),
    ),
)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def case(**more: object) -> Case:
    """Somebody who began to wait at noon."""
    usual: dict[str, object] = {
        "waiting_since": NOON,
        "nobody": False,
        "risk": Tier.NONE,
        "risk_at": None,
        "asked_at": None,
        "acknowledged_at": None,
        "acknowledged_risk": Tier.NONE,
    }
    return Case(**{**usual, **more})  # type: ignore[arg-type]


@dataclass
class Story:
    """A case as it goes on: the ladder is asked whenever it says, as the ticker does."""

    case: Case
    on_call: Mapping[int, Sequence[UUID]] = field(default_factory=lambda: ON_CALL)
    now: datetime = NOON
    paged: list[tuple[float, UUID]] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    def until(self, seconds: float) -> list[tuple[float, UUID]]:
        """Play until so long after noon. Who was paged when, in seconds after noon."""
        for _ in range(1000):
            move = assess(self.case, LADDER, self.on_call, self.now)
            self.moves.append(move)
            if isinstance(move, Page):
                self._page(move)
            if move.until is None or move.until > at(seconds):
                break
            self.now = move.until
        self.now = at(seconds)
        return self.paged

    def _page(self, move: Page) -> None:
        self.paged += [((self.now - NOON).total_seconds(), call.person) for call in move.calls]
        new = [Paged(call.person, call.tier, self.now, PageState.OPEN) for call in move.calls]
        again = {call.person for call in move.calls}
        old = [replace(one, state=PageState.UNANSWERED) if one.person in again else one for one in self.case.pages]
        self.case = replace(self.case, pages=(*old, *new))


def test_waiting_pages_tier_1_after_60_seconds_tier_2_after_90_and_both_until_somebody_acknowledges() -> None:
    assert Story(case()).until(215) == [(60, LEE), (90, MAX), (120, LEE), (150, MAX), (180, LEE), (210, MAX)]


def test_with_nobody_to_ask_tier_1_is_paged_at_once_and_tier_2_half_a_minute_later() -> None:
    assert Story(case(nobody=True)).until(70) == [(0, LEE), (30, MAX), (60, LEE)]


def test_a_tier_with_nobody_in_it_is_skipped_at_once() -> None:
    assert Story(case(), {1: (), 2: (MAX,)}).until(65) == [(60, MAX)]
    assert Story(case(), {3: (NIA,)}).until(65) == [(60, NIA)]
    assert Story(case(nobody=True), {2: (MAX,)}).until(65) == [(0, MAX), (60, MAX)]


def test_if_only_an_earlier_tier_has_anybody_they_are_paged() -> None:
    late = LADDER.model_copy(update={"tiers_by_wait": (WaitStep(after_seconds=60, tier=2),)})
    move = assess(case(), late, {1: (LEE,)}, at(60))
    assert isinstance(move, Page) and [call.person for call in move.calls] == [LEE]


def test_everybody_of_a_tier_is_paged_together() -> None:
    assert Story(case(), {1: (LEE, NIA), 2: (MAX,)}).until(61) == [(60, LEE), (60, NIA)]


def test_once_acknowledged_nobody_else_is_paged() -> None:
    story = Story(case())
    story.until(70)
    story.case = replace(story.case, acknowledged_at=at(70), waiting_since=None)
    assert story.until(10_000) == [(60, LEE)]
    assert isinstance(story.moves[-1], StandDown | Wait)


def test_imminent_pages_tier_1_at_once_whether_somebody_is_with_them_or_not() -> None:
    for waiting_since in (NOON, None):
        danger = case(risk=Tier.IMMINENT, risk_at=at(5), waiting_since=waiting_since)
        move = assess(danger, LADDER, ON_CALL, at(5))
        assert isinstance(move, Page)
        assert [(call.person, call.why) for call in move.calls] == [(LEE, Why.RISK)]


def test_high_risk_pages_tier_1_after_20_seconds_unless_a_peer_has_connected() -> None:
    assert Story(case(risk=Tier.HIGH, risk_at=NOON)).until(25) == [(20, LEE)]
    assert not Story(case(risk=Tier.HIGH, risk_at=NOON, waiting_since=None)).until(1000)


def test_risk_that_rises_after_an_acknowledgement_opens_the_case_again() -> None:
    known = case(waiting_since=None, risk=Tier.HIGH, risk_at=NOON, acknowledged_at=at(10), acknowledged_risk=Tier.HIGH)
    assert not Story(known).until(1000)
    graver = replace(known, risk=Tier.IMMINENT, risk_at=at(300))
    assert isinstance(assess(graver, LADDER, ON_CALL, at(300)), Page)
    taken = replace(graver, acknowledged_at=at(310), acknowledged_risk=Tier.IMMINENT)
    assert not isinstance(assess(taken, LADDER, ON_CALL, at(400)), Page)


def test_somebody_in_danger_who_is_waiting_again_is_paged_for_again() -> None:
    dropped = case(
        waiting_since=at(500),
        risk=Tier.IMMINENT,
        risk_at=NOON,
        acknowledged_at=at(10),
        acknowledged_risk=Tier.IMMINENT,
        pages=(Paged(LEE, 1, at(5), PageState.ACKNOWLEDGED),),
    )
    assert isinstance(assess(dropped, LADDER, ON_CALL, at(500)), Page)


def test_a_peer_who_asks_gets_tier_1_at_once_and_no_more_once_it_is_acknowledged() -> None:
    asked = case(waiting_since=None, asked_at=at(100))
    move = assess(asked, LADDER, ON_CALL, at(100))
    assert isinstance(move, Page) and [(call.person, call.why) for call in move.calls] == [(LEE, Why.ASKED)]
    assert not isinstance(assess(replace(asked, acknowledged_at=at(120)), LADDER, ON_CALL, at(500)), Page)


def test_when_nobody_is_on_call_it_is_said_and_looked_at_again() -> None:
    move = assess(case(), LADDER, {1: (), 2: ()}, at(60))
    assert move == Exhausted(at(60) + LOOK_AGAIN, Why.WAITING, "nobody is on call")
    assert not isinstance(assess(case(), LADDER, {}, at(59)), Exhausted)


def test_when_it_is_over_open_pages_are_taken_back_for_good() -> None:
    over = case(over=True, risk=Tier.IMMINENT, risk_at=NOON, pages=(Paged(LEE, 1, NOON, PageState.OPEN),))
    assert assess(over, LADDER, ON_CALL, at(10)) == StandDown(None, "the contact is over")


def test_pages_that_nothing_calls_for_any_more_are_taken_back() -> None:
    calm = case(waiting_since=None, pages=(Paged(LEE, 1, NOON, PageState.OPEN),))
    assert isinstance(assess(calm, LADDER, ON_CALL, at(10)), StandDown)
    assert isinstance(assess(replace(calm, pages=()), LADDER, ON_CALL, at(10)), Wait)


moments = st.integers(0, 600).map(at)
sometimes = st.one_of(st.none(), moments)
pages = st.lists(
    st.builds(Paged, st.sampled_from([LEE, MAX, NIA]), st.integers(1, 3), moments, st.sampled_from(PageState)),
    max_size=4,
)
cases = st.builds(
    Case,
    waiting_since=sometimes,
    nobody=st.booleans(),
    risk=st.sampled_from(Tier),
    risk_at=sometimes,
    asked_at=sometimes,
    acknowledged_at=sometimes,
    acknowledged_risk=st.sampled_from(Tier),
    pages=pages.map(tuple),
    over=st.booleans(),
)
rotations = st.dictionaries(st.integers(1, 4), st.lists(st.sampled_from([LEE, MAX, NIA]), unique=True, max_size=2))


def one_tier_each(on_call: Mapping[int, Sequence[UUID]]) -> dict[int, tuple[UUID, ...]]:
    """A rotation in which everybody has one place, as the roster makes it."""
    seen: set[UUID] = set()
    placed = {}
    for tier, people in sorted(on_call.items()):
        placed[tier] = tuple(person for person in people if person not in seen)
        seen |= set(people)
    return placed


@given(cases, rotations.map(one_tier_each), moments)
def test_whatever_the_case_the_next_look_is_in_the_future(
    one: Case, on_call: Mapping[int, Sequence[UUID]], now: datetime
) -> None:
    move = assess(one, LADDER, on_call, now)
    assert move.until is None or move.until > now
    assert move == assess(one, LADDER, on_call, now)


@given(cases, rotations.map(one_tier_each), moments)
def test_only_people_on_call_are_paged_once_each_and_not_while_a_page_that_told_as_much_is_young(
    one: Case, on_call: Mapping[int, Sequence[UUID]], now: datetime
) -> None:
    move = assess(one, LADDER, on_call, now)
    people = [call.person for call in move.calls] if isinstance(move, Page) else []
    assert len(people) == len(set(people))
    for call in move.calls if isinstance(move, Page) else ():
        assert call.person in on_call[call.tier]
        graver = max((at for at in (one.risk_at, one.asked_at) if at is not None and at <= now), default=None)
        assert all(
            page.at + timedelta(seconds=60) <= now or (graver is not None and page.at < graver)
            for page in one.pages
            if page.person == call.person
        )


@given(cases, rotations.map(one_tier_each), moments)
def test_a_case_that_is_over_pages_nobody(one: Case, on_call: Mapping[int, Sequence[UUID]], now: datetime) -> None:
    assert isinstance(assess(replace(one, over=True), LADDER, on_call, now), StandDown)


@given(cases, rotations.map(one_tier_each), st.integers(0, 60))
def test_whoever_waits_a_minute_unacknowledged_has_a_clinician_paged_or_exhaustion_is_said(
    one: Case, on_call: Mapping[int, Sequence[UUID]], more: int
) -> None:
    waiting = replace(one, waiting_since=NOON, acknowledged_at=None, over=False)
    move = assess(waiting, LADDER, on_call, at(60 + more))
    lately = {page.person for page in waiting.pages if page.at + timedelta(seconds=60) > at(60 + more)}
    somebody_refused = any(page.state is PageState.REFUSED for page in waiting.pages)
    if not any(on_call.values()):
        assert isinstance(move, Exhausted)
    elif somebody_refused:
        assert isinstance(move, Page | Wait) or (isinstance(move, Exhausted) and move.refused)
    elif not lately:
        assert isinstance(move, Page)
    else:
        assert isinstance(move, Page | Wait)


@given(cases, rotations.map(one_tier_each))
def test_nothing_changes_before_the_moment_it_says(one: Case, on_call: Mapping[int, Sequence[UUID]]) -> None:
    now = at(600)
    move = assess(one, LADDER, on_call, now)
    if not isinstance(move, Wait | StandDown):
        return
    quiet = replace(one, pages=tuple(replace(page, state=PageState.UNANSWERED) for page in one.pages))
    for seconds in range(0, 400, 7):
        later = now + timedelta(seconds=seconds)
        if move.until is None or later < move.until:
            assert not isinstance(assess(quiet, LADDER, on_call, later), Page | Exhausted)
