"""`helpline doctor` on the command line: settings and the data folder, exit codes, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from entrypoints.cli import main
from entrypoints.doctor.environment import judge_folder, judge_key, judge_settings
from entrypoints.doctor.findings import Verdict
from helpline.secret_key import make_in
from helpline.settings import VARIABLES


@pytest.fixture
def doctor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):  # type: ignore[no-untyped-def]
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    tmp_path.chmod(0o700)

    def run(*arguments: str, **environ: str) -> Result:
        settings = {"HELPLINE_DATA_DIR": str(tmp_path), **environ}
        return CliRunner().invoke(main, ["doctor", *arguments], env=settings)

    return run


def test_a_wrong_environment_is_the_only_finding(doctor) -> None:  # type: ignore[no-untyped-def]
    result = doctor("--json", PUBLIC_URL="line.example.org", HELPLINE_BIND="x")
    assert result.exit_code == 1
    assert [one["check"] for one in json.loads(result.stdout)["findings"]] == ["settings", "settings"]


def test_where_nothing_runs_it_says_so_in_plain_words(doctor, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    make_in(tmp_path)
    result = doctor()
    assert result.exit_code == 1
    assert f"fault    database: No database is set, and none runs for {tmp_path}." in result.stdout
    assert "No carrier's account is set, and helpline up does not run here." in result.stdout
    assert "ok       data folder" in result.stdout
    assert "Traceback" not in result.output


def test_a_missing_key_is_found(doctor) -> None:  # type: ignore[no-untyped-def]
    found = {one["check"]: one for one in json.loads(doctor("--json").stdout)["findings"]}
    assert found["secret key"]["verdict"] == "fault"


def test_a_program_must_consent_before_anything_is_set(doctor) -> None:  # type: ignore[no-untyped-def]
    result = doctor("--json", "--fix")
    assert result.exit_code == 2
    assert "add --yes" in result.output


def test_its_help_says_when_it_succeeds(doctor) -> None:  # type: ignore[no-untyped-def]
    assert "Exit code 0 only without a fault." in " ".join(doctor("--help").stdout.split())


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [
        (0o700, Verdict.OK),
        (0o711, Verdict.OK),
        (0o755, Verdict.WARNING),
        (0o770, Verdict.FAULT),
        (0o702, Verdict.FAULT),
    ],
)
def test_a_data_folder_open_to_others_is_found(mode: int, verdict: Verdict) -> None:
    assert judge_folder("/srv/line", 0o40000 | mode, writable=True, needed=True).verdict is verdict


def test_a_data_folder_is_missed_only_where_something_is_kept_in_it() -> None:
    assert judge_folder("/srv/line", None, writable=False, needed=True).verdict is Verdict.FAULT
    assert judge_folder("/srv/line", None, writable=False, needed=False).verdict is Verdict.SKIPPED
    assert judge_folder("/srv/line", 0o40700, writable=False, needed=True).verdict is Verdict.FAULT


def test_a_key_is_to_be_copied_somewhere_else() -> None:
    assert "keep a copy" in judge_key(None, from_variable=False).found
    assert judge_key("the key is gone", from_variable=False).verdict is Verdict.FAULT


def test_every_wrong_variable_is_a_finding_of_its_own() -> None:
    assert len(list(judge_settings("A is wrong.\nB is wrong."))) == 2
