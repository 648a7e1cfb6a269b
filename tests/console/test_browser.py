"""A supervisor's first evening in a real browser: invitation, passkey, a live board, and a stream that breaks off."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import text
from werkzeug.serving import BaseWSGIServer, make_server

from console import invitations, tokens
from console.app import create_app
from entrypoints.bench.stand import free_ports
from entrypoints.drill.world import World
from entrypoints.people import recruits
from helpline.tables import Person
from tests.conftest import MakeWorld

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PEOPLE = (("Ana", "peer", "+12125550120"), ("Sue", "supervisor", "+12125550123"), ("Lee", "clinician", "+12125550124"))
PHONE = {"width": 320, "height": 640}
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium, then try again")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Console:
    """The console of a world, served where a browser finds it, until it is stopped."""

    def __init__(self, world: World) -> None:
        self.world, self.port = world, free_ports(1)[0]
        self.url = f"http://localhost:{self.port}"
        self._app = create_app(world.database, self.url)
        self._server: BaseWSGIServer | None = None
        self.start()

    def start(self) -> None:
        self._server = make_server("127.0.0.1", self.port, self._app, threaded=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        self._server = None

    def invite(self, name: str) -> str:
        token = tokens.make()
        with self.world.database.work() as work:
            person = work.session.query(Person).filter_by(name=name).one()
            invitations.invite(work, person.id, token)
        return f"{self.url}/join/{token}"


@pytest.fixture
def console(make_world: MakeWorld) -> Iterator[Console]:
    world = make_world(start=datetime(2026, 3, 10, 22, tzinfo=ZoneInfo("America/New_York")))
    rows = [
        {"name": name, "role": role, "languages": "en", "on shift": "yes", "number": number}
        for name, role, number in PEOPLE
    ]
    world.enlist(recruits(rows, "these people"))
    made = Console(world)
    yield made
    made.stop()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A browser of its own, with a device that holds passkeys; it asks nobody but us."""
    context = chromium.new_context()
    shown = context.new_page()
    device = context.new_cdp_session(shown)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    yield shown
    context.close()


def come_in(console: Console, page: Page, name: str) -> None:
    page.goto(console.invite(name))
    page.get_by_role("button", name="Make my passkey").click()


def test_somebody_comes_in_by_invitation_and_again_by_passkey(console: Console, page: Page) -> None:
    come_in(console, page, "Sue")
    expect(page.get_by_role("heading", name="On shift: 3")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("heading", name="On shift: 3")).to_be_visible()


def test_the_board_lives_and_says_when_it_does_not(
    console: Console, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_in(console, page, "Sue")
    expect(page.get_by_role("heading", name="support: 0 waiting")).to_be_visible()
    console.world.network.phone("+16465550101").text(console.world.line.line.number, "i want to kill myself")
    console.world.run_for(2)
    expect(page.get_by_role("heading", name="support: 1 waiting")).to_be_visible()
    expect(page.get_by_role("cell", name="high", exact=True)).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()
    with monkeypatch.context() as broken:
        broken.setattr("console.live.LAST_EVENT", text("SELECT no_such_thing"))
        expect(page.get_by_role("alert")).to_be_visible(timeout=6000)
    expect(page.get_by_role("alert")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_keeps_anybody_out(console: Console, page: Page, theme: str) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type] - one of two words
    come_in(console, page, "Sue")
    console.world.network.phone("+16465550101").text(console.world.line.line.number, "i want to kill myself")
    console.world.run_for(2)
    expect(page.get_by_role("heading", name="support: 1 waiting")).to_be_visible()
    story = page.get_by_role("link", name=" s").first.get_attribute("href")
    for path in ("/board", "/evening", story, "/sign-in", "/"):
        page.goto(f"{console.url}{path}")
        found = Axe().run(page).response["violations"]
        assert found == [], f"{path}: {[(one['id'], one['nodes'][0]['html']) for one in found]}"


def test_everything_is_read_on_a_small_phone_without_scrolling_sideways(console: Console, page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type] - a size
    come_in(console, page, "Sue")
    for path in ("/board", "/evening", "/sign-in"):
        page.goto(f"{console.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path


def test_nothing_is_asked_of_anybody_else_and_nothing_is_refused_by_our_own_policy(
    console: Console, page: Page
) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    come_in(console, page, "Sue")
    expect(page.get_by_role("heading", name="support: 0 waiting")).to_be_visible()
    page.wait_for_function("document.querySelector('#board').textContent.includes('As of')")
    assert all(url.startswith(console.url) for url in asked)
    assert said == []
