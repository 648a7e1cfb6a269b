"""How grave the caller's words are: sightings turn by turn, weighed by the lexicon's table of rules."""

from collections.abc import Iterator, Sequence

from escalation.risk.disguise import Word
from escalation.risk.lexicon import Lexicon, Rule
from escalation.risk.sightings import Sighting, sight_in
from escalation.risk.verdict import Hit, Risk, Subject, Tier
from escalation.risk.wording import read

SECOND_OPINION = "second_opinion"


Firing = tuple[Tier, Subject, list[Hit]]


def grade(turns: Sequence[str], lexicon: Lexicon) -> Risk:
    """Grade the caller's side of a conversation, oldest turn first.

    Pure, deterministic and linear in the text; no text makes it raise. A later turn adds findings and never takes
    one away, so the tier never falls as a conversation goes on.
    """
    firings: list[Firing] = []
    recent: list[dict[str, list[Sighting]]] = []
    before: Sequence[Word] = ()
    for number, turn in enumerate(turns):
        readings = read(turn, lexicon.vocabulary)
        sightings = sight_in(readings, number, lexicon)
        recent.append(_by_slot(sightings))
        firings.extend(_weighed(recent, sightings, readings[-1].words, before, _gravest(firings), lexicon))
        before = readings[-1].words
    return _verdict(firings, lexicon)


def grade_turn(turn: str, earlier: Sequence[Sequence[Sighting]], lexicon: Lexicon) -> tuple[Risk, list[Sighting]]:
    """Grade one turn after what was seen in earlier ones, oldest first; and what is seen in it."""
    readings = read(turn, lexicon.vocabulary)
    sightings = sight_in(readings, len(earlier), lexicon)
    recent = [*map(_by_slot, earlier), _by_slot(sightings)]
    return _verdict(_weighed(recent, sightings, readings[-1].words, (), Tier.NONE, lexicon), lexicon), sightings


def _weighed(
    recent: Sequence[dict[str, list[Sighting]]],
    sightings: Sequence[Sighting],
    words: Sequence[Word],
    before: Sequence[Word],
    reached: Tier,
    lexicon: Lexicon,
) -> list[Firing]:
    """What the last turn adds: the rules it completes, and a second opinion if that is graver than all so far."""
    firings = list(_fired(recent, lexicon))
    tier = max(reached, _gravest(firings))
    if tier < Tier.IMMINENT:
        denied = [(each.start, each.end) for each in sightings if each.denied and each.slot in lexicon.grave]
        firings.extend(_raised(tier, len(recent) - 1, words, before, denied, lexicon))
    return firings


def _gravest(firings: Sequence[Firing]) -> Tier:
    return max((tier for tier, _, _ in firings), default=Tier.NONE)


def _verdict(firings: Sequence[Firing], lexicon: Lexicon) -> Risk:
    tier = _gravest(firings)
    subjects = {subject for fired, subject, _ in firings if fired is tier}
    subject = Subject.OTHER if subjects == {Subject.OTHER} else Subject.SELF
    hits = {hit for _, _, found in firings for hit in found}
    ordered = sorted(hits, key=lambda hit: (-hit.tier, hit.turn, hit.start, hit.end, hit.rule))
    return Risk(tier, subject, tuple(ordered), lexicon.version)


def _raised(
    tier: Tier,
    turn: int,
    words: Sequence[Word],
    before: Sequence[Word],
    denied: Sequence[tuple[int, int]],
    lexicon: Lexicon,
) -> Iterator[Firing]:
    """The second opinion, where it finds the words graver than the rules do."""
    opinion = lexicon.opinion.of(words, before, denied) if lexicon.opinion and words else None
    if opinion is not None and opinion.tier > tier:
        subject = Subject.OTHER if opinion.other else Subject.SELF
        yield (
            opinion.tier,
            subject,
            [Hit(SECOND_OPINION, turn, opinion.first.start, opinion.last.end, opinion.tier, opinion.like)],
        )


def _by_slot(sightings: Sequence[Sighting]) -> dict[str, list[Sighting]]:
    slots: dict[str, list[Sighting]] = {}
    for sighting in sightings:
        slots.setdefault(sighting.slot, []).append(sighting)
    return slots


def _fired(recent: Sequence[dict[str, list[Sighting]]], lexicon: Lexicon) -> Iterator[Firing]:
    """The rules that the last of the turns completes."""
    present = recent[-1].keys()
    for rule in lexicon.rules:
        if present.isdisjoint(rule.slots):
            continue
        if len(rule.needs) == 1 and not rule.signs:
            yield from _alone(rule, recent[-1])
        else:
            yield from _together(rule, recent[-rule.turns :])


def _alone(rule: Rule, slots: dict[str, list[Sighting]]) -> Iterator[Firing]:
    for slot in sorted(rule.needs[0] & slots.keys()):
        for each in slots[slot]:
            tier = rule.tier.lowered() if each.denied else rule.tier
            if tier is not Tier.NONE:
                yield tier, each.subject or Subject.SELF, [_hit(rule, each, tier)]


def _together(rule: Rule, window: Sequence[dict[str, list[Sighting]]]) -> Iterator[Firing]:
    chosen: list[Sighting] = []
    for need in rule.needs:
        found = next((each for each in _candidates(need, window) if not _overlaps(each, chosen)), None)
        if found is None:
            return
        chosen.append(found)
    signs = 0
    for sign in rule.signs:
        found = next((each for each in _candidates(frozenset((sign,)), window) if not _overlaps(each, chosen)), None)
        if found is not None:
            chosen.append(found)
            signs += 1
    if signs < rule.at_least:
        return
    subjects = {each.subject for each in chosen if each.subject is not None}
    subject = Subject.OTHER if subjects == {Subject.OTHER} else Subject.SELF
    yield rule.tier, subject, [_hit(rule, each, rule.tier) for each in chosen]


def _candidates(need: frozenset[str], window: Sequence[dict[str, list[Sighting]]]) -> Iterator[Sighting]:
    for slots in reversed(window):
        for slot in sorted(need & slots.keys()):
            yield from (each for each in slots[slot] if not each.denied)


def _overlaps(sighting: Sighting, chosen: Sequence[Sighting]) -> bool:
    return any(
        sighting.turn == each.turn and sighting.start < each.end and each.start < sighting.end for each in chosen
    )


def _hit(rule: Rule, sighting: Sighting, tier: Tier) -> Hit:
    return Hit(rule.name, sighting.turn, sighting.start, sighting.end, tier)
