"""The words that a line says or texts: which it needs, what may be put into them, and the names of languages."""

from __future__ import annotations

from string import Formatter

from helpline.audit_policy import AUDIT_WORDS, TEST_WORDS
from helpline.carriers import CARRIER_WORDS
from helpline.closing_policy import CLOSING_WORDS, FOLLOW_UP_WORDS
from helpline.danger_policy import DANGER_WORDS
from helpline.foresight import ALARM_WORDS
from helpline.guest_policy import GUEST_WORDS
from helpline.presence_policy import PRESENCE_WORDS
from helpline.returning import RETURNING_WORDS
from helpline.rota_limits import ROTA_WORDS
from helpline.silence_policy import SILENCE_WORDS
from helpline.transcription_policy import TRANSCRIPTION_WORDS

FACTS = frozenset(
    {"line", "partner", "partner_number", "language", "risk", "tag", "why", "channel", "seconds", "name", "count"}
    | {"tags", "what", "opens", "closes", "when", "have", "wanted", "who", "tier", "queue"}
    | {"shift", "other", "number"}
    | {"caller", "consent", "place", "policy", "service", "step"}
)
LANGUAGE_NAMES = {"en": "English", "es": "Spanish", "fr": "French", "pt": "Portuguese", "de": "German"}

TRANSFER_WORDS = frozenset(
    """
passed_on released screen_handed screen_transfer text_handed_over text_passed_on transfer_asking transfer_early
transfer_joined transfer_nobody transfer_not transfer_open transfer_over transfer_refused transfer_released
transfer_returned transfer_taken transfer_text transfer_to_queue transfer_unknown transfer_which
transfer_which_contact
    """.split()  # noqa: SIM905 - a list of names reads best as one
)
"""What is said when a contact is transferred: needed only by a line that allows it."""

PROTECTION_WORDS = frozenset({"back", "pausing", "presence_asked", "supervisor_absent"})

REFUSAL_WORDS = frozenset({"why_refused"})
UNSUPERVISED_WORDS = frozenset({"unsupervised", "why_unsupervised"})

WORDS = (
    frozenset(
        """
callback callback_asked callback_call callback_late callback_missed clinician_busy clinician_called
clinician_joined connecting danger ended_for_peer fault filed gone greeting hold kept keys language_chosen
limit nothing_open offer_lost offer_over offer_taken offer_text over page page_stood_down page_text
page_text_contact partner partner_failed paused returned ringing_caller ringing_you risk_elevated risk_high
risk_imminent risk_none screen screen_callback silent_at_risk stepped_out supervisor_callback
supervisor_diverted supervisor_left supervisor_nobody supervisor_open supervisor_risk supervisor_silent
supervisor_stop taken text_ack text_callback text_closed text_help text_joined text_kept text_limit
text_returned text_stopped unscreened which why_asked why_nobody why_risk why_waiting
    """.split()  # noqa: SIM905 - a list of names reads best as one
    )
    | RETURNING_WORDS
    | PROTECTION_WORDS
    | TRANSFER_WORDS
    | CARRIER_WORDS
    | ALARM_WORDS
    | ROTA_WORDS
    | PRESENCE_WORDS
    | AUDIT_WORDS
    | TEST_WORDS
    | CLOSING_WORDS
    | FOLLOW_UP_WORDS
    | TRANSCRIPTION_WORDS
    | DANGER_WORDS
    | SILENCE_WORDS
    | GUEST_WORDS
    | REFUSAL_WORDS
    | UNSUPERVISED_WORDS
)

PAGE_REPLY_WORDS = frozenset(
    {"page_waiting", "page_with_somebody", "page_which", "page_refused", "page_yours", "page_taken"}
    | {"page_withdrawn", "page_over", "supervisor_refused"}
)
"""How a page stands, in more words than a line has to have: for each there is another that says less."""

OPTIONAL = frozenset({"menu", "menu_chosen", "transcribed_short"}) | PAGE_REPLY_WORDS
"""Words that a line need not have: said only if they are there."""


def check_template(key: str, template: str) -> None:
    """ValueError, naming `key`, unless the words take nothing but what may be put into them."""
    try:
        fields = [(name, more, how) for _, name, more, how in Formatter().parse(template) if name is not None]
    except ValueError:
        raise ValueError(f"{key}: a curly bracket stands alone") from None
    names = {name for name, _, _ in fields}
    if names - FACTS:
        raise ValueError(f"{key}: {{{min(names - FACTS)}}} is not one of {', '.join(sorted(FACTS))}")
    dressed = next((name for name, more, how in fields if more or how), None)
    if dressed is not None:
        raise ValueError(f"{key}: {{{dressed}}} takes nothing beside its name")
