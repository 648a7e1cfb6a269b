"""Every request to the application is signed as Twilio's own validator expects."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from stage import LINE, SITE, TOKEN, Stage
from twilio.request_validator import RequestValidator

from exchange.signer import signature


class Form(dict):
    """A form in which a name may have several values, as the validator reads one."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def test_a_posted_request_passes_twilios_validator(stage: Stage) -> None:
    stage.answers(voice="<Pause/>")
    stage.dials()
    asked = stage.app.asked[0]
    assert RequestValidator(TOKEN).validate(asked.url, asked.form, asked.headers["X_TWILIO_SIGNATURE"])


def test_a_query_stays_in_its_order_and_the_fragment_is_left_out(stage: Stage) -> None:
    stage.exchange.number(LINE, voice_url=f"{SITE}/voice?z=1&a=2%20b#rc=2&rp=5xx", sms_url="")
    stage.answers(voice="<Pause/>")
    stage.dials()
    asked = stage.app.asked[0]
    assert asked.url == f"{SITE}/voice?z=1&a=2%20b"
    assert RequestValidator(TOKEN).validate(asked.url, asked.form, asked.headers["X_TWILIO_SIGNATURE"])


def test_a_get_carries_its_parameters_in_the_signed_url(stage: Stage) -> None:
    stage.answers(voice='<Redirect method="GET">/next?q=1</Redirect>', next="<Pause/>")
    stage.dials()
    asked = stage.app.asked[1]
    assert asked.method == "GET"
    assert asked.form["q"] == "1"
    assert asked.form["From"] == stage.sam.number
    assert RequestValidator(TOKEN).validate(asked.url, {}, asked.headers["X_TWILIO_SIGNATURE"])


def test_a_tampered_form_does_not_pass(stage: Stage) -> None:
    stage.answers(voice="<Pause/>")
    stage.dials()
    asked = stage.app.asked[0]
    forged = {**asked.form, "From": LINE}
    assert not RequestValidator(TOKEN).validate(asked.url, forged, asked.headers["X_TWILIO_SIGNATURE"])


def test_a_request_names_its_sender_and_carries_an_idempotency_token(stage: Stage) -> None:
    stage.answers(voice="<Pause/>")
    stage.dials()
    headers = stage.app.asked[0].headers
    assert headers["USER_AGENT"] == "TwilioProxy/1.1"
    assert len(headers["I_TWILIO_IDEMPOTENCY_TOKEN"]) == 36


_names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=8)


@given(st.lists(st.tuples(_names, _names), max_size=12))
def test_any_form_is_signed_as_the_validator_signs_it(pairs: list[tuple[str, str]]) -> None:
    form = Form()
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    url = f"{SITE}/voice?x=1"
    assert signature(TOKEN, url, pairs) == RequestValidator(TOKEN).compute_signature(url, form)
