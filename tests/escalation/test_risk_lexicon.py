"""The lexicon is data that a clinician reads, with tests of its own and errors that say where."""

from pathlib import Path

import pytest

from escalation.risk import Lexicon, LexiconError, grade, load_lexicon
from escalation.risk.loading import PACKAGED
from escalation.risk.sightings import sight
from escalation.risk.wording import read

SMALL = {
    "common.toml": '[lexicon]\nversion = "t"\n',
    "words.toml": '[classes]\ndie = ["die|be dead"]\n\n[slots.wish]\nself = ["want to {die}"]\n\n'
    '[rules.wish]\ntier = "high"\nneeds = ["wish"]\n',
}


def small(tmp_path: Path, **changed: str) -> Path:
    for name, text in {**SMALL, **{f"{key}.toml": value for key, value in changed.items()}}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_every_example_in_the_lexicon_holds(lexicon: Lexicon) -> None:
    wrong = []
    for example in lexicon.examples:
        kind, name = example.name.split(".")
        if kind == "asides":
            found = grade([example.text], lexicon).tier == 0
        elif kind == "rules":
            found = any(hit.rule == name for hit in grade([example.text], lexicon).rules)
        else:
            found = any(each.slot == name for each in sight(example.text, 0, lexicon))
        if found is not example.holds:
            wrong.append(f"{example.file} {example.name}: {example.text}")
    assert wrong == []


def test_the_version_is_the_stated_one_and_a_hash_of_the_content(tmp_path: Path) -> None:
    before = load_lexicon(small(tmp_path)).version
    (tmp_path / "common.toml").write_text('[lexicon]\nversion = "t"\n# reviewed\n', encoding="utf-8")
    assert before.startswith("t+")
    assert load_lexicon(tmp_path).version != before


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ('[slots.wish]\nself = ["want to (die"]\n', "words.toml, line 2, slots.wish.self", "never closed"),
        ('[slots.wish]\nself = ["{nobody} dies"]\n', "line 2, slots.wish.self", "no class is called {nobody}"),
        ('[slots.wish]\nself = ["Want"]\n', "words.toml, line 2, slots.wish.self", "cannot read"),
        ('[slots.wish]\nselfish = ["want"]\n', "words.toml, line 2, slots.wish.selfish", "is not a key"),
        ('[slots.wish]\nself = ["a"]\n[rules.r]\ntier = "grave"\nneeds = ["wish"]\n', "rules.r.tier", "grave"),
        ('[rules.r]\ntier = "high"\nneeds = ["ghost"]\n', "line 3, rules.r.needs", "no slot is called 'ghost'"),
        ('[classes]\na = ["{b}"]\nb = ["{a}"]\n[slots.wish]\nself = ["{a}"]\n', "slots.wish.self", "made of itself"),
        ("[slots.wish\n", "words.toml", "line 1"),
        ("[wishes]\n", "words.toml, line 1, wishes", "is not a table"),
        ('[slots.wish]\nself = "want"\nunless = [3]\n', "slots.wish.unless", "list of strings"),
    ],
)  # fmt: skip
def test_an_error_names_the_file_the_line_and_the_key(tmp_path: Path, text: str, where: str, what: str) -> None:
    with pytest.raises(LexiconError) as fault:
        load_lexicon(small(tmp_path, words=text))
    assert where in str(fault.value)
    assert what in str(fault.value)


def test_a_folder_without_a_lexicon_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="no lexicon files"):
        load_lexicon(tmp_path)


def test_a_lexicon_must_state_its_version_once(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"lexicon\.version"):
        load_lexicon(small(tmp_path, more='[lexicon]\nversion = "u"\n'))


@pytest.mark.parametrize(
    ("pattern", "hit", "miss"),
    [
        ("want to die", "I want to die", "want dice"),
        ("(end|stop) it", "stop it", "begin it"),
        ("want [so badly] to die", "want so badly to die", "want badly to die"),
        ("take .. pills", "take all the pills", "take one two three pills"),
        ("take ... pills", "take one two three pills", "take it. the pills"),
        ("took # pills", "took 3 pills", "took my pills"),
        ("took ## pills", "took 30 pills", "took 3 pills"),
        ("^bye$", "bye!", "bye now"),
        ("no hope/", "no hope. bye", "no hope of rain"),
    ],
)
def test_the_notation_reads_as_it_says(tmp_path: Path, pattern: str, hit: str, miss: str) -> None:
    rule = '[rules.r]\ntier = "high"\nneeds = ["s"]\n'
    lexicon = load_lexicon(small(tmp_path, words=f'[slots.s]\nself = ["{pattern}"]\n{rule}'))
    assert str(grade([hit], lexicon).tier) == "high"
    assert str(grade([miss], lexicon).tier) == "none"


def test_every_reading_leads_back_to_the_raw_text(lexicon: Lexicon) -> None:
    raw = "I’m ｓｏ t i r e d  of th1s 💊💊!!"
    for reading in read(raw, lexicon.vocabulary):
        for word in reading.words:
            assert 0 <= word.start < word.end <= len(raw)


def test_no_file_of_the_lexicon_is_too_long_to_review() -> None:
    for file in PACKAGED.glob("*.toml"):
        assert len(file.read_text(encoding="utf-8").splitlines()) < 400, file.name
