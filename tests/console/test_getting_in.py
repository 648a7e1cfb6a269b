"""Getting in at people's door: by invitation once, by passkey afterwards, and by nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest
from authenticator import Authenticator
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from console.access import SEES, Sight
from console.app import create_app
from entrypoints.drill.world import World
from entrypoints.invitations import add_to
from entrypoints.people import recruits
from helpline.nouns import Role
from helpline.tables import Contact, Invitation, Person, SignedIn
from routing import retention
from tests.conftest import ROOT, MakeWorld

ORIGIN = "http://localhost:8010"
OURS = {"Origin": ORIGIN}
PEOPLE = {
    "Ana": ("peer", "+12125550120"),
    "Bo": ("backup", "+12125550121"),
    "Lee": ("clinician", "+12125550122"),
    "Sue": ("supervisor", "+12125550123"),
    "Cam": ("coordinator", "+12125550124"),
}
PAGES = {Sight.BOARD: "/board", Sight.EVENING: "/evening", Sight.STORY: "/contact/{contact}"}


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    made = make_world(start=datetime(2026, 3, 10, 12, tzinfo=ZoneInfo("America/New_York")))
    rows = [
        {"name": name, "role": role, "languages": "en", "on shift": "yes", "number": number}
        for name, (role, number) in PEOPLE.items()
    ]
    made.enlist(recruits(rows, "these people"))
    return made


@pytest.fixture
def browser(world: World) -> FlaskClient:
    return create_app(world.database, ORIGIN).test_client()


def run(world: World, *words: str) -> str:
    main = click.Group()
    add_to(main, lambda: world.database, lambda: ORIGIN)
    shown = CliRunner().invoke(main, list(words))
    assert shown.exit_code == 0, shown.output
    return shown.output.strip()


def invite(world: World, name: str) -> str:
    """The path of the link that somebody is given."""
    return run(world, "invite", name).removeprefix(ORIGIN)


def join(browser: FlaskClient, link: str, device: Authenticator) -> TestResponse:
    asked = browser.post(f"{link}/options", headers=OURS).get_json()
    return browser.post(link, json={**asked, "answer": device.create(asked["options"])}, headers=OURS)


def sign_in(browser: FlaskClient, device: Authenticator) -> TestResponse:
    asked = browser.post("/sign-in/options", headers=OURS).get_json()
    return browser.post("/sign-in", json={**asked, "answer": device.get(asked["options"])}, headers=OURS)


def test_an_invitation_makes_a_passkey_and_lets_in_and_the_passkey_lets_in_again(
    world: World, browser: FlaskClient
) -> None:
    device, link = Authenticator(), invite(world, "Sue")
    assert "Welcome, Sue" in browser.get(link).text
    assert join(browser, link, device).status_code == 200
    assert browser.get("/board").status_code == 200
    assert browser.post("/sign-out", headers=OURS).status_code == 303
    assert browser.get("/board").headers["Location"] == "/sign-in"
    assert sign_in(browser, device).status_code == 200
    assert browser.get("/board").status_code == 200


def test_an_invitation_is_good_once(world: World, browser: FlaskClient) -> None:
    link = invite(world, "Sue")
    join(browser, link, Authenticator())
    assert browser.get(link).status_code == 404
    assert browser.post(f"{link}/options", headers=OURS).status_code == 404


def test_an_invitation_ends_by_time_by_a_later_one_and_by_being_off_the_roster(
    world: World, browser: FlaskClient
) -> None:
    old, new = invite(world, "Sue"), invite(world, "Sue")
    assert (browser.get(old).status_code, browser.get(new).status_code) == (404, 200)
    off(world, "Sue")
    assert browser.get(new).status_code == 404
    late = invite(world, "Ana")
    world.run_for(8 * 24 * 3600)
    assert browser.get(late).status_code == 404


def off(world: World, name: str) -> None:
    with world.database.work() as work:
        work.session.execute(update(Person).where(Person.name == name).values(active=False))


def test_whoever_is_off_the_roster_is_out_at_once_and_their_passkey_is_good_no_longer(
    world: World, browser: FlaskClient
) -> None:
    device = Authenticator()
    join(browser, invite(world, "Sue"), device)
    off(world, "Sue")
    assert browser.get("/board").headers["Location"] == "/sign-in"
    assert sign_in(browser, device).status_code == 403


def test_a_session_ends_by_time_and_when_nothing_is_heard(world: World, browser: FlaskClient) -> None:
    join(browser, invite(world, "Sue"), Authenticator())
    for _ in range(3):
        world.run_for(3 * 3600)
        assert browser.get("/board").status_code == 200
    world.run_for(5 * 3600)
    assert browser.get("/board").status_code == 302


def test_who_was_here_is_forgotten_in_time(world: World, browser: FlaskClient) -> None:
    join(browser, invite(world, "Sue"), Authenticator())
    world.clock.advance(100 * 24 * 3600)
    with world.database.work() as work:
        retention.forget(work)
        assert work.session.scalars(select(SignedIn)).all() == work.session.scalars(select(Invitation)).all() == []


def test_the_command_line_signs_somebody_out_everywhere(world: World, browser: FlaskClient) -> None:
    join(browser, invite(world, "Sue"), Authenticator())
    run(world, "sign-out", "Sue")
    assert browser.get("/board").status_code == 302


@pytest.mark.parametrize(
    "device",
    [
        Authenticator(origin="http://localhost.example:8010"),
        Authenticator(host="elsewhere.example"),
        Authenticator(flags=0x01),
    ],
    ids=["made on another page", "made for another site", "made without looking who it is"],
)
def test_a_passkey_made_elsewhere_or_without_looking_lets_nobody_in(
    world: World, browser: FlaskClient, device: Authenticator
) -> None:
    link = invite(world, "Sue")
    assert join(browser, link, device).status_code == 403
    assert browser.get("/board").status_code == 302
    assert browser.get(link).status_code == 200, "the invitation is still good"


def test_an_answer_is_good_once_and_a_key_that_is_not_ours_never(world: World, browser: FlaskClient) -> None:
    device = Authenticator()
    join(browser, invite(world, "Sue"), device)
    browser.post("/sign-out", headers=OURS)
    asked = browser.post("/sign-in/options", headers=OURS).get_json()
    said = {**asked, "answer": device.get(asked["options"])}
    assert browser.post("/sign-in", json=said, headers=OURS).status_code == 200
    assert browser.post("/sign-in", json=said, headers=OURS).status_code == 403
    stranger = Authenticator(credential=device.credential)
    assert sign_in(browser, stranger).status_code == 403
    assert sign_in(browser, Authenticator()).status_code == 403


def test_a_wrong_answer_uses_its_challenge_up(world: World, browser: FlaskClient) -> None:
    device = Authenticator()
    join(browser, invite(world, "Sue"), device)
    asked = browser.post("/sign-in/options", headers=OURS).get_json()
    wrong = {**asked, "answer": Authenticator(credential=device.credential).get(asked["options"])}
    assert browser.post("/sign-in", json=wrong, headers=OURS).status_code == 403
    right = {**asked, "answer": device.get(asked["options"])}
    assert browser.post("/sign-in", json=right, headers=OURS).status_code == 403


def test_a_challenge_is_answered_within_five_minutes(world: World, browser: FlaskClient) -> None:
    device = Authenticator()
    join(browser, invite(world, "Sue"), device)
    asked = browser.post("/sign-in/options", headers=OURS).get_json()
    world.run_for(301)
    late = {**asked, "answer": device.get(asked["options"])}
    assert browser.post("/sign-in", json=late, headers=OURS).status_code == 403


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/options", "/sign-out"])
def test_what_another_site_sends_is_turned_away(browser: FlaskClient, path: str) -> None:
    assert browser.post(path, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert browser.post(path).status_code == 403


@pytest.mark.parametrize("said", [None, [], {}, {"challenge": "x"}, {"challenge": "1" * 32, "answer": {"rawId": 7}}])
def test_nonsense_is_turned_away(browser: FlaskClient, said: object) -> None:
    assert browser.post("/sign-in", json=said, headers=OURS).status_code in {400, 403}


@pytest.mark.parametrize("name", PEOPLE)
def test_every_page_is_shown_to_the_roles_of_the_table_and_to_nobody_else(
    world: World, browser: FlaskClient, name: str
) -> None:
    sam = world.network.phone("+16465550101")
    sam.text(world.line.line.number, "hello")
    world.run_for(2)
    with world.database.work() as work:
        contact = work.session.scalars(select(Contact.id)).one()
    join(browser, invite(world, name), Authenticator())
    for sight, path in PAGES.items():
        page = browser.get(path.format(contact=contact))
        assert page.status_code == (200 if sight in SEES[Role(PEOPLE[name][0])] else 403), path
        assert "555" not in page.text, "no telephone number is shown"
        assert page.headers["Cache-Control"] == "no-store"
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", [*PAGES.values(), "/board/live"])
def test_nobody_sees_anything_who_has_not_come_in(browser: FlaskClient, path: str) -> None:
    shown = browser.get(path.format(contact="0" * 8 + "-0000-4000-8000-" + "0" * 12))
    assert shown.headers["Location"] == "/sign-in"


def test_the_board_shows_who_waits_how_grave_and_who_is_asked(world: World, browser: FlaskClient) -> None:
    join(browser, invite(world, "Sue"), Authenticator())
    world.network.phone("+16465550101").text(world.line.line.number, "i want to kill myself")
    world.run_for(7)
    page = browser.get("/board").text
    assert "support: 1 waiting" in page and 'class="high"' in page
    assert "is being asked" in page and "kill" not in page


def test_the_stream_sends_the_whole_board_and_sends_it_again_when_something_happens(
    world: World, browser: FlaskClient
) -> None:
    join(browser, invite(world, "Sue"), Authenticator())
    with browser.get("/board/live") as live:
        heard = live.iter_encoded()
        first = next(heard).decode()
        assert first.startswith("event: board\nid: ") and "Nobody waits" in first
        world.network.phone("+16465550101").text(world.line.line.number, "hello")
        world.run_for(2)
        assert any("1 waiting" in next(heard).decode() for _ in range(5))


def test_a_stream_ends_for_whoever_is_signed_out_or_off_the_roster(world: World, browser: FlaskClient) -> None:
    join(browser, invite(world, "Sue"), Authenticator())
    with browser.get("/board/live") as live:
        heard = live.iter_encoded()
        assert next(heard)
        run(world, "sign-out", "Sue")
        assert len([*heard]) <= 1, "at most what was on its way"


def test_what_is_vendored_is_what_its_manifest_says() -> None:
    folder = ROOT / "console" / "static" / "vendored"
    kept = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert {path.name for path in folder.glob("*.js")} == kept.keys()
    for name, entry in kept.items():
        digest = hashlib.sha384(Path(folder / name).read_bytes()).digest()
        assert base64.b64encode(digest).decode() == entry["sha384"]
