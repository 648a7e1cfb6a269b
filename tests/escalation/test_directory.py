"""Whom to call: by the place before the number, by the narrowest area, and never nobody."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from escalation.directory import By, service_for
from helpline.danger_policy import Service

LAND = Service(name="the land", number="+12125550192", step="emergency", prefix="+1")
AREA = Service(name="the area", number="+12125550194", step="emergency", prefix="+1212")
PLACE = Service(name="Elm County", number="+12125550193", step="emergency", places=("Elm County", "Elmville"))
STATE = Service(name="the state", number="911", step="emergency", default=True)
TEAM = Service(name="the team", number="+12125550195", step="team", default=True)
DIRECTORY = (LAND, STATE, AREA, PLACE, TEAM)


def test_the_place_goes_before_the_number() -> None:
    found = service_for(DIRECTORY, "emergency", "+12125550100", "a barn in ELMVILLE, north")
    assert (found.service, found.by) == (PLACE, By.PLACE)


def test_a_place_is_named_by_whole_words() -> None:
    assert service_for(DIRECTORY, "emergency", None, "Elmvilleton").service is STATE


def test_the_narrowest_area_is_taken() -> None:
    assert service_for(DIRECTORY, "emergency", "+12125550100", "").service is AREA
    assert service_for(DIRECTORY, "emergency", "+16465550100", "").service is LAND


def test_each_step_has_whom_it_calls() -> None:
    assert service_for(DIRECTORY, "team", "+12125550100", "Elmville").service is TEAM


@given(st.one_of(st.none(), st.text(max_size=20)), st.text(max_size=80), st.sampled_from(["team", "emergency"]))
def test_there_is_always_somebody_for_the_step_itself(number: str | None, place: str, step: str) -> None:
    assert service_for(DIRECTORY, step, number, place).service.step == step
