"""Who is told of risk: there is always somebody, and never a supervisor's absence without a reason."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from escalation.supervision import As, Told, whom

SUE, LEE, MAX, CORA = (UUID(int=number) for number in range(1, 5))


def test_supervisors_who_are_there_are_told() -> None:
    assert whom((SUE,), frozenset({SUE}), {1: (LEE,)}, (CORA,), "page").people == (SUE,)


def test_where_none_is_there_whoever_is_on_call_is_told_and_paged_if_the_line_says_so() -> None:
    told = whom((SUE,), frozenset(), {1: (), 2: (MAX,)}, (CORA,), "text")
    assert (told.people, told.told_as, told.paged) == ((MAX,), As.ON_CALL, False)
    assert whom((SUE,), frozenset(), {1: (LEE,), 2: (MAX,)}, (CORA,), "page").paged
    assert whom((SUE,), frozenset(), {1: (LEE,), 2: (MAX,)}, (CORA,), "page").people == (LEE,)


def test_where_nobody_is_on_call_either_coordinators_are_told() -> None:
    told = whom((SUE,), frozenset(), {}, (CORA,), "page")
    assert (told.people, told.told_as, told.paged) == ((CORA,), As.COORDINATOR, False)


def test_a_line_without_the_key_tells_the_supervisors_wherever_they_are() -> None:
    assert whom((SUE,), frozenset(), {1: (LEE,)}, (CORA,), None).people == (SUE,)


some = st.lists(st.sampled_from([SUE, LEE, MAX, CORA]), unique=True, max_size=3).map(tuple)


@given(some, some.map(frozenset), st.dictionaries(st.integers(1, 3), some), some, st.sampled_from(["text", "page"]))
def test_somebody_is_told_whenever_there_is_anybody(
    supervisors: tuple[UUID, ...],
    there: frozenset[UUID],
    on_call: dict[int, tuple[UUID, ...]],
    coordinators: tuple[UUID, ...],
    how: str,
) -> None:
    told: Told = whom(supervisors, there, on_call, coordinators, how)  # type: ignore[arg-type]
    anybody = set(supervisors) & there or any(on_call.values()) or coordinators
    assert bool(told.people) == bool(anybody)
    assert told.reason
    assert not told.paged or told.told_as is As.ON_CALL
