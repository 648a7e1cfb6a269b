"""A proxy that changes what the carrier signed turns every call away: each way of doing it is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
from visit import Visit, at_twilio, through

from entrypoints.doctor.findings import Verdict
from entrypoints.doctor.front_door import Answered, Knocks, Reply, Silent, judge_door
from webhooks.app import create_app

CHANGED = "turned away what we signed"


def with_query(url: str, change: Callable[[str], str]) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=change(parts.query)))


@pytest.mark.parametrize(
    "rewrite",
    [
        pytest.param(lambda url: with_query(url, lambda query: "&".join(sorted(query.split("&")))), id="sorts"),
        pytest.param(lambda url: with_query(url, lambda query: urlencode(parse_qsl(query), safe="/")), id="unquotes"),
        pytest.param(lambda url: with_query(url, lambda _: ""), id="drops the query"),
        pytest.param(lambda url: with_query(url, lambda query: f"{query}&via=proxy"), id="adds to the query"),
    ],
)
def test_a_proxy_that_rewrites_the_address_is_found(visit: Visit, rewrite: Callable[[str], str]) -> None:
    visit.knock = through(lambda: visit.world.app, rewrite)
    assert visit.wrong() == {"public address": Verdict.FAULT}
    found = visit.one("public address")
    assert CHANGED in found.found
    assert "set PUBLIC_URL to exactly what stands before /webhooks/" in found.do


@pytest.mark.parametrize("known", ["http://line.example", "https://line.example.org", "https://www.line.example"])
def test_a_web_process_that_knows_itself_by_another_address_is_found(visit: Visit, known: str) -> None:
    visit.world.app = create_app(replace(visit.world.stack.door(), public_url=known))
    assert CHANGED in visit.one("public address").found


def test_a_web_process_with_another_token_is_found(visit: Visit) -> None:
    visit.world.app = create_app(replace(visit.world.stack.door(), tokens=("an older one",)))
    assert CHANGED in visit.one("public address").found


def test_a_token_that_is_being_rotated_passes(visit: Visit) -> None:
    door = visit.world.stack.door()
    visit.world.app = create_app(replace(door, tokens=("the next one", *door.tokens)))
    assert visit.one("public address").verdict is Verdict.OK


def test_a_server_that_is_down_is_found(visit: Visit) -> None:
    visit.world.app = None
    assert "does not answer from here" in visit.one("public address").found


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (301, "redirects"),
        (502, "error of the server (502)"),
        (404, "answered by something else"),
        (200, "did not turn an unsigned request away (200)"),
        (403, CHANGED),
    ],
)
def test_something_else_at_the_address_is_found(visit: Visit, status: int, words: str) -> None:
    visit.knock = lambda _url, _form, _headers: Answered(status)
    found = visit.one("public address")
    assert found.verdict is Verdict.FAULT
    assert words in found.found


def test_a_filter_that_stops_texts_only_is_found(visit: Visit) -> None:
    open_way = through(lambda: visit.world.app)

    def knock(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        return Answered(405) if "messages" in url else open_way(url, form, headers)

    visit.knock = knock
    assert visit.one("public address").found == "https://line.example answers our signed requests with 404 and 405."


def test_the_carrier_cannot_reach_an_address_of_this_machine_alone(visit: Visit) -> None:
    well = Knocks(Answered(404), Answered(404), Answered(403))
    (found,) = judge_door("http://127.0.0.1:8000", well, local_only=True)
    assert found.verdict is Verdict.FAULT
    assert at_twilio(visit).one("public address").verdict is Verdict.OK


def test_a_slow_way_is_a_warning() -> None:
    (found,) = judge_door(
        "https://line.example", Knocks(Answered(404, 6.2), Answered(404), Answered(403)), local_only=False
    )
    assert (found.verdict, found.found) == (Verdict.WARNING, "https://line.example took 6 seconds to answer.")


def test_what_is_known_of_the_silence_is_told() -> None:
    silent = Silent("its certificate is not to be trusted")
    (found,) = judge_door("https://line.example", Knocks(silent, silent, silent), local_only=False)
    assert found.found == "https://line.example does not answer from here (its certificate is not to be trusted)."
