"""Codes by the clock are RFC 6238's, hold for a telephone half a minute off, and count once."""

from datetime import UTC, datetime, timedelta

import pytest

from hutong.core import passwords, totp

SECRET = b"12345678901234567890"
VECTORS = {
    59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037",
    20000000000: "65353130",
}  # fmt: skip
"""RFC 6238, appendix B (SHA-1), of eight digits; those of six are their end."""


@pytest.mark.parametrize("seconds", VECTORS)
def test_takes_the_codes_of_the_standard(seconds):
    at = datetime.fromtimestamp(seconds, UTC)

    assert totp.period(VECTORS[seconds][2:], secret=SECRET, at=at) == seconds // 30


@pytest.mark.parametrize(("seconds", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_holds_one_step_before_and_after_its_own(seconds, taken):
    at = datetime.fromtimestamp(1111111111, UTC) + timedelta(seconds=seconds)

    assert (totp.period("050471", secret=SECRET, at=at) is not None) == taken


def test_a_step_that_was_used_gives_no_code_again():
    at = datetime.fromtimestamp(1111111111, UTC)
    used = totp.period("050471", secret=SECRET, at=at)

    assert totp.period("050471", secret=SECRET, at=at + timedelta(seconds=29), after=used) is None


@pytest.mark.parametrize("code", ["", "05047", "0504711", "٠٥٠٤٧١", "abcdef", "\x00", "-50471"])
def test_what_is_no_code_is_none(code):
    assert totp.period(code, secret=SECRET, at=datetime.fromtimestamp(1111111111, UTC)) is None


def test_the_address_names_county_and_account():
    assert totp.address(SECRET, account="zhang", issuer="示范县").startswith(
        "otpauth://totp/%E7%A4%BA%E8%8C%83%E5%8E%BF:zhang?digits=6&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    )
    assert totp.written(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_a_code_is_understood_however_it_is_typed():
    code = passwords.new(groups=3)

    assert passwords.typed(f" {code.upper().replace('-', ' — ')} ") == code.replace("-", "")
    assert passwords.typed("１２３ ４５６") == "123456"
