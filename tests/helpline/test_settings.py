"""The environment is checked before anything starts: every fault is named, explained, and never quoted."""

import base64
import os
import threading
from pathlib import Path

import pytest
from pydantic import ValidationError

from helpline import secret_key
from helpline.embedded import Embedded
from helpline.settings import ROOT, Address, SettingsError, load_settings

KEY = bytes(range(200, 232))
SID = "AC" + "0123456789abcdef" * 2
TOKEN = "fedcba9876543210" * 2
LINE = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN, "PUBLIC_URL": "https://line.example.org"}


def refusal(**environ):
    with pytest.raises(SettingsError) as refused:
        load_settings(environ)
    return str(refused.value)


def test_an_empty_environment_is_a_first_run():
    settings = load_settings({})
    assert settings.database is None
    assert settings.redis is None
    assert settings.public_url == "http://127.0.0.1:8000"
    assert not settings.has_carrier
    assert settings.data_dir == ROOT / ".data"
    assert settings.line == ROOT / "lines" / "demo.toml"
    assert [str(settings.bind), str(settings.console_bind), str(settings.exchange_bind)] == [
        "127.0.0.1:8000",
        "127.0.0.1:8010",
        "127.0.0.1:8040",
    ]


def test_a_variable_that_is_empty_counts_as_missing():
    assert load_settings(dict.fromkeys(["DATABASE_URL", "TWILIO_AUTH_TOKEN", "HELPLINE_BIND"], "  ")) == load_settings(
        {}
    )


def test_a_whole_environment_is_read():
    settings = load_settings(
        {
            **LINE,
            "DATABASE_URL": "postgres://line:pass@db.example.org/line",
            "REDIS_URL": "rediss://:pass@bell.example.org/0",
            "HELPLINE_DATA_DIR": "/srv/line",
            "HELPLINE_SECRET_KEY": KEY.hex(),
            "HELPLINE_SECRET_KEY_OLD": KEY[::-1].hex(),
            "HELPLINE_BIND": "[::1]:9000",
            "HELPLINE_LINE": "elsewhere.toml",
            "TWILIO_AUTH_TOKEN_OLD": TOKEN[::-1],
        }
    )
    assert settings.database_url == "postgresql+psycopg://line:pass@db.example.org/line"
    assert settings.data_dir == Path("/srv/line")
    assert settings.secret_keys == (KEY, KEY[::-1])
    assert (settings.bind, str(settings.bind)) == (Address("::1", 9000), "[::1]:9000")
    assert settings.line == Path.cwd() / "elsewhere.toml"
    assert settings.api_base == "https://api.twilio.com"
    assert (settings.account_sid, settings.auth_tokens) == (SID, (TOKEN, TOKEN[::-1]))
    assert settings.public_url == "https://line.example.org"


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(ValidationError):
        load_settings({}).bind = Address("127.0.0.1", 80)


def test_no_secret_shows_when_settings_are_printed():
    secret = {"DATABASE_URL": "postgresql://line:hidden1@db/line", "HELPLINE_SECRET_KEY": KEY.hex(), **LINE}
    shown = repr(load_settings(secret)) + str(load_settings(secret))
    assert not any(text in shown for text in ("hidden1", KEY.hex(), repr(KEY), TOKEN))


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("DATABASE_URL", "sqlite:///hidden.db", "is not a PostgreSQL URL; set it like"),
        ("DATABASE_URL", "hidden", "is not a PostgreSQL URL"),
        ("REDIS_URL", "http://hidden", "is not a Redis URL; set it like redis://"),
        ("PUBLIC_URL", "line.hidden.org", "is not an http or https URL"),
        ("PUBLIC_URL", "https://line.hidden.org/webhooks", "has more than a host and a port"),
        ("PUBLIC_URL", "https://line.hidden.org/?", "has more than a host and a port"),
        ("PUBLIC_URL", "https://line.hidden.org/#x", "has more than a host and a port"),
        ("PUBLIC_URL", "https://user:hidden@line.org", "has more than a host and a port"),
        ("PUBLIC_URL", "http://line.hidden.org", "is not https"),
        ("PUBLIC_URL", "https://line.hidden.org:port", "is not a URL"),
        ("PUBLIC_URL", "https://[hidden", "is not a URL"),
        ("HELPLINE_DATA_DIR", "~/hidden", "begins with ~"),
        ("HELPLINE_SECRET_KEY", "hidden!", "is neither base64 nor 64 hex digits; make one with: openssl"),
        ("HELPLINE_SECRET_KEY", base64.b64encode(b"hidden").decode(), "stands for 6 bytes and has to for 32"),
        ("HELPLINE_SECRET_KEY", "ab" * 32, "is not random"),
        ("HELPLINE_SECRET_KEY_OLD", "hidden!", "is neither base64"),
        ("HELPLINE_BIND", "hidden", "is not an address and a port"),
        ("HELPLINE_CONSOLE_BIND", "127.0.0.1:hidden", "is not an address and a port"),
        ("HELPLINE_EXCHANGE_BIND", "127.0.0.1:65536", "is not an address and a port"),
        ("HELPLINE_CALLS_PER_SECOND", "hidden", "is not a number"),
        ("HELPLINE_TEXTS_PER_SECOND", "0", "is not between 0 and 1000"),
        ("HELPLINE_TEXTS_PER_SECOND", "nan", "is not between 0 and 1000"),
        ("TWILIO_API_BASE", "http://hidden.org", "is not https"),
    ],
)
def test_a_wrong_value_is_named_and_explained_and_never_quoted(variable, value, why):
    text = refusal(**{variable: value})
    assert text.startswith(f"{variable} {why}")
    assert "\n" not in text
    assert "hidden" not in text


@pytest.mark.parametrize(("variable", "value"), [("TWILIO_ACCOUNT_SID", "AChidden"), ("TWILIO_AUTH_TOKEN", "hidden")])
def test_credentials_that_were_cut_short_are_refused_and_never_quoted(variable, value):
    text = refusal(**{**LINE, variable: value})
    assert text.startswith(f"{variable} is ")
    assert "hidden" not in text


def test_one_credential_without_the_other_is_refused():
    assert "TWILIO_AUTH_TOKEN is missing although TWILIO_ACCOUNT_SID" in refusal(TWILIO_ACCOUNT_SID=SID)
    assert "TWILIO_ACCOUNT_SID is missing although TWILIO_AUTH_TOKEN" in refusal(TWILIO_AUTH_TOKEN=TOKEN)
    assert "TWILIO_AUTH_TOKEN is missing although TWILIO_AUTH_TOKEN_OLD" in refusal(TWILIO_AUTH_TOKEN_OLD=TOKEN)


def test_a_carrier_s_account_needs_the_address_that_the_carrier_calls():
    account = {name: value for name, value in LINE.items() if name != "PUBLIC_URL"}
    assert "PUBLIC_URL is missing although a carrier's account is set" in refusal(**account)
    assert load_settings({**account, "TWILIO_API_BASE": "http://127.0.0.1:8040"}).has_carrier


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "http://127.0.0.7", "http://[::1]:8000", "http://a.localhost"]
)
def test_this_machine_s_own_addresses_may_go_without_https(url):
    assert load_settings({"PUBLIC_URL": f"{url}/"}).public_url == url


def test_every_fault_is_told_at_once():
    text = refusal(PUBLIC_URL="x", HELPLINE_BIND="x", TWILIO_AUTH_TOKEN=TOKEN)
    assert [line.split()[0] for line in text.splitlines()] == ["TWILIO_ACCOUNT_SID", "PUBLIC_URL", "HELPLINE_BIND"]


def test_two_doors_at_one_address_are_refused():
    assert "HELPLINE_CONSOLE_BIND is the same address as HELPLINE_BIND" in refusal(HELPLINE_BIND="127.0.0.1:8010")


def test_a_misspelt_variable_is_refused_rather_than_ignored():
    assert refusal(HELPLINE_SECRETKEY="x") == (
        "HELPLINE_SECRETKEY is not a variable of helpline; set HELPLINE_SECRET_KEY instead."
    )


@pytest.mark.parametrize(
    "written",
    [
        KEY.hex(),
        KEY.hex().upper(),
        base64.b64encode(KEY).decode(),
        base64.urlsafe_b64encode(KEY).decode(),
        base64.urlsafe_b64encode(KEY).decode().rstrip("=") + "\n",
    ],
)
def test_a_key_may_be_written_in_hex_or_in_either_base64(written):
    assert secret_key.parse(written) == KEY


def test_a_first_run_makes_a_key_that_only_we_can_read_and_keeps_it(tmp_path):
    made = secret_key.make_in(tmp_path)
    assert len(made) == 32
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert secret_key.make_in(tmp_path) == made
    assert [place.name for place in tmp_path.iterdir()] == ["secret_key"]
    assert load_settings({"HELPLINE_DATA_DIR": str(tmp_path)}).secret_keys == (made,)
    assert (
        load_settings({"HELPLINE_DATA_DIR": str(tmp_path), "HELPLINE_SECRET_KEY": KEY.hex()}).key.get_secret_value()
        == KEY
    )


def test_two_first_runs_at_once_end_up_with_the_same_key(tmp_path):
    together = threading.Barrier(8)
    made = []

    def run():
        together.wait()
        made.append(secret_key.make_in(tmp_path))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1


def test_without_any_key_the_text_says_where_one_comes_from(tmp_path):
    with pytest.raises(SettingsError, match=r"HELPLINE_SECRET_KEY is not set and .* holds no key: set it, or start"):
        _ = load_settings({"HELPLINE_DATA_DIR": str(tmp_path)}).secret_keys


def test_a_key_file_that_others_may_read_or_that_is_damaged_is_refused(tmp_path):
    secret_key.make_in(tmp_path)
    settings = load_settings({"HELPLINE_DATA_DIR": str(tmp_path)})
    (tmp_path / "secret_key").chmod(0o644)
    with pytest.raises(SettingsError, match=r"can be read by other users: close it with chmod 600"):
        _ = settings.secret_keys
    (tmp_path / "secret_key").chmod(0o600)
    (tmp_path / "secret_key").write_text("damaged")
    with pytest.raises(SettingsError, match=r"is damaged: put it back from your backup"):
        _ = settings.secret_keys


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(secret_key.SecretKeyError, match=r"set HELPLINE_DATA_DIR"):
        secret_key.make_in(tmp_path)


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(secret_key.SecretKeyError, match=r"no key can be written to .*: set HELPLINE_SECRET_KEY"):
        secret_key.make_in(tmp_path / "missing")


def test_what_a_process_needs_and_nobody_set_is_told_when_it_is_asked_for(tmp_path):
    settings = load_settings({"HELPLINE_DATA_DIR": str(tmp_path)})
    for wanted, variable in {
        "database_url": "DATABASE_URL",
        "redis_url": "REDIS_URL",
        "account_sid": "TWILIO_ACCOUNT_SID",
        "auth_tokens": "TWILIO_AUTH_TOKEN",
        "secret_keys": "HELPLINE_SECRET_KEY",
    }.items():
        with pytest.raises(SettingsError, match=rf"^{variable} is not set.*: set it, or start helpline up"):
            getattr(settings, wanted)


def test_a_command_in_a_second_terminal_finds_the_embedded_servers(folder):
    settings = load_settings({"HELPLINE_DATA_DIR": str(folder)})
    with Embedded(folder, durable=False) as servers:
        assert (settings.database_url, settings.redis_url) == (servers.database_url, servers.redis_url)


SPACE = {
    "SIGNALWIRE_SPACE_URL": "example.signalwire.com",
    "SIGNALWIRE_PROJECT_ID": "B3877C40-da60-4998-90ad-b792e98472af",
    "SIGNALWIRE_TOKEN": "PT" + TOKEN,
    "SIGNALWIRE_SIGNING_KEY": "PSK_" + TOKEN,
}


def test_a_second_carrier_is_set_beside_the_first():
    second = load_settings({**LINE, **SPACE}).second
    assert (second.url, second.project) == (
        "https://example.signalwire.com",
        "b3877c40-da60-4998-90ad-b792e98472af",
    )
    assert second.signing_key.get_secret_value().startswith("PSK_")
    assert TOKEN not in repr(second)
    assert load_settings(LINE).second is None


@pytest.mark.parametrize("left_out", list(SPACE))
def test_half_a_second_carrier_is_refused(left_out):
    text = refusal(**{**LINE, **{name: value for name, value in SPACE.items() if name != left_out}})
    assert text.startswith(f"{left_out} is missing although SIGNALWIRE_")
    assert "set all four" in text


def test_a_second_carrier_without_a_first_is_refused():
    assert "TWILIO_ACCOUNT_SID is missing although SIGNALWIRE_SPACE_URL is set" in refusal(**SPACE)


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("SIGNALWIRE_SPACE_URL", "http://hidden.signalwire.com", "is not https"),
        ("SIGNALWIRE_SPACE_URL", "hidden.signalwire.com/api/laml", "has more than a host and a port"),
        ("SIGNALWIRE_PROJECT_ID", "ACd0hidden", "is not a project id"),
        ("SIGNALWIRE_TOKEN", "hidden", "is cut short"),
        ("SIGNALWIRE_TOKEN", "PSK_hidden" + TOKEN, "begins with PSK_, so it is another secret"),
        ("SIGNALWIRE_SIGNING_KEY", "PThidden" + TOKEN, "begins with PT, so it is another secret"),
    ],
)
def test_a_wrong_value_of_the_second_carrier_is_named_and_never_quoted(variable, value, why):
    text = refusal(**{**LINE, **SPACE, variable: value})
    assert text.startswith(f"{variable} {why}")
    assert "hidden" not in text
