"""A line that will answer is found well; looking at it changes nothing in it, and disturbs nobody."""

from __future__ import annotations

import json
import re

from visit import Visit

from entrypoints.doctor.examination import Wishes
from entrypoints.doctor.findings import Verdict
from entrypoints.doctor.report import Report


def test_a_demonstration_run_is_found_well(visit: Visit) -> None:
    found = visit.find()
    assert not [one for one in found if one.verdict in {Verdict.FAULT, Verdict.WARNING}]
    assert {one.check for one in found if one.verdict is Verdict.SKIPPED} == {"fallback", "calls at once"}
    assert {one.check for one in found if one.verdict is Verdict.OK} == {
        *("database", "schema", "line", "clock", "redis", "worker", "ticker", "outbox", "rules", "public address"),
        *("carrier account", "carrier balance", "line's number", "calls", "call status", "texts", "call pace"),
        *("recording", "roster", "people's numbers", "partner line", "languages", "on call"),
        *("peers on shift", "supervisor on shift"),
    }


def test_looking_changes_nothing_in_the_line(visit: Visit) -> None:
    visit.world.run_for(60)
    before = visit.rows()
    visit.find()
    after = visit.rows()
    kept, moved = before.pop("timer"), after.pop("timer")
    del before["heartbeat"], after["heartbeat"]  # the ticker's own
    assert after == before
    of_the_line = {(row[1], row[2]) for row in kept}
    assert {(row[1], row[2]) for row in moved} == of_the_line, "only the hourly housekeeping was done earlier"
    assert {subject for _, subject in of_the_line} == {"line"}


def test_looking_disturbs_nobody(visit: Visit) -> None:
    visit.find()
    assert not visit.world.network.calls
    assert not visit.world.network.messages.all


def test_looking_makes_no_request_that_changes_anything_at_the_carrier(visit: Visit) -> None:
    visit.find()
    assert {record.method for record in visit.world.network.rest_log} == {"GET"}


def test_no_finding_holds_a_telephone_number(visit: Visit) -> None:
    for name in ("Ana", "Bo"):
        visit.phone(name).dead = True
    for number in visit.world.network.numbers.values():
        number.voice_url = "https://elsewhere.example/voice?to=%2B12125550121"
    shown = json.dumps([one.as_json() for one in visit.find(Wishes(text=True, ring=True, at_night=True))])
    assert "Ana" in shown
    assert not re.search(r"\d{7,}", shown)


def test_the_findings_are_told_one_by_one_and_the_sums_at_the_end(visit: Visit) -> None:
    lines: list[str] = []
    report = Report(lambda line, _colour: lines.append(line), as_json=False)
    visit.worker = False
    for one in visit.find():
        report.add(one)
    assert report.end() == 0, "a warning is no fault"
    assert "ok       database: The database answers." in lines
    assert lines[lines.index("warning  worker: No worker came when the doorbell was rung.") + 1].startswith(
        "         → "
    )
    assert lines[-1] == "No fault and 1 warning: as far as can be seen from here, this line answers."


def test_a_program_reads_one_object_with_the_sums(visit: Visit) -> None:
    lines: list[str] = []
    report = Report(lambda line, _colour: lines.append(line), as_json=True)
    visit.world.network.numbers.clear()
    for one in visit.find():
        report.add(one)
    assert report.end() == 1
    told = json.loads("\n".join(lines))
    assert told["sums"]["fault"] == 1
    fault = next(one for one in told["findings"] if one["verdict"] == "fault")
    assert fault == {
        "check": "line's number",
        "verdict": "fault",
        "found": "The line's number does not belong to this account.",
        "do": "Buy it there, or set line.number in the line file and apply it again.",
    }
