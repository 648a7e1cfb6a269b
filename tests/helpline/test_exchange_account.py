"""Beside a running `helpline up`, a command in a second terminal is who the line is at its exchange."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from helpline import exchange_account
from helpline.exchange_account import FILE, ExchangeAccount
from helpline.settings import TWILIO, SettingsError, load_settings

OURS = ExchangeAccount(
    sid="AC" + "0123456789abcdef" * 2,
    token="fedcba9876543210" * 2,
    api_base="http://127.0.0.1:8040",
    public_url="http://127.0.0.1:8000",
    pid=os.getpid(),
)
SET = {"TWILIO_ACCOUNT_SID": "AC" + "f" * 32, "TWILIO_AUTH_TOKEN": "0" * 32, "PUBLIC_URL": "https://line.example.org"}


def dead() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HELPLINE_DATA_DIR": str(tmp_path)}


def test_a_second_terminal_is_who_the_running_line_is(tmp_path, environ):
    exchange_account.keep(tmp_path, OURS)
    settings = load_settings(environ)
    assert (settings.account_sid, settings.auth_tokens) == (OURS.sid, (OURS.token,))
    assert (settings.api_base, settings.public_url) == (OURS.api_base, OURS.public_url)
    assert not settings.has_carrier, "a second line would have to make up an account of its own"


def test_an_account_that_was_set_goes_before_it_whole(tmp_path, environ):
    exchange_account.keep(tmp_path, OURS)
    settings = load_settings(environ | SET)
    assert settings.account_sid == SET["TWILIO_ACCOUNT_SID"]
    assert settings.auth_tokens == (SET["TWILIO_AUTH_TOKEN"],)
    assert (settings.api_base, settings.public_url) == (TWILIO, SET["PUBLIC_URL"])


def test_only_its_owner_may_read_it_and_it_never_shows(tmp_path):
    exchange_account.keep(tmp_path, OURS)
    exchange_account.keep(tmp_path, OURS)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert [place.name for place in tmp_path.iterdir()] == [FILE]
    assert OURS.token not in repr(OURS)


def test_what_a_killed_run_left_behind_is_not_believed(tmp_path, environ):
    exchange_account.keep(tmp_path, ExchangeAccount(**{**OURS.__dict__, "pid": dead()}))
    settings = load_settings(environ)
    assert settings.public_url == "http://127.0.0.1:8000"
    with pytest.raises(SettingsError, match="TWILIO_ACCOUNT_SID is not set"):
        _ = settings.account_sid


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"sid": "AC"}', json.dumps({**OURS.__dict__, "pid": "1"})])
def test_a_damaged_file_counts_as_none(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    assert exchange_account.kept_in(tmp_path) is None


@pytest.mark.parametrize("pid", [0, -1, 10**30])
def test_a_number_that_is_no_process_is_not_believed(tmp_path, pid):
    (tmp_path / FILE).write_text(json.dumps({**OURS.__dict__, "pid": pid}))
    assert exchange_account.kept_in(tmp_path) is None


def test_it_is_forgotten_at_the_end_and_forgetting_twice_is_harmless(tmp_path):
    exchange_account.keep(tmp_path, OURS)
    exchange_account.forget(tmp_path)
    exchange_account.forget(tmp_path)
    assert not list(tmp_path.iterdir())
