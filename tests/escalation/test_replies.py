"""Which page a text answers: never one that it does not name or that was not the last, never one that is settled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from escalation.replies import LATELY, Meant, NoPage, Reply, Sent, Standing, Which, meant, standing
from helpline.nouns import CaseState, PageState, Tier

NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)
PLAIN = Reply()


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def page(number: int = 1, **more: object) -> Sent:
    """A page that waits for an answer; each with a contact of its own."""
    usual: dict[str, object] = {
        "page": UUID(int=number),
        "contact": UUID(int=100 + number),
        "tag": "A",
        "code": 9 + number,
        "at": at(number),
        "state": PageState.OPEN,
        "case": CaseState.OPEN,
        "acknowledged_at": None,
        "risk": Tier.NONE,
        "risk_at": None,
    }
    return Sent(**{**usual, **more})  # type: ignore[arg-type]


def test_a_page_stands_as_its_contact_does() -> None:
    assert standing(page()) is Standing.WAITS
    assert standing(page(state=PageState.UNANSWERED)) is Standing.WAITS
    assert standing(page(state=PageState.REFUSED)) is Standing.REFUSED
    assert standing(page(is_over=True)) is Standing.OVER
    assert standing(page(case=CaseState.ACKNOWLEDGED, acknowledged_at=at(5))) is Standing.TAKEN
    assert standing(page(state=PageState.UNANSWERED, acknowledged_at=at(5))) is Standing.TAKEN
    assert standing(page(state=PageState.STOOD_DOWN)) is Standing.WITHDRAWN
    assert standing(page(state=PageState.ACKNOWLEDGED, acknowledged_at=at(5))) is Standing.YOURS


def test_a_page_from_before_the_contact_became_graver_says_too_little() -> None:
    assert standing(page(risk=Tier.HIGH, risk_at=at(2))) is Standing.GRAVER
    assert standing(page(risk=Tier.HIGH, risk_at=at(1))) is Standing.WAITS
    assert standing(page(risk=Tier.ELEVATED, risk_at=at(2))) is Standing.WAITS


def test_a_plain_yes_is_taken_while_one_contact_waits_and_its_page_is_the_last() -> None:
    assert meant([page()], PLAIN, at(10)) == Meant(page(), Standing.WAITS)
    assert meant([page(1), page(2)], PLAIN, at(10)) == Which((page(1), page(2)))
    gone = page(2, is_over=True)
    assert meant([page(1), gone], PLAIN, at(10)) == Which((page(1),))
    assert meant([page(1), replace(page(2), contact=page(1).contact)], PLAIN, at(10)) == Meant(
        replace(page(2), contact=page(1).contact), Standing.WAITS
    )


def test_a_plain_yes_to_what_is_settled_is_answered_with_how_it_stands_and_after_an_hour_means_no_page() -> None:
    settled = page(is_over=True)
    assert meant([settled], PLAIN, at(60)) == Meant(settled, Standing.OVER)
    assert isinstance(meant([settled], PLAIN, settled.at + LATELY + timedelta(seconds=1)), NoPage)
    assert isinstance(meant([], PLAIN, NOON), NoPage)


def test_a_code_means_its_page_alone() -> None:
    assert meant([page(1), page(2)], Reply(code=10), at(10)) == Meant(page(1), Standing.WAITS)
    assert isinstance(meant([page(1)], Reply(code=77), at(10)), NoPage)


def test_a_letter_narrows_it_down() -> None:
    assert meant([page(1), page(2, tag="B")], Reply(tag="B"), at(10)) == Meant(page(2, tag="B"), Standing.WAITS)
    assert meant([page(1), page(2)], Reply(tag="A"), at(10)) == Which((page(1), page(2)))


moments = st.integers(0, 300).map(at)
sent = st.builds(
    Sent,
    page=st.uuids(),
    contact=st.sampled_from([UUID(int=number) for number in range(4)]),
    tag=st.sampled_from("AB"),
    code=st.integers(10, 14),
    at=moments,
    state=st.sampled_from(PageState),
    case=st.sampled_from(CaseState),
    acknowledged_at=st.one_of(st.none(), moments),
    risk=st.sampled_from(Tier),
    risk_at=st.one_of(st.none(), moments),
    is_over=st.booleans(),
)
answers = st.builds(
    Reply, st.one_of(st.none(), st.integers(10, 15)), st.one_of(st.none(), st.sampled_from("AB"))
).filter(lambda reply: reply.code is None or reply.tag is None)


@given(pages=st.lists(sent, max_size=8), reply=answers)
def test_whatever_is_answered_was_named_or_was_the_only_one_and_the_last(pages: list[Sent], reply: Reply) -> None:
    verdict = meant(pages, reply, at(301))
    if isinstance(verdict, Meant):
        assert verdict.standing is standing(verdict.page)
        assert reply.code in (None, verdict.page.code) and reply.tag in (None, verdict.page.tag)
    if isinstance(verdict, Meant) and reply.code is None:
        of_it = [one for one in pages if reply.tag in (None, one.tag)]
        assert verdict.page.at == max(one.at for one in of_it)
        latest = {one.contact: one for one in sorted(of_it, key=lambda one: (one.at, one.code, one.page))}
        others = [one for one in latest.values() if one.contact != verdict.page.contact]
        assert not any(standing(one) in {Standing.WAITS, Standing.GRAVER} for one in others)


@given(one=sent)
def test_nothing_settled_can_be_taken(one: Sent) -> None:
    if standing(one) in {Standing.WAITS, Standing.REFUSED, Standing.GRAVER}:
        assert not one.is_over and one.case is CaseState.OPEN
        assert one.acknowledged_at is None or one.acknowledged_at < one.at
        assert one.state not in {PageState.STOOD_DOWN, PageState.ACKNOWLEDGED}
