"""What a grave contact lacks before it closes, and who may sign it."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.closing_policy import Closing
from helpline.nouns import Role
from routing.closing import SIGNERS, Filing, Lack, Objection, lacking, may_sign, read_filing

ANA, SUE = UUID(int=1), UUID(int=2)
POLICY = Closing()
WORD = st.one_of(st.none(), st.sampled_from(["supported", "referred"]))
SAFETY = st.one_of(st.none(), st.sampled_from(POLICY.safety))


@given(
    WORD,
    SAFETY,
    st.booleans(),
    st.sampled_from(Role),
    st.sampled_from([ANA, SUE]),
    st.sets(st.just(ANA)),
    st.booleans(),
)
def test_a_signature_counts_only_from_somebody_else_whose_role_it_is_and_when_nothing_lacks(
    disposition: str | None,
    safety: str | None,
    was_held: bool,
    role: Role,
    person: UUID,
    holders: set[UUID],
    in_rescue: bool,
) -> None:
    lacks = lacking(disposition=disposition, safety=safety, was_held=was_held)
    objection = may_sign(role, person, holders, lacks, in_rescue=in_rescue)
    assert (objection is None) == (role in SIGNERS and person not in holders and not lacks and not in_rescue)


@given(WORD, SAFETY)
def test_a_contact_that_nobody_had_needs_no_disposition_and_yet_a_safety_check(
    disposition: str | None, safety: str | None
) -> None:
    assert lacking(disposition=disposition, safety=safety, was_held=False) == (() if safety else (Lack.SAFETY,))


def test_whoever_had_it_is_told_that_they_had_it_and_not_that_something_lacks() -> None:
    assert may_sign(Role.CLINICIAN, ANA, {ANA}, (Lack.SAFETY,)) is Objection.OWN
    assert may_sign(Role.PEER, SUE, {ANA}, ()) is Objection.ROLE


@pytest.mark.parametrize(
    ("words", "filing"),
    [
        ("supported plan", Filing("supported", "plan")),
        ("PLAN supported", Filing("supported", "plan")),
        ("plan", Filing(None, "plan")),
        ("supported", Filing("supported", None)),
        ("supported plan thanks", Filing("supported", "plan", ("thanks",))),
        ("", Filing()),
    ],
)
def test_a_filing_is_read_in_any_order(words: str, filing: Filing) -> None:
    assert read_filing(words.split(), POLICY) == filing
