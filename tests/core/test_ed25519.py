"""Ed25519: the fast library and the well-known one make and take the same signatures (RFC 8032)."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import ed25519

ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of the group that signatures are made in (RFC 8032, 5.1)."""

SMALL = [
    bytes.fromhex(point)
    for point in (
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        # The same points and others, written with a coordinate that is not reduced.
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    )
]
"""Points of small order: with one for a key, or for a signature's first half, a signature fits many texts."""

seeds = st.binary(min_size=32, max_size=32)
texts = st.binary(max_size=600)


def _key(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


def _well_known(public: bytes, signature: bytes, data: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except InvalidSignature:
        return False
    return True


@given(seeds, texts)
def test_a_signature_is_the_one_that_the_well_known_library_makes(seed: bytes, data: bytes) -> None:
    key = _key(seed)
    signature = ed25519.sign(key, data)
    assert signature == key.sign(data)
    assert ed25519.verifies(key.public_key().public_bytes_raw(), signature, data)


@given(seeds, texts, st.integers(0, 64 * 8 - 1))
def test_a_signature_with_one_bit_turned_fits_no_more(seed: bytes, data: bytes, bit: int) -> None:
    key = _key(seed)
    public = key.public_key().public_bytes_raw()
    changed = bytearray(key.sign(data))
    changed[bit // 8] ^= 1 << bit % 8
    assert not ed25519.verifies(public, bytes(changed), data)
    assert not _well_known(public, bytes(changed), data)


@given(seeds, seeds, texts, texts)
def test_a_signature_fits_its_own_key_and_text_alone(seed: bytes, other: bytes, data: bytes, more: bytes) -> None:
    signature, public = _key(seed).sign(data), _key(seed).public_key().public_bytes_raw()
    stranger = _key(other).public_key().public_bytes_raw()
    assert ed25519.verifies(public, signature, more) == (data == more)
    assert ed25519.verifies(stranger, signature, data) == (seed == other)


@given(seeds, texts)
def test_a_signature_cannot_be_written_another_way(seed: bytes, data: bytes) -> None:
    key = _key(seed)
    signature = key.sign(data)
    again = int.from_bytes(signature[32:], "little") + ORDER
    other = signature[:32] + again.to_bytes(32, "little")
    assert not ed25519.verifies(key.public_key().public_bytes_raw(), other, data)


@pytest.mark.parametrize("key", SMALL, ids=bytes.hex)
@given(data=texts)
def test_a_key_of_small_order_signs_nothing(key: bytes, data: bytes) -> None:
    assert not any(ed25519.verifies(key, point + bytes(32), data) for point in SMALL)


@given(seeds, texts, st.binary(max_size=100), st.binary(max_size=100))
def test_a_key_or_a_signature_of_another_length_fits_nothing(seed: bytes, data: bytes, key: bytes, sig: bytes) -> None:
    public = _key(seed).public_key().public_bytes_raw()
    assert not ed25519.verifies(public, sig, data)
    assert not ed25519.verifies(key, _key(seed).sign(data), data) or key == public
