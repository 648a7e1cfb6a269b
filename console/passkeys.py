"""Passkeys: made with an invitation, and signed in with. What they sign is answered once, at this site alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from helpline import journal
from helpline.database import Work
from helpline.tables import Challenge, Passkey, Person

ANSWERED_WITHIN = timedelta(minutes=5)


class NotProven(Exception):
    """The answer proves nothing: it is wrong, late, or was given before."""


@dataclass(frozen=True)
class Site:
    """Where passkeys are good: the host, and the address as a browser knows it, without a slash at its end."""

    name: str
    host: str
    origin: str


def to_make(work: Work, site: Site, person: Person) -> tuple[UUID, str]:
    """What a browser needs to make a passkey for `person`, as JSON, and the id of the challenge in it."""
    theirs = work.session.scalars(select(Passkey.credential).where(Passkey.person_id == person.id))
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=person.id.bytes,
        user_name=person.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in theirs],
    )
    return _challenge(work, options.challenge, person.id), options_to_json(options)


def make(work: Work, site: Site, person: Person, challenge: UUID, answer: dict[str, Any]) -> None:
    """Keep the passkey that the browser made. Raises NotProven."""
    try:
        proven = verify_registration_response(
            credential=answer,
            expected_challenge=_take(work, challenge, person.id),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError) as fault:
        raise NotProven(type(fault).__name__) from None
    work.session.add(
        Passkey(
            id=work.new_id(),
            person_id=person.id,
            credential=proven.credential_id,
            public_key=proven.credential_public_key,
            sign_count=proven.sign_count,
            made_at=work.now,
        )
    )
    work.session.flush()
    journal.note(work, "console.passkey", person=person.id)


def to_sign_in(work: Work, site: Site) -> tuple[UUID, str]:
    """What a browser needs to offer its passkeys for this site, as JSON, and the id of the challenge in it."""
    options = generate_authentication_options(rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED)
    return _challenge(work, options.challenge, None), options_to_json(options)


def sign_in(work: Work, site: Site, challenge: UUID, answer: dict[str, Any]) -> Person:
    """Whose passkey has answered. Raises NotProven."""
    expected = _take(work, challenge, None)
    try:
        credential = base64url_to_bytes(str(answer["rawId"]))
    except (KeyError, ValueError):
        raise NotProven("no key") from None
    key = work.session.scalar(select(Passkey).where(Passkey.credential == credential).with_for_update())
    if key is None:
        raise NotProven("no such key")
    try:
        proven = verify_authentication_response(
            credential=answer,
            expected_challenge=expected,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError) as fault:
        raise NotProven(type(fault).__name__) from None
    person = work.session.get_one(Person, key.person_id)
    if not person.active:
        raise NotProven("off the roster")
    key.sign_count, key.used_at = proven.new_sign_count, work.now
    return person


def _challenge(work: Work, value: bytes, person: UUID | None) -> UUID:
    work.session.execute(delete(Challenge).where(Challenge.expires_at < work.now))
    row = Challenge(id=work.new_id(), value=value, person_id=person, expires_at=work.now + ANSWERED_WITHIN)
    work.session.add(row)
    work.session.flush()
    return row.id


def _take(work: Work, challenge: UUID, person: UUID | None) -> bytes:
    """The challenge, which is answered by this: rightly or not, it is never answered again. Raises NotProven."""
    taken = (
        delete(Challenge)
        .where(Challenge.id == challenge, Challenge.person_id.is_not_distinct_from(person))
        .returning(Challenge.value, Challenge.expires_at)
    )
    row = work.session.execute(taken).first()
    if row is None or row.expires_at < work.now:
        raise NotProven("answered before, or too late")
    return bytes(row.value)
