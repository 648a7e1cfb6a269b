"""Numbers and words at rest: sealed to their place, found by a keyed hash, and carried over to a new key."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.privacy import (
    Place,
    SealBroken,
    Vault,
    caller_number,
    command_words,
    message_words,
    person_number,
)

ROW, OTHER = UUID(int=1), UUID(int=2)
OLD, NEW = bytes(range(32)), bytes(range(32, 64))
NUMBER = "+16465550141"
PLACES = [make(row) for make in (person_number, caller_number, message_words, command_words) for row in (ROW, OTHER)]


@given(st.text(), st.sampled_from(PLACES))
def test_what_is_sealed_opens_in_its_place_and_shows_nothing_before(words: str, place: Place) -> None:
    sealed = Vault([NEW]).seal(words, place)
    assert Vault([NEW]).open(sealed, place) == words
    assert len(words) < 4 or words.encode() not in sealed


@given(st.sampled_from(PLACES), st.sampled_from(PLACES))
def test_a_sealed_value_does_not_open_in_another_table_column_or_row(place: Place, elsewhere: Place) -> None:
    sealed = Vault([NEW]).seal(NUMBER, place)
    if place != elsewhere:
        with pytest.raises(SealBroken):
            Vault([NEW]).open(sealed, elsewhere)


@given(st.data())
def test_a_sealed_value_of_which_one_bit_was_changed_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(Vault([NEW]).seal(NUMBER, PLACES[0]))
    at = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[at // 8] ^= 1 << at % 8
    with pytest.raises(SealBroken):
        Vault([NEW]).open(bytes(sealed), PLACES[0])


@pytest.mark.parametrize("sealed", [b"", b"\x00", b"short", NUMBER.encode(), bytes(200)])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        Vault([NEW]).open(sealed, PLACES[0])


def test_the_complaint_names_the_place_and_never_the_value() -> None:
    for vault in (Vault([NEW]), Vault([OLD])):
        with pytest.raises(SealBroken) as broken:
            vault.open(Vault([NEW]).seal(NUMBER, PLACES[0]), PLACES[2])
        assert str(broken.value).startswith("caller.number ")
        assert NUMBER not in repr(broken.value) and str(ROW) not in str(broken.value)


def test_the_same_number_sealed_twice_looks_different() -> None:
    assert Vault([NEW]).seal(NUMBER, PLACES[0]) != Vault([NEW]).seal(NUMBER, PLACES[0])


def test_during_a_rotation_the_old_key_opens_and_the_new_one_seals() -> None:
    before, rotating, after = Vault([OLD]), Vault([NEW, OLD]), Vault([NEW])
    old, new = before.seal(NUMBER, PLACES[0]), rotating.seal(NUMBER, PLACES[0])
    assert rotating.open(old, PLACES[0]) == rotating.open(new, PLACES[0]) == after.open(new, PLACES[0]) == NUMBER
    assert not rotating.is_current(old) and rotating.is_current(new)
    with pytest.raises(SealBroken):
        after.open(old, PLACES[0])


def test_a_number_is_found_by_a_hash_that_says_nothing_without_the_key() -> None:
    assert Vault([NEW]).fingerprint(NUMBER) == Vault([NEW]).fingerprint(NUMBER)
    assert Vault([NEW]).fingerprint(NUMBER) != Vault([OLD]).fingerprint(NUMBER)
    assert Vault([NEW, OLD]).fingerprints(NUMBER) == [
        Vault([NEW]).fingerprint(NUMBER),
        Vault([OLD]).fingerprint(NUMBER),
    ]
    assert NUMBER.encode() not in Vault([NEW]).fingerprint(NUMBER)


def test_keys_that_could_be_mistaken_for_one_another_are_refused() -> None:
    mark = Vault([NEW]).seal("", PLACES[0])[0]
    alike = next(
        secret
        for secret in (number.to_bytes(32, "big") for number in range(1 << 16))
        if Vault([secret]).seal("", PLACES[0])[0] == mark
    )
    with pytest.raises(ValueError, match="make another"):
        Vault([NEW, alike])


def test_the_same_key_given_twice_is_one_key() -> None:
    vault = Vault([NEW, NEW])
    assert vault.open(vault.seal(NUMBER, PLACES[0]), PLACES[0]) == NUMBER


@pytest.mark.parametrize("secrets", [[], [b"short"], [NEW, b""]])
def test_a_key_has_32_bytes(secrets: list[bytes]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(secrets)
