"""How the helpline reads words of danger."""

import json
import re
from pathlib import Path
from random import Random

import pytest

from escalation.risk import Lexicon, Subject, Tier, grade
from escalation.risk.command import BadLine, run
from escalation.risk.sightings import sight
from tests.escalation.disguises import HESITATION, OBFUSCATIONS, Disguise

NONE, ELEVATED, HIGH, IMMINENT = Tier.NONE, Tier.ELEVATED, Tier.HIGH, Tier.IMMINENT
DRILLS = Path(__file__).parent.parent.parent / "drills"
CLEAR_DANGER = ("i want to kill myself", "i took all of my pills", "i have the rope and i want to die")


def table(*rows: tuple[Tier, str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("tier", "words"), [pytest.param(tier, words, id=f"{why}: {words}") for tier, why, words in rows]
    )


@table(
    (IMMINENT, "an act just done", "i swallowed the whole box of tablets"),
    (IMMINENT, "an act just done", "I've cut my wrists and it won't stop bleeding"),
    (IMMINENT, "an act under way", "the noose is round my neck"),
    (IMMINENT, "intent with means", "i want to die and there is a gun next to me"),
    (IMMINENT, "intent with a time", "im going to kill myself tonight"),
    (IMMINENT, "intent with a time", "tomorrow morning i'm going to jump off the bridge"),
    (IMMINENT, "a final goodbye", "by the time you read this i'll be dead"),
    (IMMINENT, "a final goodbye", "this is my last message to anyone"),
    (IMMINENT, "violence now", "he's choking me right now"),
    (IMMINENT, "violence now", "my husband has a knife and he's outside the bathroom"),
    (HIGH, "a wish to die", "i want to be dead"),
    (HIGH, "a wish to die", "I keep thinking about killing myself"),
    (HIGH, "a plan without a time", "i have a plan to end my life"),
    (HIGH, "self-harm", "i've been cutting myself again"),
    (HIGH, "a threat to life", "my boyfriend said he will kill me"),
    (HIGH, "intent to kill another", "i want to kill my stepfather"),
    (ELEVATED, "not wanting to wake up", "i wish i wouldn't wake up"),
    (ELEVATED, "not wanting to be here", "i just don't want to be here anymore"),
    (ELEVATED, "hopeless", "i feel hopeless"),
    (ELEVATED, "a burden", "i'm nothing but a burden to my family"),
    (ELEVATED, "a past attempt, and distress now", "i tried to kill myself last year and it's all coming back"),
    (ELEVATED, "taking it back", "forget it, i was only joking"),
    (NONE, "distress without danger", "i cried all day after the breakup"),
    (NONE, "grief", "my grandmother died last month and i miss her"),
    (NONE, "films", "watched a film about a killer last night"),
    (NONE, "logistics", "i can come at eight tomorrow"),
    (NONE, "carrier words", "STOP"),
    (NONE, "nothing", ""),
)
def test_every_tier_in_english(lexicon: Lexicon, tier: Tier, words: str) -> None:
    assert grade([words], lexicon).tier is tier


@table(
    (IMMINENT, "an act just done", "me tragué todas las pastillas"),
    (IMMINENT, "an act just done", "me corté las venas"),
    (IMMINENT, "intent with means", "quiero morirme y tengo una pistola aquí"),
    (IMMINENT, "intent with a time", "esta noche me voy a matar"),
    (IMMINENT, "a final goodbye", "cuando lean esto ya estaré muerta"),
    (IMMINENT, "violence now", "mi marido me está pegando"),
    (HIGH, "a wish to die", "me quiero morir"),
    (HIGH, "a wish to die", "ya no quiero seguir viviendo"),
    (HIGH, "self-harm", "me estoy cortando otra vez"),
    (ELEVATED, "not wanting to wake up", "ojalá no despertara mañana"),
    (ELEVATED, "a burden", "soy una carga para mi familia"),
    (ELEVATED, "hopeless", "ya no tengo esperanza"),
    (NONE, "distress without danger", "estoy muy triste por lo de mi novio"),
    (NONE, "idiom", "me muero de hambre"),
    (NONE, "logistics", "nos vemos mañana a las ocho"),
)
def test_every_tier_in_spanish(lexicon: Lexicon, tier: Tier, words: str) -> None:
    assert grade([words], lexicon).tier is tier


@table(
    (IMMINENT, "an act", "my friend took all of her pills and wont wake up"),
    (IMMINENT, "an act, in Spanish", "mi hermano se tomó un frasco de pastillas"),
    (IMMINENT, "means and intent", "my dad has a gun and says he is going to shoot himself"),
    (HIGH, "a wish", "my sister says she wants to kill herself"),
    (HIGH, "a wish, in Spanish", "mi amiga dice que se quiere morir"),
    (HIGH, "self-harm", "my daughter is cutting herself"),
    (ELEVATED, "worry", "i'm worried my friend might be suicidal"),
    (ELEVATED, "worry, in Spanish", "creo que mi amigo puede hacerse algo"),
)
def test_danger_to_somebody_else_is_danger_and_is_theirs(lexicon: Lexicon, tier: Tier, words: str) -> None:
    risk = grade([words], lexicon)

    assert (risk.tier, risk.subject) == (tier, Subject.OTHER)


@pytest.mark.parametrize(
    "words",
    [
        "i want to kill myself",
        "i think my brother is fine but i want to die",
        "everyone would be better off if i were dead",
        "quiero matarme",
    ],
)
def test_danger_to_the_caller_is_the_callers(lexicon: Lexicon, words: str) -> None:
    assert grade([words], lexicon).subject is Subject.SELF


@pytest.mark.parametrize(
    "turns",
    [
        ("i want to die", "tonight"),
        ("i have a bottle of pills", "i can't see any point", "i'm going to do it"),
        ("there is a rope in the garage", "hi?", "i want to kill myself"),
        ("me quiero morir", "esta noche"),
        ("quiero matarme", "tengo la pistola de mi papá"),
    ],
)
def test_danger_told_over_several_messages_adds_up(lexicon: Lexicon, turns: tuple[str, ...]) -> None:
    assert grade(turns, lexicon).tier is IMMINENT
    assert all(grade([turn], lexicon).tier < IMMINENT for turn in turns)


@pytest.mark.parametrize("after", ["no sorry im fine, i would never", "forget it", "lol", "was joking", "STOP", ""])
def test_what_was_said_is_never_lowered_by_what_follows(lexicon: Lexicon, after: str) -> None:
    assert grade(["i want to kill myself", after], lexicon).tier is HIGH


@table(
    (ELEVATED, "a plain denial", "i don't want to kill myself"),
    (ELEVATED, "a plain denial", "i would never end my life"),
    (ELEVATED, "a plain denial", "no quiero matarme"),
    (HIGH, "no, but", "i don't want to kill myself but i want to die"),
    (HIGH, "no, but", "no quiero matarme pero quiero morirme"),
    (HIGH, "not wanting to live is no denial", "i don't want to live"),
    (HIGH, "not wanting to live is no denial", "i do not want to be alive anymore"),
    (HIGH, "not wanting to live is no denial", "no quiero vivir"),
    (IMMINENT, "no, as an answer", "no, me tomé todas las pastillas"),
    (IMMINENT, "no, as an answer", "no... i took all of my pills"),
    (HIGH, "two denials", "i can't stop thinking about killing myself"),
)
def test_a_denial_lowers_by_one_tier_at_most(lexicon: Lexicon, tier: Tier, words: str) -> None:
    assert grade([words], lexicon).tier is tier


@pytest.mark.parametrize(
    "words",
    [
        "i'm dying to see you",
        "my feet are killing me",
        "this heat is murder",
        "i nearly died laughing at that",
        "mum will kill me if i'm late",
        "i could kill for a sandwich",
        "my laptop just died",
        "we bombed the interview lol",
        "me muero de sueño",
        "mi jefe me va a matar si llego tarde",
        "took my antibiotics with breakfast",
        "we're meeting on the bridge at six to watch the boats",
    ],
)
def test_idiom_and_everyday_words_wake_nobody(lexicon: Lexicon, words: str) -> None:
    assert grade([words], lexicon).tier is NONE


@table(
    (IMMINENT, "an exam", "this exam is killing me and i've got the pills out"),
    (HIGH, "a joke", "i'm dying of laughter lol but honestly i want to die"),
    (HIGH, "in Spanish", "me muero de hambre y también quiero matarme"),
)
def test_an_idiom_takes_only_its_own_words_out(lexicon: Lexicon, tier: Tier, words: str) -> None:
    assert grade([words], lexicon).tier is tier


@pytest.mark.parametrize("words", CLEAR_DANGER)
@pytest.mark.parametrize("disguise", [*OBFUSCATIONS.values(), *HESITATION.values()], ids=lambda each: each.__name__)
def test_disguise_and_haste_change_nothing(lexicon: Lexicon, disguise: Disguise, words: str) -> None:
    assert grade([disguise(words, Random(words))], lexicon).tier >= grade([words], lexicon).tier


@pytest.mark.parametrize(
    "words",
    ["i wanna kms", "i want to unalive myself", "i want to k!ll myself", "i wnat to kil myslef", "gonna ctb tonight"],
)
def test_the_words_of_forums_and_of_haste_are_understood(lexicon: Lexicon, words: str) -> None:
    assert grade([words], lexicon).tier >= HIGH


def test_a_picture_says_what_it_shows(lexicon: Lexicon) -> None:
    assert grade(["i want to die 💊💊💊"], lexicon).tier is IMMINENT


def test_a_verdict_shows_the_words_that_counted(lexicon: Lexicon) -> None:
    words = "hello... my exams are killing me and i want to die"

    risk = grade(["hi", words], lexicon)

    assert {(hit.turn, words[hit.start : hit.end]) for hit in risk.rules} == {(1, "i want to die")}
    assert [hit.rule for hit in risk.rules] == ["wish"]


def test_a_verdict_over_several_messages_shows_each_part_in_its_own(lexicon: Lexicon) -> None:
    risk = grade(["i want to die", "tonight"], lexicon)

    gravest = [hit for hit in risk.rules if hit.tier is IMMINENT]
    assert [(hit.rule, hit.turn) for hit in gravest] == [("wish-and-time", 0), ("wish-and-time", 1)]


def test_a_verdict_points_at_the_disguised_words_as_they_were_sent(lexicon: Lexicon) -> None:
    words = "ok 😶 I  w\u200bant to K!LL  my—self now"

    hits = grade([words], lexicon).rules

    assert any("K!LL" in words[hit.start : hit.end] for hit in hits)


def test_a_verdict_names_the_lexicon_that_gave_it(lexicon: Lexicon) -> None:
    assert grade(["hello"], lexicon).lexicon == lexicon.version


def test_every_example_in_the_lexicon_holds(lexicon: Lexicon) -> None:
    found = {
        example: {f"slots.{sighting.slot}" for sighting in sight(example.text, 0, lexicon)}
        | {f"rules.{hit.rule}" for hit in grade([example.text], lexicon).rules}
        for example in lexicon.examples
        if not example.name.startswith("asides")
    }

    assert [example for example, names in found.items() if (example.name in names) is not example.holds] == []


def test_the_command_answers_every_conversation_in_order(lexicon: Lexicon) -> None:
    lines = [json.dumps({"id": 1, "turns": ["hi", "i want to die"]}), "", json.dumps({"id": "b", "turns": []})]

    first, second = (json.loads(line) for line in run(lines, lexicon))

    assert first == {
        "id": 1,
        "tier": "high",
        "subject": "self",
        "rules": [{"rule": "wish", "turn": 1, "start": 0, "end": 13}],
        "lexicon": lexicon.version,
    }
    assert (second["id"], second["tier"], second["rules"]) == ("b", "none", [])


@pytest.mark.parametrize("line", ["i want to die", '{"id": 1}', '{"turns": []}', '{"id": 1, "turns": [2]}', "[]"])
def test_the_command_says_which_line_is_wrong_and_never_repeats_it(lexicon: Lexicon, line: str) -> None:
    with pytest.raises(BadLine) as refused:
        list(run(['{"id": 0, "turns": []}', line], lexicon))

    assert "line 2" in str(refused.value)
    assert "die" not in str(refused.value)


GRADED_IN_DRILLS = {
    "i took all of my pills": IMMINENT,
    "i took all of my pills, goodbye": IMMINENT,
    "i am going to kill myself tonight": IMMINENT,
    "I am going to kill myself tonight": IMMINENT,
    "veteran here, i am going to kill myself tonight": IMMINENT,
    "my friend took all of her pills and wont wake up": IMMINENT,
    "i want to kill myself": HIGH,
    "i want to die": HIGH,
    "quiero matarme": HIGH,
    "I WANT TO KILL MYSELF": HIGH,
    "i wanna kms": HIGH,
    "i want to k!ll myself": HIGH,
    "im going to end my life": HIGH,
    "i want it all to end": ELEVATED,
    "i feel hopeless": ELEVATED,
    "i feel so hopeless, i cant go on like this": ELEVATED,
    "i cant cope": ELEVATED,
}


def words_of_the_drills() -> set[str]:
    drills = "\n".join(path.read_text(encoding="utf-8") for path in DRILLS.glob("*.feature"))
    told = re.findall(r'^ *(?:When|And) "\w+" texts "([^"<]+)"', drills, re.MULTILINE)
    listed = re.findall(r"^ *\| words +\|\n((?: *\|.*\|\n)+)", drills, re.MULTILINE)
    return {*told, *(row.strip(" |") for table in listed for row in table.splitlines())}


def test_the_words_of_the_drills_are_graded_as_the_drills_expect(lexicon: Lexicon) -> None:
    said = words_of_the_drills()

    assert {words: grade([words], lexicon).tier for words in said} == dict.fromkeys(said, NONE) | GRADED_IN_DRILLS
