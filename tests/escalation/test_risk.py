"""How grave are these words: what the caller's words do to the tier, and what explains it."""

import pytest

from escalation.risk import Lexicon, Subject, Tier, grade
from escalation.risk.command import BadLine, run


def tier(lexicon: Lexicon, *turns: str) -> str:
    return str(grade(turns, lexicon).tier)


def spans(lexicon: Lexicon, text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in grade([text], lexicon).rules]


def test_an_act_under_way_is_imminent(lexicon: Lexicon) -> None:
    assert tier(lexicon, "i took all of my pills, goodbye") == "imminent"


@pytest.mark.parametrize(
    "text",
    ["this exam is killing me lol", "hi, is anyone there", "rough night", "can someone talk", "STOP",
     "HELP", "END", "QUIT", ""],
)  # fmt: skip
def test_everyday_and_carrier_words_are_none(lexicon: Lexicon, text: str) -> None:
    assert tier(lexicon, text) == "none"


def test_an_idiom_is_taken_out_and_the_rest_of_the_message_still_counts(lexicon: Lexicon) -> None:
    assert tier(lexicon, "this exam is killing me and i've got the pills out") == "imminent"


def test_not_wanting_to_live_is_a_positive_of_its_own(lexicon: Lexicon) -> None:
    assert tier(lexicon, "I don't want to live") == "high"


def test_a_negation_lowers_by_one_tier_and_no_more(lexicon: Lexicon) -> None:
    assert tier(lexicon, "i am going to kill myself") == "high"
    assert tier(lexicon, "i am not going to kill myself") == "elevated"


def test_no_but_lowers_nothing(lexicon: Lexicon) -> None:
    assert tier(lexicon, "no, but i want to die") == "high"
    assert tier(lexicon, "i'm not going to kill myself but i don't want to live") == "high"


def test_turns_combine(lexicon: Lexicon) -> None:
    assert tier(lexicon, "i have a bottle of pills") < "imminent"
    assert tier(lexicon, "i want to die") == "high"
    assert tier(lexicon, "i want to die", "tonight") == "imminent"
    assert tier(lexicon, "i have a bottle of pills", "i want to die") == "imminent"


def test_a_later_denial_never_lowers_what_was_said_before(lexicon: Lexicon) -> None:
    assert tier(lexicon, "i want to die", "forget it, i was joking") == "high"
    assert tier(lexicon, "i want to die", "i'm not suicidal") == "high"


def test_taking_it_back_is_elevated(lexicon: Lexicon) -> None:
    assert tier(lexicon, "forget it, i was joking") == "elevated"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("my friend says she will kill herself tonight", Tier.IMMINENT),
        ("my brother told me he wants to die", Tier.HIGH),
        ("mi amiga dice que se quiere morir", Tier.HIGH),
        ("i'm worried my sister might hurt herself", Tier.ELEVATED),
    ],
)
def test_another_in_danger_is_as_grave_and_said_to_be_another(lexicon: Lexicon, text: str, wanted: Tier) -> None:
    risk = grade([text], lexicon)
    assert risk.tier >= wanted
    assert risk.subject is Subject.OTHER


def test_ones_own_danger_is_ones_own_beside_a_friend(lexicon: Lexicon) -> None:
    assert grade(["my friend left and i want to die"], lexicon).subject is Subject.SELF


def test_both_languages_are_read_in_every_message(lexicon: Lexicon) -> None:
    assert tier(lexicon, "hi. me quiero morir. sorry") == "high"
    assert tier(lexicon, "me tomé todas las pastillas, adiós") == "imminent"


@pytest.mark.parametrize(
    "text",
    [
        "i want to d1e", "i w a n t t o d i e", "i want to d.i.e", "i want to dieeee", "ｉ ｗａｎｔ ｔｏ ｄｉｅ",
        "i w\u200ba\u200bnt to d\u200bie", "і wаnt tо dіе", "i wnat to die", "i wanna kms",
        "i um want to, you know, die",
        "𝐢 𝐰𝐚𝐧𝐭 𝐭𝐨 𝐝𝐢𝐞", "I WANT TO DIE", "i want to d*e", "ｋｉｌｌ myself", "i'm going to un alive myself",
    ],
)  # fmt: skip
def test_disguise_haste_and_hesitation_do_not_hide_it(lexicon: Lexicon, text: str) -> None:
    assert tier(lexicon, text) == "high"


def test_a_person_sees_which_words_counted_in_the_raw_text(lexicon: Lexicon) -> None:
    assert "w\u200bant to d1e" in spans(lexicon, "well… I w\u200bant to d1e 😂")[0]
    assert grade(["i want to die"], lexicon).lexicon == lexicon.version


def test_the_gravest_words_come_first_with_their_rule_and_tier(lexicon: Lexicon) -> None:
    first = grade(["i want to die", "i took all the pills"], lexicon).rules[0]
    assert (first.rule, first.turn, first.tier) == ("act", 1, Tier.IMMINENT)


def test_it_answers_the_same_every_time(lexicon: Lexicon) -> None:
    turns = ["i have a rope", "tonight i end it"]
    assert grade(turns, lexicon) == grade(turns, lexicon)


def test_the_command_answers_a_line_for_a_line_in_order(lexicon: Lexicon) -> None:
    lines = ['{"id": "a", "turns": ["i want to die"]}\n', "\n", '{"id": 2, "turns": []}']
    first, second = run(lines, lexicon)
    assert first.startswith(
        '{"id": "a", "tier": "high", "subject": "self", "rules": [{"rule": "wish", "turn": 0, "start": 0'
    )
    assert second == f'{{"id": 2, "tier": "none", "subject": "self", "rules": [], "lexicon": "{lexicon.version}"}}'


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"id": 1}',
        '{"turns": []}',
        '{"id": 1, "turns": "secret words"}',
        '{"id": 1, "turns": [1]}',
        "[" * 100_000,
    ],
)
def test_the_command_says_which_line_it_cannot_read_and_never_quotes_it(lexicon: Lexicon, line: str) -> None:
    with pytest.raises(BadLine, match="line 2") as fault:
        list(run(['{"id": 1, "turns": []}', line], lexicon))
    assert "secret" not in str(fault.value)
