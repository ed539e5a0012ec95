"""Both suites: known answers, and nothing opens that was changed."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import digest
from hutong.core.digest import CipherRejected, Suite, SuiteUnknown

KEY, OTHER = b"k" * 32, b"o" * 32
both = pytest.mark.parametrize("suite", [digest.INTERNATIONAL, digest.NATIONAL], ids=lambda s: s.name)


def hmac_by_definition(suite: Suite, key: bytes, data: bytes) -> bytes:
    """RFC 2104, for keys shorter than a block."""
    block = key.ljust(64, b"\0")
    inner = suite.hash(bytes(b ^ 0x36 for b in block) + data)
    return suite.hash(bytes(b ^ 0x5C for b in block) + inner)


def test_hashes_as_the_standards_say() -> None:
    assert digest.INTERNATIONAL.hash(b"abc") == hashlib.sha256(b"abc").digest()
    # GB/T 32905-2016, example 1
    assert digest.NATIONAL.hash(b"abc").hex() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


@both
@given(data=st.lists(st.binary(max_size=100), max_size=5))
def test_macs_of_a_list_are_the_macs_one_by_one_and_hmac_by_definition(
    suite: Suite, data: list[bytes]
) -> None:
    expected = [hmac_by_definition(suite, KEY, one) for one in data]
    assert suite.macs(KEY, data) == expected == [suite.mac(KEY, one) for one in data]


@given(key=st.binary(min_size=32, max_size=32), data=st.binary(max_size=300))
def test_the_fast_library_hashes_as_the_standard_one_does(key: bytes, data: bytes) -> None:
    assert digest.INTERNATIONAL.hash(data) == hashlib.sha256(data).digest()
    assert digest.INTERNATIONAL.mac(key, data) == hmac.digest(key, data, "sha256")


@both
@given(given=st.lists(st.tuples(st.binary(max_size=50), st.binary(max_size=20)), max_size=5))
def test_a_column_is_encrypted_value_by_value_with_a_nonce_each(suite: Suite, given: list[tuple[bytes, bytes]]) -> None:
    plains, places = [plain for plain, _ in given], [place for _, place in given]
    sealed = suite.encrypts(KEY, plains, places)
    assert [suite.decrypt(KEY, one, place) for one, place in zip(sealed, places, strict=True)] == plains
    assert len({one[: digest.NONCE_LENGTH] for one in sealed}) == len(given)


@both
@given(plain=st.binary(max_size=100), aad=st.binary(max_size=20))
def test_decrypts_what_it_encrypted(suite: Suite, plain: bytes, aad: bytes) -> None:
    sealed = suite.encrypt(KEY, plain, aad)
    assert suite.decrypt(KEY, sealed, aad) == plain
    assert len(sealed) == len(plain) + digest.NONCE_LENGTH + digest.TAG_LENGTH


@both
def test_encrypts_equal_values_differently(suite: Suite) -> None:
    assert suite.encrypt(KEY, b"same", b"") != suite.encrypt(KEY, b"same", b"")


@both
def test_refuses_every_changed_byte_another_key_another_place_and_a_stump(suite: Suite) -> None:
    sealed = suite.encrypt(KEY, b"secret", b"place")
    changed = [sealed[:i] + bytes([sealed[i] ^ 1]) + sealed[i + 1 :] for i in range(len(sealed))]
    attempts = [(KEY, one, b"place") for one in [*changed, sealed[:-1], sealed[:27], b""]]
    for key, one, aad in [*attempts, (OTHER, sealed, b"place"), (KEY, sealed, b"elsewhere")]:
        with pytest.raises(CipherRejected):
            suite.decrypt(key, one, aad)


@both
@pytest.mark.parametrize("key", [b"short", b"k" * 31, b"k" * 33], ids=len)
def test_a_key_of_another_length_is_a_fault_of_the_program(suite: Suite, key: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        suite.encrypt(key, b"", b"")
    with pytest.raises(ValueError, match="32 bytes"):
        suite.mac(key, b"")


def test_neither_suite_opens_what_the_other_sealed() -> None:
    with pytest.raises(CipherRejected):
        digest.NATIONAL.decrypt(KEY, digest.INTERNATIONAL.encrypt(KEY, b"x", b""), b"")


def test_finds_a_suite_by_name_and_refuses_another_name() -> None:
    assert digest.suite("national") is digest.NATIONAL
    with pytest.raises(SuiteUnknown, match="called md5"):
        digest.suite("md5")


def test_derives_as_rfc_5869_and_apart_for_every_use() -> None:
    # RFC 5869, test case 3: no salt, no info
    assert digest.derive(b"\x0b" * 22, info=b"", length=42).hex() == (
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    )
    assert digest.derive(KEY, info=b"a") != digest.derive(KEY, info=b"b")
