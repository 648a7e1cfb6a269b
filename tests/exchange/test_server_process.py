"""`python -m exchange` as an operator meets it: what it teaches, what it refuses, and how it stops."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from exchange.__main__ import main
from exchange.live.directory import BadDirectory, parse_directory, read_directory
from exchange.server import is_loopback

DIRECTORY = """
[line]
number = "+1 212 555 0100"
name = "A line"
sms_url = "/texts"

[[phones]]
number = "+12125550101"
name = "Ana"
role = "Peer"
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    path = tmp_path / "directory.toml"
    path.write_text(DIRECTORY)
    return path


@pytest.fixture
def started(directory: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "exchange", "--bind", "127.0.0.1:0", "--directory", str(directory)]
    process = subprocess.Popen(
        command,
        env=os.environ | {"EXCHANGE_AUTH_TOKEN": "test-token"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"http://\S+/", said)
        assert found, said
        assert "only this machine" in said
        yield process, found[0]
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_with_a_page_still_open(
    started: tuple[subprocess.Popen[str], str], stop: signal.Signals
) -> None:
    process, address = started
    with requests.get(address + "events", stream=True, timeout=10) as stream:
        lines = stream.iter_lines()
        assert next(line for line in lines if line.startswith(b"event: state"))
        process.send_signal(stop)
        assert b"" in list(lines), "the stream must come to its proper end, not be cut off"
        assert process.wait(10) == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_help_teaches_how_to_begin() -> None:
    taught = CliRunner().invoke(main, ["--help"])
    assert taught.exit_code == 0
    for word in ("EXCHANGE_BIND", "EXCHANGE_DIRECTORY", "[[phones]]", "Call the line"):
        assert word in taught.output


def test_a_directory_with_a_mistake_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text('[line]\nnumber = "555"\n')
    refused = CliRunner().invoke(main, ["--directory", str(path), "--auth-token", "t"])
    assert refused.exit_code == 2
    assert "line.number" in refused.output


def test_webhook_paths_become_addresses_of_the_application(directory: Path) -> None:
    line = read_directory(directory).line
    assert line.number == "+12125550100"
    urls = line.urls_at("https://line.example/")
    assert urls["voice_url"] == "https://line.example/webhooks/voice/incoming"
    assert urls["sms_url"] == "https://line.example/texts"
    assert urls["voice_status_url"] is None


def test_a_number_may_stand_in_the_directory_once() -> None:
    phone = {"number": "+12125550101"}
    with pytest.raises(BadDirectory, match=r"\+12125550101: stands there twice"):
        parse_directory({"line": {"number": "+12125550100"}, "phones": [phone, phone]})


@pytest.mark.parametrize(
    ("bind", "local"),
    [("127.0.0.1:8040", True), ("[::1]:8040", True), ("localhost:1", True), ("0.0.0.0:80", False)],
)
def test_it_knows_whether_other_machines_reach_it(bind: str, local: bool) -> None:
    assert is_loopback(bind) is local
