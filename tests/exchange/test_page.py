"""The page of phones as files: nothing inline, nothing from elsewhere, every name known on both sides."""

from __future__ import annotations

import re
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path

import pytest

import exchange
from exchange import Faults
from exchange.live.panel import ACTIONS, POLICY

PAGE = Path(exchange.__file__).parent / "page"
INDEX = (PAGE / "index.html").read_text()
SCRIPTS = sorted(PAGE.glob("script/*.js"))
STYLES = sorted(PAGE.glob("style/*.css"))


class Tags(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


@pytest.fixture
def tags() -> list[tuple[str, dict[str, str]]]:
    parser = Tags()
    parser.feed(INDEX)
    return parser.found


def test_the_page_has_nothing_inline_that_its_policy_forbids(tags: list[tuple[str, dict[str, str]]]) -> None:
    assert "unsafe" not in POLICY
    assert not [tag for tag, attrs in tags if tag == "style" or (tag == "script" and "src" not in attrs)]
    assert not [name for _, attrs in tags for name in attrs if name == "style" or name.startswith("on")]


def test_everything_the_page_asks_for_is_here(tags: list[tuple[str, dict[str, str]]]) -> None:
    asked = [attrs.get("src") or attrs["href"] for tag, attrs in tags if tag in ("script", "link")]
    assert asked
    for address in asked:
        assert address.startswith("/page/")
        assert (PAGE / address.removeprefix("/page/")).is_file()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_imports_only_its_neighbours(script: Path) -> None:
    for imported in re.findall(r'from "([^"]+)"', script.read_text()):
        assert (script.parent / imported).is_file(), imported


@pytest.mark.parametrize("part", [*SCRIPTS, *STYLES], ids=lambda path: path.name)
def test_no_part_reaches_beyond_this_exchange(part: Path) -> None:
    text = part.read_text().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|@import|url\(", text)


def test_every_element_a_script_looks_up_exists(tags: list[tuple[str, dict[str, str]]]) -> None:
    ids = {attrs["id"] for _, attrs in tags if "id" in attrs}
    wanted = {name for script in SCRIPTS for name in re.findall(r'byId\("([^"]+)"\)', script.read_text())}
    assert wanted
    assert wanted <= ids


def test_every_button_does_something_the_exchange_knows(tags: list[tuple[str, dict[str, str]]]) -> None:
    buttons = {attrs["data-do"] for _, attrs in tags if "data-do" in attrs}
    moves = {name for script in SCRIPTS for name in re.findall(r'move\(number, "([a-z-]+)"', script.read_text())}
    assert len(buttons) == 5
    assert buttons | moves == set(ACTIONS)


def test_every_fault_on_the_page_is_one_of_the_exchange() -> None:
    shown = set(re.findall(r'name: "(\w+)"', (PAGE / "script" / "faults.js").read_text()))
    assert len(shown) == 5
    assert shown <= {field.name for field in fields(Faults)}


def test_motion_and_colour_follow_what_the_reader_prefers() -> None:
    styles = "".join(style.read_text() for style in STYLES)
    assert "prefers-reduced-motion: reduce" in styles
    assert "prefers-color-scheme: dark" in styles


def test_ringing_aloud_is_off_until_switched_on(tags: list[tuple[str, dict[str, str]]]) -> None:
    (sound,) = [attrs for _, attrs in tags if attrs.get("id") == "sound"]
    assert "checked" not in sound
