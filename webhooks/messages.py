"""A text that comes in: from a caller, or from somebody of the roster."""

from __future__ import annotations

from datetime import timedelta

from carrier import twiml
from escalation import cases, drops, probes, rescues
from escalation.risk import Lexicon, Risk, grade
from helpline import journal, outbox
from helpline.database import Work
from helpline.log import logger
from helpline.nouns import WAITING, AskedBy, Channel, ContactState, OfferState, Tier
from helpline.tables import Caller, CommandRow, Contact
from routing import admission, contacts, continuity, offers, queues, threads
from routing.access import Access, Admit, AgreedHours
from routing.moves import lock_contact, offers_of, taken_offer
from shifts.roster import person_by_number
from webhooks import commands
from webhooks.gate import Form, TurnedAway, identity

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "UNSTOP", "YES"})
HELP_WORDS = frozenset({"HELP", "INFO"})
UNDELIVERED = frozenset({"undelivered", "failed"})
TEST_WORDS = "hello"
LONGER = timedelta(hours=24)
STILL_THE_SAME = timedelta(hours=1)
log = logger(__name__)


def incoming(work: Work, form: Form, *, lexicon: Lexicon) -> str:
    """Receive one text. It is kept, graded and passed on in one commit."""
    if form.need("To") not in work.line().numbers_of(form.carrier):
        raise TurnedAway(404, "not a number of this line")
    form.need("MessageSid")
    number, words = form.need("From"), form.get("Body")
    contacts.one_at_a_time(work, number)
    test = probes.arriving_text(work, number, words)
    if test is not None:
        with work.taken_back():
            _from_caller(work, contacts.find_caller(work, number), form.need("To"), TEST_WORDS, lexicon)
        probes.held(work, test)
        return twiml.no_reply()
    person = person_by_number(work, number)
    if person is not None:
        commands.obey(work, person, words)
    else:
        _from_caller(work, contacts.find_caller(work, number), form.need("To"), words, lexicon)
    return twiml.no_reply()


def status(work: Work, form: Form, *, command_id: str) -> str:
    """The carrier's notice about a text of ours. One that never arrived must not be waited for."""
    command = work.session.get(CommandRow, identity(command_id))
    if command is None or command.carrier not in (None, form.carrier):
        raise TurnedAway(404, "no such text")
    if command.kind == outbox.Kind.TEST_TEXT:
        return twiml.silence()
    if form.need("MessageStatus") in UNDELIVERED:
        undelivered(work, command)
    return twiml.silence()


def undelivered(work: Work, command: CommandRow) -> None:
    """A text could not be delivered: an offer made by it has failed."""
    if command.contact_id is None:
        return
    contact = lock_contact(work, command.contact_id)
    journal.note(work, "text.undelivered", contact=contact.id, person=command.person_id)
    for offer in offers_of(work, contact.id):
        if offer.person_id == command.person_id and offer.channel is Channel.TEXT:
            offers.missed(work, contact, offer, OfferState.FAILED, "the text could not be delivered")


def _from_caller(work: Work, caller: Caller, to: str, words: str, lexicon: Lexicon) -> None:
    keyword = words.strip().rstrip(".!").rstrip().upper()
    if keyword in STOP_WORDS:
        _stop(work, caller)
        return
    if keyword in START_WORDS:
        caller.opted_out = False
    spoken = work.line().keys.language_words.get(words.strip().lower())
    if spoken is not None:
        caller.language = spoken
    contact = threads.open_contact(work, caller.id)
    noted = _wish(work, caller, contact, keyword)
    if contact is None:
        if not noted:
            _open(work, caller, keyword, words, lexicon, to)
        return
    if spoken is not None and contact.state in WAITING:
        _speak(work, contact, spoken)
        return
    threads.keep(work, contact, words)
    _grade(work, contact, lexicon)
    if keyword in HELP_WORDS:
        help_words = work.line(contact.line_version_id).words("text_help", contact.language)
        outbox.text_caller(work, caller.id, help_words, contact=contact.id)
    if contact.state is ContactState.CONNECTED:
        threads.relay_to_people(work, contact, words)
    elif contact.limit_told_at is not None and keyword in {"1", "2"}:
        _chosen(work, contact, keyword)


def _wish(work: Work, caller: Caller, contact: Contact | None, keyword: str) -> bool:
    """A word by which the caller asks for the same person next time, or takes that back. Whether it was noted.

    In a conversation the word is said to somebody as well: it is kept and passed on, and only taking back is noted.
    """
    policy, word = work.line().continuity, keyword.lower()
    if not policy.first_for_seconds:
        return False
    if word in policy.other_words and continuity.has_wish(work, caller):
        continuity.withdraw(work, caller.id, contact, AskedBy.CALLER)
        key = "text_different"
    elif contact is None and word in policy.same_words and _asked_for_last(work, caller):
        key = "text_same"
    else:
        return False
    outbox.text_caller(work, caller.id, work.line().words(key, caller.language))
    return True


def _asked_for_last(work: Work, caller: Caller) -> bool:
    return continuity.ask_for_last(work, caller, timedelta(hours=work.line().continuity.ask_within_hours))


def _open(work: Work, caller: Caller, keyword: str, words: str, lexicon: Lexicon, to: str) -> None:
    """A first message opens a contact, or tells its writer first of agreed hours or a block."""
    told = admission.told_lately(work, caller)
    chose = told is not None and told.disposition == admission.AGREED_HOURS and keyword == "1"
    goes_on = chose or caller.opted_out  # who has sent STOP cannot be told of hours, and so goes on
    access = admission.at_the_door(work, caller)
    if access != admission.NOTHING_SET:
        said = [*(threads.turns(work, told.id) if told is not None else ()), words]
        access = admission.at_the_door(work, caller, _gravest(said, lexicon), goes_on=goes_on)
    if isinstance(access, Admit):
        _receive(work, caller, keyword, words, lexicon, to, access, told)
    else:
        _tell_first(work, caller, words, access, told, to)


def _gravest(said: list[str], lexicon: Lexicon) -> Tier:
    """The tier of what was said, for the door. Where the engine fails, nobody is turned away."""
    try:
        return grade(said, lexicon).tier
    except Exception as fault:  # noqa: BLE001 - a failing risk engine never keeps anybody out
        log.error("risk.failed", fault=fault)
        return Tier.HIGH


def _tell_first(work: Work, caller: Caller, words: str, access: Access, told: Contact | None, to: str) -> None:
    """The words are kept with whatever came before; every message is answered plainly with what leads on."""
    contact = told or admission.tell_first(work, caller, Channel.TEXT, access, to)
    threads.keep(work, contact, words)
    key = "text_hours" if isinstance(access, AgreedHours) else "text_blocked"
    said = work.line(contact.line_version_id).words(key, contact.language, **admission.facts(work, contact))
    outbox.text_caller(work, caller.id, said, contact=contact.id)


def _receive(
    work: Work,
    caller: Caller,
    keyword: str,
    words: str,
    lexicon: Lexicon,
    to: str,
    access: Access,
    told: Contact | None,
) -> None:
    """A first message opens a contact; somebody the line had to divert a moment ago comes back in front."""
    last = threads.last_contact(work, caller.id)
    diverted = (
        last is not None
        and last.state is ContactState.DIVERTED
        and told is None
        and last.ended_at is not None
        and work.now - last.ended_at < STILL_THE_SAME
    )
    risk = Tier(last.risk) if last is not None and diverted else Tier.NONE
    like = last if diverted else None
    contact = contacts.receive(work, caller, Channel.TEXT, number=to, words=words, like=like, front=diverted, risk=risk)
    admission.received(work, contact, access, told)
    threads.keep(work, contact, words)
    _grade(work, contact, lexicon)
    drops.came_back(work, contact)
    key = "text_help" if keyword in HELP_WORDS else "text_kept" if diverted else "text_ack"
    outbox.text_caller(
        work,
        caller.id,
        work.line(contact.line_version_id).words(key, contact.language),
        contact=contact.id,
    )


def _speak(work: Work, contact: Contact, language: str) -> None:
    """The caller chose a language by its word."""
    contacts.choose_language(work, contact, language)
    words = work.line(contact.line_version_id).words("text_ack", language)
    outbox.text_caller(work, contact.caller_id, words, contact=contact.id)


def _chosen(work: Work, contact: Contact, keyword: str) -> None:
    line = work.line(contact.line_version_id)
    contacts.go_on_waiting(work, contact, LONGER if keyword == "2" else None)
    key = "text_callback" if keyword == "2" else "text_kept"
    outbox.text_caller(work, contact.caller_id, line.words(key, contact.language), contact=contact.id)


def _stop(work: Work, caller: Caller) -> None:
    """The carrier blocks our texts from now on. Whoever was with them knows, and danger is not forgotten."""
    caller.opted_out = True
    outbox.drop_texts_to_caller(work, caller.id)
    contact = threads.open_contact(work, caller.id)
    journal.note(work, "caller.stop", contact=contact.id if contact else None)
    if contact is None:
        return
    if contact.risk > Tier.NONE:
        cases.tell_supervisors(work, contact, "supervisor_stop")
    offer = taken_offer(work, contact.id)
    if offer is not None:
        line = work.line(contact.line_version_id)
        words = line.words("text_stopped", tag=offer.tag)
        outbox.text_person(work, offer.person_id, words, urgency=outbox.Urgency.NOTICE, contact=contact.id)
    if contact.state is ContactState.CONNECTED:
        contacts.wrap_up(work, contact, "the caller sent STOP")
    elif contact.state in WAITING:
        contacts.abandon(work, contact, "the caller sent STOP")


def _grade(work: Work, contact: Contact, lexicon: Lexicon) -> None:
    """Grade what was said so far. If the engine fails, the contact is treated as graver, never as safe."""
    try:
        risk = grade(threads.turns(work, contact.id), lexicon)
    except Exception as fault:  # noqa: BLE001 - a failing risk engine raises priority and never stops a text
        log.error("risk.failed", fault=fault, contact=str(contact.id))
        contacts.raise_risk(work, contact, Tier.ELEVATED, "the risk engine failed")
    else:
        _note_risk(work, contact, risk)
    queues.follow_risk(work, contact)


def _note_risk(work: Work, contact: Contact, risk: Risk) -> None:
    rules = sorted({hit.rule for hit in risk.rules})
    tier = risk.tier
    subject = str(risk.subject)
    rose = contacts.raise_risk(work, contact, tier, "words", rules=rules, subject=subject, lexicon=risk.lexicon)
    if rose and tier is Tier.IMMINENT and contact.state in WAITING:
        _answer_danger(work, contact)


def _answer_danger(work: Work, contact: Contact) -> None:
    """Whoever waits reads that we have understood, and whom the line may send to them."""
    line = work.line(contact.line_version_id)
    if line.danger is not None:
        words = line.words("text_danger", contact.language, policy=rescues.told_caller(line, contact))
        outbox.text_caller(work, contact.caller_id, words, contact=contact.id)
