"""`shifts`, `open`, `take 3`, `swap 12 Bo`: what somebody of the roster texts about shifts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from helpline import timers
from helpline.database import Work
from helpline.nouns import TimerKind
from helpline.tables import Person
from routing import takeover, threads
from shifts.rota import Occurrence
from shifts.taking_part import changes, listing, requests
from shifts.taking_part.book import Answer, Book, open_book, say

BARE = re.compile(r"^(?P<verb>shifts|open|asked|undo|help\s+shifts)\s*[.!?]?$", re.IGNORECASE)
NUMBERED = re.compile(
    r"^(?P<verb>take|give|swap|cover|agree|yes|refuse|no|withdraw|allow|deny)\s+#?(?P<number>\d{1,9})"
    r"(?:\s+(?:to\s+|with\s+|for\s+)?(?:#?(?P<other>\d{1,9})|(?P<name>[^\W\d].{0,60}?)))?\s*[.!?]?$",
    re.IGNORECASE,
)
LINE = re.compile(r"^line\s+", re.IGNORECASE)
NAMING = frozenset({"give", "swap"})
"""Verbs behind whose number a name may stand; `swap` takes another number as well."""
BEHIND = frozenset({"open", "cover"})
"""What judges every open shift, or everybody: it is answered behind the door, where no caller waits for it."""
SAME = {"yes": "agree", "no": "refuse", "help shifts": "help"}


@dataclass(frozen=True)
class Wish:
    """What a text asks for. With `bare` it is a single word, which may be meant for a caller as well."""

    verb: str
    number: int = 0
    other: int | None = None
    name: str = ""
    bare: bool = False


def read(text: str) -> Wish | None:
    """What `text` asks for, if it is about shifts. Begun with LINE it is never a word for a caller."""
    words = LINE.sub("", text.strip())
    bare, numbered = BARE.match(words), NUMBERED.match(words)
    if bare:
        return Wish(_verb(bare["verb"]), bare=words == text.strip())
    if numbered is None:
        return None
    verb, other, name = _verb(numbered["verb"]), numbered["other"], numbered["name"] or ""
    if (name and verb not in NAMING) or (other and verb != "swap"):
        return None
    return Wish(verb, int(numbered["number"]), int(other) if other else None, name)


def obey(work: Work, person: Person, text: str) -> bool:
    """Do what `person` asks for about shifts, if the line lets them; False if `text` is something else."""
    wish = read(text) if work.line().rota.limits is not None else None
    if wish is None or (wish.bare and threads.threads_of(work, person.id)):
        return False
    if wish.verb in BEHIND:
        timers.bring_forward(work, TimerKind.WISH, f"{wish.verb}:{person.id}:{wish.number}", work.now)
    else:
        say(work, person.id, _answer(open_book(work), person.id, wish))
    return True


def wish_due(work: Work, subject: str) -> None:
    """Timer: answer what somebody has asked a moment ago."""
    verb, person, number = subject.split(":")
    say(work, UUID(person), _answer(open_book(work), UUID(person), Wish(verb, int(number))))


def _verb(word: str) -> str:
    plain = " ".join(word.lower().split())
    return SAME.get(plain, plain)


def _answer(book: Book, person: UUID, wish: Wish) -> Answer:
    if wish.verb in LISTS:
        return LISTS[wish.verb](book, person)
    if wish.verb == "undo":
        return changes.attempt(book, person, None, partial(changes.undo, book, person))
    if wish.verb in DECISIONS:
        return _decide(book, person, wish)
    one = book.numbered(wish.number)
    if one is None:
        return Answer("rota_unknown", {"number": wish.number})
    return changes.attempt(book, person, one, partial(ABOUT_ONE[wish.verb], book, person, one, wish))


def _help(book: Book, person: UUID) -> Answer:
    del book, person
    return Answer("rota_help", {})


def _decide(book: Book, person: UUID, wish: Wish) -> Answer:
    """A coordinator's word. Whoever is none learns nothing of what is asked."""
    if person not in book.coordinators():
        return Answer("rota_not_coordinator", {})
    request = requests.awaiting(book.work, wish.number)
    if request is None:
        return Answer("rota_no_request", {"number": wish.number})
    if person not in book.deciders(request.asker_id):
        return Answer("rota_not_coordinator", {})
    one = requests.shift_asked_about(book, request)
    return changes.attempt(book, person, one, partial(DECISIONS[wish.verb], book, person, request))


def _take(book: Book, person: UUID, one: Occurrence, wish: Wish) -> Answer:
    del wish
    return changes.claim(book, person, one)


def _give(book: Book, person: UUID, one: Occurrence, wish: Wish) -> Answer:
    if one.person != person:
        return book.answer(person, "rota_not_yours", one)
    if not wish.name:
        return changes.give_up(book, person, one)
    return _with_named(book, person, one, wish, changes.hand_over)


def _swap(book: Book, person: UUID, one: Occurrence, wish: Wish) -> Answer:
    theirs = book.numbered(wish.other) if wish.other is not None else None
    if wish.other is not None and theirs is None:
        return Answer("rota_unknown", {"number": wish.other})
    if one.person != person:
        return _choose(book, person, one, theirs)
    if theirs is not None:
        return changes.propose_swap(book, person, one, theirs)
    if not wish.name:
        return book.answer(person, "rota_swap_how", one)
    return _with_named(book, person, one, wish, changes.offer_swap)


def _choose(book: Book, person: UUID, one: Occurrence, mine: Occurrence | None) -> Answer:
    """The answer of whoever was offered a swap: the number of the offer, and that of theirs."""
    request = requests.waiting_for(book.work, person, one)
    if request is None:
        return book.answer(person, "rota_not_yours", one)
    if mine is None:
        return book.answer(person, "rota_swap_choice", one, name=book.name(request.asker_id))
    if mine.person != person:
        return book.answer(person, "rota_not_yours", mine)
    return changes.choose_for_swap(book, person, request, mine)


def _cover(book: Book, person: UUID, one: Occurrence, wish: Wish) -> Answer:
    del wish
    return changes.seek_cover(book, person, one) if one.person == person else book.answer(person, "rota_not_yours", one)


def _agree(book: Book, person: UUID, one: Occurrence, wish: Wish) -> Answer:
    request = requests.waiting_for(book.work, person, one)
    return changes.agree(book, person, request) if request is not None else _nothing_waits(wish)


def _refuse(book: Book, person: UUID, one: Occurrence, wish: Wish) -> Answer:
    request = requests.waiting_for(book.work, person, one)
    return changes.refuse(book, person, request) if request is not None else _nothing_waits(wish)


def _withdraw(book: Book, person: UUID, one: Occurrence, wish: Wish) -> Answer:
    request = requests.open_about(book.work, one)
    if request is None or request.asker_id != person:
        return _nothing_waits(wish)
    return changes.withdraw(book, person, request)


def _nothing_waits(wish: Wish) -> Answer:
    return Answer("rota_no_request", {"number": wish.number})


def _with_named(
    book: Book, person: UUID, one: Occurrence, wish: Wish, act: Callable[[Book, UUID, Occurrence, UUID], Answer]
) -> Answer:
    """Do it with whoever is called that: nobody is guessed."""
    others = {known.id: known.name for known in book.standing.people.values() if known.id != person}
    meant = takeover.called(others, wish.name)
    if not meant:
        return book.answer(person, "rota_name_unknown", one)
    if len(meant) > 1:
        return book.answer(person, "rota_name_which", one, count=len(meant))
    return act(book, person, one, meant[0])


LISTS: Mapping[str, Callable[[Book, UUID], Answer]] = {
    "help": _help,
    "shifts": listing.mine,
    "open": listing.takeable,
    "asked": listing.waiting,
}
DECISIONS = {"allow": changes.allow, "deny": changes.deny}
ABOUT_ONE: Mapping[str, Callable[[Book, UUID, Occurrence, Wish], Answer]] = {
    "take": _take,
    "give": _give,
    "swap": _swap,
    "cover": _cover,
    "agree": _agree,
    "refuse": _refuse,
    "withdraw": _withdraw,
}
