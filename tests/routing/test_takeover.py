"""Who may take a contact over by name, and what becomes of asking them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from helpline.nouns import OFFER_ASKING, OFFER_MOVES, TRANSFER_MOVES, Channel, OfferState, Role, Tier
from helpline.queue import Queue, Step, Strategy
from routing.choose import Offer, Waiting, choose
from routing.pool import Candidate
from routing.takeover import OUTCOMES, called, first_in_turn, first_name, held_out, why_not

NOW = datetime(2026, 3, 8, 3, 30, tzinfo=UTC)
SUPPORT = Queue(
    strategy=Strategy.LONGEST_IDLE,
    ring_seconds=20,
    screen_seconds=15,
    text_seconds=60,
    wait_limit_seconds=150,
    pause_after_decline_seconds=60,
    pause_after_missed_seconds=30,
    steps=(Step(after_seconds=0, roles=(Role.PEER,)), Step(after_seconds=45, roles=(Role.PEER, Role.BACKUP))),
)
HOLDER = UUID(int=0)
names = st.lists(st.sampled_from(("Ana", "ana", "Bo", "Bo Hall", "Bo  Lind", "Cy", "José")), max_size=6)


def somebody(place: int, role: Role, language: str, *, on_shift: bool, free: int, declines: bool) -> Candidate:
    return Candidate(
        person=UUID(int=place),
        name=f"P{place}",
        role=role,
        place=place,
        languages=frozenset({language}),
        excludes=frozenset({"grief"}) if declines else frozenset(),
        on_shift=on_shift,
        free_shares=free,
        paused_until=None,
        idle_since=NOW - timedelta(seconds=place),
    )


pools = st.lists(
    st.tuples(
        st.sampled_from(Role), st.sampled_from(("en", "es")), st.booleans(), st.sampled_from((0, 2)), st.booleans()
    ),
    min_size=1,
    max_size=6,
).map(
    lambda rows: [
        somebody(place, role, language, on_shift=on_shift, free=free, declines=declines)
        for place, (role, language, on_shift, free, declines) in enumerate(rows)
    ]
)
contacts = st.builds(
    Waiting,
    contact=st.just(UUID(int=99)),
    channel=st.sampled_from(Channel),
    language=st.just("en"),
    topics=st.sampled_from((frozenset(), frozenset({"grief"}))),
    risk=st.sampled_from(Tier),
    front=st.booleans(),
    arrived_at=st.integers(0, 300).map(lambda ago: NOW - timedelta(seconds=ago)),
    declined=st.frozensets(st.integers(0, 5).map(lambda n: UUID(int=n)), max_size=2),
)


@given(pools, contacts)
def test_whoever_may_be_asked_by_name_fits_and_is_free_and_everybody_else_is_told_why(
    pool: list[Candidate], contact: Waiting
) -> None:
    held = held_out(contact, "support", HOLDER, contact.declined)
    for one in pool:
        why = why_not(held, one.person, pool, SUPPORT, NOW, shares=2)
        may = (
            one.person != HOLDER
            and one.role in {Role.PEER, Role.BACKUP}
            and one.on_shift
            and one.languages == {"en"}
            and not one.excludes & contact.topics
            and one.person not in contact.declined
            and one.free_shares == 2
        )
        assert (why == "") == may


@given(pools, contacts)
def test_a_queue_asks_for_a_contact_held_by_somebody_as_if_it_waited_without_them(
    pool: list[Candidate], contact: Waiting
) -> None:
    chosen = first_in_turn(held_out(contact, "support", HOLDER, contact.declined), pool, SUPPORT, NOW, shares=2)
    without = choose(contact, [one for one in pool if one.person != HOLDER], SUPPORT, NOW, shares=2)
    assert chosen == (without.people[0] if isinstance(without, Offer) else None)


@given(names, st.sampled_from(("Ana", "BO", "bo hall", "Bo Lind", "JOSÉ", "B", "", "Zed")))
def test_somebody_is_found_by_their_whole_name_or_else_by_their_first_and_by_nothing_else(
    people: list[str], wanted: str
) -> None:
    known = {UUID(int=place): name for place, name in enumerate(people)}
    found = [" ".join(known[person].lower().split()) for person in called(known, wanted)]
    everybody = [" ".join(name.lower().split()) for name in people]
    name = wanted.lower()
    whole = [one for one in everybody if one == name]
    assert found == (whole or [one for one in everybody if one.split(" ")[0] == name])


def test_colleagues_use_first_names() -> None:
    assert (first_name("Bo Hall"), first_name("Ana"), first_name("")) == ("Bo", "Ana", "")


def test_every_move_of_the_offer_is_a_move_of_its_transfer() -> None:
    assert set(OUTCOMES) == set(OfferState)
    for before, after in OFFER_MOVES.items():
        for to in after:
            ends = not TRANSFER_MOVES[OUTCOMES[before]]
            assert ends or OUTCOMES[to] in TRANSFER_MOVES[OUTCOMES[before]] | {OUTCOMES[before]}
    assert {state for state in OfferState if OUTCOMES[state] is OUTCOMES[OfferState.PENDING]} == OFFER_ASKING
