"""A line is one file: what is wrong in it is said by line and key, and the demonstration line is what was promised."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.line import Line, LineError, load_line, read_line
from helpline.nouns import CarrierName, Channel, Role, Tier
from helpline.words import FACTS, TRANSFER_WORDS, WORDS

DEMO = Path(__file__).resolve().parents[2] / "lines" / "demo.toml"
TEXT = DEMO.read_text(encoding="utf-8")


def changed(key: str, value: str) -> str:
    """The demonstration line with the first `key = …` of the file set to `value`."""
    text, count = re.subn(rf"(?m)^{re.escape(key)} = .*$", lambda _: f"{key} = {value}", TEXT, count=1)
    assert count == 1, key
    return text


def line_number(start: str, text: str = TEXT) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def complaint(text: str) -> str:
    with pytest.raises(LineError) as wrong:
        read_line(text, "mine.toml")
    return str(wrong.value)


@pytest.fixture(scope="module")
def demo() -> Line:
    return load_line(DEMO)


def test_the_demonstration_line_is_the_one_that_the_drills_play_on(demo: Line) -> None:
    support = demo.queue("support")
    assert (demo.line.timezone, demo.line.number) == ("America/New_York", "+12125550100")
    assert (demo.line.languages, demo.keys.language, demo.keys.danger) == (("en", "es"), {"1": "en", "2": "es"}, "9")
    assert (support.strategy, support.at_once, support.ring_seconds) == ("longest_idle", 1, 20)
    assert support.text_seconds == 60
    assert support.wait_limit_seconds == 150
    assert [(step.after_seconds, set(step.roles)) for step in support.steps] == [
        (0, {Role.PEER}),
        (45, {Role.PEER, Role.BACKUP}),
    ]
    assert demo.wrap_up.seconds == 120


def test_the_demonstration_ladder_is_as_the_table_says(demo: Line) -> None:
    assert [(step.after_seconds, step.tier) for step in demo.ladder.tiers_by_wait] == [(60, 1), (90, 2)]
    imminent, high = demo.ladder.risk.imminent, demo.ladder.risk.high
    assert (imminent.after_seconds, imminent.tier, imminent.even_if_connected) == (0, 1, True)
    assert (high.after_seconds, high.tier, high.even_if_connected, high.tell_supervisor) == (20, 1, False, True)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("name", "7", "line.name: Input should be a valid string"),
        ("number", '"212 555"', "line.number: not a telephone number; write it as +12125550100"),
        ("number", '"+1212"', "line.number: not a possible telephone number"),
        ("number", "12125550100", "line.number: Input should be a valid string"),
        ("partner_number", '"nobody"', "divert.partner_number: not a telephone number"),
        ("timezone", '"Mars/Olympus"', "line.timezone: not a time zone; write it as America/New_York"),
        ("timezone", '"America"', "line.timezone: not a time zone"),
        ("timezone", '""', "line.timezone: not a time zone"),
        ("timezone", '"../UTC"', "line.timezone: not a time zone"),
        ("languages", "[]", "line.languages: "),
        ("languages", '["english"]', "line.languages.0: "),
        ("rescue", '"always"', "line.rescue: Input should be 'never', 'with_consent' or 'act_under_way'"),
        ("danger", '"99"', "keys.danger: "),
        ("danger", '"*"', "keys.danger: "),
        ("strategy", '"random"', "queues.support.strategy: "),
        ("at_once", "0", "queues.support.at_once: "),
        ("at_once", "11", "queues.support.at_once: "),
        ("ring_seconds", "0", "queues.support.ring_seconds: "),
        ("ring_seconds", "nan", "queues.support.ring_seconds: "),
        ("wait_limit_seconds", "inf", "queues.support.wait_limit_seconds: "),
        ("wait_limit_seconds", "90000", "queues.support.wait_limit_seconds: "),
        ("wait_limit_seconds", '"soon"', "queues.support.wait_limit_seconds: "),
        ("text_seconds", "-1", "queues.support.text_seconds: "),
        ("silence_minutes", "0", "text.silence_minutes: "),
        ("choice_seconds", "61", "divert.choice_seconds: "),
        ("repeat_seconds", "0", "ladder.repeat_seconds: "),
        ("contact_days", "0", "retention.contact_days: "),
        ("inbox_days", "3.5", "retention.inbox_days: "),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_line_and_key(key: str, value: str, says: str) -> None:
    text = changed(key, value)
    assert complaint(text).startswith(f"mine.toml, line {line_number(f'{key} = ', text)}: {says}")


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("queue", '"nobody"', "line.queue: there is no queue called 'nobody'"),
        ("languages", '["fr"]', "line.languages: 'fr' comes first and has no words in say.fr"),
        ("greeting", '"{nobody} here"', "say.en.greeting: {nobody} is not one of "),
        ("greeting", '"{line.name}"', "say.en.greeting: {line.name} is not one of "),
        ("greeting", '"{}"', "say.en.greeting: {} is not one of "),
        ("greeting", '"{0}"', "say.en.greeting: {0} is not one of "),
        ("greeting", '"a { alone"', "say.en.greeting: a curly bracket stands alone"),
        ("greeting", '"a } alone"', "say.en.greeting: a curly bracket stands alone"),
        ("greeting", '"{line:d}"', "say.en.greeting: {line} takes nothing beside its name"),
        ("greeting", '"{seconds:{tag}}"', "say.en.greeting: {seconds} takes nothing beside its name"),
        ("greeting", '"{line!r}"', "say.en.greeting: {line} takes nothing beside its name"),
        ("partner_number", '"+12125550100"', "divert.partner_number: that is this line itself"),
        ("language", '{ "2" = "fr" }', "keys.language.2: 'fr' is not one of the line's languages"),
        ("language", '{ "9" = "es" }', "keys.language.9: that key already means danger"),
        ("voice", "1", "capacity: a call takes the whole person: voice must equal shares"),
        ("text", "3", "capacity: text may not take more than shares"),
    ],
)
def test_what_does_not_hang_together_is_named_with_its_line_and_key(key: str, value: str, says: str) -> None:
    said = complaint(changed(key, value))
    assert re.match(rf"mine\.toml, line \d+: {re.escape(says)}", said), said


def test_a_key_the_line_does_not_know_is_named_where_it_stands() -> None:
    text = TEXT.replace("[wrap_up]\n", "[wrap_up]\nsecond = 120\n")
    place = line_number("second = ", text)
    assert complaint(text) == f"mine.toml, line {place}: wrap_up.second: the line has no such key"
    text = TEXT.replace("[say.es]\n", '[say.es]\ngreetings = "hola"\n')
    place = line_number("greetings = ", text)
    assert complaint(text) == f"mine.toml, line {place}: say.es.greetings: the line has no use for these words"
    assert "nonsense: the line has no such key" in complaint("[nonsense]\nx = 1\n" + TEXT)
    assert "version: the line has no such key" in complaint('version = "7"\n' + TEXT)


def test_a_key_that_is_missing_is_named_with_its_table() -> None:
    text = re.sub(r"(?m)^repeat_seconds = .*\n", "", TEXT)
    assert complaint(text) == f"mine.toml, line {line_number('[ladder]', text)}: ladder.repeat_seconds: is missing"
    text = re.sub(r"(?m)^greeting = .*\n", "", TEXT, count=1)
    assert complaint(text) == f"mine.toml, line {line_number('[say.en]', text)}: say.en: missing greeting"


def test_every_fault_is_told_at_once() -> None:
    text = changed("timezone", '"Mars"').replace("ring_seconds = 20", "ring_seconds = -1", 1)
    assert len(complaint(text).splitlines()) == 2


def test_a_file_that_is_no_toml_is_named_with_its_line() -> None:
    assert re.search(r"mine\.toml: .*line 2", complaint("[line]\nname = = 7\n"))


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'name = "caf\xe9"')
    for path in (tmp_path, tmp_path / "missing.toml", tmp_path / "latin.toml"):
        with pytest.raises(LineError, match="cannot be read"):
            load_line(path)


@given(st.text(max_size=40))
def test_any_words_are_either_refused_or_can_be_said(words: str) -> None:
    quoted = "".join(f"\\U{ord(letter):08x}" for letter in words if not 0xD800 <= ord(letter) <= 0xDFFF)
    try:
        line = read_line(changed("greeting", f'"{quoted}"'))
    except LineError:
        return
    line.words("greeting", line="x", seconds=3)


def test_every_sentence_can_be_said_in_every_language_without_any_fact(demo: Line) -> None:
    for language in (*demo.line.languages, "fr", None):
        for key in WORDS:
            said = demo.words(key, language)
            assert "{" not in said
            assert said or key == "risk_none"


def test_a_line_without_transfers_needs_no_words_for_them_and_one_with_them_needs_every_one() -> None:
    silent = re.sub(rf"(?m)^({'|'.join(TRANSFER_WORDS)}) = .*\n", "", TEXT)
    assert "say.en: missing passed_on, released, " in complaint(silent)
    before = re.sub(r"(?ms)^\[transfer\]\n.*?\n\n", "", silent)
    assert read_line(before).transfer is None


def test_a_call_is_held_out_shorter_than_a_text_when_it_is_passed_on(demo: Line) -> None:
    assert demo.transfer is not None
    assert (demo.transfer.patience(Channel.VOICE), demo.transfer.patience(Channel.TEXT)) == (30, 60)


def test_a_fact_that_has_no_words_leaves_no_gap(demo: Line) -> None:
    said = demo.words("page_text", tag="A", channel="voice", language="English", risk="", why="somebody waits")
    assert "English. Reply" in said


def test_words_a_language_lacks_are_said_in_the_first_one(demo: Line) -> None:
    assert demo.words("screen", "es", language="Spanish", risk="") == demo.words(
        "screen", "en", language="Spanish", risk=""
    )
    assert demo.words("over", "es") != demo.words("over", "en")


def test_facts_are_put_in_as_they_are_and_never_read_as_templates(demo: Line) -> None:
    assert "{partner_number}" in demo.words("clinician_joined", name="{partner_number}", tag="A")
    assert {"line", "partner", "seconds"} <= FACTS


def test_a_line_never_changes_and_its_version_is_its_text(demo: Line) -> None:
    assert read_line(TEXT).version == demo.version != read_line(TEXT + "\n").version
    with pytest.raises(ValueError, match="frozen"):
        demo.line.name = "another"  # type: ignore[misc]


def test_steps_open_in_the_order_of_their_time_however_the_file_lists_them() -> None:
    text = TEXT.replace("{ after_seconds = 0, roles", "{ after_seconds = 50, roles").replace(
        "{ after_seconds = 60, tier = 1 }", "{ after_seconds = 95, tier = 1 }"
    )
    line = read_line(text)
    assert [step.after_seconds for step in line.queue("support").steps] == [45, 50]
    assert [step.tier for step in line.ladder.tiers_by_wait] == [2, 1]


def test_what_a_contact_takes_of_a_person(demo: Line) -> None:
    assert (demo.capacity.of(Channel.VOICE), demo.capacity.of(Channel.TEXT)) == (2, 1)
    assert demo.queue("support").offer_lasts(Channel.TEXT).total_seconds() == 60
    assert demo.words_of_risk(Tier.IMMINENT) == "Risk imminent."


ROUTE = """
[[routes]]
keys = ["3"]
queue = "support"

[[routes]]
{condition}

[capacity]
"""


def with_route(condition: str) -> str:
    return TEXT.replace("[capacity]\n", ROUTE.format(condition=condition), 1)


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ('keys = ["3"]\nqueue = "youth"', "routes.1.queue: there is no queue called 'youth'"),
        ('queue = "support"\nkeys = ["9"]', "routes.1.keys: the key 9 already means danger"),
        ('queue = "support"\nkeys = ["4", "2"]', "routes.1.keys: the key 2 already chooses a language"),
        ('queue = "support"\nnumber = "+12125550101"', "routes.1.number: that is not one of the line's numbers"),
        ('queue = "support"\nhours = "late"', "routes.1.hours: not hours; write them as 22:00-06:00"),
        ('queue = "support"', "routes.1: fits everybody; give it keys, words, number, hours or risk"),
        ('keys = ["4"]', "routes.1: leads nowhere; give it a queue or a topic"),
    ],
)
def test_a_route_that_leads_astray_is_named_with_its_line(condition: str, says: str) -> None:
    text = with_route(condition)
    key = says.partition(":")[0].removeprefix("routes.1").removeprefix(".")
    lines = text.splitlines()
    second = [number for number, line in enumerate(lines, 1) if line == "[[routes]]"][1]
    place = next((n for n, line in enumerate(lines, 1) if n > second and key and line.startswith(key)), second)
    assert complaint(text).startswith(f"mine.toml, line {place}: {says}")


def test_a_line_may_have_several_numbers() -> None:
    def with_numbers(numbers: str) -> str:
        return TEXT.replace("timezone =", f"numbers = {numbers}\ntimezone =", 1)

    assert read_line(with_numbers('["+1 212 555 0101"]')).line.every_number == ("+12125550100", "+12125550101")
    assert "line.numbers: a number stands twice" in complaint(with_numbers('["+12125550100"]'))
    assert "divert.partner_number: that is this line itself" in complaint(with_numbers('["+12125550188"]'))


def test_the_menu_is_said_only_where_there_is_one(demo: Line) -> None:
    assert demo.routes == ()
    assert demo.words("menu", "es") == ""
    told = read_line(TEXT.replace("[say.en]\n", '[say.en]\nmenu = "For {line}, press 3."\n', 1))
    assert told.words("menu") == "For the demonstration line, press 3."
    assert told.words("menu", "es") == told.words("menu")


def test_skills_are_compared_in_lower_case() -> None:
    text = TEXT.replace("at_once = 1 ", 'needs = [{ skill = "Veterans", level = 2 }]\nat_once = 1 ', 1)
    text = text.replace("{ after_seconds = 45,", '{ after_seconds = 45, drop = ["VETERANS"],', 1)
    support = read_line(text).queue("support")
    assert [need.skill for need in support.needs] == ["veterans"]
    assert support.openings[-1].dropped == {"veterans"}


SECOND = "+12125550170"


def with_second(carriers: str, numbers: str = f'["{SECOND}"]') -> str:
    return TEXT.replace("[line]\n", f"[line]\nnumbers = {numbers}\n", 1) + f"\n[carriers]\n{carriers}\n"


def test_a_second_carrier_holds_the_numbers_that_the_line_says_and_the_first_all_others(demo: Line) -> None:
    line = read_line(with_second(f'signalwire = ["{SECOND}"]'))
    assert line.numbers_of(CarrierName.SIGNALWIRE) == (SECOND,)
    assert line.numbers_of(CarrierName.TWILIO) == ("+12125550100",)
    assert line.carrier_of(None) is line.carrier_of("+12125550100") is CarrierName.TWILIO
    assert demo.numbers_of(CarrierName.SIGNALWIRE) == ()


def test_a_line_with_one_carrier_needs_no_words_for_two() -> None:
    without = re.sub(r"(?m)^page_elsewhere = .*\n", "", TEXT)
    assert read_line(without).carriers is None
    told = complaint(without.replace("[line]\n", f'[line]\nnumbers = ["{SECOND}"]\n', 1) + CARRIERS)
    assert "missing page_elsewhere" in told


CARRIERS = f'\n[carriers]\nsignalwire = ["{SECOND}"]\n'


@pytest.mark.parametrize(
    ("carriers", "why"),
    [
        ("signalwire = []", "at least 1 item"),
        ('signalwire = ["+12125550171"]', "a number is not one of line.numbers"),
        ('signalwire = ["+12125550100"]', "a number is not one of line.numbers"),
        (f'signalwire = ["{SECOND}", "{SECOND}"]', "a number stands twice"),
        (f'signalwire = ["{SECOND}"]\nill_after = 0', "greater than or equal to 1"),
        (f'signalwire = ["{SECOND}"]\ntelnyx = []', "the line has no such key"),
    ],
)
def test_wrong_carriers_are_refused_by_line_and_key(carriers: str, why: str) -> None:
    text = with_second(carriers)
    told = complaint(text)
    assert why in told
    assert "carriers" in told
    assert re.match(r"mine.toml, line \d+: carriers", told)


ALARMS = "\n[rota.alarms]\n"


def test_a_line_that_tells_of_holes_has_the_usual_horizons_and_the_words_for_it() -> None:
    told = read_line(TEXT + ALARMS).rota.alarms
    assert told is not None
    assert [(one.hours, one.by_night) for one in told.horizons] == [(336, False), (72, False), (24, True), (1, True)]
    without = re.sub(r"(?m)^cover_hole = .*\n", "", TEXT)
    assert read_line(without).rota.alarms is None
    assert "missing cover_hole" in complaint(without + ALARMS)


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ("[rota.load]\nlanguages = { fr = 0.1 }", "rota.load.languages.fr: not one of the line's languages"),
        (
            "[rota.load]\nlanguages = { en = 0.1 }",
            "rota.load.languages.en: not one of the line's languages after the first",
        ),
        ("[rota.load]\nrings_taken = 0.9\nrings_declined = 0.2", "rota.load: more rings are taken and declined"),
        ("[rota.load]\nanswered_share = 1.0", "rota.load.answered_share"),
        ("[rota.load]\nbusy = [{ hours = 'evening', times = 2 }]", "rota.load.busy.0.hours: not hours"),
        ("[rota.alarms]\nhorizons = [{ hours = 2, tell = ['everybody'] }]", "rota.alarms.horizons.0.tell.0"),
        (
            "[rota.alarms]\nhorizons = [{ hours = 2, tell = ['supervisors'] }, { hours = 2, tell = ['coordinators'] }]",
            "rota.alarms.horizons: two horizons are the same",
        ),
    ],
)
def test_what_is_wrong_with_foresight_is_said_by_its_key(table: str, wrong: str) -> None:
    assert wrong in complaint(f"{TEXT}\n{table}\n")
