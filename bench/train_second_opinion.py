"""Learn the second opinion's table from the development cases: `python bench/train_second_opinion.py`.

Needs scikit-learn beside the project (`pip install scikit-learn`), here only: what it writes is read without it. It
learns from the files named dev*.jsonl, from the phrasebook beside this file and, with `--ordinary FILE`, from ordinary
text of any kind, one message a line. The bar of each tier is set by cross-validation over hands: no case is judged by a
model that has seen anything by the same writer. The same input always gives the same table.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.phrasebook import composed
from escalation.risk import Lexicon, Tier, grade, load_lexicon
from escalation.risk.second_opinion import FEWEST, MARK, TIERS, WHOLE, letter_features, sentences, word_features
from escalation.risk.wording import read

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "escalation" / "cases"
TABLE = ROOT / "escalation" / "risk" / "lexicon" / "second_opinion.tsv"
HANDS = (("dev", "dev6"), ("dev2", "dev7"), ("dev3",), ("dev4", "dev5"))
FOLDS = len(HANDS)
EVERY = -1  # the fold of what every model may learn from and none is judged by
ORDINARY = "ordinary"
PHRASES = 40  # composed of each frame
COMPOSED = 0.5  # weight of such a message beside a case that somebody wrote as a whole
LEAST_SEEN = 2
STRENGTH = 5.0  # inverse of the penalty on large weights
ORDINARY_ALARMS = {Tier.ELEVATED: 0.004, Tier.HIGH: 0.0015, Tier.IMMINENT: 0.0005}  # of ordinary sentences, likewise
FALSE_ALARMS = {Tier.ELEVATED: 0.025, Tier.HIGH: 0.02, Tier.IMMINENT: 0.011}  # of cases without danger, in validation
OVERSTATED = {Tier.HIGH: 0.20, Tier.IMMINENT: 0.10}  # of cases one tier lower or more, but not without danger
SMALLEST = 400  # thousandths; a feature all of whose weights are smaller is left out


@dataclass(frozen=True)
class Case:
    """A labelled conversation as the model reads it, and what the rules alone say; `fold` is where it is judged."""

    id: str
    fold: int
    category: str
    tier: Tier
    words: tuple[str, ...]
    single: bool
    other: bool
    ruled: Tier


def cases(lexicon: Lexicon) -> list[Case]:
    """Every development case, in a fixed order."""
    rules = replace(lexicon, opinion=None)
    return [
        labelled(json.loads(line), number, rules)
        for number, hand in enumerate(HANDS)
        for path in (CASES / f"{name}.jsonl" for name in hand)
        if path.exists()
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def labelled(case: Mapping[str, Any], fold: int, rules: Lexicon) -> Case:
    """One labelled conversation."""
    words = [MARK]
    for turn in case["turns"]:
        for sentence in sentences(read(turn, rules.vocabulary)[-1].words):
            words += [*(word.text for word in sentence), MARK]
    return Case(
        id=case["id"],
        fold=fold,
        category=case["category"],
        tier=Tier.parse(case["tier"]),
        words=tuple(words),
        single=len(case["turns"]) == 1,
        other=case["subject"] == "other",
        ruled=grade(case["turns"], rules).tier,
    )


def ordinary(path: Path, lexicon: Lexicon) -> list[Case]:
    """Every sentence of ordinary text, as it is read when it comes in a message."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        for part, sentence in enumerate(sentences(read(line, lexicon.vocabulary)[-1].words)):
            words = (MARK, *(word.text for word in sentence[:WHOLE]), MARK)
            if len(sentence) >= FEWEST:
                name = f"{ORDINARY}-{number}.{part}"
                found.append(Case(name, part_of(name), ORDINARY, Tier.NONE, words, True, False, Tier.NONE))
    return found


def part_of(name: str) -> int:
    """Where text that has no hand is judged, by a hash of its name."""
    return hashlib.sha256(name.encode()).digest()[0] % FOLDS


def features(case: Case, kinds: dict[str, str]) -> tuple[Counter[str], Counter[str]]:
    """How often each feature of words and of letters is in a case."""
    words = Counter(name for _, _, name in word_features(case.words, kinds))
    letters = Counter(name for word in case.words for name in letter_features(word))
    return words, letters


def matrix(found: Sequence[tuple[Counter[str], Counter[str]]], names: dict[str, int]) -> csr_matrix:
    """One row a case: counts over the square root of how many features it has, words and letters apart."""
    blocks = []
    for part in (0, 1):
        rows, columns, values = [], [], []
        for row, pair in enumerate(found):
            size = sum(pair[part].values()) ** 0.5 or 1.0
            for name, count in pair[part].items():
                if name in names:
                    rows.append(row)
                    columns.append(names[name])
                    values.append(count / size)
        blocks.append(csr_matrix((values, (rows, columns)), shape=(len(found), len(names))))
    return blocks[0] + blocks[1]


def scaled(found: csr_matrix) -> np.ndarray:
    """Rarer features speak louder: one plus the logarithm of how rare."""
    seen = np.asarray((found > 0).sum(axis=0)).ravel()
    return 1 + np.log(found.shape[0] / np.maximum(seen, 1)) / 4


def fitted(
    found: csr_matrix, wanted: np.ndarray, weight: np.ndarray, scale: np.ndarray
) -> tuple[np.ndarray, float]:
    """Weights for the unscaled matrix, and the bias."""
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", solver="liblinear", max_iter=500, random_state=0)
    model.fit(found.multiply(scale).tocsr(), wanted, sample_weight=weight)
    return model.coef_[0] * scale, float(model.intercept_[0])


def bar(tier: Tier, scores: np.ndarray, given: Sequence[Case]) -> float:
    """The lowest score at which the tier's false alarms and overstatements stay within what is allowed."""
    none = np.array([c.tier is Tier.NONE and c.category not in ("denial", ORDINARY) and c.fold != EVERY for c in given])
    bars = [np.quantile(scores[none], 1 - FALSE_ALARMS[tier])]
    plain = np.array([c.category == ORDINARY for c in given])
    if plain.any():
        bars.append(np.quantile(scores[plain], 1 - ORDINARY_ALARMS[tier]))
    sys.stdout.write(f"{tier}: bars {[round(float(each), 2) for each in bars]}\n")
    if tier in OVERSTATED:
        lower = np.array([Tier.NONE < c.tier < tier and c.fold != EVERY for c in given])
        bars.append(np.quantile(scores[lower], 1 - OVERSTATED[tier]))
    return float(max(bars))


def phrasings(given: Sequence[Case], kept: np.ndarray) -> list[tuple[Tier, str]]:
    """The dangerous single messages that the model itself finds as grave as they are labelled: its known phrasings."""
    return [
        (case.tier, " ".join(word for word in case.words if word != MARK))
        for case, keep in zip(given, kept, strict=True)
        if case.single and case.tier > Tier.NONE and keep and case.fold != EVERY
    ]


def main() -> int:
    """Train, say what validation shows, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ordinary", type=Path, help="ordinary text, one message a line")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    asked = parser.parse_args()
    lexicon = load_lexicon()
    kinds = dict(lexicon.kinds)
    given = cases(lexicon) + (ordinary(asked.ordinary, lexicon) if asked.ordinary else [])
    rules = replace(lexicon, opinion=None)
    given += [labelled(case, EVERY, rules) for case in composed(PHRASES)]
    found = [features(case, kinds) for case in given]
    seen = Counter(name for pair in found for part in pair for name in part)
    names = {name: at for at, name in enumerate(sorted(name for name, count in seen.items() if count >= LEAST_SEEN))}
    table = matrix(found, names)
    scale = scaled(table)
    folds = np.array([case.fold for case in given])
    weight = np.where(folds == EVERY, COMPOSED, 1.0)
    weights, biases, bars, validated = [], [], [], []
    for tier in TIERS:
        wanted = np.array([case.tier >= tier for case in given])
        scores = np.zeros(len(given))
        for part in range(FOLDS):
            rest = folds != part
            coefficients, bias = fitted(table[rest], wanted[rest], weight[rest], scale)
            scores[folds == part] = table[folds == part] @ coefficients + bias
        validated.append(scores)
        bars.append(bar(tier, scores, given))
        coefficients, bias = fitted(table, wanted, weight, scale)
        weights.append(coefficients)
        biases.append(bias)
    sys.stdout.write(report(given, validated, bars))
    dangerous = np.array([case.tier > Tier.NONE for case in given])
    another = np.array([case.other for case in given])
    coefficients, bias = fitted(table[dangerous], another[dangerous], weight[dangerous], scale)
    weights.append(coefficients)
    biases.append(bias)
    bars.append(0.0)
    if not asked.dry:
        write(given, table, names, weights, biases, bars)
    return 0


def report(given: Sequence[Case], validated: Sequence[np.ndarray], bars: Sequence[float]) -> str:
    """For each hand, category and label: the share at or above each tier by the rules, and by both."""
    lines = [f"hand {'category':10} {'label':9} {'cases':>5}   rules alone e/h/i     with the second opinion"]
    opinion = np.zeros(len(given), dtype=int)
    for tier, scores, limit in zip(TIERS, validated, bars, strict=True):
        opinion = np.where(scores >= limit, int(tier), opinion)
    ruled = np.array([int(case.ruled) for case in given])
    both = np.maximum(opinion, ruled)
    keys = [(case.fold, case.category, case.tier) for case in given]
    for hand, category, label in sorted(key for key in set(keys) if key[0] != EVERY):
        at = np.array([key == (hand, category, label) for key in keys])
        alone = "/".join(f"{np.mean(ruled[at] >= int(t)):6.1%}" for t in TIERS)
        helped = "/".join(f"{np.mean(both[at] >= int(t)):6.1%}" for t in TIERS)
        lines.append(f"{hand:4} {category:10} {label!s:9} {at.sum():5}   {alone}   {helped}")
    return "\n".join(lines) + "\n"


def write(
    given: Sequence[Case],
    table: csr_matrix,
    names: dict[str, int],
    weights: Sequence[np.ndarray],
    biases: Sequence[float],
    bars: Sequence[float],
) -> None:
    """The table, its weights in thousandths."""
    lines = ["# Made by bench/train_second_opinion.py from the development cases; not written by hand. Thousandths."]
    lines.append("bar\t" + "\t".join(str(round(1000 * each)) for each in bars))
    lines.append("weight\t\t" + "\t".join(str(round(1000 * each)) for each in biases))
    for name, at in names.items():
        each_tier = [round(1000 * float(each[at])) for each in weights]
        if max(abs(each) for each in each_tier) >= SMALLEST:
            lines.append(f"weight\t{name}\t" + "\t".join(map(str, each_tier)))
    scores = [table @ each + bias for each, bias in zip(weights, biases, strict=True)]
    kept = np.array(
        [
            case.tier > Tier.NONE and scores[int(case.tier) - 1][at] >= bars[int(case.tier) - 1]
            for at, case in enumerate(given)
        ]
    )
    lines += [f"phrasing\t{tier}\t{text}" for tier, text in phrasings(given, kept)]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
